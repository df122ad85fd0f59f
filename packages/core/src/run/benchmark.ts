/** What a benchmark asks of a learner: nothing that is not known, and a continuation that is the same as none. */
import type { Continuation, Diagnostic, LearnerSession, Precondition } from "@feagi-trainer/contracts"

const statuses: ReadonlyArray<unknown> = ["verified", "asserted", "unknown"]

const isPrecondition = (each: unknown): each is Precondition =>
  typeof each === "object" && each !== null && "name" in each && "status" in each && "detail" in each && statuses.includes(each.status)

/** Preconditions among facts of a learner that are plain data; a learner that names none has none. */
export const readPreconditions = (found: unknown): ReadonlyArray<Precondition> => (Array.isArray(found) ? found.filter(isPrecondition) : [])

/** What has to hold for a result to be the same everywhere, as the session sees it now. */
export const preconditionsOf = ({ fingerprint }: Pick<LearnerSession, "fingerprint">): ReadonlyArray<Precondition> =>
  readPreconditions(fingerprint.preconditions)

const withoutBenchmark = "choose a backend or a genome for which it is known, or take the table [benchmark] out of the run file"

/** Why a learner cannot be benchmarked; empty when it can. */
export const unfitForBenchmark = ({
  continuation,
  preconditions
}: {
  readonly continuation: Continuation
  readonly preconditions: ReadonlyArray<Precondition>
}): ReadonlyArray<Diagnostic> => [
  ...(continuation === "identical"
    ? []
    : [
        {
          code: "FT2030",
          severity: "error",
          field: "benchmark",
          message: "the learner does not promise that a run which is resumed goes on as it would have",
          expected: "a backend whose continuation is identical, in a benchmark",
          actual: continuation,
          help: "choose another backend, or take the table [benchmark] out of the run file"
        } as const
      ]),
  ...preconditions
    .filter(({ status }) => status === "unknown")
    .map(
      ({ name, detail }): Diagnostic => ({
        code: "FT2031",
        severity: "error",
        field: "benchmark",
        message: `the precondition "${name}" of a reproducible run is unknown: ${detail}`,
        expected: "verified or asserted, in a benchmark",
        actual: "unknown",
        help: withoutBenchmark
      })
    )
]
