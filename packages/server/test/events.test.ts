/** Events as they happen: to many clients from one reader, on from any number, and past a client that does not keep up. */
import { request } from "node:http"
import { makeSseReader } from "@feagi-trainer/control-api"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { eventOf, knownRun } from "./support/fakeHost.ts"
import { type Tested, token, withServer } from "./support/withServer.ts"

interface Message {
  readonly event: string
  readonly data: string
  readonly id: string | undefined
}

interface Listener {
  readonly messages: Array<Message>
  /** Resolves when so many messages are there, or the stream has ended. */
  readonly until: (count: number) => Promise<ReadonlyArray<Message>>
  readonly status: Promise<number>
  readonly ended: Promise<void>
  readonly close: () => void
  comments: number
}

const listen = ({ server }: Tested, path: string, headers: Record<string, string> = {}): Listener => {
  const messages: Array<Message> = []
  const waiting = new Set<() => void>()
  let over = false
  const listener: { comments: number } = { comments: 0 }
  const wake = () => {
    for (const each of waiting) each()
  }
  const sent = request({
    port: server.port,
    host: "127.0.0.1",
    path,
    agent: false,
    headers: { host: `127.0.0.1:${server.port}`, authorization: `Bearer ${token}`, accept: "text/event-stream", ...headers }
  })
  const reader = makeSseReader((event, data, id) => {
    messages.push({ event, data, id })
    wake()
  })
  let setStatus: (status: number) => void = () => {}
  const status = new Promise<number>((resolve) => {
    setStatus = resolve
  })
  const ended = new Promise<void>((resolve) => {
    sent.on("response", (response) => {
      setStatus(response.statusCode ?? 0)
      response.setEncoding("utf8")
      response.on("data", (text: string) => {
        listener.comments += text.split(": ping").length - 1
        reader(text)
      })
      response.on("close", () => {
        over = true
        wake()
        resolve()
      })
    })
    sent.on("error", () => {
      over = true
      wake()
      resolve()
    })
  })
  sent.end()
  return Object.assign(listener, {
    messages,
    status,
    ended,
    close: () => void sent.destroy(),
    until: (count: number) =>
      new Promise<ReadonlyArray<Message>>((resolve) => {
        const look = () => {
          if (messages.length < count && !over) return
          waiting.delete(look)
          resolve(messages)
        }
        waiting.add(look)
        look()
      })
  })
}

const path = `/api/v1/runs/${knownRun}/events`
const seqs = (messages: ReadonlyArray<Message>) => messages.filter(({ event }) => event === "run-event").map(({ id }) => Number(id))
const settle = async (holds: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 2000 && !holds(); turn++) await new Promise((resolve) => setTimeout(resolve, 1))
}

