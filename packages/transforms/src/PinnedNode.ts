/**
 * A node as a run document pins it: nothing in it is left to be found, and what was fitted is named by the hash of its bytes.
 *
 * Sharp edge: the list of pinned nodes is the identity of a graph. One option that is spelt in another way (1.0 for 1 is one number,
 * a key that equals what another one says is not) makes another graph.
 */
import { PluginRef } from "@feagi-trainer/contracts"
import { hashOf } from "@feagi-trainer/determinism"
import * as Schema from "effect/Schema"
import { Phases, Version } from "./TransformNode.ts"

const Sha256 = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/, { expected: "64 lower-case hex digits" }))

export const PinnedNode = Schema.Struct({
  /** `{id: "<package>#<id>", version: <package version>}`. */
  plugin: PluginRef,
  version: Version,
  phases: Phases,
  /** As they stand in the run file. */
  options: Schema.Record(Schema.String, Schema.Unknown),
  /** What was learnt: from which part, which samples those were, and the SHA-256 of the canonical JSON of what came of it. */
  fit: Schema.NullOr(Schema.Struct({ part: Schema.String, split_hash: Schema.String, fitted_sha256: Sha256 }))
})
export type PinnedNode = typeof PinnedNode.Type

/** SHA-256 (hex) of the canonical pinned nodes: what a comparison keys on. */
export const graphHash = (pinned: ReadonlyArray<PinnedNode>): string => hashOf(pinned)
