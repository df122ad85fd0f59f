/**
 * The orders of all samplers of this repository as hashes: one line per sampler, its id and the SHA-256 of three epochs over a drawn
 * index of 1 000 samples. The lines have to be the same on every system, every Node and for any number of workers.
 */
import { fileURLToPath } from "node:url"
import { drawnIndex, epochRng } from "../packages/conformance/src/index.ts"
import type { Sampler, SamplerItem } from "../packages/contracts/src/index.ts"
import { hashOf } from "../packages/determinism/src/index.ts"
import { curriculum } from "../plugins/sampler-curriculum/src/index.ts"
import { random } from "../plugins/sampler-random/src/index.ts"
import { sequential } from "../plugins/sampler-sequential/src/index.ts"
import { stratified } from "../plugins/sampler-stratified/src/index.ts"
import { timeWindow } from "../plugins/sampler-time-window/src/index.ts"

/** The order of one epoch, made of nothing but its number. */
type Epochs = (index: ReadonlyArray<SamplerItem>, epoch: number) => ReadonlyArray<number>

const epochsOf =
  <Options>(sampler: Sampler<Options>, options: unknown): Epochs =>
  (index, epoch) => {
    const decoded = sampler.decodeOptions(options)
    if (!decoded.ok) throw new RangeError(`${sampler.id}: ${JSON.stringify(decoded.mistakes)}`)
    return sampler.plan(decoded.value, { index, rng: epochRng(`sample-orders/${sampler.id}`, epoch), epoch }).order
  }

export const samplers: Readonly<Record<string, Epochs>> = {
  sequential: epochsOf(sequential, {}),
  random: epochsOf(random, {}),
  stratified: epochsOf(stratified, { window: 32 }),
  curriculum: epochsOf(curriculum, {
    by: "difficulty",
    order: "rising",
    schedule: { epochs_to_full: 2, start_fraction: 0.3, pacing: "root" },
    within: "shuffled"
  }),
  "time-window": epochsOf(timeWindow, { length: 16, stride: 8, order: "shuffled-windows", incomplete: "keep" })
}

export const epochs = [0, 1, 2]

/** Drawn anew by everybody who asks. */
export const drawnSamples = (): ReadonlyArray<SamplerItem> => drawnIndex(epochRng("sample-orders", 0), 1000)

/** SHA-256 (hex) of the orders of all epochs, in the order of the epochs. */
export const orderHash = (orders: ReadonlyArray<ReadonlyArray<number>>): string => hashOf(orders)

// `import.meta.main` is not there in Node 22.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const index = drawnSamples()
  for (const [id, order] of Object.entries(samplers)) console.log(`${id} ${orderHash(epochs.map((epoch) => order(index, epoch)))}`)
}
