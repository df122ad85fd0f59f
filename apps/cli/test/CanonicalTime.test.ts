/** Times: what names one instant is read, what names none or two is refused. */
import { TrainerError } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { canonicalTime, fileTime, type ParseOptions, parseTime } from "../src/canonicalTime.ts"

const read = (text: string, options: Partial<ParseOptions> = {}) => {
  const parsed = parseTime(text, { leap: "refuse", ...options })
  if (parsed instanceof TrainerError) throw parsed
  return parsed
}
const codeOf = (text: string, options: Partial<ParseOptions> = {}): string => {
  const parsed = parseTime(text, { leap: "refuse", ...options })
  return parsed instanceof TrainerError ? parsed.diagnostics[0].code : parsed.canonical
}

describe("canonical times", () => {
  it("are UTC with milliseconds, and as part of a file name have neither colon nor point", () => {
    expect(canonicalTime(0)).toBe("1970-01-01T00:00:00.000Z")
    expect(canonicalTime(1_795_333_489_123)).toBe("2026-11-22T07:44:49.123Z")
    expect(fileTime(1_795_333_489_123)).toBe("20261122T074449123Z")
    expect(() => canonicalTime(Number.NaN)).toThrow(RangeError)
    expect(() => canonicalTime(300_000_000_000_000)).toThrow(RangeError)
  })

  it.each([
    ["2026-11-22T07:44:49.123Z", "2026-11-22T07:44:49.123Z", 0],
    ["2026-11-22t07:44:49z", "2026-11-22T07:44:49.000Z", 0],
    ["2026-11-22 08:44:49,123+01:00", "2026-11-22T07:44:49.123Z", 60],
    ["2026-11-22T13:29:49+05:45", "2026-11-22T07:44:49.000Z", 345],
    ["2026-01-01T00:00:00+14:00", "2025-12-31T10:00:00.000Z", 840],
    ["2024-02-29T23:59:59-00:00", "2024-02-29T23:59:59.000Z", 0],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z", 0]
  ])("reads %s as %s", (text, canonical, offset_minutes) => {
    expect(read(text)).toMatchObject({ canonical, offset_minutes, leap_second: false })
    expect(new Date(read(text).unix_ms).toISOString()).toBe(canonical)
  })

  it("tells digits below a millisecond apart and rounds nothing", () => {
    expect(read("2026-01-01T00:00:00.123999999Z")).toMatchObject({ canonical: "2026-01-01T00:00:00.123Z", nanoseconds_below: 999_999 })
    expect(read("2026-01-01T00:00:00.9999Z")).toMatchObject({ canonical: "2026-01-01T00:00:00.999Z", nanoseconds_below: 900_000 })
  })

  it.each([
    "2026-11-22T07:44:49",
    "2026-11-22",
    "now",
    "2026-02-30T00:00:00Z",
    "2025-02-29T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:60:00Z",
    "2026-01-01T00:00:61Z",
    "2026-01-01T00:00:00+24:00",
    "2026-01-01T00:00:00+01:60",
    "0000-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    " 2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00.0000000000Z"
  ])("refuses %j, which names no instant", (text) => {
    expect(codeOf(text)).toBe("FT3450")
  })
})

describe("leap seconds", () => {
  it("are refused, or kept under their own name, in any offset", () => {
    expect(codeOf("2016-12-31T23:59:60Z")).toBe("FT3451")
    expect(read("2016-12-31T23:59:60.5Z", { leap: "keep" })).toEqual({
      canonical: "2016-12-31T23:59:60.500Z",
      unix_ms: Date.UTC(2017, 0, 1, 0, 0, 0, 500),
      nanoseconds_below: 0,
      offset_minutes: 0,
      leap_second: true
    })
    expect(read("2017-01-01T01:59:60+02:00", { leap: "keep" }).canonical).toBe("2016-12-31T23:59:60.000Z")
  })

  it("stood where they were announced, 27 times, and nowhere else", () => {
    const days = Array.from({ length: 2027 - 1970 }, (_, year) => [`${1970 + year}-06-30`, `${1970 + year}-12-31`]).flat()
    const stood = days.filter((day) => codeOf(`${day}T23:59:60Z`, { leap: "keep" }).startsWith(day))
    expect(stood.length).toBe(27)
    expect([stood[0], stood.at(-1)]).toEqual(["1972-06-30", "2016-12-31"])
    for (const text of ["2016-12-31T22:59:60Z", "2016-12-30T23:59:60Z", "2026-06-30T23:59:60Z", "2016-12-31T23:59:60+01:00"])
      expect([text, codeOf(text, { leap: "keep" })]).toEqual([text, "FT3451"])
  })
})

describe("local times of a zone", () => {
  const berlin = { zone: "Europe/Berlin" }

  it("are read with the offset that held then", () => {
    expect(read("2026-01-15T12:00:00", berlin)).toMatchObject({ canonical: "2026-01-15T11:00:00.000Z", offset_minutes: 60 })
    expect(read("2026-07-15T12:00:00", berlin)).toMatchObject({ canonical: "2026-07-15T10:00:00.000Z", offset_minutes: 120 })
    expect(read("2026-07-15T12:00:00", { zone: "Asia/Kathmandu" }).offset_minutes).toBe(345)
    expect(read("2026-07-15T12:00:00+00:00", berlin).canonical).toBe("2026-07-15T12:00:00.000Z")
  })

  it("are refused where clocks skipped them, and where they were twice, with both offsets named", () => {
    expect(codeOf("2026-03-29T02:30:00", berlin)).toBe("FT3452")
    const twice = parseTime("2026-10-25T02:30:00", { leap: "refuse", ...berlin })
    if (!(twice instanceof TrainerError)) throw new Error("it was twice")
    expect(twice.diagnostics[0]).toMatchObject({ code: "FT3452", expected: "2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00" })
    expect(read("2026-03-29T01:59:59", berlin).canonical).toBe("2026-03-29T00:59:59.000Z")
    expect(read("2026-03-29T03:00:00", berlin).canonical).toBe("2026-03-29T01:00:00.000Z")
    expect(read("2026-10-25T03:00:00", berlin).canonical).toBe("2026-10-25T02:00:00.000Z")
    // Half an hour, and to the other side of the year.
    expect(codeOf("2026-04-05T01:45:00", { zone: "Australia/Lord_Howe" })).toBe("FT3452")
    expect(codeOf("2026-10-04T02:15:00", { zone: "Australia/Lord_Howe" })).toBe("FT3452")
  })

  it("need a zone that exists", () => {
    expect(codeOf("2026-01-01T00:00:00", { zone: "Europe/Nowhere" })).toBe("FT3450")
  })
})
