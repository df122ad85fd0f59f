/** `brain add`: a genome file becomes a version, once the engine has grown a brain of it. */
import { basename } from "node:path"
import { engineSeed } from "@feagi-trainer/core"
import { Argument, Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { json, name } from "../../flags.ts"
import { checkName } from "../../ids.ts"
import { writing } from "../../services.ts"
import { chooseBackend, growFlags } from "./grow.ts"
import { readGenomeFile, seedOf } from "./readGenomeFile.ts"
import { genomeOf, registerGenome } from "./register.ts"

export const add = Command.make(
  "add",
  { file: Argument.String("file").pipe(Argument.withDescription("Genome file (JSON)")), name, ...growFlags, json },
  (flags) =>
    writing(
      Effect.gen(function* () {
        yield* checkName(flags.name)
        const seed = engineSeed(yield* seedOf(flags.seed))
        const text = yield* readGenomeFile(flags.file)
        yield* registerGenome({
          name: flags.name,
          genome: yield* genomeOf(text, flags.file),
          text,
          source: basename(flags.file),
          chosen: yield* chooseBackend(flags),
          seed,
          json: flags.json
        })
      })
    )
).pipe(Command.withExamples([{ command: "feagi-trainer brain add my_genome.json --name mine", description: "A genome of your own" }]))
