/**
 * What a run document pins, opened: its data, its transforms and its learner, in the state that the run began with. Closed with the scope.
 */
import { type LearnerFamily, type LearnerSession, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { SeedTree } from "@feagi-trainer/determinism"
import { openGraph, type TransformGraph } from "@feagi-trainer/transforms"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { brainInput } from "../brain/brainInput.ts"
import { Catalogue } from "../catalogue/Catalogue.ts"
import { BlobStore } from "../port/BlobStore.ts"
import type { Registry } from "../port/Registry.ts"
import type { Roots } from "../port/Roots.ts"
import { idsOf, type PartIds, pinnedDataset, readParts } from "./checkPins.ts"
import { type DatasetReader, openDataset } from "./DatasetReader.ts"
import { familyOfPins } from "./learnerFamily.ts"
import { type RunDocument, streams } from "./RunDocument.ts"
import { readFitted, transformOne } from "./transformed.ts"

export interface OpenedLearner {
  readonly reader: DatasetReader
  readonly graph: TransformGraph
  readonly parts: PartIds
  readonly seeds: SeedTree
  readonly session: LearnerSession
}

/** FT3101 where no registered dataset has the content that the document pins. */
export const openLearner = (
  document: RunDocument,
  families: ReadonlyArray<LearnerFamily>
): Effect.Effect<OpenedLearner, TrainerError, Catalogue | BlobStore | Registry | Roots | Scope.Scope> =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const dataset = yield* pinnedDataset(document)
    if (dataset === undefined)
      return yield* trainerError("integrity", {
        code: "FT3101",
        message: `no registered dataset has the content that the run pins for ${document.dataset.dataset_version_id}`,
        expected: document.dataset.content_hash,
        help: "register the dataset again; the same bytes give the same content hash"
      })
    const adapter = yield* catalogue.lookup("adapter", document.dataset.adapter.plugin.id)
    const reader = yield* openDataset(dataset, adapter)
    const graph = yield* openGraph({
      pinned: document.transforms,
      shape: document.dataset.shape,
      lookup: catalogue.lookup,
      fitted: readFitted(yield* BlobStore)
    })
    const parts = yield* readParts(document)
    const seeds = SeedTree.root(BigInt(document.seed))
    const family = yield* familyOfPins(document.learner, families, catalogue.lookup)
    const genome = document.brain === null ? undefined : yield* brainInput(document.brain)
    const session = yield* family.open({
      pins: document.learner,
      ...(genome === undefined ? {} : { genome }),
      training: Stream.unwrap(
        Effect.sync(() => {
          const learnt = document.protocol.phases.find(({ learns }) => learns)?.split
          return learnt === undefined
            ? Stream.empty
            : reader
                .stream(idsOf(parts, learnt), learnt)
                .pipe(Stream.mapEffect((sample) => transformOne(graph, seeds, sample, "measure", 0)))
        })
      ),
      shape: document.input_shape,
      output_type: document.dataset.output_type,
      classes: document.dataset.classes,
      seed: seeds.child(streams.engine).seed(),
      controls: { silent_reward: document.controls.silent_reward },
      lookup: catalogue.lookup
    })
    return { reader, graph, parts, seeds, session }
  })
