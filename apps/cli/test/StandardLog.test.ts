/** Raw logs as records: whatever a line says, its bytes come back. */
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { canonical, fromUtf8, Json, SeedTree } from "@feagi-trainer/determinism"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { jsonText } from "../src/jsonText.ts"
import { type LogRecord, longestPiece, rawOf, readRecord, recordsOf } from "../src/standardLog.ts"
import { makeProject, type Project } from "./support/project.ts"

const records = (...chunks: ReadonlyArray<Uint8Array | string>): ReadonlyArray<LogRecord> => [
  ...recordsOf(chunks.map((chunk) => Buffer.from(chunk)))
]
const only = (line: string): LogRecord => {
  const [record, ...more] = records(`${line}\n`)
  if (record === undefined || more.length > 0) throw new Error("one line is one record")
  return record
}
/** Through text, as a file holds it. */
const back = (all: ReadonlyArray<LogRecord>): Buffer =>
  Buffer.concat(
    all.map((record) => {
      const read = readRecord(jsonText(record, 0))
      if (read === undefined) throw new Error(`cannot be read: ${jsonText(record, 0)}`)
      return rawOf(read)
    })
  )

describe("a line that is known", () => {
  it.each([
    ["[2025-10-31T12:00:00Z INFO  feagi::burst] fired 3", "2025-10-31T12:00:00.000Z", "info", "feagi::burst", "fired 3"],
    ["2025-10-31T12:00:00.123456Z  WARN feagi::npu: slow", "2025-10-31T12:00:00.123Z", "warn", "feagi::npu", "slow"],
    ["2025-10-31 13:00:00,250+01:00 - feagi.core - CRITICAL - gone", "2025-10-31T12:00:00.250Z", "fatal", "feagi.core", "gone"],
    ["2025-10-31T12:00:00Z ERROR it broke: badly", "2025-10-31T12:00:00.000Z", "error", null, "it broke: badly"]
  ])("as plain text is told with time, level, source and message: %s", (line, time, level, source, message) => {
    expect(only(line)).toMatchObject({ known: true, format: "text", time, level, source, message, raw: line })
  })

  it("as JSON keeps its other members, integers of any size included", () => {
    const line =
      '{"ts":"2025-10-31T12:00:00+02:00","severity":"Warning","msg":"hot","logger":"npu","seed":18446744073709551615,"__proto__":{"a":1}}'
    const record = only(line)
    expect(record).toMatchObject({
      known: true,
      format: "json",
      time: "2025-10-31T10:00:00.000Z",
      level: "warn",
      source: "npu",
      message: "hot"
    })
    expect(Object.keys(record.fields)).toEqual(["seed", "__proto__"])
    expect(record.fields.seed).toBe(18_446_744_073_709_551_615n)
    expect(back([record]).toString()).toBe(`${line}\n`)
  })

  it("of this program is told as such", () => {
    expect(
      only('{"time":"2026-11-22T08:07:04.110Z","monotonic_ns":5,"level":"info","script":"time_utils","event":"begins"}')
    ).toMatchObject({
      format: "feagi-trainer",
      source: "time_utils",
      message: "begins",
      fields: { monotonic_ns: 5 }
    })
  })

  it("without an offset has no time and says why", () => {
    const record = only("2025-10-31 12:00:00,250 - feagi.core - INFO - here")
    expect([record.known, record.time, record.level]).toEqual([true, null, "info"])
    expect(record.time_problem).toContain("offset")
  })
})

describe("a line that is not known", () => {
  it.each([
    "",
    "Traceback (most recent call last):",
    "{}",
    "[]",
    "null",
    '{"a":1}',
    "2025-10-31T12:00:00Z hello",
    "{broken",
    "\u2028 \ufeff \u0000"
  ])("is kept and flagged: %j", (line) => {
    expect(only(line)).toMatchObject({ known: false, format: "unknown", time: null, level: null, message: null, raw: line })
  })

  it("is kept in base64 where it is no text", () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x0d, 0x0a])
    const [record] = records(bytes)
    expect(record).toMatchObject({ known: false, raw_base64: "//4ADQ==", end: "\n" })
    expect(record).not.toHaveProperty("raw")
  })
})

