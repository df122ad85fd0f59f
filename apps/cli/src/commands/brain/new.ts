/** `brain new`: a genome from a template. */
import { trainerError } from "@feagi-trainer/contracts"
import { engineSeed } from "@feagi-trainer/core"
import { canonical } from "@feagi-trainer/determinism"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { json, name, option } from "../../flags.ts"
import { checkName } from "../../ids.ts"
import { writing } from "../../services.ts"
import { chooseBackend, growFlags } from "./grow.ts"
import { seedOf } from "./readGenomeFile.ts"
import { genomeOf, registerGenome } from "./register.ts"
import { prepareTemplate } from "./template.ts"

export const create = Command.make(
  "new",
  {
    template: Flag.String("template").pipe(Flag.withDescription("Id of a task template; see  plugin ls")),
    dataset: Flag.String("dataset").pipe(Flag.withDescription("name@version of the dataset that it is for")),
    name,
    option,
    ...growFlags,
    json
  },
  (flags) =>
    writing(
      Effect.gen(function* () {
        yield* checkName(flags.name)
        const seed = engineSeed(yield* seedOf(flags.seed))
        const { genome: text, options, entry } = yield* prepareTemplate(flags.template, flags.dataset, flags.option)
        if (text === undefined)
          return yield* trainerError("invalid", {
            code: "FT2026",
            field: "--template",
            message: `template ${entry.id} makes no genome: it is for the learner "${entry.learner}"`,
            expected: "a template whose learner is a brain",
            help: `feagi-trainer init --template ${entry.id} --dataset ${flags.dataset} --seed 1   prints its run file`
          })
        yield* registerGenome({
          name: flags.name,
          genome: yield* genomeOf(text, undefined),
          text,
          source: canonical({ template: entry.id, version: entry.version, dataset: flags.dataset, options }),
          chosen: yield* chooseBackend(flags),
          seed,
          json: flags.json
        })
      })
    )
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer brain new --template tabular-classification --dataset iris@1 --name iris-brain",
      description: "The brain that a template would make for a dataset"
    }
  ])
)
