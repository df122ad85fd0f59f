/**
 * Questions to the server and what may be done about them. `useQuery` reads, `useAction` changes; both speak in operations of the control
 * API, and every answer carries the line that would ask the same at a prompt. Sharp edge: an action makes the answers named in `touches`
 * out of date; an operation missing there leaves old answers on the page.
 */
import { ApiError, type CallOptions, type Data, makeClient } from "@feagi-trainer/control-api/client"
import type { Envelope, Finding } from "@feagi-trainer/control-api/envelope"
import { type Input, type OperationId, routeOf } from "@feagi-trainer/control-api/routes"
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks"
import { Cache, keyOf, type Loaded } from "./cache.ts"

export { ApiError, type CallOptions } from "@feagi-trainer/control-api/client"
export type { Envelope } from "@feagi-trainer/control-api/envelope"
export type { OperationId } from "@feagi-trainer/control-api/routes"
export type Diagnostic = Finding
/** An input whose operation is not known to the type checker; the client still checks it by the table. */
export type AnyInput = Readonly<Record<string, unknown>>

/** One client for the whole page: same origin, let in by the cookie. */
export const client = makeClient({ base: "" })

/** A document as text; integers beyond 2^53, which are bigint here, are written as JSON integers. */
export const print = (value: unknown, indent = 2): string =>
  JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? `\u0000${inner}\u0000` : inner), indent).replaceAll(
    /"\\u0000(-?\d+)\\u0000"/g,
    "$1"
  )

type Call = {
  /** Carries out one operation with the types of the table, or with the type of the answer that the caller names. Throws `ApiError`. */
  <Id extends OperationId>(id: Id, input: Input<Id>, options?: CallOptions): Promise<Envelope<Data<Id>>>
  <D>(id: OperationId, input?: AnyInput, options?: CallOptions): Promise<Envelope<D>>
}
export const call: Call = (id: OperationId, input: AnyInput = {}, options: CallOptions = {}): Promise<Envelope<never>> =>
  client.call(id as "session", input as Input<"session">, options) as Promise<Envelope<never>>

/** The code of a refusal because there is no store in the project. */
export const noStore = "FT1103"

/** Lists of what a store holds. A project without one would refuse each, and the browser would write that into its console. */
const inStore: ReadonlySet<OperationId> = new Set<OperationId>([
  "run.ls",
  "run.columns",
  "group.ls",
  "dataset.ls",
  "brain.ls",
  "scorecard.ls"
])
let session: Promise<Envelope<Data<"session">>> | undefined
let present = false

/** How the project stands: one question at a time, whoever asks. A store that is there stays. */
const askSession = async (): Promise<Envelope<Data<"session">>> => {
  session ??= call("session", {}).finally(() => {
    session = undefined
  })
  const answer = await session
  present ||= answer.data.store.present
  return answer
}

/** The answer of a reading operation; what only a store could answer is not asked of a project that has none. */
const ask = async (id: OperationId, input: AnyInput): Promise<Envelope<unknown>> => {
  if (id === "session") return askSession()
  if (inStore.has(id) && !present) {
    const { data } = await askSession()
    if (!data.store.present)
      throw new ApiError(422, "invalid", [{ code: noStore, severity: "error", message: `there is no store at ${data.store.path}` }])
  }
  return call<unknown>(id, input)
}

/** Where the same answer can be had as a file, a picture, or in a tab of its own. */
export const urlOf = (id: OperationId, input: AnyInput = {}): string => {
  const { path, fields } = routeOf(id)
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(input))
    if (fields[name]?.in === "query" && value !== undefined)
      for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one))
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input[name] ?? "")))
  return `/api/v1${filled}${search.size === 0 ? "" : `?${search}`}`
}

export const cache = new Cache()

/** What is asked, how far that is, and how to ask again. `data` of an older answer stays while `state` is "loading" or "failed". */
export interface Query<D> {
  readonly state: "idle" | Loaded<D>["state"]
  readonly data: D | undefined
  readonly error: ApiError | undefined
  readonly warnings: ReadonlyArray<Diagnostic>
  readonly command: ReadonlyArray<string>
  readonly again: () => void
}

export const asApiError = (error: unknown): ApiError =>
  error instanceof ApiError
    ? error
    : error instanceof RangeError
      ? // The table of operations refuses what no server could answer, such as an id that is none.
        new ApiError(400, "usage", [{ code: "studio/INPUT", severity: "error", message: error.message }])
      : new ApiError(0, "failed", [
          { code: "studio/FAILED", severity: "error", message: error instanceof Error ? error.message : String(error) }
        ])

const polled = new Map<string, { readonly timer: ReturnType<typeof setInterval>; users: number }>()

/** Asks a question again and again while the page is seen: once for all who want that. */
const poll = (key: string, every: number): (() => void) => {
  const name = `${every} ${key}`
  const known = polled.get(name)
  const mine = known ?? {
    timer: setInterval(() => {
      if (!document.hidden) cache.refresh(key)
    }, every),
    users: 0
  }
  polled.set(name, mine)
  mine.users++
  return () => {
    mine.users--
    if (mine.users > 0) return
    clearInterval(mine.timer)
    polled.delete(name)
  }
}

