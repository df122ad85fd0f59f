/**
 * Row `images`: JPEG files become pixels of one size, as a session of adapter image-folder and the transforms image-decode and image-resize
 * make them, by sharp alone on the same files.
 *
 * Sharp edge: sharp checks nothing and resizes in C, so that its pixels are near ours and not equal. Ours compares every file with its
 * registered hash, decodes it in the session and again in image-decode, and resizes in TypeScript to bytes that are the same everywhere.
 */
import { statSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Stream } from "effect"
import { memoryIndex } from "../../packages/conformance/src/index.ts"
import { ApprovedRoots, type IRSample } from "../../packages/contracts/src/index.ts"
import { Catalogue, streams } from "../../packages/core/src/index.ts"
import { ChaCha8, SeedTree, sha256Hex } from "../../packages/determinism/src/index.ts"
import { planGraph } from "../../packages/transforms/src/index.ts"
import { comparePairs, MB, type Pair, type Result, seconds } from "./measure.ts"
import { openAdapter, openProject, validate } from "./project.ts"

const row = "images"
const unit = "images/s"
const SIDE = 224
const [WIDTH, HEIGHT] = [640, 480] as const
/** As many as a run transforms at the same time. */
const ABREAST = 4
/** Mean difference of two pixels by which two ways to resize may differ. */
const LIKE = 4

type Sharp = typeof import("sharp").default

/** A gradient, twenty rectangles and noise of ±16, all drawn from the number of the picture. */
const picture = (number: number): Uint8Array => {
  const generator = ChaCha8.seedFromU64(BigInt(number))
  const noise = new Uint8Array(WIDTH * HEIGHT)
  generator.fill(noise)
  const drawn = Buffer.alloc(20 * 8)
  generator.fill(drawn)
  const shapes = Array.from({ length: 20 }, (_, shape) => {
    const [x = 0, y = 0, width = 0, height = 0, ...colour] = drawn.subarray(shape * 8, shape * 8 + 8)
    return { left: x * 2.5, top: y * 1.9, right: x * 2.5 + width, bottom: y * 1.9 + height, colour }
  })
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3)
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const shape = shapes.findLast(({ left, top, right, bottom }) => x >= left && x < right && y >= top && y < bottom)
      const grain = ((noise[y * WIDTH + x] ?? 0) >> 3) - 16
      for (let channel = 0; channel < 3; channel++) {
        const base = shape?.colour[channel] ?? (x * (channel + 1) + y) / 8
        pixels[(y * WIDTH + x) * 3 + channel] = Math.max(0, Math.min(255, base + grain))
      }
    }
  return pixels
}

const writePictures = async (sharp: Sharp, folder: string, count: number): Promise<ReadonlyArray<string>> => {
  const paths: Array<string> = []
  for (let number = 0; number < count; number++) {
    const path = join(folder, `c${number % 3}`, `${String(number).padStart(4, "0")}.jpg`)
    await mkdir(join(path, ".."), { recursive: true })
    const raw = { width: WIDTH, height: HEIGHT, channels: 3 } as const
    await sharp(picture(number), { raw }).jpeg({ quality: 85 }).toFile(path)
    paths.push(path)
  }
  // By class, as the adapter lists them.
  return paths.sort()
}

/** Calls `work` for every item, `abreast` of them at a time. */
const inTurns = async <A>(items: ReadonlyArray<A>, abreast: number, work: (item: A) => Promise<unknown>): Promise<void> => {
  const waiting = items.values()
  const turn = async (): Promise<void> => {
    for (const item of waiting) await work(item)
  }
  await Promise.all(Array.from({ length: abreast }, turn))
}

const meanDifference = (left: Uint8Array, right: Uint8Array): number =>
  left.reduce((sum, each, index) => sum + Math.abs(each - (right[index] ?? Number.NaN)), 0) / left.length