describe("the bytes", () => {
  /** The same sequence everywhere. */
  const noise = (count: number): Buffer => {
    let state = 1
    return Buffer.from(
      Array.from({ length: count }, () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
        const byte = state >>> 24
        return byte < 40 ? 10 : byte < 60 ? 13 : byte
      })
    )
  }

  it.each([
    ["no byte at all", Buffer.from("")],
    ["no end of the last line", Buffer.from("a\nb")],
    ["empty lines", Buffer.from("\n\n\r\n\n")],
    ["a mark at the beginning", Buffer.from("\ufeffa\r\nb\r\n")],
    ["noise", noise(50_000)]
  ])("come back: %s", (_, bytes) => {
    expect(back(records(bytes)).equals(bytes)).toBe(true)
    // Wherever the pieces of a file end.
    const thirds = [bytes.subarray(0, 7), bytes.subarray(7, 8), bytes.subarray(8)]
    expect(records(...thirds)).toEqual(records(bytes))
  })

  it("of a line longer than a mebibyte come back in pieces that bear one number", () => {
    const bytes = Buffer.concat([Buffer.from("a\n"), Buffer.alloc(2 * longestPiece + 5, "x"), Buffer.from("\nb\n")])
    const all = records(bytes)
    expect(all.map(({ line, known, end }) => [line, known, end])).toEqual([
      [1, false, "\n"],
      [2, false, ""],
      [2, false, ""],
      [2, false, "\n"],
      [3, false, "\n"]
    ])
    expect(back(all).equals(bytes)).toBe(true)
    expect(records(bytes.subarray(0, longestPiece), bytes.subarray(longestPiece))).toEqual(all)
  })

  it("come back of any JSON, and so do its values: 400 lines of chance (seed 17)", () => {
    const random = SeedTree.root(17n).child("log").random()
    const pick = <A>(all: ReadonlyArray<A>): A => all[random.below(all.length)] as A
    const texts = [
      "",
      "a",
      "\u0000",
      "\u2028",
      "\ud83d\ude00",
      "é",
      "e\u0301",
      "\\",
      '"',
      "\r",
      "raw",
      "end",
      "info",
      "2025-10-31T12:00:00Z"
    ]
    const keys = ["ts", "time", "level", "msg", "event", "script", "monotonic_ns", "raw", "end", "known", "__proto__", "", "x"]
    const value = (depth: number): unknown => {
      const kind = random.below(depth > 3 ? 5 : 7)
      if (kind === 0) return null
      if (kind === 1) return random.below(2) === 0
      if (kind === 2) return pick([0, -1, 0.1, 5e-324, 1.7976931348623157e308, 1e21, random.below(1_000_000)])
      if (kind === 3) return pick([2n ** 64n - 1n, -(2n ** 63n), 2n ** 53n + 1n])
      if (kind === 4) return texts.slice(0, random.below(3)).join("") + pick(texts)
      if (kind === 5) return Array.from({ length: random.below(4) }, () => value(depth + 1))
      return Object.fromEntries(Array.from({ length: random.below(5) }, () => [pick(keys), value(depth + 1)]))
    }
    const lines = Array.from({ length: 400 }, () => {
      const members = Object.fromEntries(keys.flatMap((key) => (random.below(3) === 0 ? [[key, value(1)]] : [])))
      return random.below(4) === 0 ? canonical(value(0)) : jsonText(members, 0)
    })
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""))
    const all = records(bytes)
    expect(all.length).toBe(lines.length)
    expect(all.filter(({ known }) => known).length).toBeGreaterThan(40)
    expect(back(all).equals(bytes)).toBe(true)
    for (const [at, record] of all.entries()) {
      if (!record.known) continue
      const parsed = Json.parse(lines[at] ?? "")
      if (!parsed.ok || typeof parsed.value !== "object" || parsed.value === null) throw new Error("a known line is an object")
      const members = new Map(Object.entries(parsed.value))
      // What is no member of the record by name is among its fields, with the value it had.
      for (const [key, member] of Object.entries(record.fields)) expect(canonical(member)).toBe(canonical(members.get(key)))
      expect(members.size - Object.keys(record.fields).length).toBeLessThanOrEqual(4)
    }
  })

  it.each([
    "",
    "{}",
    '{"raw":"a"}',
    '{"raw":"a","raw_base64":"YQ==","end":""}',
    '{"raw_base64":"YR==","end":""}',
    '{"raw":1,"end":""}',
    "[1]"
  ])("are not made of what is no record: %j", (text) => {
    expect(readRecord(text)).toBeUndefined()
  })
})

describe("log format", () => {
  let project: Project
  beforeAll(() => {
    project = makeProject()
  })
  afterAll(() => project.close())

  it("writes a record for each line and gives the file back, byte for byte", async () => {
    const bytes = Buffer.concat([Buffer.from("2025-10-31T12:00:00Z ERROR it broke\r\nTraceback\n"), Buffer.from([0x80, 0x0a, 0x41])])
    writeFileSync(project.path("raw.log"), bytes)
    const data = await project.data("log", "format", "raw.log", "--out", "records.ndjson")
    expect(data).toMatchObject({ lines: 4, unknown: 3, reverse: false })
    expect(project.read("records.ndjson").split("\n").length).toBe(5)
    const again = await project.data("log", "format", "records.ndjson", "--reverse", "--out", "again.log")
    expect(again).toMatchObject({ reverse: true, unknown: null, bytes: bytes.length })
    expect(readFileSync(project.path("again.log")).equals(bytes)).toBe(true)
    const said = await project.ftr("log", "format", "raw.log")
    expect(said.stdout).toBe(fromUtf8(readFileSync(project.path("records.ndjson"))))
  })

  it("refuses to write over a file, and what is no record or no file", async () => {
    project.write("some.log", "a\n")
    for (const [argv, code, exit] of [
      [["some.log", "--out", "some.log"], "FT3304", 3],
      [["some.log", "--reverse"], "FT3460", 3],
      [["nowhere.log"], "FT3461", 3],
      [["."], "FT3461", 3]
    ] as const) {
      const said = await project.ftr("log", "format", ...argv, "--json")
      expect([argv, said.code]).toEqual([argv, exit])
      expect(said.stderr).toContain(`[${code}]`)
    }
    expect(project.read("some.log")).toBe("a\n")
    rmSync(project.path("some.log"))
  })
})
