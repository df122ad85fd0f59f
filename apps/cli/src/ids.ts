/** Ids as people type them: whole, a unique beginning, or `latest`. */
import { type Diagnostic, didYouMean, type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"

/** Where the ids of each kind of thing are told. */
const listed: Readonly<Record<string, string>> = {
  campaign: "feagi-trainer campaign ls",
  run: "feagi-trainer run ls",
  "run group": "feagi-trainer run ls",
  sample: "feagi-trainer dataset preview NAME@VERSION",
  scorecard: "feagi-trainer scorecard ls"
}

/** @param rows oldest first */
export const byId = <Row>(
  what: string,
  reference: string,
  rows: ReadonlyArray<Row>,
  idOf: (row: Row) => string
): Effect.Effect<Row, TrainerError> => {
  const ids = rows.map(idOf)
  const exact = rows.find((row) => idOf(row) === reference)
  const latest = reference === "latest" ? rows.at(-1) : undefined
  const begins = rows.filter((row) => idOf(row).startsWith(reference))
  const [only] = begins
  const found = exact ?? latest ?? (begins.length === 1 ? only : undefined)
  if (found !== undefined) return Effect.succeed(found)
  const near = didYouMean(reference, ids)
  const problem: Diagnostic =
    begins.length > 1
      ? {
          code: "FT1302",
          severity: "error",
          message: `${begins.length} ${what}s begin with "${reference}"`,
          expected: "a longer beginning",
          actual: begins.slice(0, 5).map(idOf).join(", ")
        }
      : {
          code: "FT1301",
          severity: "error",
          message: rows.length === 0 ? `there is no ${what} yet` : `there is no ${what} "${reference}"`,
          ...(near !== undefined
            ? { help: `did you mean "${near}"?` }
            : rows.length > 0 && listed[what] !== undefined
              ? { help: `list them with  ${listed[what]}` }
              : {})
        }
  return Effect.fail(trainerErrors(begins.length > 1 ? "usage" : "invalid", [problem]))
}

const namePattern = /^[a-z0-9][a-z0-9._-]{0,62}$/

/** Names become file names, ids and labels everywhere: they are plain from the start. */
export const checkName = (name: string): Effect.Effect<string, TrainerError> =>
  namePattern.test(name)
    ? Effect.succeed(name)
    : Effect.fail(
        trainerErrors("invalid", [
          {
            code: "FT1303",
            severity: "error",
            field: "name",
            message: "is not a name",
            expected: "lower-case letters, digits, dot, underscore and hyphen, at most 63, beginning with a letter or digit",
            actual: JSON.stringify(name)
          }
        ])
      )
