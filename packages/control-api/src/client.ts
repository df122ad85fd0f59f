/**
 * The API from TypeScript: one call per operation with its own types, jobs to their end, events as they happen. Browser-safe.
 *
 * Sharp edge: what fails throws {@link ApiError} with every finding; a comparison that is refused is an answer and throws nothing.
 */
import { addressOf, apiBase } from "./address.ts"
import type { OperationData } from "./data/index.ts"
import type { Job, RunsChanged } from "./data/server.ts"
import { type Document, type Envelope, type Finding, isDocument, isFailure } from "./envelope.ts"
import { parseJson, printJson } from "./json.ts"
import { type BytesOperation, type Input, type JobOperation, type OperationId, routeOf } from "./routes.ts"
import { makeSseReader } from "./sse.ts"

/** What an operation answers; a job answers with itself first. */
export type Data<Id extends OperationId> = Id extends JobOperation ? Job : OperationData[Id]
/** What an operation answers in the end. */
export type Result<Id extends OperationId> = OperationData[Id]

/** A refusal with every finding. `status` is 0 where no answer came at all; the `reason` is then `unreachable`. */
export class ApiError extends Error {
  override readonly name = "ApiError"
  readonly status: number
  readonly reason: string
  readonly diagnostics: ReadonlyArray<Finding>
  readonly command: ReadonlyArray<string>

  constructor(status: number, reason: string, diagnostics: ReadonlyArray<Finding>, command: ReadonlyArray<string> = []) {
    super(diagnostics.map((each) => `${each.code} ${each.message}`).join("\n") || reason)
    this.status = status
    this.reason = reason
    this.diagnostics = diagnostics
    this.command = command
  }
}

export interface ClientOptions {
  /** Scheme, host and port; empty in a page that the server itself gave out. */
  readonly base: string
  /** Left out where a cookie stands for it. */
  readonly token?: string
  readonly fetch?: typeof fetch
}

export interface CallOptions {
  readonly signal?: AbortSignal
  /** 1 to 128 visible ASCII characters: the same key with the same call is carried out once. */
  readonly idempotencyKey?: string
}

export interface JobOptions extends CallOptions {
  /** What the job says of itself, each time it is asked. */
  readonly onProgress?: (job: Job) => void
  /** How long to wait between two questions, 500 ms when left out. */
  readonly everyMillis?: number
}

/** Events from `from` to `to`, both included, were not delivered; ask for them with `after: from - 1`. */
export interface Gap {
  readonly from: number
  readonly to: number
}

export interface FollowOptions {
  /** Number of the last event that is known; left out: from the first on. */
  readonly after?: number
  readonly onEvent: (event: OperationData["run.events"][number], seq: number) => void
  readonly onGap?: (gap: Gap) => void
  readonly onState?: (state: "connecting" | "open" | "waiting" | "ended") => void
  readonly signal?: AbortSignal
}

export interface WatchOptions {
  readonly onChange: (changed: RunsChanged) => void
  readonly onState?: (state: "connecting" | "open" | "waiting") => void
  readonly signal?: AbortSignal
}

export interface Client {
  readonly call: <Id extends Exclude<OperationId, BytesOperation | "source.upload">>(
    operation: Id,
    input: Input<Id>,
    options?: CallOptions
  ) => Promise<Envelope<Data<Id>>>
  /** Starts a job and waits for its result; fails as the command would. */
  readonly finish: <Id extends JobOperation>(operation: Id, input: Input<Id>, options?: JobOptions) => Promise<Document<Result<Id>>>
  readonly upload: (
    name: string,
    bytes: Uint8Array<ArrayBuffer> | Blob,
    options?: CallOptions
  ) => Promise<Envelope<OperationData["source.upload"]>>
  readonly bytes: <Id extends "openapi" | "dataset.picture" | "artifact.show">(
    operation: Id,
    input: Input<Id>,
    options?: CallOptions
  ) => Promise<{ readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> }>
  /** Ends when the run has ended or the signal says so; connects again by itself, behind the last event that came. */
  readonly follow: (run: string, options: FollowOptions) => Promise<void>
  /** Changes of all runs until the signal says to stop. */
  readonly watch: (options: WatchOptions) => Promise<void>
}

const wait = (millis: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener("abort", done)
      resolve()
    }
    const timer = setTimeout(done, millis)
    signal?.addEventListener("abort", done)
  })

/** Waiting times between attempts to connect, in milliseconds; the last one is repeated. */
const retries = [250, 500, 1000, 2000, 5000] as const

