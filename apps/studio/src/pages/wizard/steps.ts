/**
 * The six steps and what stands between the reader and the next one. Every step can be opened at any time; `reasons` say what is missing,
 * in the server's words where the server was asked, and `goto` says where it can be mended.
 */
import type { Diagnostic } from "../../api.ts"
import { type Draft, runsAreOfText, seedCount } from "./draft.ts"

export type StepId = 1 | 2 | 3 | 4 | 5 | 6

export const stepTitles: Readonly<Record<StepId, string>> = {
  1: "Training setup",
  2: "Dataset source",
  3: "Compatibility",
  4: "Bindings",
  5: "Run",
  6: "Results"
}
export const stepIds: ReadonlyArray<StepId> = [1, 2, 3, 4, 5, 6]

/** The step that `?step=` names; anything else is the first. */
export const stepOf = (text: string): StepId => stepIds.find((id) => String(id) === text) ?? 1

export interface Reason {
  readonly text: string
  /** Where it can be mended. */
  readonly goto: StepId
  /** Path of the field that is to be mended. */
  readonly field?: string
}

/** What is known of the server's judgement about the present text. */
export interface Judgement {
  /** `none`: nothing to judge yet. `unknown`: the server could not be asked. */
  readonly state: "none" | "waiting" | "fits" | "blocked" | "unknown"
  readonly blocks: ReadonlyArray<Diagnostic>
  readonly warnings: ReadonlyArray<Diagnostic>
}

export interface RunState {
  readonly total: number
  readonly finished: number
  readonly failed: number
}

export interface Knowledge {
  /** Why the template could not write the text, when it could not. */
  readonly refused: ReadonlyArray<Diagnostic>
  readonly judgement: Judgement
  /** Of `session.can_run`. */
  readonly cannotRun: ReadonlyArray<string>
  readonly runs: RunState | null
  readonly online: boolean
}

export interface Step {
  readonly id: StepId
  readonly title: string
  readonly state: "done" | "open" | "blocked"
  readonly reasons: ReadonlyArray<Reason>
}

/** The step whose controls say a field: the first part of its path decides. */
export const stepOfField = (field: string | undefined): StepId => {
  const head = /^[A-Za-z0-9_-]+/.exec(field?.replace(/^-+/, "") ?? "")?.[0] ?? ""
  if (["protocol", "name", "seed", "seeds", "sampler", "template", "task"].includes(head)) return 1
  if (["dataset", "split", "transforms"].includes(head)) return 2
  if (["learner", "brain", "training", "checkpoint_every", "metrics", "controls", "option"].includes(head)) return 4
  return 3
}

/** One line for one finding. */
export const sentence = (finding: Diagnostic): string =>
  [
    finding.field === undefined ? "" : `${finding.field}: `,
    finding.message,
    finding.expected === undefined ? "" : `: expected ${finding.expected}`,
    finding.actual === undefined ? "" : `, got ${finding.actual}`
  ].join("")

const reasonOf = (finding: Diagnostic): Reason => ({
  text: sentence(finding),
  goto: stepOfField(finding.field),
  ...(finding.field === undefined ? {} : { field: finding.field })
})

/** All steps with their states, from the draft and from what the server said. */
export const stepsOf = (draft: Draft, known: Knowledge): ReadonlyArray<Step> => {
  const seeds = seedCount(draft.seed)
  const own = draft.origin === "hand" || draft.origin === "run"
  const setup: Array<Reason> = []
  const source: Array<Reason> = []
  if (!own) {
    if (draft.template === "") setup.push({ text: "choose a task template", goto: 1, field: "template" })
    if (!seeds.ok) setup.push({ text: seeds.reason, goto: 1, field: "seeds" })
    if (draft.dataset === "") source.push({ text: "choose a dataset, or register one", goto: 2, field: "dataset" })
  }
  const refusals = known.refused.map(reasonOf)
  const findings: ReadonlyArray<Reason> = [...refusals, ...known.judgement.blocks.map(reasonOf)]
  const compatibility: Array<Reason> = [...findings]
  if (draft.text === "" && refusals.length === 0)
    compatibility.push(
      setup.length + source.length > 0
        ? { text: "there is no run file yet: it needs a template and a dataset", goto: setup.length > 0 ? 1 : 2 }
        : { text: "the run file is being written", goto: 3 }
    )
  else if (known.judgement.state === "waiting") compatibility.push({ text: "the server is looking at the run file", goto: 3 })
  else if (known.judgement.state === "unknown") compatibility.push({ text: "the server could not be asked", goto: 3 })
  const bindings = findings.filter((reason) => reason.goto === 4)
  const launch: Array<Reason> = [
    ...(known.online ? [] : [{ text: "the server does not answer; the draft is kept", goto: 5 as const }]),
    ...setup,
    ...source,
    ...compatibility,
    ...known.cannotRun.map((text) => ({ text, goto: 5 as const }))
  ]
  const made = runsAreOfText(draft)
  const results: Array<Reason> = !made
    ? [{ text: "nothing of this run file has run yet", goto: 5 }]
    : known.runs === null || known.runs.finished === 0
      ? [{ text: "no run has finished yet", goto: 5 }]
      : []
  const setupAll = [...setup, ...findings.filter((reason) => reason.goto === 1)]
  const sourceAll = [...source, ...findings.filter((reason) => reason.goto === 2)]
  const step = (id: StepId, reasons: ReadonlyArray<Reason>, done: boolean): Step => ({
    id,
    title: stepTitles[id],
    reasons,
    state: reasons.length > 0 ? "blocked" : done ? "done" : "open"
  })
  const judged = known.judgement.state === "fits"
  return [
    step(1, setupAll, true),
    step(2, sourceAll, true),
    step(3, compatibility, judged),
    step(4, bindings, judged),
    step(5, made ? [] : launch, made),
    step(6, results, made && known.runs !== null && known.runs.finished === known.runs.total)
  ]
}
