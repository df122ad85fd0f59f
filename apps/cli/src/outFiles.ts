/**
 * Files and folders that a command writes outside of the store. What the operating system refuses is the user's to mend and not a bug of
 * ours: it is said with the path and the reason. Sharp edge: files that were written before the refused one stay.
 */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EEXIST: "something else is there already",
  EISDIR: "it is a folder",
  ENOENT: "its folder does not exist",
  ENOSPC: "no space is left on the device",
  ENOTDIR: "a file stands where a folder is needed",
  EROFS: "the file system is read-only"
}

const systemCode = (cause: unknown): string | undefined =>
  cause instanceof Error && "syscall" in cause && "code" in cause && typeof cause.code === "string" ? cause.code : undefined

/** Runs `write`; an error of the operating system becomes FT3304 with the path as the user gave it, any other one stays what it is. */
export const writeOut = <A>(path: string, write: () => A): Effect.Effect<A, TrainerError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(write())
    } catch (cause) {
      const code = systemCode(cause)
      if (code === undefined) throw cause
      return trainerError("invalid", {
        code: "FT3304",
        file: path,
        message: `could not write the output: ${reasons[code] ?? "the operating system failed"} (${code})`,
        help: "name another path, or remove the cause"
      })
    }
  })

/** Makes the folder where it does not exist. FT3302 where it holds something, FT3304 where it is none. */
export const emptyFolder = (path: string): Effect.Effect<void, TrainerError> =>
  Effect.suspend(() => {
    if (existsSync(path) && statSync(path).isDirectory() && readdirSync(path).length > 0)
      return trainerError("invalid", {
        code: "FT3302",
        file: path,
        message: "the folder is not empty",
        help: "name a folder that does not exist yet"
      })
    return writeOut(path, () => void mkdirSync(path, { recursive: true }))
  })

/** Writes texts by file name into the folder, which is made where it does not exist; files of these names are replaced. */
export const writeFilesOut = (folder: string, files: ReadonlyArray<{ readonly name: string; readonly text: string }>) =>
  writeOut(folder, () => {
    const target = resolve(folder)
    mkdirSync(target, { recursive: true })
    for (const { name, text } of files) writeFileSync(join(target, name), text)
  })
