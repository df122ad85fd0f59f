/** `schema`: the JSON Schema of every document, on demand. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { didYouMean, trainerError } from "@feagi-trainer/contracts"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json } from "../flags.ts"
import { jsonText } from "../jsonText.ts"
import { emit } from "../Out.ts"
import { writeOut } from "../outFiles.ts"
import { schemaNames, schemaOf } from "../schemas.ts"

export const ls = Command.make("ls", { json }, (flags) =>
  emit(flags.json, { kind: "schemas", data: schemaNames, human: schemaNames.join("\n") })
).pipe(Command.withExamples([{ command: "feagi-trainer schema ls", description: "Every document that has a schema" }]))

export const show = Command.make(
  "show",
  {
    name: Argument.String("name").pipe(Argument.withDescription("Name of a document, such as RunSpec"), Argument.optional),
    all: Flag.Boolean("all").pipe(Flag.withDescription("Every schema; needs --out"), Flag.withDefault(false)),
    out: Flag.String("out").pipe(Flag.withMetavar("folder"), Flag.withDescription("Folder to write to"), Flag.optional),
    json
  },
  ({ name, all, out, json: asJson }) =>
    Effect.gen(function* () {
      if (all && Option.isSome(out)) {
        yield* writeOut(out.value, () => {
          mkdirSync(out.value, { recursive: true })
          for (const each of schemaNames) writeFileSync(join(out.value, `${each}.schema.json`), `${jsonText(schemaOf(each))}\n`)
        })
        return yield* emit(asJson, { kind: "schemas", data: schemaNames, human: out.value })
      }
      if (Option.isNone(name))
        return yield* trainerError("usage", { code: "FT1308", message: "name a document, or give  --all --out FOLDER" })
      const known = schemaNames.find((each) => each === name.value)
      if (known === undefined) {
        const near = didYouMean(name.value, schemaNames)
        return yield* trainerError("usage", {
          code: "FT1309",
          message: `there is no document "${name.value}"`,
          ...(near === undefined ? { help: "feagi-trainer schema ls" } : { help: `did you mean "${near}"?` })
        })
      }
      const document = schemaOf(known)
      yield* emit(asJson, { kind: "schema", data: document, human: jsonText(document), verbatim: true })
    })
).pipe(Command.withExamples([{ command: "feagi-trainer schema show RunFile", description: "The JSON Schema of a run file" }]))
