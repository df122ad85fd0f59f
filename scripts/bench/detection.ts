/**
 * Row `detection`: from a ground truth and results in two JSON files to the twelve statistics of boxes, by pycocotools and by
 * faster-coco-eval, whose evaluation is C++. As much of it as COCO's val2017 with the results of a detector: 5 000 images, 36 000 boxes,
 * 195 000 detections, 80 classes.
 *
 * Sharp edge: all sides read the files, evaluate and sum up; ours also draws up its figures. The time to start Python and to import does
 * not count, and ours is warm after the round that does not count. All give the same numbers to 1e-9, or the row fails.
 */
import { spawnSync } from "node:child_process"
import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { isInsufficient } from "../../packages/contracts/src/index.ts"
import { ChaCha8 } from "../../packages/determinism/src/index.ts"
import { detection as pack } from "../../plugins/metric-pack-detection/src/index.ts"
import { root } from "../steps.ts"
import { comparePairs, MB, type Pair, type Result, reportAlone, type Side, seconds } from "./measure.ts"
import { pythonPeer } from "./peers.ts"
import { openProject } from "./project.ts"

const row = "detection"
const unit = "images/s"
const IMAGES = 5000
const CATEGORIES = 80
const [WIDTH, HEIGHT] = [640, 480] as const
const names = ["AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl"]

const peers = [
  { library: "pycocotools", version: "2.0.11", target: 8 },
  { library: "faster-coco-eval", version: "1.8.0", target: 1 / 1.5 }
] as const

type Box = readonly [number, number, number, number]

/** Truths to two digits, as annotators leave them, and detections to all digits, as detectors write them: two of five near a truth. */
const drawFiles = (truthPath: string, resultPath: string, boxes: number, detections: number): void => {
  const generator = ChaCha8.seedFromU64(3n)
  const drawn = Buffer.alloc(4096)
  let at = drawn.length
  const share = (): number => {
    if (at === drawn.length) {
      generator.fill(drawn)
      at = 0
    }
    at += 4
    return drawn.readUInt32LE(at - 4) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(share() * limit)
  const box = (): Box => {
    const [width, height] = [4 + share() ** 2 * 400, 4 + share() ** 2 * 300]
    return [share() * (WIDTH - width), share() * (HEIGHT - height), width, height]
  }
  const near = ([x, y, width, height]: Box): Box => {
    const shift = (): number => (share() - 0.5) * 0.4
    return [x + shift() * width, y + shift() * height, width * (1 + shift()), height * (1 + shift())]
  }
  const cents = (value: number): number => Math.round(value * 100) / 100
  const annotations = Array.from({ length: boxes }, (_, index) => {
    const [x, y, width, height] = box()
    return {
      id: index + 1,
      image_id: 1 + below(IMAGES),
      category_id: 1 + below(CATEGORIES),
      bbox: [cents(x), cents(y), cents(width), cents(height)] as const,
      area: cents(width * height * 0.7),
      iscrowd: below(100) === 0 ? 1 : 0
    }
  })
  const results = Array.from({ length: detections }, () => {
    const truth = below(5) < 2 ? annotations[below(boxes)] : undefined
    return {
      image_id: truth?.image_id ?? 1 + below(IMAGES),
      category_id: truth === undefined || below(10) === 0 ? 1 + below(CATEGORIES) : truth.category_id,
      bbox: truth === undefined ? box() : near(truth.bbox),
      score: truth === undefined ? share() * 0.8 : 0.5 + share() / 2
    }
  })
  const images = Array.from({ length: IMAGES }, (_, index) => ({
    id: index + 1,
    width: WIDTH,
    height: HEIGHT,
    file_name: `${index + 1}.jpg`
  }))
  const categories = Array.from({ length: CATEGORIES }, (_, index) => ({ id: index + 1, name: `c${index + 1}` }))
  writeFileSync(truthPath, JSON.stringify({ images, annotations, categories }))
  writeFileSync(resultPath, JSON.stringify(results))
}

const evaluate = (truths: string, results: string): ReadonlyArray<number> => {
  const { files } = pack
  if (files === undefined) throw new Error("the pack reads files")
  const options = files.decodeOptions({})
  if (!options.ok) throw new Error("boxes are what is scored when nothing is said")
  const file = (name: string) => ({ name, bytes: readFileSync(name) })
  const read = files.read({ predictions: file(results), targets: [file(truths)] }, options.value)
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics[0]))
  const fold = pack.start(read.options, read.context)
  const { values } = fold.result(read.scored.reduce(fold.add, fold.empty))
  return names.map((name) => {
    const value = values[name]
    return value === undefined || isInsufficient(value) ? -1 : value
  })
}

export const detection = async (boxes = 36_000, detections = 195_000): Promise<ReadonlyArray<Result>> => {
  const project = await openProject()
  try {
    const [truths, results] = [join(project.folder, "truths.json"), join(project.folder, "results.json")]
    drawFiles(truths, results, boxes, detections)
    let found: ReadonlyArray<number> = []
    const ours: Pair["ours"] = [
      "metric pack detection, two files to twelve statistics and figures",
      async () => {
        const took = await seconds(() => {
          found = evaluate(truths, results)
        })
        return IMAGES / took
      }
    ]
    const size = `${IMAGES} images, ${boxes} boxes, ${detections} detections, ${CATEGORIES} classes, ${((statSync(truths).size + statSync(results).size) / MB).toFixed(1)} MB`
    const pairs: Array<Pair> = []
    const skipped: Array<Result> = []
    for (const { library, version, target } of peers) {
      const peer = `${library} ${version}`
      const python = pythonPeer(library, version)
      if (!python.ok) {
        skipped.push({ kind: "skipped", row, peer, reason: python.reason })
        continue
      }
      let largest = 0
      const side: Side = () => {
        const ran = spawnSync(python.value, [join(root, "scripts/bench/evaluateCoco.py"), library, truths, results], { encoding: "utf8" })
        if (ran.status !== 0) throw new Error(`${library} failed: ${ran.stderr}`)
        const answer = JSON.parse(ran.stdout) as { readonly seconds: number; readonly stats: ReadonlyArray<number> }
        for (const [index, value] of found.entries()) {
          const away = Math.abs(value - (answer.stats[index] ?? Number.NaN))
          if (!(away <= 1e-9)) throw new Error(`${names[index]} is ${value}, ${library} says ${answer.stats[index]}`)
          largest = Math.max(largest, away)
        }
        return IMAGES / answer.seconds
      }
      const note = () => `${size}; the twelve numbers differ by at most ${largest.toExponential(1)}`
      pairs.push({ row, ours, peer: [peer, side], unit, target, note })
    }
    return pairs.length === 0 ? [await reportAlone(row, ours, unit, size), ...skipped] : [...(await comparePairs(pairs)), ...skipped]
  } finally {
    await project.close()
  }
}
