/**
 * A built model: its parameters in the memory of a device, and its forward computation. The same description and the same streams give the
 * same weights to the bit.
 *
 * Sharp edges: the order of `parameters` is that of the layers, while files sort them by name; `forward` needs a tape of the model's own
 * device; a forward pass for measuring uses a tape, too, and its result is gone with the next one.
 */
import { hashOf, type Random } from "@feagi-trainer/determinism"
import type { Device } from "./Device.ts"
import { GradientError } from "./GradientError.ts"
import type { Flow, Forward, LayerKind, Maker, Mode, Signal, Tokens } from "./LayerKind.ts"
import { layerKinds } from "./LayerKinds.ts"
import { type InputSpec, insideOf, type ModelSpec, signalOf, specReport } from "./ModelSpec.ts"
import { SpecError } from "./SpecProblem.ts"
import type { Tape } from "./Tape.ts"
import { elementsOf, type Node, type Parameter, type Shape } from "./Tensor.ts"

/** The samples of one pass: `values` row-major [batch, ...shape], or `ids` row-major [batch, length]. */
export type ModelInput =
  | { readonly kind: "values"; readonly batch: number; readonly values: Float32Array }
  | { readonly kind: "tokens"; readonly batch: number; readonly ids: Int32Array }

/** A layer of a built model, for a person to read. */
export interface LayerSummary {
  readonly name: string
  readonly type: string
  /** Without the axis of the batch. */
  readonly outputShape: Shape
  /** How many numbers are learnt in it. */
  readonly parameters: number
}

export interface Model {
  readonly device: Device
  readonly spec: ModelSpec
  /** SHA-256 of the canonical description. */
  readonly spec_sha256: string
  readonly parameters: ReadonlyArray<Parameter>
  /** Shape of what comes out for one sample, without the axis of the batch. */
  readonly outputShape: Shape
  readonly layers: ReadonlyArray<LayerSummary>
  /**
   * The output [batch, ...outputShape]. In training, `chance` gives the stream of a layer for this optimiser step: the same generator
   * for every micro-batch of the step. Throws {@link GradientError} where the input has another size than the description says, or an id
   * outside of the vocabulary.
   */
  readonly forward: (tape: Tape, input: ModelInput, mode: Mode) => Node
}

interface Workshop {
  readonly device: Device
  readonly seeds: (stream: string) => Random
  readonly kinds: ReadonlyMap<string, LayerKind>
  readonly parameters: Array<Parameter>
}

/** A parameter and its gradient fill the memory of a device, 4 GiB, with so many. */
const mostNumbers = 2 ** 29

const makerOf = (workshop: Workshop, layer: string): Maker => ({
  layer,
  parameter: (name, shape, fill) => {
    const full = `${layer}.${name}`
    const length = elementsOf(shape)
    if (length > mostNumbers) {
      throw new GradientError(`parameter ${full}`, `at most ${mostNumbers} numbers`, `${length} of shape [${shape.join(", ")}]`)
    }
    const values = fill(length, () => workshop.seeds(full))
    const parameter = workshop.device.parameter(full, shape, values)
    workshop.parameters.push(parameter)
    return parameter
  },
  chain: (name, layers, input) => chain(workshop, layers, input, `${layer}.${name}`).forward,
  part: (name) => makerOf(workshop, `${layer}.${name}`)
})

/** Builds layers that `specReport` found no fault in. */
const chain = (
  workshop: Workshop,
  layers: ReadonlyArray<unknown>,
  input: Signal,
  at: string
): { readonly forward: Forward; readonly summaries: ReadonlyArray<LayerSummary> } => {
  const forwards: Array<Forward> = []
  const summaries: Array<LayerSummary> = []
  let signal = input
  for (const [index, spec] of layers.entries()) {
    const built = buildLayer(workshop, spec, signal, `${at}.${index}`)
    signal = built.output
    forwards.push(built.forward)
    summaries.push(built.summary)
  }
  const forward: Forward = (flow, pass) => {
    let last: Flow = flow
    for (const step of forwards) last = step(last, pass)
    if ("ids" in last) throw new Error("unreachable: a list of layers without a layer was built")
    return last
  }
  return { forward, summaries }
}

