/** The table of units and the forms of coders against the engine, which has the last word. */
import type { CoderSelection } from "@feagi-trainer/contracts"
import { CoderBench, EngineError, EngineTools, type Registrations, registrations } from "@feagi-trainer/feagi-runtime"
import { loadEngineModule } from "@feagi-trainer/feagi-runtime/node"
import { describe, expect, it } from "vitest"
import { areaIds, formForUnit, numbersIn, percentageForm, readCoder } from "../src/CoderForm.ts"
import { poseSchemas } from "../src/CorticalId.ts"
import { motor, sensory } from "../src/index.ts"
import { areasOf, boundUnits } from "../src/Selection.ts"
import { selectUnit, unitFaults } from "../src/UnitSelection.ts"
import { units } from "../src/Units.ts"
import { everyCoder } from "./everyCoder.ts"
import { classes, must, shape } from "./support.ts"

const engine = await loadEngineModule()
const tools = new EngineTools(engine)

interface EngineUnit {
  readonly direction: "input" | "output"
  readonly unit: string
  readonly code: string
  readonly areas: number
  readonly accepts?: string
  readonly allowed_frame_change_handling: ReadonlyArray<string> | null
}

describe("the table of units", () => {
  it("is the engine's", () => {
    const known = tools.units() as unknown as ReadonlyArray<EngineUnit>
    expect(units.map(({ direction, name, code, kinds, incremental }) => [direction, name, code, kinds.length, incremental])).toEqual(
      known.map((each) => [
        each.direction,
        each.unit,
        `${each.direction === "input" ? "i" : "o"}${each.code}`,
        each.areas,
        each.allowed_frame_change_handling === null || each.allowed_frame_change_handling.includes("Incremental")
      ])
    )
    expect(units.filter(({ direction }) => direction === "input").map(({ io_type }) => io_type)).toEqual(
      known.flatMap(({ accepts }) => (accepts === undefined ? [] : [accepts]))
    )
  })

  it("gives every area of every unit the engine's id, under all flags", () => {
    const idsOf = (answer: unknown): ReadonlyArray<string> => JSON.stringify(answer).match(/[A-Za-z0-9+/]{11}=/g) ?? []
    for (const unit of units)
      for (const frame of ["Absolute", "Incremental"] as const)
        for (const spacing of ["linear", "fractional"] as const)
          for (const group of [0, 1, 258, 65_535]) {
            const form = percentageForm(7, spacing)
            const flags = {
              frame_change_handling: frame,
              percentage_neuron_positioning: spacing === "linear" ? "Linear" : "Fractional",
              pose_schema: "HumanBody"
            }
            const answer = tools.corticalIds({ direction: unit.direction, unit: unit.name, group, flags })
            expect(areaIds(unit, group, form, { frame })).toEqual([...new Set(idsOf(answer))])
          }
  })

  it("gives every skeleton its id", () => {
    const unit = units.find(({ name }) => name === "PoseEstimation")
    const form = must(readCoder({ PoseEstimation: { width: 1, height: 1, depth: 1 } }))
    for (const pose of poseSchemas) {
      const flags = { frame_change_handling: "Absolute", pose_schema: pose }
      const answer = tools.corticalIds({ direction: "output", unit: "PoseEstimation", group: 5, flags })
      expect(unit === undefined ? [] : JSON.stringify(answer)).toContain(
        unit === undefined ? "?" : areaIds(unit, 5, form, { frame: "Absolute", pose })[0]
      )
    }
  })
})

const why = (work: () => unknown): string | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof EngineError) return error.message
    throw error
  }
}

interface EngineLayout {
  readonly areas: ReadonlyArray<{ readonly id: string; readonly dims: ReadonlyArray<number> }>
  readonly numbers: number
  readonly ranges: ReadonlyArray<unknown>
}
const layoutOf = (registrations: Registrations) =>
  tools.layout(registrations) as unknown as Readonly<Record<"inputs" | "outputs", ReadonlyArray<EngineLayout>>>

const pairs = (direction: "input" | "output") =>
  units
    .filter((unit) => unit.direction === direction)
    .map((unit) => ({
      unit,
      coders: everyCoder.flatMap((json) => {
        const form = formForUnit(unit, must(readCoder(json)))
        return (["Absolute", "Incremental"] as const)
          .filter((frame) => unitFaults({ unit, form, flags: { frame } }).length === 0)
          .map((frame) => ({ json, form, frame }))
      })
    }))

const selectionOf = ({ unit, coders: [first] }: ReturnType<typeof pairs>[number], index = 0): CoderSelection => {
  const { form, frame } = { first, index }.first ?? { form: percentageForm(2, "linear"), frame: "Absolute" as const }
  return must(selectUnit({ unit, group: 0, form, flags: { frame }, channels: 1, layout: {} }))
}

