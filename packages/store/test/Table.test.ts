import { execFileSync } from "node:child_process"
import { existsSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { sha256Hex } from "@feagi-trainer/determinism"
import { parquetMetadata, parquetReadObjects, parquetSchema } from "hyparquet"
import { describe, expect, it } from "vitest"
import { type Table, tableCsv, tableJson, tableParquet } from "../src/index.ts"
import { cleanUp, scratch } from "./harness.ts"

cleanUp()

const table: Table = {
  columns: [
    { name: "id", type: "text" },
    { name: "note", type: "text", nullable: true },
    { name: "count", type: "integer" },
    { name: "value", type: "number", nullable: true },
    { name: "right", type: "boolean" },
    { name: "said", type: "json", nullable: true }
  ],
  rows: [
    ["=1+1", "", 9007199254740991, -0, true, '{"b":1,"a":[2]}'],
    ['a "b", c', null, -9007199254740991, Number.NaN, false, null],
    ["é\r\n😀", "x", 0, Number.POSITIVE_INFINITY, true, "[]"],
    ["", "y", 1, 5e-324, true, "null"],
    ["z", "y", 2, 0.1 + 0.2, false, '"t"'],
    ["z", "y", 3, null, false, "1"]
  ]
}
const empty: Table = { ...table, rows: [] }

/** Python with what reads tables; see `npm run ci:optional`. */
const python = fileURLToPath(new URL("../../../.cache/optional/python/bin/python", import.meta.url))
const hasPython = existsSync(python)

const bits = (value: unknown): unknown => (typeof value === "number" ? (Object.is(value, -0) ? "-0" : String(value)) : value)

describe("tableCsv()", () => {
  it("is RFC 4180, with null apart from empty and every number exact", () => {
    expect(tableCsv(table)).toBe(
      [
        "id,note,count,value,right,said",
        '=1+1,"",9007199254740991,-0,true,"{""b"":1,""a"":[2]}"',
        '"a ""b"", c",,-9007199254740991,NaN,false,',
        '"é\r\n😀",x,0,Infinity,true,[]',
        '"",y,1,5e-324,true,null',
        'z,y,2,0.30000000000000004,false,"""t"""',
        "z,y,3,,false,1",
        ""
      ].join("\r\n")
    )
    expect(tableCsv(empty)).toBe("id,note,count,value,right,said\r\n")
  })
})

describe("tableJson()", () => {
  it("is a list of objects in which json cells are values", () => {
    const rows = JSON.parse(tableJson(table)) as ReadonlyArray<Record<string, unknown>>
    expect(rows[0]).toEqual({ id: "=1+1", note: "", count: 9007199254740991, value: -0, right: true, said: { b: 1, a: [2] } })
    expect(rows[1]).toEqual({ id: 'a "b", c', note: null, count: -9007199254740991, value: { $number: "NaN" }, right: false, said: null })
    expect(JSON.parse(tableJson(empty))).toEqual([])
  })
})

describe("tableParquet()", () => {
  const fileOf = async (of: Table): Promise<ArrayBuffer> => (await tableParquet(of)).slice().buffer as ArrayBuffer

  it("holds every cell to the bit", async () => {
    const rows = await parquetReadObjects({ file: await fileOf(table) })
    const read = rows.map((row) => table.columns.map(({ name }) => bits(row[name])))
    expect(read).toEqual(
      table.rows.map((row) => row.map((cell, index) => (table.columns[index]?.type === "integer" ? BigInt(Number(cell)) : bits(cell))))
    )
  })

  it("is the same bytes for the same table, as it was in its first release", async () => {
    expect(sha256Hex(await tableParquet(table))).toBe(sha256Hex(await tableParquet(structuredClone(table))))
    expect(sha256Hex(await tableParquet(table))).toBe("2ced3a4b42f625c213a7562d0e777e02b434bbaa07ebe3971c86927edff895b9")
  })

  it("keeps its columns where there is no row", async () => {
    expect(await parquetReadObjects({ file: await fileOf(empty) })).toEqual([])
    expect(parquetSchema(parquetMetadata(await fileOf(empty))).children.map(({ element }) => element.name)).toEqual(
      table.columns.map(({ name }) => name)
    )
  })

  it("keeps the order of rows over several row groups", async () => {
    const rows = Array.from({ length: 250_000 }, (_, index) => [index, index % 3 === 0 ? null : index / 7] as const)
    const large: Table = {
      columns: [
        { name: "at", type: "integer" },
        { name: "value", type: "number", nullable: true }
      ],
      rows
    }
    const read = await parquetReadObjects({ file: await fileOf(large) })
    expect(read).toHaveLength(rows.length)
    for (const at of [0, 99_999, 100_000, 249_999]) expect([read[at]?.at, read[at]?.value]).toEqual([BigInt(at), rows[at]?.[1]])
  })

  it.skipIf(!hasPython)(
    "is read by pyarrow and DuckDB with the same values and types, and the CSV by Python, where npm run ci:optional installed them",
    async () => {
      const folder = scratch()
      writeFileSync(`${folder}/t.parquet`, await tableParquet(table))
      writeFileSync(`${folder}/e.parquet`, await tableParquet(empty))
      writeFileSync(`${folder}/t.csv`, tableCsv(table))
      const script = `
import csv, json, sys
import duckdb, pyarrow.parquet as parquet
folder = sys.argv[1]
exact = lambda rows: [[v.hex() if isinstance(v, float) else v for v in row] for row in rows]
table = parquet.read_table(folder + "/t.parquet")
arrow = exact([list(row.values()) for row in table.to_pylist()])
duck = exact([list(row) for row in duckdb.sql(f"select * from '{folder}/t.parquet'").fetchall()])
text = list(csv.reader(open(folder + "/t.csv", newline="", encoding="utf-8")))
floats = [float(row[3]).hex() if row[3] else None for row in text[1:]]
nothing = parquet.read_table(folder + "/e.parquet")
print(json.dumps({"arrow": arrow, "duck": duck, "types": [str(t) for t in table.schema.types], "empty": [nothing.num_rows, nothing.schema.names], "csv": [[row[0], row[2]] for row in text[1:]], "floats": floats}))
`
      const said = JSON.parse(execFileSync(python, ["-c", script, folder], { encoding: "utf8" })) as {
        readonly arrow: ReadonlyArray<ReadonlyArray<unknown>>
        readonly duck: unknown
        readonly types: unknown
        readonly csv: unknown
        readonly floats: unknown
        readonly empty: unknown
      }
      expect(said.types).toEqual(["string", "string", "int64", "double", "bool", "string"])
      expect(said.arrow.map((row) => row[3])).toEqual(["-0x0.0p+0", "nan", "inf", "0x0.0000000000001p-1022", "0x1.3333333333334p-2", null])
      const others = (rows: ReadonlyArray<ReadonlyArray<unknown>>) => rows.map((row) => row.filter((_, index) => index !== 3))
      expect(others(said.arrow)).toEqual(others(table.rows))
      expect(said.duck).toEqual(said.arrow)
      expect(said.csv).toEqual(table.rows.map((row) => [row[0], String(row[2])]))
      expect(said.floats).toEqual(said.arrow.map((row) => row[3]))
      expect(said.empty).toEqual([0, table.columns.map(({ name }) => name)])
    }
  )
})

describe("a table with a wrong cell", () => {
  it.each([
    [["a", "b", 1.5, 1, true, null], "count: 1.5 is no integer"],
    [["a", "b", 1, "1", true, null], "value: 1 is no number"],
    [[null, "b", 1, 1, true, null], "id: null is no text"],
    [["a", "b", 1, 1, 1, null], "right: 1 is no boolean"]
  ] as const)("is a mistake of the caller: %j", async (row, message) => {
    const wrong = { ...table, rows: [row] }
    for (const write of [tableCsv, tableJson]) expect(() => write(wrong)).toThrow(message)
    await expect(tableParquet(wrong)).rejects.toThrow(message)
  })

  it("and so is one with too few cells", () => {
    expect(() => tableCsv({ ...table, rows: [["a"]] })).toThrow("row 0 has 1 cells for 6 columns")
  })
})
