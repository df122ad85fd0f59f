/**
 * The options of the supervised policy: every magnitude, channel and burst is written by the user, there is no default.
 *
 * Sharp edge: two rules stand between fields and are not in the JSON Schema of the manifest: the channels differ, and the four
 * offsets increase.
 */
import { Schema } from "effect"

/** Largest magnitude of an affect. FEAGI's modulators count in percent. */
export const LARGEST_MAGNITUDE = 100
/** Largest offset in bursts: feedback that comes later belongs to another sample. */
export const LAST_OFFSET = 16

const Affect = Schema.Struct({
  /** The name that the binding gives an affect or modulator of the brain, `pleasure` say. */
  channel: Schema.String.check(
    Schema.isPattern(/^[A-Za-z_][A-Za-z0-9_.-]*$/, { expected: "a channel name: letters, digits, . _ -, not starting with a digit" })
  ),
  magnitude: Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(LARGEST_MAGNITUDE))
})

const Offset = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_OFFSET }))

/** Bursts from the end of the reading. A reward that fires in burst t is active in the plasticity pass of burst t + 1. */
const Timing = Schema.Struct({
  reinforce: Offset,
  reinforce_present: Offset,
  suppress: Offset,
  suppress_present: Offset
}).check(
  Schema.makeFilter(
    (timing) =>
      timing.reinforce < timing.reinforce_present &&
      timing.reinforce_present < timing.suppress &&
      timing.suppress < timing.suppress_present,
    { expected: "offsets that increase: reinforce < reinforce_present < suppress < suppress_present" }
  )
)

export const Options = Schema.Struct({
  reinforce: Affect,
  suppress: Affect,
  /** In units of the scores. */
  margin: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)),
  teach: Schema.Boolean,
  timing: Timing
}).check(
  Schema.makeFilter((options) => options.reinforce.channel !== options.suppress.channel, {
    expected: "two different channels: reinforce.channel and suppress.channel are the same"
  })
)
export type Options = typeof Options.Type
