/**
 * A scored rollout as the few numbers that every value is made of. Sharp edge: the return is summed with compensation in the order of the
 * steps, so a long rollout of small rewards loses none of them.
 */
import { compensatedSum, isAbstain, type Scored } from "@feagi-trainer/contracts"
import { type EpisodeRecord, episodeType, type Read, readRecord, readTask, type SuccessRule, type Task } from "./Episode.ts"
import type { Summary } from "./Episodes.ts"
import { latencies, steadySteps } from "./Recovery.ts"

/** The sum of the rewards of all steps. */
export const returnOf = (rewards: ReadonlyArray<number>): number => {
  const total = compensatedSum()
  for (const reward of rewards) total.add(reward)
  return total.value()
}

const ruleText = (success: SuccessRule): string => (success.rule === "flag" ? "flag" : `${success.rule}>=${success.threshold}`)

const succeeded = ({ success: rule }: Task, { success, step_rewards }: EpisodeRecord, total: number): boolean => {
  if (rule.rule === "flag") return success === true
  return (rule.rule === "min_steps" ? step_rewards.length : total) >= rule.threshold
}

/** A task and the record of its rollout, null where there is none. */
export const summaryOf = (sample_id: string, task: Task, record: EpisodeRecord | null): Summary => {
  const rules = {
    success: ruleText(task.success),
    constraints: task.constraints.length === 0 ? null : task.constraints.join("+"),
    recovery: task.recovery === null ? null : `band=${task.recovery.band},hold=${task.recovery.hold}`
  }
  const summary = { sample_id, initial_state_index: task.initial_state_index, rules }
  if (record === null) return { ...summary, outcome: null }
  const { step_rewards, outcome, violations, deviation, perturbations, cost } = record
  const total = returnOf(step_rewards)
  if (!Number.isFinite(total)) throw new RangeError(`sample "${sample_id}": the sum of its rewards is beyond the range of a double`)
  const judged = task.recovery === null || deviation === null ? null : { rule: task.recovery, deviation }
  return {
    ...summary,
    outcome: {
      return: total,
      steps: step_rewards.length,
      terminated: outcome === "terminated",
      success: succeeded(task, record, total),
      violations: violations === null ? null : violations.reduce((sum, each) => sum + each, 0),
      latencies: judged === null ? null : latencies(judged.deviation, perturbations ?? [], judged.rule),
      steady: judged === null ? null : steadySteps(judged.deviation, judged.rule),
      cost
    }
  }
}

const orThrow = <A>(id: string, side: string, read: Read<A>): A => {
  if (read.ok) return read.value
  const text = read.faults.map(({ path, message, expected, actual }) => `${path} ${message} (expected ${expected}, got ${actual})`.trim())
  throw new RangeError(`sample "${id}": in its ${side} ${text.join("; ")}`)
}

const customValue = (id: string, side: string, value: object): unknown => {
  const custom = "custom" in value ? (value.custom as { readonly type: string; readonly value: unknown }) : undefined
  if (custom?.type === episodeType) return custom.value
  throw new RangeError(`sample "${id}": its ${side} is of type ${custom?.type ?? Object.keys(value).join(", ")}, expected ${episodeType}`)
}

/** Throws RangeError with the id of the sample and everything that is wrong with it. @param states how many initial states there are */
export const summarise = ({ sample_id, target, prediction }: Scored, states: number): Summary => {
  const task = orThrow(sample_id, "target", readTask(customValue(sample_id, "target", target)))
  if (task.initial_state_index >= states)
    throw new RangeError(
      `sample "${sample_id}": initial state ${task.initial_state_index} is not configured, expected one of 0 to ${states - 1}`
    )
  if (isAbstain(prediction)) return summaryOf(sample_id, task, null)
  return summaryOf(sample_id, task, orThrow(sample_id, "prediction", readRecord(customValue(sample_id, "prediction", prediction), task)))
}
