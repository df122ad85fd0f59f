/**
 * Evaluation: stored predictions and the protocol in, metrics and a Scorecard out. Neither the learner nor the dataset is asked.
 */
import {
  encodeDocument,
  type MetricValue,
  type ProtocolPhase,
  type ScorecardExtension,
  type TrainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { toUtf8 } from "@feagi-trainer/determinism"
import { score, scorecardBodySha256, scorecardOf } from "@feagi-trainer/evaluation"
import * as Effect from "effect/Effect"
import type { PredictionRow } from "../../port/RunJournal.ts"
import { trainerVersion } from "../../version.ts"
import type { LoadedPack } from "../loadPack.ts"
import { predictionsHash } from "../predictionsHash.ts"
import type { RunContext, RunMarks } from "../RunContext.ts"
import { part, type RunDocument, specHash } from "../RunDocument.ts"
import { readAnswer, scoredAnswer } from "../storedAnswer.ts"

/** What the Scorecard of a run that is not whole says beyond its wire format. */
interface MarkedExtension {
  /** Phases of the run that were ended early, this one or one before it. */
  readonly partial?: RunMarks["partial"]
  readonly continued?: "not-identical"
}

export interface ScoredPhase {
  readonly metrics: Readonly<Record<string, MetricValue>>
  readonly signature: string
  readonly scorecard_id: string
  readonly body_sha256: string
  /** The Scorecard as it is stored: wire JSON. */
  readonly scorecard_bytes: Uint8Array
}

export const evaluatePhase = (context: RunContext, phase: ProtocolPhase): Effect.Effect<ScoredPhase, TrainerError> =>
  Effect.gen(function* () {
    const rows = yield* context.sink.predictions(phase.name)
    const learned = yield* context.session.learnedHash
    const done = context.marks.partial.find((each) => each.phase === phase.name)?.samples_done
    const expected = context.source.expected(phase, done)
    return yield* scorePhase(context.document, phase, rows, expected, context.pack, learned, context.marks)
  })

/**
 * @param rows everything that was recorded for the phase
 * @param expected what has to be among them: all of the part, or what a phase that ended early had met
 */
export const scorePhase = (
  document: RunDocument,
  phase: ProtocolPhase,
  rows: ReadonlyArray<PredictionRow>,
  expected: ReadonlyArray<string>,
  { ref, pack, options, context }: LoadedPack,
  learned_hash: string,
  { partial, continued_not_identical }: RunMarks
): Effect.Effect<ScoredPhase, TrainerError> =>
  Effect.gen(function* () {
    const scored = score({
      predictions: rows.flatMap((row) => scoredAnswer(readAnswer(row.line)) ?? []),
      expected,
      pack,
      options,
      context,
      protocol: document.protocol
    })
    if (!scored.ok) return yield* trainerErrors("failed", scored.diagnostics)
    const skip = partial.find((each) => each.phase === phase.name)
    const wire = document.learner.wire as Readonly<Record<string, never>>
    const scorecard = scorecardOf({
      connectome_hash: learned_hash,
      genome_version_id: document.brain === null ? null : document.brain.genome_sha256,
      dataset_asset_id: document.dataset.dataset_asset_id,
      dataset_version: String(document.dataset.version),
      dataset_content_hash: document.dataset.content_hash,
      evaluation_protocol_version: `${document.protocol.id}@${document.protocol.version}`,
      metric_pack: ref,
      split_id: part(document, phase.split).split_id,
      backend_fingerprint: {
        backend: "cpu",
        descriptor: `${document.learner.kind} ${String(document.learner.treatment.backend ?? "")}`.trim(),
        quantization: null,
        trainer_version: trainerVersion,
        // A learner without FEAGI says so; upstream's field cannot be left out.
        feagi_core_version: wire.core_version ?? "none"
      },
      metadata: {},
      ...(skip === undefined
        ? {}
        : {
            skip: {
              samples_planned: BigInt(skip.samples_planned),
              samples_done: BigInt(skip.samples_done),
              evaluated_samples: BigInt(scored.n)
            }
          }),
      values: scored.values,
      signature: scored.signature,
      signatures: scored.signatures,
      scored_samples: scored.n,
      abstained_samples: scored.abstained,
      extension: {
        learner: document.learner.kind,
        adapter: document.dataset.adapter.plugin,
        ...(wire.reward_policy === undefined ? {} : { reward_policy: wire.reward_policy }),
        ...(wire.encoding === undefined ? {} : { encoding: wire.encoding }),
        controls: document.controls,
        split_sha256: Object.fromEntries(document.split.parts.map((each) => [each.name, each.split_hash])),
        spec_sha256: specHash(document),
        predictions_sha256: predictionsHash(rows),
        // Only where it holds, so that the card of a run that is whole says nothing of it.
        ...(partial.length === 0 ? {} : { partial }),
        ...(continued_not_identical ? { continued: "not-identical" } : {})
      } satisfies ScorecardExtension & MarkedExtension
    })
    return {
      metrics: scored.values,
      signature: scored.signature,
      scorecard_id: scorecard.scorecard_id,
      body_sha256: scorecardBodySha256(scorecard),
      scorecard_bytes: toUtf8(encodeDocument("Scorecard", scorecard, { pretty: true }))
    }
  })
