/**
 * Row `gradient`: steps of training a small convolutional network and a small Transformer on the kernels of `@feagi-trainer/gradient`, by
 * TensorFlow (tfjs-node) and by PyTorch, each in a process of its own on one thread and, where `taskset` is there, on one core.
 *
 * Sharp edge: the peers use the instructions of this machine and sum in whatever order is fast; ours sums in one order, in 128-bit lanes,
 * with the same bits on every machine. All sides start from the same weights, and a loss that differs fails the row.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openDevice } from "../../packages/gradient/src/index.ts"
import { root } from "../steps.ts"
import { missingTensorFlow } from "../tfjs.ts"
import { modelOf, type Workload, workloads } from "./gradientModels.ts"
import { comparePairs, type Pair, type Result, reportAlone, type Side } from "./measure.ts"

const row = "gradient"
const unit = "steps/s"
/** A difference of two losses by which two ways to sum may differ after the steps of a round. */
const LIKE = 2e-3

/** Several GB with what it brings, so that it is used where somebody installed it and not fetched. */
const torch = join(root, ".cache", "bench", "torch", "bin", "python")
const missingTorch = (): string | undefined =>
  existsSync(torch) ? undefined : "no PyTorch; python3 -m venv .cache/bench/torch && .cache/bench/torch/bin/pip install torch brings it"

const environment = {
  ...process.env,
  TF_NUM_INTRAOP_THREADS: "1",
  TF_NUM_INTEROP_THREADS: "1",
  TF_ENABLE_ONEDNN_OPTS: "1",
  TF_CPP_MIN_LOG_LEVEL: "2",
  OMP_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1"
}

const pin: ReadonlyArray<string> = spawnSync("taskset", ["-c", "0", "true"]).status === 0 ? ["taskset", "-c", "0"] : []

interface Ran {
  readonly seconds: number
  readonly loss: number
  readonly version?: string
  readonly shares?: ReadonlyArray<readonly [string, number]>
}

const run = (command: ReadonlyArray<string>): Ran => {
  const [program = "", ...args] = [...pin, ...command]
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, env: environment, encoding: "utf8" })
  if (status !== 0) throw new Error(`${command.join(" ")} failed: ${stderr.trim().split("\n").slice(-5).join(" | ")}`)
  // What a library greets with comes before.
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Ran
}

const node = (side: string, { name, steps }: Workload, ...more: ReadonlyArray<string>): ReadonlyArray<string> => [
  process.execPath,
  join(root, "scripts/bench/gradientSide.ts"),
  side,
  name,
  String(steps),
  ...more
]

/** Weights, inputs and targets as files that PyTorch reads. */
const writeWorkload = async (folder: string, workload: Workload): Promise<void> => {
  const device = await openDevice()
  const { parameters } = modelOf(device, workload)
  const { name, rate, input, targets } = workload
  const shapes = parameters.map((each) => ({ name: each.name, shape: each.value.shape }))
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ rate, parameters: shapes }))
  writeFileSync(join(folder, `${name}.weights`), Buffer.concat(parameters.map(({ value }) => Buffer.from(device.read(value).buffer))))
  writeFileSync(join(folder, `${name}.inputs`), input.kind === "values" ? input.values : input.ids)
  writeFileSync(join(folder, `${name}.targets`), targets)
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`

const measure = async (folder: string, workload: Workload): Promise<ReadonlyArray<Result>> => {
  const { name, what, steps } = workload
  const label = `${row} ${name}`
  let expected: number | undefined
  const side =
    (command: ReadonlyArray<string>): Side =>
    () => {
      const { seconds, loss } = run(command)
      expected ??= loss
      if (!(Math.abs(loss - expected) < LIKE)) throw new Error(`${command.slice(1).join(" ")} ends at loss ${loss}, ours at ${expected}`)
      return steps / seconds
    }
  const { shares = [] } = run(node("ours", workload, "profile"))
  const spent = shares
    .slice(0, 8)
    .map(([each, share]) => `${each} ${percent(share)}`)
    .join(", ")
  const note = (): string => `${what}; one thread; loss ${expected?.toFixed(5)} after ${steps + 3} steps; ours spends ${spent}`
  const ours: Pair["ours"] = ["@feagi-trainer/gradient, WebAssembly", side(node("ours", workload))]
  const peers = [
    { name: "tfjs-node 4.22.0, oneDNN on", missing: missingTensorFlow(), command: node("tfjs", workload) },
    {
      name: "PyTorch",
      missing: missingTorch(),
      command: [torch, join(root, "scripts/bench/gradientTorch.py"), name, folder, String(steps)]
    }
  ]
  const skipped: ReadonlyArray<Result> = peers.flatMap((peer) =>
    peer.missing === undefined ? [] : [{ kind: "skipped", row: label, peer: peer.name, reason: peer.missing } as const]
  )
  const pairs = peers
    .filter(({ missing }) => missing === undefined)
    .map((peer): Pair => ({ row: label, ours, peer: [peer.name, side(peer.command)], unit, note }))
  const measured = pairs.length > 0 ? await comparePairs(pairs) : [await reportAlone(label, ours, unit, `${what}; one thread`)]
  return [...measured, ...skipped]
}

export const gradient = async (): Promise<ReadonlyArray<Result>> => {
  const folder = mkdtempSync(join(tmpdir(), "feagi-bench-"))
  try {
    const results: Array<Result> = []
    for (const workload of workloads) {
      await writeWorkload(folder, workload)
      results.push(...(await measure(folder, workload)))
    }
    return results
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
