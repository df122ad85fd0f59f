/**
 * The description of a model: plain JSON, an input and a list of layers. `specProblems` judges it without building anything: options of
 * every layer, and the shapes chained through them.
 *
 * Sharp edges: no option has a default; behind a layer whose output is not known, options are judged and shapes are not, so a repaired
 * description may show problems further down.
 */
import { decodeStrict, didYouMean, showValue } from "@feagi-trainer/contracts"
import * as Schema from "effect/Schema"
import type { Inside, LayerKind, ShapeResult, Signal, Values } from "./LayerKind.ts"
import { layerKinds } from "./LayerKinds.ts"
import { problemOf, type SpecProblem } from "./SpecProblem.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

/**
 * What a sample is: numbers of a shape without the axis of the batch ([width], [length, width] or [height, width, channels]), or ids of
 * tokens from 0 to `vocabulary` − 1. `pad` is the id that fills up short sequences: it is masked in attention and left out of means.
 */
export const InputSpec = Schema.Union([
  Schema.Struct({
    kind: Schema.Literal("values"),
    shape: Schema.Array(Count).check(Schema.isMinLength(1), Schema.isMaxLength(3))
  }),
  Schema.Struct({
    kind: Schema.Literal("tokens"),
    length: Count,
    vocabulary: Count,
    pad: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
  })
])
export type InputSpec = typeof InputSpec.Type

/** One layer: `type` chooses the kind, the kind's schema judges the rest. */
export const LayerSpec = Schema.StructWithRest(Schema.Struct({ type: Schema.String }), [Schema.Record(Schema.String, Schema.Unknown)])
export type LayerSpec = typeof LayerSpec.Type

/** A model. */
export const ModelSpec = Schema.Struct({
  input: InputSpec,
  layers: Schema.Array(LayerSpec).check(Schema.isMinLength(1))
})
export type ModelSpec = typeof ModelSpec.Type

type Path = ReadonlyArray<string | number>

/** What a sample is for the first layer. */
export const signalOf = (input: InputSpec): Signal =>
  input.kind === "values" ? { kind: "values", shape: input.shape } : { kind: "tokens", length: input.length, vocabulary: input.vocabulary }

const typeOf = (layer: unknown): unknown => (typeof layer === "object" && layer !== null && "type" in layer ? layer.type : undefined)

/** The kind of a layer, or what is wrong with its `type`. */
const kindOf = (
  layer: unknown,
  kinds: ReadonlyMap<string, LayerKind>
): { readonly ok: true; readonly kind: LayerKind } | { readonly ok: false; readonly problem: SpecProblem } => {
  const type = typeOf(layer)
  const kind = typeof type === "string" ? kinds.get(type) : undefined
  if (kind !== undefined) return { ok: true, kind }
  const names = [...kinds.keys()]
  const near = typeof type === "string" ? didYouMean(type, names) : undefined
  const problem: SpecProblem = {
    path: ["type"],
    message: type === undefined ? "is required and missing" : "names no kind of layer",
    expected: `one of ${names.map((name) => `"${name}"`).join(", ")}`,
    actual: showValue(type),
    help: near === undefined ? "a kind of your own is passed to buildModel" : `did you mean "${near}"?`
  }
  return { ok: false, problem }
}

/** Judges layers in order and collects every problem with its whole path. */
const judge = (
  layers: ReadonlyArray<unknown>,
  input: Signal | undefined,
  at: Path,
  kinds: ReadonlyMap<string, LayerKind>
): { readonly problems: ReadonlyArray<SpecProblem>; readonly output: Values | undefined; readonly signals: ReadonlyArray<Values> } => {
  const problems: Array<SpecProblem> = []
  const signals: Array<Values> = []
  let signal = input
  let output: Values | undefined
  for (const [index, spec] of layers.entries()) {
    const path = [...at, index]
    const result = judgeLayer(spec, signal, kinds)
    for (const problem of result.problems) problems.push({ ...problem, path: [...path, ...problem.path] })
    output = result.output
    signal = output
    if (output !== undefined) signals.push(output)
  }
  return { problems, output, signals }
}

interface Judged {
  readonly problems: ReadonlyArray<SpecProblem>
  readonly output: Values | undefined
}

const judgeLayer = (spec: unknown, input: Signal | undefined, kinds: ReadonlyMap<string, LayerKind>): Judged => {
  const found = kindOf(spec, kinds)
  if (!found.ok) return { problems: [found.problem], output: undefined }
  const opened = found.kind.open(spec)
  if (!opened.ok) return { problems: opened.mistakes.map((mistake) => problemOf([], mistake)), output: undefined }
  if (input === undefined) {
    const problems = opened.layer.children.flatMap(([option, layers]) => judge(layers, undefined, [option], kinds).problems)
    return { problems, output: undefined }
  }
  const result = opened.layer.shape(input, insideOf(kinds))
  return result.ok ? { problems: [], output: result.output } : { problems: result.problems, output: undefined }
}

/** How a layer that holds layers has them judged. */
export const insideOf =
  (kinds: ReadonlyMap<string, LayerKind>): Inside =>
  (layers, input, path): ShapeResult => {
    const { problems, output } = judge(layers, input, path, kinds)
    return output === undefined ? { ok: false, problems } : { ok: true, output }
  }

const padProblems = (input: InputSpec): ReadonlyArray<SpecProblem> =>
  input.kind === "tokens" && input.pad !== undefined && input.pad >= input.vocabulary
    ? [
        {
          path: ["input", "pad"],
          message: "is no id of the vocabulary",
          expected: `an integer from 0 to ${input.vocabulary - 1}`,
          actual: String(input.pad),
          help: "give padding an id of its own and count it in the vocabulary"
        }
      ]
    : []

/** The judged description: every problem, and for each layer what comes out of it, as far as it is known. */
export interface SpecReport {
  readonly problems: ReadonlyArray<SpecProblem>
  /** Entry i is what comes out of layer i; the list ends before the first layer whose output is not known. */
  readonly signals: ReadonlyArray<Values>
}

/** Every problem of a description, and the shapes behind its layers. */
export const specReport = (spec: unknown, kinds: ReadonlyMap<string, LayerKind> = layerKinds): SpecReport => {
  const decoded = decodeStrict(ModelSpec, spec)
  if (decoded.ok) {
    const { input, layers } = decoded.value
    const { problems, signals } = judge(layers, signalOf(input), ["layers"], kinds)
    return { problems: [...padProblems(input), ...problems], signals }
  }
  const outside = decoded.mistakes.map((mistake) => problemOf([], mistake))
  const layers = typeof spec === "object" && spec !== null && "layers" in spec && Array.isArray(spec.layers) ? spec.layers : []
  // a layer whose type is no text is told by both; the layer's own report is the better one
  const kept = outside.filter(({ path }) => path[0] !== "layers" || path.length < 2)
  return { problems: [...kept, ...judge(layers, undefined, ["layers"], kinds).problems], signals: [] }
}

/** Every problem of a description, in order of the layers; none means that `buildModel` will build it. */
export const specProblems = (spec: unknown, kinds: ReadonlyMap<string, LayerKind> = layerKinds): ReadonlyArray<SpecProblem> =>
  specReport(spec, kinds).problems
