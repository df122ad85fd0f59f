/**
 * The teacher of a distillation that a run makes for itself: the supervised stage over the very samples that the student gets, before the
 * first step of the student. Files are not read here, so that a teacher that was trained elsewhere cannot come in.
 *
 * Sharp edge: it is trained anew whenever the run is opened, for the plan, the start, every resume and the replay; its weights are the same.
 */
import { type Diagnostic, type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import {
  type Dataset,
  type GradientModel,
  gradientTrainingClient,
  gradientWeights,
  type NamedModel,
  runLoop,
  SupervisedTrain
} from "@feagi-trainer/training-stages"
import { Effect } from "effect"
import type { ReaderRequest } from "./Examples.ts"
import { modelMistakes } from "./modelMistakes.ts"
import { runConfig } from "./RunConfig.ts"
import type { Section } from "./Section.ts"

export type MadeTeacher =
  | { readonly ok: true; readonly models: Readonly<Record<string, NamedModel>>; readonly pinned: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

/** What a teacher learns: of prompts the whole texts. */
const lessonsOf = (dataset: Dataset): Dataset =>
  dataset.kind === "prompt" ? { kind: "sequence", train: dataset.train.map(({ prompt }) => ({ tokens: prompt })), evaluation: [] } : dataset

const inTeacher = (diagnostic: Diagnostic): Diagnostic => ({
  ...diagnostic,
  field: `learner.teacher.${(diagnostic.field ?? "").replace(/^learner\.(options\.)?/, "")}`.replace(/\.$/, "")
})

const modelOf = (ref: unknown): GradientModel =>
  typeof ref === "object" && ref !== null && "policy" in ref ? (ref as GradientModel) : { policy: ref as GradientModel["policy"] }

/** The config of the teacher, without a training. */
export const teacherConfig = (table: Readonly<Record<string, unknown>>, dataset: Dataset | undefined, seed: number) => {
  const section: Section = { kind: "stage", plugin: "stages", stage: "supervised", options: table }
  const lessons = dataset === undefined ? undefined : lessonsOf(dataset)
  const request = { dataset: lessons, seed, client: gradientTrainingClient() }
  return Effect.map(runConfig(SupervisedTrain.spec, section, request), (config) =>
    config.ok ? config : { ...config, diagnostics: config.diagnostics.map(inTeacher) }
  )
}

/** Trains the teacher that the section describes, under the name `teacher`; without one there are no models by name. */
export const makeTeacher = (
  section: Section,
  dataset: Dataset,
  reader: Pick<ReaderRequest, "classes" | "max_bytes">,
  seed: number
): Effect.Effect<MadeTeacher, TrainerError> =>
  Effect.gen(function* () {
    if (section.teacher === undefined) return { ok: true, models: {}, pinned: {} }
    const config = yield* teacherConfig(section.teacher, dataset, seed)
    if (!config.ok) return config
    const { normalized } = config
    const opening = SupervisedTrain.openNormalized(normalized, { training_client: gradientTrainingClient() })
    const { session, loop } = yield* Effect.mapError(opening, ({ reason, diagnostics }) =>
      trainerErrors(reason, diagnostics.map(inTeacher))
    )
    const misfits = modelMistakes(reader, session.shape, lessonsOf(dataset))
    if (misfits.length > 0) return { ok: false, diagnostics: misfits.map(inTeacher) }
    yield* runLoop(loop, { logged: () => Effect.void, saved: () => Effect.void })
    const weights = gradientWeights(yield* session.saveState)
    return {
      ok: true,
      models: { teacher: { ...modelOf(normalized.config.training_config.model_ref), weights } },
      pinned: {
        teacher: {
          config_sha256: normalized.config_sha256,
          explain: normalized.explain,
          steps: loop.total_steps,
          weights_sha256: yield* session.weightsSha256
        }
      }
    }
  })
