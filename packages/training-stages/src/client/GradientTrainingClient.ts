/**
 * The training client over the gradient package: deterministic 32-bit models in this process, described as plain JSON. A model has a
 * policy, whose outputs are logits, and may have a value beside it, of the same input.
 *
 * Each session has a device of its own. Initial weights come from the seed of the training config, a stream for each parameter, and those
 * of dropout from seed, layer and optimiser step. Sharp edges: a sequence that is shorter than the model's input is filled up behind its
 * end, which a causal model does not see and one with `pad` leaves out, so that one of another kind is refused; and a session keeps its
 * memory until it is collected.
 */
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { SeedTree } from "@feagi-trainer/determinism"
import {
  buildModel,
  clipByNorm,
  type Device,
  elementsOf,
  float32Bytes,
  float32Values,
  ModelSpec,
  makeOptimiser,
  type Node,
  type OptimiserSpec,
  openDevice,
  type Parameter,
  readSafetensors,
  restoreWeights,
  showProblem,
  specReport,
  type Tensor,
  weightsSha256,
  writeSafetensors
} from "@feagi-trainer/gradient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { type LocalModel, localSession, sessionError } from "./localSession.ts"
import { type ModelInput, type ModelShape, type Outputs, offsetsOf } from "./Outputs.ts"
import { type SessionConfig, type SessionRequest, TrainingClient } from "./TrainingClient.ts"

/** A policy, and a value of the same input where there is one. A ModelSpec by itself is a policy. */
export const GradientModel = Schema.Struct({ policy: ModelSpec, value: Schema.optionalKey(ModelSpec) })
export type GradientModel = typeof GradientModel.Type

/** A model that is known by name; with weights it is one that has learnt before. */
export interface NamedModel extends GradientModel {
  /** What {@link gradientWeights} gave, a safetensors file. */
  readonly weights?: Uint8Array
}

const refused = (message: string, expected: string, actual: string, help: string): TrainerError =>
  trainerError("invalid", { code: "training-stages/UNKNOWN-MODEL", message, field: "model_ref", expected, actual, help })

const problemsOf = (part: string, spec: unknown): ReadonlyArray<string> =>
  specReport(spec).problems.map((problem) => showProblem({ ...problem, path: [part, ...problem.path] }))

const outputOf = (spec: ModelSpec): ReadonlyArray<number> => {
  const last = specReport(spec).signals.at(-1)
  return last?.kind === "values" ? last.shape : []
}

const looksBehind = (layer: unknown): boolean =>
  typeof layer === "object" && layer !== null && (Reflect.get(layer, "causal") === false || Object.values(layer).some(looksBehind))

/** Whether what is filled up behind a sequence changes nothing in front of it. */
const isBlindBehind = (spec: ModelSpec): boolean =>
  (spec.input.kind === "tokens" && spec.input.pad !== undefined) || !spec.layers.some(looksBehind)

const shapeOf = ({ policy, value }: GradientModel): { readonly shape: ModelShape } | { readonly problem: string } => {
  const output = outputOf(policy)
  const { input } = policy
  const width = output.at(-1) ?? 0
  if (input.kind === "values") {
    if (output.length !== 1) return { problem: `a policy of rows gives [columns], this one [${output.join(", ")}]` }
    if (value !== undefined && (elementsOf(outputOf(value)) !== 1 || JSON.stringify(value.input) !== JSON.stringify(input)))
      return { problem: "the value of a row is one number for the same input" }
    return { shape: { input: "features", length: elementsOf(input.shape), width, rows: "each-item", values: value !== undefined } }
  }
  if (value !== undefined) return { problem: "a model of tokens has no value" }
  const { length, vocabulary } = input
  const tokens = { input: "tokens", length, vocabulary, width, values: false } as const
  if (output.length === 1) {
    if (input.pad === undefined)
      return { problem: "a model that answers a text as a whole needs to know what is no text: give its input a pad" }
    return { shape: { ...tokens, rows: "each-item" } }
  }
  if (output.length === 2 && output[0] === length) {
    if (!isBlindBehind(policy)) return { problem: "a model that answers each token must not look behind it: let attention be causal" }
    return { shape: { ...tokens, rows: "each-token" } }
  }
  return { problem: `a policy of tokens gives [columns] or [${length}, columns], this one [${output.join(", ")}]` }
}

