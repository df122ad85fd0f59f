/**
 * What a layer is: a type, the schema of its options, its shape, and how its parameters and its forward computation are built. The model,
 * the training step and the optimisers know layers by this interface only, so a further kind is an object passed to `buildModel`.
 *
 * Sharp edge: `shape` is asked before anything is built and is the only place where a layer may refuse; `build` may rely on it.
 */
import { decodeStrict, type Mistake } from "@feagi-trainer/contracts"
import type { Random } from "@feagi-trainer/determinism"
import type * as Schema from "effect/Schema"
import type { Fill } from "./Initialise.ts"
import type { SpecProblem } from "./SpecProblem.ts"
import type { Tape } from "./Tape.ts"
import type { Node, Parameter, Shape } from "./Tensor.ts"

/** Numbers of a shape, without the axis of the batch. */
export interface Values {
  readonly kind: "values"
  readonly shape: Shape
}

/** What one sample is before a layer: numbers, or ids of tokens. */
export type Signal = Values | { readonly kind: "tokens"; readonly length: number; readonly vocabulary: number }

/** Ids of a batch, row-major [batch, length]. */
export interface Tokens {
  readonly ids: Int32Array
  readonly shape: readonly [batch: number, length: number]
}

/** What a layer is given: only the first one can meet tokens. */
export type Flow = Node | Tokens

/** Measuring draws no chance; training has one stream for each layer and optimiser step, which micro-batches continue. */
export type Mode = { readonly training: false } | { readonly training: true; readonly chance: (layer: string) => Random }

/** One pass through the model. */
export interface Pass {
  readonly tape: Tape
  readonly mode: Mode
  /** Where the input has padding: 1 for each real position and 0 for padding, [batch, length]. */
  readonly real: Uint8Array | undefined
}

/** The forward computation of a built layer; the result has the batch as its first axis. */
export type Forward = (input: Flow, pass: Pass) => Node

/** What comes out of a layer, or why its input does not fit. Paths of the problems start at the layer. */
export type ShapeResult =
  | { readonly ok: true; readonly output: Values }
  | { readonly ok: false; readonly problems: ReadonlyArray<SpecProblem> }

/** Judges a list of layers inside of a layer; `path` is the option that holds them. */
export type Inside = (layers: ReadonlyArray<unknown>, input: Signal | undefined, path: ReadonlyArray<string | number>) => ShapeResult

/** Builds one layer. */
export interface Maker {
  /** Name of the layer: the path of its description, `layers.3`. It is the name of its stream of chance, too. */
  readonly layer: string
  /** A parameter `<layer>.<name>`, its initial values drawn from the stream of that name. */
  readonly parameter: (name: string, shape: Shape, fill: Fill) => Parameter
  /** Builds the layers inside of this one; `name` is the option that holds them. */
  readonly chain: (name: string, layers: ReadonlyArray<unknown>, input: Signal) => Forward
  /** The same for a part of this layer: names begin with `<layer>.<part>`. */
  readonly part: (name: string) => Maker
}

/** How an author writes a layer. */
export interface LayerDefinition<S> {
  readonly type: string
  readonly schema: Schema.Codec<S, unknown>
  readonly shape: (spec: S, input: Signal, inside: Inside) => ShapeResult
  readonly build: (spec: S, input: Signal, maker: Maker) => Forward
  /** The options that hold layers, so that they are judged where the input is not known. */
  readonly children?: (spec: S) => ReadonlyArray<readonly [option: string, layers: ReadonlyArray<unknown>]>
}

/** A layer whose options were decoded. */
export interface OpenLayer {
  readonly shape: (input: Signal, inside: Inside) => ShapeResult
  readonly build: (input: Signal, maker: Maker) => Forward
  readonly children: ReadonlyArray<readonly [option: string, layers: ReadonlyArray<unknown>]>
}

