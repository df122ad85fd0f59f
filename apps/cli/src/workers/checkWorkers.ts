/**
 * Several workers are refused where a run is on an engine in another process, before anything runs: such an engine holds one brain, so that
 * a second run on it would end the first. A run file is asked before its plan, which opens the engine.
 */
import { trainerError } from "@feagi-trainer/contracts"
import { Catalogue, documentOf, type RunFile, type RunRow } from "@feagi-trainer/core"
import * as Effect from "effect/Effect"

const refusal = (workers: number, what: string) =>
  trainerError("usage", {
    code: "FT1316",
    field: "learner.backend.plugin",
    message: `--workers ${workers} cannot be had with ${what}: a live engine holds one brain`,
    expected: "--workers 1",
    actual: `--workers ${workers}`,
    help: "leave --workers out, so that runs take their turns on the engine; or use a backend in this process, such as embedded"
  })

/** Text at a path of a table whose form the plan has still to check. */
const textAt = (value: unknown, [key, ...rest]: ReadonlyArray<string>): string | undefined => {
  if (key === undefined) return typeof value === "string" ? value : undefined
  return typeof value === "object" && value !== null ? textAt((value as Readonly<Record<string, unknown>>)[key], rest) : undefined
}

/** Of a run file. A backend that is not there is for the plan to tell. */
export const checkFileWorkers = ({ learner }: Pick<RunFile, "learner">, workers: number) =>
  Effect.gen(function* () {
    const plugin = textAt(learner, ["backend", "plugin"])
    if (workers === 1 || plugin === undefined) return
    const { lookup } = yield* Catalogue
    const backend = yield* lookup("brain-backend", plugin).pipe(Effect.option)
    if (backend._tag === "Some" && backend.value.entry.execution === "live") return yield* refusal(workers, `the backend ${plugin}`)
  })

/** Of runs that were planned already. */
export const checkRunWorkers = (rows: ReadonlyArray<RunRow>, workers: number) =>
  Effect.gen(function* () {
    if (workers === 1) return
    for (const row of rows) {
      const { learner } = yield* documentOf(row)
      if (learner.treatment.backend === "live") return yield* refusal(workers, `run ${row.run_id}`)
    }
  })
