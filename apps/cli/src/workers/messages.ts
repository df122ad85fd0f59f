/**
 * What the threads of one `run start` say to each other: plain data that survives a structured clone.
 *
 * An error crosses as its reason and diagnostics and is made anew on the other side; classes do not survive the way.
 */
import { type Diagnostic, type Reason, type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import type { RunProgress, RunRow } from "@feagi-trainer/core"
import type { ProjectShape } from "../Project.ts"

/** What a worker is given once, when it starts. */
export interface WorkerStart {
  readonly project: ProjectShape
  /** One Int32 that every thread sees: not 0 once the process was asked to pause. */
  readonly pause: SharedArrayBuffer
}

/** One run for the worker. Between two of them it keeps its plugins and its connection to the store. */
export interface Job {
  readonly row: RunRow
}

/** How far a run is; the metric is computed where the answers are. */
export type ProgressMessage = Omit<RunProgress, "metric"> & { readonly metric: ReturnType<RunProgress["metric"]> | null }

export interface PlainError {
  readonly reason: Reason
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

export type Answer =
  | { readonly kind: "progress"; readonly progress: ProgressMessage }
  /** The run ended, well or not; what it came to stands in the journal. */
  | { readonly kind: "ended"; readonly run_id: string; readonly failure: PlainError | null }

export const plainError = ({ reason, diagnostics }: TrainerError): PlainError => ({ reason, diagnostics })

export const errorOf = ({ reason, diagnostics }: PlainError): TrainerError => trainerErrors(reason, diagnostics)
