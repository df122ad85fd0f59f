/**
 * What a file is by its first bytes, and whether that is what the dataset says it holds. A name never overrules bytes: it only tells kinds
 * of text apart.
 *
 * Sharp edge: a magic number is no promise that the rest can be decoded, and nothing but its name tells a CSV from prose.
 */
import type { Diagnostic, Modality } from "@feagi-trainer/contracts"
import { type ByteFamily, begins, magics, type Sniffed } from "./magicNumbers.ts"

export type { ByteFamily, Sniffed } from "./magicNumbers.ts"

/** @param head the beginning of the file, 512 bytes or more where it has as many: a tar says what it is at byte 257 */
export const sniff = (head: Uint8Array, path: string): Sniffed => {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  if (bytes.length === 0) return { family: "unknown", media_type: "application/x-empty" }
  const text = begins(bytes, "%PDF-") ? undefined : textOf(bytes)
  if (text !== undefined) return { family: "text", media_type: textType(text, path) }
  const kind = magics.find((each) => each.is(bytes))
  if (kind !== undefined) return { family: kind.family, media_type: kind.media_type }
  if (isMostlyPrintable(bytes)) return { family: "text", media_type: textType(bytes.toString("latin1"), path) }
  return { family: "unknown", media_type: "application/octet-stream" }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const control = /[\u0000-\u0008\u000b\u000e-\u001f\u007f]/

/** The text of UTF-8, or of UTF-16 with a byte order mark, without control characters. The last character may be torn. */
const textOf = (bytes: Buffer): string | undefined => {
  const encoding = begins(bytes, "\xff\xfe") ? "utf-16le" : begins(bytes, "\xfe\xff") ? "utf-16be" : "utf-8"
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true })
    return text === "" || control.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

/** Text of an older encoding: no NUL, and at most one control character in 20. */
const isMostlyPrintable = (bytes: Buffer): boolean => {
  if (bytes.includes(0)) return false
  const controls = bytes.filter((byte) => control.test(String.fromCharCode(byte))).length
  return controls * 20 <= bytes.length
}

const textTypes: Readonly<Record<string, string>> = {
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  tab: "text/tab-separated-values",
  json: "application/json",
  jsonl: "application/x-ndjson",
  ndjson: "application/x-ndjson",
  toml: "application/toml",
  yaml: "application/yaml",
  yml: "application/yaml",
  md: "text/markdown"
}

const textType = (text: string, path: string): string => {
  if (/^\s*</.test(text)) {
    if (/<!doctype\s+html|<html[\s>]/i.test(text)) return "text/html"
    if (/<!doctype\s+svg|<svg[\s/>]/i.test(text)) return "image/svg+xml"
    if (/^\s*<\?xml/i.test(text)) return "application/xml"
  }
  const extension = /\.([a-z0-9]+)$/.exec(path.toLowerCase())?.[1] ?? ""
  return Object.hasOwn(textTypes, extension) ? (textTypes[extension] ?? "text/plain") : "text/plain"
}

/** What a modality cannot be made of, and what it cannot be without. */
interface Demand {
  readonly refuses: ReadonlyArray<ByteFamily>
  readonly needs?: ByteFamily
}

const plainFiles: Demand = { refuses: ["image", "video", "audio", "archive", "document", "executable"] }

const demands: Readonly<Record<Modality, Demand>> = {
  tabular: plainFiles,
  text: plainFiles,
  time_series: plainFiles,
  image: { refuses: ["video", "audio", "archive", "executable"], needs: "image" },
  video: { refuses: ["audio", "archive", "document", "executable"], needs: "video" },
  multimodal: { refuses: ["archive", "executable"] }
}

const shown = 20

/** Every file that the declared modality cannot be made of, the first 20 one by one. */
export const modalityMismatch = (
  modality: Modality,
  files: ReadonlyArray<{ readonly path: string } & Sniffed>,
  /** Whether the samples hold what the modality says, or only speak of it, as annotations without their pictures do. */
  holds = true
): ReadonlyArray<Diagnostic> => {
  const { refuses, needs } = holds ? demands[modality] : { ...demands[modality], needs: undefined }
  const bad = files.filter((file) => refuses.includes(file.family))
  const missing = needs !== undefined && !files.some((file) => file.family === needs)
  return [
    ...bad
      .slice(0, shown)
      .map((file) => mismatch(`${a(file.family)} in a dataset of modality "${modality}"`, { file: file.path, actual: file.media_type })),
    ...(bad.length > shown
      ? [mismatch(`more files that a dataset of modality "${modality}" cannot be made of`, { count: bad.length - shown })]
      : []),
    ...(missing ? [mismatch(`no file is ${a(needs)}, and the dataset is of modality "${modality}"`, {})] : [])
  ]
}

const mismatch = (message: string, rest: Partial<Diagnostic>): Diagnostic => ({
  code: "FT2421",
  severity: "error",
  message,
  ...rest,
  help: "take the file out of the source, or read it with an adapter for what it is"
})

const a = (family: ByteFamily): string => `${/^[aeiou]/.test(family) ? "an" : "a"} ${family} file`
