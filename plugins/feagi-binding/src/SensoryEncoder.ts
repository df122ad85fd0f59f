/**
 * Encoder `sensory`: every input unit of FEAGI with every coder that fits it, by the coder's own JSON properties. The numbers of a sample
 * fill channel after channel, in FEAGI's memory order; a Boolean gets a unit of its own for each number.
 *
 * Sharp edge: any coder goes with any unit of as many areas, so that `CountInput` can hold pictures. What a unit is made for stands in
 * its template, and the genome must have the area in the size of the coder.
 */
import { type Decoded, decodeStrict, type Mistake, type SchemeIdentity } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { type CoderForm, formForUnit, numbersIn, readCoder } from "./CoderForm.ts"
import { LAST_GROUP } from "./CorticalId.ts"
import { channelsFor, defineInput } from "./InputEncoder.ts"
import { scalingFields } from "./Scaling.ts"
import { SCHEME_VERSION } from "./Scheme.ts"
import { refused } from "./Tabular.ts"
import { type UnitUse, unitFaults } from "./UnitSelection.ts"
import { codesOf, type Unit, unitOf } from "./Units.ts"

const SensoryOptions = Schema.Struct({
  /** Code of an input unit. */
  area: Schema.Literals(codesOf("input")),
  group: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_GROUP })),
  frame: Schema.Literals(["Absolute", "Incremental"]),
  /** As device registrations write it: `"Boolean"` or `{ <coder>: <properties> }`. */
  coder: Schema.Unknown,
  ...scalingFields
})

export type SensoryOptions = typeof SensoryOptions.Type & { readonly unit: Unit; readonly form: CoderForm }

const at =
  (...path: ReadonlyArray<string>) =>
  (each: Mistake): Mistake => ({ ...each, path: [...path, ...each.path] })

const decodeOptions = (input: unknown): Decoded<SensoryOptions> => {
  const decoded = decodeStrict(SensoryOptions, input)
  const written = typeof input === "object" && input !== null && "coder" in input ? input.coder : undefined
  const coder = readCoder(written)
  const unit = decoded.ok ? unitOf(decoded.value.area) : undefined
  const mistakes = [
    ...(decoded.ok ? [] : decoded.mistakes),
    ...(coder.ok || written === undefined ? [] : coder.mistakes.map(at("coder"))),
    ...(decoded.ok && coder.ok && unit !== undefined
      ? unitFaults({ unit, form: formForUnit(unit, coder.value), flags: decoded.value })
      : [])
  ]
  if (mistakes.length > 0 || !decoded.ok || !coder.ok || unit === undefined) return { ok: false, mistakes }
  return { ok: true, value: { ...decoded.value, unit, form: formForUnit(unit, coder.value) } }
}

/** A Percentage is the code that all encoders of bins share; every other coder is a scheme of its own. */
export const schemeOf = (form: CoderForm): SchemeIdentity => {
  const [block] = form.blocks
  return form.coder === "percentage" || form.coder === "raw_imu"
    ? {
        scheme: "population_single_spike",
        version: SCHEME_VERSION,
        bins: block?.[2] ?? null,
        spacing: form.positioning === "Fractional" ? "fractional" : "linear"
      }
    : { scheme: form.coder, version: SCHEME_VERSION, bins: null, spacing: null }
}

export const sensory = defineInput<SensoryOptions>({
  id: "sensory",
  decodeOptions,
  takes: ["tabular", "image", "time_series"],
  scaling: (options) => options,
  layout: (options, shape) => {
    const { unit, form, group, frame } = options
    const channels = channelsFor("sensory", numbersIn(form), shape, `a channel of ${form.coder}`)
    if (!channels.ok) return channels
    const use: UnitUse = { unit, group, form, flags: { frame }, channels: channels.value, layout: { numbers: "memory order" } }
    // FEAGI's Boolean encoder repeats itself once for each channel of its unit.
    if (form.coder !== "boolean") return { ok: true, value: { uses: [use] } }
    if (group + channels.value - 1 > LAST_GROUP)
      return refused([
        {
          path: ["group"],
          problem: "invalid",
          message: "leaves no group for the last number",
          expected: `at most ${LAST_GROUP - channels.value + 1}`,
          actual: String(group)
        }
      ])
    return {
      ok: true,
      value: { uses: Array.from({ length: channels.value }, (_, index): UnitUse => ({ ...use, group: group + index, channels: 1 })) }
    }
  },
  identity: ({ form }) => schemeOf(form)
})
