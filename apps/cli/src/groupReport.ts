/**
 * Collects a run group and its controls into the plain data that a report is made of. Every number comes from the store: metrics from
 * scorecards' phases, curves and matrices from persisted predictions.
 */
import { arch, platform } from "node:os"
import type { OverlayImage } from "@feagi-trainer/charts"
import {
  directionOf,
  type Figure,
  isInsufficient,
  type MetricPack,
  type MetricStat,
  type MetricValue,
  type Scored,
  type TrainerError,
  trainerError
} from "@feagi-trainer/contracts"
import {
  type BlobStore,
  Catalogue,
  comparandOf,
  documentOf,
  type EpochReward,
  type LoadedPack,
  loadPack,
  openDataset,
  type PhaseTelemetry,
  type PredictionRow,
  partialPhases,
  pinnedDataset,
  type Registry,
  type Roots,
  type RunDocument,
  RunJournal,
  type RunRow,
  type RunState,
  readAnswer,
  readPreconditions,
  rewardsByEpoch,
  scoredAnswer,
  telemetryOf,
  trainerVersion,
  viewRun
} from "@feagi-trainer/core"
import { interquartileMeanOf, metricStats, type SeedStat } from "@feagi-trainer/evaluation"
import type { GroupReport, ReportCondition, ReportGate, ReportReplay, ReportRun, SeedStatistic } from "@feagi-trainer/reports"
import * as Effect from "effect/Effect"
import { type MeasuredStep, measuresOf, type RunMeasures, windowOf, windowsOf } from "./measures.ts"
import { withPictures } from "./pictures.ts"

/** Confidence of every interval in a report. */
const confidence = 0.95

export interface ReportRequest {
  readonly recipe: ReadonlyArray<RunRow>
  readonly controls: ReadonlyArray<ReadonlyArray<RunRow>>
  readonly gates: ReadonlyArray<Gate>
  readonly replay: ReportReplay | undefined
  readonly commands: ReadonlyArray<string>
}

/** A bound on the mean of the primary metric over the seeds of a condition. */
export interface Gate {
  readonly condition: "recipe" | "controls"
  readonly bound: "at-least" | "at-most"
  readonly value: number
}

export const groupReport = (
  request: ReportRequest
): Effect.Effect<GroupReport, TrainerError, RunJournal | BlobStore | Catalogue | Registry | Roots> =>
  Effect.gen(function* () {
    const [first] = request.recipe
    if (first === undefined) return yield* trainerError("usage", { code: "FT1310", message: "a report needs at least one run" })
    const document = yield* documentOf(first)
    if (document.controls.silent_reward || document.controls.shuffled_labels)
      return yield* trainerError("usage", {
        code: "FT1312",
        message: `the runs of ${first.group_id} are a control, and a report is about a recipe`,
        help: `name the group of the recipe, and this one with  --control ${first.group_id}`
      })
    const loaded = yield* loadPack(document)
    const recipe = yield* illustrated(yield* conditionOf(request.recipe, document, loaded), document)
    const controls = yield* Effect.forEach(request.controls, (rows) => conditionOf(rows, undefined, loaded))
    const conditions = [recipe, ...controls]
    const reported = document.protocol.phases.findLast((phase) => phase.scored)?.name ?? ""
    const primary = document.protocol.primary_metric
    const majority = recipe.stats.majority_baseline
    return {
      schema_version: 1,
      title: document.name,
      group_id: first.group_id,
      trainer_version: trainerVersion,
      question: questionOf(document),
      dataset: {
        id: document.dataset.dataset_version_id,
        asset_id: document.dataset.dataset_asset_id,
        content_hash: document.dataset.content_hash,
        samples: document.dataset.sample_count,
        ...(document.dataset.shape.kind === "tabular" ? { features: document.dataset.shape.features.length } : {}),
        classes: document.dataset.classes.map((each) => each.label)
      },
      protocol: {
        id: document.protocol.id,
        version: document.protocol.version,
        phases: document.protocol.phases,
        reported_phase: reported,
        split: (yield* sharedSplit(request.recipe)) ? "shared-by-seeds" : "drawn-per-seed"
      },
      primary_metric: {
        name: primary,
        direction: directionOf(loaded.pack, primary) ?? "higher-is-better",
        ...(loaded.pack.ranges?.[primary] === undefined ? {} : { range: loaded.pack.ranges[primary] })
      },
      further_metrics: furtherMetrics(loaded.pack, recipe, primary),
      interval_method: "Student's t over the seeds",
      learning_measure: {
        label: `online ${primary}`,
        description: `${primary} over the answers of one epoch, each given before its sample was learnt from.`
      },
      learned_state: document.learner.kind === "brain" ? "connectome" : "weights",
      conditions,
      baselines:
        majority !== undefined && !("insufficient" in majority)
          ? [{ name: "majority class", value: majority.mean, detail: "always answering the most frequent class of the part" }]
          : [],
      gates: gatesOf(request.gates, recipe, controls, primary),
      ...(request.replay === undefined ? {} : { replay: request.replay }),
      preconditions: preconditionsOf(document, (yield* viewRun(first)).state),
      provenance: provenanceOf(document),
      envelope: [
        { name: "node", value: process.versions.node },
        { name: "platform", value: `${platform()} ${arch()}` }
      ],
      treatment: comparandOf(document).treatment,
      commands: request.commands
    }
  })