describe("events of a run", () => {
  it("come as JSON, or as a stream to whoever asks for one", async () => {
    await withServer(async (tested) => {
      await tested.run(tested.host.say(eventOf(0), eventOf(1)))
      expect((await tested.ask({ path })).headers["content-type"]).toContain("application/json")
      const listener = listen(tested, path)
      const messages = await listener.until(2)
      expect(messages).toEqual([
        { event: "run-event", id: "0", data: JSON.stringify(eventOf(0).document) },
        { event: "run-event", id: "1", data: JSON.stringify(eventOf(1).document) }
      ])
      await tested.run(tested.host.say(eventOf(2)))
      await listener.until(3)
      await tested.run(tested.host.finish)
      await listener.ended
      expect(seqs(listener.messages)).toEqual([0, 1, 2])
      expect(listener.messages.at(-1)).toMatchObject({ event: "end", data: '{"last":2}' })
    })
  })

  it("go on behind the last one that came, without a hole and without a repetition", async () => {
    await withServer(async (tested) => {
      await tested.run(tested.host.say(...Array.from({ length: 10 }, (_, seq) => eventOf(seq))))
      await tested.run(tested.host.finish)
      const first = listen(tested, path)
      await first.ended
      expect(seqs(first.messages)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      for (const listener of [
        listen(tested, path, { "last-event-id": "6" }),
        listen(tested, `${path}?after=6`),
        listen(tested, `${path}?after=2`, { "last-event-id": "6" })
      ]) {
        await listener.ended
        expect(seqs(listener.messages)).toEqual([7, 8, 9])
      }
      const known = listen(tested, path, { "last-event-id": "9" })
      await known.ended
      expect(known.messages.map(({ event }) => event)).toEqual(["end"])
    })
  })

  it("begin anew, and say so, where the number is none of the run", async () => {
    await withServer(async (tested) => {
      await tested.run(tested.host.say(eventOf(0), eventOf(1)))
      await tested.run(tested.host.finish)
      const listener = listen(tested, path, { "last-event-id": "500" })
      await listener.ended
      expect(listener.messages.map(({ event }) => event)).toEqual(["reset", "run-event", "run-event", "end"])
      expect(listener.messages[0]?.data).toBe('{"after":-1}')
      for (const id of ["-1", "x", "1e3", "1.5"]) expect(await listen(tested, path, { "last-event-id": id }).status, id).toBe(400)
    })
  })

  it("come to many clients alike from one reader, which ends with the last of them", async () => {
    await withServer(async (tested) => {
      const { host } = tested
      await tested.run(host.say(eventOf(0)))
      const first = listen(tested, path)
      await first.until(1)
      await settle(() => host.followers.now === 1)
      const second = listen(tested, path)
      await second.until(1)
      await tested.run(host.say(eventOf(1), eventOf(2)))
      await Promise.all([first.until(3), second.until(3)])
      const third = listen(tested, path, { "last-event-id": "0" })
      await third.until(2)
      expect(seqs(first.messages)).toEqual([0, 1, 2])
      expect(second.messages).toEqual(first.messages)
      expect(seqs(third.messages)).toEqual([1, 2])
      expect(host.followers).toEqual({ started: 1, now: 1 })
      first.close()
      second.close()
      await tested.run(host.say(eventOf(3)))
      await third.until(3)
      expect(host.followers.now).toBe(1)
      third.close()
      await settle(() => host.followers.now === 0)
      expect(host.followers).toEqual({ started: 1, now: 0 })
      const again = listen(tested, path, { "last-event-id": "3" })
      await settle(() => host.followers.now === 1)
      expect(host.followers).toEqual({ started: 2, now: 1 })
      again.close()
    })
  })

  it("come to two hundred clients each once and in order, from one reader", async () => {
    await withServer(
      async (tested) => {
        const { host } = tested
        await tested.run(host.say(eventOf(0)))
        const clients = Array.from({ length: 200 }, () => listen(tested, path))
        expect(new Set(await Promise.all(clients.map(({ status }) => status)))).toEqual(new Set([200]))
        await Promise.all(clients.map((client) => client.until(1)))
        for (let seq = 1; seq < 30; seq++) await tested.run(host.say(eventOf(seq)))
        await tested.run(host.finish)
        await Promise.all(clients.map(({ ended }) => ended))
        const expected = Array.from({ length: 30 }, (_, seq) => seq)
        for (const { messages } of clients) expect(seqs(messages)).toEqual(expected)
        expect(host.followers).toEqual({ started: 1, now: 0 })
      },
      { limits: { listeners: 200 } }
    )
  })

  it("skip a client that does not keep up, tell it which, and let the others go on", async () => {
    await withServer(
      async (tested) => {
        const { host, server } = tested
        const slow = tested.socket(
          `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${token}\r\nAccept: text/event-stream\r\n\r\n`
        )
        slow.pause()
        const quick = listen(tested, path)
        await settle(() => host.followers.now === 1)
        expect(await quick.status).toBe(200)
        // Far more than the buffers between two sockets hold.
        const filler = "x".repeat(100_000)
        const count = 400
        for (let seq = 0; seq < count; seq++) {
          await tested.run(host.say(eventOf(seq, filler)))
          await quick.until(seq + 1)
        }
        expect(seqs(quick.messages)).toHaveLength(count)
        expect(quick.messages.some(({ event }) => event === "gap")).toBe(false)
        const heard: Array<Message> = []
        const reader = makeSseReader((event, data, id) => heard.push({ event, data, id }))
        slow.setEncoding("latin1")
        slow.on("data", (text: string) => reader(text.replaceAll(/(^|\r\n)[0-9a-f]+\r\n/g, "").replaceAll(/\r\n/g, "")))
        slow.resume()
        await settle(() => heard.some(({ event, id }) => event === "run-event" && Number(id) === count - 1))
        const gaps = heard.filter(({ event }) => event === "gap").map(({ data }) => JSON.parse(data) as { from: number; to: number })
        expect(gaps.length).toBeGreaterThan(0)
        // What came and what was named missing are all numbers, each once.
        const told = [...seqs(heard), ...gaps.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at))].sort(
          (a, b) => a - b
        )
        expect(told).toEqual(Array.from({ length: count }, (_, seq) => seq))
        expect(seqs(heard).at(-1)).toBe(count - 1)
        quick.close()
      },
      { limits: { ring: 8 } }
    )
  })

  it("of a run that is not there are a 404 and no stream", async () => {
    await withServer(async (tested) => {
      expect(await listen(tested, "/api/v1/runs/r-ffffffffffff-1/events").status).toBe(404)
      expect(await listen(tested, "/api/v1/runs/..%2f/events").status).toBe(400)
      expect(tested.host.followers.started).toBe(0)
    })
  })

  it("say that the line is alive", async () => {
    await withServer(
      async (tested) => {
        const listener = listen(tested, path)
        await settle(() => listener.comments >= 3)
        expect(listener.comments).toBeGreaterThanOrEqual(3)
        listener.close()
      },
      { limits: { heartbeat: 5 } }
    )
  })

  it("have so many places, and a client that leaves gives its own back", async () => {
    await withServer(
      async (tested) => {
        const first = listen(tested, path)
        const second = listen(tested, "/api/v1/events")
        expect([await first.status, await second.status]).toEqual([200, 200])
        const refused = listen(tested, path)
        expect(await refused.status).toBe(503)
        first.close()
        let status = 0
        for (let turn = 0; turn < 200 && status !== 200; turn++) {
          await new Promise((resolve) => setTimeout(resolve, 1))
          status = await listen(tested, path).status
        }
        expect(status).toBe(200)
      },
      { limits: { listeners: 2 } }
    )
  })

  it("of a journal that breaks end with the failure", async () => {
    await withServer(async (tested) => {
      const { host } = tested
      Object.assign(host.events, { past: () => Effect.runSync(Effect.die("no stream")) })
      const listener = listen(tested, path)
      await listener.ended
      expect(listener.messages.map(({ event }) => event)).toEqual(["error"])
      expect(listener.messages[0]?.data).toContain("FT9001")
    })
  })
})

