/** `data metadata`: what pictures say of themselves. */
import { TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import { readFileLimited } from "@feagi-trainer/store"
import { Argument, Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../flags.ts"
import { emit } from "../Out.ts"
import { pngMetadata } from "../pngMetadata.ts"
import { textTable } from "../textTable.ts"

const maxBytes = 1 << 30
const files = Argument.String("file").pipe(Argument.withDescription("A PNG; several may be given"), Argument.atLeast(1))

export const metadata = Command.make("metadata", { files, json }, (flags) =>
  Effect.gen(function* () {
    const read = yield* Effect.forEach(flags.files, (file) =>
      Effect.map(readFileLimited(file, maxBytes), (bytes) => ({ file, sha256: sha256Hex(bytes), found: pngMetadata(bytes, file) }))
    )
    const wrong = read.flatMap(({ found }) => (found instanceof TrainerError ? found.diagnostics : []))
    if (wrong.length > 0) return yield* trainerErrors("invalid", wrong)
    const data = read.flatMap(({ file, sha256, found }) =>
      found instanceof TrainerError ? [] : [{ file, sha256, format: "png", ...found }]
    )
    const tags = data.flatMap(({ file, text, width, height, bit_depth, color_type }) => [
      { file, tag: "IHDR", value: `${width} × ${height}, ${bit_depth} bits, ${color_type}` },
      ...text.map(({ keyword, text: value }) => ({ file, tag: keyword, value: value.length > 60 ? `${value.slice(0, 57)}...` : value }))
    ])
    yield* emit(flags.json, {
      kind: "metadata",
      data,
      human: textTable(
        [
          { title: "FILE", cell: (each) => each.file },
          { title: "TAG", cell: (each) => each.tag },
          { title: "VALUE", cell: (each) => each.value }
        ],
        tags,
        "no tag"
      )
    })
  })
).pipe(Command.withExamples([{ command: "feagi-trainer data metadata scan.png", description: "Header and text chunks of a picture" }]))
