/** `dataset hash`: the hash registry of any file or folder: SHA-256 of every file and of every piece of it. */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { encodeHashRegistry, hashFile, hashRegistry } from "@feagi-trainer/core"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { dryRun, json } from "../../flags.ts"
import { emit, say } from "../../Out.ts"
import { writeOut } from "../../outFiles.ts"
import { ownPath, placeOf } from "../../scanSource.ts"
import { rootsLayer } from "../../services.ts"
import { textTable } from "../../textTable.ts"

const out = Flag.String("out").pipe(
  Flag.withMetavar("file"),
  Flag.withDescription("Write the registry to this file, data/hash_registry.json say; the file itself is left out of it"),
  Flag.optional
)

export const hash = Command.make(
  "hash",
  { file: Argument.String("file").pipe(Argument.withDescription("File or folder")), out, dryRun, json },
  (flags) =>
    Effect.gen(function* () {
      const place = yield* placeOf(flags.file)
      const own = Option.isSome(flags.out) ? ownPath(flags.out.value, place.root) : undefined
      const listed = place.path === "" ? yield* place.files.list("") : [yield* place.files.info(place.path)]
      const hashed = yield* Effect.forEach(
        listed.filter(({ path }) => path !== own),
        ({ path, bytes }) => Effect.map(hashFile(place.files, path, bytes), (result) => ({ path, ...result }))
      )
      const registry = hashRegistry(hashed)
      if (Option.isSome(flags.out) && !flags.dryRun) {
        const path = resolve(flags.out.value)
        yield* writeOut(flags.out.value, () => {
          mkdirSync(dirname(path), { recursive: true })
          writeFileSync(path, encodeHashRegistry(registry))
        })
        yield* say(`wrote ${flags.out.value}: ${registry.files.length} files`)
      }
      yield* emit(flags.json, {
        kind: "hash-registry",
        data: registry,
        human: textTable(
          [
            { title: "SHA-256", cell: (each) => each.sha256 },
            { title: "BYTES", cell: (each) => each.bytes },
            { title: "FILE", cell: (each) => each.path }
          ],
          registry.files,
          "no files"
        )
      })
    }).pipe(Effect.provide(rootsLayer))
).pipe(
  Command.withExamples([
    { command: "feagi-trainer dataset hash data --out data/hash_registry.json", description: "Remember what a folder holds" }
  ])
)
