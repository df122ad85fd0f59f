/**
 * Raw logs as standard records, one JSON line for each line, from which the raw bytes come back: every record keeps its line as it was.
 *
 * Known are our own NDJSON, JSON lines that bear a time, a level or a message, and plain lines that begin with a time and a level (as
 * env_logger, tracing and Python's logging write them). Anything else is kept and flagged `known: false`. Sharp edges: a time without an
 * offset names no instant, so that `time` is null and `time_problem` says so; a line of more than a mebibyte is told in pieces.
 */
import { closeSync, openSync, readSync } from "node:fs"
import { TrainerError } from "@feagi-trainer/contracts"
import { Json, type JsonValue } from "@feagi-trainer/determinism"
import { parseTime } from "./canonicalTime.ts"

export interface LogRecord {
  readonly schema_version: 1
  /** From 1. Pieces of one line have one number. */
  readonly line: number
  readonly known: boolean
  readonly format: "feagi-trainer" | "json" | "text" | "unknown"
  readonly time: string | null
  readonly time_problem?: string
  readonly level: string | null
  readonly source: string | null
  readonly message: string | null
  /** Members of a JSON line that are none of the above. */
  readonly fields: { readonly [key: string]: JsonValue }
  /** The line without its end. */
  readonly raw?: string
  /** In place of `raw` where the line is no UTF-8. */
  readonly raw_base64?: string
  /** What ended the line: a line feed, or nothing at the end of the file and between pieces. */
  readonly end: "\n" | ""
}

/** Longest piece of a line, in bytes. */
export const longestPiece = 1 << 20

const levels: Readonly<Record<string, string>> = {
  trace: "trace",
  debug: "debug",
  info: "info",
  information: "info",
  notice: "info",
  warn: "warn",
  warning: "warn",
  error: "error",
  err: "error",
  critical: "fatal",
  fatal: "fatal",
  panic: "fatal"
}

const levelOf = (value: JsonValue | undefined): string | undefined => (typeof value === "string" ? levels[value.toLowerCase()] : undefined)

interface Told {
  readonly time: string | null
  readonly time_problem?: string
}

const timeOf = (text: string): Told => {
  const parsed = parseTime(text, { leap: "keep" })
  return parsed instanceof TrainerError ? { time: null, time_problem: parsed.diagnostics[0].message } : { time: parsed.canonical }
}

const times = ["time", "timestamp", "ts", "@timestamp"] as const
const messages = ["message", "msg", "event"] as const
const severities = ["level", "severity", "levelname"] as const
const sources = ["script", "logger", "target", "name", "module"] as const

type Body = Omit<LogRecord, "schema_version" | "line" | "raw" | "raw_base64" | "end">

const unknown: Body = { known: false, format: "unknown", time: null, level: null, source: null, message: null, fields: {} }

const jsonBody = (text: string): Body | undefined => {
  const parsed = Json.parse(text)
  if (!parsed.ok) return undefined
  const { value } = parsed
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
  const members = value as { readonly [key: string]: JsonValue }
  const first = (names: ReadonlyArray<string>, fits: (member: JsonValue) => boolean) =>
    names.find((name) => Object.hasOwn(members, name) && fits(members[name] ?? null))
  const isText = (member: JsonValue) => typeof member === "string"
  const time = first(times, isText)
  const level = first(severities, (member) => levelOf(member) !== undefined)
  const message = first(messages, isText)
  if (time === undefined && level === undefined && message === undefined) return undefined
  const source = first(sources, isText)
  const used = new Set([time, level, message, source])
  const textAt = (name: string | undefined): string | null => (name === undefined ? null : String(members[name]))
  return {
    known: true,
    format: Object.hasOwn(members, "monotonic_ns") && Object.hasOwn(members, "script") ? "feagi-trainer" : "json",
    ...(time === undefined ? { time: null } : timeOf(String(members[time]))),
    level: level === undefined ? null : (levelOf(members[level]) ?? null),
    source: textAt(source),
    message: textAt(message),
    fields: Object.fromEntries(Object.entries(members).filter(([name]) => !used.has(name)))
  }
}

