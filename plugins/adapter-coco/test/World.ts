/** Files in memory behind the services that the adapter asks for, pictures that are made for it, and short ways to scan and read them. */
import { type MemoryFiles, memoryIndex, memoryRoot } from "@feagi-trainer/conformance"
import {
  type AdapterSession,
  ApprovedRoots,
  type Candidate,
  type IndexedScan,
  IndexSink,
  type IRSample,
  Progress,
  type RawSample,
  type RootFiles,
  type ScannedEntry,
  type TrainerError,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { Effect, type Scope, Stream } from "effect"
import sharp from "sharp"
import { coco } from "../src/index.ts"

export type Overrides = Readonly<Record<string, unknown>>

export const base = {
  annotations: "a.json",
  images: "images",
  task: "instances",
  format: "coco",
  boxes: "pixel-xywh",
  crowd: "keep",
  split: "none",
  categories: "scan"
} as const

/** A picture with other pixels for every seed. */
export const picture = (width: number, height: number, seed: number, type: "png" | "jpeg" | "webp" = "png"): Promise<Uint8Array> => {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 7 + seed * 13) % 256)
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    [type]()
    .toBuffer()
    .then((bytes) => Uint8Array.from(bytes))
}

export const optionsWith = (overrides: Overrides = {}) => {
  const decoded = coco.decodeOptions({ ...base, ...overrides })
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.mistakes))
  return decoded.value
}

type Work<A> = Effect.Effect<A, TrainerError, ApprovedRoots | IndexSink | Progress | Scope.Scope>

const run = <A>(work: Work<A>, root: RootFiles, sink = memoryIndex().sink): Promise<A> =>
  work.pipe(
    Effect.scoped,
    Effect.provideService(ApprovedRoots, root),
    Effect.provideService(IndexSink, sink),
    Effect.provideService(Progress, { report: () => Effect.void }),
    Effect.runPromise
  )

export interface Scanned {
  readonly report: ValidationReport
  readonly entries: ReadonlyArray<ScannedEntry>
  /** Throws when there is no scan. */
  readonly scan: () => IndexedScan
}

export const scanRoot = async (root: RootFiles, overrides: Overrides = {}, path = ""): Promise<Scanned> => {
  const index = memoryIndex()
  const report = await run(coco.validate({ path }, optionsWith(overrides)), root, index.sink)
  return {
    report,
    entries: index.scanned,
    scan: () => {
      if (report.scan === undefined) throw new Error(JSON.stringify(report.diagnostics))
      return { ...report.scan, index: index.index(report.scan.classes) }
    }
  }
}

export const scanFiles = (files: MemoryFiles, overrides: Overrides = {}, path = ""): Promise<Scanned> =>
  scanRoot(memoryRoot(files), overrides, path)

export const discover = (files: MemoryFiles, path = ""): Promise<ReadonlyArray<Candidate>> =>
  run(coco.discover({ path }), memoryRoot(files))

export const withSession = <A>(
  files: MemoryFiles,
  overrides: Overrides,
  scan: IndexedScan,
  use: (session: AdapterSession) => Effect.Effect<A, TrainerError>,
  path = ""
): Promise<A> => run(Effect.flatMap(coco.open({ path }, optionsWith(overrides), scan, "v1"), use), memoryRoot(files))

export const collect = (session: AdapterSession, order: ReadonlyArray<number>): Effect.Effect<ReadonlyArray<RawSample>, TrainerError> =>
  Effect.map(Stream.runCollect(session.stream(order, 0)), (raw) => [...raw])

/** All samples of a sound dataset, in the order of the index. */
export const samplesOf = async (files: MemoryFiles, overrides: Overrides = {}, path = ""): Promise<ReadonlyArray<IRSample>> => {
  const scan = (await scanFiles(files, overrides, path)).scan()
  const order = scan.index.map((_, position) => position)
  return withSession(
    files,
    overrides,
    scan,
    (session) => Effect.map(collect(session, order), (raw) => raw.map((each) => session.mapToIr(each, "train"))),
    path
  )
}

/** What an effect failed with. */
export const failureOf = (work: Promise<unknown>): Promise<TrainerError> =>
  work.then(
    () => {
      throw new Error("it did not fail")
    },
    (failure: TrainerError) => failure
  )

/** A document of two pictures, three categories (4 comes before 2 in the file) and three annotations, one of them a crowd. */
export const document = () => ({
  images: [
    { id: 7, file_name: "a.png", width: 8, height: 6 },
    { id: 3, file_name: "sub/b.png", width: 5, height: 4 }
  ],
  categories: [
    { id: 4, name: "dog" },
    { id: 2, name: "cat" },
    { id: 9, name: "bird" }
  ],
  annotations: [
    { id: 10, image_id: 3, category_id: 4, bbox: [1, 1, 2, 2], area: 4, iscrowd: 0, segmentation: [[1, 1, 3, 1, 3, 3, 1, 3]] },
    { id: 11, image_id: 7, category_id: 2, bbox: [0.5, 0, 4, 5.5], area: 20, iscrowd: 0, segmentation: [[0.5, 0, 4.5, 0, 4.5, 5.5]] },
    { id: 12, image_id: 7, category_id: 9, bbox: [2, 0, 2, 6], area: 12, iscrowd: 1, segmentation: { size: [6, 8], counts: [12, 12, 24] } }
  ]
})

/** The document as a file, one record per line, with its pictures. */
export const textOf = (value: ReturnType<typeof document> | Readonly<Record<string, unknown>>): string =>
  `{\n${Object.entries(value)
    .map(
      ([key, items]) =>
        `"${key}": ${Array.isArray(items) ? `[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]` : JSON.stringify(items)}`
    )
    .join(",\n")}\n}\n`

export const pictures = async (): Promise<MemoryFiles> => ({
  "images/a.png": await picture(8, 6, 1),
  "images/sub/b.png": await picture(5, 4, 2)
})
