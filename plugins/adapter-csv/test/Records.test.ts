import { parse } from "csv-parse/sync"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { cellsOf, locate } from "../src/Locate.ts"
import { BLOCK_BYTES, type CsvRecord, csvOptions, type Dialect, type Reading, readRecords } from "../src/Records.ts"
import { path, world } from "./World.ts"

const dialect: Dialect = { delimiter: ",", quote: '"' }

/** Records with quotes, line breaks inside cells, characters of 1 to 4 bytes and all three line endings, from a seed. */
const messy = (seed: number, records: number): string => {
  let state = seed
  const below = (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
  const words = ["a", "é", "€", "😀", "1.5", "", "two words", "e\u0301"]
  const inside = [...words, ",", "\n", "\r\n", "\r", '""']
  const some = (from: ReadonlyArray<string>, most: number): string =>
    Array.from({ length: below(most + 1) }, () => from[below(from.length)] ?? "").join("")
  const cell = (): string => (below(3) === 0 ? `"${some(inside, 6)}"` : some(words, 3))
  return Array.from({ length: records }, (_, k) => `${k},${cell()},${cell()}${["\n", "\r\n", "\r"][below(3)]}`).join("")
}

const readAll = async (
  content: string | Uint8Array
): Promise<{ readonly reading: Reading; readonly records: ReadonlyArray<CsvRecord> }> => {
  const records: Array<CsvRecord> = []
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content
  const reading = await world({ [path]: bytes }).run(
    readRecords(
      { path, bytes: bytes.length },
      {
        dialect,
        hashAll: false,
        onProgress: () => Effect.void,
        onRecord: (record) => {
          records.push(record)
          return true
        }
      }
    )
  )
  return { reading, records }
}

describe("records", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("are those of csv-parse, whatever stands at the end of a block (seed %i)", async (seed) => {
    const text = messy(seed, 14_000)
    expect(Buffer.byteLength(text)).toBeGreaterThan(BLOCK_BYTES)
    const { records, reading } = await readAll(text)
    const expected: Array<ReadonlyArray<string>> = []
    parse(
      text,
      csvOptions(dialect, (cells) => expected.push(cells))
    )
    expect(records).toHaveLength(14_000)
    expect(records.map(({ cells }) => cells)).toEqual(expected)
    const bytes = Buffer.from(text)
    expect([records[0]?.start, records.at(-1)?.end, reading.stop]).toEqual([0, bytes.length, undefined])
    for (const [k, { start, end, cells }] of records.entries()) {
      expect(records[k + 1]?.start ?? bytes.length).toBe(end)
      // The places of the cells that messages point at are found by other code than the cells.
      if (k % 50 === 0) expect(cellsOf(bytes.subarray(start, end), dialect).starts).toHaveLength(cells.length)
    }
  })

  it("are located by the line breaks before them, whichever they are", async () => {
    const text = messy(4, 28_000)
    const { records, reading } = await readAll(text)
    const bytes = Buffer.from(text)
    const here = world({ [path]: text })
    for (let k = 0; k < records.length; k += 997) {
      const { start, cells } = records[k] ?? { start: -1, cells: [] }
      const place = await here.run(locate({ path, bytes: bytes.length }, reading.breaks, dialect, { record: start, cell: 1 }))
      const before = bytes.subarray(0, start).toString("utf8")
      expect(place.line).toBe(before.split(/\r\n|\r|\n/).length)
      expect([place.column, place.byte_offset]).toEqual([`${k},`.length + 1, start + `${k},`.length])
      expect(cells[0]).toBe(String(k))
    }
  })

  it("begin behind a byte order mark", async () => {
    const { records } = await readAll("\uFEFFa,b\n1,2\n")
    expect(records).toEqual([
      { cells: ["a", "b"], start: 3, end: 7 },
      { cells: ["1", "2"], start: 7, end: 11 }
    ])
  })

  it("end where the reader says so", async () => {
    let seen = 0
    const text = messy(5, 22_000)
    const here = world({ [path]: text })
    const reading = await here.run(
      readRecords(
        { path, bytes: Buffer.byteLength(text) },
        {
          dialect,
          hashAll: false,
          onProgress: () => Effect.void,
          onRecord: () => {
            seen++
            return seen < 10
          }
        }
      )
    )
    expect([seen, here.reads.length, reading.sha256]).toEqual([10, 1, undefined])
  })
})
