/** `env`: what this machine is, with a hash; and how two machines differ. */
import { writeFileSync } from "node:fs"
import { resolve } from "node:path"
import { type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { Catalogue } from "@feagi-trainer/core"
import { canonical, fromCanonical, fromUtf8, hashOf } from "@feagi-trainer/determinism"
import { readFileLimited } from "@feagi-trainer/store"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { failAfterData } from "../afterData.ts"
import { json } from "../flags.ts"
import { jsonText } from "../jsonText.ts"
import { cpuFeatures } from "../machine/cpuFeatures.ts"
import { type EnvironmentFacts, environmentDifferences, environmentFacts, stableOf } from "../machine/environmentFacts.ts"
import { emit } from "../Out.ts"
import { writeOut } from "../outFiles.ts"
import { Project } from "../Project.ts"
import { withPlugins } from "../services.ts"
import { textTable } from "../textTable.ts"

/** Plugins of the project, none where there is no project or one of them cannot be read; `doctor` says why. */
const pluginFacts = Effect.gen(function* () {
  const project = yield* (yield* Project).pipe(Effect.result)
  if (project._tag === "Failure") return []
  return yield* withPlugins(
    Effect.map(Catalogue, ({ packages }) =>
      packages.map(({ name, version, source, files_sha256 }) => ({ name, version, source, files_sha256 }))
    )
  ).pipe(Effect.catch(() => Effect.succeed([])))
})

const featureText = (facts: EnvironmentFacts): string => {
  const on = cpuFeatures.filter((feature) => facts.cpu[feature] === true)
  return cpuFeatures.every((feature) => facts.cpu[feature] === null)
    ? "not told by the system"
    : on.join(" ") || "none of those that matter"
}

const text = (facts: EnvironmentFacts): string =>
  [
    `feagi-trainer  ${facts.feagi_trainer}`,
    `node           ${facts.node}  (v8 ${facts.v8}, sqlite ${facts.sqlite ?? "none"})`,
    `machine        ${facts.platform} ${facts.arch}`,
    `cpu            ${featureText(facts)}`,
    ...Object.entries(facts.toolchains).map(([name, version]) => `${name.padEnd(15)}${version ?? "not there"}`),
    `gpu            ${facts.gpus === null ? "no nvidia-smi" : facts.gpus.join("; ") || "none"}`,
    `ffmpeg         ${facts.ffmpeg ?? "not there"}`,
    ...facts.plugins.map((each) => `plugin         ${each.name} ${each.version}  ${each.files_sha256.slice(0, 16)}`),
    `hash           ${facts.environment_sha256}`,
    "not hashed",
    ...facts.unstable.map(({ field, value }) => `  ${field.padEnd(13)}${value ?? "not told"}`)
  ].join("\n")

const out = Flag.String("out").pipe(
  Flag.withMetavar("file"),
  Flag.withDescription("Write the JSON document to this file, for  env diff  here or elsewhere"),
  Flag.optional
)

const maxBytes = 8 << 20

const readEnvironment = (file: string): Effect.Effect<Readonly<Record<string, unknown>>, TrainerError> =>
  Effect.gen(function* () {
    const bytes = yield* readFileLimited(file, maxBytes)
    const value = yield* Effect.try({
      try: (): unknown => fromCanonical(fromUtf8(bytes)),
      catch: (cause) => noEnvironment(file, cause instanceof Error ? cause.message : String(cause))
    })
    const data: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "data") : undefined
    if (typeof data !== "object" || data === null || Reflect.get(value as object, "kind") !== "environment")
      return yield* noEnvironment(file, "it is no document of that kind")
    const facts = data as Readonly<Record<string, unknown>>
    const actual = hashOf(stableOf(facts))
    if (actual !== facts.environment_sha256)
      return yield* trainerError("integrity", {
        code: "FT3422",
        file,
        message: "the environment is not the one that its hash was made of",
        expected: canonical(facts.environment_sha256 ?? null),
        actual
      })
    return facts
  })

const noEnvironment = (file: string, why: string): TrainerError =>
  trainerError("invalid", {
    code: "FT3421",
    file,
    message: `is no environment: ${why}`,
    help: "feagi-trainer env --out FILE   writes one"
  })

export const diff = Command.make(
  "diff",
  {
    a: Argument.String("a").pipe(Argument.withDescription("A file that  env --out  wrote")),
    b: Argument.String("b").pipe(Argument.withDescription("Another one, of another machine or another day")),
    json
  },
  (flags) =>
    Effect.gen(function* () {
      const [a, b] = [yield* readEnvironment(flags.a), yield* readEnvironment(flags.b)]
      const found = environmentDifferences(a, b)
      const shown = (value: unknown): string => (typeof value === "string" ? value : canonical(value))
      yield* emit(flags.json, {
        kind: "environment-diff",
        data: { a: a.environment_sha256, b: b.environment_sha256, same: found.length === 0, differences: found },
        human: textTable(
          [
            { title: "FIELD", cell: (each) => each.field },
            { title: "A", cell: (each) => shown(each.a) },
            { title: "B", cell: (each) => shown(each.b) }
          ],
          found,
          `the same: ${a.environment_sha256}`
        )
      })
      if (found.length > 0)
        return yield* failAfterData(
          trainerErrors("incomparable", [
            {
              code: "FT3420",
              severity: "error",
              message: `the environments differ in ${found.length} ${found.length === 1 ? "field" : "fields"}: ${found.map(({ field }) => field).join(", ")}`,
              help: "bring both to the same versions, or say with the results that they were made in different environments"
            }
          ])
        )
    })
).pipe(Command.withExamples([{ command: "feagi-trainer env diff here.json there.json", description: "In what two machines differ" }]))

export const environment = Command.make("env", { out, json }, (flags) =>
  Effect.gen(function* () {
    const facts = yield* environmentFacts(yield* pluginFacts)
    if (Option.isSome(flags.out)) {
      const file = flags.out.value
      const document = { schema_version: 1, kind: "environment", data: facts, warnings: [] }
      yield* writeOut(file, () => writeFileSync(resolve(file), `${jsonText(document)}\n`))
    }
    yield* emit(flags.json, { kind: "environment", data: facts, human: text(facts) })
  })
).pipe(
  Command.withExamples([
    { command: "feagi-trainer env --out here.json", description: "A snapshot to compare with another machine's" },
    { command: "feagi-trainer env diff here.json there.json", description: "In what they differ" }
  ])
)
