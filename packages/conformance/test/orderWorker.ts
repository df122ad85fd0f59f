/** Plans the epochs that it is handed, in that order, in a thread of its own; answers with `[sampler, epoch, order]` for each. */
import { parentPort, workerData } from "node:worker_threads"
import { drawnSamples, samplers } from "../../../scripts/sample-orders.ts"

const jobs = workerData as ReadonlyArray<readonly [sampler: string, epoch: number]>
const index = drawnSamples()
parentPort?.postMessage(jobs.map(([sampler, epoch]) => [sampler, epoch, samplers[sampler]?.(index, epoch)]))
