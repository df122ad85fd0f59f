/** Every encoder from a sample to the brain: which voxels FEAGI's coder lights, and that the neurons behind them hear it. */
import { describeLaws, encoderLaws } from "@feagi-trainer/conformance"
import {
  type Encoder,
  imageFrame as frameOf,
  type ImageShape,
  type IRSample,
  type SampleShape,
  type TimeSeriesShape
} from "@feagi-trainer/contracts"
import { CoderBench } from "@feagi-trainer/feagi-runtime"
import { loadEngineModule } from "@feagi-trainer/feagi-runtime/node"
import { describe, expect, it } from "vitest"
import { type CoderForm, formForUnit, numbersIn, readCoder } from "../src/CoderForm.ts"
import { areaId } from "../src/CorticalId.ts"
import * as plugin from "../src/index.ts"
import { pictureGenome } from "../src/PictureGenome.ts"
import { boundUnits } from "../src/Selection.ts"
import { unitFaults } from "../src/UnitSelection.ts"
import { units } from "../src/Units.ts"
import { everyCoder } from "./everyCoder.ts"
import { encoderOptions } from "./everyOption.ts"
import { fitOf, mistakesOf, must, sampleOf } from "./support.ts"
import { encodedBy, readBehind } from "./throughBrain.ts"

const engine = await loadEngineModule()

const tableOf = (count: number): SampleShape => ({
  kind: "tabular",
  features: Array.from({ length: count }, (_, i) => ({ name: `f${i}`, min: 0, max: 1 }))
})
const picture = (width: number, height: number, channels: number): ImageShape => ({
  kind: "image",
  values: "uint8",
  width: [width, width],
  height: [height, height],
  channels: [channels, channels]
})
const signal = (length: number): TimeSeriesShape => ({
  kind: "time_series",
  channels: ["x", "y"].map((name) => ({ name, min: 0, max: 1 })),
  length: [length, length],
  sample_rate_hz: 10
})

const sampleIn = (shape: SampleShape, id: string, numbers: ReadonlyArray<number>): IRSample => {
  const sample = sampleOf(id, numbers)
  if (shape.kind === "image")
    return {
      ...sample,
      modality: "image",
      payload: { bytes: Uint8Array.from(numbers) },
      coordinate_frame: frameOf({ width: shape.width[0], height: shape.height[0], channels: shape.channels[0] })
    }
  if (shape.kind !== "time_series") return sample
  const channel_ids = shape.channels.map(({ name }) => name)
  return { ...sample, modality: "time_series", payload: { time_series: { sample_rate_hz: 10, channel_ids, samples: [...numbers] } } }
}

/** Both ends of the way of one sample; equal, or the brain did not hear what the coder said. */
const through = <Options, Fitted>(
  encoder: Encoder<Options, Fitted>,
  written: unknown,
  shape: SampleShape,
  numbers: ReadonlyArray<number>,
  training: ReadonlyArray<ReadonlyArray<number>> = [numbers]
) => {
  const options = must(encoder.decodeOptions(written))
  const fitted = must(
    fitOf(
      encoder,
      options,
      shape,
      training.map((row, index) => sampleIn(shape, `t${index}`, row))
    )
  )
  const context = { shape, fitted }
  const inputs = must(encoder.select(options, context))
  const values = must(encoder.values(options, context, sampleIn(shape, "probe", numbers)))
  const lit = encodedBy(engine, inputs, values)
  const heard = readBehind(engine, inputs, values)
  // A potential below 0 reaches its neuron and makes nothing fire.
  const near = Object.fromEntries(
    Object.entries(lit).map(([area, lights]) => [area, lights.flatMap(([x, y, z, p]) => (p > 0 ? [[x, y, z, expect.closeTo(p, 3)]] : []))])
  )
  expect(heard).toEqual(near)
  return lit
}

const first = (id: string): object => encoderOptions[id]?.[0] ?? {}
const given = { range: "given", out_of_range: "refuse", constant_feature: "keep" }

