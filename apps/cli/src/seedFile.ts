/**
 * Seeds of an experiment in a file of their own: a master seed and the names that it gives seeds to, so that a new name shifts none of
 * the others.
 */
import { checkSchemaVersion, decodeDocument, reasonOf } from "@feagi-trainer/config"
import { type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { RunFile } from "@feagi-trainer/core"
import { SeedTree } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { NamedSeed } from "./chronicle/Manifest.ts"
import { readDocumentFile } from "./readProject.ts"

const Seeds = RunFile.fields.seeds
const Name = Schema.String.check(Schema.isPattern(/^[^/\p{Cc}]+(?:\/[^/\p{Cc}]+)*$/u, { expected: "segments joined by /, none empty" }))

export const SeedFile = Schema.Struct({
  schema_version: Schema.Literal(1),
  /** Gives every name its seed. */
  master: Schema.optionalKey(Seeds.value),
  /** One run for each: names that the master seed gives seeds to, or seeds as they are. */
  runs: Schema.Union([Schema.NonEmptyArray(Name), Seeds]),
  /** Names of further consumers of chance, derived and logged with the rest. */
  named: Schema.optionalKey(Schema.Array(Name))
})
export type SeedFile = typeof SeedFile.Type

export interface ExperimentSeeds {
  readonly master: bigint | undefined
  readonly runs: ReadonlyArray<NamedSeed>
  readonly named: ReadonlyArray<NamedSeed>
}

/** The seed of 64 bits that a master seed gives to a name. FT3440 for a name with an empty part. */
export const derivedSeed = (master: bigint, name: string): Effect.Effect<NamedSeed, TrainerError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed({ name, seed: SeedTree.root(master).child(name).u64() })
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause
      return Effect.fail(trainerError("usage", { code: "FT3440", field: "name", message: cause.message }))
    }
  })

/** @param shown how messages call the file */
export const readSeedFile = (path: string, shown: string): Effect.Effect<ExperimentSeeds, TrainerError> =>
  Effect.gen(function* () {
    const document = yield* readDocumentFile(path, shown)
    const version = checkSchemaVersion(document, 1)
    if (!version.ok) return yield* trainerErrors(version.reason, version.diagnostics)
    const decoded = decodeDocument(SeedFile, document)
    if (!decoded.ok) return yield* trainerErrors(reasonOf(decoded.diagnostics), decoded.diagnostics)
    const { runs, named = [], master } = decoded.value
    const refuse = (field: string, message: string, help: string) =>
      trainerError("invalid", { code: "FT3440", file: shown, field, message, help })
    const names = [...runs, ...named].map(String)
    const twice = names.find((name, at) => names.indexOf(name) !== at)
    if (twice !== undefined) return yield* refuse("runs", `${JSON.stringify(twice)} stands twice`, "name every run and consumer once")
    const root = master === undefined ? undefined : BigInt(master)
    const derive = (name: string) =>
      root === undefined ? refuse("master", `nothing gives ${JSON.stringify(name)} a seed`, "write  master = N") : derivedSeed(root, name)
    const of = (each: string | number | bigint) =>
      typeof each === "string" ? derive(each) : Effect.succeed<NamedSeed>({ name: `run/${each}`, seed: each })
    return { master: root, runs: yield* Effect.forEach([...runs], of), named: yield* Effect.forEach(named, derive) }
  })
