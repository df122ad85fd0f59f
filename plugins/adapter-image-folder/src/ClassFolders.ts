/**
 * Layout `class-folders`: the first folder says the class, or the second where the first one is a part of the data.
 *
 * Sharp edge: every file in a class folder is held to be a picture, whatever its name; only hidden files and those of a desktop are not.
 */
import { createHash } from "node:crypto"
import {
  type AdapterSession,
  ApprovedRoots,
  contentChanged,
  didYouMean,
  type IndexEntry,
  type IndexedScan,
  IndexSink,
  Progress,
  type RawSample,
  type RootFiles,
  type Source,
  type TrainerError,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { type Findings, findings } from "./Findings.ts"
import { near } from "./Near.ts"
import type { ClassFolderOptions } from "./Options.ts"
import { isRefusal, MAX_BYTES } from "./Picture.ts"
import { mediaTypeIn, namedLikePicture } from "./PictureType.ts"
import { type ReadSample, toIr } from "./ReadSample.ts"
import {
  AT_ONCE,
  BATCH,
  batched,
  extents,
  fingerprintOf,
  inspect,
  readRegistered,
  refuse,
  sha256,
  sizeAt,
  streamOf,
  twins,
  warnOfRotation
} from "./Scan.ts"
import { byCodeUnit, customaryPart, joined, type Listing, listingOf, nfc, type Placed, placed, shownSource, warnOfIgnored } from "./Tree.ts"

interface Labelled extends Placed {
  readonly label: string
  /** With its part, where there are parts. */
  readonly folder: string
}

export const validateClassFolders = (
  source: Source,
  options: ClassFolderOptions
): Effect.Effect<ValidationReport, TrainerError, ApprovedRoots | IndexSink | Progress> =>
  Effect.gen(function* () {
    const found = findings()
    const listing = listingOf(source, yield* (yield* ApprovedRoots).list(source.path))
    warnOfIgnored(listing, found)
    const pictures = labelled(source, listing, options, found)
    const classes = classesOf(source, pictures, listing, options, found)
    const declared = new Set(classes)
    const out = batched(yield* IndexSink)
    const progress = yield* Progress
    const { add, shape } = extents()
    const twin = twins(found, "error")
    const files: Array<{ readonly path: string; readonly bytes: number; readonly sha256: string }> = []
    const content = createHash("sha256")
    const counts = new Map(foldersOf(listing, options).map((folder) => [folder, 0]))
    let samples = 0
    for (let at = 0; at < pictures.length; at += BATCH) {
      const batch = pictures.slice(at, at + BATCH)
      const inspected = yield* Effect.forEach(batch, (each) => Effect.map(inspect(each.file), (seen) => ({ ...each, ...seen })), {
        concurrency: AT_ONCE
      })
      for (const { file, path, part, label, folder, sha256: hash, result } of inspected) {
        const place = { file: file.path, sample_id: path }
        files.push({ path: file.path, bytes: file.bytes, sha256: hash })
        if (isRefusal(result)) {
          refuse(result, place, options.on_corrupt, found)
          content.update(`${JSON.stringify(["skipped", path, hash])}\n`)
          continue
        }
        warnOfRotation(result.orientation, place, found)
        twin(hash, label, file.path, path)
        counts.set(folder, (counts.get(folder) ?? 0) + 1)
        samples++
        add(result)
        content.update(`${JSON.stringify([path, hash])}\n`)
        const { decoded_hash, near: signature } = result
        const given = part === undefined ? {} : { given_split: part }
        if (declared.has(label))
          yield* out.add({
            sample_id: path,
            content_hash: hash,
            decoded_hash,
            label,
            ...given,
            at: [result.width, result.height, result.channels],
            near: signature,
            file: file.path
          })
      }
      yield* progress.report(Math.min(at + BATCH, pictures.length), pictures.length, `scan ${shownSource(source)}`)
    }
    yield* out.flush()
    warnOfCounts(source, counts, found)
    if (samples === 0) found.error("NO-SAMPLES", { message: "there is no picture in a class folder", file: shownSource(source) })
    if (found.errors() > 0) return found.report()
    return {
      ...found.report(),
      scan: {
        content_hash: content.digest("hex"),
        schema_fingerprint: fingerprintOf(options, classes),
        modality: "image",
        output_type: "class",
        shape: shape("encoded"),
        classes: classes.map((label, class_id) => ({ class_id, label })),
        files
      },
      resolved_options: { ...options, classes }
    }
  })

/** The class folder of a path below its part; undefined when it lies in none. */
const labelOf = (rest: string): string | undefined => {
  const slash = rest.indexOf("/")
  return slash < 0 ? undefined : nfc(rest.slice(0, slash))
}

const labelled = (source: Source, listing: Listing, { splits }: ClassFolderOptions, found: Findings): ReadonlyArray<Labelled> => {
  const out: Array<Labelled> = []
  const strays: Array<Placed> = []
  for (const each of placed(source, listing.members, splits, found)) {
    const label = labelOf(each.rest)
    if (label !== undefined && (each.part !== undefined || splits === "none"))
      out.push({ ...each, label, folder: each.path.slice(0, each.path.length - each.rest.length + each.rest.indexOf("/")) })
    else if (namedLikePicture(each.path))
      found.error("UNLABELLED", {
        message: "the picture lies in no class folder",
        file: each.file.path,
        help: "move it into the folder of its class, or away"
      })
    else strays.push(each)
  }
  const [first] = strays
  if (first !== undefined)
    found.warn("STRAY", { message: "files beside the class folders are not read", file: first.file.path }, strays.length)
  return out
}

/** The folders of classes, also those that hold only what is ignored. */
const foldersOf = ({ members, ignored }: Listing, { splits }: ClassFolderOptions): ReadonlyArray<string> => {
  const depth = splits === "none" ? 1 : 2
  const folders = [...members, ...ignored].map(({ path }) => path.split("/").slice(0, -1)).filter((folders) => folders.length >= depth)
  const inParts = folders.filter(([top = ""]) => splits === "none" || Object.keys(splits).some((folder) => nfc(folder) === nfc(top)))
  const visible = inParts
    .map((folders) => folders.slice(0, depth))
    .filter((folders) => folders.every((name) => !name.startsWith(".") && name !== "__MACOSX"))
  return [...new Set(visible.map((folders) => folders.join("/")))]
}

const classesOf = (
  source: Source,
  pictures: ReadonlyArray<Labelled>,
  listing: Listing,
  options: ClassFolderOptions,
  found: Findings
): ReadonlyArray<string> => {
  const names = new Map(foldersOf(listing, options).map((folder) => [folder.slice(folder.lastIndexOf("/") + 1), folder]))
  const folds = new Map<string, string>()
  for (const [name, folder] of [...names].sort(([left], [right]) => byCodeUnit(left, right))) {
    const fold = nfc(nfc(name).toLowerCase())
    const other = folds.get(fold)
    if (other === undefined) folds.set(fold, name)
    else
      found.error("TWIN-CLASSES", {
        message: `the class folders ${JSON.stringify(other)} and ${JSON.stringify(name)} are one on some systems: ${nfc(other) === nfc(name) ? "their Unicode forms differ" : "they differ in upper and lower case"}`,
        file: joined(source.path, folder),
        expected: other,
        actual: name,
        help: "put them together, or give one of them another name"
      })
  }
  const labels = [...new Set(pictures.map(({ label }) => label))].sort(byCodeUnit)
  if (options.splits === "none" && labels.length > 1 && labels.every((label) => customaryPart(label) !== undefined))
    found.warn("PART-NAMES", {
      message: `the classes ${labels.join(", ")} are named like parts of the data`,
      file: shownSource(source),
      field: "splits",
      help: `splits = { ${labels.map((label) => `${label} = "${customaryPart(label)}"`).join(", ")} }`
    })
  if (options.classes === "scan") return labels
  const classes = options.classes.map(nfc)
  for (const label of labels.filter((each) => !classes.includes(each))) {
    const meant = didYouMean(label, classes)
    found.error("UNDECLARED-CLASS", {
      message: `the folder ${JSON.stringify(label)} is no declared class`,
      file: joined(source.path, pictures.find((each) => each.label === label)?.folder ?? label),
      field: "classes",
      actual: label,
      help: meant === undefined ? "declare it in classes, or move the folder away" : `did you mean "${meant}"?`
    })
  }
  for (const label of classes.filter((each) => !labels.includes(each)))
    found.error("EMPTY-CLASS", {
      message: `no picture lies in a folder of the class ${JSON.stringify(label)}`,
      file: shownSource(source),
      field: "classes"
    })
  return classes
}

const warnOfCounts = (source: Source, counts: ReadonlyMap<string, number>, found: Findings): void => {
  for (const [folder, count] of counts) {
    const file = joined(source.path, folder)
    if (count === 0)
      found.error("EMPTY-CLASS", {
        message: "the class folder holds no picture that can be used",
        file,
        help: "add pictures, or remove the folder"
      })
    if (count === 1) found.warn("SINGLE-PICTURE", { message: "the class folder holds one picture only", file })
  }
}

export const openClassFolders = (
  source: Source,
  scan: IndexedScan,
  datasetVersionId: string
): Effect.Effect<AdapterSession, TrainerError, ApprovedRoots> =>
  Effect.map(ApprovedRoots, (roots) => ({
    stream: streamOf(scan, (entry, position) => readOne(roots, source, scan, entry, position)),
    mapToIr: toIr(datasetVersionId),
    near
  }))

const readOne = (
  roots: RootFiles,
  source: Source,
  scan: IndexedScan,
  { sample_id, content_hash, class_id = -1, at: where = [] }: IndexEntry,
  position: number
): Effect.Effect<RawSample, TrainerError> =>
  Effect.gen(function* () {
    const path = joined(source.path, sample_id)
    const bytes = yield* readRegistered(roots, path, 0, MAX_BYTES + 1, content_hash, sample_id)
    const got = sha256(bytes)
    if (got !== content_hash) return yield* contentChanged({ path, expected: content_hash, got, sample_id })
    const [width, height, channels] = sizeAt(where, sample_id)
    const data: ReadSample = {
      bytes,
      width,
      height,
      channels,
      media_type: mediaTypeIn(bytes),
      path,
      target: { kind: "class", class_id, label: scan.classes[class_id]?.label ?? "" },
      encoded: true
    }
    return { position, sample_id, data }
  })
