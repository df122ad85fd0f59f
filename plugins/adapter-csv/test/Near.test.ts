import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { entriesOf } from "./World.ts"

const iris = readFileSync(new URL("./fixtures/iris.csv", import.meta.url), "utf8")
const digits = readFileSync(new URL("../../../docs/examples/digits/digits.csv", import.meta.url), "utf8")

/** Rows of two unequal records whose keys are equal and that do not mean the same, as a host pairs them. */
const nearPairs = async (content: string, overrides: Readonly<Record<string, unknown>> = {}) => {
  const entries = await entriesOf(content, overrides)
  const first = new Map<string, number>()
  return entries.flatMap(({ near, content_hash, decoded_hash }, k) => {
    if (near?.key === undefined) return []
    const earlier = first.get(near.key)
    first.set(near.key, earlier ?? k)
    const other = entries[earlier ?? -1]
    return other === undefined || other.content_hash === content_hash || other.decoded_hash === decoded_hash ? [] : [[earlier, k]]
  })
}
const keys = async (content: string, overrides: Readonly<Record<string, unknown>> = {}) =>
  (await entriesOf(content, overrides)).map(({ near }) => near?.key)

/** Fractions of 6 decimals that spread over `spread`. */
const fractions = (rows: number, spread: number, round: (value: number) => string): ReadonlyArray<string> => {
  let state = 3
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return 5 + (state / 2 ** 32) * spread
  }
  return Array.from(
    { length: rows },
    (_, k) => `${[next(), next(), next()].map((value) => round(Number(value.toFixed(6)))).join(",")},${k % 2}`
  )
}
const table = (lines: ReadonlyArray<string>): string => `a,b,c,species\n${lines.join("\n")}\n`

describe("near keys", () => {
  it("are shared by a record and its copy of 3 decimals, wherever it stands", async () => {
    const exact = fractions(200, 10, String)
    const copies = fractions(200, 10, (value) => value.toFixed(3))
    const pairs = await nearPairs(table([...exact, ...copies]))
    expect(pairs).toEqual(exact.map((_, k) => [k, k + 200]))
  })

  it("raise no false alarm on iris, digits and records of chance", async () => {
    expect(await nearPairs(iris)).toEqual([])
    expect(await nearPairs(digits, { label_column: "class" })).toEqual([])
    expect((await keys(digits, { label_column: "class" })).filter((key) => key !== undefined)).toEqual([])
    expect(await nearPairs(table(fractions(5000, 10, String)))).toEqual([])
  })

  it("are the numbers in thousandths", async () => {
    const [key] = await keys(table(["1.5,-0.0004,2000000.25,a", "7.25,3.5,-0.0625,b"]))
    expect(key).toBe("1500 0 2000000250")
    expect((await keys(table(["1.5,-2.3456,3,a", "7.25,3.5,-0.0625,b"])))[0]).toBe("1500 -2346 3000")
  })

  it("are not there where rounding says nothing", async () => {
    const none = async (lines: ReadonlyArray<string>) => (await keys(table(lines))).every((key) => key === undefined)
    // Whole numbers; one value only; a column that rounding would make nearly constant.
    expect(await none(["1,2,3,a", "4,5,6,b"])).toBe(true)
    expect(await none(["0.5,0.25,3,a", "0.5,0.25,3,b", "0.5,0.25,3,c"])).toBe(true)
    expect(await none(fractions(500, 0.09, String))).toBe(true)
    expect(await none(fractions(500, 2, String))).toBe(false)
    // Columns that cannot tell many records apart in thousandths.
    expect(await none(fractions(500, 0.4, String))).toBe(true)
    expect(await none(["0.5,1,1,a", "7000.5,1,1,b"])).toBe(true)
    // A record of whole numbers in a table of fractions.
    expect((await keys(table(["1,2,3,a", "90.5,70.5,800.5,b"]))).map((key) => key === undefined)).toEqual([true, false])
  })

  it("go by the first 4096 records, whose keys wait for it", async () => {
    const wide = fractions(4096, 10, String)
    const narrow = fractions(4096, 0.05, String)
    expect((await keys(table([...wide, ...narrow]))).every((key) => key !== undefined)).toBe(true)
    expect((await keys(table([...narrow, ...wide]))).every((key) => key === undefined)).toBe(true)
  })

  it("hold categories and become a hash when they are long", async () => {
    const columns = { a: { type: "category", as: "index", values: "scan" }, "*": { type: "number" } }
    expect(await keys('a,b,c,species\nRom,1.5,0.5,a\n"é """,2.5,1000000.5,b\n', { columns })).toEqual([
      '"Rom" 1500 500',
      '"é \\"" 2500 1000000500'
    ])
    const head = Array.from({ length: 60 }, (_, k) => `c${k}`).join(",")
    const line = (value: number): string => Array.from({ length: 60 }, () => value).join(",")
    const [long] = await keys(`${head},species\n${line(1.5)},a\n${line(20_000.25)},b\n`)
    expect(long).toBe(
      createHash("sha256")
        .update(Array.from({ length: 60 }, () => "1500").join(" "))
        .digest("hex")
    )
  })
})

describe("decoded hashes", () => {
  const decoded = async (content: string, overrides: Readonly<Record<string, unknown>> = {}) =>
    (await entriesOf(content, overrides)).map(({ decoded_hash }) => decoded_hash)

  it("are equal for numbers that are written differently, whatever the label", async () => {
    const hashes = await decoded("x,y,species\n1,2,a\n1.0,2e0,b\n+01,200e-2,a\n1,2.1,a\n-0,0,a\n0,-0.0,b\n")
    expect(hashes.map((hash) => hashes.indexOf(hash))).toEqual([0, 0, 0, 3, 4, 4])
  })

  it("are those of the bytes that are described", async () => {
    const bytes = Buffer.alloc(8 + 4 + 3 + 8)
    bytes.writeDoubleLE(1.5, 0)
    bytes.writeUInt32LE(3, 8)
    bytes.write("Rom", 12)
    bytes.writeDoubleLE(1, 15)
    const columns = {
      x: { type: "number" },
      city: { type: "category", as: "one-hot", values: "scan" },
      b: { type: "boolean", true: ["y"], false: ["n"] }
    }
    const [hash] = await decoded("x,city,b,species\n1.5,Rom,y,a\n", { columns })
    expect(hash).toBe(createHash("sha256").update(bytes).digest("hex"))
  })

  it("do not depend on the order of the values of a category, nor on what is ignored", async () => {
    const columns = { city: { type: "category", as: "index", values: "scan" }, note: { type: "ignore" }, "*": { type: "number" } }
    const forward = await decoded("city,note,x,species\nRom,1,1,a\nBern,2,2,a\n", { columns })
    const backward = await decoded("city,note,x,species\nBern,3,2,a\nRom,4,1.0,b\n", { columns })
    expect([...backward].reverse()).toEqual(forward)
  })
})
