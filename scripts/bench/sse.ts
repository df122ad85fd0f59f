/**
 * Row `sse`: 200 clients of one `ftr serve` watch one run that goes on. From the commit of an event to its arrival at each client, 99 of 100.
 * By a bare `node:http` in a process of its own that is told the same bytes and writes them to 200 clients.
 *
 * Sharp edge: the journal is the only thing between a run and its server, and is looked at every 200 ms: that is what ours mostly waits for,
 * where the peer is told at once. The clients of both, and the run, are this process.
 */
import { fork } from "node:child_process"
import { get } from "node:http"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { makeSseReader, sseMessage } from "../../packages/control-api/src/index.ts"
import { wholeRun } from "../../packages/store/test/runs.ts"
import { root } from "../steps.ts"
import { liveRun } from "./liveRun.ts"
import { comparePair, type Result, type Side } from "./measure.ts"
import { openProject } from "./project.ts"
import { served } from "./served.ts"

const CLIENTS = 200
/** Events of a round, and milliseconds between two: no multiple of the server's own beat. */
const EVENTS = 40
const PAUSE = 33
/** Seconds that an event may take to nearly everyone. */
const LIMIT = 0.5

interface Arrival {
  readonly id: number
  readonly data: string
  readonly at: number
}

/** What has come to a client so far; it goes on until the server ends. */
const listen = (url: string, headers: Readonly<Record<string, string>>): Promise<Array<Arrival>> =>
  new Promise((resolve, reject) => {
    const came: Array<Arrival> = []
    const read = makeSseReader((_, data, id) => void came.push({ id: Number(id), data, at: performance.now() }))
    get(url, { agent: false, headers: { ...headers, accept: "text/event-stream" } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`a client got ${response.statusCode}`))
      response
        .setEncoding("utf8")
        .on("data", read)
        .on("error", () => undefined)
      resolve(came)
    }).on("error", reject)
  })

/** Seconds that 99 of 100 arrivals took at most; fails unless every client got each event once, in order. */
const late99 = async (clients: ReadonlyArray<Array<Arrival>>, say: (number: number) => Promise<void> | void): Promise<number> => {
  const before = clients.map((came) => came.length)
  const said: Array<number> = []
  for (let number = 0; number < EVENTS; number++) {
    await say(number)
    said.push(performance.now())
    await sleep(PAUSE)
  }
  const till = performance.now() + 10_000
  while (clients.some((came, index) => came.length < (before[index] ?? 0) + EVENTS) && performance.now() < till) await sleep(20)
  const took = clients.flatMap((came, client) => {
    const fresh = came.slice(before[client])
    const first = came[(before[client] ?? 0) - 1]?.id ?? -1
    if (fresh.length !== EVENTS || fresh.some(({ id }, index) => id !== first + 1 + index))
      throw new Error(`client ${client} got ${fresh.length} events for ${EVENTS}: ${fresh.map(({ id }) => id).join(" ")} behind ${first}`)
    return fresh.map(({ at }, index) => (at - (said[index] ?? 0)) / 1000)
  })
  return took.sort((a, b) => a - b)[Math.ceil(took.length * 0.99) - 1] ?? Number.NaN
}

export const sse = async (): Promise<ReadonlyArray<Result>> => {
  const project = await openProject()
  const closing: Array<() => unknown> = [project.close]
  try {
    const { run_id, commit, close } = await liveRun(project.folder)
    closing.push(close)
    const [running, started, step] = wholeRun(0)
    if (running === undefined || started === undefined || step === undefined) throw new Error("a run begins with three events")
    await commit(running, started)

    const server = await served(project.folder, "serve")
    closing.push(server.close)
    const ours = await Promise.all(
      Array.from({ length: CLIENTS }, () =>
        listen(`${server.url}/api/v1/runs/${run_id}/events`, { authorization: `Bearer ${server.token}` })
      )
    )
    while (ours.some((came) => came.at(-1)?.id !== 1)) {
      const failure = ours.flat().find(({ id }) => Number.isNaN(id))
      if (failure !== undefined) throw new Error(`the server says ${failure.data}`)
      await sleep(20)
    }

    const bare = fork(join(root, "scripts/bench/sseSide.ts"))
    closing.push(() => bare.kill())
    const port = await new Promise<number>((resolve, reject) => {
      bare.once("message", (message) => resolve(Number(message))).once("error", reject)
    })
    const theirs = await Promise.all(Array.from({ length: CLIENTS }, () => listen(`http://127.0.0.1:${port}`, {})))
    let told = 0
    const peer: Side = () => {
      const { data } = ours[0]?.at(-1) ?? { data: "" }
      return late99(theirs, () => void bare.send(sseMessage("run-event", data, String(told++))))
    }
    return [
      await comparePair({
        row: "sse",
        ours: ["from commit to 99 of 100 clients of ftr serve", () => late99(ours, async () => void (await commit(step)))],
        peer: ["bare node:http told the same bytes", peer],
        unit: "s",
        lower: true,
        limit: () => LIMIT,
        note: `${CLIENTS} clients, ${EVENTS} events a round, every client got each once; the server looks every 200 ms`
      })
    ]
  } finally {
    for (const close of closing.reverse()) await close()
  }
}
