/**
 * Proposes how a folder can be read, from the names of its files and a few of its masks.
 *
 * Sharp edge: names prove little. A folder `images` beside a folder `masks` may also be two classes, and `train` may be a class; then there
 * are several candidates, and each says which option tells it from the others.
 */
import { ApprovedRoots, type Candidate, type FileInfo, type Source, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { idxName } from "./Idx.ts"
import { maskOf } from "./MaskFolders.ts"
import type { ClassFolderOptions, IdxOptions, MaskFolderOptions, Options, Splits } from "./Options.ts"
import { isRefusal, MAX_BYTES } from "./Picture.ts"
import { extensionOf, namedLikePicture } from "./PictureType.ts"
import { customaryPart, listingOf, type Member } from "./Tree.ts"

/** Masks that are opened to see which values occur. */
const MASKS_OPENED = 16
/** More values than this, and a grey picture is the better guess. */
const LIKELY_CLASSES = 64

/** Candidates, best first. A single file has none: this adapter reads folders. */
export const discover = (source: Source): Effect.Effect<ReadonlyArray<Candidate>, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    // What cannot be listed may still be a file; if it is none either, the first failure says why.
    const files = yield* roots.list(source.path).pipe(
      Effect.catch((failure) =>
        Effect.matchEffect(roots.info(source.path), {
          onSuccess: () => Effect.succeed<ReadonlyArray<FileInfo>>([]),
          onFailure: () => Effect.fail(failure)
        })
      )
    )
    const { members } = listingOf(source, files)
    const masks = yield* maskCandidates(members)
    return [...idxCandidates(members), ...masks, ...classCandidates(members, masks.length > 0)].sort(
      (left, right) => right.confidence - left.confidence
    )
  })

const candidate = (confidence: number, title: string, because: string, options: Options): Candidate => ({
  confidence: Math.round(confidence * 100) / 100,
  title,
  because,
  options
})

const idxCandidates = (members: ReadonlyArray<Member>): ReadonlyArray<Candidate> => {
  const named = members.filter(({ path }) => idxName(path) !== undefined)
  const prefixes = new Set(named.map(({ path }) => idxName(path)?.prefix))
  if (named.length === 0) return []
  const whole = named.length === 2 * prefixes.size && named.every(({ path }) => idxName(path)?.compressed === false)
  const options: IdxOptions = { layout: "idx", classes: "scan" }
  return [
    candidate(
      whole ? 0.98 : 0.5,
      "The idx files of MNIST",
      `${named.map(({ path }) => path).join(", ")} are named like the files of MNIST, hence layout = "idx"${whole ? "" : ", but some are compressed, missing or there twice"}`,
      options
    )
  ]
}

const topOf = ({ path }: Member): string => path.slice(0, Math.max(0, path.indexOf("/")))

/** Files by the folder at the top, pictures only. */
const byTop = (members: ReadonlyArray<Member>): ReadonlyMap<string, ReadonlyArray<Member>> =>
  Map.groupBy(
    members.filter(({ path }) => path.includes("/") && namedLikePicture(path)),
    topOf
  )

const classCandidates = (members: ReadonlyArray<Member>, beMasks: boolean): ReadonlyArray<Candidate> => {
  const tops = byTop(members)
  const loose = members.filter(({ path }) => !path.includes("/") && namedLikePicture(path)).length
  const folders = [...tops.keys()]
  if (folders.length === 0) return []
  const options = (splits: Splits): ClassFolderOptions => ({ layout: "class-folders", classes: "scan", splits, on_corrupt: "fail" })
  const asParts = folders.filter((folder) => customaryPart(folder) !== undefined)
  const depthTwo = members.filter(({ path }) => namedLikePicture(path) && path.split("/").length >= 3).length
  const pictures = [...tops.values()].reduce((sum, inTop) => sum + inTop.length, 0)
  const trust = (pictures / (pictures + loose)) * (beMasks ? 0.3 : 1)
  const areParts = asParts.length === folders.length
  const nested = depthTwo / pictures
  const shown =
    folders
      .slice(0, 5)
      .map((each) => JSON.stringify(each))
      .join(", ") + (folders.length > 5 ? ` and ${folders.length - 5} more` : "")
  const beside = beMasks
    ? '; but the two folders hold files of the same names, which masks would explain: then layout = "mask-folders"'
    : ""
  const flat = candidate(
    trust * (areParts ? (nested > 0.5 ? 0.2 : 0.4) : folders.length > 1 ? 0.9 : 0.4),
    `Pictures in ${folders.length} class folders`,
    `the folders ${shown} hold ${pictures} pictures, hence layout = "class-folders"; splits = "none" makes each of them a class${areParts ? ", although they are named like parts of the data" : ""}${beside}`,
    options("none")
  )
  if (!areParts || nested <= 0.5) return [flat]
  const inner = new Set(members.filter(({ path }) => path.split("/").length >= 3).map(({ path }) => path.split("/")[1]))
  const parts = Object.fromEntries(folders.map((folder) => [folder, customaryPart(folder) ?? folder]))
  return [
    candidate(
      trust * 0.95,
      `Pictures in ${inner.size} class folders, in ${folders.length} parts`,
      `the folders ${shown} are named like parts of the data and hold folders, hence splits = ${JSON.stringify(parts)}; with splits = "none" they would be classes${beside}`,
      options(parts)
    ),
    flat
  ]
}