export const makeClient = (options: ClientOptions): Client => {
  const ask = options.fetch ?? fetch
  const authorization: Record<string, string> = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }

  const send = async (
    method: string,
    url: string,
    { signal, idempotencyKey }: CallOptions,
    body?: { readonly type: string; readonly content: string | Blob | Uint8Array<ArrayBuffer> },
    accept = "application/json",
    more: Readonly<Record<string, string>> = {}
  ): Promise<Response> => {
    try {
      return await ask(`${options.base}${url}`, {
        method,
        credentials: "same-origin",
        cache: "no-store",
        redirect: "error",
        headers: {
          ...authorization,
          ...more,
          accept,
          ...(method === "GET" ? {} : { "x-feagi-trainer": "1" }),
          ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
          ...(body === undefined ? {} : { "content-type": body.type })
        },
        ...(body === undefined ? {} : { body: body.content }),
        ...(signal === undefined ? {} : { signal })
      })
    } catch (cause) {
      if (signal?.aborted === true) throw cause
      throw new ApiError(0, "unreachable", [
        {
          code: "FT6010",
          severity: "error",
          message: "the server does not answer",
          ...(cause instanceof Error ? { actual: cause.message } : {}),
          help: "start it in the folder of the project: ftr ui, or ftr serve"
        }
      ])
    }
  }

  const documentOf = async (response: Response): Promise<Envelope> => {
    const text = await response.text()
    let document: unknown
    try {
      document = parseJson(text)
    } catch {
      document = undefined
    }
    if (!isDocument(document))
      throw new ApiError(response.status, "failed", [
        {
          code: "FT6011",
          severity: "error",
          message: "the answer is no document of the control API",
          expected: "{schema_version, kind, data, warnings, command}",
          actual: text === "" ? "nothing" : text.slice(0, 80)
        }
      ])
    const envelope: Envelope = "command" in document ? (document as Envelope) : { ...document, command: [] }
    if (isFailure(envelope)) throw new ApiError(response.status, envelope.data.reason, envelope.data.diagnostics, envelope.command)
    return envelope
  }

  const call: Client["call"] = async (operation, input, callOptions = {}) => {
    const { method, url, body, headers } = addressOf(operation, input)
    const content = body === undefined ? undefined : { type: "application/json", content: printJson(body) }
    return (await documentOf(await send(method, url, callOptions, content, undefined, headers))) as Envelope<Data<typeof operation>>
  }

  const finish: Client["finish"] = async (operation, input, jobOptions = {}) => {
    const { onProgress, everyMillis = 500, ...callOptions } = jobOptions
    let { data: job, command } = (await call(operation, input, callOptions)) as Envelope<Job>
    onProgress?.(job)
    while (job.state === "running") {
      await wait(everyMillis, callOptions.signal)
      callOptions.signal?.throwIfAborted()
      const { signal } = callOptions
      job = (await call("job.show", { job: job.job_id }, signal === undefined ? {} : { signal })).data
      onProgress?.(job)
    }
    command = job.command
    if (job.result === null)
      throw new ApiError(
        200,
        "failed",
        [{ code: "FT6013", severity: "error", message: `the job ended without a result: ${job.state}` }],
        command
      )
    if (isFailure(job.result)) throw new ApiError(200, job.result.data.reason, job.result.data.diagnostics, command)
    return job.result as Document<Result<typeof operation>>
  }

  /** Reads one stream to its end. Gives back whether the server said that nothing follows. */
  const read = async (
    url: string,
    lastId: string | undefined,
    signal: AbortSignal | undefined,
    opened: () => void,
    onMessage: (event: string, data: string, id: string | undefined) => void
  ): Promise<boolean> => {
    const response = await ask(`${options.base}${url}`, {
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      headers: { ...authorization, accept: "text/event-stream", ...(lastId === undefined ? {} : { "last-event-id": lastId }) },
      ...(signal === undefined ? {} : { signal })
    })
    if (!response.ok || response.body === null) {
      await documentOf(response)
      return false
    }
    opened()
    let ended = false
    const reader = makeSseReader((event, data, id) => {
      if (event === "end") ended = true
      else onMessage(event, data, id)
    })
    const decoder = new TextDecoder()
    for await (const bytes of response.body) reader(decoder.decode(bytes, { stream: true }))
    return ended
  }

  /** Connects again and again; a refusal that will not change is thrown. */
  const persist = async (
    url: string,
    signal: AbortSignal | undefined,
    lastId: () => string | undefined,
    onState: (state: "connecting" | "open" | "waiting") => void,
    onMessage: (event: string, data: string, id: string | undefined) => void
  ): Promise<void> => {
    let failures = 0
    const aborted = (): boolean => signal?.aborted === true
    while (!aborted()) {
      onState("connecting")
      try {
        const opened = () => {
          failures = 0
          onState("open")
        }
        if (await read(url, lastId(), signal, opened, onMessage)) return
      } catch (cause) {
        if (aborted()) return
        if (cause instanceof ApiError && cause.status !== 0 && cause.status !== 503) throw cause
      }
      onState("waiting")
      await wait(retries[Math.min(failures, retries.length - 1)] ?? 5000, signal)
      failures += 1
    }
  }

  return {
    call,
    finish,
    upload: async (name, content, callOptions = {}) => {
      const { method, url } = addressOf("source.upload", { name })
      const response = await send(method, url, callOptions, { type: "application/octet-stream", content })
      return (await documentOf(response)) as Envelope<OperationData["source.upload"]>
    },
    bytes: async (operation, input, callOptions = {}) => {
      const { method, url } = addressOf(operation, input)
      const response = await send(method, url, callOptions, undefined, "*/*")
      if (!response.ok) await documentOf(response)
      return { type: response.headers.get("content-type") ?? "", bytes: new Uint8Array(await response.arrayBuffer()) }
    },
    follow: async (run, { after, onEvent, onGap, onState, signal }) => {
      let last = after
      const { url } = addressOf("run.events", { run, ...(after === undefined ? {} : { after }) })
      await persist(
        url,
        signal,
        () => (last === undefined || last < 0 ? undefined : String(last)),
        (state) => onState?.(state),
        (event, data, id) => {
          if (id !== undefined) last = Number(id)
          if (event === "gap") onGap?.(parseJson(data) as Gap)
          else if (event === "run-event") onEvent(parseJson(data) as OperationData["run.events"][number], Number(id))
          else if (event === "error") {
            const { data: failure } = parseJson(data) as Document<{ readonly reason: string; readonly diagnostics: ReadonlyArray<Finding> }>
            throw new ApiError(200, failure.reason, failure.diagnostics)
          }
        }
      )
      onState?.("ended")
    },
    watch: ({ onChange, onState, signal }) =>
      persist(
        `${apiBase}${routeOf("events").path}`,
        signal,
        () => undefined,
        (state) => onState?.(state),
        (event, data) => {
          if (event === "runs-changed") onChange(parseJson(data) as RunsChanged)
        }
      )
  }
}
