/**
 * A gradient model behind the port of learners, on whatever device computes it: samples become inputs, outputs become answers, a batch is an
 * optimiser step, and a checkpoint is one safetensors file.
 *
 * Sharp edges: the answers of a training batch are those before its step, with dropout at work; a checkpoint of a frozen model is that of
 * one that is not, because being frozen is said by the phase and not by the weights.
 */
import {
  type Diagnostic,
  Learner,
  type LearnerOpenRequest,
  type LearnerOutput,
  type LearnerPlan,
  type LearnerPlanRequest,
  type LearnerPlugin,
  type LearnerSession,
  type TrainerError,
  type TrainingMeasure,
  trainerError
} from "@feagi-trainer/contracts"
import { canonical, hashOf, SeedTree, sha256Hex } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { CheckpointError, restoreCheckpoint, saveCheckpoint } from "../Checkpoint.ts"
import type { Device } from "../Device.ts"
import { GradientError } from "../GradientError.ts"
import { lossOf } from "../Loss.ts"
import { buildModel, type Model } from "../Model.ts"
import { type ModelSpec, specReport } from "../ModelSpec.ts"
import { type SupervisedBatch, supervised } from "../Objective.ts"
import { optimiserKinds } from "../Optimiser.ts"
import { SafetensorsError } from "../Safetensors.ts"
import { scheduleOf, unknownType } from "../Schedule.ts"
import { decodeOrThrow, SpecError, type SpecProblem } from "../SpecProblem.ts"
import { elementsOf } from "../Tensor.ts"
import { makeTraining, type Training, trainStep } from "../TrainStep.ts"
import { weightsSha256 } from "../WeightsHash.ts"
import { decodeSection, type LearnerOptions } from "./Options.ts"
import { type SampleInput, sampleInput } from "./SampleInput.ts"
import { type Targets, targetsOf } from "./Targets.ts"

/** What makes one learner plugin another than the next one: what computes. */
export interface GradientLearnerOf {
  /** Id of the plugin entry; its error codes begin with it. */
  readonly id: string
  /** A device of its own for every session. */
  readonly openDevice: Effect.Effect<Device, TrainerError, Scope.Scope>
  /** Versions and settings of what computes, for the provenance. */
  readonly engine: (device: Device) => Readonly<Record<string, unknown>>
}

/** Everything about a model in training that its options decide. */
interface Opened {
  readonly device: Device
  readonly model: Model
  readonly training: Training
  readonly input: SampleInput
  readonly targets: Targets
  readonly options: LearnerOptions
}

const diagnosticOf = (id: string, at: string, { path, message, expected, actual, help }: SpecProblem): Diagnostic => ({
  code: `${id}/MODEL`,
  severity: "error",
  field: [at, ...path].join("."),
  message,
  ...(expected === undefined ? {} : { expected }),
  ...(actual === undefined ? {} : { actual }),
  ...(help === undefined ? {} : { help })
})

/** The problems that building something finds. */
const problemsOf = (work: () => unknown): ReadonlyArray<SpecProblem> => {
  try {
    work()
    return []
  } catch (error) {
    if (error instanceof SpecError) return error.problems
    throw error
  }
}

/** Judges the description of an optimiser without a device. */
const decodeOptimiser = (spec: LearnerOptions["optimiser"]): void => {
  const kind = optimiserKinds.get(spec.type)
  if (kind === undefined) throw unknownType("optimiser", spec.type, optimiserKinds.keys())
  decodeOrThrow(`optimiser of type "${kind.type}"`, kind.schema, spec)
}

const options = "learner.options"

