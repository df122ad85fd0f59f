/** What the server says of a run, as far as this page reads it, and what follows from it without a server. */
import { csv } from "../../format.ts"

export interface RunStatus {
  readonly run_id: string
  readonly group_id: string
  readonly name: string
  readonly seed: number | bigint | string
  readonly status: string
  readonly held: boolean
  readonly phase: string | null
  readonly phase_index: number | null
  readonly phases: ReadonlyArray<string>
  readonly epoch: number | null
  readonly epochs: number | null
  readonly samples_done: number
  readonly samples_total: number | null
  readonly run_samples_done: number
  readonly run_samples_total: number | null
  readonly rate: number | null
  readonly eta_seconds: number | null
  readonly last_seq: number
  readonly created_at: number
  readonly started_at: number | null
  readonly updated_at: number | null
  readonly ended_at: number | null
  readonly failure: string | null
  readonly pending: "pause" | "stop" | "skip" | "skip-rest" | null
}

export type MetricFinal = number | { readonly insufficient: string } | null

export interface RunMetrics {
  readonly run_id: string
  readonly spec_sha256: string
  readonly primary_metric: string | null
  readonly directions: Readonly<Record<string, string>>
  readonly phases: ReadonlyArray<{
    readonly phase: string
    readonly state: "running" | "done" | "waiting"
    readonly samples: number
    readonly partial: boolean
    readonly metrics: ReadonlyArray<{
      readonly name: string
      readonly final: MetricFinal
      readonly last: number | null
      readonly min: number | null
      readonly max: number | null
      readonly points: number
    }>
  }>
}

export interface PhaseShown {
  readonly phase: string
  readonly samples: number
  readonly predictions_sha256: string | null
  readonly rewards_sha256: string | null
  readonly feedback: unknown
  readonly skipped: { readonly samples_planned: number; readonly samples_done: number } | null
  readonly connectome_hash?: string | null
  readonly weights_sha256?: string | null
  readonly scorecard_id: string | null
  readonly scorecard_body_sha256: string | null
  readonly metrics: Readonly<Record<string, MetricFinal>>
}

type Tree = Readonly<Record<string, unknown>>

export interface RunShown {
  readonly run_id: string
  readonly seed: number | bigint
  readonly status: string
  readonly spec_sha256: string
  readonly predictions_sha256: string | null
  readonly phases: ReadonlyArray<PhaseShown>
  readonly partial: ReadonlyArray<{ readonly phase: string; readonly samples_planned: number; readonly samples_done: number }>
  readonly brain_mutated: { readonly phase: string; readonly learned_hash_before: string; readonly learned_hash: string } | null
  readonly continued: ReadonlyArray<unknown> | boolean
  readonly connectome_hash?: string | null
  readonly weights_sha256?: string | null
  readonly telemetry?: ReadonlyArray<{
    readonly phase: string
    readonly samples: number
    readonly steps: number
    readonly figures: ReadonlyArray<Tree & { readonly name: string }>
  }>
  readonly document?: RunDocument
}

export interface RunDocument {
  readonly name: string
  readonly seed: string
  readonly protocol: {
    readonly id: string
    readonly version: string
    readonly primary_metric: string
    readonly phases: ReadonlyArray<Tree & { readonly name: string; readonly learns: boolean; readonly split: string }>
  }
  readonly dataset: Tree & {
    readonly name: string
    readonly version: number
    readonly dataset_version_id: string
    readonly content_hash: string
    readonly schema_fingerprint: string
    readonly modality: string
    readonly output_type: unknown
    readonly sample_count: number
    readonly classes: ReadonlyArray<{ readonly class_id: number; readonly label: string }>
  }
  readonly split: {
    readonly method: string
    readonly seed: string
    readonly parts: ReadonlyArray<{
      readonly name: string
      readonly split_id: string
      readonly split_hash: string
      readonly count: number
      readonly ids_sha256: string
    }>
  }
  readonly learner: {
    readonly kind: string
    readonly initial_hash: string
    readonly resolved: Tree
    readonly wire: Tree
    readonly treatment: Tree
  }
  readonly brain: (Tree & { readonly genome_sha256: string; readonly canonical_sha256?: string; readonly connectome?: Tree }) | null
  readonly metrics: Tree & { readonly signature: string }
  readonly controls: { readonly silent_reward: boolean; readonly shuffled_labels: boolean }
  readonly packages: Readonly<Record<string, string>>
}

/** Whether nothing can follow. */
export const isOver = (status: string): boolean => ["completed", "skipped", "failed", "cancelled"].includes(status)

