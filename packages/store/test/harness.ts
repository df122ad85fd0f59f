/** What the tests of the store share: folders that go away, processes that are made up, and runs of effects. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TrainerError } from "@feagi-trainer/contracts"
import { Effect, type Scope } from "effect"
import { afterAll } from "vitest"
import { openStore, ProcessFacts, type ProcessFactsShape, type ProcessIdentity, type StoreShape } from "../src/index.ts"

const folders: Array<string> = []

/** A new empty folder; removed after the tests of the file. */
export const scratch = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "feagi-trainer-store-"))
  folders.push(folder)
  return folder
}

export const cleanUp = (): void =>
  afterAll(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })

export const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

/** The failure of an effect that must fail. */
export const failure = <A>(effect: Effect.Effect<A, TrainerError>): Promise<TrainerError> => Effect.runPromise(Effect.flip(effect))

export const codesOf = (error: TrainerError): ReadonlyArray<string> => error.diagnostics.map((each) => each.code)

/** Opens a store, uses it, closes it. */
export const withStore = <A, E>(folder: string, use: (store: StoreShape) => Effect.Effect<A, E, Scope.Scope>): Promise<A> =>
  run(Effect.scoped(Effect.flatMap(openStore({ folder }), use)))

const identity = (pid: number, boot_id: string, pid_namespace: string, started: string): ProcessIdentity => ({
  pid,
  boot_id,
  pid_namespace,
  started
})

/** Processes of a made-up machine: one is alive when its whole identity is in `alive`. */
export const machine = (boot_id = "boot-1", pid_namespace = "ns1") => {
  const alive = new Map<number, string>()
  let nonces = 0
  return {
    kill: (pid: number) => alive.delete(pid),
    start: (pid: number, started = `t${pid}`): ProcessFactsShape => {
      alive.set(pid, started)
      return {
        self: identity(pid, boot_id, pid_namespace, started),
        host: "box",
        judge: (other) => {
          if (other.boot_id !== boot_id) return "gone"
          if (other.pid_namespace !== pid_namespace) return "unknown"
          return alive.get(other.pid) === other.started ? "alive" : "gone"
        },
        nonce: () => {
          nonces += 1
          return `nonce-${boot_id}-${nonces}`
        }
      }
    }
  }
}

/** The same effect, run by another process. */
export const as =
  (facts: ProcessFactsShape) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.provideService(effect, ProcessFacts, facts)

export { answers, newBrain, newRun, step } from "./values.ts"
