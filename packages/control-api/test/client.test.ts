/** How a client follows a run over lines that break: where it goes on, what it tells, when it gives up. */
import { afterEach, describe, expect, it, vi } from "vitest"
import { ApiError, makeClient } from "../src/client.ts"
import { sseMessage } from "../src/sse.ts"

const run = "r-0123456789ab-1"
const event = (seq: number): string => sseMessage("run-event", JSON.stringify({ seq }), String(seq))
const stream =
  (...messages: ReadonlyArray<string>) =>
  (): Response =>
    new Response(messages.join(""), { headers: { "content-type": "text/event-stream" } })
const cut = (): Response => {
  throw new TypeError("the line is cut")
}
const refusal =
  (status: number): (() => Response) =>
  () =>
    new Response(
      JSON.stringify({
        schema_version: 1,
        kind: "error",
        data: { reason: "invalid", diagnostics: [{ code: "FT1301", severity: "error", message: "there is no such run" }] },
        warnings: []
      }),
      { status }
    )

const end = sseMessage("end", "{}")

/** A client whose questions are answered one after the other; the waits between them are noted and not waited for. */
const clientOf = (...answers: ReadonlyArray<() => Response>) => {
  const asked: Array<string | null> = []
  const waits: Array<number> = []
  vi.stubGlobal("setTimeout", (done: () => void, millis: number) => {
    waits.push(millis)
    queueMicrotask(done)
    return 0
  })
  const client = makeClient({
    base: "http://127.0.0.1:1",
    fetch: async (_, init) => {
      asked.push(new Headers(init?.headers).get("last-event-id"))
      // One that asks on where it should not is told to stop, and has asked too often.
      return (answers[asked.length - 1] ?? stream(end))()
    }
  })
  return { client, asked, waits }
}
afterEach(() => vi.unstubAllGlobals())

describe("a client that follows a run", () => {
  it("asks behind the last event that came, however often the line breaks", async () => {
    const { client, asked } = clientOf(stream(event(0), event(1)), cut, stream(event(2)), stream(event(3), end))
    const seen: Array<number> = []
    await client.follow(run, { onEvent: (_, seq) => seen.push(seq) })
    expect(seen).toEqual([0, 1, 2, 3])
    expect(asked).toEqual([null, "1", "1", "2"])
  })

  it("tells which events were left out, and asks behind them", async () => {
    const gap = sseMessage("gap", JSON.stringify({ from: 1, to: 8 }), "8")
    const { client, asked } = clientOf(stream(event(0), gap), stream(event(9), end))
    const told: Array<unknown> = []
    await client.follow(run, { onEvent: (_, seq) => told.push(seq), onGap: (missed) => told.push(missed) })
    expect(told).toEqual([0, { from: 1, to: 8 }, 9])
    expect(asked).toEqual([null, "8"])
  })

  it("waits longer each time that nothing answers, and no longer than at first once something did", async () => {
    const { client, waits } = clientOf(cut, refusal(503), cut, stream(event(0)), stream(end))
    await client.follow(run, { onEvent: () => undefined })
    expect(waits).toEqual([250, 500, 1000, 250])
  })

  it("gives up where it is refused for good, and says why", async () => {
    const { client, asked } = clientOf(refusal(404))
    const failed = client.follow(run, { onEvent: () => undefined })
    await expect(failed).rejects.toThrow("FT1301 there is no such run")
    await expect(failed).rejects.toBeInstanceOf(ApiError)
    expect(asked).toHaveLength(1)
  })
})
