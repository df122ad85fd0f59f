/**
 * The options of the adapter: which files, which of their contents is the target, and how they count.
 *
 * Sharp edge: `images = null` opens no picture. Boxes and masks are then checked against the size that the annotations state, the samples
 * carry a reference to the annotation file in place of pixels, and their shape is `custom`, so that nothing can be trained on them.
 */
import { type Decoded, decodeStrict, type Mistake, showValue } from "@feagi-trainer/contracts"
import { Schema } from "effect"

/** In place of the path of an annotation file: the source is that file, and paths are relative to its folder. */
export const SOURCE = "source"

const RelativePath = Schema.String.check(
  Schema.isPattern(/^(?![A-Za-z]:)[^/\\]+(\/[^/\\]+)*$/, { expected: "a relative path with forward slashes" })
)
const Name = Schema.String.check(Schema.isMinLength(1))
const unique = Schema.makeFilter((names: ReadonlyArray<string>) => new Set(names).size === names.length, {
  expected: "names that are all different"
})

export const Options = Schema.Struct({
  /** Relative to the source folder; the order of the files is the order of the samples. */
  annotations: Schema.Union([RelativePath, Schema.NonEmptyArray(RelativePath).check(unique)]),
  /** The folder that the file names are relative to: one for all annotation files, or one for each. `.` is the source folder. */
  images: Schema.Union([Schema.Null, RelativePath, Schema.NonEmptyArray(RelativePath)]),
  task: Schema.Literals(["instances", "keypoints", "segmentation"]),
  format: Schema.Literals(["coco", "hagrid"]),
  boxes: Schema.Literals(["pixel-xywh", "normalised-xywh"]),
  /** `drop`: an annotation with `iscrowd = 1` is read and checked, and then left out. */
  crowd: Schema.Literals(["keep", "drop"]),
  /** `file-name`: train, val or test by the name of the annotation file or of its folder. */
  split: Schema.Union([Schema.Literals(["none", "file-name"]), Schema.NonEmptyArray(Name)]),
  /** Names in the order of their class ids. `scan`: all that the files declare, by id; with HaGRID all that occur, by code unit. */
  categories: Schema.Union([Schema.Literal("scan"), Schema.NonEmptyArray(Name).check(unique)])
})
export type Options = typeof Options.Type
export type Task = Options["task"]
export type Boxes = Options["boxes"]

/** Options in which nothing is left to find. */
export interface ResolvedOptions extends Options {
  readonly split: "none" | readonly [string, ...Array<string>]
  readonly categories: readonly [string, ...Array<string>]
}

/** Decodes the fields, then checks what stands between them. */
export const decodeOptions = (input: unknown): Decoded<Options> => {
  const decoded = decodeStrict(Options, input)
  if (!decoded.ok) return decoded
  const { annotations, images, split, format, task, boxes } = decoded.value
  const mistakes: Array<Mistake> = []
  const wrong = (key: string, expected: string, value: unknown): void =>
    void mistakes.push({ path: [key], problem: "invalid", message: "has the wrong value", expected, actual: showValue(value) })
  const files = typeof annotations === "string" ? 1 : annotations.length
  if (typeof annotations !== "string" && annotations.includes(SOURCE))
    wrong("annotations", `paths of files, or "${SOURCE}" alone`, annotations)
  if (typeof images === "object" && images !== null && images.length !== files)
    wrong("images", `one folder for all annotation files, or ${files}: one for each`, images)
  if (typeof split !== "string" && split.length !== files) wrong("split", `as many parts as annotation files: ${files}`, split)
  if (format === "hagrid") {
    if (task !== "instances") wrong("task", 'instances, because format = "hagrid" has boxes and nothing else', task)
    if (boxes !== "normalised-xywh") wrong("boxes", 'normalised-xywh, because format = "hagrid" states no size', boxes)
    if (images === null) wrong("images", 'a folder, because format = "hagrid" states no size of a picture', images)
  }
  return mistakes.length === 0 ? decoded : { ok: false, mistakes }
}
