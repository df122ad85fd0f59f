/**
 * The options of time windows. All are written by the user, there is no default.
 *
 * A window starts at every `stride`-th sample of an episode and takes `length` samples, or what is left of the episode: those windows
 * are incomplete.
 */
import { Schema } from "effect"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

export const Options = Schema.Struct({
  /** Samples. */
  length: Count,
  /** Samples from the start of a window to the start of the next one. */
  stride: Count,
  /** `time`: windows as they began. */
  order: Schema.Literals(["time", "shuffled-windows"]),
  incomplete: Schema.Literals(["drop", "keep"])
})
export type Options = typeof Options.Type
