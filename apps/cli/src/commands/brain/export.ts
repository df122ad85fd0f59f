/** `brain export`: a brain as files for other programs. Nothing is ever overwritten. */
import { writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { BlobStore, trainerVersion } from "@feagi-trainer/core"
import { toUtf8 } from "@feagi-trainer/determinism"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../../flags.ts"
import { jsonText } from "../../jsonText.ts"
import { emit } from "../../Out.ts"
import { emptyFolder, writeOut } from "../../outFiles.ts"
import { reading } from "../../services.ts"
import { findBrain, openBrain, reference } from "./find.ts"

const files = { genome: "genome.json", connectome: "connectome.bin", development: "development.json", manifest: "brain.json" } as const

export const exportBrain = Command.make(
  "export",
  {
    brain: reference,
    out: Flag.String("out").pipe(Flag.withMetavar("folder"), Flag.withDescription("Folder to write to; it must be empty, or not exist")),
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const blobs = yield* BlobStore
        const record = yield* findBrain(flags.brain)
        const { bytes, development } = yield* openBrain(record)
        const { connectome } = record
        const folder = resolve(flags.out)
        yield* emptyFolder(flags.out)
        const written: ReadonlyArray<{ readonly name: string; readonly bytes: Uint8Array; readonly sha256?: string }> = [
          { name: files.genome, bytes, sha256: record.genome_sha256 },
          ...(connectome === null
            ? []
            : [{ name: files.connectome, bytes: yield* blobs.get(connectome.sha256), sha256: connectome.sha256 }]),
          ...(development === null ? [] : [{ name: files.development, bytes: toUtf8(`${jsonText(development)}\n`) }])
        ]
        const manifest = {
          schema_version: 1,
          kind: "brain-export",
          trainer_version: trainerVersion,
          brain: record,
          files: written.map(({ name, bytes: content, sha256 }) => ({ name, bytes: content.length, sha256: sha256 ?? null }))
        }
        yield* writeOut(flags.out, () => {
          for (const { name, bytes: content } of [...written, { name: files.manifest, bytes: toUtf8(`${jsonText(manifest)}\n`) }])
            writeFileSync(join(folder, name), content, { flag: "wx" })
        })
        const names = [...written.map(({ name }) => name), files.manifest]
        yield* emit(flags.json, {
          kind: "brain-export",
          data: { brain: `${record.name}@${record.version}`, folder: flags.out, files: names },
          human: names.map((name) => join(flags.out, name)).join("\n")
        })
      })
    )
).pipe(Command.withExamples([{ command: "feagi-trainer brain export mine@1 --out mine", description: "Its files, to take elsewhere" }]))
