/**
 * The server: every request is let in or refused, understood by the table, carried out by the host, answered in the one envelope.
 *
 * It listens on 127.0.0.1 alone. Sharp edge: a call that changes something is finished even when its caller is gone, since the caller may
 * ask for its answer again by the same Idempotency-Key.
 */
import { createHash } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { apiBase, argvOf, type Document, type Input, type OperationId, openapi, type Route, stdinOf } from "@feagi-trainer/control-api"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { assetReply, readAssets } from "./Assets.ts"
import { EventFeeds, type Write } from "./EventFeeds.ts"
import { type Admitted, admit, cookieName, type Headers } from "./guard.ts"
import type { RunningServer, ServerOptions } from "./Host.ts"
import { checkKey, Idempotency } from "./Idempotency.ts"
import { inertReply } from "./inertReply.ts"
import { Jobs } from "./Jobs.ts"
import { defaultLimits, type Limits } from "./limits.ts"
import { bugReply, dataReply, documentReply, failureDocument, type Refusal, type Reply, refuse, statusOf } from "./Reply.ts"
import { RunChanges } from "./RunChanges.ts"
import { checkBody, isRefusal, readBody, textOf } from "./readBody.ts"
import { type Given, readInput } from "./readInput.ts"
import { type Match, match } from "./router.ts"
import { readTarget, type Target } from "./target.ts"
import { keepUpload, nameOf } from "./uploads.ts"

/** What every answer says to a browser, whatever it is. */
const everyReply = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin"
} as const

const apiSegments = apiBase.slice(1).split("/")

