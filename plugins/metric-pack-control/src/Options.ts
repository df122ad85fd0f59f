/**
 * The one option of the pack: how many initial states the evaluation has. They are numbered from 0, and every rollout starts from one of
 * them. Sharp edge: it has no default in a run file, because without it nobody can tell a rollout too many from one that belongs there.
 */
import { optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"

export const ControlOptions = Schema.Struct({ initial_states: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)) })
export type ControlOptions = typeof ControlOptions.Type

export const decodeControlOptions = optionsFrom(ControlOptions)