describe("every coder of every input unit", () => {
  const whole = ({ ranges }: CoderForm) =>
    ranges.flatMap(({ count, high, whole: is }) => Array.from({ length: count }, () => (is ? high : 0.75 * high)))
  const pairs = units
    .filter(({ direction }) => direction === "input")
    .flatMap((unit) =>
      everyCoder.flatMap((coder) => {
        const form = formForUnit(unit, must(readCoder(coder)))
        return unitFaults({ unit, form, flags: { frame: "Absolute" } }).length > 0 ? [] : [{ unit, coder, form }]
      })
    )
  // Each unit once with the coder that its template is made for, and each coder once on some unit.
  const chosen = pairs.filter(
    ({ unit, form, coder }, index) =>
      (form.io_type === unit.io_type && pairs.findIndex((each) => each.unit === unit && each.form.io_type === unit.io_type) === index) ||
      pairs.findIndex((each) => each.coder === coder) === index
  )

  it("is among those that are tried", () => {
    expect(new Set(chosen.map(({ unit }) => unit.code)).size).toBe(18)
    const encoding = everyCoder.filter((coder) => must(readCoder(coder)).encodes)
    expect(new Set(chosen.map(({ coder }) => coder)).size).toBe(encoding.length)
  })

  it.each(chosen.map((each) => [each.unit.code, JSON.stringify(each.coder).slice(0, 60), each] as const))(
    "%s with %s lights the neurons behind it",
    (_code, _coder, { unit, coder, form }) => {
      const written = { area: unit.code, group: 3, frame: "Absolute", coder, ...given }
      const lit = through(plugin.sensory, written, tableOf(numbersIn(form)), whole(form))
      expect(Object.values(lit).flat().length).toBeGreaterThan(0)
    }
  )
})

describe("encoder percentage", () => {
  /** Bins as FEAGI counts them, in 32-bit numbers: the largest value is bin 0. */
  const linear = (value: number, bins: number) => [Math.min(Math.floor(Math.fround(Math.fround(1 - value) * bins)), bins - 1)]
  const fractional = (value: number, bins: number) => {
    if (value === 0) return [bins - 1]
    let rest = value
    return Array.from({ length: bins }, (_, z) => z).filter((z) => {
      const digit = 0.5 ** (z + 1)
      if (rest < digit) return false
      rest = Math.fround(rest - digit)
      return true
    })
  }
  const values = [0, 1, 0.5, 0.25, 1 / 3, 0.1, 0.9, 0.999, 0.001, ...Array.from({ length: 24 }, (_, i) => (i + 0.5) / 24)].map(Math.fround)
  const shape = tableOf(values.length)
  const ranges = values.map(() => [0, 1])

  it.each(["linear", "fractional"] as const)("lights the bins that the formula says, %s, from 2 to 256 bins", (spacing) => {
    let compared = 0
    for (let bins = 2; bins <= 256; bins++) {
      const options = {
        scheme: { scheme: "population_single_spike", bins, spacing, tilings: 1 },
        area: "iinf",
        group: 0,
        range: ranges,
        out_of_range: "refuse",
        constant_feature: "keep"
      }
      const decoded = plugin.percentage.decodeOptions(options)
      // From 150 digits on FEAGI lights every further voxel, whatever the number.
      if (spacing === "fractional" && bins > 149) {
        expect(mistakesOf(decoded)).toMatchObject([{ path: ["scheme"], expected: 'at most 149 bins with spacing "fractional"' }])
        continue
      }
      const context = { shape, fitted: { ranges: values.map(() => [0, 1] as const) } }
      const inputs = must(plugin.percentage.select(must(decoded), context))
      const encoded = must(plugin.percentage.values(must(decoded), context, sampleOf("probe", values)))
      const expected = values.flatMap((value, x) =>
        (spacing === "linear" ? linear(value, bins) : fractional(value, bins)).map((z) => [x, 0, z, 1])
      )
      const [lights = []] = Object.values(encodedBy(engine, inputs, encoded))
      expect([bins, lights]).toEqual([bins, expected])
      compared += expected.length
    }
    expect(compared).toBeGreaterThan(8000)
  })

  it("refuses at the fit what a written range does not hold", () => {
    const options = must(plugin.percentage.decodeOptions({ ...first("percentage"), range: [[0, 1]], out_of_range: "refuse" }))
    const rows = [sampleOf("a", [0.5]), sampleOf("b", [2])]
    expect(mistakesOf(fitOf(plugin.percentage, options, tableOf(1), rows))).toMatchObject([
      { message: 'feature "f0" is outside of its range in sample b, and out_of_range is "refuse"', expected: "0 to 1", actual: "2" }
    ])
  })
})