/** Listens until its scope is closed. `limits` are for tests. */
export const makeServer = (
  options: ServerOptions,
  limits: Limits = defaultLimits
): Effect.Effect<RunningServer, TrainerError, Scope.Scope> =>
  Effect.gen(function* () {
    if (!/^[A-Za-z0-9_-]{32,256}$/.test(options.token))
      return yield* trainerError("usage", {
        code: "FT6018",
        message: "the token could be guessed",
        expected: "32 to 256 characters of A-Z, a-z, 0-9, - and _, made by chance"
      })
    const { host, log = () => {} } = options
    const scope = yield* Effect.scope
    const assets = options.assets === undefined ? undefined : yield* readAssets(options.assets)
    const run = yield* FiberSet.makeRuntime<never, void, never>()
    const jobs = new Jobs(host, scope)
    const idempotency = new Idempotency()
    const feeds = new EventFeeds(host.events, scope, limits.ring)
    const changes = new RunChanges(host.events, scope, limits.look)
    const calls = yield* Semaphore.make(limits.calls)
    let listeners = 0

    const failureReply = (error: TrainerError, command: ReadonlyArray<string> = []): Reply => {
      const document = failureDocument(error.reason, error.diagnostics)
      return documentReply(statusOf(document), document, command)
    }

    /** What an operation answers. */
    const carryOut = (
      operation: OperationId,
      { route }: Match,
      given: Given,
      body: Buffer
    ): Effect.Effect<Reply, TrainerError | Refusal> => {
      // The input was checked against the same row that the types are made from.
      const input = given as Input<OperationId>
      const argv = (): ReadonlyArray<string> => argvOf(operation, input)
      const id = (name: string): string => String(given[name])
      switch (operation) {
        case "health":
          return Effect.succeed(dataReply(200, "health", { status: "ok", ...host.health }))
        case "session":
          return Effect.map(host.session, (session) => dataReply(200, "session", session))
        case "openapi":
          return Effect.succeed({ ...dataReply(200, "openapi", null), body: `${JSON.stringify(openapi(host.health.version))}\n` })
        case "job.ls":
          return Effect.succeed(dataReply(200, "jobs", jobs.list))
        case "job.show":
          return Effect.map(
            attempt(() => jobs.show(id("job"))),
            (job) => documentReply(200, document("job", job), job.command)
          )
        case "job.cancel":
          return Effect.map(Effect.flatten(attempt(() => jobs.cancel(id("job")))), (job) =>
            documentReply(200, document("job", job), job.command)
          )
        case "run.start":
        case "run.resume": {
          const { workers } = given as { readonly workers?: number }
          return host.start(id("run"), workers === undefined ? {} : { workers }).pipe(
            Effect.map((started) => documentReply(200, document("run-start", started), argv())),
            Effect.catch((error) => Effect.succeed(failureReply(error, argv())))
          )
        }
        case "dataset.picture":
          return Effect.map(host.picture(id("dataset"), id("sample")), inertReply)
        case "artifact.show":
          return Effect.map(host.artifact(id("sha256")), inertReply)
        case "source.upload": {
          const { uploads } = options
          if (uploads === undefined)
            return Effect.fail(
              refuse(403, { code: "FT6014", message: "this server takes no files", help: "name a path of this machine instead" })
            )
          return Effect.flatMap(
            attempt(() => nameOf(id("name"))),
            (name) => Effect.map(keepUpload(uploads, name, body), (upload) => dataReply(200, "upload", upload))
          )
        }
        default:
          break
      }
      if (route.effect === "job")
        return Effect.map(jobs.start(operation, argv(), stdinOf(operation, input)), (job) =>
          documentReply(202, document("job", job), argv(), { location: `${apiBase}/jobs/${job.job_id}` })
        )
      return calls.withPermit(
        Effect.map(host.call(argv(), stdinOf(operation, input)), ({ envelope }) =>
          documentReply(statusOf(envelope), envelope, argv(), etagOf(route, envelope))
        )
      )
    }

    /** Never fails: what goes wrong is an answer. */
    const answered = <A>(effect: Effect.Effect<A, TrainerError | Refusal>): Effect.Effect<A | Reply> =>
      effect.pipe(
        Effect.catch((error): Effect.Effect<A | Reply> => Effect.succeed(isRefusal(error) ? error.reply : failureReply(error))),
        Effect.catchCause((cause) => {
          if (Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause as Cause.Cause<never>)
          const error = Cause.squash(cause)
          if (isRefusal(error)) return Effect.succeed(error.reply)
          log(`FT9001 ${error instanceof Error ? error.message : String(error)}`)
          return Effect.succeed(bugReply())
        })
      )

    /** Carried out by the server and not by the request, so that it ends even when nobody waits. */
    const detached = (effect: Effect.Effect<Reply>): Effect.Effect<Reply> =>
      Effect.suspend(() => {
        const reply = Deferred.makeUnsafe<Reply>()
        run(Effect.onExit(effect, (exit) => Deferred.done(reply, exit)).pipe(Effect.asVoid))
        return Deferred.await(reply)
      })

    const api = (request: IncomingMessage, headers: Headers, target: Target): Effect.Effect<Reply | Listening, TrainerError | Refusal> =>
      Effect.gen(function* () {
        const method = request.method ?? ""
        const found = match(method, target.segments.slice(apiSegments.length))
        const { operation, route } = found
        const bytes = route.sends === "bytes"
        const limit = bytes ? limits.upload : limits.body
        checkBody(headers, bytes ? "bytes" : "json", limit)
        // Ids and query are looked at before a body is read.
        if (bytes) readInput(route, found.path, target.query, headers, "")
        const body = yield* readBody(request, limit)
        const given = readInput(route, found.path, target.query, headers, bytes ? "" : textOf(body))
        if (listens(found, headers)) return { operation, given }
        const reply = answered(carryOut(operation, found, given, body))
        if (method === "GET") return yield* reply
        const key = headers.get("idempotency-key")
        if (key === undefined) return yield* detached(reply)
        checkKey(key)
        const fingerprint = createHash("sha256")
          .update(`${method} ${request.url}\n${headers.get("if-match") ?? ""}\n`)
          .update(body)
          .digest("hex")
        return yield* detached(answered(Effect.suspend(() => idempotency.once(key, fingerprint, reply))))
      })

    const listen = (
      request: IncomingMessage,
      response: ServerResponse,
      headers: Headers,
      { operation, given }: Listening
    ): Effect.Effect<void> =>
      Effect.gen(function* () {
        if (listeners >= limits.listeners)
          return yield* Effect.fail(
            refuse(503, { code: "FT6009", message: `${listeners} listeners are there already` }, { "retry-after": "5" }, "locked")
          )
        const last = headers.get("last-event-id")
        if (last !== undefined && !/^(?:0|[1-9][0-9]{0,14})$/.test(last))
          return yield* Effect.fail(
            refuse(400, {
              code: "FT6016",
              message: "Last-Event-ID is no number of an event",
              expected: "the id of the last event that came"
            })
          )
        const after = last === undefined ? Number(given.after ?? -1) : Number(last)
        const run_id = operation === "events" ? undefined : yield* host.events.find(String(given.run))
        listeners += 1
        return yield* stream(request, response, (write) =>
          run_id === undefined ? changes.serve(write) : feeds.serve(run_id, after, write)
        ).pipe(
          Effect.ensuring(
            Effect.sync(() => {
              listeners -= 1
            })
          )
        )
      }).pipe(
        Effect.catch((error) => {
          send(response, request, isRefusal(error) ? error.reply : failureReply(error))
          return Effect.void
        })
      )

    const stream = (
      request: IncomingMessage,
      response: ServerResponse,
      serve: (write: Write) => Effect.Effect<void>
    ): Effect.Effect<void> => {
      let busy = false
      const write: Write = (text) =>
        Effect.suspend(() => {
          if (response.write(text)) return Effect.void
          busy = true
          return drained(response).pipe(
            Effect.timeoutOrElse({
              duration: limits.stalled,
              orElse: () => {
                response.destroy()
                return Effect.interrupt
              }
            }),
            Effect.ensuring(
              Effect.sync(() => {
                busy = false
              })
            )
          )
        })
      response.writeHead(200, {
        ...everyReply,
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "x-accel-buffering": "no"
      })
      response.write(": open\n\n")
      request.socket.setNoDelay(true)
      const alive = Effect.forever(
        Effect.andThen(
          Effect.sleep(limits.heartbeat),
          Effect.suspend(() => (busy ? Effect.void : write(": ping\n\n")))
        )
      )
      return Effect.raceFirst(serve(write), alive).pipe(Effect.ensuring(Effect.sync(() => response.end())))
    }

    const entrance = (): Reply => ({
      status: 303,
      headers: {
        location: "/",
        "set-cookie": `${cookieName(port)}=${options.token}; HttpOnly; SameSite=Strict; Path=/`,
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox"
      },
      body: ""
    })

    const page = (request: IncomingMessage, headers: Headers, target: Target): Reply => {
      if (request.method !== "GET" && request.method !== "HEAD")
        throw refuse(405, { code: "FT6003", message: "this address can only be read", expected: "GET, HEAD" }, { allow: "GET, HEAD" })
      const reply =
        assets === undefined
          ? undefined
          : assetReply(assets, {
              segments: target.segments,
              accept: headers.get("accept") ?? "",
              ifNoneMatch: headers.get("if-none-match")
            })
      if (reply !== undefined) return reply
      throw refuse(404, {
        code: "FT6002",
        message: "there is nothing at this address",
        help: assets === undefined ? `the API is at ${apiBase}/openapi.json; the Studio is given out by  ftr ui` : "the Studio is at /"
      })
    }

    const handle = (request: IncomingMessage, response: ServerResponse): Effect.Effect<void> =>
      Effect.gen(function* () {
        let admitted: Admitted
        try {
          admitted = admit(request, { port, token: options.token })
        } catch (error) {
          if (!isRefusal(error)) throw error
          log(`refused ${error.reply.status} ${methodOf(request)}`)
          return send(response, request, wantsPage(request) ? doorPage(error.reply) : error.reply)
        }
        if (admitted.entered) return send(response, request, entrance())
        const { headers } = admitted
        const reply = yield* answered(
          Effect.suspend((): Effect.Effect<Reply | Listening, TrainerError | Refusal> => {
            const target = readTarget(request.url ?? "")
            const isApi = apiSegments.every((each, at) => target.segments[at] === each)
            return isApi ? api(request, headers, target) : Effect.sync(() => page(request, headers, target))
          })
        )
        if ("operation" in reply) return yield* listen(request, response, headers, reply)
        send(response, request, reply)
      }).pipe(
        Effect.catchCause((cause) => {
          if (!Cause.hasInterruptsOnly(cause)) {
            log(`FT9001 ${String(Cause.squash(cause))}`)
            if (!response.headersSent) send(response, request, bugReply())
            else response.destroy()
          }
          return Effect.void
        })
      )

    const server = createServer(
      {
        maxHeaderSize: 16 * 1024,
        headersTimeout: limits.headersTimeout,
        requestTimeout: limits.requestTimeout,
        keepAliveTimeout: 5_000,
        connectionsCheckingInterval: Math.min(2_000, limits.headersTimeout),
        requireHostHeader: false,
        insecureHTTPParser: false,
        joinDuplicateHeaders: false
      },
      (request, response) => {
        const fiber = run(handle(request, response))
        response.on("error", () => {})
        response.on("close", () => fiber.interruptUnsafe())
      }
    )
    server.maxHeadersCount = 0
    server.maxConnections = limits.connections
    server.on("clientError", refuseBytes)
    // Neither tunnels nor other protocols.
    server.on("connect", (_, socket) => socket.destroy())
    server.on("upgrade", (_, socket) => socket.destroy())

    yield* Effect.acquireRelease(listenOn(server, options.port), () => closed(server))
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : options.port
    const origin = `http://127.0.0.1:${port}`
    return { port, origin, entrance: `${origin}/?token=${options.token}` }
  })

