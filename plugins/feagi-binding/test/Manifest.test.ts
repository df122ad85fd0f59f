import { accepts } from "@feagi-trainer/conformance"
import { decodeStrict, PluginManifest } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import { formForUnit, readCoder } from "../src/CoderForm.ts"
import * as exported from "../src/index.ts"
import { unavailableSchemes } from "../src/Scheme.ts"
import { unitFaults } from "../src/UnitSelection.ts"
import { codesOf, units } from "../src/Units.ts"
import { everyCoder } from "./everyCoder.ts"
import * as every from "./everyOption.ts"
import { backendOptions, encoderOptions, must, templateOptions } from "./support.ts"

const { scheme } = encoderOptions
const pictureOptions = { width: 8, height: 6, light: 77, contrast: 3, pool: 2, initial_weight: 1, max_weight: 4, learning_rate: 0.01 }
const entries = new Map(Object.entries(exported))
const corpus: ReadonlyArray<readonly [string, string, unknown, boolean]> = [
  ["embedded", "limits", backendOptions, true],
  ["embedded", "no validation", { max_voxels: 1, max_synapses: 1 }, false],
  ["embedded", "a limit of 0", { ...backendOptions, max_voxels: 0 }, false],
  ["embedded", "an unknown key", { ...backendOptions, threads: 2 }, false],
  ["percentage", "the recipe", encoderOptions, true],
  ["percentage", "written ranges", { ...encoderOptions, range: [[0, 1]] }, true],
  ["percentage", "no range at all", { ...encoderOptions, range: [] }, false],
  ["percentage", "a range of three", { ...encoderOptions, range: [[0, 1, 2]] }, false],
  ["percentage", "another range", { ...encoderOptions, range: "all" }, false],
  ["percentage", "fractional", { ...encoderOptions, scheme: { ...scheme, spacing: "fractional" } }, true],
  ["percentage", "one bin", { ...encoderOptions, scheme: { ...scheme, bins: 1 } }, false],
  ["percentage", "too many bins", { ...encoderOptions, scheme: { ...scheme, bins: 1001 } }, false],
  ["percentage", "17 tilings", { ...encoderOptions, scheme: { ...scheme, tilings: 17 } }, false],
  ["percentage", "an unavailable scheme", { ...encoderOptions, scheme: { ...scheme, scheme: "rate" } }, false],
  ["percentage", "an unknown area", { ...encoderOptions, area: "iimg" }, false],
  ["percentage", "a list", [], false],
  ["boolean", "the first group", { area: "idgp", first_group: 0 }, true],
  ["boolean", "no area", { first_group: 0 }, false],
  ["miscClass", "the first group", { area: "omis", group: 0 }, true],
  ["miscClass", "a group too far", { area: "omis", group: 65_536 }, false],
  ["tabularClassification", "the genome of the tests", templateOptions, true],
  ["tabularClassification", "weight 0", { ...templateOptions, initial_weight: 0 }, false],
  ["tabularClassification", "a half burst", { ...templateOptions, plasticity_window: 0.5 }, false],
  ["tabularClassification", "an unknown key", { ...templateOptions, hidden: 3 }, false],
  ["imageClassification", "a small picture", pictureOptions, true],
  ["imageClassification", "no room for an edge", { ...pictureOptions, width: 2 }, false],
  ["imageClassification", "a grey value that FEAGI leaves out", { ...pictureOptions, light: 1 }, false],
  ["imageClassification", "more contrast than places", { ...pictureOptions, contrast: 4 }, false],
  ["imageClassification", "bins", { ...pictureOptions, bins: 3 }, false]
]

describe("manifest", () => {
  it("is a manifest", () => {
    expect(decodeStrict(PluginManifest, manifest)).toMatchObject({ ok: true })
  })

  it("names exactly what the module exports", () => {
    expect(manifest.entries.map((entry) => entry.export).sort()).toEqual(Object.keys(exported).sort())
    for (const { kind, id, spec, export: name } of manifest.entries) expect(entries.get(name)).toMatchObject({ kind, id, spec })
  })

  it.each(corpus)("agrees with the decoder of %s on %s", (name, _, value, accepted) => {
    const entry = manifest.entries.find((each) => each.export === name)
    expect(accepts(entry?.options_schema ?? {}, value)).toBe(accepted)
    expect(entries.get(name)?.decodeOptions(value).ok).toBe(accepted)
  })

  it("tells of every scheme whether it is available", () => {
    const provides = manifest.entries.find((entry) => entry.id === "percentage")?.provides as {
      schemes: Record<string, { available: boolean }>
    }
    expect(Object.entries(provides.schemes).flatMap(([name, { available }]) => (available ? [] : [name]))).toEqual([...unavailableSchemes])
  })

  it("leaves rules between fields to the decoders", () => {
    const heavy = { ...templateOptions, initial_weight: 5 }
    expect(exported.tabularClassification.decodeOptions(heavy)).toMatchObject({
      ok: false,
      mistakes: [{ path: [], expected: "initial_weight at most max_weight" }]
    })
    expect(exported.percentage.decodeOptions({ ...encoderOptions, range: [[1, 1]] }).ok).toBe(false)
  })
})

