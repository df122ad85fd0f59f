/**
 * Where the parts of a document stand in its text: a tree of offsets beside the tree of values. A TOML table may be spread over
 * the file; its mark is the header that names it, or the first key that implies it.
 */
import type { JsonPath } from "@feagi-trainer/determinism"

export interface Mark {
  /** First character of the value, or of the header of a table. */
  offset: number
  /** One behind the last character of a value that stands in one piece. */
  end: number
  /** First character of the key; the root and the items of an array have none. */
  keyOffset: number | undefined
  readonly items: Array<Mark> | undefined
  readonly fields: Map<string, Mark> | undefined
  /** How TOML came to this mark: only implied tables may be named again, only `tables` grow by headers. */
  role: "value" | "implied" | "header" | "tables"
}

export const scalarMark = (offset: number, end: number, keyOffset: number | undefined): Mark => ({
  offset,
  end,
  keyOffset,
  items: undefined,
  fields: undefined,
  role: "value"
})

export const tableMark = (offset: number, keyOffset: number | undefined, role: Mark["role"] = "value"): Mark => ({
  offset,
  end: offset,
  keyOffset,
  items: undefined,
  fields: new Map(),
  role
})

export const arrayMark = (offset: number, keyOffset: number | undefined, role: Mark["role"] = "value"): Mark => ({
  offset,
  end: offset,
  keyOffset,
  items: [],
  fields: undefined,
  role
})

export const markAt = (root: Mark, path: JsonPath): Mark | undefined => {
  let mark: Mark | undefined = root
  for (const step of path) mark = typeof step === "number" ? mark?.items?.[step] : mark?.fields?.get(step)
  return mark
}