const document = (kind: string, data: unknown): Document => ({ schema_version: 1, kind, data, warnings: [] })

/** The name of what the answer shows, as a header. */
const etagOf = ({ etag }: Route, { data }: Document): Readonly<Record<string, string>> =>
  etag === true && typeof data === "object" && data !== null && "etag" in data ? { etag: `"${String(data.etag)}"` } : {}

/** Not an answer but a stream of them. */
interface Listening {
  readonly operation: OperationId
  readonly given: Given
}

/** What throws a Refusal, as an effect. */
const attempt = <A>(make: () => A): Effect.Effect<A, Refusal> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(make())
    } catch (error) {
      if (isRefusal(error)) return Effect.fail(error)
      throw error
    }
  })

const methodOf = ({ method = "" }: IncomingMessage): string => (/^[A-Z]{1,16}$/.test(method) ? method : "?")

const listens = ({ route }: Match, headers: Headers): boolean =>
  route.answers === "events" || (route.answers === "json-or-events" && (headers.get("accept") ?? "").includes("text/event-stream"))

const wantsPage = ({ method, headers }: IncomingMessage): boolean => method === "GET" && (headers.accept ?? "").includes("text/html")

/** The refusal in words for whoever opened the address in a browser. */
const doorPage = (reply: Reply): Reply => ({
  ...reply,
  headers: { ...reply.headers, "content-type": "text/html; charset=utf-8" },
  body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>FEAGI Trainer</title><h1>This server answers only to whoever started it</h1><p>Open the address that <code>ftr ui</code> printed in its terminal. It is good for as long as that program runs.</p></html>\n`
})

const send = (response: ServerResponse, request: IncomingMessage, reply: Reply): void => {
  if (response.headersSent || response.destroyed) return
  const body = typeof reply.body === "string" ? Buffer.from(reply.body, "utf8") : reply.body
  const unread = !request.complete
  response.writeHead(reply.status, {
    ...everyReply,
    ...reply.headers,
    ...(reply.status === 304 ? {} : { "content-length": String(body.length) }),
    // The rest of a body that nobody reads is not waited for.
    ...(unread ? { connection: "close" } : {})
  })
  response.end(request.method === "HEAD" || reply.status === 304 ? undefined : body)
  if (unread) drain(request)
}

/** Reads on for a little, so that the answer is not lost to a caller who still sends; then hangs up. */
const drain = (request: IncomingMessage): void => {
  let left = 1024 * 1024
  request.on("data", (piece: Buffer) => {
    left -= piece.length
    if (left < 0) request.destroy()
  })
  const timer = setTimeout(() => request.destroy(), 2000)
  timer.unref()
  request.on("close", () => clearTimeout(timer))
  request.resume()
}

/** Ends when the client can take more, or is gone. */
const drained = (response: ServerResponse): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    const done = () => {
      response.off("drain", done).off("close", done)
      resume(Effect.void)
    }
    response.on("drain", done).on("close", done)
    return Effect.sync(() => void response.off("drain", done).off("close", done))
  })

interface RawSocket {
  readonly writable: boolean
  readonly bytesRead?: number
  readonly end: (text: string) => unknown
  readonly destroy: () => unknown
}

/** What is no HTTP request, or not in time. */
const refuseBytes = (error: Error & { readonly code?: string }, socket: RawSocket): void => {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy()
  // A browser opens connections ahead of its requests: it would take what is said on one for the answer to its next request.
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT" && socket.bytesRead === 0) return void socket.destroy()
  const status =
    error.code === "HPE_HEADER_OVERFLOW"
      ? "431 Request Header Fields Too Large"
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? "408 Request Timeout"
        : "400 Bad Request"
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

const listenOn = (server: Server, port: number): Effect.Effect<Server, TrainerError> =>
  Effect.callback<Server, TrainerError>((resume) => {
    const failed = (error: Error & { readonly code?: string }) =>
      resume(
        Effect.fail(
          trainerError(error.code === "EADDRINUSE" ? "locked" : "failed", {
            code: "FT6017",
            message: `the server cannot listen on port ${port}`,
            actual: error.code ?? error.message,
            help: "another program has it: choose another with  --port, or 0 for any that is free"
          })
        )
      )
    server.once("error", failed)
    server.listen({ host: "127.0.0.1", port, exclusive: true, backlog: 128 }, () => {
      server.off("error", failed)
      resume(Effect.succeed(server))
    })
  })

const closed = (server: Server): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })
