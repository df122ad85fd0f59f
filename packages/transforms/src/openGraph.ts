/**
 * Opens a graph from its pins alone. Nothing is fitted, nothing is decided: what does not fit the pins is an error, and all of it is
 * told at once.
 *
 * Sharp edge: a fitted value is compared with the hash that the run pins, whoever handed it over.
 */
import {
  type Diagnostic,
  type EntryLookup,
  mistakeDiagnostic,
  type SampleShape,
  type TrainerError,
  trainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { CanonicalError, hashOf } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { type BoundNode, contained, fieldOf } from "./BoundNode.ts"
import { chooseNode } from "./chooseNode.ts"
import { readFitted } from "./fittedValue.ts"
import type { PinnedNode } from "./PinnedNode.ts"
import { graphOf, type TransformGraph } from "./TransformGraph.ts"

export interface OpenGraphRequest {
  readonly pinned: ReadonlyArray<PinnedNode>
  readonly shape: SampleShape
  readonly lookup: EntryLookup
  /** What was fitted, read from the canonical JSON whose SHA-256 this is. */
  readonly fitted: (sha256: string) => Effect.Effect<unknown, TrainerError>
}

const hashed = (value: unknown): string => {
  try {
    return hashOf(value)
  } catch (error) {
    if (error instanceof CanonicalError) return "no plain JSON"
    throw error
  }
}

const fittedOf = Effect.fnUntraced(function* (node: PinnedNode, index: number, fitted: OpenGraphRequest["fitted"]) {
  if (node.fit === null) return undefined
  const value = readFitted(yield* fitted(node.fit.fitted_sha256))
  const actual = hashed(value)
  if (actual === node.fit.fitted_sha256) return value
  return yield* trainerError("integrity", {
    code: "FT2311",
    field: fieldOf(index),
    message: "what was fitted is not what the run pins",
    expected: node.fit.fitted_sha256,
    actual,
    help: "restore the store from a backup, or plan a new run"
  })
})

/** The node does not fit the entry that is installed now. */
const refused = (index: number, plugin: string): Diagnostic => ({
  code: "FT2310",
  severity: "error",
  field: fieldOf(index),
  message: `${plugin} does not take what the run pins`,
  help: "install the version of the package that the run names, or plan a new run"
})

export const openGraph = Effect.fnUntraced(function* (request: OpenGraphRequest): Effect.fn.Return<TransformGraph, TrainerError> {
  const choices = yield* Effect.forEach(request.pinned, ({ plugin, ...node }, index) =>
    chooseNode({ plugin: plugin.id, ...node }, index, request.lookup)
  )
  const faults = choices.flatMap(({ diagnostics }) => diagnostics)
  if (faults.length > 0) return yield* trainerErrors("missing", faults)
  const nodes: Array<BoundNode> = []
  let { shape } = request
  for (const [index, pin] of request.pinned.entries()) {
    const chosen = choices[index]?.node
    if (chosen === undefined || (chosen.entry.fit === undefined) !== (pin.fit === null))
      return yield* trainerErrors("invalid", [refused(index, pin.plugin.id)])
    const node: BoundNode = { ...chosen, shape, fitted: yield* fittedOf(pin, index, request.fitted) }
    const after = yield* contained(node, () => Effect.sync(() => node.entry.shape(node)))
    if (!after.ok)
      return yield* trainerErrors("invalid", [
        refused(index, pin.plugin.id),
        ...after.mistakes.map((each) => mistakeDiagnostic(`${fieldOf(index)}.options`, each))
      ])
    nodes.push(node)
    shape = after.value
  }
  return graphOf(nodes, request.shape, shape)
})