/** Every reason why these options are no learner for these data. */
const misfits = (id: string, decoded: LearnerOptions, request: LearnerPlanRequest): ReadonlyArray<Diagnostic> => {
  const { model, loss, optimiser, schedule, batch_size, micro_batch, pixels } = decoded
  const at = (field: string, work: () => unknown) =>
    problemsOf(work).map((problem) => diagnosticOf(id, field === "" ? options : `${options}.${field}`, problem))
  const report = specReport(model)
  const output = report.signals.at(-1)
  const width = report.problems.length === 0 && output?.kind === "values" ? elementsOf(output.shape) : undefined
  const invalid = (code: string, field: string, message: string, expected: string, actual: string, help: string): Diagnostic => ({
    code: `${id}/${code}`,
    severity: "error",
    field,
    message,
    expected,
    actual,
    help
  })
  let wanted: number | undefined
  const unteachable = at("", () => {
    wanted = targetsOf(request.output_type, request.classes, loss).width
  })
  return [
    ...report.problems.map((problem) => diagnosticOf(id, `${options}.model`, problem)),
    ...(report.problems.some(({ path }) => path[0] === "input") ? [] : at("", () => sampleInput(request.shape, inputOf(model), pixels))),
    ...unteachable,
    ...at("optimiser", () => decodeOptimiser(optimiser)),
    ...at("schedule", () => scheduleOf(schedule)),
    ...(width === undefined || wanted === undefined || width === wanted
      ? []
      : [
          invalid(
            "WIDTH",
            `${options}.model.layers`,
            "the last layer does not give one number for each thing to be told",
            `${wanted} numbers`,
            String(width),
            "let the last layer have as many units as there are classes, or numbers in a target"
          )
        ]),
    ...(batch_size % micro_batch === 0
      ? []
      : [
          invalid(
            "BATCH",
            `${options}.micro_batch`,
            "does not divide batch_size",
            `a divisor of ${batch_size}`,
            String(micro_batch),
            "it changes no weight: take the largest divisor that fits into memory"
          )
        ]),
    ...(request.checkpoint_every % batch_size === 0
      ? []
      : [
          invalid(
            "BATCH",
            "checkpoint_every",
            "a durable step is not a whole number of batches, so that each of its ends would cut one",
            `a multiple of ${batch_size}`,
            String(request.checkpoint_every),
            "make it a multiple of learner.options.batch_size"
          )
        ]),
    ...(request.experience === "sample"
      ? []
      : [
          invalid(
            "EXPERIENCE",
            "learner.plugin",
            "a gradient learner learns from labelled samples",
            "samples",
            request.experience,
            "choose a learner that learns from an environment"
          )
        ]),
    ...(request.controls.silent_reward
      ? [
          invalid(
            "CONTROL",
            "controls.silent_reward",
            "a gradient model is given no affect: there is nothing to silence",
            "false",
            "true",
            "use the control shuffled_labels"
          )
        ]
      : [])
  ]
}

const inputOf = (model: Readonly<Record<string, unknown>>) => (model as unknown as ModelSpec).input

const open = (
  of: GradientLearnerOf,
  decoded: LearnerOptions,
  request: Pick<LearnerPlanRequest, "shape" | "output_type" | "classes" | "seed">
): Effect.Effect<Opened, TrainerError, Scope.Scope> =>
  Effect.map(of.openDevice, (device) => {
    const seeds = SeedTree.root(Array.from(request.seed, (byte) => byte.toString(16).padStart(2, "0")).join(""))
    const spec = decoded.model as unknown as ModelSpec
    const model = buildModel(device, spec, (stream) => seeds.child(`weights/${stream}`).random())
    const training = makeTraining({
      model,
      optimiser: decoded.optimiser,
      schedule: decoded.schedule,
      clip_norm: decoded.clip_norm === "none" ? undefined : decoded.clip_norm,
      chance: (layer, step) => seeds.child(`dropout/${layer}/step-${step}`).random()
    })
    const input = sampleInput(request.shape, spec.input, decoded.pixels)
    const targets = targetsOf(request.output_type, request.classes, decoded.loss)
    return { device, model, training, input, targets, options: decoded }
  })

