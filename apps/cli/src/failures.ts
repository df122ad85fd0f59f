/** Several runs that failed, as one failure: every reason is said once, with the seeds that it is true of. */
import { type Diagnostic, type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import type { RunRow } from "@feagi-trainer/core"

export interface FailedRun {
  readonly row: Pick<RunRow, "run_id" | "seed">
  readonly failure: TrainerError
}

/** As scripts see them. */
export const failuresData = (failed: ReadonlyArray<FailedRun>) =>
  failed.map(({ row, failure }) => ({
    run_id: row.run_id,
    seed: BigInt(row.seed),
    reason: failure.reason,
    diagnostics: failure.diagnostics
  }))

/**
 * All failures as one. What several seeds failed with is said once and names them; a single run's failure stays as it is. The reason, and
 * with it the exit code, is theirs where it is one for all, else `failed`.
 *
 * @param of how many runs there were: of a single one it goes without saying which failed
 */
export const oneFailure = (failed: ReadonlyArray<FailedRun>, of: number): TrainerError | undefined => {
  const [first] = failed
  if (first === undefined) return undefined
  if (of === 1) return first.failure
  const said = Map.groupBy(
    failed.flatMap(({ row, failure }) => failure.diagnostics.map((diagnostic) => ({ row, diagnostic }))),
    ({ diagnostic }) => JSON.stringify(diagnostic)
  )
  const diagnostics = [...said.values()].flatMap((same): ReadonlyArray<Diagnostic> => {
    const diagnostic = same[0]?.diagnostic
    if (diagnostic === undefined) return []
    const who = same.map(({ row }) => `seed ${row.seed} (${row.run_id})`).join(", ")
    return [{ ...diagnostic, message: `${who}: ${diagnostic.message}` }]
  })
  const reasons = new Set(failed.map(({ failure }) => failure.reason))
  return trainerErrors(reasons.size === 1 ? first.failure.reason : "failed", diagnostics)
}
