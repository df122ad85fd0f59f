/**
 * A training session, one run or the seeds of a run file, as the three bodies that its files are made of. Everything comes from the store:
 * values of scored phases as their Scorecards say them, values of training from the persisted answers.
 *
 * Sharp edge: a session is told when it is over. A run that is paused, failed or cancelled has no summary, and all of them are named.
 */
import { isAbstain, type MetricValue, type Scored, type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import {
  type BlobStore,
  biasReport,
  type Catalogue,
  documentOf,
  fieldValues,
  isReplayable,
  type LoadedPack,
  measuringPack,
  type PhaseState,
  type PredictionRow,
  type Registry,
  type Roots,
  type RunDocument,
  RunJournal,
  type RunRow,
  type RunView,
  readAnswer,
  rewardsByEpoch,
  scoredAnswer,
  storedRun,
  trainerVersion,
  viewRun
} from "@feagi-trainer/core"
import { canonical, sha256Hex } from "@feagi-trainer/determinism"
import { metricIntervals, metricStats } from "@feagi-trainer/evaluation"
import * as Effect from "effect/Effect"
import { measuresOf, type RunMeasures } from "../measures.ts"
import type { SummaryEnvelope, TrainingMetrics, TrainSummary, ValidationMetrics } from "./summarySchemas.ts"

/** Bootstrap draws of the intervals by samples, and the confidence of these and of the statistics over seeds. */
export const draws = { seed: "run/summaries", resamples: 1_000, confidence: 0.95, method: "percentile" } as const

export interface Session {
  readonly training: TrainSummary
  readonly trainingMetrics: TrainingMetrics
  readonly validationMetrics: ValidationMetrics
  readonly envelope: SummaryEnvelope
}

/** One run with everything that is read of it. */
interface Read {
  readonly view: RunView
  readonly document: RunDocument
  readonly loaded: LoadedPack
  readonly predictions: ReadonlyArray<PredictionRow>
  readonly rewards: ReturnType<typeof rewardsByEpoch>
  readonly measured: RunMeasures
  readonly finished_at: number
}

export const scoredRows = (rows: ReadonlyArray<PredictionRow>): ReadonlyArray<Scored> =>
  rows.flatMap((row) => scoredAnswer(readAnswer(row.line)) ?? [])

const abstained = (scored: ReadonlyArray<Scored>): number => scored.filter(({ prediction }) => isAbstain(prediction)).length

const valuesOf = ({ pack, options, context }: LoadedPack, scored: ReadonlyArray<Scored>): Readonly<Record<string, MetricValue>> => {
  const fold = pack.start(options, context)
  return fold.result(scored.reduce(fold.add, fold.empty)).values
}

/** The epochs of the phases that learn, each with its answers in visiting order. */
const epochsOf = ({ document, predictions }: Read) => {
  const learning = new Set(document.protocol.phases.filter((each) => each.learns).map((each) => each.name))
  const epochs = Map.groupBy(
    predictions.filter((each) => learning.has(each.phase)),
    ({ phase, epoch }) => canonical([phase, epoch])
  )
  return [...epochs.values()].flatMap((rows) => {
    const [first] = rows
    return first === undefined ? [] : [{ phase: first.phase, epoch: first.epoch, scored: scoredRows(rows) }]
  })
}

type Measured = Pick<TrainingMetrics["runs"][number]["epochs"][number], "measures" | "validation">

/** Nothing where the learner has no optimiser and nothing was measured between the epochs. */
const measuredEpoch = ({ measured }: Read, phase: string, epoch: number): Measured => {
  const is = (each: { readonly phase: string; readonly epoch: number }) => each.phase === phase && each.epoch === epoch
  const measures = measured.epochs.find(is)
  const validation = measured.validations.find(is)
  return {
    ...(measures === undefined ? {} : { measures: { steps: measures.steps, means: measures.values } }),
    ...(validation === undefined
      ? {}
      : { validation: { part: validation.part, samples: validation.samples, stops: validation.stops, values: validation.values } })
  }
}

const runTraining = (read: Read): TrainingMetrics["runs"][number] => ({
  seed: BigInt(read.document.seed),
  spec_sha256: read.view.row.spec_sha256,
  epochs: epochsOf(read).map(({ phase, epoch, scored }) => {
    const reward = read.rewards.find((each) => each.phase === phase && each.epoch === epoch)
    return {
      phase,
      epoch: epoch + 1,
      samples: scored.length,
      abstained: abstained(scored),
      values: valuesOf(read.loaded, scored),
      reward: reward === undefined ? null : { samples: reward.samples, mean_raw: reward.mean_raw, mean_shaped: reward.mean_shaped },
      ...measuredEpoch(read, phase, epoch + 1)
    }
  })
})

const splitOf = ({ document }: Read, phase: string): { readonly split: string; readonly learns: boolean } => {
  const { split = "", learns = false } = document.protocol.phases.find((each) => each.name === phase) ?? {}
  return { split, learns }
}

const runSummary = (read: Read, { epochs }: TrainingMetrics["runs"][number]): TrainSummary["runs"][number] => {
  const { document, view } = read
  const none = { insufficient: "the pack gives no such value" }
  const progressOf = (phase: string) => {
    const values = epochs.filter((each) => each.phase === phase).map((each) => each.values[document.protocol.primary_metric] ?? none)
    const [first, last] = [values[0], values.at(-1)]
    return first === undefined || last === undefined ? null : { first, last }
  }
  const phaseOf = (phase: PhaseState): TrainSummary["runs"][number]["phases"][number] => ({
    phase: phase.phase,
    ...splitOf(read, phase.phase),
    samples: phase.samples,
    ended_early:
      phase.skipped === undefined ? null : { samples_planned: phase.skipped.samples_planned, samples_done: phase.skipped.samples_done },
    learned_hash_before: phase.learned_hash_before,
    learned_hash: phase.learned_hash ?? null,
    predictions_sha256: phase.predictions_sha256 ?? null,
    rewards_sha256: phase.rewards_sha256 ?? null,
    progress: progressOf(phase.phase)
  })
  return {
    seed: BigInt(document.seed),
    spec_sha256: view.row.spec_sha256,
    status: view.state.status === "skipped" ? "skipped" : "completed",
    dataset: {
      id: document.dataset.dataset_version_id,
      content_hash: document.dataset.content_hash,
      schema_fingerprint: document.dataset.schema_fingerprint,
      samples: document.dataset.sample_count
    },
    splits: document.split.parts.map(({ name, split_id, split_hash, count }) => ({ name, split_id, split_hash, samples: count })),
    protocol: `${document.protocol.id}@${document.protocol.version}`,
    metric_signature: document.metrics.signature,
    learner: document.learner.kind,
    controls: document.controls,
    sampler: document.sampler.plugin,
    epochs: document.training.epochs,
    checkpoint_every: document.checkpoint_every,
    packages: document.packages,
    initial_hash: document.learner.initial_hash,
    phases: view.state.phases.map(phaseOf)
  }
}

const phaseValidation = (read: Read, phase: PhaseState): ValidationMetrics["runs"][number]["phases"][number] => {
  const samples = scoredRows(read.predictions.filter((each) => each.phase === phase.phase))
  const { pack, options, context } = read.loaded
  return {
    phase: phase.phase,
    split: splitOf(read, phase.phase).split,
    samples: samples.length,
    abstained: abstained(samples),
    values: phase.metrics ?? {},
    intervals: metricIntervals({ ...draws, pack, options, context, samples }),
    predictions_sha256: phase.predictions_sha256 ?? null,
    scorecard_id: phase.scorecard_id ?? null,
    scorecard_body_sha256: phase.scorecard_body_sha256 ?? null
  }
}

/** A field of the samples to group by, and the smallest group that is measured. */
export interface SessionGroups {
  readonly field: string
  readonly minimum: number
}

type SessionServices = RunJournal | BlobStore | Catalogue | Registry | Roots

const groupsOf = (read: Read, phase: string, { field, minimum }: SessionGroups) =>
  Effect.gen(function* () {
    const run = yield* storedRun(read.view.row)
    const services = yield* Effect.context<BlobStore | Registry | Roots>()
    const values = (ids: ReadonlyArray<string>) => Effect.provide(fieldValues(read.document, field, ids), services)
    const { metrics } = yield* biasReport({ run, phase, field: values, minimum, positive: [] })
    return { field, minimum, ...metrics }
  })

const runValidation = (
  read: Read,
  grouped: SessionGroups | undefined
): Effect.Effect<ValidationMetrics["runs"][number], TrainerError, SessionServices> =>
  Effect.gen(function* () {
    const scored = read.view.state.phases.filter((each) => each.metrics !== undefined)
    const phases = yield* Effect.forEach(scored, (phase) =>
      Effect.map(grouped === undefined ? Effect.succeed(undefined) : groupsOf(read, phase.phase, grouped), (groups) => ({
        ...phaseValidation(read, phase),
        ...(groups === undefined ? {} : { groups })
      }))
    )
    return { seed: BigInt(read.document.seed), spec_sha256: read.view.row.spec_sha256, phases }
  })

/** Of every phase that all runs scored, over the seeds. One run has no spread to tell. */
const statisticsOf = (runs: ValidationMetrics["runs"]): ValidationMetrics["statistics"] => {
  if (runs.length < 2) return {}
  const names = [...new Set(runs.flatMap((run) => run.phases.map((each) => each.phase)))]
  return Object.fromEntries(
    names.flatMap((name) => {
      const values = runs.flatMap((run) => run.phases.filter((each) => each.phase === name).map((each) => each.values))
      return values.length === runs.length ? [[name, metricStats(values, draws.confidence)]] : []
    })
  )
}

/** RFC 9562, version 8: 122 bits of a SHA-256 over what makes this run this one. */
const uuidOf = (run_id: string, created_at: number): string => {
  const hex = sha256Hex(canonical({ run_id, created_at }))
  const variant = "89ab"[Number.parseInt(hex.slice(16, 17), 16) % 4]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const readRun = (row: RunRow): Effect.Effect<Read, TrainerError, RunJournal | BlobStore | Catalogue> =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const document = yield* documentOf(row)
    const events = yield* journal.events(row.run_id)
    return {
      view: yield* viewRun(row),
      document,
      loaded: yield* measuringPack(document),
      predictions: yield* journal.predictions(row.run_id),
      rewards: rewardsByEpoch(yield* journal.rewards(row.run_id)),
      measured: measuresOf(events),
      finished_at: events.at(-1)?.at_wall ?? row.created_at
    }
  })

