/**
 * Every unit of FEAGI with every coder of FEAGI: bound to a brain that passes its input on voxel by voxel, and compared with the
 * crates' own session of coders, which the golden vectors hold to the native crates. What cannot be bound says why.
 */
import { beforeAll, describe, expect, it } from "vitest"
import {
  Brain,
  CoderBench,
  CoderSession,
  type CoderVoxels,
  EngineError,
  type EngineModule,
  EngineTools,
  registrations,
  type UnitLayout,
  type UnitRegistration
} from "../src/index.ts"
import { engine, roomy, seeded } from "./support/brains.ts"
import {
  type Coder,
  crateValue,
  decoders,
  encoders,
  flat,
  frame,
  mirror,
  type Named,
  numbersFor,
  segments,
  stream,
  voxelTexts
} from "./support/coders.ts"

interface UnitRow {
  readonly direction: "input" | "output"
  readonly unit: string
  readonly areas: number
  readonly allowed_frame_change_handling: ReadonlyArray<string> | null
}
type Sides = { readonly inputs: ReadonlyArray<UnitRegistration>; readonly outputs: ReadonlyArray<UnitRegistration> }

let module: EngineModule
let tools: EngineTools
let units: ReadonlyArray<UnitRow>
beforeAll(async () => {
  module = await engine()
  tools = new EngineTools(module)
  units = tools.units() as ReadonlyArray<UnitRow>
})

const reason = (work: () => unknown): string | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof EngineError) return `${error.kind}: ${error.message}`
    throw error
  }
}

const registration = (unit: string, { coder, positioning }: Named, group = 0, channels = 1, frames = "Absolute"): UnitRegistration => ({
  unit,
  group,
  channels,
  flags: { frame_change_handling: frames, percentage_neuron_positioning: positioning, pose_schema: "HumanBody" },
  coder
})

const refsOf = (side: ReadonlyArray<UnitRegistration>) =>
  side.flatMap(({ unit, group, channels }) => Array.from({ length: channels }, (_, channel) => ({ unit, group, channel })))

const bindOptions = ({ inputs, outputs }: Sides) => ({
  registrations: registrations(inputs, outputs),
  inputs: refsOf(inputs),
  outputs: refsOf(outputs)
})

const layoutOf = (side: ReadonlyArray<UnitLayout>, { unit, group }: UnitRegistration): UnitLayout => {
  const found = side.find((one) => one.unit === unit && one.group === group)
  if (found === undefined) throw new Error(`no layout of ${unit} ${group}`)
  return found
}

/** A brain of these units in which each area of the n-th input goes to the area of the n-th output. */
const mirrored = ({ inputs, outputs }: Sides): { readonly brain: Brain; readonly pairs: ReadonlyMap<string, string> } => {
  const layout = tools.layout(registrations(inputs, outputs))
  const ids = (side: ReadonlyArray<UnitLayout>, of: ReadonlyArray<UnitRegistration>) =>
    of.flatMap((one) => layoutOf(side, one).areas.map(({ id }) => id))
  const targets = ids(layout.outputs, outputs)
  const pairs = new Map(ids(layout.inputs, inputs).flatMap((id, i) => (targets[i] === undefined ? [] : [[id, targets[i]] as const])))
  const genome = mirror(layout.inputs, layout.outputs, pairs)
  const reliesOn = [...pairs].map(([from, to]) => ({ from, to }))
  const brain = Brain.develop(module, { genome, random: seeded(1), budget: roomy, reliesOn })
  brain.bind(bindOptions({ inputs, outputs }))
  return { brain, pairs }
}

/** Numbers of one sample, input by input, and the JSON values that stand for them. */
const samples = (inputs: ReadonlyArray<UnitRegistration>, coderOf: (unit: UnitRegistration) => Coder, next: () => number) => {
  const layout = tools.layout(registrations(inputs, [])).inputs
  const numbers = refsOf(inputs).map((ref) => {
    const unit = inputs.find((one) => one.unit === ref.unit && one.group === ref.group)
    if (unit === undefined) throw new Error("unreachable")
    const drawn = numbersFor(layoutOf(layout, unit).ranges, next)
    return { ref, drawn, value: crateValue(coderOf(unit), drawn, unit.unit) }
  })
  return { sample: Float32Array.from(numbers.flatMap(({ drawn }) => drawn)), numbers }
}