const optimiserOf = (config: SessionConfig): OptimiserSpec => {
  const moments = { beta1: config.adam_beta1, beta2: config.adam_beta2, epsilon: config.adam_eps }
  switch (config.optimizer) {
    case "sgd":
      return { type: "sgd" }
    case "momentum":
      return { type: "momentum", momentum: config.momentum, nesterov: false }
    case "adam":
      return { type: "adam", ...moments, weight_decay: 0 }
    case "adamw":
      return { type: "adamw", ...moments, weight_decay: config.weight_decay }
  }
}

interface Named {
  readonly name: string
  readonly tensor: Tensor
}

class GradientSession implements LocalModel {
  readonly shape: ModelShape
  readonly fingerprint: Readonly<Record<string, string>>
  readonly #device: Device
  readonly #config: SessionConfig
  readonly #policy: ReturnType<typeof buildModel>
  readonly #value: ReturnType<typeof buildModel> | undefined
  /** Of the policy by their own names, of the value with `value.` in front. */
  readonly #parameters: ReadonlyArray<Parameter>
  readonly #optimiser: ReturnType<typeof makeOptimiser>
  readonly #spec: GradientModel
  #steps = 0
  /** Of dropout; it belongs to the state, so that a session that took over another's goes on as that one. */
  #seed: number
  #streams = new Map<string, ReturnType<SeedTree["random"]>>()

