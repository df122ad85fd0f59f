/**
 * The data of a run file as a learner would see them, without a learner: split, transformed, read part by part.
 *
 * Everything is made as `plan` makes it from the same file and seed: the same split, the same fitted transforms. Samples are measured, without
 * the chance of augmentation, unless an epoch of the training is asked for. What plan refuses about protocol, sampler, metrics or leaks is
 * not looked at.
 */
import {
  type ClassLabel,
  type Diagnostic,
  type IRSample,
  type OutputType,
  type SampleShape,
  type TrainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { SeedTree } from "@feagi-trainer/determinism"
import { planGraph } from "@feagi-trainer/transforms"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Catalogue } from "../catalogue/Catalogue.ts"
import type { BlobStore } from "../port/BlobStore.ts"
import { Registry } from "../port/Registry.ts"
import type { Roots } from "../port/Roots.ts"
import { readIndex, readScan } from "../registry/RegisteredScan.ts"
import { openDataset } from "../run/DatasetReader.ts"
import { finding } from "../run/finding.ts"
import { findVersion, versioned } from "../run/findVersion.ts"
import { makeParts } from "../run/makeParts.ts"
import { streams } from "../run/RunDocument.ts"
import type { RunFile } from "../run/RunFile.ts"
import { resolveGenome } from "../run/resolveGenome.ts"
import { transformOne } from "../run/transformed.ts"
import { type Genome, readGenome } from "./Genome.ts"

export interface RunData {
  readonly dataset_version_id: string
  /** Behind the transforms. */
  readonly shape: SampleShape
  readonly output_type: OutputType
  /** Of the run file's brain; undefined where it names none, or none that can be read. */
  readonly genome: Genome | undefined
  readonly classes: ReadonlyArray<ClassLabel>
  readonly parts: ReadonlyArray<{ readonly name: string; readonly ids: ReadonlyArray<string> }>
  /** The part that the protocol learns from. */
  readonly learns: string
  /** The samples of a part in the order of the split, transformed as they are measured. An unknown part has none. */
  readonly samples: (part: string) => Stream.Stream<IRSample, TrainerError>
  /** The same samples as a run with this seed learns from them in an epoch, from 0: what augments a training is applied. */
  readonly augmented: (part: string, epoch: number) => Stream.Stream<IRSample, TrainerError>
  /** One sample, transformed as it is measured, with its part; undefined when the dataset has no such sample. */
  readonly sample: (sample_id: string) => Effect.Effect<IRSample | undefined, TrainerError>
}

export const openRunData = (
  file: RunFile,
  seed: bigint
): Effect.Effect<RunData, TrainerError, Catalogue | Registry | BlobStore | Roots | Scope.Scope> =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const registry = yield* Registry
    const found: Array<Diagnostic> = []
    const dataset = findVersion(
      "dataset",
      file.dataset,
      yield* registry.datasets,
      `feagi-trainer dataset add FILE --adapter csv --name ${versioned(file.dataset).name}`
    )
    if (!dataset.ok) found.push({ ...dataset.diagnostic, field: "dataset" })
    const protocol = yield* finding("protocol", found, catalogue.lookup("protocol", versioned(file.protocol).name))
    if (!dataset.ok || protocol === undefined) return yield* trainerErrors("invalid", found)
    const scan = yield* readScan(dataset.value.scan_sha256)
    const root = SeedTree.root(seed)
    const splitSeed = file.split.seed === "per-run" ? root.child(streams.split).u64() : BigInt(file.split.seed)
    // Equal content in two parts is a leak that plan tells of; here the parts are what matters.
    const parts = makeParts(file.split, { classes: scan.classes, index: yield* readIndex(scan) }, splitSeed, true)
    if (!parts.ok) return yield* trainerErrors("invalid", parts.diagnostics)
    const learns = protocol.entry.phases.find((phase) => phase.learns)?.split ?? ""
    if (!parts.parts.some(({ name, count }) => name === learns && count > 0))
      return yield* trainerErrors("invalid", [
        {
          code: "FT2006",
          severity: "error",
          field: "split",
          message: `${file.protocol} learns from a part "${learns}", which the split does not make`,
          actual: `parts ${parts.parts.map((each) => each.name).join(", ")}`
        }
      ])
    const adapter = yield* catalogue.lookup("adapter", dataset.value.adapter.id)
    const reader = yield* openDataset(dataset.value, adapter)
    const raw = (part: string) => {
      const wanted = parts.parts.find(({ name }) => name === part)
      return wanted === undefined ? Stream.empty : reader.stream(wanted.ids, wanted.name)
    }
    const graph = yield* planGraph({
      nodes: file.transforms,
      shape: scan.shape,
      lookup: catalogue.lookup,
      parts: parts.parts,
      learns,
      samples: raw
    })
    if (!graph.ok) return yield* trainerErrors("invalid", graph.diagnostics)
    // What is wrong with the genome is for the plan to tell: here it gives names to areas.
    const brain = yield* resolveGenome(file, dataset.value, scan, graph.graph.output, yield* registry.brains, [])
    const genome = brain === undefined ? undefined : readGenome(brain.input.json)
    const measured = (sample: IRSample) => transformOne(graph.graph, root, sample, "measure", 0)
    return {
      dataset_version_id: dataset.value.dataset_version_id,
      shape: graph.graph.output,
      output_type: scan.output_type,
      genome: genome?.ok === true ? genome.genome : undefined,
      classes: scan.classes,
      parts: parts.parts.map(({ name, ids }) => ({ name, ids })),
      learns,
      samples: (part) => raw(part).pipe(Stream.mapEffect(measured)),
      augmented: (part, epoch) => raw(part).pipe(Stream.mapEffect((sample) => transformOne(graph.graph, root, sample, "train", epoch))),
      sample: (sample_id) => {
        const part = parts.parts.find(({ ids }) => ids.includes(sample_id))
        if (part === undefined) return Effect.succeed(undefined)
        return Effect.flatMap(reader.read([sample_id], part.name), ([sample]) =>
          sample === undefined ? Effect.succeed(undefined) : measured(sample)
        )
      }
    }
  })
