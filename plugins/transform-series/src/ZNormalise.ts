/**
 * `series-z-normalise`: every signal, or each of its channels, minus its own mean, divided by its own standard deviation (of a population,
 * divided by n).
 *
 * Sharp edge: no number of n can lie further out than the square root of n − 1 deviations, so that the shape that is declared is ± √n.
 */
import { optionsFrom, Transform } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { compensatedSum } from "./compensatedSum.ts"
import { Per, scaleGroups } from "./perGroup.ts"
import { signalShape } from "./Signals.ts"

const id = "series-z-normalise"

export const ZNormaliseOptions = Schema.Struct({
  per: Per,
  /** A signal or channel with one value: refused, or 0 throughout. */
  constant: Schema.Literals(["refuse", "zero"])
})
export type ZNormaliseOptions = typeof ZNormaliseOptions.Type

export const seriesZNormalise: Transform<ZNormaliseOptions, undefined> = Transform.define<ZNormaliseOptions>({
  id,
  version: 1,
  phases: "all",
  decodeOptions: optionsFrom(ZNormaliseOptions),
  shape: ({ options, shape }) => {
    const signals = signalShape(id, shape)
    if (!signals.ok) return signals
    const { channels, length } = signals.value
    const bound = Math.sqrt(length[1] * (options.per === "series" ? channels.length : 1))
    return { ok: true, value: { ...signals.value, channels: channels.map(({ name }) => ({ name, min: -bound, max: bound })) } }
  },
  apply: ({ options, shape }, sample) =>
    scaleGroups(id, shape, sample, options.per, (values) => {
      const mean = compensatedSum(values) / values.length
      const deviation = Math.sqrt(compensatedSum(values.map((value) => (value - mean) ** 2)) / values.length)
      if (values.every((value) => value === values[0])) return options.constant === "zero" ? () => 0 : undefined
      return (value) => (value - mean) / deviation
    })
})
