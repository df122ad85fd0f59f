/**
 * The project of the demonstration: Iris, a FEAGI brain on three seeds, the same with permuted labels, and a gradient model beside it.
 *
 * It is made once and kept; what is there is used again. The runs begin when the server listens, so that one can watch them.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import type { Envelope } from "../bridge.ts"
import { writeOut } from "../outFiles.ts"
import { Project, type ProjectShape } from "../Project.ts"
import { readProject } from "../readProject.ts"
import { irisCsv } from "./irisCsv.ts"

/** The folder of this repository, when this program runs from its own sources. */
const repository = import.meta.url.endsWith(".ts") ? fileURLToPath(new URL("../../../../", import.meta.url)) : undefined

const isProject = (folder: string): boolean => existsSync(join(folder, "feagi-trainer.toml"))

/** In this repository what `npm run demo` made is shown; elsewhere the demonstration has a folder of its own. */
const folderOf = (): string => {
  if (repository === undefined) return resolve(".feagi-trainer-demo")
  const made = join(repository, ".cache", "demo")
  return isProject(made) && existsSync(join(made, ".feagi-trainer")) ? made : join(repository, ".cache", "studio-demo")
}

/** Plugins of the project that the program was started in, as they are named from another folder; of this repository all of them. */
const pluginsFor = (folder: string): Effect.Effect<ReadonlyArray<string>, TrainerError, Project> =>
  Effect.gen(function* () {
    const from = repository === undefined ? yield* yield* Project : yield* readProject(repository, {})
    if (from.plugins.length === 0)
      return yield* trainerError("missing", {
        code: "FT1361",
        message: "the demonstration needs plugins, and this project lists none",
        help: "npm create feagi-trainer   makes a project with all that it needs"
      })
    return from.plugins.map((name) => {
      if (!name.startsWith(".")) return name
      const path = relative(folder, join(from.folder, name)).replaceAll("\\", "/")
      return path.startsWith(".") ? path : `./${path}`
    })
  })

/** The project in a folder, made where it is not there. */
export const demoProjectIn = (folder: string): Effect.Effect<ProjectShape, TrainerError, Project> =>
  Effect.gen(function* () {
    if (!isProject(folder)) {
      const plugins = yield* pluginsFor(folder)
      yield* writeOut(folder, () => {
        mkdirSync(folder, { recursive: true })
        writeFileSync(join(folder, ".gitignore"), "*\n")
        writeFileSync(join(folder, "iris.csv"), irisCsv)
        writeFileSync(join(folder, "feagi-trainer.toml"), `schema_version = 1\nplugins = ${JSON.stringify(plugins)}\n`)
      })
    }
    return yield* readProject(folder, {})
  })

/** The project of the demonstration, where it lies. */
export const demoProject: Effect.Effect<ProjectShape, TrainerError, Project> = Effect.suspend(() => demoProjectIn(folderOf()))

type Call = (argv: ReadonlyArray<string>, stdin?: string) => Promise<{ readonly envelope: Envelope }>

/** Data of a verb; throws what it failed with. */
const dataOf = async <A>(call: Call, argv: ReadonlyArray<string>, stdin?: string): Promise<A> => {
  const { envelope } = await call(argv, stdin)
  if (envelope.kind === "error") {
    const { diagnostics } = envelope.data as { readonly diagnostics: ReadonlyArray<{ readonly message: string }> }
    throw new Error(`${argv.slice(0, 2).join(" ")}: ${diagnostics.map(({ message }) => message).join("; ")}`)
  }
  return envelope.data as A
}

interface Experiment {
  readonly template: string
  readonly learner: string
  readonly seeds: string
  readonly name: string
  readonly set: ReadonlyArray<string>
}

const experiments: ReadonlyArray<Experiment> = [
  { template: "tabular-classification", learner: "brain", seeds: "1..3", name: "iris-brain", set: [] },
  { template: "tabular-classification", learner: "brain", seeds: "1..3", name: "iris-shuffled", set: ["controls.shuffled_labels=true"] },
  { template: "tabular-classification", learner: "gradient", seeds: "1..3", name: "iris-gradient", set: [] }
]

/**
 * Registers Iris and begins the runs, one experiment after the other, unless there are runs already.
 *
 * @param execute ends when the run, or the group of runs, has ended
 */
export const runDemo = async (folder: string, execute: (run: string) => Promise<void>, call: Call): Promise<void> => {
  const runs = await call(["run", "ls"])
  if (runs.envelope.kind !== "error" && hasRows(runs.envelope.data)) return
  await dataOf(call, ["dataset", "add", join(folder, "iris.csv"), "--adapter=csv", "--label-column=species", "--name=iris"])
  const groups: Array<string> = []
  for (const { template, learner, seeds, name, set } of experiments) {
    const init = ["init", `--template=${template}`, `--learner=${learner}`, "--dataset=iris@1", `--seed=${seeds}`, `--name=${name}`]
    const { text } = await dataOf<{ readonly text: string }>(call, init)
    const create = ["run", "create", "-", "--format=toml", ...set.map((each) => `--set=${each}`)]
    groups.push((await dataOf<{ readonly group_id: string }>(call, create, text)).group_id)
  }
  for (const group of groups) await execute(group)
}

const hasRows = (data: unknown): boolean =>
  Array.isArray(data) ? data.length > 0 : typeof data === "object" && data !== null && "total" in data && Number(data.total) > 0
