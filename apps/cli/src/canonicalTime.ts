/**
 * Time as records write it: UTC in RFC 3339 with milliseconds and a `Z`, beside a monotonic clock in nanoseconds that no adjustment moves.
 *
 * Sharp edges: a text without an offset names no instant and is refused unless a zone is given; a leap second has no Unix time of its own,
 * so that it is refused unless it is asked to be kept; digits below a millisecond are told apart and never rounded away.
 */
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"

/** `2026-11-22T07:44:49.123Z`; `millis` are Unix milliseconds of the years 0 to 9999. */
export const canonicalTime = (millis: number): string => {
  const text = new Date(millis).toISOString()
  if (text.length !== 24) throw new RangeError(`${millis} ms lie outside of the years 0 to 9999`)
  return text
}

/** `20261122T074449123Z`: the same instant as a part of a file name that every system takes. */
export const fileTime = (millis: number): string => canonicalTime(millis).replace(/[-:.]/g, "")

export interface ParsedTime {
  /** In UTC, whole milliseconds; a kept leap second has 60 in its seconds. */
  readonly canonical: string
  /** Of a leap second that of the second behind it, as POSIX counts. */
  readonly unix_ms: number
  /** What the text says below its milliseconds. */
  readonly nanoseconds_below: number
  readonly offset_minutes: number
  readonly leap_second: boolean
}

export interface ParseOptions {
  /** What to do with 23:59:60. */
  readonly leap: "refuse" | "keep"
  /** IANA name, for texts without an offset. */
  readonly zone?: string
}

/** Days, as YYYY-MM-DD, whose last second in UTC was 23:59:60: IERS Bulletin C up to number 70. No later one has been announced. */
const leapDays: ReadonlySet<string> = new Set(
  (
    "1972-06-30 1972-12-31 1973-12-31 1974-12-31 1975-12-31 1976-12-31 1977-12-31 1978-12-31 1979-12-31 1981-06-30 1982-06-30 1983-06-30 " +
    "1985-06-30 1987-12-31 1989-12-31 1990-12-31 1992-06-30 1993-06-30 1994-06-30 1995-12-31 1997-06-30 1998-12-31 2005-12-31 2008-12-31 " +
    "2012-06-30 2015-06-30 2016-12-31"
  ).split(" ")
)

const form = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})?$/
const minute = 60_000

const refuse = (code: string, text: string, message: string, expected: string, help?: string): TrainerError =>
  trainerError("invalid", { code, field: "time", message, expected, actual: text, ...(help === undefined ? {} : { help }) })

/** Minutes that `zone` is ahead of UTC at an instant. Throws RangeError on a name that this system does not know. */
const offsetAt = (zone: string, millis: number): number => {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "iso8601",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit"
  }).formatToParts(millis)
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value)
  const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"))
  return Math.round((local - Math.floor(millis / 1000) * 1000) / minute)
}

/** The offsets at which a local time exists in a zone: none in a gap, two where clocks are set back. */
const offsetsOf = (zone: string, local: number): ReadonlyArray<number> => {
  const day = 24 * 60 * minute
  const near = new Set([offsetAt(zone, local - day), offsetAt(zone, local), offsetAt(zone, local + day)])
  return [...near].filter((offset) => offsetAt(zone, local - offset * minute) === offset).sort((left, right) => right - left)
}

const shownOffset = (minutes: number): string => {
  const size = Math.abs(minutes)
  const two = (value: number): string => String(value).padStart(2, "0")
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

const isZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: zone })
    return true
  } catch {
    return false
  }
}

const givenOffset = (text: string): number => {
  if (text === "Z" || text === "z") return 0
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(4, 6))
  // -00:00 is UTC too, and no negative zero.
  return text.startsWith("-") && minutes > 0 ? -minutes : minutes
}

/** The one offset of a text without one, by its zone; TrainerError where there is none, or two. */
const zoneOffset = (text: string, zone: string | undefined, local: number): number | TrainerError => {
  if (zone === undefined)
    return refuse("FT3450", text, "names no instant: it has no offset", "Z or an offset like +02:00 at its end", "or name its --zone")
  if (!isZone(zone)) return refuse("FT3450", text, `no zone is called "${zone}" here`, "an IANA name, Europe/Berlin say")
  const [first, ...others] = offsetsOf(zone, local)
  if (first === undefined) return refuse("FT3452", text, `never was in ${zone}: clocks were set forward over it`, "a time that was")
  if (others.length === 0) return first
  const both = [first, ...others].map((each) => `${text}${shownOffset(each)}`).join(" or ")
  return refuse("FT3452", text, `was twice in ${zone}: clocks were set back over it`, both, "write the offset that is meant")
}

/** Reads RFC 3339. FT3450 for what is none, FT3451 for a leap second, FT3452 for a local time that never was or was twice. */
export const parseTime = (text: string, { leap, zone }: ParseOptions): ParsedTime | TrainerError => {
  const match = form.exec(text)
  if (match === null) return refuse("FT3450", text, "is no time", "RFC 3339: 2026-11-22T07:44:49.123Z or 2026-11-22T08:44:49+01:00")
  const [, year, month, day, hour, minutes, second, fraction = "", offsetText] = match
  const digits = fraction.padEnd(9, "0")
  const isLeap = second === "60"
  const seconds = isLeap ? 59 : Number(second)
  const local = Date.UTC(2000, Number(month) - 1, Number(day), Number(hour), Number(minutes), seconds, Number(digits.slice(0, 3)))
  const date = new Date(local)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  const whole = `${year}-${month}-${day}T${hour}:${minutes}:${String(seconds).padStart(2, "0")}.${digits.slice(0, 3)}Z`
  // A day or hour that does not exist would have been carried over into the next one.
  if (date.toISOString() !== whole) return refuse("FT3450", text, "is no time: such a day or hour does not exist", "a time of the calendar")
  if (offsetText !== undefined && !/^(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/.test(offsetText))
    return refuse("FT3450", text, "has an offset that does not exist", "from -23:59 to +23:59")
  const offset = offsetText === undefined ? zoneOffset(text, zone, date.getTime()) : givenOffset(offsetText)
  if (typeof offset !== "number") return offset
  const unix = date.getTime() - offset * minute
  const plain = { nanoseconds_below: Number(digits.slice(3)), offset_minutes: offset }
  const shown = new Date(unix).toISOString()
  if (shown.length !== 24) return refuse("FT3450", text, "lies outside of the years 0 to 9999 in UTC", "a year of four digits")
  if (!isLeap) return { canonical: shown, unix_ms: unix, ...plain, leap_second: false }
  if (!shown.endsWith(`T23:59:59.${digits.slice(0, 3)}Z`) || !leapDays.has(shown.slice(0, 10)))
    return refuse("FT3451", text, "is no second that was: no leap second stood there", "seconds from 00 to 59")
  if (leap === "refuse")
    return refuse("FT3451", text, "is a leap second, which has no Unix time of its own", "seconds from 00 to 59", "--leap keep   keeps it")
  return { canonical: shown.replace(":59.", ":60."), unix_ms: unix + 1000, ...plain, leap_second: true }
}