const buildLayer = (workshop: Workshop, spec: unknown, input: Signal, name: string) => {
  const type = typeof spec === "object" && spec !== null && "type" in spec ? String(spec.type) : ""
  const opened = workshop.kinds.get(type)?.open(spec)
  const result = opened?.ok === true ? opened.layer.shape(input, insideOf(workshop.kinds)) : undefined
  if (opened?.ok !== true || result?.ok !== true) {
    throw new Error(`unreachable: the layer ${name} was judged and does not fit`)
  }
  const before = workshop.parameters.length
  const forward = opened.layer.build(input, makerOf(workshop, name))
  const parameters = workshop.parameters.slice(before).reduce((sum, parameter) => sum + parameter.value.length, 0)
  return { forward, output: result.output, summary: { name, type, outputShape: result.output.shape, parameters } }
}

const refuse = (expected: string, actual: string): never => {
  throw new GradientError("model input", expected, actual)
}

const whole = (batch: number): void => {
  if (!Number.isSafeInteger(batch) || batch < 1) refuse("a batch of at least one sample", `a batch of ${batch}`)
}

const valuesIn = (tape: Tape, shape: Shape, input: ModelInput): Node => {
  if (input.kind !== "values") return refuse(`values of shape [${shape.join(", ")}] per sample`, "tokens")
  whole(input.batch)
  const expected = input.batch * elementsOf(shape)
  if (input.values.length !== expected) {
    refuse(`${expected} values for ${input.batch} samples of shape [${shape.join(", ")}]`, `${input.values.length} values`)
  }
  return tape.constant([input.batch, ...shape], input.values)
}

const tokensIn = (spec: InputSpec & { readonly kind: "tokens" }, input: ModelInput): Tokens => {
  if (input.kind !== "tokens") return refuse(`${spec.length} tokens per sample`, "values")
  whole(input.batch)
  const expected = input.batch * spec.length
  if (input.ids.length !== expected) {
    refuse(`${expected} ids for ${input.batch} samples of ${spec.length} tokens`, `${input.ids.length} ids`)
  }
  const wrong = input.ids.findIndex((id) => id < 0 || id >= spec.vocabulary)
  if (wrong !== -1) {
    const place = `position ${wrong % spec.length} of sample ${Math.floor(wrong / spec.length)}`
    refuse(`ids from 0 to ${spec.vocabulary - 1}`, `${input.ids[wrong]} at ${place}`)
  }
  return { ids: input.ids, shape: [input.batch, spec.length] }
}

/**
 * Builds the model that `spec` describes, with initial values from `seeds`: one stream for each parameter, asked for by the parameter's
 * name, such as `layers.0.weight`. Kinds of your own are passed as `layers`, the package's with them.
 * Throws `SpecError` with every problem of the description, and {@link GradientError} where a parameter does not fit the memory.
 */
export const buildModel = (
  device: Device,
  spec: ModelSpec,
  seeds: (stream: string) => Random,
  options: { readonly layers?: ReadonlyMap<string, LayerKind> } = {}
): Model => {
  const kinds = options.layers ?? layerKinds
  const report = specReport(spec, kinds)
  if (report.problems.length > 0) throw new SpecError("model", report.problems)
  const output = report.signals.at(-1)
  if (output === undefined) throw new Error("unreachable: a model without problems has a layer")
  const { input } = spec
  const parameters: Array<Parameter> = []
  const built = chain({ device, seeds, kinds, parameters }, spec.layers, signalOf(input), "layers")
  return {
    device,
    spec,
    spec_sha256: hashOf(spec),
    parameters,
    outputShape: output.shape,
    layers: built.summaries,
    forward: (tape, given, mode) => {
      if (input.kind === "values") return built.forward(valuesIn(tape, input.shape, given), { tape, mode, real: undefined })
      const tokens = tokensIn(input, given)
      const real = input.pad === undefined ? undefined : Uint8Array.from(tokens.ids, (id) => (id === input.pad ? 0 : 1))
      return built.forward(tokens, { tape, mode, real })
    }
  }
}
