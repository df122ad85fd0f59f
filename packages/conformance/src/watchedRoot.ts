/**
 * An approved root that keeps a list of what it was asked for: how a law sees where an adapter reads, and when.
 *
 * Sharp edge: a path is on the list when it is asked for, whether or not the root then refuses it.
 */
import type { RootFiles } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"

export interface WatchedRoot extends RootFiles {
  /** Every path, in the order of asking. */
  readonly asked: ReadonlyArray<string>
}

export const watchedRoot = (root: RootFiles): WatchedRoot => {
  const asked: Array<string> = []
  const noted = <A, E>(path: string, work: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      asked.push(path)
      return work
    })
  return {
    asked,
    info: (path) => noted(path, root.info(path)),
    read: (path, offset, length) => noted(path, root.read(path, offset, length)),
    list: (folder) => noted(folder, root.list(folder))
  }
}