/** Whether the record says how it ended, so that a replay can be held against it. */
export const isReplayable = (status: string): boolean => status === "completed" || status === "skipped"

export const isRunning = (status: string): boolean => status === "running" || status === "validating"

export type Control = "run.start" | "run.resume" | "run.pause" | "run.skip" | "run.stop"

/** What can be asked of a run in this state, the likeliest first. A failed run is gone on with from its last committed step. */
export const controlsOf = ({ status, held }: Pick<RunStatus, "status" | "held">): ReadonlyArray<Control> => {
  if (held && (isRunning(status) || status === "created")) return ["run.pause", "run.skip", "run.stop"]
  switch (status) {
    case "created":
      return ["run.start", "run.stop"]
    case "validating":
    case "running":
    case "paused":
    case "interrupted":
      return ["run.resume", "run.stop"]
    case "failed":
      return ["run.resume"]
    default:
      return []
  }
}

export type StepState = "done" | "partial" | "running" | "stopped" | "waiting" | "left-out"

export interface Step {
  readonly phase: string
  readonly state: StepState
  /** Samples of the phase, where they are known. */
  readonly done: number | null
  readonly total: number | null
}

/** The phases of a run as steps of a way: which lie behind, which one it is in, which were ended early, which will not come. */
export const stepsOf = (status: RunStatus, shown: Pick<RunShown, "phases" | "partial"> | undefined): ReadonlyArray<Step> =>
  status.phases.map((phase, index) => {
    const met = shown?.phases.find((each) => each.phase === phase)
    const early = shown?.partial.find((each) => each.phase === phase)
    const here = status.phase_index ?? -1
    const state: StepState =
      early !== undefined
        ? "partial"
        : index < here || (index === here && (status.status === "completed" || status.status === "skipped"))
          ? "done"
          : index === here
            ? isRunning(status.status)
              ? "running"
              : "stopped"
            : isOver(status.status)
              ? "left-out"
              : "waiting"
    return {
      phase,
      state,
      done: index === here ? status.samples_done : (early?.samples_done ?? met?.samples ?? null),
      total: index === here ? status.samples_total : (early?.samples_planned ?? met?.samples ?? null)
    }
  })

/** Why a run is in its state, in a sentence; nothing where the state says it all. */
export const reasonOf = (status: RunStatus, shown: RunShown | undefined): string | null => {
  if (shown?.brain_mutated)
    return `The learner changed in phase ${shown.brain_mutated.phase}, which must not learn: the phase has no scorecard, and nothing follows it.`
  if (status.failure !== null) return status.failure
  if (status.pending !== null && (isRunning(status.status) || status.status === "created"))
    return {
      pause: "It will pause behind its current sample.",
      stop: "It will end behind its current sample.",
      skip: "It will end this phase behind its current sample and go on with the next.",
      "skip-rest": "It will end this phase behind its current sample, score it, and leave out what follows."
    }[status.pending]
  switch (status.status) {
    case "created":
      return "It is planned and has not been started."
    case "interrupted":
      return "The process that ran it is gone. What was committed stays; it goes on from the last step."
    case "paused":
      return "It goes on from the last committed step."
    case "skipped":
      return "It was ended early: what was met is scored, and marked as partial."
    case "cancelled":
      return "It was ended for good; what was committed stays."
    default:
      return null
  }
}

/** What a metric says now: the final value of its phase, or the last one so far. */
export const metricNow = (
  metric: RunMetrics["phases"][number]["metrics"][number]
): { readonly value: number | null; readonly final: boolean; readonly why: string | null } => {
  if (typeof metric.final === "number") return { value: metric.final, final: true, why: null }
  if (metric.final !== null) return { value: null, final: true, why: metric.final.insufficient }
  return { value: metric.last, final: false, why: null }
}

/** Every metric of every phase as CSV, unrounded: what is not final says so, and what has no value says why. */
export const metricsCsv = ({ phases }: Pick<RunMetrics, "phases">): string =>
  csv(
    ["phase", "metric", "value", "final", "samples", "partial", "insufficient"],
    phases.flatMap(({ phase, samples, partial, metrics }) =>
      metrics.map((metric) => {
        const { value, final, why } = metricNow(metric)
        return [phase, metric.name, value, final, samples, partial, why]
      })
    )
  )

/** Averages over classes count as metrics of the whole; a value of one class has the class behind the slash. */
export const isOfWhole = (name: string): boolean => {
  const slash = name.indexOf("/")
  return slash < 0 || ["macro", "micro", "weighted"].includes(name.slice(slash + 1))
}