const imageNames = new Set(["images", "image", "img", "imgs", "jpegimages", "photos", "pictures"])
const maskNames = new Set([
  "masks",
  "mask",
  "labels",
  "label",
  "annotations",
  "annotation",
  "segmentationclass",
  "segmentation",
  "gt",
  "groundtruth"
])

const stems = (members: ReadonlyArray<Member>, folder: string): Set<string> =>
  new Set(members.map(({ path }) => path.slice(folder.length + 1, path.lastIndexOf("."))))

/** Two folders at the top, one of PNG only, with files of the same names. */
const maskCandidates = (members: ReadonlyArray<Member>): Effect.Effect<ReadonlyArray<Candidate>, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const tops = byTop(members)
    const out: Array<Candidate> = []
    for (const [masks, files] of tops) {
      if (files.some(({ path }) => extensionOf(path) !== "png")) continue
      for (const [images, pictures] of tops) {
        if (images === masks) continue
        const have = stems(files, masks)
        const want = stems(pictures, images)
        const shared = [...want].filter((stem) => have.has(stem)).length
        const agreeing = shared / Math.max(want.size, have.size)
        const named = Number(maskNames.has(masks.toLowerCase())) + Number(imageNames.has(images.toLowerCase()))
        const backwards = maskNames.has(images.toLowerCase()) || imageNames.has(masks.toLowerCase())
        if (agreeing < 0.5 || (named === 0 && (agreeing < 1 || tops.size !== 2 || customaryPart(masks) !== undefined)) || backwards)
          continue
        const values = yield* valuesOf(files.slice(0, MASKS_OPENED))
        if (values === undefined) continue
        const ignore = values.has(255) ? 255 : null
        const largest = Math.max(0, ...[...values].filter((value) => value !== ignore))
        if (named === 0 && largest > LIKELY_CLASSES) continue
        const parts = new Set([...want].map((stem) => stem.slice(0, Math.max(0, stem.indexOf("/")))))
        const inParts = [...parts].every((part) => customaryPart(part) !== undefined)
        const options: MaskFolderOptions = {
          layout: "mask-folders",
          images,
          masks,
          classes: ["0", ...Array.from({ length: largest }, (_, value) => String(value + 1))],
          ignore_label: ignore,
          splits: inParts ? Object.fromEntries([...parts].map((part) => [part, customaryPart(part) ?? part])) : "none",
          on_corrupt: "fail"
        }
        out.push(
          candidate(
            agreeing * (named === 2 ? 0.95 : named === 1 ? 0.8 : 0.5) * (largest > LIKELY_CLASSES ? 0.5 : 1),
            `Pictures in ${JSON.stringify(images)} with masks in ${JSON.stringify(masks)}`,
            `${shared} of ${want.size} pictures in ${JSON.stringify(images)} have a PNG of the same name in ${JSON.stringify(masks)}, hence layout = "mask-folders"; the masks that were opened hold values up to ${largest}${ignore === null ? "" : " and 255"}: name them in classes`,
            options
          )
        )
      }
    }
    return out
  })

/** The values in these masks; undefined when one is none. */
const valuesOf = (files: ReadonlyArray<Member>): Effect.Effect<ReadonlySet<number> | undefined, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const values = new Set<number>()
    for (const { file } of files) {
      const mask = maskOf(yield* roots.read(file.path, 0, Math.min(file.bytes, MAX_BYTES)))
      if (isRefusal(mask)) return undefined
      for (const value of mask.labels) values.add(value)
    }
    return values
  })