const plan = (of: GradientLearnerOf, request: LearnerPlanRequest): Effect.Effect<LearnerPlan, TrainerError, Scope.Scope> =>
  Effect.gen(function* () {
    const decoded = decodeSection(request.section)
    if (!decoded.ok) return { ok: false, diagnostics: decoded.diagnostics }
    const found = misfits(of.id, decoded.options, request)
    if (found.length > 0) return { ok: false, diagnostics: found }
    const { device, model } = yield* open(of, decoded.options, request)
    const engine = of.engine(device)
    return {
      ok: true,
      pins: {
        kind: String(request.section.kind),
        resolved: { section: request.section, options: decoded.options, engine, parameters: countOf(model) },
        treatment: {
          learner: String(request.section.kind),
          model: hashOf(decoded.options.model),
          loss: decoded.options.loss,
          "engine.versions": engine,
          quantization: null
        },
        wire: { config: decoded.options, execution_mode: "embedded", backend: "cpu", engine },
        initial_hash: weightsSha256(model)
      }
    }
  })

const countOf = ({ parameters }: Model): number => parameters.reduce((sum, { value }) => sum + value.length, 0)

const openSession = (of: GradientLearnerOf, request: LearnerOpenRequest): Effect.Effect<LearnerSession, TrainerError, Scope.Scope> =>
  Effect.gen(function* () {
    const pinned = request.pins.resolved as unknown as { readonly options: LearnerOptions; readonly engine: unknown }
    const opened = yield* open(of, pinned.options, request)
    const engine = of.engine(opened.device)
    const differs = (code: string, message: string, expected: string, actual: string, help: string) =>
      trainerError("integrity", { code: `${of.id}/${code}`, message, expected, actual, help })
    if (canonical(engine) !== canonical(pinned.engine))
      return yield* differs(
        "ENGINE",
        "what computes is not what the run was planned with",
        canonical(pinned.engine),
        canonical(engine),
        "install the version that the run names, or plan a new run"
      )
    const hash = weightsSha256(opened.model)
    if (hash !== request.pins.initial_hash)
      return yield* differs(
        "INITIAL",
        "the model does not begin with the weights that were planned",
        request.pins.initial_hash,
        hash,
        "the plugin changed since the run was planned: plan a new run"
      )
    return sessionOf(of, opened)
  })

/** Cuts a list into pieces of this size; the last one may be shorter. */
const pieces = <A>(items: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))

