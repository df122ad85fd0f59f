/** The Scorecards of the store in the context, self-reported and verified, with what is said of each. */
import { decodeDocument, type Scorecard, type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import { BlobStore, type ScorecardRow, Scorecards, type Supersession, type VerifiedScorecardRow } from "@feagi-trainer/core"
import { fromUtf8 } from "@feagi-trainer/determinism"
import { Argument } from "effect/cli"
import * as Effect from "effect/Effect"
import { byId } from "../../ids.ts"

export const scorecardId = Argument.String("scorecard").pipe(
  Argument.withDescription("Id of a scorecard, a unique beginning of it, or latest"),
  Argument.withDefault("latest")
)

/** A row with what was said of it after it was made. */
export interface Card extends ScorecardRow {
  /** The self-reported one that this one verifies; null for a self-reported one. */
  readonly verifies: string | null
  readonly verified_by: ReadonlyArray<string>
  readonly superseded_by: ReadonlyArray<Pick<Supersession, "reason"> & { readonly scorecard_id: string }>
  readonly supersedes: ReadonlyArray<string>
}

const linked = (
  row: ScorecardRow & Partial<VerifiedScorecardRow>,
  verified: ReadonlyArray<VerifiedScorecardRow>,
  links: ReadonlyArray<Supersession>
): Card => ({
  ...row,
  verifies: row.verifies ?? null,
  verified_by: verified.filter(({ verifies }) => verifies === row.scorecard_id).map(({ scorecard_id }) => scorecard_id),
  superseded_by: links.filter(({ old_id }) => old_id === row.scorecard_id).map(({ new_id, reason }) => ({ scorecard_id: new_id, reason })),
  supersedes: links.filter(({ new_id }) => new_id === row.scorecard_id).map(({ old_id }) => old_id)
})

/** Self-reported ones, oldest first, each followed by those that verify it. */
export const allCards: Effect.Effect<ReadonlyArray<Card>, TrainerError, Scorecards> = Effect.gen(function* () {
  const scorecards = yield* Scorecards
  const [own, verified, links] = [yield* scorecards.list, yield* scorecards.verified, yield* scorecards.supersessions]
  return own.flatMap((row) => [
    linked(row, verified, links),
    ...verified
      .filter(({ verifies, run_id }) => verifies === row.scorecard_id && run_id === row.run_id)
      .map((each) => linked(each, verified, links))
  ])
})

export const findCard = (reference: string): Effect.Effect<Card, TrainerError, Scorecards> =>
  Effect.flatMap(allCards, (cards) => byId("scorecard", reference, cards, (each) => each.scorecard_id))

/** The text of the document, as it was stored. */
export const cardText = (sha256: string): Effect.Effect<string, TrainerError, BlobStore> =>
  Effect.flatMap(BlobStore, (blobs) => Effect.map(blobs.get(sha256), fromUtf8))

/** A Scorecard of any text; `shown` is what messages call it. */
export const decodeCard = (text: string, shown?: string): Effect.Effect<Scorecard, TrainerError> =>
  Effect.suspend(() => {
    const decoded = decodeDocument("Scorecard", text)
    if (decoded.ok) return Effect.succeed(decoded.value)
    return trainerErrors(
      "integrity",
      decoded.problems.map((each) => ({
        code: "FT5203",
        severity: "error",
        ...(shown === undefined ? {} : { file: shown }),
        field: each.path,
        message: each.message
      }))
    )
  })

export const readCard = (sha256: string): Effect.Effect<Scorecard, TrainerError, BlobStore> =>
  Effect.flatMap(cardText(sha256), (text) => decodeCard(text))

/** What keeps a card from being the last word, in words. */
export const linkMarks = ({ verifies, verified_by, superseded_by }: Card): ReadonlyArray<string> => [
  ...(verifies === null ? [] : [`verifies ${verifies}`]),
  ...verified_by.map((id) => `verified by ${id}`),
  ...superseded_by.map(({ scorecard_id, reason }) => `superseded by ${scorecard_id}: ${reason}`)
]
