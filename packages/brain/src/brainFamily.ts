/**
 * The family of learners that are FEAGI brains, as the orchestrator sees it.
 *
 * `plan` develops the brain once to prove that genome, coders, reward channels and decoder fit, and pins everything; `open`
 * develops it again from the pins alone.
 */
import {
  type BrainInput,
  type CoderSelection,
  type DecoderContext,
  type Diagnostic,
  decodeStrict,
  type LearnerFamily,
  type LearnerOpenRequest,
  type LearnerPins,
  type LearnerPlan,
  type LearnerPlanRequest,
  mistakeDiagnostic,
  type Selected,
  trainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { canonical, hashOf } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { makeBrainLearner } from "./BrainLearner.ts"
import { findParts, type Parts } from "./Parts.ts"
import { Section } from "./Section.ts"
import { affectFaults, checkSamples, misfits } from "./Teaching.ts"

const refusal = (diagnostics: ReadonlyArray<Diagnostic>): LearnerPlan => ({ ok: false, diagnostics })

const selections = (
  parts: Parts,
  request: Pick<LearnerPlanRequest, "shape" | "output_type" | "classes">,
  fitted: unknown
): {
  readonly inputs: Selected<ReadonlyArray<CoderSelection>>
  readonly outputs: Selected<ReadonlyArray<CoderSelection>>
} => ({
  inputs: parts.encoder.entry.select(parts.encoder.options, { shape: request.shape, fitted }),
  outputs: parts.decoder.entry.select(parts.decoder.options, decoderContext(request))
})

const decoderContext = ({
  shape,
  output_type,
  classes
}: Pick<LearnerPlanRequest, "shape" | "output_type" | "classes">): DecoderContext => ({ shape, output_type, classes })

/** A snapshot brings the seed that it was developed with: the areas of a brain are numbered by it. */
const beginning = ({ connectome }: BrainInput, seed: Uint8Array) =>
  connectome === undefined ? { seed } : { seed: connectome.seed, connectome: connectome.bytes }

const mistakesOf = (selected: Selected<unknown>, base: string): ReadonlyArray<Diagnostic> =>
  selected.ok ? [] : selected.mistakes.map((each) => mistakeDiagnostic(base, each))

const plan = Effect.fnUntraced(function* (request: LearnerPlanRequest) {
  const decoded = decodeStrict(Section, request.section)
  if (!decoded.ok) return refusal(decoded.mistakes.map((each) => mistakeDiagnostic("learner", each)))
  const section = decoded.value
  if (request.genome === undefined)
    return refusal([
      {
        code: "FT2011",
        severity: "error",
        field: "brain",
        message: "a brain learner needs a genome",
        help: 'name a registered brain, [brain] registered = "NAME@1", or generate one, [brain.generate] template = "…"'
      }
    ])
  const found = yield* findParts(section, request.lookup)
  if (!found.ok) return refusal(found.diagnostics)
  const { parts } = found
  const unfit = misfits(parts, request)
  if (unfit.length > 0) return refusal(unfit)
  const fold = parts.encoder.entry.fit(parts.encoder.options, request.shape)
  if (!fold.ok) return refusal(mistakesOf(fold, "learner.binding.encoder.options"))
  const samples = checkSamples(parts, decoderContext(request))
  yield* Stream.runForEach(request.training, (sample) =>
    Effect.sync(() => {
      fold.value.add(sample)
      samples.add(sample)
    })
  )
  const fitted = fold.value.result()
  if (!fitted.ok) return refusal([...mistakesOf(fitted, "learner.binding.encoder.options"), ...samples.findings()])
  const { inputs, outputs } = selections(parts, request, fitted.value)
  if (!inputs.ok || !outputs.ok)
    return refusal([
      ...mistakesOf(inputs, "learner.binding.encoder.options"),
      ...mistakesOf(outputs, "learner.binding.decoder.options"),
      ...samples.findings()
    ])
  const schedule = { hold_bursts: section.schedule.hold_bursts, read_burst: section.schedule.read_burst }
  const opened = yield* parts.backend.entry
    .open({
      options: parts.backend.options,
      genome: request.genome.json,
      inputs: inputs.value,
      outputs: outputs.value,
      schedule,
      ...beginning(request.genome, request.seed)
    })
    .pipe(Effect.result)
  if (opened._tag === "Failure") {
    const { failure } = opened
    // An engine that is away, or broken, is no mistake of the run file, and has to end the program as what it is.
    if (failure.reason !== "invalid") return yield* failure
    return refusal([...failure.diagnostics.map((each) => ({ field: "brain", ...each })), ...samples.findings()])
  }
  const brain = opened.success
  const unlearnable = [...affectFaults(parts.reward, brain.info.affect_channels), ...samples.findings()]
  if (unlearnable.length > 0) return refusal(unlearnable)
  const learner = makeBrainLearner({
    parts,
    brain,
    encoderContext: { shape: request.shape, fitted: fitted.value },
    decoderContext: decoderContext(request),
    schedule: section.schedule,
    silent_reward: false
  })
  const identity = parts.encoder.entry.identity(parts.encoder.options)
  const [input] = inputs.value
  const [output] = outputs.value
  const resolved = {
    section,
    fitted: fitted.value,
    genome_sha256: request.genome.sha256,
    ...(request.genome.connectome === undefined ? {} : { connectome_sha256: request.genome.connectome.sha256 }),
    plugins: { backend: parts.backend.ref, encoder: parts.encoder.ref, decoder: parts.decoder.ref, reward: parts.reward.ref },
    inputs: inputs.value,
    outputs: outputs.value
  }
  const pins: LearnerPins = {
    kind: "brain",
    resolved,
    treatment: {
      learner: "brain",
      genome: request.genome.sha256,
      connectome: request.genome.connectome?.sha256 ?? null,
      "encoding.scheme": identity.scheme,
      "encoding.version": identity.version,
      "encoding.bins": identity.bins,
      "encoding.spacing": identity.spacing,
      "encoding.coder": input?.binding.coder_id ?? null,
      "encoding.properties": hashOf(inputs.value.map((each) => each.binding.properties)),
      "encoding.area": inputs.value.map((each) => each.binding.cortical_area_id).join(","),
      "decoding.coder": output?.binding.coder_id ?? null,
      "decoding.area": outputs.value.map((each) => each.binding.cortical_area_id).join(","),
      "reward.plugin": parts.reward.ref.id,
      "reward.version": parts.reward.ref.version,
      "reward.config": parts.reward.written,
      backend: parts.backend.entry.execution,
      "engine.versions": brain.info.engine,
      quantization: null
    },
    wire: {
      binding: { encoder: input?.binding, decoder: output?.binding },
      encoding: {
        scheme: identity.scheme,
        version: identity.version,
        ...(identity.bins === null ? {} : { bins: identity.bins }),
        ...(identity.spacing === null ? {} : { spacing: identity.spacing }),
        coder: input?.binding.coder_id,
        properties: input?.binding.properties,
        area: input?.binding.cortical_area_id
      },
      reward_policy: { plugin: parts.reward.ref, config: parts.reward.written },
      encoder_spec: {
        plugin: parts.encoder.ref,
        options: parts.encoder.written,
        scheme: identity.scheme,
        scheme_version: identity.version,
        bins: identity.bins,
        spacing: identity.spacing,
        fitted: fitted.value,
        coders: inputs.value.map(coderOf)
      },
      decoder_spec: {
        plugin: parts.decoder.ref,
        options: parts.decoder.written,
        output_type: request.output_type,
        coders: outputs.value.map(coderOf)
      },
      execution_mode: parts.backend.entry.execution === "embedded" ? "embedded" : "remote",
      backend: "cpu",
      core_version: brain.info.core_version,
      engine: brain.info.engine,
      preconditions: brain.preconditions,
      present: section.schedule
    },
    initial_hash: yield* learner.learnedHash
  }
  return { ok: true, pins } as LearnerPlan
})

const coderOf = ({ binding, channels, channel_dimensions }: CoderSelection) => ({ binding, channels, dimensions: channel_dimensions })

const open = Effect.fnUntraced(function* (request: LearnerOpenRequest) {
  const { section, fitted, plugins } = request.pins.resolved as {
    readonly section: Section
    readonly fitted: unknown
    readonly plugins: Readonly<Record<keyof Parts, { readonly id: string; readonly version: string }>>
  }
  const pinned: Section = {
    ...section,
    backend: { ...section.backend, plugin: plugins.backend.id },
    binding: {
      encoder: { ...section.binding.encoder, plugin: plugins.encoder.id },
      decoder: { ...section.binding.decoder, plugin: plugins.decoder.id }
    },
    reward: { ...section.reward, plugin: plugins.reward.id }
  }
  const found = yield* findParts(pinned, request.lookup)
  if (!found.ok) return yield* trainerErrors("missing", found.diagnostics)
  const { parts } = found
  const { inputs, outputs } = selections(parts, request, fitted)
  if (!inputs.ok || !outputs.ok || request.genome === undefined)
    return yield* trainerErrors("invalid", [
      ...mistakesOf(inputs, "learner.binding.encoder.options"),
      ...mistakesOf(outputs, "learner.binding.decoder.options"),
      { code: "FT2011", severity: "error", field: "brain", message: "a brain learner needs a genome" }
    ])
  const brain = yield* parts.backend.entry.open({
    options: parts.backend.options,
    genome: request.genome.json,
    inputs: inputs.value,
    outputs: outputs.value,
    schedule: { hold_bursts: section.schedule.hold_bursts, read_burst: section.schedule.read_burst },
    ...beginning(request.genome, request.seed)
  })
  // A snapshot of a phase that measures holds a frozen brain, and a run begins with one that can learn.
  if (request.genome.connectome !== undefined) yield* brain.freeze(false)
  const pinnedEngine = request.pins.wire.engine
  if (canonical(brain.info.engine) !== canonical(pinnedEngine))
    return yield* trainerError("integrity", {
      code: "FT3003",
      message: "the engine is not the one that the run was planned with",
      expected: canonical(pinnedEngine),
      actual: canonical(brain.info.engine),
      help: "install the version that the run names, or plan a new run"
    })
  const session = makeBrainLearner({
    parts,
    brain,
    encoderContext: { shape: request.shape, fitted },
    decoderContext: decoderContext(request),
    schedule: section.schedule,
    silent_reward: request.controls.silent_reward
  })
  const hash = yield* session.learnedHash
  if (hash !== request.pins.initial_hash)
    return yield* trainerError("integrity", {
      code: "FT3002",
      message: "the brain that developed from the pinned genome is not the one that was planned",
      expected: request.pins.initial_hash,
      actual: hash,
      help: "the engine or a plugin changed since the run was planned: plan a new run"
    })
  return session
})

export const brainFamily: LearnerFamily = { kind: "brain", plan, open }