/** Only of a brain it is asked whether it learns by its reward: no other learner is given one. */
const questionOf = ({ learner, dataset, protocol }: RunDocument): string => {
  const [who, more] = learner.kind === "brain" ? ["brain", ", and does it learn by its reward"] : [`${learner.kind} model`, ""]
  return `How well does a ${who} learn ${dataset.dataset_version_id} under ${protocol.id}@${protocol.version}${more}?`
}

/** Beside the primary metric a table holds as many as a page is wide. */
const furtherColumns = 3

/** What the pack says a reader wants first, then whatever has a direction. */
const furtherMetrics = (pack: MetricPack, { stats }: ReportCondition, primary: string): ReadonlyArray<string> =>
  [...new Set([...(pack.headline ?? []), ...Object.keys(pack.directions)])]
    .filter((name) => name !== primary && Object.hasOwn(stats, name))
    .slice(0, furtherColumns)

/** Points of a line by optimiser step: more than a figure has room for tell nothing. */
const mostWindows = 200

const conditionOf = (rows: ReadonlyArray<RunRow>, known: RunDocument | undefined, loaded: LoadedPack) =>
  Effect.gen(function* () {
    const found: Array<{ readonly run: ReportRun; readonly steps: ReadonlyArray<MeasuredStep> }> = []
    const values: Array<Readonly<Record<string, MetricValue>>> = []
    const unscored: Array<string> = []
    let document = known
    for (const row of rows) {
      document = yield* documentOf(row)
      const { run, steps, metrics } = yield* runOf(row, document, loaded)
      found.push({ run, steps })
      if (metrics === undefined) unscored.push(`${run.seed} is ${run.status}`)
      else values.push(metrics)
    }
    // The same window for all seeds, so that their lines can be laid over one another.
    const window = windowOf(
      found.map(({ steps }) => steps.length),
      mostWindows
    )
    const runs = found.map(
      ({ run, steps }): ReportRun =>
        steps.length === 0 ? run : { ...run, training: { steps: steps.length, window, windows: windowsOf(steps, window) } }
    )
    const controls = document?.controls ?? { silent_reward: false, shuffled_labels: false }
    const names = Object.keys(values[0] ?? { [document?.protocol.primary_metric ?? ""]: null })
    const kind = controls.silent_reward ? "silent-reward" : controls.shuffled_labels ? "shuffled-labels" : "recipe"
    return {
      id: kind,
      ...conditionTexts[kind],
      runs,
      ...(unscored.length === 0
        ? { stats: statistics(metricStats(values, confidence)), iqm: iqmOf(values) }
        : { stats: Object.fromEntries(names.map((name) => [name, { insufficient: withoutSeeds(unscored, rows.length) }])) }),
      learning_curve: curveOf(runs)
    } satisfies ReportCondition
  })

