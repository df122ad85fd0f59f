/**
 * The full scan: annotation files first, then every picture, then nothing is left to find.
 *
 * A picture is decoded, so that a truncated one is found now. What is kept grows with the number of annotations (see `Columns.ts`) and of
 * pictures, not with their size. Sharp edge: pictures are opened even when the annotations are wrong, so that one scan tells everything.
 */
import { createHash } from "node:crypto"
import {
  ApprovedRoots,
  type DatasetScan,
  type FileInfo,
  IndexSink,
  Progress,
  type RootFiles,
  type ScannedEntry,
  type Source,
  type TrainerError,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { Effect } from "effect"
import type { Annotated, AnnotatedImage } from "./Annotated.ts"
import { sampleHash } from "./Annotation.ts"
import { classesOf, fingerprintOf } from "./Classes.ts"
import type { AnnotationRow } from "./Columns.ts"
import { type Findings, findings } from "./Findings.ts"
import { type AnnotationFile, extensionOf, layoutOf } from "./Layout.ts"
import { packLocator } from "./Locator.ts"
import type { Options, ResolvedOptions } from "./Options.ts"
import { extensionsOf, loadSharp, MAX_PICTURE_BYTES, openPicture, PICTURE_EXTENSIONS, type Picture } from "./Picture.ts"
import { outputTypeOf } from "./Sample.ts"
import { scanCoco } from "./ScanCoco.ts"
import { scanHagrid } from "./ScanHagrid.ts"

/** Entries per call of the sink. */
const BATCH = 256
/** Pictures that are decoded side by side, and held in memory. */
const AT_ONCE = 4

export const validate = (
  source: Source,
  options: Options
): Effect.Effect<ValidationReport, TrainerError, ApprovedRoots | IndexSink | Progress> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const progress = yield* Progress
    const layout = yield* layoutOf(source, options)
    const found = findings()
    const files: Array<FileInfo> = []
    for (const { path } of layout) files.push(yield* roots.info(path))
    const onProgress = (file: FileInfo, done: number) => progress.report(done, file.bytes, `scan ${file.path}`)
    const annotated = yield* options.format === "coco"
      ? scanCoco(layout, files, options, found, onProgress)
      : scanHagrid(files, options, found, onProgress)
    const known = files.map(({ path, bytes }, index) => ({ path, bytes, sha256: annotated.sha256[index] ?? "" }))
    const seen = yield* scanSamples(layout, annotated, options, known, found)
    if (seen.samples === 0 && found.count("error") === 0) found.add("NO-SAMPLES", "error", () => nothing(files[0]?.path ?? ""))
    const counted = { diagnostics: found.diagnostics(), error_count: found.count("error"), warning_count: found.count("warning") }
    const [first, ...categories] = annotated.categories
    if (counted.error_count > 0 || first === undefined) return counted
    const classes = classesOf(options.task, annotated.categories)
    const scan: DatasetScan = {
      // The names of the pictures stand in the annotation files, so that their bytes and order say everything.
      content_hash: createHash("sha256")
        .update(JSON.stringify(known.map(({ sha256 }) => sha256)))
        .digest("hex"),
      schema_fingerprint: fingerprintOf(options.task, classes, annotated.keypoints),
      modality: "image",
      output_type: outputTypeOf(options.task),
      shape: shapeOf(layout, seen),
      classes: classes.map((label, class_id) => ({ class_id, label })),
      files: known
    }
    const resolved: ResolvedOptions = { ...options, split: partsOf(options, layout), categories: [first, ...categories] }
    return { ...counted, scan, resolved_options: { ...resolved } }
  })

const partsOf = (options: Options, layout: ReadonlyArray<AnnotationFile>): ResolvedOptions["split"] => {
  const [first, ...others] = layout.map(({ part }) => part ?? "")
  return options.split === "none" || first === undefined ? "none" : [first, ...others]
}

const nothing = (file: string) => ({ file, message: "the annotations give no sample", help: "check the task and the files" })

/** What is known of the pictures when all are through. */
interface Seen {
  samples: number
  readonly width: [number, number]
  readonly height: [number, number]
  readonly channels: [number, number]
}

const widen = (range: [number, number], value: number): void => {
  range[0] = Math.min(range[0], value)
  range[1] = Math.max(range[1], value)
}

const shapeOf = (layout: ReadonlyArray<AnnotationFile>, { width, height, channels }: Seen): DatasetScan["shape"] =>
  layout.some(({ images }) => images === null)
    ? { kind: "custom", type: ANNOTATIONS_ONLY, detail: { width, height } }
    : { kind: "image", values: "encoded", width, height, channels }