  constructor(device: Device, spec: GradientModel, shape: ModelShape, config: SessionConfig) {
    const seeds = SeedTree.root(config.seed).child("training-stages/initial-weights")
    this.shape = shape
    this.#device = device
    this.#config = config
    this.#spec = spec
    this.#seed = config.seed
    this.#policy = buildModel(device, spec.policy, (stream) => seeds.child(`policy/${stream}`).random())
    this.#value = spec.value === undefined ? undefined : buildModel(device, spec.value, (stream) => seeds.child(`value/${stream}`).random())
    const ofValue = (this.#value?.parameters ?? []).map((parameter) => ({ ...parameter, name: `value.${parameter.name}` }))
    this.#parameters = [...this.#policy.parameters, ...ofValue]
    this.#optimiser = makeOptimiser(device, optimiserOf(config), this.#parameters)
    this.fingerprint = { client: "gradient", kernels_sha256: device.module_sha256 }
  }

  /** One stream for each layer and optimiser step, which the batches of the step share. */
  #chance = (layer: string) => {
    const known = this.#streams.get(layer)
    if (known !== undefined) return known
    const stream = SeedTree.root(this.#seed)
      .child(`training-stages/dropout/step-${this.#steps + 1}`)
      .child(layer)
      .random()
    this.#streams.set(layer, stream)
    return stream
  }

  #pass(inputs: ReadonlyArray<ModelInput>, training: boolean) {
    const tape = this.#device.pass()
    const { length } = this.shape
    const part = (name: string) =>
      training ? ({ training, chance: (layer: string) => this.#chance(`${name}/${layer}`) } as const) : ({ training } as const)
    const batch = inputs.length
    if (this.shape.input === "features") {
      const values = new Float32Array(batch * length)
      for (const [at, input] of inputs.entries()) if ("features" in input) values.set(input.features, at * length)
      const given = { kind: "values", batch, values } as const
      return { tape, policy: this.#policy.forward(tape, given, part("policy")), value: this.#value?.forward(tape, given, part("value")) }
    }
    const { input } = this.#spec.policy
    const ids = new Int32Array(batch * length).fill(input.kind === "tokens" ? (input.pad ?? 0) : 0)
    for (const [at, item] of inputs.entries()) if ("tokens" in item) ids.set(item.tokens, at * length)
    return { tape, policy: this.#policy.forward(tape, { kind: "tokens", batch, ids }, part("policy")), value: undefined }
  }

  #read(inputs: ReadonlyArray<ModelInput>, policy: Node, value: Node | undefined): Outputs {
    const { shape } = this
    const offsets = offsetsOf(shape, inputs)
    const all = this.#device.read(policy.value)
    const values = value === undefined ? {} : { values: this.#device.read(value.value) }
    if (shape.rows === "each-item") return { width: shape.width, offsets, logits: all, ...values }
    // What was filled up is left out.
    const logits = new Float32Array((offsets.at(-1) ?? 0) * shape.width)
    for (const [at] of inputs.entries()) {
      const from = at * shape.length * shape.width
      const rows = (offsets[at + 1] ?? 0) - (offsets[at] ?? 0)
      logits.set(all.subarray(from, from + rows * shape.width), (offsets[at] ?? 0) * shape.width)
    }
    return { width: shape.width, offsets, logits }
  }

  /** Gradients of the rows, with zeros for what was filled up. */
  #spread(inputs: ReadonlyArray<ModelInput>, gradients: Float32Array): Float32Array {
    const { shape } = this
    if (shape.rows === "each-item") return gradients
    const offsets = offsetsOf(shape, inputs)
    const spread = new Float32Array(inputs.length * shape.length * shape.width)
    for (const [at] of inputs.entries())
      spread.set(
        gradients.subarray((offsets[at] ?? 0) * shape.width, (offsets[at + 1] ?? 0) * shape.width),
        at * shape.length * shape.width
      )
    return spread
  }

  outputs: LocalModel["outputs"] = (inputs) => {
    const { policy, value } = this.#pass(inputs, false)
    return this.#read(inputs, policy, value)
  }

  accumulate: LocalModel["accumulate"] = (inputs, gradientsOf) => {
    const { tape, policy, value } = this.#pass(inputs, true)
    const gradients = gradientsOf(this.#read(inputs, policy, value))
    // The gradient of Σ output · g with respect to the output is g.
    const pulled = (node: Node, by: Float32Array) => tape.sumAll(tape.multiply(node, tape.constant(node.shape, by)))
    const ofPolicy = pulled(policy, this.#spread(inputs, gradients.logits))
    const loss = value === undefined || gradients.values === undefined ? ofPolicy : tape.add(ofPolicy, pulled(value, gradients.values))
    tape.backward(loss)
  }

  step: LocalModel["step"] = (learningRate) => {
    const { gradient_clipping } = this.#config
    const clip = gradient_clipping === "none" ? Number.POSITIVE_INFINITY : gradient_clipping
    this.#device.refuseNotFinite(this.#parameters, this.#steps + 1)
    const gradient_norm =
      clip === Number.POSITIVE_INFINITY ? this.#device.gradientNorm(this.#parameters) : clipByNorm(this.#device, this.#parameters, clip)
    this.#optimiser.step(this.#steps + 1, learningRate)
    this.#device.zeroGradients(this.#parameters)
    this.#steps += 1
    this.#streams = new Map()
    return { step: this.#steps, gradient_norm, clipped: gradient_norm > clip }
  }

  #kept(): ReadonlyArray<Named> {
    return [
      ...this.#parameters.map(({ name, value }) => ({ name: `weight/${name}`, tensor: value })),
      ...this.#optimiser.state.map(({ name, tensor }) => ({ name: `optimiser/${name}`, tensor }))
    ]
  }

  save: LocalModel["save"] = () =>
    writeSafetensors(
      this.#kept().map(({ name, tensor }) => ({ name, dtype: "F32", shape: tensor.shape, bytes: float32Bytes(this.#device.read(tensor)) })),
      { steps: String(this.#steps), seed: String(this.#seed) }
    )

  load: LocalModel["load"] = (bytes) => {
    const kept = this.#kept()
    const { tensors, metadata } = readSafetensors(
      bytes,
      kept.map(({ name, tensor }) => ({ name, dtype: "F32", shape: tensor.shape }))
    )
    const count = (name: string): number => {
      const text = metadata[name] ?? ""
      if (!/^(0|[1-9][0-9]{0,15})$/.test(text))
        throw new Error(`expected a whole number as "${name}" of the metadata, got ${JSON.stringify(text)}`)
      return Number(text)
    }
    const [steps, seed] = [count("steps"), count("seed")]
    const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]))
    for (const { name, tensor } of kept) {
      const found = byName.get(name)
      if (found !== undefined) this.#device.write(tensor, float32Values(found))
    }
    this.#device.zeroGradients(this.#parameters)
    this.#steps = steps
    this.#seed = seed
    this.#streams = new Map()
  }

  #weights() {
    return { device: this.#device, parameters: this.#parameters }
  }

  weightsSha256 = (): string => weightsSha256(this.#weights())

  useWeights = (bytes: Uint8Array): void => restoreWeights(this.#weights(), bytes)
}

const modelOf = (ref: unknown, models: Readonly<Record<string, NamedModel>>): Effect.Effect<NamedModel, TrainerError> =>
  Effect.suspend(() => {
    if (typeof ref === "string") {
      const named = Object.hasOwn(models, ref) ? models[ref] : undefined
      if (named !== undefined) return Effect.succeed(named)
      const known = Object.keys(models).sort()
      const expected =
        known.length === 0 ? "the description of a model: none is known by name" : `one of ${known.join(", ")}, or a description`
      return Effect.fail(
        refused("there is no model of this name", expected, JSON.stringify(ref), "give the client the model, or describe it")
      )
    }
    const whole = typeof ref === "object" && ref !== null && "policy" in ref ? ref : { policy: ref }
    const decoded = Schema.decodeUnknownOption(GradientModel, { onExcessProperty: "error" })(whole)
    if (decoded._tag === "Some") return Effect.succeed(decoded.value)
    const parts = Object.entries(whole).flatMap(([part, spec]) =>
      part === "policy" || part === "value" ? problemsOf(part, spec) : [`${part}: is unknown`]
    )
    const actual = parts.length === 0 ? (JSON.stringify(ref) ?? String(ref)) : parts.join("; ")
    return Effect.fail(
      refused("this describes no model", '{"input", "layers"}, or {"policy", "value"} of such', actual, "mend the description")
    )
  })

const sessionOf = (
  { model_ref, training_config }: SessionRequest,
  models: Readonly<Record<string, NamedModel>>
): Effect.Effect<GradientSession, TrainerError> =>
  Effect.gen(function* () {
    const { policy, value, weights } = yield* modelOf(model_ref, models)
    const spec: GradientModel = value === undefined ? { policy } : { policy, value }
    const problems = [...problemsOf("policy", policy), ...(value === undefined ? [] : problemsOf("value", value))]
    if (problems.length > 0)
      return yield* refused(
        "the model cannot be built",
        "a description without mistakes",
        problems.join("; "),
        "mend every place that is named"
      )
    const shape = shapeOf(spec)
    if ("problem" in shape)
      return yield* refused("the model does not fit a stage", "a model that answers in rows", shape.problem, "change its last layers")
    return yield* Effect.tryPromise({
      try: async () => {
        const session = new GradientSession(await openDevice(), spec, shape.shape, training_config)
        if (weights !== undefined) session.useWeights(weights)
        return session
      },
      catch: (error) => sessionError("startSession", error instanceof Error ? error : new Error(String(error)))
    })
  })

/** The client, with the models that `model_ref` may name. */
export const gradientTrainingClient = (models: Readonly<Record<string, NamedModel>> = {}): TrainingClient["Service"] =>
  TrainingClient.of({ startSession: (request) => Effect.map(sessionOf(request, models), localSession) })

export const gradientTrainingClientLayer = (models: Readonly<Record<string, NamedModel>> = {}): Layer.Layer<TrainingClient> =>
  Layer.succeed(TrainingClient, gradientTrainingClient(models))

/** The weights of a saved session state, as a file that {@link NamedModel} takes. */
export const gradientWeights = (state: Uint8Array): Uint8Array => {
  const kept = readSafetensors(state).tensors.flatMap((tensor) =>
    tensor.name.startsWith("weight/") ? [{ ...tensor, name: tensor.name.slice("weight/".length) }] : []
  )
  return writeSafetensors(kept, {})
}