const session = ({ inputs, outputs }: Sides, register: ReadonlyArray<Readonly<Record<string, unknown>>> = []) =>
  CoderSession.open(module, { config: registrations(inputs, outputs), register })

const audioProperties = (coder: Coder) => (typeof coder === "object" ? coder.AudioSpectrum : undefined)

describe("layout()", () => {
  it("names areas, sizes, numbers and ranges of a unit", () => {
    const row = registration(
      "SmartIMU",
      { name: "", coder: { Percentage: [{ value: 10 }, "Linear", true, "D4"] }, areas: 1, positioning: "Linear" },
      2,
      3
    )
    expect(tools.layout(registrations([row], [])).inputs).toEqual([
      {
        unit: "SmartIMU",
        group: 2,
        channels: 3,
        areas: [{ id: "aXNpbQgAAgA=", channelDims: [8, 1, 10], dims: [24, 1, 10] }],
        numbers: 4,
        ranges: [{ count: 4, low: -1, high: 1, whole: false }]
      }
    ])
  })

  it("tells everything that is wrong, at once", () => {
    const bad = [
      registration("SegmentedVision", { name: "", coder: "Boolean", areas: 1, positioning: "Linear" }),
      registration("Infrared", { name: "", coder: { Surprise: 1 }, areas: 1, positioning: "Linear" })
    ]
    expect(reason(() => tools.layout(registrations(bad, [])))?.split("\n")).toEqual([
      "coder: Infrared 0: Surprise is no encoder of FEAGI's",
      "SegmentedVision 0: the coder Boolean speaks to 1 areas and the unit has 9"
    ])
  })
})