/** Why there is no mean while seeds lack their value: one over those that got through would be a mean of the lucky. */
const withoutSeeds = (unscored: ReadonlyArray<string>, seeds: number): string =>
  `${unscored.length} of ${seeds} seeds ${unscored.length === 1 ? "is" : "are"} not scored: ${unscored.slice(0, 3).join(", ")}${unscored.length > 3 ? ` and ${unscored.length - 3} more` : ""}`

/** Over the metrics that every seed has: `metricStats` refused the seeds otherwise. */
const iqmOf = (seeds: ReadonlyArray<Readonly<Record<string, MetricValue>>>): Readonly<Record<string, MetricValue>> =>
  Object.fromEntries(
    Object.keys(seeds[0] ?? {}).map((name) => [
      name,
      interquartileMeanOf(seeds.map((values) => values[name] ?? { insufficient: "absent" }))
    ])
  )

const conditionTexts = {
  recipe: { role: "recipe", title: "Recipe", description: "The run file as it stands." },
  "shuffled-labels": {
    role: "control",
    title: "Shuffled labels",
    description: "The training labels are permuted: what can still be learnt is not about the data."
  },
  "silent-reward": {
    role: "control",
    title: "Silent reward",
    description: "Affect events are removed and everything else is delivered: what can still be learnt is not by reward."
  }
} as const satisfies Record<string, Pick<ReportCondition, "role" | "title" | "description">>

const statistics = (stats: Readonly<Record<string, SeedStat>>): Readonly<Record<string, SeedStatistic>> =>
  Object.fromEntries(
    Object.entries(stats).map(([name, stat]) => [name, "insufficient" in stat ? { insufficient: stat.insufficient } : (stat as MetricStat)])
  )

/** Units of what can be added up over seeds. */
const counts = ["samples", "pixels"]

const runOf = (row: RunRow, document: RunDocument, loaded: LoadedPack) =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const view = yield* viewRun(row)
    const predictions = yield* journal.predictions(row.run_id)
    const reported = document.protocol.phases.findLast((phase) => phase.scored)?.name
    const learning = document.protocol.phases.find((phase) => phase.learns)?.name
    const figures = figuresOf(
      predictions.filter((each) => each.phase === reported),
      loaded
    )
    const confusion = figures.find((figure) => figure.kind === "matrix" && figure.id === "confusion" && counts.includes(figure.unit ?? ""))
    const further = figures.filter((figure) => figure !== confusion)
    const epochs = Map.groupBy(
      predictions.filter((each) => each.phase === learning),
      (each) => each.epoch
    )
    const measured = measuresOf(yield* journal.events(row.run_id))
    const run: ReportRun = {
      run_id: row.run_id,
      seed: row.seed,
      status: view.status,
      spec_sha256: row.spec_sha256,
      predictions_sha256: view.state.phases.at(-1)?.predictions_sha256 ?? null,
      phases: view.state.phases.map((phase) => ({
        phase: phase.phase,
        samples: phase.samples,
        learned_hash: phase.learned_hash ?? null,
        predictions_sha256: phase.predictions_sha256 ?? null,
        scorecard_id: phase.scorecard_id ?? null,
        scorecard_body_sha256: phase.scorecard_body_sha256 ?? null,
        metrics: phase.metrics ?? {}
      })),
      learning_curve: [...epochs].map(([epoch, rows]) => ({
        epoch: epoch + 1,
        value: valuesOf(rows, loaded)[document.protocol.primary_metric] ?? { insufficient: "the pack gives no such value" }
      })),
      ...rewardsOf(rewardsByEpoch(yield* journal.rewards(row.run_id))),
      ...validationsOf(measured, learning, document.protocol.primary_metric),
      ...costOf(telemetryOf(yield* journal.telemetry(row.run_id))),
      ...marksOf(view.state),
      ...(confusion?.kind === "matrix" ? { confusion } : {}),
      ...(further.length === 0 ? {} : { figures: further })
    }
    return { run, steps: measured.steps, metrics: view.state.phases.find((phase) => phase.phase === reported)?.metrics }
  })

