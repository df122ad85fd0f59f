/**
 * The files that a plugin may read: everything under the root of the dataset, by relative path, and nothing else.
 *
 * Paths use forward slashes. `..`, absolute paths, drive letters, symbolic links that leave the root and special files are
 * refused before they are opened.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { TrainerError } from "../error/TrainerError.ts"

export interface FileInfo {
  readonly path: string
  readonly bytes: number
}

export interface RootFiles {
  readonly info: (path: string) => Effect.Effect<FileInfo, TrainerError>
  /** Exactly `length` bytes from `offset`, fewer only at the end of the file. */
  readonly read: (path: string, offset: number, length: number) => Effect.Effect<Uint8Array, TrainerError>
  /** Files of a folder, recursively, in the order of the bytes of their names. `""` is the root. */
  readonly list: (folder: string) => Effect.Effect<ReadonlyArray<FileInfo>, TrainerError>
}

export class ApprovedRoots extends Context.Service<ApprovedRoots, RootFiles>()("@feagi-trainer/contracts/ApprovedRoots") {}
