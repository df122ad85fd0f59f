/**
 * A file that is to be scored as text: its bytes checked, and line and column of every offset in it.
 *
 * Sharp edge: a byte order mark is refused, not skipped, because it would be a character of the first value; offsets and columns count
 * UTF-16 code units.
 */
import type { Diagnostic } from "../error/Diagnostic.ts"
import type { ScoreFile } from "./MetricFiles.ts"

/** Both from 1. */
export interface ScorePlace {
  readonly line: number
  readonly column: number
}

export interface ScoreText {
  /** Name of the file. */
  readonly name: string
  readonly text: string
  /** @param offset from 0; the end of the text is a place too */
  readonly placeOf: (offset: number) => ScorePlace
}

/** Codes of a pack, each `<id of the pack>/<CODE>`; several findings may share one. */
export interface ScoreTextCodes {
  readonly emptyFile: string
  readonly notText: string
  readonly byteOrderMark: string
}

export type ScoreTextRead =
  | { readonly ok: true; readonly text: ScoreText }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

const decode = (bytes: Uint8Array, stream = false): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream })
  } catch {
    return undefined
  }
}

/** How many of these bytes can begin a text; all of them where the text only ends too early. */
const goodBytes = (bytes: Uint8Array): number => {
  let [good, bad] = [0, bytes.length + 1]
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (decode(bytes.subarray(0, middle), true) === undefined) bad = middle
    else good = middle
  }
  return good
}

/** Every line that is not UTF-8. No byte of a longer character is a line feed, so lines can be looked at one by one. */
const badLines = ({ name, bytes }: ScoreFile, code: string): ReadonlyArray<Diagnostic> => {
  const found: Array<Diagnostic> = []
  let start = 0
  for (let line = 1; start < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, start)
    const own = bytes.subarray(start, end === -1 ? bytes.length : end)
    if (decode(own) === undefined) {
      const at = goodBytes(own)
      const byte = own[at]
      found.push({
        code,
        severity: "error",
        message: "the line is not UTF-8",
        file: name,
        line,
        column: (decode(own.subarray(0, at), true) ?? "").length + 1,
        byte_offset: start + at,
        expected: "UTF-8",
        actual: byte === undefined ? "a character cut off" : `byte 0x${byte.toString(16).padStart(2, "0")}`,
        help: "save the file as UTF-8, and decompress it if it is an archive"
      })
    }
    start = end === -1 ? bytes.length : end + 1
  }
  return found
}

/** Offsets at which lines begin. */
const lineStarts = (text: string): ReadonlyArray<number> => {
  const starts = [0]
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) starts.push(end + 1)
  return starts
}

/** A text with its places. The lines are counted when the first place is asked for, once. */
export const scoreText = (name: string, text: string): ScoreText => {
  let starts: ReadonlyArray<number> | undefined
  return {
    name,
    text,
    placeOf: (offset) => {
      starts ??= lineStarts(text)
      let [low, high] = [0, starts.length]
      while (high - low > 1) {
        const middle = (low + high) >>> 1
        if ((starts[middle] ?? 0) <= offset) low = middle
        else high = middle
      }
      return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
    }
  }
}

/**
 * The text of a file, or everything that keeps it from being one: no bytes, a byte order mark, lines that are not UTF-8.
 *
 * @param expected what should stand in the file, for the message about an empty one
 */
export const readScoreText = (file: ScoreFile, codes: ScoreTextCodes, expected: string): ScoreTextRead => {
  const { name, bytes } = file
  const refuse = (...diagnostics: ReadonlyArray<Diagnostic>): ScoreTextRead => ({ ok: false, diagnostics })
  if (bytes.length === 0)
    return refuse({ code: codes.emptyFile, severity: "error", message: "the file is empty", file: name, expected, actual: "0 bytes" })
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return refuse({
      code: codes.byteOrderMark,
      severity: "error",
      message: "the file begins with a byte order mark",
      file: name,
      line: 1,
      column: 1,
      byte_offset: 0,
      expected: "UTF-8 without one",
      actual: "EF BB BF",
      help: "save the file as UTF-8 without BOM"
    })
  const text = decode(bytes)
  if (text !== undefined) return { ok: true, text: scoreText(name, text) }
  const lines = badLines(file, codes.notText)
  if (lines.length > 0) return refuse(...lines)
  // Every line is sound, so it is the whole that is too long for one string.
  return refuse({
    code: codes.notText,
    severity: "error",
    message: "the file is longer than a text can be",
    file: name,
    expected: "at most half a gigabyte",
    actual: `${bytes.length} bytes`,
    help: "score it in parts"
  })
}
