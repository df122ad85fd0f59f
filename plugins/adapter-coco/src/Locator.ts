/**
 * Where a sample is found again: the numbers that the host keeps with it.
 *
 * With them a sample is read without the rest of its annotation file. Sharp edge: they are offsets of bytes, so they hold for the very
 * file that was scanned, which `open` makes sure of.
 */
import type { AnnotationRow } from "./Columns.ts"

export interface Locator {
  /** Index into the annotation files. */
  readonly file: number
  /** Index into the files of the scan; -1 when no picture was opened. */
  readonly picture: number
  readonly width: number
  readonly height: number
  /** 0 when no picture was opened. */
  readonly channels: number
  /** The record of the picture in the annotation file. */
  readonly start: number
  readonly length: number
  readonly annotations: ReadonlyArray<Omit<AnnotationRow, "hash" | "annotation_id">>
}

export const packLocator = ({ file, picture, width, height, channels, start, length, annotations }: Locator): ReadonlyArray<number> => [
  ...[file, picture, width, height, channels, start, length],
  ...annotations.flatMap((each) => [each.start, each.length, each.class_id])
]

/** Throws RangeError on numbers that are none of ours: the index was not made by this adapter. */
export const unpackLocator = (at: ReadonlyArray<number> | undefined): Locator => {
  const [file, picture, width, height, channels, start, length, ...rest] = at ?? []
  if (file === undefined || picture === undefined || width === undefined || height === undefined || channels === undefined)
    throw new RangeError("the index has no locator")
  if (start === undefined || length === undefined || rest.length % 3 !== 0) throw new RangeError("the index has a locator that is cut")
  const annotations = Array.from({ length: rest.length / 3 }, (_, index) => ({
    start: rest[index * 3] ?? 0,
    length: rest[index * 3 + 1] ?? 0,
    class_id: rest[index * 3 + 2] ?? 0
  }))
  return { file, picture, width, height, channels, start, length, annotations }
}
