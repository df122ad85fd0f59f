/**
 * The learner `tfjs`: the learner of `@feagi-trainer/gradient` on TensorFlow. Models, losses, optimisers, steps and checkpoints are the same
 * code; what is added are the two options that decide how TensorFlow computes.
 *
 * Sharp edge: a run of it is equal to itself on one machine with one pinned environment, and on no other processor: TensorFlow chooses its
 * kernels, and with them the order of its sums, by the instructions that it finds.
 */
import {
  type Diagnostic,
  decodeStrict,
  Learner,
  type LearnerPlugin,
  mistakeDiagnostic,
  type TrainerError,
  trainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { type Device, gradientLearner } from "@feagi-trainer/gradient"
import { Effect, Schema, type Scope } from "effect"
import { Settings } from "./TensorFlow.ts"
import { openTensorFlow, type TfDevice } from "./TfDevice.ts"

type Section = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Section => typeof value === "object" && value !== null && !Array.isArray(value)

type Decoded = { readonly ok: true; readonly settings: Settings } | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

/** The options of TensorFlow, and the section without them, as the learner of `@feagi-trainer/gradient` knows it. */
const apart = (section: Section): readonly [settings: Decoded, rest: Section] => {
  if (!isRecord(section.options)) return [{ ok: false, diagnostics: [] }, section]
  const { threads, onednn, ...options } = section.options
  const given = { ...(threads === undefined ? {} : { threads }), ...(onednn === undefined ? {} : { onednn }) }
  const decoded = decodeStrict(Settings, given)
  const settings: Decoded = decoded.ok
    ? { ok: true, settings: decoded.value }
    : { ok: false, diagnostics: decoded.mistakes.map((each) => mistakeDiagnostic("learner.options", each)) }
  return [settings, { ...section, options }]
}

const isTfDevice = (device: Device): device is TfDevice => "engine" in device

type OpenDevice = Effect.Effect<Device, TrainerError, Scope.Scope>

const over = (openDevice: OpenDevice): LearnerPlugin =>
  gradientLearner({ id: "tfjs", openDevice, engine: (device) => (isTfDevice(device) ? device.engine : {}) })

/** Nothing is opened with settings that are not known. */
const unopened: OpenDevice = Effect.fail(
  trainerError("invalid", { code: "tfjs/SETTINGS", message: "the settings of TensorFlow are not known" })
)

/** The settings that a plan of this learner pinned. */
const Pinned = Schema.Struct({ settings: Settings })

/** The learner with TensorFlow as `open` finds it. */
export const tfjsWith = (open: (settings: Settings) => OpenDevice): LearnerPlugin =>
  Learner.define({
    id: "tfjs",
    family: "gradient",
    plan: (request) =>
      Effect.gen(function* () {
        const [decoded, section] = apart(request.section)
        if (!decoded.ok) {
          // Whatever else is wrong is told at once.
          const judged = yield* over(unopened)
            .plan({ ...request, section })
            .pipe(Effect.catch(() => Effect.succeed(undefined)))
          return { ok: false, diagnostics: [...decoded.diagnostics, ...(judged?.ok === false ? judged.diagnostics : [])] }
        }
        const { settings } = decoded
        const plan = yield* over(open(settings)).plan({ ...request, section })
        if (!plan.ok) return plan
        const { pins } = plan
        return { ok: true, pins: { ...pins, resolved: { ...pins.resolved, section: request.section, settings } } }
      }),
    open: (request) => {
      const { settings } = request.pins.resolved
      const decoded = decodeStrict(Pinned, { settings })
      if (decoded.ok) return over(open(decoded.value.settings)).open(request)
      return Effect.fail(
        trainerErrors(
          "integrity",
          decoded.mistakes.map((each) => mistakeDiagnostic("learner.pins.resolved", each))
        )
      )
    }
  })

export const tfjs: LearnerPlugin = tfjsWith((settings) => openTensorFlow(import.meta.url, settings))
