/**
 * Plan of a transform graph: every node is resolved and every statistic fitted, or all that is wrong is listed.
 *
 * A node is fitted on the samples as the nodes before it leave them for measuring: augmentation is no part of what is learnt. Each
 * fitting node costs one pass over its part, in bounded memory.
 *
 * Sharp edge: after the first node whose shape or fitted value cannot be had, what comes in to the next is not known. The mistakes of
 * its options are still told, those of its shape are not. When any option is wrong no sample is read.
 */
import {
  type Diagnostic,
  type EntryLookup,
  type IRSample,
  mistakeDiagnostic,
  type Rng,
  type SampleShape,
  type Selected,
  type TrainerError
} from "@feagi-trainer/contracts"
import { canonical, sha256Hex, toUtf8 } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type BoundNode, type ChosenNode, contained, fieldOf } from "./BoundNode.ts"
import { chooseNode } from "./chooseNode.ts"
import { writeFitted } from "./fittedValue.ts"
import type { PinnedNode } from "./PinnedNode.ts"
import { graphOf, type TransformGraph } from "./TransformGraph.ts"
import type { TransformNode } from "./TransformNode.ts"

export interface PlanGraphRequest {
  readonly nodes: ReadonlyArray<TransformNode>
  readonly shape: SampleShape
  readonly lookup: EntryLookup
  /** Name and split hash of every part of the split. */
  readonly parts: ReadonlyArray<{ readonly name: string; readonly split_hash: string }>
  /** The part that the protocol learns from. */
  readonly learns: string
  /** The raw samples of a part, in the order of the split. */
  readonly samples: (part: string) => Stream.Stream<IRSample, TrainerError>
}

export type PlannedGraph =
  | {
      readonly ok: true
      readonly graph: TransformGraph
      readonly pinned: ReadonlyArray<PinnedNode>
      /** What was fitted, as the bytes whose SHA-256 the nodes name. */
      readonly blobs: ReadonlyArray<Uint8Array>
    }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

/** An operation for every sample cannot be random while it is fitted behind: there is no run yet whose chance it could be. */
const noChance: Rng = (() => {
  const refuse = (): never => {
    throw new Error("it draws chance, so that nothing behind it can be fitted: move it behind the nodes with fit_on")
  }
  return { below: refuse, unit: refuse, shuffle: refuse, permutation: refuse, fill: refuse }
})()

/** What is wrong with the part that a node says it is fitted on. */
const fitOnFaults = (node: TransformNode, { entry, ref, index }: ChosenNode, request: PlanGraphRequest): ReadonlyArray<Diagnostic> => {
  const { learns, parts } = request
  const fault = (code: string, message: string, expected: string, help: string): ReadonlyArray<Diagnostic> => [
    {
      code,
      severity: "error",
      field: `${fieldOf(index)}.fit_on`,
      message,
      expected,
      actual: node.fit_on === undefined ? "no fit_on" : `fit_on = "${node.fit_on}"`,
      help
    }
  ]
  const right = `fit_on = "${learns}"`
  if (entry.fit === undefined)
    return node.fit_on === undefined ? [] : fault("FT2303", `${ref.id} learns nothing from samples`, "no fit_on", "remove fit_on")
  if (node.fit_on === undefined) return fault("FT2303", `${ref.id} learns from samples: say from which part`, right, `write ${right}`)
  if (!parts.some(({ name }) => name === node.fit_on))
    return fault("FT2304", "the split has no such part", `one of ${parts.map(({ name }) => name).join(", ")}`, `write ${right}`)
  return node.fit_on === learns
    ? []
    : fault("FT2305", `fitting on "${node.fit_on}" would leak it: the protocol learns from "${learns}"`, right, `write ${right}`)
}

/** Passes a refusal on as findings about the options of a node. */
const selected = <A>(node: ChosenNode, value: Selected<A>): Effect.Effect<A, ReadonlyArray<Diagnostic>> =>
  value.ok
    ? Effect.succeed(value.value)
    : Effect.fail(value.mistakes.map((each) => mistakeDiagnostic(`${fieldOf(node.index)}.options`, each)))

/** A call at plan: an error of the plugin is one more finding. */
const asked = <A>(node: ChosenNode, call: () => Selected<A>): Effect.Effect<A, ReadonlyArray<Diagnostic>> =>
  contained(node, () => Effect.sync(call)).pipe(
    Effect.mapError((error): ReadonlyArray<Diagnostic> => error.diagnostics),
    Effect.flatMap((value) => selected(node, value))
  )

interface FittedNode {
  readonly value: unknown
  readonly pin: PinnedNode["fit"]
  readonly blob?: Uint8Array
}

const nothingFitted: FittedNode = { value: undefined, pin: null }