describe("encoder boolean", () => {
  it("lights a unit for each 1", () => {
    expect(through(plugin.boolean, { area: "idgp", first_group: 2 }, tableOf(3), [1, 0, 1])).toEqual({
      "idgp/2 Boolean": [[0, 0, 0, 1]],
      "idgp/4 Boolean": [[0, 0, 0, 1]]
    })
  })

  it("refuses at the fit what is no truth value", () => {
    const options = must(plugin.boolean.decodeOptions({ area: "idgp", first_group: 0 }))
    expect(mistakesOf(fitOf(plugin.boolean, options, tableOf(1), [sampleOf("a", [0.5])]))).toMatchObject([{ actual: "0.5" }])
  })
})

describe("encoder percentage-vector", () => {
  const scheme = { scheme: "population_single_spike", bins: 5, spacing: "linear", axes: 3, signed: true }

  it("gives each axis a column for either sign, and lights the last bin of both for 0", () => {
    expect(through(plugin.percentageVector, { scheme, area: "icpo", group: 0, ...given }, tableOf(3), [1, -0.5, 0])).toEqual({
      "icpo/0 Percentage3D Linear": [
        [0, 0, 0, 1],
        [3, 0, 2, 1],
        [4, 0, 4, 1],
        [5, 0, 4, 1]
      ]
    })
  })

  it("refuses a number of features that fills no channel", () => {
    const options = must(plugin.percentageVector.decodeOptions({ scheme, area: "icpo", group: 0, ...given }))
    expect(mistakesOf(fitOf(plugin.percentageVector, options, tableOf(4), []))).toMatchObject([
      { expected: "a multiple of 3 numbers in a sample", actual: "4" }
    ])
  })

  it.each(["rate", "temporal", "value"])("knows the scheme %s and refuses it", (name) => {
    const written = { scheme: { ...scheme, scheme: name }, area: "icpo", group: 0, ...given }
    expect(mistakesOf(plugin.percentageVector.decodeOptions(written))).toMatchObject([
      { message: `encoding scheme "${name}" is not available in FEAGI core; available: population_single_spike` }
    ])
  })
})

describe("encoder raw-imu", () => {
  it("has an area for each instrument", () => {
    const lit = through(plugin.rawImu, first("raw-imu"), tableOf(9), [1, 0, 0, 0, 1, 0, 0, 0, -1])
    expect(Object.keys(lit)).toHaveLength(3)
    expect(Object.values(lit).map((lights) => lights.filter(([, , z]) => z === 0))).toEqual([
      [[0, 0, 0, 1]],
      [[2, 0, 0, 1]],
      [[5, 0, 0, 1]]
    ])
  })
})

