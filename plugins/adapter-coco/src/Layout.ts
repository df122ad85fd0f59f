/**
 * Where the files stand: every annotation file with its folder of pictures and its part of the data.
 *
 * Paths of the options may begin with `..`, as `images = "../images"` beside an annotation file does; what would leave the root is
 * refused here. A file name within an annotation file never may.
 */
import { type Source, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { type Options, SOURCE } from "./Options.ts"

export interface AnnotationFile {
  /** Relative to the root, as are all paths here. */
  readonly path: string
  readonly images: string | null
  /** What stands before the file name in a sample id: the folder, when there are several. */
  readonly prefix: string
  readonly part?: string
}

/** Undefined when the path leaves the root. */
const joinPath = (folder: string, path: string): string | undefined => {
  const parts: Array<string> = []
  for (const part of `${folder}/${path}`.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined
    } else if (part !== "" && part !== ".") parts.push(part)
  }
  return parts.join("/")
}

export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")))
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1)
export const extensionOf = (path: string): string => /\.[^./]+$/.exec(path)?.[0].toLowerCase() ?? ""

/** Whether a file name of an annotation file stays within its folder of pictures. */
export const isInnerPath = (path: string): boolean =>
  path !== "" && !/[\\\0]|^[A-Za-z]:/.test(path) && path.split("/").every((part) => part !== "" && part !== "." && part !== "..")

const parts: Readonly<Record<string, string>> = { train: "train", val: "val", valid: "val", validation: "val", test: "test" }

/** `instances_train2017.json` is train; `valid/_annotations.coco.json` is val. */
export const partOf = (path: string): string | undefined => {
  const [stem = "", folder = ""] = [nameOf(path).replace(/\.json$/i, ""), nameOf(folderOf(path))]
  for (const text of [stem, folder])
    for (const word of text.toLowerCase().split(/[^a-z0-9]+/)) {
      const part = parts[word.replace(/\d{4}$/, "")]
      if (part !== undefined) return part
    }
  return undefined
}

const problem = (code: string, field: string, message: string, actual: string, help: string): TrainerError =>
  trainerError("usage", { code: `coco/${code}`, message, field, actual, help })

export const layoutOf = (source: Source, options: Options): Effect.Effect<ReadonlyArray<AnnotationFile>, TrainerError> =>
  Effect.gen(function* () {
    const { annotations, images, split } = options
    const base = annotations === SOURCE ? folderOf(source.path) : source.path
    const paths = typeof annotations === "string" ? [annotations] : annotations
    const folders = paths.map((_, index) => (typeof images === "object" ? (images?.[index] ?? null) : images))
    const several = new Set(folders).size > 1
    const files: Array<AnnotationFile> = []
    for (const [index, given] of paths.entries()) {
      const path = given === SOURCE ? source.path : joinPath(base, given)
      const folder = folders[index] ?? null
      const pictures = folder === null ? null : joinPath(base, folder)
      const part = split === "none" ? undefined : split === "file-name" ? partOf(path ?? "") : split[index]
      const outside = path === undefined ? { field: "annotations", given } : { field: "images", given: folder ?? "" }
      if (path === undefined || pictures === undefined)
        return yield* problem(
          "BAD-PATH",
          outside.field,
          "the path leaves the root of the data",
          outside.given,
          "name a path below the root"
        )
      if (split === "file-name" && part === undefined)
        return yield* problem(
          "NO-PART",
          "split",
          "neither the name of the file nor its folder says train, val or test",
          path,
          'name the parts, split = ["train", …], or say split = "none"'
        )
      files.push({
        path,
        images: pictures,
        prefix: several && folder !== null ? `${folder}/` : "",
        ...(part === undefined ? {} : { part })
      })
    }
    return files
  })
