import { parse } from "csv-parse/sync"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { BLOCK_BYTES, type Dialect } from "../src/Dialect.ts"
import { locate } from "../src/Locate.ts"
import { type Reading, readRecords } from "../src/Records.ts"
import { scanner, textsOf } from "../src/Scanner.ts"
import { path, world } from "./World.ts"

const dialect: Dialect = { delimiter: ",", quote: '"' }

/** csv-parse at its strictest, as the second opinion on what a record is: its records, or that there are none. */
const secondOpinion = (bytes: Buffer, { delimiter, quote }: Dialect): ReadonlyArray<ReadonlyArray<string>> | "refused" => {
  const records: Array<ReadonlyArray<string>> = []
  try {
    parse(bytes, {
      bom: true,
      columns: false,
      delimiter,
      quote: quote === "none" ? null : quote,
      escape: quote === "none" ? null : quote,
      encoding: "utf8",
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      relax_quotes: false,
      skip_empty_lines: false,
      trim: false,
      on_record: (cells: ReadonlyArray<string>) => {
        records.push(cells)
        return null
      }
    })
  } catch {
    return "refused"
  }
  return records
}

/** Numbers below a bound, from a seed. */
const chance = (seed: number): ((bound: number) => number) => {
  let state = seed
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

/** Records with quotes, line breaks inside cells, characters of 1 to 4 bytes and all three line endings, from a seed. */
const messy = (seed: number, records: number): string => {
  const below = chance(seed)
  const words = ["a", "é", "€", "😀", "1.5", "", "two words", "e\u0301"]
  const inside = [...words, ",", "\n", "\r\n", "\r", '""']
  const some = (from: ReadonlyArray<string>, most: number): string =>
    Array.from({ length: below(most + 1) }, () => from[below(from.length)] ?? "").join("")
  const cell = (): string => (below(3) === 0 ? `"${some(inside, 6)}"` : some(words, 3))
  return Array.from({ length: records }, (_, k) => `${k},${cell()},${cell()}${["\n", "\r\n", "\r"][below(3)]}`).join("")
}

interface Told {
  readonly cells: ReadonlyArray<string>
  readonly offset: number
  readonly length: number
  readonly line: number
  readonly places: ReadonlyArray<number>
}

const readAll = async (
  content: string | Uint8Array,
  how: Dialect = dialect,
  most = Number.POSITIVE_INFINITY
): Promise<{ readonly reading: Reading; readonly records: ReadonlyArray<Told>; readonly reads: number }> => {
  const records: Array<Told> = []
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content
  const here = world({ [path]: bytes })
  const reading = await here.run(
    readRecords(
      { path, bytes: bytes.length },
      {
        dialect: how,
        hashAll: false,
        onBlock: () => Effect.void,
        onRow: (row) => {
          const { offset, length, line, places, count } = row
          records.push({ cells: textsOf(row), offset, length, line, places: [...places.subarray(0, count)] })
          return records.length < most
        }
      }
    )
  )
  return { reading, records, reads: here.reads.length }
}

const breaksOf = (text: string): number => text.split(/\r\n|\r|\n/).length - 1

describe("records", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("are those of csv-parse, whatever stands at the end of a block (seed %i)", async (seed) => {
    const text = messy(seed, 14_000)
    const bytes = Buffer.from(text)
    expect(bytes.length).toBeGreaterThan(BLOCK_BYTES)
    const { records, reading } = await readAll(text)
    expect(records).toHaveLength(14_000)
    expect(records.map(({ cells }) => cells)).toEqual(secondOpinion(bytes, dialect))
    expect([records[0]?.offset, reading.stop]).toEqual([0, undefined])
    for (const [k, { offset, length, places }] of records.entries()) {
      const next = records[k + 1]?.offset ?? bytes.length
      expect(bytes.toString("utf8", offset + length, next)).toMatch(/^(\r\n|\r|\n)$/)
      expect(places[0]).toBe(0)
      for (const place of places.slice(1)) expect(bytes[offset + place - 1]).toBe(0x2c)
    }
  })

  it("and what is refused are those of csv-parse, for any few bytes and every dialect", () => {
    const below = chance(99)
    const alphabet = ["a", "1", "é", "😀", " ", ",", ";", '"', '"', "'", "'", "\n", "\r", "\r\n", '""', "\uFEFF"]
    let refused = 0
    const wrong: Array<string> = []
    for (let round = 0; round < 60_000; round++) {
      const how: Dialect = { delimiter: [",", ";", "\t"][below(3)] ?? ",", quote: (['"', "'", "none"] as const)[below(3)] ?? "none" }
      // A mark in front is the reader's to take off, and is cut off here as well.
      const text = Array.from({ length: below(14) }, () => alphabet[below(alphabet.length)])
        .join("")
        .replace(/^\uFEFF+/, "")
      const bytes = Buffer.from(text)
      const records: Array<ReadonlyArray<string>> = []
      const cutter = scanner(how)
      // Cut in two at any byte, as blocks are: what is not whole is handed in again.
      const middle = below(bytes.length + 1)
      const take = (row: Parameters<Parameters<typeof cutter.cut>[5]>[0]): boolean => records.push(textsOf(row)) > 0
      const first = cutter.cut(bytes, 0, middle, false, 0, take)
      const second = first.stray === undefined ? cutter.cut(bytes, first.at, bytes.length, true, 0, take) : first
      const ours = second.stray !== undefined || second.open !== undefined ? "refused" : records
      if (ours === "refused") refused++
      const lines = breaksOf(text) + (/[\r\n]$/.test(text) || text === "" ? 0 : 1)
      if (JSON.stringify(ours) !== JSON.stringify(secondOpinion(bytes, how)) || (ours !== "refused" && cutter.line() - 1 !== lines))
        wrong.push(JSON.stringify([text, how, middle]))
    }
    expect(wrong).toEqual([])
    expect(refused).toBeGreaterThan(10_000)
  })

  it("are located by their line, whichever the line breaks are", async () => {
    const text = messy(4, 28_000)
    const { records } = await readAll(text)
    const bytes = Buffer.from(text)
    const here = world({ [path]: text })
    for (let k = 0; k < records.length; k += 997) {
      const { offset, line, cells } = records[k] ?? { offset: -1, line: -1, cells: [] }
      const place = await here.run(locate({ path, bytes: bytes.length }, dialect, { file: 0, record: offset, line, cell: 1 }))
      expect(place.line).toBe(breaksOf(bytes.toString("utf8", 0, offset)) + 1)
      expect([place.column, place.byte_offset]).toEqual([`${k},`.length + 1, offset + `${k},`.length])
      expect(cells[0]).toBe(String(k))
    }
  })

  it("begin behind a byte order mark", async () => {
    const { records } = await readAll('\uFEFFa,b\n1,"2"\n')
    expect(records).toEqual([
      { cells: ["a", "b"], offset: 3, length: 3, line: 1, places: [0, 2] },
      { cells: ["1", "2"], offset: 7, length: 5, line: 2, places: [0, 2] }
    ])
  })

  it("end where the reader says so", async () => {
    const { records, reads, reading } = await readAll(messy(5, 22_000), dialect, 10)
    expect([records.length, reads, reading.sha256]).toEqual([10, 1, undefined])
  })
})
