/** Callers that go away or take nothing: what is finished without them, and what is taken back from them. */
import type { Socket } from "node:net"
import { Effect, Latch } from "effect"
import { describe, expect, it } from "vitest"
import { eventOf, knownRun } from "./support/fakeHost.ts"
import { token, withServer } from "./support/withServer.ts"

const pause = () => new Promise((resolve) => setTimeout(resolve, 5))
const until = async (holds: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 2000 && !holds(); turn++) await pause()
  expect(holds()).toBe(true)
}
const first = (socket: Socket): Promise<string> =>
  new Promise((resolve) => socket.once("data", (bytes: Buffer) => resolve(bytes.toString("latin1").split("\r\n")[0] ?? "")))

describe("a caller that is gone", () => {
  it("leaves a call that changes something to its end, with a key and without", async () => {
    for (const key of ["", "Idempotency-Key: k\r\n"])
      await withServer(async ({ host, server, socket }) => {
        const gate = Latch.makeUnsafe(false)
        const went = { begun: false, closed: false, done: false }
        const answer = { envelope: { schema_version: 1, kind: "answer", data: {}, warnings: [] }, exitCode: 0 } as const
        Object.assign(host, {
          call: () =>
            Effect.gen(function* () {
              went.begun = true
              yield* gate.await
              went.done = true
              return answer
            })
        })
        const body = '{"text":"a","format":"toml"}'
        const caller = socket(
          `POST /api/v1/runs HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${token}\r\nX-Feagi-Trainer: 1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${key}\r\n${body}`
        )
        caller.on("close", () => {
          went.closed = true
        })
        await until(() => went.begun)
        caller.destroy()
        await until(() => went.closed)
        for (let turn = 0; turn < 10; turn++) await pause()
        await Effect.runPromise(gate.open)
        await until(() => went.done)
      })
  })
})

describe("a listener that takes nothing", () => {
  it("is let go after a while, and its place is another's", async () => {
    await withServer(
      async ({ host, run, server, socket }) => {
        const listen = () =>
          socket(
            `GET /api/v1/runs/${knownRun}/events HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${token}\r\nAccept: text/event-stream\r\n\r\n`
          )
        const stuck = listen()
        expect(await first(stuck)).toContain(" 200 ")
        stuck.pause()
        expect(await first(listen())).toContain(" 503 ")
        const filler = "x".repeat(100_000)
        for (let seq = 0; seq < 200; seq++) await run(host.say(eventOf(seq, filler)))
        await until(() => host.followers.now === 0)
        expect(await first(listen())).toContain(" 200 ")
      },
      { limits: { listeners: 1, stalled: 50 } }
    )
  })
})
