/**
 * `config hash`, `config convert`, `config run`: an engine file as a hash, in another format, and as the run file that says the same.
 *
 * Files that an engine file names are opened like the files of a dataset: what a symbolic link leads to outside of its folder is refused.
 */
import { basename, dirname, join, resolve } from "node:path"
import {
  configHash,
  type Document,
  decodeText,
  engineToRun,
  type Format,
  formatOf,
  type LoadedEngine,
  loadEngine,
  parseDocument,
  toJson,
  toToml,
  toYaml
} from "@feagi-trainer/config"
import { type RootFiles, TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { approvedRoots } from "@feagi-trainer/store"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../flags.ts"
import { emit, next } from "../Out.ts"
import { readDocumentFile } from "../readProject.ts"

const file = Argument.String("file").pipe(Argument.withDescription("Engine file: TOML, YAML or JSON"))

const splitHash = Flag.String("split").pipe(
  Flag.withMetavar("part=hash"),
  Flag.withDescription("split_hash of a part, as the document of  run plan --json  has it; may be repeated"),
  Flag.atLeast(0)
)

const maxBytes = 8 * 1024 * 1024

/** @param shown how messages call the file */
const readPart = (files: RootFiles, path: string, shown: string): Effect.Effect<Document, TrainerError> =>
  Effect.gen(function* () {
    // one byte more than a document may have, so that a longer one is refused and not cut
    const bytes = yield* files.read(path, 0, maxBytes + 1)
    const text = decodeText(bytes, shown)
    if (!text.ok) return yield* trainerErrors("invalid", text.diagnostics)
    const format = formatOf(path)
    if (format === undefined) throw new Error(`a part without a format: ${path}`)
    const parsed = parseDocument({ text: text.text, file: shown, format })
    return parsed.ok ? parsed.document : yield* trainerErrors("invalid", parsed.diagnostics)
  })

const readEngineFile = (path: string): Effect.Effect<LoadedEngine, TrainerError> =>
  Effect.gen(function* () {
    const main = yield* readDocumentFile(resolve(path), path)
    const files = yield* approvedRoots(dirname(resolve(path)))
    return yield* loadEngine(main, (part) => readPart(files, part, join(dirname(path), part)))
  })

/** What throws a TrainerError fails with it; anything else is a bug. */
const refusing = <A>(make: () => A): Effect.Effect<A, TrainerError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(make())
    } catch (cause) {
      if (cause instanceof TrainerError) return Effect.fail(cause)
      throw cause
    }
  })

/** `part=hash` texts by part. */
const splitHashes = (texts: ReadonlyArray<string>): Effect.Effect<Readonly<Record<string, string>> | undefined, TrainerError> =>
  Effect.gen(function* () {
    if (texts.length === 0) return undefined
    const pairs = texts.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)] as const)
    const wrong = texts.find((text, index) => text.indexOf("=") < 1 || pairs.findIndex(([part]) => part === pairs[index]?.[0]) !== index)
    if (wrong !== undefined)
      return yield* trainerError("usage", {
        code: "FT1317",
        field: "--split",
        message: "is no part with its hash, or names a part twice",
        expected: "part=hash, each part once",
        actual: wrong,
        help: "feagi-trainer run plan --json   prints the split_hash of every part"
      })
    return Object.fromEntries(pairs)
  })

const partsOf = (path: string, engine: LoadedEngine): ReadonlyArray<string> => engine.parts.map((part) => join(dirname(path), part))

export const hash = Command.make("hash", { file, split: splitHash, json }, (flags) =>
  Effect.gen(function* () {
    const engine = yield* readEngineFile(flags.file)
    const splits = yield* splitHashes(flags.split)
    const config_hash = yield* refusing(() => configHash(engine, splits))
    yield* emit(flags.json, {
      kind: "config-hash",
      data: { file: flags.file, parts: partsOf(flags.file, engine), splits: splits ?? null, config_hash },
      human: config_hash
    })
  })
).pipe(Command.withExamples([{ command: "feagi-trainer config hash engine.toml", description: "Say which configuration this is" }]))

const writers: Readonly<Record<Format, (engine: LoadedEngine) => string>> = {
  toml: (engine) => toToml(engine.document.value),
  yaml: (engine) => toYaml(engine.document.value),
  json: (engine) => toJson(engine.document.value)
}

export const convert = Command.make(
  "convert",
  { file, to: Flag.Literals("to", ["toml", "yaml", "json"]).pipe(Flag.withDescription("Format to write")), json },
  (flags) =>
    Effect.gen(function* () {
      const engine = yield* readEngineFile(flags.file)
      const text = yield* refusing(() => writers[flags.to](engine))
      const data = { file: flags.file, format: flags.to, text, config_hash: configHash(engine) }
      yield* emit(flags.json, { kind: "config-text", data, human: text, verbatim: true })
    })
).pipe(
  Command.withExamples([{ command: "feagi-trainer config convert engine.yaml --to toml > engine.toml", description: "From YAML to TOML" }])
)

export const run = Command.make("run", { file, json }, (flags) =>
  Effect.gen(function* () {
    const engine = yield* readEngineFile(flags.file)
    const config_hash = configHash(engine)
    const run_file = engineToRun(engine)
    const text = yield* refusing(() => toToml(run_file))
    const head = `# Made by  feagi-trainer config run ${basename(flags.file)}\n# config_hash ${config_hash}\n`
    yield* emit(flags.json, {
      kind: "engine-run-file",
      data: { config_hash, outputs: engine.config.outputs, run_file },
      human: `${head}${text}`,
      verbatim: true
    })
    yield* next(`feagi-trainer run start FILE, then  feagi-trainer run summaries --out ${engine.config.outputs.folder}`)
  })
).pipe(Command.withExamples([{ command: "feagi-trainer config run engine.toml > digits.run.toml", description: "Make it a run" }]))