/** @param rows runs of one file, one for each seed. FT3315 with every run that is not over. */
export const sessionOf = (rows: ReadonlyArray<RunRow>, grouped?: SessionGroups): Effect.Effect<Session, TrainerError, SessionServices> =>
  Effect.gen(function* () {
    const views = yield* Effect.forEach(rows, viewRun)
    const open = views.filter(({ state }) => !isReplayable(state) || state.brain_mutated !== undefined)
    if (open.length > 0)
      return yield* trainerErrors(
        "invalid",
        open.map(({ row, status, state }) => ({
          code: "FT3315",
          severity: "error",
          message:
            state.brain_mutated === undefined
              ? `run ${row.run_id} is ${status}, and a session is summarised when all of its runs are over`
              : `run ${row.run_id} changed its brain in phase ${state.brain_mutated.phase}, which must not learn: there is nothing to summarise`,
          help: state.brain_mutated === undefined ? `feagi-trainer run resume ${row.run_id}` : "start another run"
        }))
      )
    const bySeed = rows.toSorted((left, right) => (BigInt(left.seed) < BigInt(right.seed) ? -1 : 1))
    const reads = yield* Effect.forEach(bySeed, readRun)
    const [first] = reads
    if (first === undefined) return yield* trainerError("usage", { code: "FT1310", message: "a summary needs at least one run" })
    const named = { name: first.document.name, primary_metric: first.document.protocol.primary_metric }
    const metrics = { ...named, metric_signature: first.document.metrics.signature }
    const trained = reads.map((read) => ({ read, epochs: runTraining(read) }))
    const validated = yield* Effect.forEach(reads, (read) => runValidation(read, grouped))
    return {
      training: { ...named, runs: trained.map(({ read, epochs }) => runSummary(read, epochs)) },
      trainingMetrics: { ...metrics, runs: trained.map(({ epochs }) => epochs) },
      validationMetrics: { ...metrics, runs: validated, statistics: statisticsOf(validated) },
      envelope: {
        trainer_version: trainerVersion,
        runs: reads.map(({ view: { row }, finished_at }) => ({
          run_uuid: uuidOf(row.run_id, row.created_at),
          run_id: row.run_id,
          group_id: row.group_id,
          created_at: new Date(row.created_at).toISOString(),
          finished_at: new Date(finished_at).toISOString()
        }))
      }
    }
  })