/** Fails with findings where the options are to blame, and with a TrainerError where a sample is. */
const fitNode = Effect.fnUntraced(function* (
  node: ChosenNode,
  shape: SampleShape,
  before: ReadonlyArray<BoundNode>,
  part: string,
  request: PlanGraphRequest
) {
  const { fit } = node.entry
  if (fit === undefined) return nothingFitted
  const fold = yield* asked(node, () => fit(node.options, shape))
  const { apply } = graphOf(before, request.shape, shape)
  yield* Stream.runForEach(request.samples(part), (raw) =>
    Effect.flatMap(
      apply(raw, "measure", () => noChance),
      (sample) => contained(node, () => Effect.sync(() => fold.add(sample)), sample.sample_id)
    )
  )
  const written = writeFitted(yield* asked(node, () => fold.result()))
  if (written === undefined)
    return yield* Effect.fail<ReadonlyArray<Diagnostic>>([
      {
        code: "FT2309",
        severity: "error",
        field: `${fieldOf(node.index)}.plugin`,
        message: `${node.ref.id} ${node.ref.version} learnt something that is no plain JSON`,
        help: "report it to the author of the plugin"
      }
    ])
  const split_hash = request.parts.find(({ name }) => name === part)?.split_hash ?? ""
  return {
    value: written.value,
    pin: { part, split_hash, fitted_sha256: sha256Hex(written.text) },
    blob: toUtf8(written.text)
  } satisfies FittedNode as FittedNode
})

/** The shape that leaves a node. */
const shapeAfter = Effect.fnUntraced(function* (node: BoundNode) {
  const { entry, options, shape, fitted, phases, index, ref } = node
  const after = yield* asked(node, () => entry.shape({ options, shape, fitted }))
  if (phases === "train" && canonical(after) !== canonical(shape))
    return yield* Effect.fail<ReadonlyArray<Diagnostic>>([
      {
        code: "FT2306",
        severity: "error",
        field: `${fieldOf(index)}.phases`,
        message: `${ref.id} changes the shape of a sample, so that it cannot be left out where samples are measured`,
        expected: 'phases = "all"',
        actual: 'phases = "train"',
        help: 'write phases = "all", or remove the node'
      }
    ])
  return after
})

const isFindings = (error: ReadonlyArray<Diagnostic> | TrainerError): error is ReadonlyArray<Diagnostic> => Array.isArray(error)

/** Shapes and fitted values from the first node on. `read: false` stops before the first sample would be read. */
const chain = Effect.fnUntraced(function* (chosen: ReadonlyArray<ChosenNode>, request: PlanGraphRequest, read: boolean) {
  const nodes: Array<BoundNode> = []
  const pinned: Array<PinnedNode> = []
  const blobs: Array<Uint8Array> = []
  let shape = request.shape
  for (const node of chosen) {
    const written = request.nodes[node.index]
    if (written === undefined || (node.entry.fit !== undefined && !read)) break
    const fitted = yield* fitNode(node, shape, nodes, written.fit_on ?? "", request)
    const bound: BoundNode = { ...node, shape, fitted: fitted.value }
    shape = yield* shapeAfter(bound)
    nodes.push(bound)
    pinned.push({ plugin: node.ref, version: written.version, phases: node.phases, options: written.options, fit: fitted.pin })
    if (fitted.blob !== undefined) blobs.push(fitted.blob)
  }
  return { graph: graphOf(nodes, request.shape, shape), pinned, blobs }
})

/** Fails only where samples cannot be read or an operation fails on one; what is wrong with the graph is a list of findings. */
export const planGraph = Effect.fnUntraced(function* (request: PlanGraphRequest): Effect.fn.Return<PlannedGraph, TrainerError> {
  const choices = yield* Effect.forEach(request.nodes, (node, index) =>
    Effect.map(chooseNode(node, index, request.lookup), ({ node: chosen, diagnostics }) => ({
      chosen,
      diagnostics: [...diagnostics, ...(chosen === undefined ? [] : fitOnFaults(node, chosen, request))]
    }))
  )
  const faults = choices.flatMap(({ diagnostics }) => diagnostics)
  const unknown = choices.findIndex(({ chosen }) => chosen === undefined)
  const known = (unknown < 0 ? choices : choices.slice(0, unknown)).flatMap(({ chosen }) => (chosen === undefined ? [] : [chosen]))
  const chained = yield* Effect.result(chain(known, request, faults.length === 0))
  if (chained._tag === "Failure" && !isFindings(chained.failure)) return yield* chained.failure
  const found = [...faults, ...(chained._tag === "Failure" && isFindings(chained.failure) ? chained.failure : [])]
  if (chained._tag === "Failure" || found.length > 0) return { ok: false, diagnostics: found }
  return { ok: true, ...chained.success }
})