describe("encoder image-frame", () => {
  const options = first("image-frame")

  it("puts the first pixel at the top, and leaves 0 and 1 dark", () => {
    expect(through(plugin.imageFrame, options, picture(3, 2, 1), [255, 0, 1, 2, 100, 200])).toEqual({
      "iimg/0 CartesianPlane": [
        [0, 0, 0, 2],
        [0, 1, 0, 255],
        [1, 0, 0, 100],
        [2, 0, 0, 200]
      ]
    })
  })

  it("has the colours along z", () => {
    const lit = through(plugin.imageFrame, options, picture(2, 1, 3), [10, 20, 30, 40, 50, 60])
    expect(Object.values(lit)[0]?.map(([x, , z, p]) => [x, z, p])).toEqual([
      [0, 0, 10],
      [0, 1, 20],
      [0, 2, 30],
      [1, 0, 40],
      [1, 1, 50],
      [1, 2, 60]
    ])
  })

  it("hands bytes on without a copy", () => {
    const decoded = must(plugin.imageFrame.decodeOptions(options))
    const sample = sampleIn(picture(2, 2, 1), "a", [1, 2, 3, 4])
    const [value] = must(plugin.imageFrame.values(decoded, { shape: picture(2, 2, 1), fitted: { ranges: null } }, sample))
    expect(value).toBeInstanceOf(Uint8Array)
    expect((value as Uint8Array).buffer).toBe("bytes" in sample.payload ? (sample.payload.bytes as Uint8Array).buffer : undefined)
  })

  it("fits the genome of the template for pictures, and the classes that follow", () => {
    const template = { width: 6, height: 5, light: 77, contrast: 3, pool: 2, initial_weight: 1, max_weight: 4, learning_rate: 0.01 }
    const [selection] = must(
      plugin.imageFrame.select(must(plugin.imageFrame.decodeOptions(options)), { shape: picture(6, 5, 1), fitted: { ranges: null } })
    )
    expect(selection?.binding.cortical_area_id).toBe(areaId("iimg", "CartesianPlane", 0))
    expect(selection).toMatchObject({ channels: 1, channel_dimensions: [6, 5, 1] })
    expect(pictureGenome(template, 2)).toContain(`"_____10c-${selection?.binding.cortical_area_id}-cx-___bby-i":5`)
  })

  it("says which transform is missing", () => {
    const decoded = must(plugin.imageFrame.decodeOptions(options))
    const say = (shape: SampleShape) => mistakesOf(fitOf(plugin.imageFrame, decoded, shape, [])).map(({ message }) => message)
    expect(say({ ...picture(3, 3, 1), values: "encoded" })).toEqual([
      "encoder image-frame takes pixels: put the transform image-decode before it"
    ])
    expect(say({ ...picture(3, 3, 1), width: [2, 9], height: [1, 5] })).toHaveLength(2)
    expect(say(picture(3, 3, 4))).toEqual(["encoder image-frame takes grey and RGB pictures: put the transform image-decode before it"])
    expect(say(tableOf(9))).toEqual(["encoder image-frame reads pictures"])
  })
})

