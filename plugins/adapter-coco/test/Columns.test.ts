import { describe, expect, it } from "vitest"
import { annotationColumns, numberSet } from "../src/Columns.ts"

describe("annotationColumns()", () => {
  it("gives every picture its own annotations in the order of saying, over many blocks", () => {
    const columns = annotationColumns()
    const rowOf = (row: number) => ({ start: row * 1e9, length: row % 4096, class_id: row % 80, annotation_id: 9e15 - row })
    const hashOf = (row: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, at) => (row >> (at % 4)) & 255)
    for (let row = 0; row < 100_000; row++) columns.add((row * 7) % 1001, { ...rowOf(row), hash: hashOf(row) })
    const rows = columns.byImage(1002)
    expect(rows(1001)).toEqual([])
    for (const image of [0, 1, 500, 1000]) {
      const expected = Array.from({ length: 100_000 }, (_, row) => row).filter((row) => (row * 7) % 1001 === image)
      expect(rows(image)).toEqual(expected.map((row) => ({ ...rowOf(row), hash: Buffer.from(hashOf(row)).toString("hex") })))
    }
  })
})

describe("numberSet()", () => {
  it("knows what was added, as a Set does: small, large, in steps", () => {
    const [ours, theirs] = [numberSet(), new Set<number>()]
    const values = Array.from({ length: 50_000 }, (_, at) => [
      at * 3,
      at * 2 ** 32,
      Number.MAX_SAFE_INTEGER - at * 1024,
      (at * 48_271) % 20_011
    ]).flat()
    for (const value of values) {
      expect(ours.add(value)).toBe(!theirs.has(value))
      theirs.add(value)
    }
  })
})
