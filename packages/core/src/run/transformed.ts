/** Samples behind the transform graph: read, transformed, in the order that was asked for. */
import type { IRSample, TrainerError } from "@feagi-trainer/contracts"
import { fromCanonical, fromUtf8, type SeedTree, sha256Hex } from "@feagi-trainer/determinism"
import type { TransformGraph } from "@feagi-trainer/transforms"
import * as Effect from "effect/Effect"
import type { BlobStore } from "../port/BlobStore.ts"
import type { DatasetReader } from "./DatasetReader.ts"
import type { RunContext } from "./RunContext.ts"
import { streams } from "./RunDocument.ts"

/** Samples that pass the graph at the same time. What comes out does not depend on it. */
const abreast = 4

/** What was fitted, from the blob that a node pins. */
export const readFitted =
  (blobs: BlobStore["Service"]) =>
  (sha256: string): Effect.Effect<unknown, TrainerError> =>
    Effect.map(blobs.get(sha256), (bytes): unknown => fromCanonical(fromUtf8(bytes)))

/** One sample through the graph, with the chance of its epoch. */
export const transformOne = (
  graph: TransformGraph,
  seeds: SeedTree,
  sample: IRSample,
  phase: "train" | "measure",
  epoch: number
): Effect.Effect<IRSample, TrainerError> =>
  graph.apply(sample, phase, (node) => seeds.child(streams.transform(node, epoch, sha256Hex(sample.sample_id))).random())

export const readTransformed =
  (reader: DatasetReader, graph: TransformGraph, seeds: SeedTree): RunContext["read"] =>
  (ids, part, phase, epoch) =>
    Effect.flatMap(reader.read(ids, part), (samples) =>
      Effect.forEach(samples, (sample) => transformOne(graph, seeds, sample, phase, epoch), { concurrency: abreast })
    )
