/** `series-min-max`: every signal, or each of its channels, moved from its own smallest and largest value to `range`, both ends exactly. */
import { optionsFrom, Transform } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { Per, scaleGroups } from "./perGroup.ts"
import { signalShape } from "./Signals.ts"

const id = "series-min-max"

export const SeriesMinMaxOptions = Schema.Struct({
  per: Per,
  range: Schema.Tuple([Schema.Finite, Schema.Finite]).check(
    Schema.makeFilter(([low, high]) => low < high, { expected: "[low, high] with low < high" })
  ),
  /** A signal or channel with one value: refused, or the low end throughout. */
  constant: Schema.Literals(["refuse", "low"])
})
export type SeriesMinMaxOptions = typeof SeriesMinMaxOptions.Type

export const seriesMinMax: Transform<SeriesMinMaxOptions, undefined> = Transform.define<SeriesMinMaxOptions>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(SeriesMinMaxOptions),
  shape: ({ options, shape }) => {
    const signals = signalShape(id, shape)
    if (!signals.ok) return signals
    const [min, max] = options.range
    return { ok: true, value: { ...signals.value, channels: signals.value.channels.map(({ name }) => ({ name, min, max })) } }
  },
  apply: ({ options: { per, range, constant }, shape }, sample) =>
    scaleGroups(id, shape, sample, per, (values) => {
      const [low, high] = range
      const least = values.reduce((found, value) => Math.min(found, value), Number.POSITIVE_INFINITY)
      const most = values.reduce((found, value) => Math.max(found, value), Number.NEGATIVE_INFINITY)
      if (!Number.isFinite(most - least)) return () => Number.NaN
      if (least === most) return constant === "low" ? () => low : undefined
      return (value) => (value === most ? high : Math.min(high, Math.max(low, low + ((value - least) / (most - least)) * (high - low))))
    })
})
