/**
 * Encoder `percentage`: each feature is one or more Percentage channels of FEAGI, its range divided into bins along z. Channels of
 * one feature lie side by side.
 *
 * Ranges come from the training samples alone. Sharp edge: FEAGI puts the largest value into bin 0, so that the highest voxel of an
 * area in a picture is the smallest value.
 */
import { Encoder, type IRSample, type Mistake, type SampleFold, type Selected, type TabularShape } from "@feagi-trainer/contracts"
import { checkedFold } from "./CheckedFold.ts"
import { areaId, percentageUnits } from "./CorticalId.ts"
import { decodePercentageOptions, type PercentageOptions } from "./PercentageOptions.ts"
import { SCHEME_VERSION } from "./Scheme.ts"
import { refused, showFeature, tabularRow, tabularShape } from "./Tabular.ts"
import { tile } from "./Tiling.ts"

/** `[low, high]` of each feature, in the order of the features; plain JSON. */
export interface PercentageFitted {
  readonly ranges: ReadonlyArray<readonly [number, number]>
}

/** The range of every feature in the training samples; a sample that is no row of this table is told once. */
const rangeFold = (options: PercentageOptions, shape: TabularShape): SampleFold<PercentageFitted> => {
  const lows = shape.features.map(() => Number.POSITIVE_INFINITY)
  const highs = shape.features.map(() => Number.NEGATIVE_INFINITY)
  let rows = 0
  let first: ReadonlyArray<Mistake> | undefined
  return {
    add: (sample) => {
      const row = tabularRow("percentage", shape, sample)
      if (!row.ok) {
        first ??= row.mistakes
        return
      }
      rows++
      row.value.forEach((value, feature) => {
        lows[feature] = Math.min(lows[feature] ?? value, value)
        highs[feature] = Math.max(highs[feature] ?? value, value)
      })
    },
    result: () => {
      if (first !== undefined) return refused(first)
      if (rows === 0)
        return refused([
          {
            path: ["range"],
            problem: "invalid",
            message: 'range = "train" needs training samples, and there is none',
            expected: "[[low, high], …]"
          }
        ])
      const ranges = lows.map((low, feature) => [low, highs[feature] ?? low] as const)
      const mistakes = [...(options.constant_feature === "refuse" ? constants(shape, ranges) : []), ...wide(shape, ranges)]
      return mistakes.length > 0 ? refused(mistakes) : { ok: true, value: { ranges } }
    }
  }
}

const constants = (shape: TabularShape, ranges: PercentageFitted["ranges"]): ReadonlyArray<Mistake> =>
  ranges.flatMap(([low, high], index): ReadonlyArray<Mistake> => {
    if (low < high) return []
    return [
      {
        path: ["range"],
        problem: "invalid",
        message: `${showFeature(shape, index)} is ${low} in all training samples: it has no range and tells no sample from another; ignore the column when the dataset is added, or write constant_feature = "keep"`
      }
    ]
  })

const wide = (shape: TabularShape, ranges: PercentageFitted["ranges"]): ReadonlyArray<Mistake> =>
  ranges.flatMap(
    ([low, high], index): ReadonlyArray<Mistake> =>
      Number.isFinite(high - low)
        ? []
        : [
            {
              path: ["range"],
              problem: "invalid",
              message: `the range of ${showFeature(shape, index)} is wider than a number can hold: ${low} to ${high}`
            }
          ]
  )

/** Where every feature of a sample lies in its range, from 0 to 1. */
const sharesOf = (
  { out_of_range }: PercentageOptions,
  shape: TabularShape,
  { ranges }: PercentageFitted,
  sample: IRSample
): Selected<ReadonlyArray<number>> => {
  const row = tabularRow("percentage", shape, sample)
  if (!row.ok) return row
  const outside: Array<Mistake> = []
  const shares = row.value.map((value, index) => {
    const [low, high] = ranges[index] ?? [Number.NaN, Number.NaN]
    if (value < low || value > high) {
      if (out_of_range === "refuse")
        outside.push({
          path: [],
          problem: "invalid",
          message: `${showFeature(shape, index)} is outside of its range in sample ${sample.sample_id}, and out_of_range is "refuse"`,
          expected: `${low} to ${high}`,
          actual: String(value)
        })
      return value < low ? 0 : 1
    }
    return low === high ? 0 : (value - low) / (high - low)
  })
  return outside.length > 0 ? refused(outside) : { ok: true, value: shares }
}

export const percentage: Encoder<PercentageOptions, PercentageFitted> = Encoder.define<PercentageOptions, PercentageFitted>({
  id: "percentage",
  decodeOptions: decodePercentageOptions,
  fit: (options, shape) => {
    const table = tabularShape("percentage", shape)
    if (!table.ok) return table
    const { features } = table.value
    const { range } = options
    if (range === "train") return { ok: true, value: rangeFold(options, table.value) }
    if (range.length === features.length) {
      const written = { ranges: range }
      const fold = { add: () => {}, result: () => ({ ok: true, value: written }) as const }
      return { ok: true, value: checkedFold(fold, (sample) => sharesOf(options, table.value, written, sample)) }
    }
    const expected = `${features.length} ranges, one for each of ${features.map(({ name }) => name).join(", ")}`
    return refused([{ path: ["range"], problem: "invalid", message: "has the wrong length", expected, actual: String(range.length) }])
  },
  select: (options, { shape }) => {
    const table = tabularShape("percentage", shape)
    if (!table.ok) return table
    const { bins, spacing, tilings } = options.scheme
    const positioning = spacing === "linear" ? "Linear" : "Fractional"
    return {
      ok: true,
      value: [
        {
          direction: "input",
          binding: {
            io_type: "Percentage",
            coder_id: "percentage_encoder",
            cortical_area_id: areaId(options.area, "Percentage", options.group, positioning),
            properties: {
              unit: percentageUnits[options.area],
              group: options.group,
              flags: { frame_change_handling: "Absolute", percentage_neuron_positioning: positioning },
              coder: { Percentage: [{ value: bins }, positioning, false, "D1"] },
              layout: { channels_per_feature: tilings }
            }
          },
          channels: table.value.features.length * tilings,
          channel_dimensions: [1, 1, bins]
        }
      ]
    }
  },
  identity: ({ scheme }) => ({ scheme: scheme.scheme, version: SCHEME_VERSION, bins: scheme.bins, spacing: scheme.spacing }),
  values: (options, { shape, fitted }, sample) => {
    const table = tabularShape("percentage", shape)
    if (!table.ok) return table
    const shares = sharesOf(options, table.value, fitted, sample)
    const { bins, tilings } = options.scheme
    return shares.ok ? { ok: true, value: shares.value.flatMap((share) => tile(share, bins, tilings)) } : shares
  }
})
