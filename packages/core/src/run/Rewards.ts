/**
 * What training answers were worth: a line for each, apart from predictions and from every hash over them.
 *
 * `raw` is what the task gives, `shaped` what the policy made of it before it became events, `feedback` what was delivered. Sharp edge: a
 * learner that tells no reward has no lines, and its phase has no hash and no mean; nothing stands in for them.
 */
import type { DeliveredFeedback, LearnerOutput, TrainerError } from "@feagi-trainer/contracts"
import { trainerError } from "@feagi-trainer/contracts"
import { canonical, ExactSum, fromCanonical, Sha256 } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import type { RewardRow } from "../port/RunJournal.ts"

export interface StoredReward {
  readonly phase: string
  readonly epoch: number
  readonly index: number
  readonly sample_id: string
  readonly raw: number
  readonly shaped: number
  /** Null where the learner does not count what it is given. */
  readonly feedback: DeliveredFeedback | null
}

type At = Pick<StoredReward, "phase" | "epoch" | "index">

/** The row of an answer; none where the learner told no reward. A reward that is no finite number fails with FT3024. */
export const rewardRow = (
  at: At,
  sample_id: string,
  { reward, feedback }: LearnerOutput
): Effect.Effect<RewardRow | undefined, TrainerError> => {
  if (reward === undefined) return Effect.succeed(undefined)
  const { raw, shaped } = reward
  if (!Number.isFinite(raw) || !Number.isFinite(shaped))
    return Effect.fail(
      trainerError("failed", {
        code: "FT3024",
        sample_id,
        message: "the reward policy gave a reward that is no finite number",
        expected: "finite numbers",
        actual: `raw ${raw}, shaped ${shaped}`,
        help: "report it to the author of the reward policy"
      })
    )
  const line: StoredReward = { ...at, sample_id, raw, shaped, feedback: feedback ?? null }
  return Effect.succeed({ ...at, sample_id, line: canonical(line) })
}

export const readReward = (line: string): StoredReward => fromCanonical(line) as unknown as StoredReward

/** `rewards_sha256`: SHA-256 over the canonical lines in visiting order, each ended by a line feed; null where there is none. */
export const rewardsHash = (rows: ReadonlyArray<Pick<RewardRow, "line">>): string | null => {
  if (rows.length === 0) return null
  const hash = new Sha256()
  for (const { line } of rows) hash.update(`${line}\n`)
  return hash.hex()
}

/** Means over the training answers of one epoch, from exact sums. */
export interface EpochReward {
  readonly phase: string
  /** From 0. */
  readonly epoch: number
  readonly samples: number
  readonly mean_raw: number
  readonly mean_shaped: number
}

export const rewardsByEpoch = (rows: ReadonlyArray<RewardRow>): ReadonlyArray<EpochReward> =>
  [
    ...Map.groupBy(
      rows.map(({ line }) => readReward(line)),
      ({ phase, epoch }) => `${phase} ${epoch}`
    ).values()
  ].flatMap((of) => {
    const [first] = of
    if (first === undefined) return []
    const { phase, epoch } = first
    const mean = (value: (each: StoredReward) => number): number =>
      ExactSum.value(ExactSum.addAll(ExactSum.empty, of.map(value))) / of.length
    return [{ phase, epoch, samples: of.length, mean_raw: mean(({ raw }) => raw), mean_shaped: mean(({ shaped }) => shaped) }]
  })
