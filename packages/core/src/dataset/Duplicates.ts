/**
 * Duplicates: which samples of a dataset version mean the same although their bytes differ, and which hardly differ. Found once, when
 * the data is registered, and stored with the scan; samples of equal content are not listed, because the index shows them.
 *
 * Sharp edge: samples are named by their position in the index, so a list belongs to one version and to no other.
 */

/** What the near pairs were found by; `none` says that nobody looked, not that there are none. */
export type NearChecked = "none" | "keys" | "vectors" | "keys+vectors"

export interface Duplicates {
  readonly schema_version: 1
  /** Groups of two or more with one `decoded_hash` and more than one `content_hash`, ascending. */
  readonly decoded: ReadonlyArray<ReadonlyArray<number>>
  /** Pairs (lower, higher) of other content and another meaning that are near. */
  readonly near: ReadonlyArray<readonly [number, number]>
  readonly near_checked: NearChecked
  /** There are more pairs than `near` holds. */
  readonly near_truncated: boolean
}

const checks: ReadonlySet<unknown> = new Set<NearChecked>(["none", "keys", "vectors", "keys+vectors"])

const isGroup = (value: unknown): value is ReadonlyArray<number> =>
  Array.isArray(value) &&
  value.length >= 2 &&
  value.every((each: unknown, index) => Number.isSafeInteger(each) && Number(each) > (index === 0 ? -1 : Number(value[index - 1])))

const isPair = (value: unknown): value is readonly [number, number] => isGroup(value) && value.length === 2

export const isDuplicates = (value: unknown): value is Duplicates =>
  typeof value === "object" &&
  value !== null &&
  "schema_version" in value &&
  value.schema_version === 1 &&
  "decoded" in value &&
  Array.isArray(value.decoded) &&
  value.decoded.every(isGroup) &&
  "near" in value &&
  Array.isArray(value.near) &&
  value.near.every(isPair) &&
  "near_checked" in value &&
  checks.has(value.near_checked) &&
  "near_truncated" in value &&
  typeof value.near_truncated === "boolean" &&
  (value.near_checked !== "none" || (value.near.length === 0 && !value.near_truncated))