/** The shape of samples whose pictures were not opened. No encoder takes it. */
const ANNOTATIONS_ONLY = "@feagi-trainer/adapter-coco#annotations"

type KnownFile = DatasetScan["files"][number]
interface Opened {
  readonly picture: Picture
  readonly file: KnownFile
}

const scanSamples = (
  layout: ReadonlyArray<AnnotationFile>,
  { images, categories }: Annotated,
  options: Options,
  known: Array<KnownFile>,
  found: Findings
): Effect.Effect<Seen, TrainerError, ApprovedRoots | IndexSink | Progress> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const sink = yield* IndexSink
    const progress = yield* Progress
    const sound = found.count("error") === 0
    const seen: Seen = { samples: 0, width: [Infinity, 0], height: [Infinity, 0], channels: [Infinity, 0] }
    const folders = yield* listFolders(roots, layout, found)
    const referenced = new Set<string>()
    const classes = classesOf(options.task, categories)
    let batch: Array<ScannedEntry> = []
    for (let from = 0; from < images.length; from += AT_ONCE) {
      const some = images.slice(from, from + AT_ONCE)
      // Side by side, and yet told in the order of the pictures.
      const opened = yield* Effect.forEach(
        some,
        (image) => {
          const told: Array<Parameters<Findings["add"]>> = []
          const tell: Findings["add"] = (...finding) => void told.push(finding)
          return Effect.map(openImage(roots, layout, image, folders, referenced, tell), (result) => ({ result, told }))
        },
        { concurrency: AT_ONCE }
      )
      for (const [at, image] of some.entries()) {
        const file = layout[image.file]
        const { result, told } = opened[at] ?? { told: [] }
        for (const finding of told) found.add(...finding)
        if (file === undefined || result === undefined) continue
        const entries = entriesOf(image, file, result === "unopened" ? undefined : result, options, classes, known, seen)
        batch.push(...entries)
        seen.samples += entries.length
      }
      if (batch.length >= BATCH) {
        yield* sink.add(batch)
        batch = []
      }
      yield* progress.report(Math.min(from + AT_ONCE, images.length), images.length, "pictures")
    }
    if (batch.length > 0) yield* sink.add(batch)
    // A record that is broken may have been the one that names a picture.
    for (const folder of sound ? new Set(layout.map(({ images }) => images)) : [])
      for (const path of [...(folders.get(folder ?? "")?.keys() ?? [])].sort())
        if (!referenced.has(path) && PICTURE_EXTENSIONS.includes(extensionOf(path)))
          found.add("UNREFERENCED", "warning", () => ({
            file: path,
            message: "no annotation file names this picture, so it is no sample",
            help: "add it to the pictures of the annotation file, or remove it"
          }))
    return seen
  })

type Folders = ReadonlyMap<string, ReadonlyMap<string, FileInfo>>

/** The files of every folder of pictures, once. A folder without any is one finding, and not one for each of its pictures. */
const listFolders = (roots: RootFiles, layout: ReadonlyArray<AnnotationFile>, found: Findings): Effect.Effect<Folders> =>
  Effect.gen(function* () {
    const folders = new Map<string, ReadonlyMap<string, FileInfo>>()
    for (const { images, path } of layout) {
      if (images === null || folders.has(images)) continue
      const listed = yield* roots.list(images).pipe(Effect.catch(() => Effect.succeed([])))
      if (listed.length === 0)
        found.add("NO-FOLDER", "error", () => ({
          file: images === "" ? path : images,
          message: "the folder of pictures does not exist or is empty",
          help: "name the folder that the file names are relative to: images = …"
        }))
      else folders.set(images, new Map(listed.map((each) => [each.path, each])))
    }
    return folders
  })

