/** What the server itself answers: that it is there, the project, jobs, uploads, changes of runs. */
import { Diagnostic } from "@feagi-trainer/contracts"
import * as Schema from "effect/Schema"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Text = Schema.String

/** Any document of the command line. */
export const AnyDocument = Schema.Struct({
  schema_version: Schema.Literal(1),
  kind: Text,
  data: Schema.Unknown,
  warnings: Schema.Array(Diagnostic)
})

export const Health = Schema.Struct({
  status: Schema.Literal("ok"),
  version: Text,
  pid: Schema.Int,
  /** Name of its folder. */
  project: Text,
  /** Folder of the store. */
  store: Text,
  /** Whether this is the project that the demonstration made. */
  demo: Schema.Boolean
})
export type Health = typeof Health.Type

export const Session = Schema.Struct({
  project: Text,
  version: Text,
  plugins: Count,
  store: Schema.Struct({ path: Text, present: Schema.Boolean }),
  datasets: Count,
  runs: Count,
  /** Ids of runs that a process holds at this moment. */
  running: Schema.Array(Text),
  engine: Schema.Struct({ address: Schema.NullOr(Text), state: Schema.Literals(["not-configured", "up", "down"]) }),
  can_run: Schema.Struct({ ok: Schema.Boolean, reasons: Schema.Array(Text) })
})
export type Session = typeof Session.Type

export const JobState = Schema.Literals(["running", "done", "failed", "cancelled"])
export const Job = Schema.Struct({
  job_id: Text,
  operation: Text,
  command: Schema.Array(Text),
  state: JobState,
  /** The last lines that it said, at most 200. */
  lines: Schema.Array(Text),
  progress: Schema.NullOr(Schema.Struct({ done: Count, total: Schema.NullOr(Count) })),
  /** The document that the command printed, also that of a failure; null while it runs, and when it printed none. */
  result: Schema.NullOr(AnyDocument),
  exit_code: Schema.NullOr(Schema.Int),
  /** Unix milliseconds. */
  started_at: Count,
  ended_at: Schema.NullOr(Count)
})
export type Job = typeof Job.Type

export const Upload = Schema.Struct({ path: Text, name: Text, bytes: Count, sha256: Text, existing: Schema.Boolean })
export type Upload = typeof Upload.Type

export const RunStart = Schema.Struct({
  run_id: Text,
  outcome: Schema.Literals(["started", "running-already", "finished-already"])
})
export type RunStart = typeof RunStart.Type

/** How one run stands; `seq` is the number of its last event. */
export const RunChange = Schema.Struct({ run_id: Text, status: Text, phase: Schema.NullOr(Text), seq: Schema.Int })
export type RunChange = typeof RunChange.Type
export const RunsChanged = Schema.Struct({ runs: Schema.Array(RunChange) })
export type RunsChanged = typeof RunsChanged.Type
