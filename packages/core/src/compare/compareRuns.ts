/**
 * Two runs side by side: first whether they may be compared at all, then by how much they differ on the same samples.
 *
 * Everything that decides comparability is in the run documents, and in the journals where a run was not executed as its document says; seeds,
 * orders, hyper-parameters and machines are not.
 */
import { type Diagnostic, type JsonValue, type Scored, type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import {
  type Comparand,
  type CompareOptions,
  compareIdentity,
  comparePairedMetrics,
  comparisonFindings,
  type IdentityComparison,
  type PairedMetric
} from "@feagi-trainer/evaluation"
import { graphHash } from "@feagi-trainer/transforms"
import { Effect } from "effect"
import type { Catalogue } from "../catalogue/Catalogue.ts"
import type { BlobStore } from "../port/BlobStore.ts"
import { RunJournal, type RunRow } from "../port/RunJournal.ts"
import { readPreconditions } from "../run/benchmark.ts"
import { loadPack } from "../run/loadPack.ts"
import type { RunDocument } from "../run/RunDocument.ts"
import { type PartialPhase, partialPhases, type RunState } from "../run/RunState.ts"
import { documentOf, viewRun } from "../run/runs.ts"
import { readAnswer, scoredAnswer } from "../run/storedAnswer.ts"

/** What has to hold for a result to be the same everywhere, as text by name: a change of any one is a change of the treatment. */
const preconditionsOf = (document: RunDocument, state: RunState | undefined): Readonly<Record<string, string>> => {
  const found = state?.opened?.preconditions ?? readPreconditions(document.learner.wire.preconditions)
  return Object.fromEntries(found.map(({ name, status, detail }) => [name, `${status}: ${detail}`]))
}

/** A run that was ended early is not what its document says. */
const executionOf = (state: RunState): Readonly<Record<string, JsonValue>> => {
  const partial = partialPhases(state.phases)
  return {
    skip:
      partial.length === 0
        ? "none"
        : partial.map(({ phase, samples_done, samples_planned }) => `${phase} ${samples_done} of ${samples_planned}`).join(", "),
    continued: state.continued.length === 0 ? "identical" : "not-identical"
  }
}

/** Benchmark identity and treatment of a run: what keys a comparison. With the state of the run also by how it was executed. */
export const comparandOf = (document: RunDocument, state?: RunState): Comparand => ({
  identity: {
    dataset: document.dataset.content_hash,
    split: Object.fromEntries(document.split.parts.map((part) => [part.name, part.split_hash])),
    protocol: `${document.protocol.id}@${document.protocol.version}`,
    metric_pack: `${document.metrics.plugin.id}@${document.metrics.plugin.version}`,
    metric_signature: document.metrics.signature
  },
  treatment: {
    ...(document.learner.treatment as Readonly<Record<string, JsonValue>>),
    "controls.silent_reward": document.controls.silent_reward,
    "controls.shuffled_labels": document.controls.shuffled_labels,
    transforms: graphHash(document.transforms),
    preconditions: preconditionsOf(document, state),
    ...(state === undefined ? {} : executionOf(state))
  }
})

export interface RunComparison extends IdentityComparison {
  /** The phase whose predictions are compared: the last scored one of the protocol. */
  readonly phase: string
  /** Phases of either run that were ended early; empty for runs that went through. */
  readonly partial: { readonly a: ReadonlyArray<PartialPhase>; readonly b: ReadonlyArray<PartialPhase> }
  readonly metrics: Readonly<Record<string, PairedMetric>>
}

/** Bootstrap and randomisation draws. Fixed, so that the same two runs always give the same interval. */
const draws = { seed: "run/compare", resamples: 2_000, confidence: 0.95 } as const

/** Fails with reason `incomparable` and every field in the way, unless the comparison is exploratory. */
export const compareRuns = (
  a: RunRow,
  b: RunRow,
  options: CompareOptions
): Effect.Effect<RunComparison, TrainerError, BlobStore | RunJournal | Catalogue> =>
  Effect.gen(function* () {
    const left = yield* documentOf(a)
    const right = yield* documentOf(b)
    const states = [(yield* viewRun(a)).state, (yield* viewRun(b)).state] as const
    const identity = compareIdentity(comparandOf(left, states[0]), comparandOf(right, states[1]), options)
    if (!identity.ok) return yield* trainerErrors("usage", identity.diagnostics)
    if (!identity.shown) return yield* trainerErrors("incomparable", comparisonFindings(identity))
    const phase = left.protocol.phases.findLast((each) => each.scored)?.name ?? ""
    const answers = [yield* scoredAnswers(a, phase), yield* scoredAnswers(b, phase)] as const
    const partial = { a: partialPhases(states[0].phases), b: partialPhases(states[1].phases) }
    if (!identity.comparable) return { ...identity, phase, partial, metrics: {} }
    const { pack, options: packOptions, context } = yield* loadPack(left)
    // A phase that was ended early has fewer samples, and whoever declared that compares the ones that both have.
    const cut = states.some((state) => state.phases.some((each) => each.phase === phase && each.skipped !== undefined))
    const [ours, theirs] = cut ? common(answers[0], answers[1]) : answers
    if (ours.length === 0)
      return yield* trainerError("incomparable", {
        code: "FT3303",
        message: `runs ${a.run_id} and ${b.run_id} have no sample of phase "${phase}" in common: at least one was ended early`,
        help: "compare two runs that went through"
      })
    const paired = comparePairedMetrics({ ...draws, a: ours, b: theirs, pack, options: packOptions, context })
    if (!paired.ok) return yield* trainerErrors("incomparable", paired.diagnostics as ReadonlyArray<Diagnostic>)
    return { ...identity, phase, partial, metrics: paired.metrics }
  })

/** The answers to samples that both runs met. */
const common = (a: ReadonlyArray<Scored>, b: ReadonlyArray<Scored>): readonly [ReadonlyArray<Scored>, ReadonlyArray<Scored>] => {
  const [left, right] = [new Set(a.map((each) => each.sample_id)), new Set(b.map((each) => each.sample_id))]
  return [a.filter((each) => right.has(each.sample_id)), b.filter((each) => left.has(each.sample_id))]
}

const scoredAnswers = (row: RunRow, phase: string): Effect.Effect<ReadonlyArray<Scored>, TrainerError, RunJournal> =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const rows = yield* journal.predictions(row.run_id, phase)
    if (rows.length === 0)
      return yield* trainerError("invalid", {
        code: "FT3301",
        message: `run ${row.run_id} has no predictions of phase "${phase}" to compare`,
        help: `feagi-trainer run resume ${row.run_id}`
      })
    return rows.flatMap((each) => scoredAnswer(readAnswer(each.line)) ?? [])
  })