interface Row {
  readonly shape?: string | ReadonlyArray<string>
  readonly io_type: string | ReadonlyArray<string>
  readonly units: ReadonlyArray<string>
}
const listOf = <A>(value: A | ReadonlyArray<A> | undefined): ReadonlyArray<A> =>
  Array.isArray(value) ? value : value === undefined ? [] : [value as A]
const rowsOf = (id: string): ReadonlyArray<Row> => {
  const provides = manifest.entries.find((entry) => entry.id === id)?.provides as { readonly bindings?: ReadonlyArray<Row> } | undefined
  return provides?.bindings ?? []
}
/** `io_type unit`, each once, in order. */
const pairsOf = (rows: ReadonlyArray<Row>) =>
  [
    ...new Set(rows.flatMap(({ io_type, units: codes }) => listOf(io_type).flatMap((type) => codes.map((code) => `${type} ${code}`))))
  ].sort()

describe("options of every encoder and decoder", () => {
  const all = [...Object.entries(every.encoderOptions), ...Object.entries(every.decoderOptions)]

  it.each(all.flatMap(([id, options]) => options.map((written, index) => [id, index, written] as const)))(
    "%s, choice %d, are judged by the schema as by the decoder",
    (id, _, written) => {
      const entry = manifest.entries.find((each) => each.id === id)
      const decode = entries.get(entry?.export ?? "")?.decodeOptions
      const judged = (value: unknown) => [accepts(entry?.options_schema ?? {}, value), decode?.(value).ok]
      expect(judged(written)).toEqual([true, true])
      expect(judged({ ...written, unknown_key: 1 })).toEqual([false, false])
      for (const key of Object.keys(written)) {
        const { [key]: _gone, ...rest } = written as Record<string, unknown>
        expect([key, ...judged(rest)]).toEqual([key, false, false])
      }
    }
  )
})

describe("bindings", () => {
  it("of sensory are all pairs of a coder and an input unit that FEAGI binds", () => {
    const bound = units
      .filter(({ direction }) => direction === "input")
      .flatMap((unit) =>
        everyCoder.flatMap((coder) => {
          const form = formForUnit(unit, must(readCoder(coder)))
          return unitFaults({ unit, form, flags: { frame: "Absolute" } }).length === 0 ? [`${form.io_type} ${unit.code}`] : []
        })
      )
    expect(pairsOf(rowsOf("sensory"))).toEqual([...new Set(bound)].sort())
  })

  it("of motor name every output unit, and nothing that motor refuses", () => {
    const bound = units
      .filter(({ direction }) => direction === "output")
      .flatMap((unit) =>
        everyCoder.flatMap((coder) =>
          (["Absolute", "Incremental"] as const).flatMap((frame) => {
            const options = { area: unit.code, group: 0, frame, coder, channels: 1, ranges: "given" }
            return exported.motor.decodeOptions(options).ok ? [`${must(readCoder(coder)).io_type} ${unit.code}`] : []
          })
        )
      )
    const declared = pairsOf(rowsOf("motor"))
    expect(declared.filter((pair) => !bound.includes(pair))).toEqual([])
    expect([...new Set(rowsOf("motor").flatMap((row) => row.units))].sort()).toEqual([...codesOf("output")].sort())
    // What each unit is made for, by its template, is among them.
    const made = units.filter(({ direction }) => direction === "output").map(({ io_type, code }) => `${io_type} ${code}`)
    expect(made.filter((pair) => !declared.includes(pair))).toEqual([])
  })

  it("name only what the entries select", () => {
    const unitsOf = (direction: "input" | "output") => codesOf(direction)
    for (const { kind, id } of manifest.entries) {
      if (kind !== "encoder" && kind !== "decoder") continue
      const rows = rowsOf(id)
      expect([id, rows.length > 0]).toEqual([id, true])
      const known = unitsOf(kind === "encoder" ? "input" : "output")
      expect([id, rows.flatMap((row) => row.units).filter((code) => !known.includes(code))]).toEqual([id, []])
    }
  })
})