const rewardsOf = (epochs: ReadonlyArray<EpochReward>): Pick<ReportRun, "reward_curve"> =>
  epochs.length === 0
    ? {}
    : { reward_curve: epochs.map(({ epoch, mean_raw, mean_shaped }) => ({ epoch: epoch + 1, raw: mean_raw, shaped: mean_shaped })) }

/** Of the phase that the learning curve is about. */
const validationsOf = ({ validations }: RunMeasures, learning: string | undefined, metric: string): Pick<ReportRun, "validations"> => {
  const found = validations.filter(({ phase }) => phase === learning)
  if (found.length === 0) return {}
  const none: MetricValue = { insufficient: "the validation gave no such value" }
  return { validations: found.map(({ epoch, part, stops, values }) => ({ epoch, part, stops, value: values[metric] ?? none })) }
}

const costOf = (phases: ReadonlyArray<PhaseTelemetry>): Pick<ReportRun, "cost"> =>
  phases.length === 0 ? {} : { cost: phases.map(({ phase, figures }) => ({ phase, figures })) }

/** What makes a run less than one that went through. */
const marksOf = ({ phases, brain_mutated, continued }: RunState): Pick<ReportRun, "marks"> => {
  const marks = [
    ...partialPhases(phases).map(
      ({ phase, samples_done, samples_planned }) => `phase ${phase} was ended early, behind ${samples_done} of ${samples_planned} samples`
    ),
    ...(brain_mutated === undefined ? [] : [`phase ${brain_mutated.phase} must not learn and changed the brain`]),
    ...(continued.length === 0 ? [] : ["it was continued by a backend that does not promise to go on alike"])
  ]
  return marks.length === 0 ? {} : { marks }
}

/** The pictures that the figures of a run lie over, where the samples of its dataset are pictures that can be read. */
const illustrated = (condition: ReportCondition, document: RunDocument) =>
  Effect.gen(function* () {
    const wanted = condition.runs.flatMap(({ figures = [] }) => figures).some((figure) => figure.kind === "overlay")
    const dataset = wanted ? yield* pinnedDataset(document) : undefined
    if (dataset === undefined) return condition
    const reader = yield* openDataset(dataset, yield* (yield* Catalogue).lookup("adapter", dataset.adapter.id))
    const bytesOf = ({ sample_id }: OverlayImage) =>
      sample_id === undefined || reader.entry(sample_id) === undefined
        ? Effect.succeed(undefined)
        : reader.read([sample_id], "report").pipe(
            Effect.map(([sample]) => (sample !== undefined && "bytes" in sample.payload ? sample.payload.bytes : undefined)),
            // A picture that was changed leaves its place hatched: the numbers of the report do not come from it.
            Effect.catch(() => Effect.succeed(undefined))
          )
    const runs = yield* Effect.forEach(condition.runs, (run) =>
      run.figures === undefined ? Effect.succeed(run) : Effect.map(withPictures(run.figures, bytesOf), (figures) => ({ ...run, figures }))
    )
    return { ...condition, runs }
    // And a dataset that cannot be opened leaves all of them hatched.
  }).pipe(
    Effect.scoped,
    Effect.catch(() => Effect.succeed(condition))
  )

const scoredRows = (rows: ReadonlyArray<PredictionRow>): ReadonlyArray<Scored> =>
  rows.flatMap((row) => scoredAnswer(readAnswer(row.line)) ?? [])

