/**
 * Encoder `misc-data`: the numbers of a sample as potentials in one MiscData channel, or each spread over soft bins along z.
 *
 * A table is w = features, a picture its own width, height and channels, a signal points by channels. Sharp edge: a potential of 0 fires
 * nothing, and whether a small one fires is up to the threshold of the area in the genome.
 */
import { optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { type CoderForm, miscForm } from "./CoderForm.ts"
import { LAST_GROUP } from "./CorticalId.ts"
import { defineInput, type InputLayout } from "./InputEncoder.ts"
import type { NumbersShape } from "./SampleNumbers.ts"
import { scalingFields } from "./Scaling.ts"
import { SCHEME_VERSION } from "./Scheme.ts"
import { softBins } from "./SoftBins.ts"
import { refused } from "./Tabular.ts"
import { unitOf } from "./Units.ts"

export const miscAreas = ["imis", "idpt", "iseg"] as const

/** How a number becomes potentials. */
export const PotentialCode = Schema.Union([
  /** The number itself, from −1 to 1. */
  Schema.Struct({ scheme: Schema.Literal("potential") }),
  /** So many bins along z, of which those near the number are lit. */
  Schema.Struct({
    scheme: Schema.Literal("soft_population"),
    bins: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 1000 })),
    /** Bins that a number reaches to either side; 1 is linear interpolation. */
    overlap: Schema.Finite.check(Schema.isBetween({ minimum: 1, maximum: 100 }))
  })
]).annotate({ expected: '{ scheme = "potential" } or { scheme = "soft_population", bins = 2 to 1000, overlap = 1 to 100 }' })
export type PotentialCode = typeof PotentialCode.Type

const MiscDataOptions = Schema.Struct({
  code: PotentialCode,
  /** `imis` is made for anything, `idpt` for depth maps, `iseg` for masks. */
  area: Schema.Literals(miscAreas),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  ...scalingFields
})
export type MiscDataOptions = typeof MiscDataOptions.Type

/** Most numbers of a MiscData value along one side. */
const MOST = 4096

const unit = { count: 1, low: 0, high: 1, whole: false }
const signed = { count: 1, low: -1, high: 1, whole: false }

/** Place of a number of the payload in a MiscData block of x by y by z: pictures and signals run by rows, MiscData by columns. */
const placeIn = ({ kind, size: [width, height, depth] }: NumbersShape): ((index: number) => number) => {
  if (kind === "tabular") return (index) => index
  if (kind === "time_series") return (index) => index
  return (index) => {
    const pixel = Math.floor(index / depth)
    return ((pixel % width) * height + Math.floor(pixel / width)) * depth + (index % depth)
  }
}

export const schemeOfCode = (code: PotentialCode) => ({
  scheme: code.scheme,
  version: SCHEME_VERSION,
  bins: code.scheme === "soft_population" ? code.bins : null,
  spacing: null
})

interface Spread {
  readonly form: CoderForm
  readonly target: InputLayout["target"]
  readonly arrange: NonNullable<InputLayout["arrange"]>
}

/** Coder and arrangement for numbers that lie in a block of x by y by z, in as many channels as fill the sample. */
export const spread = (
  code: PotentialCode,
  [width, height, depth]: readonly [number, number, number],
  place: (index: number) => number
): Spread => {
  if (code.scheme === "potential")
    return {
      form: miscForm(width, height, depth),
      target: () => signed,
      arrange: (numbers) => {
        const placed = new Float64Array(numbers.length)
        for (let i = 0; i < numbers.length; i++) placed[place(i)] = numbers[i] ?? 0
        return placed
      }
    }
  const { bins, overlap } = code
  return {
    form: miscForm(width, height, depth * bins),
    target: () => unit,
    arrange: (numbers) => {
      const placed = new Float64Array(numbers.length * bins)
      for (let i = 0; i < numbers.length; i++) softBins(numbers[i] ?? 0, bins, overlap, placed, place(i) * bins)
      return placed
    }
  }
}

export const miscData = defineInput<MiscDataOptions>({
  id: "misc-data",
  decodeOptions: optionsFrom(MiscDataOptions),
  takes: ["tabular", "image", "time_series"],
  scaling: (options) => options,
  layout: ({ code, area, group }, shape) => {
    const [width, height, depth] = shape.size
    const deep = depth * (code.scheme === "potential" ? 1 : code.bins)
    if (width > MOST || height > MOST || deep > 1024)
      return refused([
        {
          path: [],
          problem: "invalid",
          message: "the sample is larger than a MiscData area can be",
          expected: `at most ${MOST} x ${MOST} x 1024 voxels`,
          actual: `${width} x ${height} x ${deep}`
        }
      ])
    const { form, target, arrange } = spread(code, shape.size, placeIn(shape))
    return {
      ok: true,
      value: {
        uses: [{ unit: unitOf(area), group, form, flags: { frame: "Absolute" }, channels: 1, layout: { code } }],
        ...(target === undefined ? {} : { target }),
        arrange
      }
    }
  },
  identity: ({ code }) => schemeOfCode(code)
})
