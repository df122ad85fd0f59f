/**
 * What the steps of a run cost, as numbers by name. Sharp edge: these rows stand outside of every hash, because another machine has others;
 * they are committed with their step, so that none is counted twice.
 */
import type { TelemetryRow } from "@feagi-trainer/core"
import { CanonicalError, canonical, fromCanonical } from "@feagi-trainer/determinism"
import { type Database, integerAt, textAt } from "./Database.ts"
import { rowOf, storableText } from "./Runs.ts"
import { storeError } from "./StoreError.ts"

const figuresText = (run_id: string, row: TelemetryRow): string => {
  try {
    return canonical(row.figures)
  } catch (cause) {
    if (!(cause instanceof CanonicalError)) throw cause
    throw storeError("FT4026", { message: `the telemetry of run ${run_id} cannot be stored: ${cause.message}` })
  }
}

/** Inside of a transaction. */
export const appendTelemetry = (database: Database, run_id: string, rows: ReadonlyArray<TelemetryRow>): void => {
  for (const row of rows) {
    storableText("the phase of a telemetry row", row.phase)
    database.run(
      "INSERT INTO telemetry (run_id, phase, samples, figures) VALUES (?, ?, ?, ?)",
      run_id,
      row.phase,
      row.samples,
      figuresText(run_id, row)
    )
  }
}

/** In the order of their commits. */
export const readTelemetry = (database: Database, run_id: string): ReadonlyArray<TelemetryRow> => {
  rowOf(database, run_id)
  return database.all("SELECT phase, samples, figures FROM telemetry WHERE run_id = ? ORDER BY position", run_id).map((row) => ({
    phase: textAt(row, "phase"),
    samples: integerAt(row, "samples"),
    figures: fromCanonical(textAt(row, "figures")) as Readonly<Record<string, number>>
  }))
}