const allFlags = { frame_change_handling: "Absolute", percentage_neuron_positioning: "Linear", pose_schema: "HumanBody" }

describe("every input unit", () => {
  it.each(pairs("input").map((each) => [each.unit.code, each] as const))("%s takes its coders in the engine's layout", (_, each) => {
    expect(each.coders.length).toBeGreaterThan(0)
    expect(selectionOf(each).direction).toBe("input")
    for (const { json, form, frame } of each.coders) {
      const channels = form.coder === "boolean" ? 1 : 2
      const count = channels * numbersIn(form)
      const options = must(
        sensory.decodeOptions({
          area: each.unit.code,
          group: 4,
          frame,
          coder: json,
          range: "given",
          out_of_range: "refuse",
          constant_feature: "keep"
        })
      )
      const row = { ...shape, features: Array.from({ length: count }, (_none, i) => ({ name: `f${i}`, min: 0, max: 1 })) }
      const selections = must(sensory.select(options, { shape: row, fitted: { ranges: null } }))
      const bound = boundUnits(selections, [])
      if (!bound.ok) throw new Error(bound.messages.join("; "))
      const [layout] = layoutOf(bound.value.registrations).inputs
      expect(selections.flatMap(areasOf)).toEqual(layout?.areas.map(({ id, dims }) => ({ id, size: dims })))
      expect([layout?.numbers, layout?.ranges]).toEqual([numbersIn(form), form.ranges])
      const bench = CoderBench.open(engine, bound.value)
      const values = Array.from({ length: count }, () => (form.ranges.some(({ high }) => high > 1) ? 3 : 1))
      const sample = form.coder === "audio_spectrum" ? values.map((_value, i) => (i % 2 === 0 ? 1 : 0)) : values
      const { count: lit } = bench.voxels(sample)
      expect(lit).toBeGreaterThan(0)
      bench.dispose()
    }
  })

  it("refuses in words what the engine refuses, and only that", () => {
    for (const { unit, coders } of pairs("input"))
      for (const json of everyCoder) {
        if (coders.some((each) => each.json === json)) continue
        const mistakes = sensory.decodeOptions({
          area: unit.code,
          group: 0,
          frame: "Absolute",
          coder: json,
          range: "given",
          out_of_range: "refuse",
          constant_feature: "keep"
        })
        expect(mistakes.ok).toBe(false)
        const stated = { unit: unit.name, group: 0, channels: 1, coder: json as string, flags: allFlags }
        expect([unit.code, json, why(() => tools.layout(registrations([stated], [])))]).not.toEqual([unit.code, json, undefined])
      }
  })
})

describe("every output unit", () => {
  it.each(pairs("output").map((each) => [each.unit.code, each] as const))("%s has its coders in the engine's layout", (_, each) => {
    let bound = 0
    for (const { json, frame } of each.coders) {
      const options = motor.decodeOptions({ area: each.unit.code, group: 2, frame, coder: json, channels: 1, ranges: "given" })
      if (!options.ok) continue
      bound++
      const outputs = must(motor.select(options.value, { shape, output_type: "vector", classes }))
      const registered = boundUnits([], outputs)
      if (!registered.ok) throw new Error(registered.messages.join("; "))
      const [layout] = layoutOf(registered.value.registrations).outputs
      expect(outputs.flatMap(areasOf)).toEqual(layout?.areas.map(({ id, dims }) => ({ id, size: dims })))
      expect(layout?.numbers).toBe(numbersIn(options.value.form))
      expect(layout?.ranges).toEqual(options.value.form.ranges)
    }
    expect(bound).toBeGreaterThan(0)
  })

  it("binds exactly those pairs that the engine binds", () => {
    const disagreements: Array<unknown> = []
    for (const { unit, coders } of pairs("output"))
      for (const { json, form, frame } of coders) {
        const ours = motor.decodeOptions({ area: unit.code, group: 0, frame, coder: json, channels: 1, ranges: "given" })
        const selection = must(selectUnit({ unit, group: 0, form, flags: { frame }, channels: 1, layout: {} }))
        const registered = boundUnits([], [selection])
        const reason = registered.ok ? why(() => layoutOf(registered.value.registrations)) : registered.messages.join("; ")
        if (ours.ok !== (reason === undefined))
          disagreements.push([unit.code, frame, json, ours.ok ? "we bind it" : ours.mistakes[0]?.message, reason ?? "the engine binds it"])
      }
    expect(disagreements).toEqual([])
  })
})