describe("encoder segmented-vision", () => {
  const base = first("segmented-vision")
  const gazeAt = (x: number, y: number, modulation: number) => ({ ...base, gaze: { x, y, modulation } })

  it("sees a light pixel with the area on whose side it is", () => {
    const dark = Array.from({ length: 6 * 6 * 3 }, () => 0)
    const lightAt = (column: number, row: number) => dark.map((_, i) => (Math.floor(i / 3) === row * 6 + column ? 250 : 0))
    const areasLit = (column: number, row: number) =>
      Object.keys(through(plugin.segmentedVision, { ...base, peripheral: { width: 2, height: 2 } }, picture(6, 6, 3), lightAt(column, row)))
    const [corner = ""] = areasLit(0, 0)
    const [opposite = ""] = areasLit(5, 5)
    expect([corner === opposite, corner.startsWith("isvi/0"), opposite.startsWith("isvi/0")]).toEqual([false, true, true])
  })

  it("refuses pictures that FEAGI's cutter fails on, and only those", () => {
    const tried = { works: 0, refused: 0 }
    const gazes = [
      [0.5, 0.5, 0.5],
      [1, 1, 0.2],
      [0.5, 0.5, 1],
      [0.3, 0.8, 0],
      [0.7, 0.3, 0.25]
    ] as const
    for (const [width, height] of [
      [3, 3],
      [4, 3],
      [8, 8],
      [13, 7]
    ] as const)
      for (const center of [
        { width: 2, height: 2 },
        { width: 9, height: 4 }
      ])
        for (const [x, y, modulation] of gazes) {
          const options = { ...base, center, gaze: { x, y, modulation } }
          const select = (of: object, shape: ImageShape) =>
            plugin.segmentedVision.select(must(plugin.segmentedVision.decodeOptions(of)), { shape, fitted: { ranges: null } })
          const ours = select(options, picture(width, height, 3))
          // A selection that is fine, with the numbers of this one put in: the engine decides.
          const fine = JSON.stringify(must(select({ ...options, gaze: { x: 0.5, y: 0.5, modulation: 0.5 } }, picture(91, 91, 3))))
          const asked = JSON.parse(
            fine
              .replaceAll('"width":91', `"width":${width}`)
              .replaceAll('"height":91', `"height":${height}`)
              .replace('"a":{"value":0.5}', `"a":{"value":${x}}`)
              .replace('"b":{"value":0.5}', `"b":{"value":${y}}`)
              .replace('"modulation_size":{"value":0.5}', `"modulation_size":{"value":${modulation}}`)
          )
          const bound = boundUnits(asked, [])
          if (!bound.ok) throw new Error(bound.messages.join("; "))
          const works = (() => {
            try {
              const bench = CoderBench.open(engine, bound.value)
              bench.voxels(Uint8Array.from({ length: width * height * 3 }, (_, i) => 50 + (i % 200)))
              bench.dispose()
              return true
            } catch {
              return false
            }
          })()
          expect([width, height, center, x, y, modulation, ours.ok]).toEqual([width, height, center, x, y, modulation, works])
          tried[works ? "works" : "refused"]++
        }
    expect(tried.works).toBeGreaterThan(8)
    expect(tried.refused).toBeGreaterThan(8)
  })

  it("names the gaze that has no pixel, and the picture that is grey", () => {
    const options = must(plugin.segmentedVision.decodeOptions(gazeAt(1, 1, 0)))
    const mistakes = mistakesOf(plugin.segmentedVision.select(options, { shape: picture(4, 4, 1), fitted: { ranges: null } }))
    expect(mistakes.map(({ path, expected }) => [path, expected])).toEqual([
      [[], "3 channels"],
      [["gaze"], "a larger modulation, a gaze farther from the edge, or a larger picture"]
    ])
  })
})

describe("encoder misc-data", () => {
  it("turns rows into columns: y counts from the first row", () => {
    const written = {
      code: { scheme: "potential" },
      area: "imis",
      group: 0,
      range: Array.from({ length: 6 }, () => [-255, 255]),
      out_of_range: "refuse",
      constant_feature: "keep"
    }
    const lit = through(plugin.miscData, written, picture(3, 2, 1), [0, 0, 255, 51, 0, 0])
    expect(lit).toEqual({
      "imis/0 MiscData": [
        [0, 1, 0, expect.closeTo(0.2, 6)],
        [2, 0, 0, 1]
      ]
    })
  })

  it("spreads a number over the bins near it", () => {
    const written = { code: { scheme: "soft_population", bins: 5, overlap: 2 }, area: "imis", group: 0, ...given }
    expect(through(plugin.miscData, written, tableOf(1), [0.375])).toEqual({
      "imis/0 MiscData": [
        [0, 0, 0, 0.25],
        [0, 0, 1, 0.75],
        [0, 0, 2, 0.75],
        [0, 0, 3, 0.25]
      ]
    })
  })
})

describe("encoder time-series", () => {
  it("has a channel for each signal, with its points along x", () => {
    const written = { code: { scheme: "potential" }, area: "imis", group: 0, ...given }
    expect(through(plugin.timeSeries, written, signal(3), [0.5, -0.5, 0, 0.25, 1, 0])).toEqual({
      "imis/0 MiscData": [
        [0, 0, 0, 0.5],
        [2, 0, 0, 1],
        [3, 0, 0, -0.5],
        [4, 0, 0, 0.25]
      ]
    })
  })
})

