/**
 * The learner `stages`: a training stage as a run, with the journal, the checkpoints and the replay of every other learner. The stage goes
 * through its samples by itself, `own_steps` steps long; each step is a row of the phase that learns, and its measures are the step's.
 *
 * Sharp edges: the sampler of the run file is not asked, because a stage draws its own order; and a stage is opened anew for plan, start,
 * resume and replay, with everything that it needs before its first step.
 */
import {
  Learner,
  type LearnerOpenRequest,
  type LearnerPlan,
  type LearnerPlanRequest,
  type LearnerPlugin,
  type LearnerSession,
  type TrainerError,
  trainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { canonical, hashOf } from "@feagi-trainer/training-stages"
import { Effect, type Scope, Stream } from "effect"
import { type OpenedStage, openStage } from "./OpenedStage.ts"
import { placed, seedOf } from "./RunConfig.ts"
import { decodeSection, examplesOf, misfits, type Section, sectionDiagnostics } from "./Section.ts"
import { emptySession, sessionOf } from "./Session.ts"

const family = "stage"

/** What must not differ between two results that are compared. */
const treatmentOf = (section: Section, { normalized, session }: OpenedStage): Readonly<Record<string, unknown>> => {
  const { model_ref, loss_function } = normalized.config.training_config
  return {
    learner: family,
    stage: section.stage,
    model: hashOf(model_ref),
    loss: loss_function,
    ...(section.environment === undefined ? {} : { environment: hashOf(section.environment) }),
    ...(section.teacher === undefined ? {} : { teacher: hashOf(section.teacher) }),
    "engine.versions": session.fingerprint,
    quantization: null
  }
}

const plan = (request: LearnerPlanRequest): Effect.Effect<LearnerPlan, TrainerError, Scope.Scope> =>
  Effect.gen(function* () {
    const decoded = decodeSection(request.section)
    if (!decoded.ok) return { ok: false, diagnostics: sectionDiagnostics(decoded) }
    const section = decoded.value
    const found = misfits(section, request)
    // Without knowing what a sample is, nothing of it can be held against the config.
    const unreadable = found.some(({ code }) => code === "stages/FIELD" || code === "stages/DATA")
    const { classes, training, lookup } = request
    const examples = unreadable ? undefined : examplesOf(section)
    const samples = examples === undefined ? [] : [...(yield* Stream.runCollect(training))]
    const result = yield* Effect.catch(openStage({ section, examples, classes, samples, lookup, seed: seedOf(request.seed) }), (error) =>
      error.reason === "invalid"
        ? Effect.succeed({ ok: false as const, diagnostics: error.diagnostics.map((each) => placed(section, each)) })
        : Effect.fail(error)
    )
    if (!result.ok || found.length > 0) return { ok: false, diagnostics: [...found, ...(result.ok ? [] : result.diagnostics)] }
    const { opened } = result
    const { normalized, session, loop, plugins, provenance } = opened
    return {
      ok: true,
      pins: {
        kind: family,
        resolved: {
          section: request.section,
          config: normalized.config,
          config_sha256: normalized.config_sha256,
          explain: normalized.explain,
          defaults_used: normalized.defaults_used,
          engine: session.fingerprint,
          provenance,
          plugins
        },
        own_steps: loop.total_steps,
        treatment: treatmentOf(section, opened),
        wire: { config: normalized.config, execution_mode: "embedded", backend: "cpu", engine: session.fingerprint },
        initial_hash: yield* session.weightsSha256
      }
    }
  })

/** What a plan pinned, as far as a session is held against it. */
interface Pinned {
  readonly section: Readonly<Record<string, unknown>>
  readonly config_sha256: string
  readonly engine: Readonly<Record<string, string>>
  readonly provenance: unknown
}

const open = (request: LearnerOpenRequest): Effect.Effect<LearnerSession, TrainerError, Scope.Scope> =>
  Effect.gen(function* () {
    const { pins, classes, training, lookup } = request
    const pinned = pins.resolved as unknown as Pinned
    const fingerprint = { ...pinned.engine, preconditions: [] }
    if (training === undefined) return emptySession(fingerprint)
    const decoded = decodeSection(pinned.section)
    if (!decoded.ok) return yield* trainerErrors("integrity", sectionDiagnostics(decoded))
    const result = yield* openStage({
      section: decoded.value,
      examples: examplesOf(decoded.value),
      classes,
      samples: [...(yield* Stream.runCollect(training))],
      lookup,
      seed: seedOf(request.seed)
    })
    if (!result.ok) return yield* trainerErrors("integrity", result.diagnostics)
    const { opened } = result
    const { normalized, session } = opened
    const sides: ReadonlyArray<readonly [code: string, message: string, expected: string, actual: string]> = [
      ["stages/ENGINE", "what computes is not what the run was planned with", canonical(pinned.engine), canonical(session.fingerprint)],
      ["stages/CONFIG", "config or training samples are not those that were planned", pinned.config_sha256, normalized.config_sha256],
      [
        "stages/PROVENANCE",
        "teacher, reference or environment is not the one that was planned",
        canonical(pinned.provenance),
        canonical(opened.provenance)
      ],
      ["stages/INITIAL", "the model does not begin with the weights that were planned", pins.initial_hash, yield* session.weightsSha256]
    ]
    for (const [code, message, expected, actual] of sides)
      if (expected !== actual)
        return yield* trainerError("integrity", {
          code,
          message,
          expected,
          actual,
          help: "install the versions that the run names, or plan a new run"
        })
    return sessionOf(opened, fingerprint)
  })

export const stages: LearnerPlugin = Learner.define({ id: "stages", family, plan, open })
