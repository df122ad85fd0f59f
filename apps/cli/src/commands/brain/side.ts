/** One side of a comparison: a registered brain, the brain of a run at the end of a phase, or a genome file. */
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { type BrainInput, type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import {
  type BlobStore,
  brainInput,
  Catalogue,
  engineSeed,
  findVersion,
  fromHex,
  type Genome,
  Registry,
  type RunJournal
} from "@feagi-trainer/core"
import { sha256Hex } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import { findRun } from "../../findRun.ts"
import { openBrain } from "./find.ts"
import { type BackendFlags, type ChosenBackend, chooseBackend } from "./grow.ts"
import { readGenomeFile, seedOf } from "./readGenomeFile.ts"
import { genomeOf } from "./register.ts"
import { runBrain } from "./runBrain.ts"

export interface Side {
  readonly name: string
  readonly genome: Genome
  readonly brain: BrainInput
  /** 32 bytes. */
  readonly seed: Uint8Array
  readonly chosen: ChosenBackend
  /** What was recorded of synapses and constants; null where nothing was. */
  readonly learned_hash: string | null
}

type Services = Registry | RunJournal | BlobStore | Catalogue

const ofRun = (reference: string): Effect.Effect<Side, TrainerError, Services> =>
  Effect.gen(function* () {
    const [run = "", phase] = reference.split(":", 2)
    const row = yield* findRun(run)
    const taken = yield* runBrain(row, phase)
    const { brain, seed, chosen, learned_hash } = taken
    return { name: `${row.run_id}:${taken.phase}`, genome: yield* genomeOf(brain.json, undefined), brain, seed, chosen, learned_hash }
  })

const ofFile = (file: string, flags: BackendFlags & { readonly seed: string }): Effect.Effect<Side, TrainerError, Services> =>
  Effect.gen(function* () {
    const json = yield* readGenomeFile(file)
    const genome = yield* genomeOf(json, file)
    const seed = engineSeed(yield* seedOf(flags.seed))
    return { name: file, genome, brain: { json, sha256: sha256Hex(json) }, seed, chosen: yield* chooseBackend(flags), learned_hash: null }
  })

const ofBrain = (reference: string, flags: BackendFlags & { readonly seed: string }): Effect.Effect<Side, TrainerError, Services> =>
  Effect.gen(function* () {
    const registry = yield* Registry
    const catalogue = yield* Catalogue
    const found = findVersion("brain", reference, yield* registry.brains, "feagi-trainer brain add FILE --name NAME")
    if (!found.ok)
      return yield* trainerErrors("invalid", [
        {
          ...found.diagnostic,
          expected: `name@version, a run id with or without :phase, or a genome file; ${found.diagnostic.expected ?? ""}`
        }
      ])
    const record = found.value
    const { genome, development } = yield* openBrain(record)
    const base = { name: reference, genome, brain: yield* brainInput(record) }
    if (development === null)
      return { ...base, seed: engineSeed(yield* seedOf(flags.seed)), chosen: yield* chooseBackend(flags), learned_hash: null }
    const loaded = yield* catalogue.lookup("brain-backend", development.backend.plugin.id)
    return {
      ...base,
      seed: fromHex(development.seed),
      chosen: { loaded, options: development.backend.options },
      learned_hash: development.learned_hash
    }
  })

/** Only a registered brain is written with an `@` and a number; a run's id begins with `r-`; everything else is a file, when it is there. */
export const findSide = (
  reference: string,
  flags: BackendFlags & { readonly seed: string }
): Effect.Effect<Side, TrainerError, Services> => {
  if (/^[a-z0-9._-]+@\d+$/.test(reference)) return ofBrain(reference, flags)
  if (/^r-[0-9a-f]/.test(reference) || /^latest(:|$)/.test(reference)) return ofRun(reference)
  return existsSync(resolve(reference)) ? ofFile(reference, flags) : ofBrain(reference, flags)
}
