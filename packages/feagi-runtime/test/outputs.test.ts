/**
 * Every kind of output unit that FEAGI has, bound to a brain whose one input makes all of its voxels fire.
 */
import { beforeAll, describe, expect, it } from "vitest"
import { Brain, type EngineModule, EngineTools, registrations } from "../src/index.ts"
import { engine, roomy, seeded } from "./support/brains.ts"
import { genome, ioId, kinds, rule } from "./support/genomes.ts"

type Dims = readonly [number, number, number]
interface OutputCase {
  readonly unit: string
  readonly coder: Readonly<Record<string, unknown>>
  readonly flags?: Readonly<Record<string, unknown>>
  /** Dimensions of the unit's areas. */
  readonly areas: ReadonlyArray<Dims>
  readonly width: number
  /** First numbers of the reading. */
  readonly reads: ReadonlyArray<number>
}

const depth = { value: 4 }
const linear = "Linear"
const audio = {
  bin_count: 33,
  phase_steps: 2,
  sample_rate_hz: 16000,
  window_size: 64,
  hop_size: 32,
  spacing: "Linear",
  min_frequency_hz: 0,
  max_frequency_hz: 8000,
  magnitude_floor_db: -80,
  magnitude_ceiling_db: 0
}
const frame = { image_resolution: { width: 3, height: 2 }, color_space: "Linear", color_channel_layout: "GrayScale" }
const pointer = { width: 3, height: 1, depth: 4, window_ms: null }

const cases: ReadonlyArray<OutputCase> = [
  // All z fire, so a Linear Percentage reads the mean of its bins.
  { unit: "CountOutput", coder: { Percentage: [depth, linear, false, "D1"] }, areas: [[1, 1, 4]], width: 1, reads: [0.5] },
  { unit: "RotaryMotor", coder: { Percentage: [depth, linear, true, "D1"] }, areas: [[1, 1, 4]], width: 1, reads: [0] },
  {
    unit: "PositionalServo",
    coder: { PositionalServo: [depth, linear] },
    areas: [
      [1, 1, 4],
      [2, 1, 4],
      [1, 1, 4]
    ],
    width: 1,
    reads: [0.5]
  },
  {
    unit: "PositionalServo",
    coder: { PositionalServoTargetSpeed: [depth, linear, [0.5], 0.1] },
    flags: { control_semantics: "absolute_target_incremental_speed" },
    areas: [
      [1, 1, 4],
      [2, 1, 4],
      [1, 1, 4]
    ],
    width: 2,
    reads: [0.5, 0.5]
  },
  {
    unit: "Gaze",
    coder: { GazeProperties: [depth, depth, linear] },
    areas: [
      [2, 1, 4],
      [1, 1, 4]
    ],
    width: 3,
    reads: [0.5, 0.5, 0.5]
  },
  {
    unit: "DynamicImageProcessing",
    coder: { ImageFilteringSettings: [depth, depth, depth, linear] },
    areas: [[3, 1, 4]],
    width: 6,
    reads: [0.5]
  },
  { unit: "SpatialPointer", coder: { SpatialPointer: pointer }, areas: [[3, 1, 4]], width: 3, reads: [0.5, 0.5, 0.5] },
  { unit: "AngularPointer", coder: { AngularPointer: pointer }, areas: [[3, 1, 4]], width: 3, reads: [0, 0, 0] },
  {
    unit: "PoseEstimation",
    coder: { PoseEstimation: { width: 1, height: 1, depth: 17 } },
    flags: { pose_schema: "HumanBody" },
    areas: [[1, 1, 17]],
    width: 51,
    reads: [0, 0, 1]
  },
  { unit: "AudioOutput", coder: { AudioSpectrum: audio }, areas: [[33, 2, 1]], width: 66, reads: [1, 1] },
  { unit: "SimpleVisionOutput", coder: { CartesianPlane: frame }, areas: [[3, 2, 1]], width: 6, reads: [1, 1, 1, 1, 1, 1] },
  { unit: "ObjectSegmentation", coder: { MiscData: { width: 2, height: 2, depth: 1 } }, areas: [[2, 2, 1]], width: 4, reads: [1, 1, 1, 1] },
  { unit: "TextEnglishOutput", coder: { MiscData: { width: 1, height: 1, depth: 16 } }, areas: [[1, 1, 16]], width: 16, reads: [1, 1] },
  { unit: "MiscData", coder: { MiscData: { width: 3, height: 1, depth: 1 } }, areas: [[3, 1, 1]], width: 3, reads: [1, 1, 1] }
]

