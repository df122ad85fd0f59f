/**
 * Two runs side by side: first whether they may be compared at all, then by how much they differ on the same samples.
 *
 * Everything that decides comparability is in the run documents; seeds, orders, hyper-parameters and machines are not.
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
import { loadPack } from "../run/loadPack.ts"
import type { RunDocument } from "../run/RunDocument.ts"
import { documentOf } from "../run/runs.ts"
import { readAnswer, scoredAnswer } from "../run/storedAnswer.ts"

/** Benchmark identity and treatment of a run: what keys a comparison. */
export const comparandOf = (document: RunDocument): Comparand => ({
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
    transforms: graphHash(document.transforms)
  }
})

export interface RunComparison extends IdentityComparison {
  /** The phase whose predictions are compared: the last scored one of the protocol. */
  readonly phase: string
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
    const identity = compareIdentity(comparandOf(left), comparandOf(right), options)
    if (!identity.ok) return yield* trainerErrors("usage", identity.diagnostics)
    if (!identity.shown) return yield* trainerErrors("incomparable", comparisonFindings(identity))
    const phase = left.protocol.phases.findLast((each) => each.scored)?.name ?? ""
    const answers = [yield* scoredAnswers(a, phase), yield* scoredAnswers(b, phase)] as const
    if (!identity.comparable) return { ...identity, phase, metrics: {} }
    const { pack, options: packOptions, context } = yield* loadPack(left)
    const paired = comparePairedMetrics({ ...draws, a: answers[0], b: answers[1], pack, options: packOptions, context })
    if (!paired.ok) return yield* trainerErrors("incomparable", paired.diagnostics as ReadonlyArray<Diagnostic>)
    return { ...identity, phase, metrics: paired.metrics }
  })

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
