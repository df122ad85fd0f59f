/**
 * Measures this project by named peers, in turns within one process run, and prints every ratio with both numbers beside it.
 *
 *     npm run bench
 *     npm run bench -- --only trainer --json bench.json
 *
 * A peer that this machine cannot reach is a SKIPPED line with its reason. Ends with 5 when a row misses its target. Sharp edge: a
 * ratio is only as good as the machine is quiet; the spread of the rounds and the load average are printed for that reason.
 */
import { writeFileSync } from "node:fs"
import { availableParallelism, cpus, loadavg } from "node:os"
import { parseArgs } from "node:util"
import { chart } from "./bench/chart.ts"
import { coco } from "./bench/coco.ts"
import { csv } from "./bench/csv.ts"
import { canonicalJson, chacha8, sha256, sqlite } from "./bench/data.ts"
import { detection } from "./bench/detection.ts"
import { engine } from "./bench/engine.ts"
import { gradient } from "./bench/gradient.ts"
import { images } from "./bench/images.ts"
import type { Measured, Result } from "./bench/measure.ts"
import { native } from "./bench/native.ts"
import { pipeline } from "./bench/pipeline.ts"
import { runs } from "./bench/runs.ts"
import { sequence } from "./bench/sequence.ts"
import { sse } from "./bench/sse.ts"
import { startup } from "./bench/startup.ts"
import { statistics } from "./bench/statistics.ts"
import { studio } from "./bench/studio.ts"
import { tokenizer } from "./bench/tokenizer.ts"
import { trainer } from "./bench/trainer.ts"
import { workers } from "./bench/workers.ts"

const rows: Readonly<Record<string, () => Promise<ReadonlyArray<Result>>>> = {
  trainer,
  pipeline,
  native,
  workers,
  engine,
  gradient,
  csv,
  coco,
  images,
  statistics,
  detection,
  sequence,
  tokenizer,
  canonical: canonicalJson,
  sha256,
  chacha8,
  sqlite,
  runs,
  startup,
  studio,
  chart,
  sse
}

const usage = (why: string): never => {
  console.error(`${why}\nusage: npm run bench -- [--only ${Object.keys(rows).join("|")}] [--json FILE]`)
  process.exit(2)
}

const readArgs = () => {
  try {
    return parseArgs({ options: { only: { type: "string" }, json: { type: "string" } } }).values
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error))
  }
}

/** Three significant digits, thousands apart. */
const show = (value: number): string => {
  const digits = value >= 100 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(value)))
  return value.toFixed(digits).replace(/\B(?=(\d{3})+$)/g, value >= 1000 ? " " : "")
}

const missed = ({ ratio, target, oursMedian, limit }: Measured): boolean =>
  (target !== null && ratio < target) || (limit !== null && oursMedian > limit)

const print = (result: Result): void => {
  if (result.kind === "skipped") {
    console.log(`SKIPPED ${result.row} ÷ ${result.peer}: ${result.reason}`)
    return
  }
  if (result.kind === "reported") {
    console.log(`${result.row.padEnd(10)} ${show(result.oursMedian)} ${result.unit}  ${result.ours}  (load ${result.load.toFixed(1)})`)
    console.log(`           ${result.note}`)
    return
  }
  const [low, high] = result.spread
  const wanted = [
    ...(result.target === null ? [] : [`target ≥ ${result.target}`]),
    ...(result.limit === null ? [] : [`limit ${show(result.limit)} ${result.unit}`])
  ].join(", ")
  const target = wanted === "" ? "" : `  ${wanted}: ${missed(result) ? "MISSED" : "met"}`
  const better = result.lower ? " (less is better)" : ""
  console.log(
    `${result.row.padEnd(10)} ${show(result.ratio)} ×  (rounds ${show(low)} to ${show(high)}, load ${result.load.toFixed(1)})${target}`
  )
  console.log(`           ${show(result.oursMedian)} ${result.unit}${better}  ${result.ours}`)
  console.log(`           ${show(result.peerMedian)} ${result.unit}${better}  ${result.peer}`)
  console.log(`           ${result.note}`)
}

const args = readArgs()
const chosen = args.only === undefined ? Object.keys(rows) : args.only.split(",")
const unknown = chosen.filter((name) => rows[name] === undefined)
if (unknown.length > 0) usage(`no row ${unknown.join(", ")}`)

const machine = {
  cpu: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
  platform: `${process.platform}-${process.arch}`,
  node: process.version,
  load: loadavg().map((each) => Number(each.toFixed(2)))
}
console.log(`${machine.cpu}, ${machine.cores} cores, ${machine.platform}, Node ${machine.node}, load average ${machine.load.join(" ")}`)
if ((machine.load[0] ?? 0) > machine.cores / 2) console.log("the machine is busy: trust the ratios less than on a quiet one")
console.log("")

const results: Array<Result> = []
let failed = false
for (const name of chosen) {
  try {
    const found = (await rows[name]?.()) ?? []
    found.forEach(print)
    results.push(...found)
  } catch (error) {
    failed = true
    console.log(`FAIL ${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
if (args.json !== undefined) writeFileSync(args.json, `${JSON.stringify({ machine, results }, null, 2)}\n`)
const misses = results.some((each) => each.kind === "measured" && missed(each))
process.exit(failed ? 1 : misses ? 5 : 0)
