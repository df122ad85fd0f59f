/** A server on a free port for one test, and requests written byte by byte, so that nothing corrects them on the way. */
import { Agent, request as httpRequest } from "node:http"
import { connect, type Socket } from "node:net"
import { Effect } from "effect"
import { defaultLimits, type Limits, makeServer, type RunningServer, type ServerOptions } from "../../src/index.ts"
import { type FakeHost, makeFakeHost } from "./fakeHost.ts"

export const token = "a-token-of-this-test-0123456789abcdefghij"

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Asked {
  readonly method?: string
  readonly path: string
  /** Replaces the usual ones of the same name; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: string | Buffer
}

export interface Tested {
  readonly server: RunningServer
  readonly host: FakeHost
  /** A request that is let in unless `headers` say otherwise. */
  readonly ask: (asked: Asked) => Promise<Answer>
  /** Bytes as they are, and the answer to the end of the connection. */
  readonly raw: (text: string) => Promise<string>
  readonly socket: (text: string) => Socket
  readonly run: <A, E>(effect: Effect.Effect<A, E>) => Promise<A>
}

export const withServer = async (
  test: (tested: Tested) => Promise<void>,
  { options = {}, limits = {} }: { readonly options?: Partial<ServerOptions>; readonly limits?: Partial<Limits> } = {}
): Promise<void> => {
  const host = makeFakeHost()
  const sockets = new Set<Socket>()
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  await Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const server = yield* makeServer({ host, port: 0, token, ...options }, { ...defaultLimits, ...limits })
        const socket = (text: string) => {
          const opened = connect(server.port, "127.0.0.1")
          sockets.add(opened)
          opened.on("error", () => {})
          opened.write(text, "latin1")
          return opened
        }
        yield* Effect.promise(() =>
          test({
            server,
            host,
            socket,
            run: Effect.runPromise,
            raw: (text) =>
              new Promise((resolve) => {
                let said = ""
                const opened = socket(text)
                opened.on("data", (bytes) => {
                  said += bytes.toString("latin1")
                })
                opened.on("close", () => resolve(said))
              }),
            ask: ({ method = "GET", path, headers = {}, body }) =>
              new Promise((resolve, reject) => {
                const all = {
                  host: `127.0.0.1:${server.port}`,
                  authorization: `Bearer ${token}`,
                  ...(method === "GET" ? {} : { "x-feagi-trainer": "1" }),
                  ...(body === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) }),
                  ...headers
                }
                const given = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
                const sent = httpRequest(
                  { port: server.port, host: "127.0.0.1", method, path, headers: given, agent, setHost: false },
                  (response) => {
                    const pieces: Array<Buffer> = []
                    response.on("data", (piece: Buffer) => pieces.push(piece))
                    response.on("end", () =>
                      resolve({
                        status: response.statusCode ?? 0,
                        headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
                        body: Buffer.concat(pieces).toString("utf8")
                      })
                    )
                  }
                )
                sent.on("error", reject)
                sent.end(body)
              })
          })
        )
      })
    )
  ).finally(() => {
    agent.destroy()
    for (const each of sockets) each.destroy()
  })
}
