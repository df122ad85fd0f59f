/**
 * One cell as a point in time, in whole Unix milliseconds, by the format that was declared.
 *
 * Sharp edge: nothing is rounded and no zone is assumed. A date alone is midnight UTC; a time of day needs `Z` or an offset; what is
 * finer than a millisecond, a leap second and the 30th of February are refused.
 */

export const TIME_FORMATS = ["unix-ms", "unix-s", "iso-8601"] as const
export type TimeFormat = (typeof TIME_FORMATS)[number]

const milliseconds = /^-?[0-9]{1,16}$/
const seconds = /^(-?)([0-9]{1,13})(?:\.([0-9]{1,9}))?$/
const iso =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]{1,9}))?)?(Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9])))?$/

/** Decimals of a second as milliseconds; undefined when they are finer. */
const fraction = (decimals: string | undefined): number | undefined =>
  decimals === undefined ? 0 : /^[0-9]{0,3}0*$/.test(decimals) ? Number(decimals.slice(0, 3).padEnd(3, "0")) : undefined

const safe = (value: number): number | undefined => (Number.isSafeInteger(value) ? value + 0 : undefined)

/** Undefined when the text is no time of this format. */
export const readTime = (text: string, format: TimeFormat): number | undefined => {
  if (format === "unix-ms") return milliseconds.test(text) ? safe(Number(text)) : undefined
  if (format === "unix-s") {
    const [whole, sign, digits, decimals] = seconds.exec(text) ?? []
    const part = fraction(decimals)
    if (whole === undefined || part === undefined) return undefined
    return safe((sign === "-" ? -1 : 1) * (Number(digits) * 1000 + part))
  }
  const [whole, date = "", hour = "0", minute = "0", second = "0", decimals, , sign, zoneHour = "0", zoneMinute = "0"] =
    iso.exec(text) ?? []
  const part = fraction(decimals)
  const midnight = Date.parse(`${date}T00:00:00.000Z`)
  // A day that a month does not have is counted into the next month by the parser.
  if (whole === undefined || part === undefined || !Number.isFinite(midnight) || !new Date(midnight).toISOString().startsWith(date))
    return undefined
  const zone = (sign === "-" ? -1 : 1) * (Number(zoneHour) * 60 + Number(zoneMinute))
  return safe(midnight + ((Number(hour) * 60 + Number(minute) - zone) * 60 + Number(second)) * 1000 + part)
}
