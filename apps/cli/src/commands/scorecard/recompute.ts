/** Whether a Scorecard says what its stored predictions give. */
import type { Diagnostic, Scorecard, TrainerError } from "@feagi-trainer/contracts"
import { trainerErrors } from "@feagi-trainer/contracts"
import {
  type BlobStore,
  type Catalogue,
  documentOf,
  idsOf,
  loadPack,
  partialPhases,
  RunJournal,
  type RunView,
  readParts,
  scorePhase,
  viewRun
} from "@feagi-trainer/core"
import { scorecardBodySha256, verifyScorecard } from "@feagi-trainer/evaluation"
import * as Effect from "effect/Effect"
import { findRun } from "../../findRun.ts"
import type { Card } from "./cards.ts"

export interface Recomputed {
  readonly view: RunView
  readonly predictions: number
  /** Everything in which the Scorecard differs from its predictions. */
  readonly problems: ReadonlyArray<Diagnostic>
}

export const recompute = (row: Card, card: Scorecard): Effect.Effect<Recomputed, TrainerError, BlobStore | Catalogue | RunJournal> =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const run = yield* findRun(row.run_id)
    const document = yield* documentOf(run)
    const phase = document.protocol.phases.find((each) => each.name === row.phase)
    if (phase === undefined)
      return yield* trainerErrors("integrity", [
        { code: "FT5204", severity: "error", message: `the run of this scorecard has no phase "${row.phase}"` }
      ])
    const predictions = yield* journal.predictions(row.run_id, row.phase)
    const parts = yield* readParts(document)
    const view = yield* viewRun(run)
    const partial = partialPhases(view.state.phases)
    // A phase that was ended early is scored over what it had met: the first samples of its part.
    const met = partial.find((each) => each.phase === phase.name)?.samples_done
    const scored = yield* scorePhase(
      document,
      phase,
      predictions,
      idsOf(parts, phase.split).slice(0, met),
      yield* loadPack(document),
      card.connectome_hash,
      { partial, continued_not_identical: view.state.continued.length > 0 }
    )
    return {
      view,
      predictions: predictions.length,
      problems: [
        ...verifyScorecard(card, scored.metrics, document.protocol.verification_tolerance),
        ...(scorecardBodySha256(card) === row.body_sha256
          ? []
          : [{ code: "FT5205", severity: "error" as const, message: "the stored hash of the body is another", expected: row.body_sha256 }])
      ]
    }
  })
