/** `config load`: documents in any format, layered, as one canonical value with its hash. */
import { resolve } from "node:path"
import { type Document, layer, setLayer, showPath, toJson } from "@feagi-trainer/config"
import { trainerErrors } from "@feagi-trainer/contracts"
import { canonical, hashOf, type JsonPath, type JsonValue } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
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

/** Paths of everything that is no table, in the order of the value. */
const leaves = (value: JsonValue, path: JsonPath = []): ReadonlyArray<JsonPath> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]))
    : [path]

export const load = Command.make("load", { files, set, json }, (flags) =>
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
    yield* emit(flags.json, {
      kind: "loaded-config",
      data: {
        files: documents.map((document, at) => ({ file: flags.files[at], format: document.format, sha256: hashOf(document.value) })),
        sha256,
        canonical: canonical(layered.value),
        value: layered.value,
        origins
      },
      human: toJson(layered.value)
    })
  })
).pipe(
  Command.withExamples([
    { command: "feagi-trainer config load base.toml night.yaml --set training.epochs=2", description: "Three layers, the last one wins" }
  ])
)