/** A kind of layer as the model sees it: the type of its options stays inside. */
export interface LayerKind {
  readonly type: string
  readonly schema: Schema.Codec<unknown, unknown>
  readonly open: (
    spec: unknown
  ) => { readonly ok: true; readonly layer: OpenLayer } | { readonly ok: false; readonly mistakes: ReadonlyArray<Mistake> }
}

/** Makes a kind of layer. */
export const defineLayer = <S>(definition: LayerDefinition<S>): LayerKind => ({
  type: definition.type,
  schema: definition.schema,
  open: (input) => {
    const decoded = decodeStrict(definition.schema, input)
    if (!decoded.ok) return decoded
    const spec = decoded.value
    return {
      ok: true,
      layer: {
        shape: (signal, inside) => definition.shape(spec, signal, inside),
        build: (signal, maker) => definition.build(spec, signal, maker),
        children: definition.children?.(spec) ?? []
      }
    }
  }
})

/** A signal as a message shows it. */
export const showSignal = (signal: Signal): string =>
  signal.kind === "tokens"
    ? `${signal.length} tokens of a vocabulary of ${signal.vocabulary}`
    : `values of shape [${signal.shape.join(", ")}] per sample`

/** The output of a layer whose input fits. */
export const gives = (shape: Shape): ShapeResult => ({ ok: true, output: { kind: "values", shape } })

/** One reason why a layer refuses its input; `path` is the option it is about, empty for the layer itself. */
export const refuses = (path: ReadonlyArray<string | number>, expected: string, actual: string, help: string): ShapeResult => ({
  ok: false,
  problems: [{ path, message: "does not fit", expected, actual, help }]
})

const shapeNames = new Map([
  [1, "[width]"],
  [2, "[length, width]"],
  [3, "[height, width, channels]"]
])

/** Help for a shape with the wrong number of axes. */
const axesHelp = (ranks: ReadonlyArray<number>, input: Signal): string => {
  if (input.kind === "tokens") return 'tokens become values in a layer of type "embedding"; put one first'
  if (ranks.includes(1)) return 'put a layer of type "flatten", "global-average-pool" or "mean-over-positions" before it'
  return ranks.includes(3) ? "pictures have the axes height, width, channels" : "sequences have the axes length, width"
}

/** The shape of an input of values with one of these numbers of axes, or a refusal that names them. */
export const shapeOf = (
  input: Signal,
  ranks: ReadonlyArray<number>
): { readonly ok: true; readonly shape: Shape } | (ShapeResult & { readonly ok: false }) => {
  if (input.kind === "values" && ranks.includes(input.shape.length)) return { ok: true, shape: input.shape }
  const expected = `values of shape ${ranks.map((rank) => shapeNames.get(rank) ?? `with ${rank} axes`).join(" or ")} per sample`
  return {
    ok: false,
    problems: [{ path: [], message: "does not fit its input", expected, actual: showSignal(input), help: axesHelp(ranks, input) }]
  }
}

/** The values that reach a layer. Tokens cannot: `shape` refused them. */
export const valuesOf = (input: Flow): Node => {
  if ("value" in input) return input
  throw new Error("unreachable: a layer of values was built behind tokens")
}

/** The shape of an input that `shape` accepted as values. */
export const shapeBehind = (input: Signal): Shape => {
  if (input.kind === "values") return input.shape
  throw new Error("unreachable: a layer of values was built behind tokens")
}

/** The last axis of a shape of at least one. */
export const lastOf = (shape: Shape): number => {
  const last = shape.at(-1)
  if (last === undefined) throw new Error("unreachable: a layer was built on a shape without axes")
  return last
}

/** What a layer accepts whatever the shape: any values. */
export const anyShape = (input: Signal): ShapeResult => (input.kind === "values" ? gives(input.shape) : shapeRefusal(input))

const shapeRefusal = (input: Signal): ShapeResult => ({
  ok: false,
  problems: [
    {
      path: [],
      message: "does not fit its input",
      expected: "values",
      actual: showSignal(input),
      help: 'tokens become values in a layer of type "embedding"; put one first'
    }
  ]
})
