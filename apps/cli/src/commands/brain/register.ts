/** A genome, with or without what a brain of it has learnt, becomes a registered version. */
import { type BrainInput, type Diagnostic, type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import {
  BlobStore,
  type BrainConnectome,
  type BrainDevelopment,
  type BrainLineage,
  type BrainRecord,
  type Genome,
  putDevelopment,
  Registry,
  readDevelopment,
  readGenome
} from "@feagi-trainer/core"
import { toUtf8 } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { emit, say } from "../../Out.ts"
import { brainData } from "./describe.ts"
import { type ChosenBackend, emptyMappings, grow } from "./grow.ts"

/** Reads a genome; what is wrong is told with the file that it stands in. */
export const genomeOf = (text: string, file: string | undefined): Effect.Effect<Genome, TrainerError> => {
  const read = readGenome(text)
  return read.ok
    ? Effect.succeed(read.genome)
    : Effect.fail(
        trainerErrors(
          "invalid",
          read.diagnostics.map((each) => (file === undefined ? each : { ...each, file }))
        )
      )
}

export interface NewBrain {
  readonly name: string
  readonly genome: Genome
  readonly text: string
  readonly source: string
  readonly chosen: ChosenBackend
  /** 32 bytes. */
  readonly seed: Uint8Array
  readonly json: boolean
}

/** Develops the genome, so that one that does not grow is refused now, and registers it with what grew. */
export const registerGenome = (request: NewBrain) =>
  Effect.gen(function* () {
    const blobs = yield* BlobStore
    const { genome, text } = request
    const genome_sha256 = yield* blobs.put(toUtf8(text))
    const brain: BrainInput = { json: text, sha256: genome_sha256 }
    const { development } = yield* Effect.scoped(grow({ chosen: request.chosen, brain, seed: request.seed }))
    yield* storeBrain({
      record: { name: request.name, genome_sha256, canonical_sha256: genome.canonical_sha256, source: request.source },
      connectome: null,
      lineage: null,
      development,
      warnings: [...development.findings, ...emptyMappings(genome.document, development)],
      genome,
      json: request.json
    })
  })

export interface StoredBrain {
  readonly record: Pick<BrainRecord, "name" | "genome_sha256" | "canonical_sha256" | "source">
  readonly connectome: BrainConnectome | null
  readonly lineage: BrainLineage | null
  readonly development: BrainDevelopment
  readonly warnings: ReadonlyArray<Diagnostic>
  readonly genome: Genome
  readonly json: boolean
}

/** What is there already is told as it was recorded, whatever it was grown with this time. */
export const storeBrain = ({ record: given, connectome, lineage, development: grown, warnings, genome, json }: StoredBrain) =>
  Effect.gen(function* () {
    const registry = yield* Registry
    const development_sha256 = yield* putDevelopment(grown)
    const { record, existing } = yield* registry.addBrain({ ...given, connectome, lineage, development_sha256 })
    const recorded = record.development_sha256
    const development = recorded === null || recorded === development_sha256 ? grown : yield* readDevelopment(recorded)
    yield* emit(json, {
      kind: "brain",
      data: { ...brainData(record, genome, development), existing },
      human: `${record.name}@${record.version}`,
      warnings
    })
    const { neurons, synapses, areas } = development
    const size = `${areas.length} areas, ${neurons} neurons, ${synapses} synapses`
    yield* say(
      `${existing ? "already registered" : "registered"} ${record.name}@${record.version}: genome ${record.genome_sha256.slice(0, 12)}, ${size}`
    )
  })