describe("encoder audio-spectrum", () => {
  it("lights a bin at its phase step with its magnitude", () => {
    const written = { ...first("audio-spectrum"), phases: "given" }
    expect(through(plugin.audioSpectrum, written, tableOf(6), [0.5, 0, 1, 2, 3, 0])).toEqual({
      "iaud/0 MiscData": [
        [0, 2, 0, 0.5],
        [2, 0, 0, 1]
      ]
    })
  })
})

describe("encoder text-token", () => {
  it("writes the id and 1 in binary digits, the highest at z = 0", () => {
    expect(through(plugin.textToken, first("text-token"), tableOf(2), [4, 0])).toEqual({
      "iten/0 MiscData": [
        [0, 0, 1, 1],
        [0, 0, 3, 1],
        [1, 0, 3, 1]
      ]
    })
  })

  it("refuses an id that has too many digits, and half a token", () => {
    const options = must(plugin.textToken.decodeOptions(first("text-token")))
    const mistakes = mistakesOf(fitOf(plugin.textToken, options, tableOf(2), [sampleOf("a", [15, 0.5])]))
    expect(mistakes.map(({ message }) => message)).toEqual([
      'feature "f0" is outside of its range in sample a, and out_of_range is "refuse"',
      'feature "f1" is no whole number in sample a'
    ])
  })
})

describe("encoder category", () => {
  it("lights the voxel of the class in imis, its level in icnt", () => {
    expect(through(plugin.category, { area: "imis", group: 0, categories: 3 }, tableOf(2), [2, 0])).toEqual({
      "imis/0 MiscData": [
        [2, 0, 0, 1],
        [3, 0, 0, 1]
      ]
    })
    for (let level = 0; level < 7; level++)
      expect(through(plugin.category, { area: "icnt", group: 0, categories: 7 }, tableOf(1), [level])).toEqual({
        "icnt/0 Percentage Linear": [[0, 0, level, 1]]
      })
  })
})

describe("what no encoder takes", () => {
  const rowOf = (id: string) => Array.from({ length: 9 }, (_, i) => (id === "tabular" ? i % 2 : 0))

  it.each(Object.keys(encoderOptions).filter((id) => !["image-frame", "segmented-vision", "time-series"].includes(id)))(
    "is a number that is none: %s names every feature",
    (id) => {
      const encoder = Object.values(plugin).find((each): each is never => each.kind === "encoder" && each.id === id) as unknown as Encoder
      const options = must(encoder.decodeOptions(first(id)))
      const bad = rowOf(id).map((value, i) => (i === 1 ? Number.NaN : i === 4 ? Number.POSITIVE_INFINITY : value))
      const mistakes = mistakesOf(fitOf(encoder, options, tableOf(9), [sampleOf("bad", bad)]))
      expect(mistakes.map(({ message }) => message)).toEqual([
        'feature "f1" is no finite number in sample bad',
        'feature "f4" is no finite number in sample bad'
      ])
    }
  )
})

describe("the laws of encoders", () => {
  const numbers = (shape: SampleShape, k: number) => {
    const count = shape.kind === "image" ? shape.width[0] * shape.height[0] * 3 : shape.kind === "tabular" ? 9 : 18
    return Array.from({ length: count }, (_, i) => (shape.kind === "image" ? (37 * i + 91 * k) % 256 : (i + k) % 2))
  }
  for (const [id, all] of Object.entries(encoderOptions))
    for (const [index, options] of all.entries()) {
      const encoder = Object.values(plugin).find((each) => each.kind === "encoder" && each.id === id) as unknown as Encoder
      const shape = id === "time-series" ? signal(9) : id.includes("image") || id.includes("vision") ? picture(4, 3, 3) : tableOf(9)
      const samples = [0, 1, 2, 3].map((k) => sampleIn(shape, `s${k}`, numbers(shape, k)))
      describeLaws(
        { describe, it },
        `encoder ${id}, options ${index}`,
        encoderLaws({ encoder, options, shape, training: samples.slice(0, 2), samples: samples.slice(2) })
      )
    }
})
