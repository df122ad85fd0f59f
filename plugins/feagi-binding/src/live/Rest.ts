/**
 * The engine's REST interface. Every call has a time limit of its own kind, and every failure says which call it was. Sharp edge: many
 * answers of the engine are 200 with `success: false` in the body; the callers look.
 */
import { Buffer } from "node:buffer"
import type { TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { engineDown, engineLost, isTimeout, liveError, tooSlow, whyOf } from "./LiveFailure.ts"
import type { LiveOptions } from "./LiveOptions.ts"
import type { Meter } from "./Meter.ts"

type Method = "GET" | "POST" | "PUT"
/** Which limit a call has. */
type Kind = "request" | "upload"

interface Call {
  readonly method: Method
  readonly path: string
  readonly kind: Kind
  readonly body?: string | FormData
}

export interface Rest {
  readonly api: string
  readonly get: (path: string, kind?: Kind) => Effect.Effect<unknown, TrainerError>
  readonly send: (method: Method, path: string, body?: unknown, kind?: Kind) => Effect.Effect<unknown, TrainerError>
  /** A JSON text as it stands. */
  readonly sendText: (path: string, json: string) => Effect.Effect<unknown, TrainerError>
  readonly download: (path: string) => Effect.Effect<Uint8Array, TrainerError>
  readonly upload: (path: string, name: string, bytes: Uint8Array) => Effect.Effect<unknown, TrainerError>
}

/** What the engine says of a failure: `{"code":500,"message":"…"}`, or plain text. */
const messageIn = (text: string): string => {
  try {
    const parsed = JSON.parse(text) as { readonly message?: unknown }
    return typeof parsed.message === "string" ? parsed.message : text
  } catch {
    return text
  }
}

export const makeRest = ({ api, timeouts }: LiveOptions, meter: Meter): Rest => {
  let answered = false

  const lost = (error: unknown): TrainerError => (answered ? engineLost : engineDown)(api, whyOf(error))

  const call = ({ method, path, kind, body }: Call): Effect.Effect<Uint8Array, TrainerError> => {
    const limit = kind === "upload" ? timeouts.upload_ms : timeouts.request_ms
    return Effect.tryPromise({
      try: async (signal) => {
        const response = await fetch(api + path, {
          method,
          signal: AbortSignal.any([signal, AbortSignal.timeout(limit)]),
          ...(body === undefined ? {} : { body }),
          ...(typeof body === "string" ? { headers: { "content-type": "application/json" } } : {})
        })
        return { ok: response.ok, status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) }
      },
      catch: (error) =>
        isTimeout(error) ? tooSlow(`${method} ${path}`, kind === "upload" ? "upload_ms" : "request_ms", limit) : lost(error)
    }).pipe(
      Effect.flatMap(({ ok, status, bytes }) => {
        answered = true
        meter.bytes += bytes.length + (typeof body === "string" ? Buffer.byteLength(body) : 0)
        if (ok) return Effect.succeed(bytes)
        return Effect.fail(
          liveError("REFUSED", `the engine refused ${method} ${path}: ${messageIn(new TextDecoder().decode(bytes))}`, {
            expected: "HTTP 200",
            actual: `HTTP ${status}`
          })
        )
      })
    )
  }

  const json = (request: Call): Effect.Effect<unknown, TrainerError> =>
    Effect.flatMap(call(request), (bytes) =>
      Effect.try({
        try: () => (bytes.length === 0 ? null : (JSON.parse(new TextDecoder().decode(bytes)) as unknown)),
        catch: () =>
          liveError("GARBAGE", `the answer to ${request.method} ${request.path} is no JSON`, {
            actual: `${bytes.length} bytes that begin with ${new TextDecoder().decode(bytes.subarray(0, 40))}`,
            help: "is this the REST interface of a FEAGI engine? Look at learner.backend.options.api"
          })
      })
    )

  return {
    api,
    get: (path, kind = "request") => json({ method: "GET", path, kind }),
    send: (method, path, body, kind = "request") =>
      json({ method, path, kind, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
    sendText: (path, text) => json({ method: "POST", path, kind: "upload", body: text }),
    download: (path) => call({ method: "GET", path, kind: "upload" }),
    upload: (path, name, bytes) => {
      const form = new FormData()
      form.set("file", new Blob([Uint8Array.from(bytes)]), name)
      return json({ method: "POST", path, kind: "upload", body: form })
    }
  }
}