export interface QueryOptions {
  readonly every?: number
  readonly keep?: boolean
}
type UseQuery = {
  <Id extends OperationId>(id: Id, input: Input<Id> | null, options?: QueryOptions): Query<Data<Id>>
  <D>(id: OperationId, input: AnyInput | null, options?: QueryOptions): Query<D>
}

/**
 * The answer of a reading operation, kept up to date. `null` as input asks nothing. `every` asks again after that many milliseconds, for
 * what the server does not announce; `keep` shows the answer of the question before while the next is under way, for tables whose filter
 * changes.
 */
export const useQuery: UseQuery = <D>(id: OperationId, input: AnyInput | null, options: QueryOptions = {}): Query<D> => {
  const key = input === null ? null : keyOf(id, input)
  const [, redraw] = useState(0)
  const before = useRef<Envelope<D> | undefined>(undefined)
  const now: Loaded<Envelope<D>> | undefined =
    key === null || input === null ? undefined : cache.read<Envelope<D>>(id, key, () => ask(id, input) as Promise<Envelope<D>>)
  useEffect(() => {
    if (key === null) return
    const stop = cache.watch(key, () => redraw((count) => count + 1))
    redraw((count) => count + 1)
    return stop
  }, [key])
  useEffect(() => (key === null || options.every === undefined ? undefined : poll(key, options.every)), [key, options.every])
  if (now?.value !== undefined) before.current = now.value
  const shown = now?.value ?? (options.keep === true ? before.current : undefined)
  const again = useCallback(() => {
    if (key !== null) cache.again(key)
  }, [key])
  return {
    state: now?.state ?? "idle",
    data: shown?.data,
    error: now?.state === "failed" ? asApiError(now.error) : undefined,
    warnings: shown?.warnings ?? [],
    command: shown?.command ?? (now?.state === "failed" && now.error instanceof ApiError ? now.error.command : []),
    again
  }
}

/** Which answers an operation makes out of date. */
const touches: Readonly<Record<string, ReadonlyArray<string>>> = {
  run: ["run.*", "group.ls", "session", "job.*"],
  dataset: ["dataset.*", "template.ls", "session", "job.*"],
  source: ["source.*"],
  template: [],
  binding: [],
  scorecard: ["scorecard.*", "job.*"],
  brain: ["brain.*", "job.*"],
  job: ["job.*"],
  artifact: ["job.*"]
}
const readingPosts = new Set<OperationId>(["run.plan", "run.compare", "compatibility", "binding.explain", "template.show", "dataset.split"])

/** Says that what an operation has touched is out of date. */
export const touched = (id: OperationId): void => {
  if (!readingPosts.has(id)) cache.invalidate(...(touches[id.split(".")[0] ?? ""] ?? []))
}

export interface Action<D> {
  /** Carries the operation out; undefined when it was refused, `error` then says why. */
  readonly act: (input?: AnyInput, options?: CallOptions) => Promise<Envelope<D> | undefined>
  readonly busy: boolean
  readonly data: D | undefined
  readonly error: ApiError | undefined
  readonly command: ReadonlyArray<string>
  readonly reset: () => void
}

/** A changing operation, or a reading one that only runs when asked to. A second call supersedes the first. */
export const useAction = <D = unknown>(id: OperationId): Action<D> => {
  const [now, setNow] = useState<{ busy: boolean; answer?: Envelope<D>; error?: ApiError }>({ busy: false })
  const turn = useRef(0)
  const act = useCallback(
    async (input: AnyInput = {}, options: CallOptions = {}) => {
      turn.current++
      const mine = turn.current
      setNow((before) => ({ ...(before.answer === undefined ? {} : { answer: before.answer }), busy: true }))
      try {
        const answer = await call<D>(id, input, options)
        if (mine === turn.current) setNow({ busy: false, answer })
        touched(id)
        return answer
      } catch (error) {
        if (mine === turn.current) setNow({ busy: false, error: asApiError(error) })
        return undefined
      }
    },
    [id]
  )
  const reset = useCallback(() => {
    turn.current++
    setNow({ busy: false })
  }, [])
  return useMemo(
    () => ({
      act,
      busy: now.busy,
      data: now.answer?.data,
      error: now.error,
      command: now.answer?.command ?? now.error?.command ?? [],
      reset
    }),
    [act, now, reset]
  )
}

export type Job = Data<"job.show">

/** An operation that takes its time: `start` it, watch `job`; `done` is called once with its result. */
export const useJob = (
  id: OperationId,
  done?: (job: Job) => void
): {
  readonly start: (input?: AnyInput) => Promise<void>
  readonly job: Job | undefined
  readonly error: ApiError | undefined
  readonly cancel: () => void
} => {
  const action = useAction<Job>(id)
  const [finished, setFinished] = useState("")
  const running = action.data?.job_id
  const query = useQuery<Job>(
    "job.show",
    running === undefined ? null : { job: running },
    running === undefined || finished === running ? {} : { every: 400 }
  )
  const job = query.data ?? action.data
  useEffect(() => {
    if (job === undefined || job.state === "running" || finished === job.job_id) return
    setFinished(job.job_id)
    touched(id)
    done?.(job)
  }, [job?.job_id, job?.state])
  return {
    start: async (input = {}) => {
      await action.act(input)
    },
    job,
    error: action.error ?? query.error,
    cancel: () => {
      if (running !== undefined)
        call("job.cancel", { job: running }).then(
          () => query.again(),
          () => query.again()
        )
    }
  }
}
