/** The order of the samples: the same bytes for any number of workers, and from any place on. */
import { Worker } from "node:worker_threads"
import { describe, expect, it } from "vitest"
import { drawnSamples, epochs, orderHash, samplers } from "../../../scripts/sample-orders.ts"
import { epochRng } from "../src/index.ts"

const golden = {
  sequential: "36baf86f4288385ae8ed36b098f19d3abfb734a68344c44508c16bfcac21b218",
  random: "783c0ef858202cf112e63a9a079f80b7f7963b82914edce81d061f8a68b5edde",
  stratified: "1c69678ef4abce83887fa07e6207a52fe269b85bed05d1b5b9b9066f21ee2012",
  curriculum: "c2ca7755ba86ee41f9d0328100314d8f86bb0f7d8126c34d508e95ff280d8f1f",
  "time-window": "383e625e599d7a70f3d52fd8079ff279f7d41e76dc00659815f16de40cd27bc8"
}
const ids = Object.keys(golden)

type Job = readonly [sampler: string, epoch: number]
type Planned = readonly [sampler: string, epoch: number, order: ReadonlyArray<number>]

const planned = (jobs: ReadonlyArray<Job>): Promise<ReadonlyArray<Planned>> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./orderWorker.ts", import.meta.url), { workerData: jobs })
    worker.once("message", resolve)
    worker.once("error", reject)
  })

const hashesOf = (all: ReadonlyArray<Planned>) =>
  Object.fromEntries(
    ids.map((id) => [id, orderHash(epochs.map((epoch) => all.find((each) => each[0] === id && each[1] === epoch)?.[2] ?? []))])
  )

describe("the order of the samples", () => {
  it("is that of every sampler of the repository", () => {
    expect(Object.keys(samplers)).toEqual(ids)
  })

  it.each([1, 2, 3, 4])("is the same when %i workers plan the epochs between them", async (workers) => {
    // Dealt out in turn and begun at the end, so that no worker plans the epochs of a sampler one after the other.
    const jobs = ids.flatMap((id) => epochs.map((epoch): Job => [id, epoch])).reverse()
    const hands = Array.from({ length: workers }, (_, at) => jobs.filter((__, turn) => turn % workers === at))
    expect(hashesOf((await Promise.all(hands.map(planned))).flat())).toEqual(golden)
  })

  it.each(ids)("%s goes on from 50 random places as if it had never stopped", (id) => {
    const visit = (index: ReturnType<typeof drawnSamples>) =>
      epochs.flatMap((epoch) => samplers[id]?.(index, epoch).map((at) => [epoch, at]) ?? [])
    const whole = visit(drawnSamples())
    const rng = epochRng(`resume/${id}`, 0)
    for (let round = 0; round < 50; round++) {
      const place = rng.below(whole.length)
      const [epoch = 0] = whole[place] ?? []
      const next = place - whole.findIndex(([each]) => each === epoch)
      // All that is left of the process before: a cursor. The index is read again, only the epochs from here on are planned.
      const cursor = JSON.parse(JSON.stringify({ epoch, next })) as { readonly epoch: number; readonly next: number }
      const index = drawnSamples()
      const rest = epochs
        .filter((each) => each >= cursor.epoch)
        .flatMap((each) => (samplers[id]?.(index, each) ?? []).slice(each === cursor.epoch ? cursor.next : 0).map((at) => [each, at]))
      if (JSON.stringify(rest) !== JSON.stringify(whole.slice(place))) expect.unreachable(`${id} differs from place ${place} on`)
    }
  })
})
