/** `seeds`: the seeds that a master seed gives to names. */
import { trainerError } from "@feagi-trainer/contracts"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json } from "../flags.ts"
import { emit } from "../Out.ts"
import { derivedSeed, readSeedFile } from "../seedFile.ts"
import { textTable } from "../textTable.ts"
import { readSeeds } from "./init.ts"

const names = Argument.String("name").pipe(
  Argument.withDescription("Name of a consumer of chance, segments joined by /; several may be given"),
  Argument.atLeast(0)
)
const master = Flag.String("master").pipe(Flag.withDescription("Master seed, from 0 to 2^64 - 1"), Flag.optional)
const file = Flag.String("file").pipe(
  Flag.withMetavar("file"),
  Flag.withDescription("Seed file (TOML, YAML or JSON): master, runs, named"),
  Flag.optional
)

export const derive = Command.make("derive", { names, master, file, json }, (flags) =>
  Effect.gen(function* () {
    if (Option.isSome(flags.master) === Option.isSome(flags.file) || (Option.isSome(flags.file) && flags.names.length > 0))
      return yield* trainerError("usage", {
        code: "FT3440",
        message: "say where the seeds come from, once",
        expected: "--master N with names, or  --file seeds.toml"
      })
    const data = Option.isSome(flags.file)
      ? yield* readSeedFile(flags.file.value, flags.file.value)
      : yield* fromMaster(
          Option.getOrElse(flags.master, () => ""),
          flags.names
        )
    yield* emit(flags.json, {
      kind: "seeds",
      data: { ...data, master: data.master ?? null },
      human: textTable(
        [
          { title: "NAME", cell: (each) => each.name },
          { title: "SEED", cell: (each) => String(each.seed) }
        ],
        [...data.runs, ...data.named],
        "no name"
      )
    })
  })
).pipe(Command.withExamples([{ command: "feagi-trainer seeds derive --master 20251031 run/1 run/2", description: "Two seeds of 64 bits" }]))

const fromMaster = (text: string, named: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const [root, ...more] = yield* readSeeds(text)
    if (root === undefined || more.length > 0)
      return yield* trainerError("usage", { code: "FT3440", field: "--master", message: "there is one master seed", actual: text })
    return { master: root, runs: [], named: yield* Effect.forEach(named, (name) => derivedSeed(root, name)) }
  })
