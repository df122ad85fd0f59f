/**
 * A stage over the training part of a run: its config normalised, its model and loop made, and how it answers a sample. Plan and session open
 * it in the same way, and what is opened is a function of section, samples and seed.
 *
 * Sharp edge: the training part is held in memory as long as the stage is open.
 */
import {
  type ClassLabel,
  type Diagnostic,
  type EntryLookup,
  type IRSample,
  mistakeDiagnostic,
  type PluginRef,
  type TrainerError
} from "@feagi-trainer/contracts"
import {
  type Dataset,
  gradientTrainingClient,
  type NormalizedStage,
  openWorld,
  sessionConfigOf,
  type TrainingLoop,
  type TrainingSession
} from "@feagi-trainer/training-stages"
import { Effect, Result } from "effect"
import { type Answerer, classAnswers, noAnswers, preferenceAnswers, returnAnswers } from "./Answers.ts"
import { datasetOf, type ReaderRequest, type World } from "./Examples.ts"
import { modelMistakes } from "./modelMistakes.ts"
import { placed, runConfig } from "./RunConfig.ts"
import { type Examples, type Section, stageOf } from "./Section.ts"
import { makeTeacher, teacherConfig } from "./Teacher.ts"

export interface OpenedStage {
  readonly normalized: NormalizedStage
  readonly session: TrainingSession
  readonly loop: TrainingLoop
  readonly answers: Answerer
  /** Plugins that take part, by what they are. */
  readonly plugins: Readonly<Record<string, PluginRef>>
  /** Who taught, who is referred to, in what world: plain JSON. */
  readonly provenance: Readonly<Record<string, unknown>>
}

export interface OpenRequest {
  readonly section: Section
  /** Undefined where section and data leave it open: the samples are not read then, and only mistakes are told. */
  readonly examples: Examples | undefined
  readonly classes: ReadonlyArray<ClassLabel>
  /** The training part. */
  readonly samples: ReadonlyArray<IRSample>
  readonly seed: number
  readonly lookup: EntryLookup
}

export type OpenResult =
  | { readonly ok: true; readonly opened: OpenedStage }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

interface Surroundings {
  readonly world: World | undefined
  readonly plugins: Readonly<Record<string, PluginRef>>
  readonly found: ReadonlyArray<Diagnostic>
}

/** The environment that the section names, or every reason why there is none. */
const surroundingsOf = ({ environment }: Section, lookup: EntryLookup): Effect.Effect<Surroundings> =>
  Effect.gen(function* () {
    if (environment === undefined) return { world: undefined, plugins: {}, found: [] }
    const field = "learner.environment"
    return yield* Effect.match(lookup("environment", environment.plugin), {
      onFailure: ({ diagnostics }): Surroundings => ({
        world: undefined,
        plugins: {},
        found: diagnostics.map((each) => ({ ...each, field: `${field}.plugin` }))
      }),
      onSuccess: ({ entry, ref }): Surroundings => {
        const decoded = entry.decodeOptions(environment.options)
        return {
          world: { environment: entry, options: environment.options },
          plugins: { environment: ref },
          found: decoded.ok ? [] : decoded.mistakes.map((mistake) => mistakeDiagnostic(`${field}.options`, mistake))
        }
      }
    })
  })

/** The stage, or everything that is wrong with its config, its samples and its model. */
export const openStage = ({ section, examples, classes, samples, seed, lookup }: OpenRequest): Effect.Effect<OpenResult, TrainerError> =>
  Effect.gen(function* () {
    const stage = stageOf[section.stage]
    const { world, plugins, found } = yield* surroundingsOf(section, lookup)
    const reader = examples === undefined ? undefined : { examples, max_bytes: section.max_bytes ?? 0, classes }
    const read = reader === undefined || found.length > 0 ? undefined : yield* Effect.result(datasetOf(samples, reader, world))
    const dataset = read !== undefined && Result.isSuccess(read) ? read.success : undefined
    // Samples or not, the config is read, so that everything is told at once.
    const config = yield* runConfig(stage.spec, section, { dataset, seed, client: gradientTrainingClient() })
    const taught = section.teacher === undefined ? undefined : yield* teacherConfig(section.teacher, dataset, seed)
    const diagnostics = [
      ...found,
      ...(read !== undefined && Result.isFailure(read) ? read.failure.diagnostics : []),
      ...(config.ok ? [] : config.diagnostics),
      ...(taught === undefined || taught.ok ? [] : taught.diagnostics)
    ]
    if (!config.ok || reader === undefined || dataset === undefined || diagnostics.length > 0) return { ok: false, diagnostics }
    const { normalized } = config
    const teacher = yield* makeTeacher(section, dataset, reader, seed)
    if (!teacher.ok) return teacher
    const client = gradientTrainingClient(teacher.models)
    const { session, loop } = yield* stage.openNormalized(normalized, { training_client: client })
    const misfits = modelMistakes(reader, session.shape, dataset)
    if (misfits.length > 0) return { ok: false, diagnostics: misfits.map((each) => placed(section, each)) }
    const answers = yield* answersOf({ normalized, session, dataset, reader, client })
    const provenance = { ...(yield* loop.provenance), ...teacher.pinned }
    return { ok: true, opened: { normalized, session, loop, answers, plugins, provenance } }
  })

const answersOf = (request: {
  readonly normalized: NormalizedStage
  readonly session: TrainingSession
  readonly dataset: Dataset
  readonly reader: ReaderRequest
  readonly client: ReturnType<typeof gradientTrainingClient>
}): Effect.Effect<Answerer, TrainerError> =>
  Effect.gen(function* () {
    const { session, dataset, client } = request
    const { classes, max_bytes } = request.reader
    const { settings, training_config } = request.normalized.config
    if (dataset.kind === "classification") return classAnswers(session, classes, max_bytes)
    // An initial state that is listed does not depend on a seed.
    if (dataset.kind === "environment") return returnAnswers(session, yield* openWorld(session, dataset, 0))
    if (dataset.kind !== "preference") return noAnswers
    // As the stage opens it: the model before training, or another one.
    const { reference_ref } = settings
    const reference = yield* client.startSession({
      model_ref: reference_ref === "same" ? training_config.model_ref : reference_ref,
      training_config: sessionConfigOf(training_config)
    })
    return preferenceAnswers(session, reference, { classes, beta: Number(settings.beta), max_bytes })
  })