const stamp = "(\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}:\\d{2}(?:[.,]\\d{1,9})?(?:Z|[+-]\\d{2}:\\d{2})?)"
const word = "([A-Za-z]+)"
const plain: ReadonlyArray<{ readonly form: RegExp; readonly order: readonly [number, number, number] }> = [
  // env_logger: [2025-10-31T12:00:00Z INFO  feagi::burst] text
  { form: new RegExp(`^\\[${stamp}\\s+${word}\\s+([^\\]\\s]+)\\]\\s(.*)$`, "s"), order: [2, 3, 4] },
  // Python's logging: 2025-10-31 12:00:00,123 - feagi.burst - INFO - text
  { form: new RegExp(`^${stamp} - (\\S+) - ${word} - (.*)$`, "s"), order: [3, 2, 4] },
  // tracing: 2025-10-31T12:00:00.123456Z  INFO feagi::burst: text
  { form: new RegExp(`^${stamp}\\s+${word}\\s+([\\w:.-]+):\\s(.*)$`, "s"), order: [2, 3, 4] },
  { form: new RegExp(`^${stamp}\\s+${word}(\\s)(.*)$`, "s"), order: [2, 0, 4] }
]

const plainBody = (text: string): Body | undefined => {
  for (const { form, order } of plain) {
    const match = form.exec(text)
    const level = levelOf(match?.[order[0]])
    if (match === null || level === undefined) continue
    const source = order[1] === 0 ? null : (match[order[1]] ?? null)
    return { known: true, format: "text", ...timeOf(match[1] ?? ""), level, source, message: match[order[2]] ?? "", fields: {} }
  }
  return undefined
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

const recordOf = (bytes: Uint8Array, line: number, end: LogRecord["end"], piece: boolean): LogRecord => {
  const text = textOf(bytes)
  const read = text?.endsWith("\r") === true ? text.slice(0, -1) : text
  const body = read === undefined || piece ? unknown : (jsonBody(read) ?? plainBody(read) ?? unknown)
  const raw = text === undefined ? { raw_base64: Buffer.from(bytes).toString("base64") } : { raw: text }
  return { schema_version: 1, line, ...body, ...raw, end }
}

/** The bytes that a record stands for. */
export const rawOf = ({ raw, raw_base64, end }: Pick<LogRecord, "raw" | "raw_base64" | "end">): Uint8Array =>
  Buffer.concat([raw === undefined ? Buffer.from(raw_base64 ?? "", "base64") : Buffer.from(raw, "utf8"), Buffer.from(end)])

/** Chunks of a file, each of at most a mebibyte. */
export function* chunksOf(path: string | 0): Generator<Uint8Array> {
  const file = path === 0 ? 0 : openSync(path, "r")
  try {
    for (;;) {
      const buffer = Buffer.alloc(longestPiece)
      const count = readSync(file, buffer, 0, buffer.length, null)
      if (count === 0) return
      yield buffer.subarray(0, count)
    }
  } finally {
    if (path !== 0) closeSync(file)
  }
}

/** One record for each line, or several for a long one, in bounded memory; wherever the chunks end, the records are the same. */
export function* recordsOf(chunks: Iterable<Uint8Array>): Generator<LogRecord> {
  let held: Buffer = Buffer.alloc(0)
  let line = 1
  let open = false
  function* pieces(until: number): Generator<LogRecord> {
    let left = until
    for (; left > longestPiece; left -= longestPiece) {
      yield recordOf(held.subarray(0, longestPiece), line, "", true)
      held = held.subarray(longestPiece)
      open = true
    }
  }
  for (const chunk of chunks) {
    held = Buffer.concat([held, chunk])
    for (let at = held.indexOf(10); at >= 0; at = held.indexOf(10)) {
      yield* pieces(at)
      const end = held.indexOf(10)
      yield recordOf(held.subarray(0, end), line, "\n", open)
      held = held.subarray(end + 1)
      line += 1
      open = false
    }
    yield* pieces(held.length)
  }
  if (held.length > 0) yield recordOf(held, line, "", open)
}

/** What stands for a record in a text, or undefined where the text is none. */
export const readRecord = (text: string): Pick<LogRecord, "raw" | "raw_base64" | "end"> | undefined => {
  const parsed = Json.parse(text)
  if (!parsed.ok) return undefined
  const value: unknown = parsed.value
  if (typeof value !== "object" || value === null) return undefined
  const [raw, raw_base64, end] = ["raw", "raw_base64", "end"].map((name) => Reflect.get(value, name))
  if ((typeof raw === "string") === (typeof raw_base64 === "string") || (end !== "\n" && end !== "")) return undefined
  if (typeof raw === "string") return { raw, end }
  // What is no canonical base64 would come back as other bytes.
  return typeof raw_base64 === "string" && Buffer.from(raw_base64, "base64").toString("base64") === raw_base64
    ? { raw_base64, end }
    : undefined
}
