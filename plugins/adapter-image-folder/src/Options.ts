/**
 * The options: `layout` says how the pictures lie, and which other options there are.
 *
 * Sharp edge: `classes = "scan"` is settled by the full scan; the report of the scan carries the options with every class spelled out.
 */
import { type Decoded, decodeStrict, type Mistake, showValue } from "@feagi-trainer/contracts"
import { Schema } from "effect"

const LAYOUTS = ["class-folders", "mask-folders", "idx"] as const

const Name = Schema.String.check(Schema.isMinLength(1))
const Folder = Schema.String.check(
  Schema.isPattern(/^[^/\\]+(\/[^/\\]+)*$/, { expected: "a folder below the dataset, without a slash at either end" })
)
const unique = Schema.makeFilter((names: ReadonlyArray<string>) => new Set(names).size === names.length, {
  expected: "class names that are all different"
})
const Classes = Schema.NonEmptyArray(Name).check(unique)
/** A mask holds bytes, and so does a label of an idx file. */
const ByteClasses = Classes.check(Schema.isMaxLength(256))
const ClassesOrScan = Schema.Union([Schema.Literal("scan"), Classes])
const Parts = Schema.Record(Schema.String, Name).check(
  Schema.makeFilter((parts: Readonly<Record<string, string>>) => Object.keys(parts).length > 0, { expected: "at least one folder" })
)
/** "none", or for each folder at the top the part of the data that it is. */
const Splits = Schema.Union([Schema.Literal("none"), Parts])
export type Splits = typeof Splits.Type
/** What to do about a picture that is refused: end without a dataset, or leave it out, say so, and hash that it was left out. */
const OnCorrupt = Schema.Literals(["fail", "skip"])

const ClassFolders = Schema.Struct({
  layout: Schema.Literal("class-folders"),
  /** In the order of `class_id`. "scan": the names of the folders, sorted by code unit. */
  classes: ClassesOrScan,
  splits: Splits,
  on_corrupt: OnCorrupt
})
export type ClassFolderOptions = typeof ClassFolders.Type

const MaskFolders = Schema.Struct({
  layout: Schema.Literal("mask-folders"),
  images: Folder,
  masks: Folder,
  /** A pixel of value k belongs to the k-th of them, from 0. */
  classes: ByteClasses,
  /** The value of pixels that count nowhere, or null. */
  ignore_label: Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))),
  splits: Splits,
  on_corrupt: OnCorrupt
})
export type MaskFolderOptions = typeof MaskFolders.Type

const Idx = Schema.Struct({
  layout: Schema.Literal("idx"),
  /** Label k is the k-th of them, from 0. "scan": "0", "1", … up to the largest label. */
  classes: Schema.Union([Schema.Literal("scan"), ByteClasses])
})
export type IdxOptions = typeof Idx.Type

export type Options = ClassFolderOptions | MaskFolderOptions | IdxOptions

/** The layout first, so that a mistake is told of the options that are meant; then what stands between two options. */
export const decodeOptions = (input: unknown): Decoded<Options> => {
  const layout = typeof input === "object" && input !== null && "layout" in input ? input.layout : undefined
  if (layout === "class-folders") return decodeStrict(ClassFolders, input)
  if (layout === "idx") return decodeStrict(Idx, input)
  if (layout === "mask-folders") return between(decodeStrict(MaskFolders, input))
  const expected = `one of ${LAYOUTS.map((each) => JSON.stringify(each)).join(", ")}`
  if (layout !== undefined) return { ok: false, mistakes: [wrong("layout", expected, layout)] }
  return { ok: false, mistakes: [{ path: ["layout"], problem: "missing", message: "is required and missing", expected }] }
}

const between = (decoded: Decoded<MaskFolderOptions>): Decoded<MaskFolderOptions> => {
  if (!decoded.ok) return decoded
  const { images, masks, classes, ignore_label } = decoded.value
  const mistakes: Array<Mistake> = []
  if (`${masks}/`.startsWith(`${images}/`) || `${images}/`.startsWith(`${masks}/`))
    mistakes.push(wrong("masks", "a folder that is not the one of the images, nor in it, nor around it", masks))
  if (ignore_label !== null && ignore_label < classes.length)
    mistakes.push(wrong("ignore_label", `null or a value that is no class: ${classes.length} to 255`, ignore_label))
  return mistakes.length === 0 ? decoded : { ok: false, mistakes }
}

const wrong = (key: string, expected: string, value: unknown): Mistake => ({
  path: [key],
  problem: "invalid",
  message: "has the wrong value",
  expected,
  actual: showValue(value)
})