describe("inputs: unit x encoder", () => {
  it.each(encoders)("$name encodes at every unit with as many areas as it speaks to, and its spikes are its voxels", (named) => {
    const fitting = units.filter(({ direction, areas, unit }) => direction === "input" && areas === named.areas && unit !== "RawIMU")
    expect(fitting.length).toBe(named.areas === 1 ? 16 : 1)
    const channels = named.name === "Boolean" || named.areas > 1 ? 1 : 2
    const inputs = fitting.map(({ unit }) => registration(unit, named, 0, channels))
    const { brain } = mirrored({ inputs, outputs: [] })
    const bench = CoderBench.open(module, bindOptions({ inputs, outputs: [] }))
    const known = session({ inputs, outputs: [] })
    const next = stream(1)
    for (let round = 0; round < 3; round++) {
      const { sample, numbers } = samples(inputs, () => named.coder, next)
      for (const { ref, value } of numbers) known.write(ref.unit, ref.group, ref.channel, value, audioProperties(named.coder))
      const wanted = Object.entries(known.encode()).flatMap(([id, voxels]) => voxelTexts(id, voxels))
      expect(wanted.length).toBeGreaterThan(0)
      const explained = brain.explain(sample).flatMap(({ area, voxels }) => voxels.map(([x, y, z, p]) => `${area} ${x},${y},${z} ${p}`))
      expect([...explained].sort()).toEqual([...wanted].sort())
      const { count, area, x, y, z, potential } = bench.voxels(sample)
      const columns = Array.from({ length: count }, (_, i) => `${bench.areas[area[i] ?? 0]} ${x[i]},${y[i]},${z[i]} ${potential[i]}`)
      expect(columns).toEqual(explained)
      brain.present(sample, { hold: 1, read: 0, settle: 0 })
      const fired = brain
        .fired()
        .flatMap((one) => (bench.areas.includes(one.area) ? [`${one.area} ${one.x},${one.y},${one.z} ${one.potential}`] : []))
      expect(fired.sort()).toEqual(explained.filter((text) => Number(text.split(" ")[2]) > 0).sort())
    }
  })

  it("every other pair is refused for its number of areas, and RawIMU for its form", () => {
    const inputs = units.filter(({ direction }) => direction === "input")
    expect(inputs.length).toBe(18)
    let refused = 0
    for (const { unit, areas } of inputs) {
      for (const named of encoders) {
        const why = reason(() => tools.layout(registrations([registration(unit, named)], [])))
        const isImu = unit === "RawIMU"
        const signed3 = named.name.startsWith("signed Percentage D3")
        if (isImu ? signed3 : areas === named.areas) {
          expect([unit, named.name, why]).toEqual([unit, named.name, undefined])
          continue
        }
        refused++
        const form = isImu && named.name.includes("Percentage")
        expect(why).toContain(form ? "its coder is a signed Percentage D3" : `speaks to ${named.areas} areas and the unit has ${areas}`)
      }
    }
    // 16 units of one area refuse the nine-area coder; SegmentedVision all others; RawIMU all but two.
    expect(refused).toBe(16 + (encoders.length - 1) + (encoders.length - 2))
  })

  it.each(["Linear", "Fractional"] as const)("RawIMU %s is registered directly: three areas, nine numbers", (positioning) => {
    const named: Named = { name: "", coder: { Percentage: [{ value: 5 }, positioning, true, "D3"] }, areas: 3, positioning }
    const inputs = [registration("RawIMU", named, 1, 2)]
    const { brain } = mirrored({ inputs, outputs: [] })
    const common = { unit: "RawIMU", group: 1, channels: 2, frame_change_handling: "Absolute", positioning }
    const known = session({ inputs: [], outputs: [] }, [{ ...common, z: 5 }])
    const { sample, numbers } = samples(inputs, () => named.coder, stream(2))
    expect(sample.length).toBe(18)
    for (const { ref, value } of numbers) known.write("RawIMU", 1, ref.channel, value)
    const wanted = Object.entries(known.encode()).flatMap(([id, voxels]) => voxelTexts(id, voxels))
    const explained = brain.explain(sample).flatMap(({ area, voxels }) => voxels.map(([x, y, z, p]) => `${area} ${x},${y},${z} ${p}`))
    expect([...explained].sort()).toEqual([...wanted].sort())
    expect(new Set(brain.explain(sample).map(({ area }) => area)).size).toBe(3)
  })

  it("SegmentedVision with a gaze takes one frame and cuts it into nine", () => {
    const gaze = { eccentricity_location_xy: { a: { value: 0.25 }, b: { value: 0.75 } }, modulation_size: { value: 0.5 } }
    const stage = {
      ImageFrameSegmentator: { input_image_properties: frame("RGB", 12, 9), output_image_properties: segments, segmentation_gaze: gaze }
    }
    const named: Named = { name: "", coder: { SegmentedImageFrame: segments }, areas: 9, positioning: "Linear" }
    const inputs = [{ ...registration("SegmentedVision", named), stages: [stage] }]
    const { brain } = mirrored({ inputs, outputs: [] })
    const flags = { unit: "SegmentedVision", group: 0, channels: 1, frame_change_handling: "Absolute" }
    const looking = { eccentricity_xy: [0.25, 0.75], modulation: 0.5 }
    const known = session({ inputs: [], outputs: [] }, [{ ...flags, input: frame("RGB", 12, 9), segmented: segments, gaze: looking }])
    const { sample, numbers } = samples(inputs, () => ({ CartesianPlane: frame("RGB", 12, 9) }), stream(3))
    expect(sample.length).toBe(12 * 9 * 3)
    for (const { value } of numbers) known.write("SegmentedVision", 0, 0, value)
    const wanted = Object.entries(known.encode()).flatMap(([id, voxels]) => voxelTexts(id, voxels))
    const explain = (batch: Float32Array | Uint8Array) =>
      brain.explain(batch).flatMap(({ area, voxels }) => voxels.map(([x, y, z, p]) => `${area} ${x},${y},${z} ${p}`))
    expect(explain(sample).sort()).toEqual([...wanted].sort())
    expect(explain(Uint8Array.from(sample)).sort()).toEqual([...wanted].sort())
    expect(new Set(brain.explain(sample).map(({ area }) => area)).size).toBe(9)
  })

  it("units that are Absolute only refuse Incremental, and the others get another area", () => {
    const percentage: Named = { name: "", coder: { Percentage: [{ value: 4 }, "Linear", false, "D1"] }, areas: 1, positioning: "Linear" }
    const answers = units
      .filter(({ direction, areas }) => direction === "input" && areas === 1)
      .map(({ unit }) => {
        const ask = (frames: string) =>
          tools.layout(registrations([registration(unit, percentage, 0, 1, frames)], [])).inputs[0]?.areas[0]?.id
        return [
          unit,
          reason(() => ask("Incremental"))?.includes('allows this unit no frame_change_handling but "Absolute"') ??
            ask("Incremental") !== ask("Absolute")
        ]
      })
    expect(answers.filter(([, same]) => same !== true)).toEqual([["DigitalGPIO", false]])
    const absolute = units.filter(
      (one) => one.direction === "input" && one.allowed_frame_change_handling?.includes("Incremental") === false
    )
    expect(absolute.map(({ unit }) => unit).sort()).toEqual([
      "AudioInput",
      "CartesianPosition",
      "CountInput",
      "ObjectSegmentationInput",
      "TextEnglishInput"
    ])
  })

  it("refuses stages that remember, overrides, a second Boolean channel and Fractional depths that 32 bits do not reach", () => {
    const boolean: Named = { name: "", coder: "Boolean", areas: 1, positioning: "Linear" }
    const deep: Named = {
      name: "",
      coder: { Percentage: [{ value: 150 }, "Fractional", false, "D1"] },
      areas: 1,
      positioning: "Fractional"
    }
    const quick = { ...registration("Vision", { ...boolean, coder: { CartesianPlane: frame("RGB") } }), stages: [{ ImageQuickDiff: {} }] }
    const why = (unit: UnitRegistration) => reason(() => tools.layout(registrations([unit], [])))
    expect(why(quick)).toContain("no pipeline_stages but one ImageFrameSegmentator")
    expect(why(registration("DigitalGPIO", boolean, 0, 2))).toContain("repeats itself once for each channel")
    expect(why(registration("Infrared", deep))).toContain("every voxel beyond depth 149")
    const overridden = JSON.parse(JSON.stringify(registrations([registration("DigitalGPIO", boolean)], []))) as ReturnType<
      typeof registrations
    >
    const [[definition] = []] = (overridden.input_units_and_encoder_properties.DigitalGPIO ?? []) as ReadonlyArray<
      ReadonlyArray<{ device_grouping: Array<Record<string, unknown>> }>
    >
    for (const device of definition?.device_grouping ?? []) device.channel_index_override = 0
    expect(reason(() => tools.layout(overridden))).toContain("no channel_index_override")
  })
})

