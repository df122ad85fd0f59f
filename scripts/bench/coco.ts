/**
 * Row `coco`: the scan of an annotation file of the size of val2017, without pictures, by the constructor of pycocotools, which loads the
 * file and indexes it.
 *
 * Sharp edge: pycocotools checks nothing. Ours reads the file twice in bounded memory, checks every reference, box, polygon and run against
 * the size of its picture, and hashes file, annotations and samples. The ratio is the price of that, not of JSON.
 */
import { spawnSync } from "node:child_process"
import { closeSync, openSync, statSync, writeSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { ChaCha8 } from "../../packages/determinism/src/index.ts"
import { root } from "../steps.ts"
import { comparePair, MB, type Pair, type Result, reportAlone, seconds } from "./measure.ts"
import { pythonPeer } from "./peers.ts"
import { openAdapter, openProject, validate } from "./project.ts"

const row = "coco"
const unit = "annotations/s"
const peerName = "pycocotools 2.0.11, COCO(file)"
const CATEGORIES = 80
const IMAGES = 5000
const [WIDTH, HEIGHT] = [640, 480] as const

/**
 * As val2017 is: a polygon of 12 to 40 points for each annotation, and runs with `iscrowd` for one in 80. All is drawn from one seed.
 */
const writeAnnotations = (path: string, count: number): void => {
  const generator = ChaCha8.seedFromU64(1n)
  const drawn = Buffer.alloc(4096)
  let at = drawn.length
  const below = (limit: number): number => {
    if (at === drawn.length) {
      generator.fill(drawn)
      at = 0
    }
    at += 4
    return Math.floor((drawn.readUInt32LE(at - 4) / 2 ** 32) * limit)
  }
  const cents = (value: number): number => Math.round(value * 100) / 100
  const annotation = (index: number): object => {
    const [width, height] = [20 + below(300), 20 + below(200)]
    const [x, y] = [below(WIDTH - width), below(HEIGHT - height)]
    const fields = { id: 1000 + index, image_id: 1 + below(IMAGES), category_id: 1 + below(CATEGORIES), area: width * height * 0.5 }
    if (index % 80 === 79) {
      const columns = Array.from({ length: width }, (_, column) => [column === 0 ? x * HEIGHT + y : HEIGHT - height, height]).flat()
      const rest = WIDTH * HEIGHT - columns.reduce((sum, each) => sum + each, 0)
      return { segmentation: { counts: [...columns, rest], size: [HEIGHT, WIDTH] }, ...fields, iscrowd: 1, bbox: [x, y, width, height] }
    }
    const points = 12 + below(28)
    const polygon = Array.from({ length: points }, (_, point) => {
      const [turn, radius] = [(2 * Math.PI * point) / points, 0.35 + below(1000) / 7000]
      return [cents(x + width * (0.5 + radius * Math.cos(turn))), cents(y + height * (0.5 + radius * Math.sin(turn)))]
    })
    return { segmentation: [polygon.flat()], ...fields, iscrowd: 0, bbox: [x, y, width, height] }
  }
  const file = openSync(path, "w")
  const list = (name: string, length: number, record: (index: number) => object, end: string): void => {
    writeSync(file, `${JSON.stringify(name)}:[`)
    for (let index = 0; index < length; index++) writeSync(file, `${index === 0 ? "" : ","}${JSON.stringify(record(index))}`)
    writeSync(file, `]${end}`)
  }
  const image = (index: number) => ({
    id: index + 1,
    file_name: `${String(index + 1).padStart(12, "0")}.jpg`,
    width: WIDTH,
    height: HEIGHT
  })
  writeSync(file, "{")
  list("images", IMAGES, image, ",")
  list("annotations", count, annotation, ",")
  list("categories", CATEGORIES, (index) => ({ id: index + 1, name: `c${index}`, supercategory: "drawn" }), "}")
  closeSync(file)
}

export const coco = async (annotations = 36_781): Promise<ReadonlyArray<Result>> => {
  const project = await openProject()
  try {
    const path = join(project.folder, "instances.json")
    writeAnnotations(path, annotations)
    const options = {
      annotations: "source",
      images: null,
      task: "instances",
      format: "coco",
      boxes: "pixel-xywh",
      crowd: "keep",
      split: "none",
      categories: "scan"
    }
    const opened = await project.run(openAdapter("coco", project.folder, { path: "instances.json" }, options))
    const ours: Pair["ours"] = [
      "adapter coco, validate, annotations only",
      async () => {
        let [samples, found] = [0, 0]
        const add = (entries: ReadonlyArray<{ readonly values?: Readonly<Record<string, number>> }>) =>
          Effect.sync(() => {
            samples += entries.length
            for (const { values } of entries) found += values?.annotations ?? 0
          })
        const took = await seconds(() => project.run(validate(opened, { add })))
        if (samples !== IMAGES || found !== annotations) throw new Error(`validate found ${found} annotations on ${samples} pictures`)
        return annotations / took
      }
    ]
    const size = `${annotations} annotations on ${IMAGES} pictures, ${(statSync(path).size / MB).toFixed(1)} MB`
    const python = pythonPeer("pycocotools", "2.0.11")
    if (!python.ok) return [await reportAlone(row, ours, unit, size), { kind: "skipped", row, peer: peerName, reason: python.reason }]
    let version = ""
    const peer = (): number => {
      const ran = spawnSync(python.value, [join(root, "scripts/bench/loadCoco.py"), path], { encoding: "utf8" })
      if (ran.status !== 0) throw new Error(`pycocotools failed: ${ran.stderr}`)
      const answer = JSON.parse(ran.stdout) as { seconds: number; annotations: number; images: number; boxes: number; python: string }
      if (answer.annotations !== annotations || answer.images !== IMAGES || answer.boxes !== annotations)
        throw new Error(`pycocotools found ${ran.stdout}`)
      version = answer.python
      return annotations / answer.seconds
    }
    const note = () =>
      `${size}; Python ${version}; ours also checks every reference, box and mask, reads the file twice and hashes it; pycocotools only loads and indexes`
    return [await comparePair({ row, ours, peer: [peerName, peer], unit, note })]
  } finally {
    await project.close()
  }
}
