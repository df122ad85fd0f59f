/**
 * Proposes which annotation files of a source can be read, and as what.
 *
 * Files of one kind belong together when their names say different parts of the data, or none at all. Sharp edge: kinds that this adapter
 * does not read (captions, panoptic segments, labels of whole pictures, lists of pictures) are told as well, without any confidence.
 */
import { ApprovedRoots, type Candidate, type FileInfo, type RootFiles, type Source, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { type Evidence, type Flavour, flavourOf } from "./Flavour.ts"
import { extensionOf, folderOf, nameOf, partOf } from "./Layout.ts"
import { type Options, SOURCE, type Task } from "./Options.ts"
import { PICTURE_EXTENSIONS } from "./Picture.ts"

/** Bytes of a file that are looked at: as many from its end. */
const LOOK_BYTES = 1 << 18
/** Annotation files that are looked at. */
const MAX_FILES = 200

interface Seen extends Evidence {
  /** Relative to the source folder. */
  readonly path: string
  readonly images: string | null
}

export const discover = (source: Source): Effect.Effect<ReadonlyArray<Candidate>, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const file = yield* fileOrFolder(roots, source)
    const base = file === undefined ? source.path : folderOf(source.path)
    // Pictures often lie beside the folder of a file, so its parent is looked through as well.
    const files = yield* roots.list(file === undefined ? base : folderOf(base))
    const listed = files.toSorted((left, right) => (left.path < right.path ? -1 : 1))
    const jsons = file === undefined ? listed.filter(({ path }) => extensionOf(path) === ".json").slice(0, MAX_FILES) : [file]
    const seen: Array<Seen> = []
    for (const json of jsons) {
      const evidence = yield* look(roots, json)
      if (evidence === undefined) continue
      const path = file === undefined ? relative(base, json.path) : SOURCE
      seen.push({ ...evidence, path, images: imagesOf(evidence, json.path, base, listed) })
    }
    return candidatesOf(seen)
  })

const fileOrFolder = (roots: RootFiles, { path }: Source): Effect.Effect<FileInfo | undefined, TrainerError> =>
  roots.info(path).pipe(
    Effect.catch((failure) =>
      // What has no size of its own may still be a folder; if it is none either, the first failure says why.
      Effect.matchEffect(roots.list(path), {
        onSuccess: () => Effect.succeed(undefined),
        onFailure: (listed) => Effect.fail(path === "" ? listed : failure)
      })
    )
  )

const look = (roots: RootFiles, { path, bytes }: FileInfo): Effect.Effect<Evidence | undefined, TrainerError> =>
  Effect.gen(function* () {
    const text = (part: Uint8Array): string => Buffer.from(part).toString("latin1")
    const head = text(yield* roots.read(path, 0, LOOK_BYTES))
    const rest = Math.max(LOOK_BYTES, bytes - LOOK_BYTES)
    return flavourOf(path, head, rest < bytes ? text(yield* roots.read(path, rest, LOOK_BYTES)) : "")
  })

/** A path from the source folder to a file or folder below it, or below its parent. */
const relative = (base: string, path: string): string => {
  if (path === base) return "."
  if (base === "") return path
  return path.startsWith(`${base}/`)
    ? path.slice(base.length + 1)
    : ["..", relative(folderOf(base), path)].filter((part) => part !== ".").join("/")
}

/** The folder in which the first picture lies; of several, the one that is named like the part of the data. */
const imagesOf = ({ flavour, picture }: Evidence, annotations: string, base: string, listed: ReadonlyArray<FileInfo>): string | null => {
  if (picture === "") return null
  const names = flavour === "hagrid" ? PICTURE_EXTENSIONS.map((extension) => picture + extension) : [picture]
  const folders = listed.flatMap(({ path }) =>
    names
      .filter((name) => path === name || path.endsWith(`/${name}`))
      .map((name) => path.slice(0, Math.max(0, path.length - name.length - 1)))
  )
  const stem = nameOf(annotations).replace(/\.json$/i, "")
  const part = partOf(annotations)
  const fits = (folder: string): number => {
    const name = nameOf(folder)
    return (name !== "" && stem.endsWith(name) ? 2 : 0) + (part !== undefined && name.startsWith(part) ? 1 : 0)
  }
  const [best] = [...new Set(folders)].sort().sort((left, right) => fits(right) - fits(left) || left.length - right.length)
  return best === undefined ? null : relative(base, best)
}