const refusals: Readonly<Record<string, string>> = {
  "signed Percentage D2": "reads only the first of them",
  "signed Percentage D3": "reads only the first of them",
  "signed Percentage D4": "reads only the first of them",
  "CartesianPlane RGBA": "never reads alpha",
  "PositionalServo Fractional": "reads Linear also where Fractional is written",
  "PositionalServoTargetSpeed Fractional": "reads Linear also where Fractional is written",
  "ImageFilteringSettings Fractional": "doubles Fractional values and cuts them off",
  "SpatialPointer Fractional": "doubles Fractional values and cuts them off",
  "AngularPointer Fractional": "doubles Fractional values and cuts them off"
}

const refusal = (name: string): string | undefined => Object.entries(refusals).find(([start]) => name.startsWith(start))?.[1]

describe("outputs: unit x decoder", () => {
  const doubled = ({ name }: Named) => name.includes("Fractional")

  /** MiscData inputs, one for each area of the outputs, whose voxels fire there one burst later. */
  const driven = (outputs: ReadonlyArray<UnitRegistration>) => {
    const areas = tools.layout(registrations([], outputs)).outputs
    const sizes = outputs.flatMap((one) => layoutOf(areas, one).areas.map(({ dims }) => dims))
    const inputs = sizes.map(([width, height, depth], group) =>
      registration("MiscData", { name: "", coder: { MiscData: { width, height, depth } }, areas: 1, positioning: "Linear" }, group)
    )
    return { inputs, outputs, ...mirrored({ inputs, outputs }), sizes }
  }

  /** Voxels at random, but at least one in each column, so that every axis has something to say. */
  const masks = (sizes: ReadonlyArray<readonly [number, number, number]>, next: () => number): Float32Array =>
    Float32Array.from(
      sizes.flatMap(([width, height, depth]) =>
        Array.from({ length: width }, () => {
          const always = Math.floor(next() * height * depth)
          return Array.from({ length: height * depth }, (_, i) => (i === always || next() < 0.3 ? 0.75 : 0))
        }).flat()
      )
    )

  /** Why the crates themselves refuse a decoder at a unit: some read what kind of data the cortical id names. */
  const flagged: ReadonlyArray<readonly [string, string, ReadonlyArray<string>]> = [
    ["ImageFilteringSettings", "expected a Percentage cortical area flag", ["CountOutput", "DynamicImageProcessing"]],
    ["SpatialPointer", "expected a Percentage3D or SignedPercentage3D cortical area flag", ["SpatialPointer"]],
    ["AngularPointer", "expected a SignedPercentage3D cortical area flag", ["AngularPointer"]]
  ]
  const readable = (unit: string, { name }: Named): boolean =>
    flagged.every(([decoder, , units]) => !name.startsWith(decoder) || units.includes(unit))

  it.each(decoders.filter(({ name }) => refusal(name) === undefined))("$name reads at every unit that can have it", (named) => {
    const fitting = units.filter(({ direction, areas, unit }) => direction === "output" && areas === named.areas && readable(unit, named))
    expect(fitting.length).toBeGreaterThan(0)
    const one = /ImageFiltering|TargetSpeed/.test(named.name)
    const { brain, pairs, outputs, sizes } = driven(fitting.map(({ unit }) => registration(unit, named, 0, one ? 1 : 2)))
    const known = session({ inputs: [], outputs })
    const next = stream(4)
    const width = tools.layout(registrations([], outputs)).outputs[0]?.numbers ?? 0
    for (let round = 0; round < 3; round++) {
      const sample = masks(sizes, next)
      const voxels: Record<string, CoderVoxels> = {}
      for (const { area, voxels: rows } of brain.explain(sample)) {
        const column = (at: 0 | 1 | 2 | 3) => rows.map((row) => row[at] ?? 0)
        voxels[pairs.get(area) ?? ""] = { x: column(0), y: column(1), z: column(2), p: column(3) }
      }
      const decoded = known.decodeVoxels(voxels)
      const { readings, silent } = brain.present(sample, { hold: 1, read: 1, settle: 1 })
      expect(decoded.length).toBe(silent.length)
      const wanted = refsOf(outputs).map((ref) => {
        const found = decoded.find(({ unit, group, channel }) => unit === ref.unit && group === ref.group && channel === ref.channel)
        const numbers = flat(found?.value ?? {}).map((number) => (doubled(named) ? Math.fround(number / 2) : number))
        return named.name.startsWith("ImageFilteringSettings") ? [...numbers.slice(0, 4), Number.NaN, Number.NaN] : numbers
      })
      expect([...silent]).toEqual(wanted.map(() => 0))
      expect(wanted.every((numbers) => numbers.length === width)).toBe(true)
      expect([...readings].map((number) => number + 0)).toEqual(wanted.flat())
    }
    expect([...brain.present(masks(sizes, next), { hold: 0, read: 2, settle: 0 }).silent].every((flag) => flag === 1)).toBe(true)
  })

  it("every other pair is refused, and says why", () => {
    const outputs = units.filter(({ direction }) => direction === "output")
    expect(outputs.length).toBe(13)
    let bound = 0
    for (const { unit, areas } of outputs) {
      for (const named of decoders) {
        const why = reason(() => tools.layout(registrations([], [registration(unit, named)])))
        const signed = unit === "AngularPointer" && named.name.startsWith("SpatialPointer")
        const crates = signed ? "fails as soon as it reads" : flagged.find(([decoder]) => named.name.startsWith(decoder))?.[1]
        const form = signed ? crates : (refusal(named.name) ?? (readable(unit, named) ? undefined : crates))
        const expected = areas !== named.areas && !signed ? `speaks to ${named.areas} areas and the unit has ${areas}` : form
        if (expected === undefined) {
          bound++
          expect([unit, named.name, why]).toEqual([unit, named.name, undefined])
        } else expect(why).toContain(expected)
      }
    }
    // 11 units of one area with 16 decoders that ask nothing of the cortical id, 4 that do where it allows it, 2 servos, 2 gazes.
    expect(bound).toBe(11 * 16 + 4 + 2 + 2)
  })

  /** What a unit of one channel reads when only these voxels of its areas fire, packet by packet. */
  const reads = (unit: UnitRegistration, packets: ReadonlyArray<ReadonlyArray<readonly [area: number, x: number, z: number]>>) => {
    const { brain, sizes } = driven([unit])
    return packets.map((voxels) => {
      const cells = sizes.map(([width, height, depth]) => new Float32Array(width * height * depth))
      for (const [area, x, z] of voxels) {
        const [, height, depth] = sizes[area] ?? [0, 0, 0]
        const at = cells[area]
        if (at !== undefined) at[x * height * depth + z] = 1
      }
      const sample = Float32Array.from(cells.flatMap((cell) => [...cell]))
      const { readings, silent } = brain.present(sample, { hold: 1, read: 1, settle: 1 })
      return [...readings].map((number) => Number(number.toFixed(4))).concat([...silent])
    })
  }
  const unit = (name: string, coder: Coder, frames = "Absolute", flags = {}): UnitRegistration => {
    const row = registration(name, { name: "", coder, areas: 1, positioning: "Linear" }, 0, 1, frames)
    return { ...row, flags: { ...row.flags, ...flags } }
  }
  const nan = Number.NaN
  const deep = { value: 5 }

  it("a gaze reads what its columns said in this window, not what they said in the last", () => {
    const gaze = unit("Gaze", { GazeProperties: [deep, deep, "Linear"] })
    const both = [
      [0, 0, 1],
      [0, 1, 3],
      [1, 0, 2]
    ] as const
    expect(reads(gaze, [both, [[0, 0, 4]], [[1, 0, 0]], []])).toEqual([
      [0.75, 0.25, 0.5, 0],
      [0, nan, nan, 0],
      [nan, nan, 1, 0],
      [nan, nan, nan, 1]
    ])
  })

  it("a gaze with an eccentricity_plane reads the place on the plane, one channel only", () => {
    const plane = (width: number, height: number, channels = 1) => ({
      ...unit("Gaze", { GazeProperties: [{ value: 1 }, deep, "Linear"] }, "Absolute", { eccentricity_plane: [width, height] }),
      channels
    })
    expect(tools.layout(registrations([], [plane(8, 8)])).outputs[0]?.areas.map(({ dims }) => dims)).toEqual([
      [8, 8, 1],
      [1, 1, 5]
    ])
    // The cells of a plane lie y by y within a column.
    expect(
      reads(plane(5, 1), [
        [
          [0, 1, 0],
          [0, 3, 0]
        ],
        [[1, 0, 4]]
      ])
    ).toEqual([
      [0.5, 0, nan, 0],
      [nan, nan, 0, 0]
    ])
    const why = (row: UnitRegistration) => reason(() => tools.layout(registrations([], [row])))
    expect(why(plane(8, 8, 2))).toContain("gives one place to all channels")
    expect(why(plane(2, 1))).toContain("a width > 2 or a height > 1")
  })

  it("a servo integrates increments, prefers the absolute area, and tells a speed only when the speed area spoke", () => {
    const servo = unit("PositionalServo", { PositionalServoTargetSpeed: [deep, "Linear", [0.5], 0.1] })
    expect(
      reads(servo, [
        [[1, 0, 0]],
        [[1, 0, 0]],
        [
          [1, 1, 0],
          [2, 0, 1]
        ],
        [
          [0, 0, 1],
          [1, 0, 0]
        ],
        [[2, 0, 0]]
      ])
    ).toEqual([
      [0.6, nan, 0],
      [0.7, nan, 0],
      [0.6, 0.75, 0],
      [0.75, nan, 0],
      [nan, 1, 0]
    ])
  })

  it("image filters read the sliders that moved, Absolute in three columns and Incremental in six", () => {
    const filters = (frames: string) => unit("DynamicImageProcessing", { ImageFilteringSettings: [deep, deep, deep, "Linear"] }, frames)
    expect(
      reads(filters("Absolute"), [
        [
          [0, 0, 2],
          [0, 2, 1]
        ],
        [[0, 1, 3]]
      ])
    ).toEqual([
      [nan, 0.75, 0.5, 1, nan, nan, 0],
      [0.25, nan, nan, nan, nan, nan, 0]
    ])
    expect(
      reads(filters("Incremental"), [
        [[0, 2, 3]],
        [
          [0, 2, 3],
          [0, 5, 2]
        ]
      ])
    ).toEqual([
      [0.75, nan, nan, nan, nan, nan, 0],
      [1, 0, nan, nan, nan, nan, 0]
    ])
  })

  it("pointers need all three columns when Absolute, and read plus less minus when Incremental", () => {
    const pointer = (name: string, width: number, frames: string) =>
      unit(name, { [name]: { width, height: 1, depth: 5, window_ms: frames === "Incremental" ? 100 : null } }, frames)
    const all = [
      [0, 0, 0],
      [0, 1, 1],
      [0, 2, 4]
    ] as const
    expect(
      reads(pointer("SpatialPointer", 3, "Absolute"), [
        all,
        [
          [0, 0, 0],
          [0, 1, 1]
        ]
      ])
    ).toEqual([
      [1, 0.75, 0, 0],
      [nan, nan, nan, 1]
    ])
    expect(reads(pointer("AngularPointer", 3, "Absolute"), [all])).toEqual([[1, 0.5, -1, 0]])
    expect(reads(pointer("SpatialPointer", 1, "Absolute"), [[[0, 0, 1]]])).toEqual([[0.75, nan, nan, 0]])
    for (const name of ["SpatialPointer", "AngularPointer"]) {
      expect(
        reads(pointer(name, 6, "Incremental"), [
          [
            [0, 0, 1],
            [0, 3, 2]
          ],
          []
        ])
      ).toEqual([
        [0.75, -0.5, 0, 0],
        [nan, nan, nan, 1]
      ])
      expect(reason(() => tools.layout(registrations([], [pointer(name, 3, "Incremental")])))).toContain("width 6")
      expect(reason(() => tools.layout(registrations([], [pointer(name, 6, "Absolute")])))).toContain("width 3")
    }
  })

  it("refuses a Linear Percentage of one bin and a second channel of image filters", () => {
    const why = (row: UnitRegistration) => reason(() => tools.layout(registrations([], [row])))
    expect(why(unit("CountOutput", { Percentage: [{ value: 1 }, "Linear", false, "D1"] }))).toContain("reads the same whatever fires")
    expect(why({ ...unit("DynamicImageProcessing", { ImageFilteringSettings: [deep, deep, deep, "Linear"] }), channels: 2 })).toContain(
      "only its first channel"
    )
    expect(why(unit("DynamicImageProcessing", { ImageFilteringSettings: [deep, deep, { value: 9 }, "Linear"] }))).toContain(
      "three equal ones"
    )
  })
})