const resultOf = (rows: ReadonlyArray<PredictionRow>, { pack, options, context }: LoadedPack) => {
  const fold = pack.start(options, context)
  return fold.result(scoredRows(rows).reduce(fold.add, fold.empty))
}
const valuesOf = (rows: ReadonlyArray<PredictionRow>, loaded: LoadedPack) => resultOf(rows, loaded).values
const figuresOf = (rows: ReadonlyArray<PredictionRow>, loaded: LoadedPack): ReadonlyArray<Figure> => resultOf(rows, loaded).figures

/** The curves of all seeds together, where every seed has a value. */
const curveOf = (runs: ReadonlyArray<ReportRun>): ReportCondition["learning_curve"] => {
  const epochs = runs[0]?.learning_curve.map((each) => each.epoch) ?? []
  return epochs.flatMap((epoch) => {
    const values = runs.flatMap((run) => run.learning_curve.find((each) => each.epoch === epoch)?.value ?? [])
    if (values.length !== runs.length) return []
    const stat = statistics(
      metricStats(
        values.map((value) => ({ value })),
        confidence
      )
    ).value
    return stat === undefined ? [] : [{ epoch, stat }]
  })
}

const sharedSplit = (rows: ReadonlyArray<RunRow>) =>
  Effect.gen(function* () {
    const documents = yield* Effect.forEach(rows, documentOf)
    return new Set(documents.map((each) => each.split.parts.map((part) => part.split_hash).join())).size === 1
  })

const gatesOf = (
  gates: ReadonlyArray<Gate>,
  recipe: ReportCondition,
  controls: ReadonlyArray<ReportCondition>,
  metric: string
): ReadonlyArray<ReportGate> =>
  gates.flatMap((gate) =>
    (gate.condition === "recipe" ? [recipe] : controls).map((condition) => {
      const stat = condition.stats[metric]
      const value: MetricValue = stat === undefined ? { insufficient: "no seed finished" } : "insufficient" in stat ? stat : stat.mean
      const passed = !isInsufficient(value) && (gate.bound === "at-least" ? value >= gate.value : value <= gate.value)
      return { name: condition.title, bound: `mean ${metric} ${gate.bound.replace("-", " ")} ${gate.value}`, value, passed }
    })
  )

/** As the learner said them when the run was opened; before that, as it said them at the plan. */
const preconditionsOf = (document: RunDocument, { opened }: RunState): GroupReport["preconditions"] =>
  (opened?.preconditions ?? readPreconditions(document.learner.wire.preconditions)).map(({ name, status, detail }) => ({
    name,
    state: status,
    detail
  }))

const provenanceOf = (document: RunDocument): GroupReport["provenance"] => [
  {
    title: "Inputs",
    facts: [
      { name: "dataset content", value: document.dataset.content_hash },
      { name: "dataset schema", value: document.dataset.schema_fingerprint },
      ...(document.brain === null ? [] : [{ name: "genome", value: document.brain.genome_sha256 }]),
      { name: `${document.learner.kind} before learning`, value: document.learner.initial_hash }
    ]
  },
  {
    title: "Plugins (SHA-256 of their files)",
    facts: Object.entries(document.packages).map(([name, value]) => ({ name, value }))
  },
  {
    title: "Engine",
    facts: Object.entries((document.learner.wire.engine ?? {}) as Readonly<Record<string, string>>).map(([name, value]) => ({
      name,
      value
    }))
  },
  {
    title: "Procedure",
    facts: [
      { name: "epochs", value: document.training.epochs },
      { name: "samples per durable step", value: document.checkpoint_every },
      { name: "sampler", value: `${document.sampler.plugin.id} ${document.sampler.plugin.version}` },
      { name: "split", value: document.split.method },
      { name: "metrics", value: document.metrics.signature }
    ]
  }
]
