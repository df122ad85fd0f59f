/** The files of a bundle by name, and the lines and documents that they are made of. */
import type { PredictionRow, RewardRow, RunState, TelemetryRow } from "@feagi-trainer/core"
import { canonical, fromCanonical, fromUtf8, toUtf8 } from "@feagi-trainer/determinism"

export const manifestFile = "bundle.json"

/** In every bundle. */
export const required = {
  document: "run.json",
  recording: "recording.json",
  predictions: "predictions.ndjson",
  dataset: "dataset.json"
} as const

/** Missing in a bundle of the first release, which knew no rewards. */
export const rewardsFile = "rewards.jsonl"

/** Missing where there is no brain or no Scorecard, and in a bundle of a release before 0.2. */
export const evaluationFile = "genome-evaluation.json"

/** Missing in a bundle that can be replayed and not imported: one of a release before 0.2. */
export const journal = {
  events: "events.ndjson",
  telemetry: "telemetry.ndjson",
  scorecards: "scorecards.json",
  envelope: "envelope.json"
} as const

/** Missing where nothing was said of the run, and in a bundle of a release before 0.2. */
export const marksFile = "marks.json"

/** What another machine or another time changes, and no hash of a result covers. Times are Unix milliseconds. */
export interface BundleEnvelope {
  /** The store that executed the run. */
  readonly origin: string
  readonly created_at: number
  /** Of every event, in order. */
  readonly events: ReadonlyArray<number>
  /** Of every Scorecard by its id. */
  readonly scorecards: Readonly<Record<string, number>>
  /** Of every supersession, in order. */
  readonly supersessions: ReadonlyArray<number>
}

export const linesOf = (rows: ReadonlyArray<PredictionRow | RewardRow | TelemetryRow | object>): Uint8Array =>
  toUtf8(rows.map((row) => `${canonical(row)}\n`).join(""))

/** Of bytes whose hash held, so that they are lines that {@link linesOf} wrote. */
export const rowsOf = <Row>(bytes: Uint8Array): ReadonlyArray<Row> =>
  fromUtf8(bytes)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => fromCanonical(line) as unknown as Row)

/** Nobody executes a run that came from a bundle: one that says running was cut off. */
export const statusOf = ({ status }: RunState): string => (status === "running" || status === "validating" ? "interrupted" : status)
