/** A run of a project that goes on in this process: what it commits is seen by every other, as that of a training is. */
import { join } from "node:path"
import { Effect, Exit, Scope } from "effect"
import { documentBytes, type NewEvent, specHash } from "../../packages/core/src/index.ts"
import { openStore } from "../../packages/store/src/index.ts"
import { runDocument } from "../../packages/store/test/runs.ts"
import { projectOfRuns } from "./runs.ts"

export interface LiveRun {
  readonly run_id: string
  readonly commit: (...events: ReadonlyArray<NewEvent>) => Promise<unknown>
  readonly close: () => Promise<void>
}

/** @param folder of a project that is made here, of no other run */
export const liveRun = async (folder: string): Promise<LiveRun> => {
  await projectOfRuns(folder, 0)
  const scope = Effect.runSync(Scope.make())
  const store = await Effect.runPromise(Scope.provide(openStore({ folder: join(folder, "runs") }), scope))
  const made = runDocument()
  const [train] = made.split.parts
  if (train === undefined) throw new Error("a split has a part")
  // Of every part that a phase meets, so that the progress of the run is known.
  const document = { ...made, split: { ...made.split, parts: ["train", "val", "test"].map((name) => ({ ...train, name })) } }
  return Effect.runPromise(
    Effect.gen(function* () {
      const document_sha256 = yield* store.blobs.put(documentBytes(document))
      const { name, seed } = document
      const { run_id } = yield* store.journal.create({ group_id: "g-1", name, seed, spec_sha256: specHash(document), document_sha256 })
      const lease = yield* Scope.provide(store.journal.acquire(run_id), scope)
      return {
        run_id,
        commit: (...events) => Effect.runPromise(store.journal.commit(lease, events, [])),
        close: () => Effect.runPromise(Scope.close(scope, Exit.void))
      }
    })
  )
}
