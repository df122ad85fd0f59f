/** `config load`: documents in any format, layered, as one canonical value with its hash, printed in any format. */
import { resolve } from "node:path"
import { type Document, layer, setLayer, showPath, toJson, toToml, toYaml } from "@feagi-trainer/config"
import { TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import { canonical, hashOf, type JsonPath, type JsonValue } from "@feagi-trainer/determinism"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../flags.ts"
import { emit } from "../Out.ts"
import { readDocumentFile } from "../readProject.ts"

const files = Argument.String("file").pipe(
  Argument.withDescription("TOML, YAML or JSON; several are layered, the last one wins"),
  Argument.atLeast(1)
)
const set = Flag.String("set").pipe(
  Flag.withMetavar("key=value"),
  Flag.withDescription("Overrides a value, written as in TOML; may be repeated"),
  Flag.atLeast(0)
)

const to = Flag.Literals("to", ["toml", "yaml", "json"]).pipe(Flag.withDescription("Format to print"), Flag.withDefault("json"))
const writers = { toml: toToml, yaml: toYaml, json: toJson }

/** FT1004 for what a format cannot hold: TOML has no null. */
const written = (value: JsonValue, format: keyof typeof writers): Effect.Effect<string, TrainerError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(writers[format](value))
    } catch (cause) {
      if (cause instanceof TrainerError) return Effect.fail(cause)
      throw cause
    }
  })

/** Paths of everything that is no table, in the order of the value. */
const leaves = (value: JsonValue, path: JsonPath = []): ReadonlyArray<JsonPath> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]))
    : [path]

export const load = Command.make("load", { files, set, to, json }, (flags) =>
  Effect.gen(function* () {
    const overrides = setLayer(flags.set)
    if (!overrides.ok) return yield* trainerErrors("usage", overrides.diagnostics)
    const documents = yield* Effect.forEach(flags.files, (file) => readDocumentFile(resolve(file), file))
    const layered = layer([
      ...documents.map((document: Document, at) => ({ name: flags.files[at] ?? "", document })),
      ...(flags.set.length === 0 ? [] : [overrides.layer])
    ])
    const sha256 = hashOf(layered.value)
    const origins = leaves(layered.value).flatMap((path) => {
      const origin = layered.originOf(path)
      if (origin === undefined) return []
      const { layer: name, line = null, overrode } = origin
      return [{ key: showPath(path), from: name, line, overrode: overrode.map((said) => said.layer) }]
    })
    const text = yield* written(layered.value, flags.to)
    yield* emit(flags.json, {
      kind: "loaded-config",
      data: {
        files: documents.map((document, at) => ({ file: flags.files[at], format: document.format, sha256: hashOf(document.value) })),
        sha256,
        canonical: canonical(layered.value),
        value: layered.value,
        text,
        origins
      },
      human: text,
      verbatim: true
    })
  })
).pipe(
  Command.withExamples([
    { command: "feagi-trainer config load base.toml night.yaml --set training.epochs=2", description: "Three layers, the last one wins" },
    { command: "feagi-trainer config load base.toml --to yaml > base.yaml", description: "The same value in another format" }
  ])
)