const sessionOf = (of: GradientLearnerOf, { device, model, training, input, targets, options: chosen }: Opened): LearnerSession => {
  const width = elementsOf(model.outputShape)
  const objective = supervised(model, lossOf(chosen.loss))
  const scored = chosen.loss.type === "cross-entropy"
  let frozen = false
  let measures: Array<TrainingMeasure> = []
  let samples = 0

  const softmaxOf = (count: number, logits: Float32Array): Float32Array => {
    const tape = device.pass()
    return device.read(tape.softmax(tape.constant([count, width], logits)).value)
  }
  /** What the model said, as scores where targets are classes; the rows of a batch. */
  const rowsOf = (outputs: Float32Array): ReadonlyArray<Float32Array> => {
    const count = outputs.length / width
    const numbers = scored ? softmaxOf(count, outputs) : outputs
    return Array.from({ length: count }, (_, row) => numbers.subarray(row * width, (row + 1) * width))
  }
  const outputsOf = (rows: ReadonlyArray<Float32Array>): ReadonlyArray<LearnerOutput> =>
    rows.map((row) => ({ answer: targets.answer(row), tick: training.step }))
  /** What goes wrong with numbers or samples is a failure of the run; anything else is a fault of ours. */
  const attempt = <A>(ids: ReadonlyArray<string>, work: () => A): Effect.Effect<A, TrainerError> =>
    Effect.suspend(() => {
      try {
        return Effect.succeed(work())
      } catch (error) {
        if (!(error instanceof GradientError || error instanceof RangeError)) throw error
        const numbers = error instanceof GradientError
        return Effect.fail(
          trainerError("failed", {
            code: `${of.id}/${numbers ? "NUMBERS" : "SAMPLE"}`,
            message: error.message,
            ...(numbers ? { actual: `samples ${ids.slice(0, 8).join(", ")}${ids.length > 8 ? ` and ${ids.length - 8} more` : ""}` } : {}),
            help: numbers
              ? "a smaller learning rate, clip_norm or standardised inputs keep numbers finite; the last durable step is kept"
              : "correct the sample, or put a transform before the learner that does"
          })
        )
      }
    })

  const train: LearnerSession["train"] = (batch) => {
    if (batch.length === 0) return Effect.succeed([])
    if (frozen)
      return Effect.fail(
        trainerError("failed", { code: `${of.id}/FROZEN`, message: "a frozen model was asked to learn", help: "report it: a bug" })
      )
    const ids = batch.map(({ sample }) => sample.sample_id)
    return attempt(ids, () => {
      const micro = pieces(batch, chosen.micro_batch).map(
        (lessons): SupervisedBatch => ({
          input: input(lessons.map(({ sample }) => sample)),
          target: targets.batch(lessons, width)
        })
      )
      saved = undefined
      const { step, loss, gradient_norm, learning_rate, coherence, outputs } = trainStep(training, objective, micro)
      const said = outputsOf(rowsOf(outputs))
      samples += batch.length
      const hits = batch.flatMap(({ target }, at) => {
        const output = said[at]
        return output === undefined ? [] : [targets.hit(output.answer, target)]
      })
      measures.push({
        step,
        values: {
          loss,
          ...(hits.includes(undefined) ? {} : { accuracy: hits.filter(Boolean).length / hits.length }),
          learning_rate,
          gradient_norm,
          ...(coherence === undefined ? {} : { coherence })
        }
      })
      return said
    })
  }

  /** The bytes of the present state: a step asks for them and for their hash, and a phase that measures asks again and again. */
  let saved: Uint8Array | undefined
  const checkpoint = (): Uint8Array => {
    saved ??= saveCheckpoint(training, { random: {}, counters: { samples } })
    return saved
  }
  return {
    batch_size: chosen.batch_size,
    measures: Effect.sync(() => {
      const told = measures
      measures = []
      return told
    }),
    train,
    predict: (batch) =>
      attempt(
        batch.map(({ sample_id }) => sample_id),
        () =>
          pieces(batch, chosen.micro_batch).flatMap((part) => {
            const tape = device.pass()
            const output = model.forward(tape, input(part), { training: false })
            return outputsOf(rowsOf(device.read(output.value)))
          })
      ),
    freeze: Effect.sync(() => {
      frozen = true
    }),
    checkpoint: Effect.sync(checkpoint),
    restore: (bytes) =>
      Effect.suspend(() => {
        try {
          saved = undefined
          samples = restoreCheckpoint(training, bytes).counters.samples ?? 0
          measures = []
          return Effect.void
        } catch (error) {
          if (!(error instanceof CheckpointError || error instanceof SafetensorsError)) throw error
          return Effect.fail(
            trainerError("integrity", {
              code: `${of.id}/CHECKPOINT`,
              message: error.message,
              help: "the model was not changed; take a checkpoint that this run wrote"
            })
          )
        }
      }),
    learnedHash: Effect.sync(() => weightsSha256(model)),
    fullHash: Effect.sync(() => sha256Hex(checkpoint())),
    continuation: "identical",
    activity: Effect.sync(() => ({ optimiser_steps: training.step, trained_samples: samples })),
    fingerprint: { ...of.engine(device), preconditions: [] }
  }
}

/** The learner plugin on this device. */
export const gradientLearner = (of: GradientLearnerOf): LearnerPlugin =>
  Learner.define({
    id: of.id,
    family: "gradient",
    plan: (request) => plan(of, request),
    open: (request) => openSession(of, request)
  })