const titles: Readonly<Record<Flavour, string>> = {
  instances: "COCO instances",
  keypoints: "COCO keypoints",
  stuff: "COCO stuff",
  hagrid: "HaGRID",
  panoptic: "COCO panoptic",
  captions: "COCO captions",
  labels: "COCO labels of whole pictures",
  "image-info": "COCO list of pictures"
}
const targets: Readonly<Record<Task, string>> = { instances: "boxes", keypoints: "keypoints, a sample per person", segmentation: "masks" }

const tasksOf = (group: readonly [Seen, ...Array<Seen>]): ReadonlyArray<readonly [Task, number]> => {
  const [{ flavour }] = group
  const masks = group.some((each) => each.masks)
  const withMasks = (confidence: number): ReadonlyArray<readonly [Task, number]> => (masks ? [["segmentation", confidence]] : [])
  if (flavour === "keypoints") return [["keypoints", 0.95], ["instances", 0.6], ...withMasks(0.4)]
  if (flavour === "instances") return [["instances", 0.95], ...withMasks(0.6)]
  if (flavour === "stuff") return [...withMasks(0.95), ["instances", 0.4]]
  return flavour === "hagrid" ? [["instances", 0.95]] : []
}

/** Files of one flavour, together where their names allow it. */
const groupsOf = (seen: ReadonlyArray<Seen>): ReadonlyArray<readonly [Seen, ...Array<Seen>]> =>
  Object.keys(titles).flatMap((flavour) => {
    const [first, ...others] = seen.filter((each) => each.flavour === flavour)
    if (first === undefined) return []
    const parts = [first, ...others].map(({ path }) => partOf(path))
    const together = new Set(parts).size === parts.length || parts.every((part) => part === undefined)
    return together ? [[first, ...others] as const] : [first, ...others].map((each) => [each] as const)
  })

const candidatesOf = (seen: ReadonlyArray<Seen>): ReadonlyArray<Candidate> => {
  const groups = groupsOf(seen)
  const readable = groups.filter((group) => tasksOf(group).length > 0)
  const choice =
    readable.length > 1
      ? `; ${readable.length} sets of annotations lie here (${readable.map(([first]) => titles[first.flavour]).join(", ")}): name annotations`
      : ""
  return groups
    .flatMap((group): ReadonlyArray<Candidate> => {
      const [first] = group
      const files = group.map(({ path }) => path).join(", ")
      const tasks = tasksOf(group)
      if (tasks.length === 0)
        return [
          {
            confidence: 0,
            title: `${titles[first.flavour]}: not read`,
            because: `${files}: ${first.because}, which this adapter does not read`,
            options: optionsOf(group, "instances")
          }
        ]
      const without = group.find(({ images }) => images === null)
      const pictures =
        without === undefined ? "" : `; no picture ${JSON.stringify(without.picture)} was found, so none is opened: name images`
      const other = tasks.length > 1 ? "; task says which of its targets is meant" : ""
      return tasks.map(([task, confidence]) => ({
        confidence: Math.round(confidence * (readable.length > 1 ? 0.6 : 1) * (without === undefined ? 1 : 0.5) * 100) / 100,
        title: `${titles[first.flavour]}: ${targets[task]}`,
        because: `${files}: ${first.because}${other}${pictures}${choice}`,
        options: optionsOf(group, task)
      }))
    })
    .sort((left, right) => right.confidence - left.confidence)
}

const optionsOf = (group: readonly [Seen, ...Array<Seen>], task: Task): Options & Readonly<Record<string, unknown>> => {
  const [first, ...others] = group
  const [folder, ...folders] = [first.images ?? ".", ...others.map(({ images }) => images ?? ".")]
  const known = group.every(({ images }) => images !== null)
  const hagrid = first.flavour === "hagrid"
  const one = new Set([folder, ...folders]).size === 1
  return {
    annotations: others.length === 0 ? first.path : [first.path, ...others.map(({ path }) => path)],
    images: known || hagrid ? (one ? folder : [folder, ...folders]) : null,
    task,
    format: hagrid ? "hagrid" : "coco",
    boxes: first.shares ? "normalised-xywh" : "pixel-xywh",
    crowd: "keep",
    split: others.length > 0 && group.every(({ path }) => partOf(path) !== undefined) ? "file-name" : "none",
    categories: "scan"
  }
}
