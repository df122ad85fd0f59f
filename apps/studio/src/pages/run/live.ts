/**
 * A run as it is now: its status from the server, kept up by its events.
 *
 * Events say that something changed; what is shown always comes from the server, so that two pages show the same. Sharp edge: the stream is
 * let go while the page is hidden, because a browser keeps six connections to a server at most; it goes on behind the last event afterwards.
 */
import { useEffect, useRef, useState } from "preact/hooks"
import { cache, client, type Query, useQuery } from "../../api.ts"
import { throttled } from "../../throttled.ts"
import { announce } from "../../ui/Toast.tsx"
import { whileSeen } from "../../whileSeen.ts"
import { isOver, type RunStatus } from "./model.ts"

export type Connection = "connecting" | "live" | "waiting" | "ended"

/** How often answers are asked for again while events come, in milliseconds. */
const every = { status: 300, rest: 1500 } as const

/** How long until a stream that was refused is asked for again, in milliseconds: a server that is being started again refuses at first. */
const refusedPause = 5000

/** Follows the events of a run until told to stop; while the page is hidden it lets go of the stream. */
export const followRun = (
  run: string,
  after: number,
  told: { readonly onEvent: () => void; readonly onState: (state: Connection) => void }
): (() => void) => {
  let last = after
  let connected = false
  let over = false
  const follow = (signal: AbortSignal): void => {
    if (over || signal.aborted) return
    client
      .follow(run, {
        ...(last < 0 ? {} : { after: last }),
        signal,
        onEvent: (_, seq) => {
          last = Math.max(last, seq)
          told.onEvent()
        },
        onGap: ({ to }) => {
          last = Math.max(last, to)
          told.onEvent()
        },
        onState: (state) => {
          if (signal.aborted) return
          if (state === "ended") over = true
          connected ||= state === "open"
          told.onState(state === "open" ? "live" : state === "connecting" ? (connected ? "waiting" : "connecting") : state)
        }
      })
      .catch(() => {
        if (signal.aborted) return
        told.onState("waiting")
        const timer = setTimeout(() => follow(signal), refusedPause)
        signal.addEventListener("abort", () => clearTimeout(timer))
      })
  }
  return whileSeen(follow)
}

export interface LiveRun {
  readonly status: Query<RunStatus>
  readonly connection: Connection
}

export const useLiveRun = (run: string): LiveRun => {
  const [connection, setConnection] = useState<Connection>("connecting")
  // Asked for now and then even without events: a process that died tells nobody.
  const status = useQuery<RunStatus>("run.status", { run }, { every: connection === "ended" ? 30_000 : 5000 })
  const known = status.data !== undefined
  const over = known && isOver(status.data?.status ?? "")
  useEffect(() => {
    if (!known || over) return
    const soon = throttled(() => cache.invalidate("run.status"), every.status)
    const later = throttled(
      () => cache.invalidate("run.show", "run.metrics", "run.series", "run.journal", "run.predictions", "run.figures"),
      every.rest
    )
    const stop = followRun(run, status.data?.last_seq ?? -1, {
      onEvent: () => {
        soon.call()
        later.call()
      },
      onState: (state) => {
        setConnection((before) => {
          // What happened while nobody listened is asked for.
          if (state === "live" && before === "waiting") {
            soon.call()
            later.call()
          }
          return state
        })
      }
    })
    return () => {
      stop()
      soon.stop()
      later.stop()
    }
  }, [run, known, over])
  useEffect(() => {
    if (over) {
      setConnection("ended")
      cache.invalidate("run.show", "run.metrics", "run.series", "run.journal", "run.predictions", "run.figures")
    }
  }, [over])

  const before = useRef<{ readonly status: string; readonly phase: string | null } | undefined>(undefined)
  useEffect(() => {
    const now = status.data
    if (now === undefined) return
    const last = before.current
    before.current = { status: now.status, phase: now.phase }
    if (last === undefined) return
    if (last.status !== now.status) announce(`Run ${now.run_id} is ${now.status}${now.failure === null ? "" : `: ${now.failure}`}`)
    else if (last.phase !== now.phase && now.phase !== null) announce(`Run ${now.run_id} is in phase ${now.phase}`)
  }, [status.data?.status, status.data?.phase])
  return { status, connection }
}