describe("bytes", () => {
  const named: Named = { name: "", coder: { CartesianPlane: frame("RGB", 5, 4) }, areas: 1, positioning: "Linear" }

  it("of frames are presented and explained like the numbers that they are", () => {
    const inputs = [
      registration("Vision", named, 0, 2),
      registration("SegmentedVision", { ...named, coder: { SegmentedImageFrame: segments }, areas: 9 })
    ]
    const target: Named = { name: "", coder: { CartesianPlane: frame("RGB", 5, 4) }, areas: 1, positioning: "Linear" }
    const outputs = [registration("SimpleVisionOutput", target, 0, 2)]
    const make = () => mirrored({ inputs, outputs }).brain
    const [byNumber, byByte] = [make(), make()]
    const next = stream(5)
    const batch = Uint8Array.from({ length: 3 * (2 * 60 + 66) }, () => Math.floor(next() * 256))
    const width = 2 * 60 + 66
    expect(byByte.explain(batch.subarray(0, width))).toEqual(byNumber.explain(Float32Array.from(batch.subarray(0, width))))
    const timing = { hold: 1, read: 1, settle: 1 }
    const wanted = byNumber.present(Float32Array.from(batch), timing)
    expect(byByte.present(batch, timing)).toEqual(wanted)
    // What comes out is what went in, but for pixels of 0 and 1, which the encoder leaves out.
    const first = [...batch.subarray(0, 120)].map((byte) => (byte > 1 ? byte : 0))
    expect([...wanted.readings.subarray(0, 120)]).toEqual(first)
    expect(byByte.hash("full")).toBe(byNumber.hash("full"))
  })

  it("are refused where an input is no frame", () => {
    const { brain } = mirrored({
      inputs: [
        registration("Vision", named),
        registration("Infrared", { ...named, coder: { Percentage: [{ value: 4 }, "Linear", false, "D1"] } })
      ],
      outputs: []
    })
    expect(reason(() => brain.present(new Uint8Array(61), { hold: 1, read: 0, settle: 0 }))).toBe(
      "payload-invalid: bytes came, and not every bound input is a frame: give a Float32Array"
    )
  })
})
