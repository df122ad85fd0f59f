/**
 * Encoder `boolean`: each feature is one digital input of FEAGI, 1 fires and 0 is silent.
 *
 * Sharp edge: FEAGI's Boolean encoder repeats itself once for each channel of its unit, so that every feature has a unit (a group)
 * and an area of its own.
 */
import {
  type CoderSelection,
  Encoder,
  type IRSample,
  type Mistake,
  optionsFrom,
  type Selected,
  type TabularShape
} from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { checkedFold } from "./CheckedFold.ts"
import { areaId, booleanUnits, LAST_GROUP } from "./CorticalId.ts"
import { refused, showFeature, tabularRow, tabularShape } from "./Tabular.ts"

export const BooleanOptions = Schema.Struct({
  area: Schema.Literals(["idgp"]),
  /** Group of the first feature; the next features take the next groups. */
  first_group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP }))
})
export type BooleanOptions = typeof BooleanOptions.Type

/** Nothing is learnt from the training samples. */
export type BooleanFitted = Readonly<Record<string, never>>

/** The features of a sample, each 0 or 1. */
const truthsOf = (shape: TabularShape, sample: IRSample): Selected<ReadonlyArray<number>> => {
  const row = tabularRow("boolean", shape, sample)
  if (!row.ok) return row
  const mistakes = row.value.flatMap(
    (value, index): ReadonlyArray<Mistake> =>
      value === 0 || value === 1
        ? []
        : [
            {
              path: [],
              problem: "invalid",
              message: `${showFeature(shape, index)} is no truth value in sample ${sample.sample_id}`,
              expected: "0 or 1",
              actual: String(value)
            }
          ]
  )
  return mistakes.length > 0 ? refused(mistakes) : { ok: true, value: row.value }
}

export const boolean: Encoder<BooleanOptions, BooleanFitted> = Encoder.define<BooleanOptions, BooleanFitted>({
  id: "boolean",
  decodeOptions: optionsFrom(BooleanOptions),
  fit: (options, shape) => {
    const table = tabularShape("boolean", shape)
    if (!table.ok) return table
    const last = options.first_group + table.value.features.length - 1
    return last <= LAST_GROUP
      ? {
          ok: true,
          value: checkedFold({ add: () => {}, result: () => ({ ok: true, value: {} }) }, (sample) => truthsOf(table.value, sample))
        }
      : refused([
          {
            path: ["first_group"],
            problem: "invalid",
            message: "leaves no group for the last feature",
            expected: `at most ${LAST_GROUP - table.value.features.length + 1}`,
            actual: String(options.first_group)
          }
        ])
  },
  select: (options, { shape }) => {
    const table = tabularShape("boolean", shape)
    if (!table.ok) return table
    return {
      ok: true,
      value: table.value.features.map((_, index): CoderSelection => {
        const group = options.first_group + index
        return {
          direction: "input",
          binding: {
            io_type: "Boolean",
            coder_id: "boolean_encoder",
            cortical_area_id: areaId(options.area, "Boolean", group),
            properties: {
              unit: booleanUnits[options.area],
              group,
              flags: { frame_change_handling: "Absolute" },
              coder: "Boolean",
              layout: { channels_per_feature: 1 }
            }
          },
          channels: 1,
          channel_dimensions: [1, 1, 1]
        }
      })
    }
  },
  identity: () => ({ scheme: "boolean", version: "1", bins: null, spacing: null }),
  values: (_options, { shape }, sample) => {
    const table = tabularShape("boolean", shape)
    return table.ok ? truthsOf(table.value, sample) : table
  }
})
