/**
 * A server for one project, from its start to its end: what it says, and how the runs that it began are stopped.
 *
 * Sharp edge: it works in this process and in children of it; when it ends, however it ends, so do they, and their runs can be resumed.
 */
import { join } from "node:path"
import { makeServer } from "@feagi-trainer/server"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { type Bridge, makeBridge } from "../bridge.ts"
import { stoppedBy } from "../exitCode.ts"
import { emit, say } from "../Out.ts"
import type { ProjectShape } from "../Project.ts"
import { Stopped } from "../Stopped.ts"
import { makeHost } from "./host.ts"
import { type Launcher, makeLauncher } from "./Launcher.ts"
import { openBrowser } from "./openBrowser.ts"
import { firstSignal } from "./signals.ts"
import { tokenOf } from "./token.ts"

export interface Serve {
  readonly project: ProjectShape
  readonly demo: boolean
  /** 0 takes a free one. */
  readonly port: number
  readonly json: boolean
  /** Folder of the built Studio; undefined gives the API alone. */
  readonly assets: string | undefined
  readonly open: boolean
  /** What is done once it listens; `execute` ends when the run, or the group of runs, has ended. */
  readonly begun?: (folder: string, execute: (run: string) => Promise<void>, call: Bridge["callVerb"]) => Promise<void>
}

/** Ends with {@link Stopped} when a signal came. */
export const serveProject = ({ project, demo, port, json, assets, open, begun }: Serve) =>
  Effect.scoped(
    Effect.gen(function* () {
      const token = yield* tokenOf(process.env)
      const log = (line: string): void => void process.stderr.write(`${line}\n`)
      const bridge = yield* Effect.acquireRelease(
        Effect.promise(() => makeBridge(project)),
        (made) => Effect.promise(() => made.close())
      )
      const launcher = makeLauncher(log)
      const host = makeHost({ project, bridge, launcher, demo })
      const server = yield* makeServer({
        host,
        port,
        token: token.value,
        uploads: join(project.store, "uploads"),
        log,
        ...(assets === undefined ? {} : { assets })
      })
      // What is kept of all runs is read while a browser is still being opened; a failure is told to whoever asks.
      yield* Effect.forkScoped(Effect.ignore(host.events.changes))
      // Asked for before anything is said: who reads the address may signal at once.
      const signalled = yield* Effect.forkScoped(firstSignal)
      if (json)
        yield* emit(true, {
          kind: "server",
          data: { url: server.origin, token: token.value, pid: process.pid },
          human: "",
          oneLine: true
        })
      yield* say(`${assets === undefined ? "API" : "Studio"} of ${project.folder}`)
      // A token that was given is known to whoever gave it, and is not shown again.
      yield* say(`  ${token.given ? server.origin : server.entrance}`)
      yield* say("  for this machine alone; Ctrl-C ends it and pauses the runs that it started")
      if (open && !(yield* openBrowser(server.entrance))) yield* say("  no browser could be opened: open the address above")
      const execute = async (run: string): Promise<void> => {
        await Effect.runPromise(host.start(run, {}))
        await launcher.going().find((each) => each.run === run)?.child.ended
      }
      begun?.(project.folder, execute, bridge.callVerb).catch((cause: unknown) =>
        log(cause instanceof Error ? cause.message : String(cause))
      )
      const signal = yield* Fiber.join(signalled)
      yield* pauseAll(launcher)
      return yield* Effect.fail(new Stopped(stoppedBy[signal]))
    })
  )

/** Every run that goes on is asked to pause behind its current sample, and waited for. */
const pauseAll = (launcher: Launcher) =>
  Effect.gen(function* () {
    launcher.close()
    const going = launcher.going()
    if (going.length === 0) return
    yield* say(`stopping ${going.map(({ run }) => run).join(", ")} behind the current sample; once more to stop at once`)
    for (const { child } of going) child.interrupt()
    yield* Effect.promise(() => Promise.all(going.map(({ child }) => child.ended)))
    for (const { run } of going) yield* say(`go on with:  feagi-trainer run resume ${run}`)
  })
