/**
 * A fitted value between memory and bytes: plain JSON, whose numbers are doubles.
 *
 * Sharp edge: canonical JSON is read back with a bigint for every whole number beyond 2^53, also for one that was a double. A fitted
 * value holds doubles alone, so that they are made doubles again, and a plan computes with what a later run will read.
 */
import { isJsonValue } from "@feagi-trainer/dataset-contracts"
import { canonical, fromCanonical } from "@feagi-trainer/determinism"

const isList: (value: unknown) => value is ReadonlyArray<unknown> = Array.isArray

/** What an artefact holds, as the operation that made it knows it. */
export const readFitted = (value: unknown): unknown => {
  if (typeof value === "bigint") return Number(value)
  if (typeof value !== "object" || value === null) return value
  if (isList(value)) return value.map(readFitted)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, readFitted(member)]))
}

/** The canonical text of a fitted value, and the value that is read back from it; undefined when it is no plain JSON. */
export const writeFitted = (value: unknown): { readonly text: string; readonly value: unknown } | undefined => {
  if (!isJsonValue(value)) return undefined
  const text = canonical(value)
  const read = readFitted(fromCanonical(text))
  // A whole number that no double holds would come back as another one.
  return canonical(read) === text ? { text, value: read } : undefined
}