export const images = async (count = 300): Promise<ReadonlyArray<Result>> => {
  let sharp: Sharp
  try {
    sharp = (await import("sharp")).default
    // A file that it met in the round before would be none of its work.
    sharp.cache(false)
  } catch {
    return [{ kind: "skipped", row, peer: "sharp alone", reason: "sharp is not installed, and ours decodes JPEG by it as well" }]
  }
  const project = await openProject()
  try {
    const folder = join(project.folder, "pictures")
    const paths = await writePictures(sharp, folder, count)
    const given = { layout: "class-folders", classes: "scan", splits: "none", on_corrupt: "fail" }
    const opened = await project.run(openAdapter("image-folder", folder, { path: "" }, given))
    const index = memoryIndex()
    const scan = await project.run(validate(opened, index.sink))
    const { entry } = opened.adapter
    const order = Array.from({ length: count }, (_, position) => position)
    const nodes = [
      { plugin: "image-decode", version: 1, phases: "all", options: { channels: 3, alpha: "refuse", orientation: "refuse" } },
      { plugin: "image-resize", version: 1, phases: "all", options: { width: SIDE, height: SIDE, kernel: "linear", fit: "fill" } }
    ] as const
    const [session, graph] = await project.run(
      Effect.gen(function* () {
        const { lookup } = yield* Catalogue
        const planned = yield* planGraph({ nodes, shape: scan.shape, lookup, parts: [], learns: "train", samples: () => Stream.empty })
        if (!planned.ok) throw new Error(planned.diagnostics.map(({ message }) => message).join("; "))
        const registered = { ...scan, index: index.index(scan.classes) }
        const reading = yield* entry
          .open(opened.source, opened.options, registered, "pictures@1")
          .pipe(Effect.provideService(ApprovedRoots, opened.files))
        return [reading, planned.graph] as const
      }).pipe(Effect.scoped)
    )
    const seeds = SeedTree.root(1n)
    const transformed = (sample: IRSample) =>
      graph.apply(sample, "measure", (node) => seeds.child(streams.transform(node, 0, sha256Hex(sample.sample_id))).random())
    const [first = ""] = paths
    const made: { ours: Uint8Array; sharp: Uint8Array } = { ours: new Uint8Array(), sharp: new Uint8Array() }
    const ours = async (): Promise<number> => {
      let [done, bytes] = [0, 0]
      const took = await seconds(() =>
        project.run(
          session.stream(order, 0).pipe(
            Stream.mapEffect((raw) => transformed(session.mapToIr(raw, "test")), { concurrency: ABREAST }),
            Stream.runForEach(({ payload }) =>
              Effect.sync(() => {
                const pixels = "bytes" in payload ? payload.bytes : new Uint8Array()
                if (done === 0) made.ours = pixels
                done++
                bytes += pixels.length
              })
            )
          )
        )
      )
      if (done !== count || bytes !== count * SIDE * SIDE * 3) throw new Error(`${done} of ${count} pictures were made, ${bytes} bytes`)
      return count / took
    }
    const alone = (abreast: number) => async (): Promise<number> => {
      let bytes = 0
      const took = await seconds(() =>
        inTurns(paths, abreast, async (path) => {
          const pixels = await sharp(path).resize(SIDE, SIDE, { fit: "fill", kernel: "linear" }).raw().toBuffer()
          if (path === first) made.sharp = pixels
          bytes += pixels.length
        })
      )
      if (bytes !== count * SIDE * SIDE * 3) throw new Error(`sharp made ${bytes} bytes of ${count} pictures`)
      return count / took
    }
    const stored = paths.reduce((sum, path) => sum + statSync(path).size, 0) / MB
    const note = (): string => {
      const apart = meanDifference(made.ours, made.sharp)
      if (!(apart < LIKE)) throw new Error(`ours and sharp's pixels differ by ${apart} on average`)
      return `${count} JPEG files of ${WIDTH} × ${HEIGHT}, ${stored.toFixed(1)} MB, to ${SIDE} × ${SIDE} RGB, linear; the first picture differs by ${apart.toFixed(2)} of 255 on average; sharp.concurrency() is ${sharp.concurrency()}, its cache off`
    }
    const side: Pair["ours"] = ["session of adapter image-folder, image-decode, image-resize", ours]
    return await comparePairs([
      { row, ours: side, peer: [`sharp alone, ${ABREAST} files at a time as ours`, alone(ABREAST)], unit, note },
      { row, ours: side, peer: ["sharp alone, one file after the other", alone(1)], unit, note }
    ])
  } finally {
    await project.close()
  }
}
