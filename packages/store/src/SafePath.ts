/**
 * Which relative paths may be opened, judged by their text alone.
 *
 * A path is taken literally: `%2e` is three characters, nothing is decoded, and what some system would read in its own way is refused
 * everywhere, so that a dataset or a bundle that works here works there.
 */

const reserved = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i
const encoder = new TextEncoder()

const segmentProblem = (segment: string): string | undefined => {
  if (segment === "") return "holds an empty segment"
  if (segment === ".") return 'holds the segment "."'
  if (segment === "..") return 'climbs with ".."'
  if (/[. ]$/.test(segment)) return `has the segment "${segment}", which ends in a dot or a space`
  if (reserved.test(segment)) return `has the segment "${segment}", a device name on Windows`
  return encoder.encode(segment).length > 255 ? "has a segment of more than 255 bytes" : undefined
}

/** Why a path is refused, as the rest of a sentence that begins with the path; undefined when it may be opened. */
export const pathProblem = (path: string): string | undefined => {
  if (path === "") return "is empty"
  if (!path.isWellFormed()) return "holds a lone surrogate"
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(path)) return "holds a control character"
  if (encoder.encode(path).length > 4096) return "is longer than 4096 bytes"
  if (path.includes("\\")) return "holds a backslash; separate with forward slashes"
  if (path.startsWith("/")) return "is absolute"
  if (/^[A-Za-z]:/.test(path)) return "begins with a drive letter"
  for (const segment of path.split("/")) {
    const problem = segmentProblem(segment)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** A path cut to a length that fits a message. */
export const shownPath = (path: string): string => (path.length > 200 ? `${path.slice(0, 197)}...` : path)

/** Compares by the bytes of the NFC form, then by the bytes as they are: one order on every system and in every locale. */
export const byNormalBytes = (left: string, right: string): number =>
  Buffer.compare(Buffer.from(left.normalize("NFC")), Buffer.from(right.normalize("NFC"))) ||
  Buffer.compare(Buffer.from(left), Buffer.from(right))
