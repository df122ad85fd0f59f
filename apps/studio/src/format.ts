/**
 * Values as text, the same in every language setting. Sharp edge: what is missing is "–" and never 0; a number is never rounded to a value
 * that claims more than it has, so 0.99996 is not shown as 1.
 */
import { withoutFormula } from "@feagi-trainer/control-api/run-table"

export const none = "–"

/** A number with at most `digits` significant figures behind which nothing is lost silently: values next to 0 and 1 keep telling. */
export const number = (value: unknown, digits = 4): string => {
  if (typeof value === "bigint") return grouped(String(value))
  if (typeof value !== "number" || !Number.isFinite(value)) return none
  if (Number.isInteger(value)) return Math.abs(value) < 1e15 ? grouped(String(value)) : value.toExponential(3)
  const size = Math.abs(value)
  if (size >= 1e6 || size < 1e-4) return value.toExponential(Math.max(1, digits - 2))
  const text = value.toPrecision(digits)
  // 0.99996 at four figures would read as 1.000: cut instead of round.
  const shown = Math.abs(Number(text)) >= 1 && size < 1 ? (Math.trunc(value * 10 ** digits) / 10 ** digits).toFixed(digits) : text
  return shown.includes(".") && !shown.includes("e") ? shown : String(Number(shown))
}

/** Digits in groups of three, divided by thin spaces. */
export const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f")

/** A score with four digits behind the point, so that columns line up; cut rather than rounded to 1, which only 1 itself is shown as. */
export const score = (value: unknown): string => {
  if (typeof value !== "number" || !Number.isFinite(value)) return number(value)
  if (Math.abs(value) > 1) return number(value)
  const text = value.toFixed(4)
  return Math.abs(Number(text)) === 1 && Math.abs(value) < 1 ? `${value < 0 ? "-" : ""}0.9999` : text
}

/** A share as percent with one digit behind the point. */
export const percent = (value: unknown): string =>
  typeof value === "number" && Number.isFinite(value) ? `${(Math.round(value * 1000) / 10).toFixed(1)} %` : none

/** Mean ± half the width of an interval. */
export const plusMinus = (mean: unknown, half: unknown): string =>
  typeof half === "number" && Number.isFinite(half) ? `${score(mean)} ± ${number(half, 2)}` : score(mean)

/** Bytes with binary units. */
export const bytes = (value: unknown): string => {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) return none
  const units = ["B", "KiB", "MiB", "GiB", "TiB"]
  const step = value < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  return step === 0 ? `${value} B` : `${(value / 1024 ** step).toFixed(1)} ${units[step]}`
}

/** Milliseconds as a span: 350 ms, 4.2 s, 3 min 5 s, 2 h 10 min. */
export const span = (milliseconds: unknown): string => {
  if (typeof milliseconds !== "number" || !Number.isFinite(milliseconds) || milliseconds < 0) return none
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(Math.floor(milliseconds / 100) / 10).toFixed(1)} s`
  const seconds = Math.floor(milliseconds / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  if (hours === 0) return `${minutes} min ${seconds % 60} s`
  return hours < 48 ? `${hours} h ${minutes} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** How long ago, in one unit; both in milliseconds since 1970. */
export const ago = (at: number, now: number): string => {
  const seconds = Math.round((now - at) / 1000)
  if (seconds < 0) return "just now"
  if (seconds < 5) return "just now"
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

/** Local date and time as 2026-11-22 07:45:10. */
export const dateTime = (at: number): string => {
  const date = new Date(at)
  const two = (part: number) => String(part).padStart(2, "0")
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** The head of a hash or id, long enough to be told apart. */
export const short = (hash: string, length = 12): string => (hash.length > length + 1 ? `${hash.slice(0, length)}…` : hash)

/** Any value of a document as one line. */
export const inline = (value: unknown): string => {
  if (value === null || value === undefined) return none
  if (typeof value === "string") return value === "" ? '""' : value
  if (typeof value === "number" || typeof value === "bigint") return number(value, 6)
  if (typeof value === "boolean") return value ? "yes" : "no"
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(inline).join(", ")
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner))
}

/** Comma-separated values as RFC 4180 has them; texts that a spreadsheet would take for a formula get a leading apostrophe. */
export const csv = (columns: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<unknown>>): string => {
  const cell = (value: unknown): string => {
    if (value === null || value === undefined) return ""
    const text = typeof value === "object" ? inline(value) : String(value)
    const safe = typeof value === "string" ? withoutFormula(text) : text
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return [columns, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("")
}

/** Words as one line that a POSIX shell reads as these words. */
export const shellLine = (words: ReadonlyArray<string>): string =>
  words.map((word) => (/^[\w@%+=:,./#-]+$/.test(word) && !word.startsWith("#") ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ")