/** `unopened`: the options say so. Undefined: it was told what is wrong. */
const openImage = (
  roots: RootFiles,
  layout: ReadonlyArray<AnnotationFile>,
  image: AnnotatedImage,
  folders: Folders,
  referenced: Set<string>,
  tell: Findings["add"]
): Effect.Effect<Opened | "unopened" | undefined, TrainerError> =>
  Effect.gen(function* () {
    const file = layout[image.file]
    if (file === undefined || file.images === null) return "unopened"
    const folder = folders.get(file.images)
    if (folder === undefined) return undefined
    const stem = file.images === "" ? image.name : `${file.images}/${image.name}`
    const paths =
      image.size === undefined ? PICTURE_EXTENSIONS.map((extension) => stem + extension).filter((each) => folder.has(each)) : [stem]
    const [path = stem] = paths
    for (const each of paths) referenced.add(each)
    const at = { file: file.path, ...image.place, field: image.pointer, sample_id: image.name }
    const info = folder.get(path)
    if (info === undefined || paths.length > 1) {
      const help = "add the picture, remove its record, or name another folder: images = …"
      if (info === undefined)
        tell("NO-PICTURE", "error", () => ({
          ...at,
          message: "the picture is not in its folder",
          expected: path,
          actual: "no file",
          help
        }))
      else
        tell("SEVERAL-PICTURES", "error", () => ({
          ...at,
          message: "several pictures have this name",
          actual: paths.join(", "),
          help: "keep one"
        }))
      return undefined
    }
    if (info.bytes > MAX_PICTURE_BYTES) {
      tell("TOO-LARGE", "error", () => ({
        file: path,
        message: `the file has more than ${MAX_PICTURE_BYTES} bytes`,
        actual: String(info.bytes)
      }))
      return undefined
    }
    const bytes = yield* roots.read(path, 0, info.bytes)
    const sharp = yield* loadSharp
    const picture = yield* Effect.promise(() => openPicture(sharp, bytes))
    if (!picture.ok) {
      const { code, message, actual } = picture
      tell(code, "error", () => ({
        file: path,
        message,
        actual,
        sample_id: image.name,
        help: "replace the file, or remove its record"
      }))
      return undefined
    }
    const { width, height } = image.size ?? picture
    if (width !== picture.width || height !== picture.height) {
      const turned = picture.orientation > 4 ? "; the picture is stored turned, and its metadata say so: store it upright" : ""
      tell("SIZE-DIFFERS", "error", () => ({
        ...at,
        message: `the picture has another size than its record${turned}`,
        expected: `${width} × ${height}`,
        actual: `${picture.width} × ${picture.height}`,
        help: "correct the record, and look whether the boxes fit"
      }))
      return undefined
    }
    if (picture.orientation > 1)
      tell("TURNED", "warning", () => ({
        file: path,
        sample_id: image.name,
        message: "the metadata turn this picture; boxes and pixels count as they are stored",
        actual: `EXIF orientation ${picture.orientation}`,
        help: "look whether the boxes fit, and store the picture upright"
      }))
    if (!extensionsOf[picture.type].includes(extensionOf(path)))
      tell("WRONG-EXTENSION", "warning", () => ({
        file: path,
        sample_id: image.name,
        message: `the file holds ${picture.type}`,
        help: "rename it"
      }))
    return { picture, file: { path, bytes: info.bytes, sha256: createHash("sha256").update(bytes).digest("hex") } }
  })

/** One sample per picture; with keypoints, one per annotation. */
const entriesOf = (
  image: AnnotatedImage,
  file: AnnotationFile,
  opened: Opened | undefined,
  { task }: Options,
  classes: ReadonlyArray<string>,
  known: Array<KnownFile>,
  seen: Seen
): ReadonlyArray<ScannedEntry> => {
  const size = opened?.picture ?? image.size
  // A picture without an annotated person is no sample, so that its file is none of the scan.
  if (size === undefined || (task === "keypoints" && image.count() === 0)) return []
  widen(seen.width, size.width)
  widen(seen.height, size.height)
  if (opened !== undefined) widen(seen.channels, opened.picture.channels)
  const picture = opened === undefined ? -1 : known.push(opened.file) - 1
  const id = file.prefix + image.name
  const entry = (sample_id: string, annotations: ReadonlyArray<AnnotationRow>, hashes: ReadonlyArray<string>): ScannedEntry => ({
    sample_id,
    content_hash: sampleHash(opened?.file.sha256 ?? null, size, hashes),
    ...(opened === undefined ? {} : { decoded_hash: opened.picture.decoded_hash }),
    ...(file.part === undefined ? {} : { given_split: file.part }),
    ...(image.group === undefined ? {} : { group: image.group }),
    at: packLocator({
      file: image.file,
      picture,
      width: size.width,
      height: size.height,
      channels: opened?.picture.channels ?? 0,
      start: image.start,
      length: image.length,
      annotations
    }),
    file: file.path,
    line: image.place.line
  })
  if (task !== "keypoints") return [{ ...entry(id, image.annotations(), image.hashes()), values: { annotations: image.count() } }]
  return image.annotations().map((row) => {
    const label = classes[row.class_id]
    return { ...entry(`${id}#${row.annotation_id}`, [row], [row.hash]), group: id, ...(label === undefined ? {} : { label }) }
  })
}
