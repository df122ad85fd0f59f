/**
 * Row `statistics`: intervals of every metric of a classification of a million answers by 1000 resamples, by numpy, which draws the confusion
 * matrix as a multinomial, and by scikit-learn, which scores every resample anew.
 *
 * Sharp edge: numpy does the least that can be done: one array operation for a few metrics, by a multinomial in floating point, without BCa,
 * without samples, ids or abstentions. Ours sorts the samples by id, draws exactly, and corrects 63 values by leaving every sample out.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ChaCha8, Random } from "../../packages/determinism/src/index.ts"
import { type Interval, type MetricIntervalsRequest, metricIntervals } from "../../packages/evaluation/src/index.ts"
import { classification } from "../../plugins/metric-pack-classification/src/index.ts"
import { root } from "../steps.ts"
import { comparePairs, type Pair, type Result, reportAlone, type Side, seconds } from "./measure.ts"
import { pythonPeer } from "./peers.ts"

const row = "statistics"
const unit = "resamples/s"
const CLASSES = 10
const RESAMPLES = 1000
/** As many as scikit-learn manages in a few seconds. */
const REFOLDS = 3
/** A million answers and 1000 resamples have to be done in so many seconds. */
const LIMIT = 20

type Scored = MetricIntervalsRequest<never, never>["samples"]

const draw = (count: number): { readonly samples: Scored; readonly truth: Uint8Array; readonly answer: Uint8Array } => {
  const random = new Random(ChaCha8.seedFromU64(1n))
  const truth = Uint8Array.from({ length: count }, () => random.below(CLASSES))
  const answer = truth.map((own) => (random.below(10) < 8 ? own : random.below(CLASSES)))
  const samples = Array.from({ length: count }, (_, index) => ({
    sample_id: `s${String(index).padStart(7, "0")}`,
    target: { class: { class_id: truth[index] ?? 0, label: null } },
    prediction: { class: { class_id: answer[index] ?? 0, scores: [] } }
  }))
  return { samples, truth, answer }
}

const intervalsOf = (samples: Scored): Readonly<Record<string, unknown>> => {
  const options = classification.decodeOptions({ undefined_in_macro: "zero" })
  if (!options.ok) throw new Error("the options of the metric pack do not decode")
  const classes = Array.from({ length: CLASSES }, (_, class_id) => ({ class_id, label: `c${class_id}` }))
  return metricIntervals({
    pack: classification,
    options: options.value,
    context: { output_type: "class", classes },
    samples,
    seed: 1,
    resamples: RESAMPLES,
    confidence: 0.95,
    method: "bca"
  })
}

export const statistics = async (count = 1_000_000): Promise<ReadonlyArray<Result>> => {
  const { samples, truth, answer } = draw(count)
  let slowest = 0
  let accuracy: Interval | undefined
  let values = 0
  const mine = async (): Promise<number> => {
    const took = await seconds(() => {
      const found = intervalsOf(samples)
      values = Object.keys(found).length
      accuracy = found.accuracy as Interval
    })
    slowest = Math.max(slowest, took)
    if (took > LIMIT) throw new Error(`${RESAMPLES} resamples of ${count} answers took ${took.toFixed(1)} s; the limit is ${LIMIT} s`)
    return RESAMPLES / took
  }
  const ours: Pair["ours"] = ["metricIntervals, BCa, by the atoms of the classification pack", mine]
  const size = () => `${count} answers, ${CLASSES} classes, ${values} values, at most ${slowest.toFixed(2)} s (limit ${LIMIT} s)`
  const python = pythonPeer("scikit-learn", "1.9.1")
  if (!python.ok)
    return [
      await reportAlone(row, ours, unit, `${count} answers, ${CLASSES} classes`),
      { kind: "skipped", row, peer: "numpy and scikit-learn 1.9.1", reason: python.reason }
    ]
  const folder = mkdtempSync(join(tmpdir(), "feagi-bench-"))
  try {
    const files = [join(folder, "truth"), join(folder, "answer")]
    for (const [index, bytes] of [truth, answer].entries()) writeFileSync(files[index] ?? "", bytes)
    let versions = ""
    const peer =
      (name: string, resamples: number): Side =>
      () => {
        const args = [join(root, "scripts/bench/bootstrap.py"), name, ...files, String(CLASSES), String(resamples)]
        const ran = spawnSync(python.value, args, { encoding: "utf8" })
        if (ran.status !== 0) throw new Error(`${name} failed: ${ran.stderr}`)
        const found = JSON.parse(ran.stdout) as { seconds: number; low: number; high: number; versions: string }
        versions = found.versions
        // The same interval: ends of 1000 resamples are sure to about a fiftieth of its width.
        const off = accuracy === undefined ? 0 : Math.max(Math.abs(found.low - accuracy.low), Math.abs(found.high - accuracy.high))
        if (resamples === RESAMPLES && accuracy !== undefined && off > (accuracy.high - accuracy.low) / 8)
          throw new Error(`${name} finds ${found.low} to ${found.high} for accuracy, ours ${accuracy.low} to ${accuracy.high}`)
        return resamples / found.seconds
      }
    return await comparePairs([
      {
        row,
        ours,
        peer: ["numpy, multinomial of the confusion matrix, percentile", peer("numpy", RESAMPLES)],
        unit,
        note: () => `${size()}; ${versions}; numpy computes 35 values and neither sorts nor corrects; the two intervals of accuracy agree`
      },
      {
        row,
        ours,
        peer: [`scikit-learn, every resample scored anew, ${REFOLDS} resamples`, peer("scikit-learn", REFOLDS)],
        unit,
        note: () => `${size()}; ${versions}`
      }
    ])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