let module: EngineModule
beforeAll(async () => {
  module = await engine()
})

describe("outputs", () => {
  it.each(cases)("$unit reads $width numbers: $coder", ({ unit, coder, flags: own = {}, areas, width, reads }) => {
    const input = ioId("iinf", kinds.percentage)
    const flags = { frame_change_handling: "Absolute", percentage_neuron_positioning: linear, ...own }
    const ids = (
      new EngineTools(module).corticalIds({ direction: "output", unit, group: 0, flags }) as ReadonlyArray<{ base64: string }>
    ).map(({ base64 }) => base64)
    expect(ids.length).toBe(areas.length)
    const to = Object.fromEntries(ids.map((id) => [id, [rule("all_to_all")]]))
    const outputs = ids.map((id, i) => ({ id, name: `out${i}`, group: "OPU", dims: areas[i] ?? ([1, 1, 1] as const) }))
    const text = genome([{ id: input, name: "in", group: "IPU", dims: [1, 1, 2], to }, ...outputs])
    const reliesOn = ids.map((id) => ({ from: input, to: id }))
    const brain = Brain.develop(module, { genome: text, random: seeded(1), budget: roomy, reliesOn })
    const source = {
      unit: "Infrared",
      group: 0,
      channels: 1,
      flags: { frame_change_handling: "Absolute", percentage_neuron_positioning: linear },
      coder: { Percentage: [{ value: 2 }, linear, false, "D1"] }
    }
    const shape = brain.bind({
      registrations: registrations([source], [{ unit, group: 0, channels: 1, flags, coder }]),
      inputs: [{ unit: "Infrared", group: 0, channel: 0 }],
      outputs: [{ unit, group: 0, channel: 0 }]
    })
    expect(shape).toEqual({ inputWidth: 1, outputWidth: width })
    const { readings, silent } = brain.present(Float32Array.of(1), { hold: 1, read: 1, settle: 1 })
    expect([...silent]).toEqual([0])
    expect(readings.length).toBe(width)
    expect([...readings].slice(0, reads.length).map((value) => Number(value.toFixed(6)))).toEqual(reads)
    expect([...brain.present(Float32Array.of(1), { hold: 0, read: 2, settle: 0 }).silent]).toEqual([1])
  })
})

describe("writeTarget()", () => {
  const bound = (unit: string, channels: number, coder: Readonly<Record<string, unknown>>, areas: ReadonlyArray<Dims>) => {
    const flags = { frame_change_handling: "Absolute", percentage_neuron_positioning: linear }
    const ids = new EngineTools(module).corticalIds({ direction: "output", unit, group: 0, flags }) as ReadonlyArray<{ base64: string }>
    const outputs = ids.map(({ base64: id }, i) => ({ id, name: `out${i}`, group: "OPU", dims: areas[i] ?? ([1, 1, 1] as const) }))
    const brain = Brain.develop(module, { genome: genome(outputs), random: seeded(1), budget: roomy, reliesOn: [] })
    const refs = Array.from({ length: channels }, (_, channel) => ({ unit, group: 0, channel }))
    brain.bind({ registrations: registrations([], [{ unit, group: 0, channels, flags, coder }]), inputs: [], outputs: refs })
    return brain
  }

  it("gives the bin of a number in the columns of its own channel", () => {
    const brain = bound("CountOutput", 2, { Percentage: [depth, linear, false, "D1"] }, [[2, 1, 4]])
    const voxels = (output: number, value: number) => brain.writeTarget(output, [value]).voxels
    expect([voxels(0, 1), voxels(0, 0), voxels(1, 0.6), voxels(0, 0.6)]).toEqual([
      [[0, 0, 0, 1]],
      [[0, 0, 3, 1]],
      [[1, 0, 1, 1]],
      [[0, 0, 1, 1]]
    ])
  })

  it("gives the pixels of a picture, top row at the largest y, with their brightness", () => {
    const brain = bound("SimpleVisionOutput", 1, { CartesianPlane: frame }, [[3, 2, 1]])
    expect(brain.writeTarget(0, [255, 0, 0, 0, 0, 7]).voxels).toEqual([
      [0, 1, 0, 255],
      [2, 0, 0, 7]
    ])
    expect(() => brain.writeTarget(0, [256, 0, 0, 0, 0, 0])).toThrow("expected 0 to 255")
  })

  it("says that a decoder has no encoder of its form", () => {
    const brain = bound("AngularPointer", 1, { AngularPointer: pointer }, [[3, 1, 4]])
    expect(() => brain.writeTarget(0, [0, 0, 0])).toThrow("no encoder has the form of this output")
  })
})
