/** A registered brain by what a person types: `name@version`, or the latest. */
import { type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import {
  BlobStore,
  type BrainDevelopment,
  type BrainRecord,
  findVersion,
  type Genome,
  Registry,
  readDevelopment
} from "@feagi-trainer/core"
import { fromUtf8 } from "@feagi-trainer/determinism"
import { Argument } from "effect/cli"
import * as Effect from "effect/Effect"
import { genomeOf } from "./register.ts"

export const reference = Argument.String("brain").pipe(Argument.withDescription("name@version"), Argument.withDefault("latest"))

export const findBrain = (text: string): Effect.Effect<BrainRecord, TrainerError, Registry> =>
  Effect.gen(function* () {
    const registry = yield* Registry
    const brains = yield* registry.brains
    const last = brains.at(-1)
    if (text === "latest" && last !== undefined) return last
    const found = findVersion("brain", text, brains, "feagi-trainer brain add FILE --name NAME")
    return found.ok ? found.value : yield* trainerErrors("invalid", [found.diagnostic])
  })

export interface OpenedBrain {
  readonly genome: Genome
  /** The genome file, byte by byte. */
  readonly bytes: Uint8Array
  /** Null in a record of an older store. */
  readonly development: BrainDevelopment | null
}

export const openBrain = (record: BrainRecord): Effect.Effect<OpenedBrain, TrainerError, BlobStore> =>
  Effect.gen(function* () {
    const blobs = yield* BlobStore
    const bytes = yield* blobs.get(record.genome_sha256)
    const genome = yield* genomeOf(fromUtf8(bytes), undefined)
    return { genome, bytes, development: record.development_sha256 === null ? null : yield* readDevelopment(record.development_sha256) }
  })
