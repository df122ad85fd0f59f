/**
 * Every convention of the pack in one line, and, for the values that the tasks themselves define, the rule of these tasks after it.
 *
 * Sharp edge: what changes a number here becomes `control:2`.
 */
import type { Summary } from "./Episodes.ts"
import type { ControlOptions } from "./Options.ts"

export const signatureOf = ({ initial_states }: ControlOptions): string =>
  [
    "control:1",
    `initial_states=${initial_states},one-rollout-each`,
    "return=undiscounted-sum",
    "std=sample(n-1)",
    "abstention=failed,no-return",
    "violations=mean-per-rollout",
    "recovery_latency=steps-to-first-of-hold-within-band,before-next-perturbation,never=left-out",
    "stability=steps-within-band/steps",
    "cost=pooled-over-rollouts"
  ].join("|")

const together = (rules: ReadonlyArray<string | null>): string | undefined => {
  const known = [...new Set(rules.filter((rule) => rule !== null))].sort()
  return known.length === 0 ? undefined : known.join(";")
}

/** What each value is judged by, with the rules of these rollouts. */
export const signaturesOf = (options: ControlOptions, summaries: ReadonlyArray<Summary>): Readonly<Record<string, string>> => {
  const signature = signatureOf(options)
  const said = (names: ReadonlyArray<string>, what: string, rule: string | undefined): ReadonlyArray<readonly [string, string]> =>
    rule === undefined ? [] : names.map((name) => [name, `${signature}|${what}=${rule}`])
  return Object.fromEntries([
    ...said(["success_rate"], "success", together(summaries.map(({ rules }) => rules.success))),
    ...said(
      ["violations", "violations/per_step", "violations/episodes"],
      "constraints",
      together(summaries.map(({ rules }) => rules.constraints))
    ),
    ...said(
      ["recovery_latency", "recovery_latency/median", "recovery_latency/max", "recovered", "stability"],
      "recovery",
      together(summaries.map(({ rules }) => rules.recovery))
    )
  ])
}
