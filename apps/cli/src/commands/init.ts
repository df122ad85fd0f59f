/** `init`: a project file where there is none; with a template, a complete run file on stdout. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setText } from "@feagi-trainer/config"
import { trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json, option } from "../flags.ts"
import { emit, next, say } from "../Out.ts"
import { writeOut } from "../outFiles.ts"
import { projectFiles } from "../projectFolder.ts"
import { reading } from "../services.ts"
import { prepareTemplate } from "./brain/template.ts"

/** Packages installed right here whose package.json names a plugin manifest. */
const installedPlugins = (folder: string): ReadonlyArray<string> => {
  const modules = join(folder, "node_modules")
  if (!existsSync(modules)) return []
  const names = readdirSync(modules).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name]
  )
  return names
    .filter((name) => {
      const file = join(modules, name, "package.json")
      return existsSync(file) && typeof (JSON.parse(readFileSync(file, "utf8")) as { feagiTrainer?: unknown }).feagiTrainer === "string"
    })
    .sort()
}

const writeProject = (asJson: boolean) =>
  Effect.gen(function* () {
    const folder = process.cwd()
    const present = projectFiles.find((name) => existsSync(join(folder, name)))
    if (present !== undefined)
      return yield* trainerError("invalid", {
        code: "FT1104",
        file: present,
        message: "is there already",
        help: "edit it, or remove it first"
      })
    const plugins = installedPlugins(folder)
    const text = [
      "# What this project uses. Only the plugins that are listed here are loaded.",
      "schema_version = 1",
      plugins.length === 0 ? "plugins = []" : `plugins = [\n${plugins.map((name) => `  "${name}",`).join("\n")}\n]`,
      ""
    ].join("\n")
    yield* writeOut("feagi-trainer.toml", () => writeFileSync(join(folder, "feagi-trainer.toml"), text, { flag: "wx" }))
    yield* emit(asJson, { kind: "project", data: { file: "feagi-trainer.toml", plugins }, human: "feagi-trainer.toml" })
    yield* say(
      plugins.length === 0
        ? "no plugin is installed here: install some and list them"
        : `lists ${plugins.length} plugins: ${plugins.join(", ")}`
    )
    yield* next("feagi-trainer dataset add FILE --adapter csv --label-column COLUMN --name NAME")
  })

export const init = Command.make(
  "init",
  {
    template: Flag.String("template").pipe(Flag.withDescription("Id of a task template; see  template ls"), Flag.optional),
    learner: Flag.String("learner").pipe(
      Flag.withDescription("Family of the learner: brain, or one of a learner plugin, such as gradient; brain when left out"),
      Flag.optional
    ),
    dataset: Flag.String("dataset").pipe(Flag.withDescription("name@version of a registered dataset"), Flag.optional),
    seed: Flag.String("seed").pipe(Flag.withDescription("A seed, or several as 1..5 or 1,2,3"), Flag.optional),
    name: Flag.String("name").pipe(Flag.withDescription("Name of the runs; the dataset's name when left out"), Flag.optional),
    option,
    set: Flag.String("set").pipe(
      Flag.withMetavar("key=value"),
      Flag.withDescription("A value of the run file to be replaced where it stands, written as in TOML; may be repeated"),
      Flag.atLeast(0)
    ),
    json
  },
  (flags) => {
    const { template, dataset, seed } = flags
    if (Option.isNone(template)) return writeProject(flags.json)
    if (Option.isNone(dataset) || Option.isNone(seed))
      return Effect.fail(trainerError("usage", { code: "FT1306", message: "--template needs  --dataset NAME@VERSION  and  --seed N" }))
    return reading(
      Effect.gen(function* () {
        const prepared = yield* prepareTemplate(template.value, dataset.value, flags.option, Option.getOrUndefined(flags.learner))
        const written = prepared.entry.runFile(prepared.options, {
          ...prepared.request,
          name: Option.getOrElse(flags.name, () => dataset.value.split("@")[0] ?? dataset.value),
          seeds: yield* readSeeds(seed.value),
          genome_sha256: prepared.genome_sha256
        })
        const set = setText(written, flags.set)
        if (!set.ok) return yield* trainerErrors("invalid", set.diagnostics)
        yield* emit(flags.json, { kind: "run-file", data: { text: set.text, format: "toml" }, human: set.text, verbatim: true })
      })
    )
  }
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer init --template tabular-classification --dataset iris@1 --seed 1..5 > iris.run.toml",
      description: "A run file with every choice spelled out"
    },
    {
      command: "feagi-trainer init --template tabular-classification --dataset iris@1 --seed 1 --set training.epochs=5 > iris.run.toml",
      description: "The same with another number of epochs, everything else as the template has it"
    },
    {
      command: "feagi-trainer init --template image-classification --learner gradient --dataset mnist@1 --seed 1 > m.run.toml",
      description: "One for a gradient model"
    }
  ])
)

const largest = (1n << 64n) - 1n

/** `7`, `1..5` or `1,2,9`. */
export const readSeeds = (text: string) => {
  const refuse = trainerError("usage", {
    code: "FT1307",
    field: "--seed",
    message: "is no seed",
    expected: "an integer from 0 to 18446744073709551615, a range like 1..5, or a list like 1,2,9",
    actual: text
  })
  const range = /^(\d{1,20})\.\.(\d{1,20})$/.exec(text)
  if (range !== null) {
    const [from, to] = [BigInt(range[1] ?? 0), BigInt(range[2] ?? 0)]
    if (from > to || to > largest || to - from >= 10_000n) return Effect.fail(refuse)
    return Effect.succeed(Array.from({ length: Number(to - from) + 1 }, (_, index) => from + BigInt(index)))
  }
  const parts = text.split(",")
  if (!parts.every((part) => /^\d{1,20}$/.test(part) && BigInt(part) <= largest)) return Effect.fail(refuse)
  return Effect.succeed(parts.map((part) => BigInt(part)))
}