describe("changes of runs", () => {
  it("are asked for while somebody watches, and told to all who do", async () => {
    await withServer(
      async (tested) => {
        const { host } = tested
        const run = { run_id: knownRun, status: "running", phase: "train", seq: 3 }
        host.changes_ = [run]
        expect(host.looks.count).toBe(0)
        const first = listen(tested, "/api/v1/events")
        const second = listen(tested, "/api/v1/events")
        await Promise.all([first.until(1), second.until(1)])
        expect(first.messages).toEqual([{ event: "ready", data: "{}", id: undefined }])
        host.changes_ = [
          { ...run, seq: 4 },
          { ...run, run_id: "r-0123456789ab-2" }
        ]
        await Promise.all([first.until(2), second.until(2)])
        expect(first.messages[1]).toEqual({ event: "runs-changed", data: JSON.stringify({ runs: host.changes_ }), id: undefined })
        expect(second.messages).toEqual(first.messages)
        first.close()
        await settle(() => host.looks.count > 20)
        expect(host.looks.count).toBeGreaterThan(20)
        second.close()
        // The last looks may be under way; then there are no more.
        let { count } = host.looks
        for (let turn = 0; turn < 50; turn++) {
          await new Promise((resolve) => setTimeout(resolve, 20))
          if (host.looks.count === count) break
          count = host.looks.count
        }
        await new Promise((resolve) => setTimeout(resolve, 50))
        expect(host.looks.count).toBe(count)
      },
      { limits: { look: 2 } }
    )
  })
})
