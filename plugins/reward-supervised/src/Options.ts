/**
 * The options of the supervised policy: every magnitude, channel and burst is written by the user, there is no default.
 *
 * Sharp edge: two rules stand between fields and are not in the JSON Schema of the manifest: the channels differ, and the four
 * offsets increase.
 */
import { AffectOffset, AffectOption } from "@feagi-trainer/contracts"
import { Schema } from "effect"

/** Bursts from the end of the reading. A reward that fires in burst t is active in the plasticity pass of burst t + 1. */
const Timing = Schema.Struct({
  reinforce: AffectOffset,
  reinforce_present: AffectOffset,
  suppress: AffectOffset,
  suppress_present: AffectOffset
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
  reinforce: AffectOption,
  suppress: AffectOption,
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
