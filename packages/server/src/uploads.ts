/** Files that come over the network, kept under a name of ours: the hash of their bytes in front of a tame form of theirs. */
import { createHash, randomBytes } from "node:crypto"
import { lstat, mkdir, open, readFile, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { tameName, type Upload, uploadName } from "@feagi-trainer/control-api"
import * as Effect from "effect/Effect"
import { refuse } from "./Reply.ts"

/** The tame form of a name that came in. @throws Refusal 400 where it is no name of a file */
export const nameOf = (name: string): string => {
  const tame = tameName(name)
  if (tame === undefined)
    throw refuse(400, { code: "FT6014", message: "this is no name of a file", expected: "a name without folders, at most 255 characters" })
  return tame
}

const failed = (cause: unknown): TrainerError =>
  trainerError("failed", {
    code: "FT6014",
    message: "the file cannot be kept",
    actual: cause instanceof Error && "code" in cause ? String(cause.code) : "unknown",
    help: "look at the space and the rights of the store's folder"
  })

/** The same bytes under the same name are there once. @param name a tame one */
export const keepUpload = (folder: string, name: string, bytes: Uint8Array): Effect.Effect<Upload, TrainerError> =>
  Effect.tryPromise({
    try: async () => {
      const sha256 = createHash("sha256").update(bytes).digest("hex")
      const path = join(folder, uploadName(sha256, name))
      const upload = { path, name, bytes: bytes.length, sha256 }
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const there = await lstat(path).catch(() => undefined)
      if (there?.isFile() === true && there.size === bytes.length && Buffer.compare(await readFile(path), bytes) === 0)
        return { ...upload, existing: true }
      const written = join(folder, `.${randomBytes(8).toString("hex")}.part`)
      try {
        const file = await open(written, "wx", 0o600)
        try {
          await file.writeFile(bytes)
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(written, path)
      } catch (cause) {
        await rm(written, { force: true })
        throw cause
      }
      return { ...upload, existing: false }
    },
    catch: failed
  })
