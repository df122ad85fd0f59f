/** A list of sample ids in a message: all of a few, the first of many. */

const shown = 5

/** `3 samples ("a", "b", "c")`, `12 samples ("a", "b", "c", "d", "e" and 7 more)`. */
export const sampleList = (ids: ReadonlyArray<string>): string => {
  const first = ids
    .slice(0, shown)
    .map((id) => JSON.stringify(id))
    .join(", ")
  const more = ids.length > shown ? ` and ${ids.length - shown} more` : ""
  return `${ids.length} ${ids.length === 1 ? "sample" : "samples"} (${first}${more})`
}
