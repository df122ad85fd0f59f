import { formatDiagnostic } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { BLOCK_BYTES, MAX_RECORD_BYTES } from "../src/Dialect.ts"
import { csv } from "../src/index.ts"
import { entriesOf, type FakeFile, fileOf, optionsWith, path, report, scanOf, source, world } from "./World.ts"

const header = "sepal,petal,species\n"
const rows = (...lines: ReadonlyArray<string>): string => header + lines.map((line) => `${line}\n`).join("")

/** `code line:column`, one word per kept finding. */
const found = async (content: string | Uint8Array | FakeFile, overrides: Readonly<Record<string, unknown>> = {}) => {
  const { diagnostics, scan, error_count } = await report(content, overrides)
  expect(scan === undefined).toBe(error_count > 0)
  return diagnostics.map(({ code, line, column }) => `${code.replace("csv/", "")} ${line ?? "-"}:${column ?? "-"}`)
}

interface Row {
  readonly name: string
  readonly content: string
  readonly findings: ReadonlyArray<string>
  readonly options: Readonly<Record<string, unknown>>
}
const row = (name: string, content: string, findings: ReadonlyArray<string>, options: Readonly<Record<string, unknown>> = {}): Row => ({
  name,
  content,
  findings,
  options
})

describe("records that are not whole", () => {
  const table: ReadonlyArray<Row> = [
    row("a record that is too short", rows("1,2,a", "1,a"), ["RAGGED 3:3"]),
    row("a record that is too long", rows("1,2,a", "1,2,a,9"), ["RAGGED 3:7"]),
    row("every ragged record", rows("1,a", "1,2,a", "1,2,a,4,5", "1"), ["RAGGED 2:3", "RAGGED 4:7", "RAGGED 5:1"]),
    row("a line of blanks", rows("1,2,a", "  ", "1,2,a"), ["RAGGED 3:1"]),
    row("a quote that is never closed", rows("1,2,a", '1,"2,a', "3,4,b"), ["UNCLOSED-QUOTE 3:3"]),
    row("a quote inside a bare cell", rows("1,2,a", '1,2,a"b'), ["STRAY-QUOTE 3:6"]),
    row("text behind a closing quote", rows('1,2,"a"b'), ["STRAY-QUOTE 2:7"]),
    row("what comes before a broken quote as well", rows("1,x,a", '1,"2,a'), ["NOT-A-NUMBER 2:3", "UNCLOSED-QUOTE 3:3"]),
    row("a quoted line break, in the lines after it", rows('1,2,"a\r\nb"', "1,x,a"), ["NOT-A-NUMBER 4:3"]),
    row("no bytes", "", ["EMPTY-FILE -:-"]),
    row("blank lines only", "\n\r\n\n", ["EMPTY-FILE -:-"]),
    row("a header only", header, ["NO-RECORDS -:-"]),
    row("a header without a line end", "sepal,petal,species", ["NO-RECORDS -:-"]),
    row("a name that is there twice", "petal,petal,species\n1,2,a\n", ["DUPLICATE-HEADER 1:7"]),
    row("a column without a name", "sepal,,species\n1,2,a\n", ["EMPTY-HEADER 1:7"]),
    row("all mistakes of a header", "sepal,,sepal,kind\n1,2,3,a\n", ["NO-COLUMN 1:1", "EMPTY-HEADER 1:7", "DUPLICATE-HEADER 1:8"]),
    row("a second byte order mark", "\uFEFF\uFEFFsepal,petal,species\n1,2,a\n", ["SECOND-BOM 1:1"]),
    row("the wrong delimiter", "sepal;petal;species\n1;2;a\n", ["NO-COLUMN 1:1"]),
    row("no delimiter that cuts", "species\na\n", ["NO-DELIMITER -:-"], { delimiter: "scan" }),
    row("a table without a number", "species\na\n", ["NO-FEATURES 1:1"]),
    row("a column that the options do not know", rows("1,2,a"), ["UNDECLARED-COLUMN 1:1"], { columns: { petal: { type: "number" } } }),
    row("a column that the file does not have", rows("1,2,a"), ["NO-COLUMN 1:1"], {
      columns: { sepal: { type: "number" }, petal: { type: "number" }, petals: { type: "number" } }
    })
  ]
  it.each(table)("are reported: $name", async ({ content, findings, options }) => {
    expect(await found(content, options)).toEqual(findings)
  })
})

describe("bytes that are no text", () => {
  const bytes = (...parts: ReadonlyArray<string | number>): Uint8Array =>
    Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from([part]))))

  it.each([
    ["a NUL byte", bytes(header, "1,2,a\n1,", 0, ",a\n"), "NUL 3:3", header.length + 8],
    ["a Latin-1 letter", bytes(header, "1,2,caf", 0xe9, "\n"), "NOT-UTF-8 2:8", header.length + 7],
    ["a cut character at the end", bytes(header, "1,2,", 0xe2, 0x82), "NOT-UTF-8 2:5", header.length + 4],
    ["an overlong slash", bytes(header, "1,2,", 0xc0, 0xaf, "\n"), "NOT-UTF-8 2:5", header.length + 4],
    ["half of a surrogate pair", bytes(header, "1,2,é", 0xed, 0xa0, 0x80, "\n"), "NOT-UTF-8 2:6", header.length + 6],
    ["UTF-16", new Uint8Array(Buffer.from(`\uFEFF${header}`, "utf16le")), "NOT-UTF-8 1:1", 0]
  ])("are located: %s", async (_, content, finding, offset) => {
    const { diagnostics } = await report(content)
    expect(diagnostics.map(({ code, line, column }) => `${code.slice(4)} ${line}:${column}`)).toEqual([finding])
    expect(diagnostics[0]?.byte_offset).toBe(offset)
  })

  it("are located behind the first blocks too, across the end of a block", async () => {
    const record = `1.5,${"9".repeat(10)}.5,a\n`
    for (const shift of [0, 1, 2, 3]) {
      const before = Buffer.from(header + record.repeat(14_000))
      const filler = Buffer.from(`1,2,${"a".repeat(shift)}`)
      const content = Buffer.concat([before, filler, Buffer.from([0xe2, 0x82, 0x0a])])
      const { diagnostics } = await report(content, { classes: ["a", "aa", "aaa"] })
      expect(diagnostics[0]).toMatchObject({
        code: "csv/NOT-UTF-8",
        line: 14_002,
        column: 5 + shift,
        byte_offset: before.length + 4 + shift
      })
    }
  })
})

describe("what is declared to be fine", () => {
  const clean = async (content: string, overrides: Readonly<Record<string, unknown>> = {}) => {
    const { error_count, warning_count } = await report(content, overrides)
    return [error_count, warning_count, (await scanOf(content, overrides)).index.length]
  }

  it.each([
    row("LF", "sepal,petal,species\n1,2,a\n3,4,b\n", []),
    row("CRLF", "sepal,petal,species\r\n1,2,a\r\n3,4,b\r\n", []),
    row("CR", "sepal,petal,species\r1,2,a\r3,4,b\r", []),
    row("mixed line endings", "sepal,petal,species\r\n1,2,a\n3,4,b\r", []),
    row("no line end at the end", "sepal,petal,species\n1,2,a\n3,4,b", []),
    row("a byte order mark", "\uFEFFsepal,petal,species\n1,2,a\n3,4,b\n", []),
    row("blank lines at the end", "sepal,petal,species\n1,2,a\n3,4,b\n\n\r\n", []),
    row("quotes that are not needed", 'sepal,"petal",species\n"1",2,"a"\n3,4,b\n', []),
    row("semicolons and decimal commas", "sepal;petal;species\n1,0;2;a\n3;4,5;b\n", [], { delimiter: ";", decimal: "," }),
    row("tabs", "sepal\tpetal\tspecies\n1\t2\ta\n3\t4\tb\n", [], { delimiter: "\t" }),
    row("vertical bars that are found", "sepal|petal|species\n1|2|a\n3|4|b\n", [], { delimiter: "scan" }),
    row("single quotes", "sepal,petal,species\n1,2,'a'\n3,4,b\n", [], { quote: "'" }),
    row("quotes that are text", 'sepal,petal,species\n1,2,a"\n3,4,b\n', [], { quote: "none" })
  ])("is: $name", async ({ content, options }) => {
    expect(await clean(content, options)).toEqual([0, 0, 2])
  })

  it("gives the same samples for every line ending, with or without a byte order mark", async () => {
    const lf = "sepal,petal,species\n1,2,a\n3,4,b\n1,2,a\n"
    const samples = async (text: string) => (await scanOf(text)).index.map(({ at: _place, ...sample }) => sample)
    const expected = await samples(lf)
    for (const other of [
      lf.replaceAll("\n", "\r\n"),
      lf.replaceAll("\n", "\r"),
      `\uFEFF${lf}`,
      lf.trimEnd(),
      lf.replace("1,2,a", '"1",2,"a"')
    ])
      expect(await samples(other)).toEqual(expected)
  })

  it("warns of blank lines between records, once with their number", async () => {
    const content = rows("1,2,a", "", "", "3,4,b", "", "5,6,a")
    const { diagnostics, error_count, warning_count } = await report(content)
    expect([error_count, warning_count]).toEqual([0, 3])
    expect((await entriesOf(content)).map(({ line }) => line)).toEqual([2, 5, 7])
    expect(diagnostics.map(({ code, line, count }) => [code, line, count])).toEqual([
      ["csv/BLANK-LINE", 3, 3],
      ["csv/BLANK-LINE", 6, undefined]
    ])
  })
})

describe("cells that are no numbers", () => {
  it.each([
    "n/a",
    "",
    " 3",
    "3 ",
    "\u00a03",
    "0x10",
    "١٢",
    "1_000",
    "1 000",
    "TRUE",
    "NaN",
    "inf",
    "Infinity",
    "1e",
    "e5",
    ".5",
    "5.",
    "1.2.3",
    "+-1",
    "−1",
    "1,5"
  ])("are refused: %j", async (cell) => {
    const { diagnostics, error_count, scan } = await report(rows("1,2,a", `1,"${cell}",a`))
    expect([error_count, scan]).toEqual([1, undefined])
    expect(diagnostics[0]).toMatchObject({
      code: "csv/NOT-A-NUMBER",
      file: "data.csv",
      line: 3,
      column: 3,
      byte_offset: header.length + 8,
      field: "petal",
      sample_id: "1",
      expected: "a number",
      actual: JSON.stringify(cell),
      excerpt: `1,"${cell}",a`
    })
  })

  it.each(["1e999", "-1e999", "1e-999", "9007199254740993", "-9007199254740993", "123456789012345678901"])(
    "are refused when a double would change them: %s",
    async (cell) => {
      expect(await found(rows(`1,${cell},a`))).toEqual(["OUT-OF-RANGE 2:3"])
    }
  )

  it.each([
    ["0", 0],
    ["-0", 0],
    ["-0.0e5", 0],
    ["0e-999", 0],
    ["+4", 4],
    ["007", 7],
    ["0.1", 0.1],
    ["1e-3", 0.001],
    ["1E+3", 1000],
    ["5e-324", 5e-324],
    ["1.7976931348623157e308", 1.7976931348623157e308],
    ["9007199254740992", 2 ** 53],
    ["9007199254740994", 2 ** 53 + 2],
    ["1180591620717411303424", 2 ** 70]
  ])("are not these: %s", async (cell, value) => {
    const { shape } = await scanOf(rows(`1,${cell},a`))
    expect(shape).toEqual({
      kind: "tabular",
      features: [
        { name: "sepal", min: 1, max: 1 },
        { name: "petal", min: value, max: value }
      ]
    })
  })

  it("are counted all, and the first 20 are kept with the number of their kind", async () => {
    const { diagnostics, error_count } = await report(rows(...Array.from({ length: 50 }, (_, k) => `${k === 7 ? "x" : k},n/a,a`)))
    expect(error_count).toBe(51)
    expect(diagnostics).toHaveLength(20)
    expect(diagnostics[0]).toMatchObject({ field: "petal", line: 2, count: 50 })
    expect(diagnostics.filter(({ count }) => count !== undefined)).toHaveLength(1)
    expect(diagnostics[7]).toMatchObject({ field: "sepal", line: 9 })
  })

  it("are told as a person needs it", async () => {
    const { diagnostics } = await report("sepal_length,sepal_width,petal_length,petal_width,species\n5.1,3.5,n/a,0.2,setosa\n")
    expect(diagnostics.map(formatDiagnostic).join("\n").split("\n").slice(0, 3)).toEqual([
      'error[csv/NOT-A-NUMBER] data.csv:2:9 field "petal_length" (sample 0): cannot be read: expected a number, got "n/a"',
      "  2 | 5.1,3.5,n/a,0.2,setosa",
      "    |         ^^^"
    ])
    expect(diagnostics[0]?.help).toContain('"petal_length" = { type = "ignore" }')
  })

  it("get the help that fits them", async () => {
    const help = async (cell: string) => (await report(rows(`1,"${cell}",a`))).diagnostics[0]?.help ?? ""
    expect(await help(" 3")).toBe("delete the blanks around the number")
    expect(await help("1,5")).toContain('decimal = ","')
    expect(await help("?")).toContain(
      'missing = { texts = ["?"], policy = "value", value = … } or missing = { texts = ["?"], policy = "drop-row" }'
    )
  })

  it("are numbers when the user says which", async () => {
    const columns = { sepal: { type: "number" }, petal: { type: "number", missing: { texts: ["n/a", ""], value: -1 } } }
    const { shape } = await scanOf(rows("1,n/a,a", "2,,a", "3,7,a"), { columns })
    expect(shape).toMatchObject({ features: [{ name: "sepal" }, { name: "petal", min: -1, max: 7 }] })
    expect(await found(rows("1,N/A,a"), { columns })).toEqual(["NOT-A-NUMBER 2:3"])
  })

  it("are nobody's business in a column that is ignored", async () => {
    const columns = { "*": { type: "number" }, petal: { type: "ignore" } }
    const { resolved_options, scan } = await report(rows("1,n/a,a", "2,rose,b"), { columns })
    expect(scan?.shape).toEqual({ kind: "tabular", features: [{ name: "sepal", min: 1, max: 2 }] })
    expect(resolved_options?.columns).toEqual({ sepal: { type: "number" }, petal: { type: "ignore" } })
  })
})

describe("labels", () => {
  const classes = ["caf\u00e9", "tea"]
  it.each([
    ["cafe\u0301", "looks the same and has other code points"],
    ["Tea", "differs in upper and lower case only"],
    [" tea", "differs in the blanks around it only"],
    ["tae", "is written nearly like it"]
  ])("that are near a declared class are refused with it: %j", async (label, how) => {
    const { diagnostics, scan } = await report(rows("1,2,tea", `1,2,${label}`, "1,2,caf\u00e9"), { classes })
    expect(scan).toBeUndefined()
    expect(diagnostics).toHaveLength(1)
    expect(diagnostics[0]).toMatchObject({
      code: "csv/UNKNOWN-LABEL",
      line: 3,
      column: 5,
      field: "species",
      sample_id: "1",
      expected: 'one of "caf\u00e9", "tea"',
      actual: JSON.stringify(label),
      message: expect.stringContaining(how)
    })
  })

  it("that are near none are refused with the classes, empty ones too", async () => {
    expect(await found(rows("1,2,zzzzzz", "1,2,"), { classes })).toEqual(["UNKNOWN-LABEL 2:5", "NO-LABEL 3:5"])
    expect(await found(rows("1,2,"))).toEqual(["NO-LABEL 2:5"])
  })

  it("that differ in their Unicode form only are an error of a scan, and fine when both are declared", async () => {
    const twins = rows("1,2,caf\u00e9", "1,2,cafe\u0301")
    expect(await found(twins)).toEqual(["NEAR-LABELS 2:5"])
    expect((await scanOf(twins, { classes: ["caf\u00e9", "cafe\u0301"] })).classes).toHaveLength(2)
  })

  it("that differ in case only are a warning of a scan", async () => {
    const { warning_count, error_count, scan } = await report(rows("1,2,A", "1,2,a", "1,2,b"))
    expect([error_count, warning_count]).toEqual([0, 1])
    expect(scan?.classes.map(({ label }) => label)).toEqual(["A", "a", "b"])
  })

  it("are numbered by code unit in a scan, whatever comes first and whatever the locale sorts like", async () => {
    const { classes: found, index } = await scanOf(rows("1,2,z", "1,2,\u00e4", "1,2,Z", "1,2,a", "1,2,10", "1,2,9"))
    expect(found).toEqual(["10", "9", "Z", "a", "z", "\u00e4"].map((label, class_id) => ({ class_id, label })))
    expect(index.map(({ class_id }) => class_id)).toEqual([4, 5, 2, 3, 0, 1])
  })

  it("are numbered as declared otherwise, and a class without a record is a warning", async () => {
    const classes = ["b", "c", "a"]
    const { diagnostics, warning_count } = await report(rows("1,2,b", "1,2,a"), { classes })
    expect((await scanOf(rows("1,2,b", "1,2,a"), { classes })).index.map(({ class_id }) => class_id)).toEqual([0, 2])
    expect([warning_count, diagnostics[0]?.code]).toEqual([1, "csv/EMPTY-CLASS"])
  })

  it("of more than 10000 kinds are no labels", async () => {
    const many = rows(...Array.from({ length: 10_050 }, (_, k) => `1,2,${k}`))
    expect(await found(many)).toEqual(["TOO-MANY-CLASSES 10002:5"])
  })
})

describe("ids, groups and splits", () => {
  const head = "id,who,part,x,species\n"
  const roles = { id_column: "id", group_column: "who", split_column: "part" }

  it("go into the index", async () => {
    const { index } = await scanOf(`${head}s1,p1,train,1,a\ns2,p1,test,2,a\n`, roles)
    expect(index.map(({ sample_id, group, given_split }) => [sample_id, group, given_split])).toEqual([
      ["s1", "p1", "train"],
      ["s2", "p1", "test"]
    ])
  })

  it("must not be empty", async () => {
    expect(await found(`${head},,,1,a\n`, roles)).toEqual(["NO-ID 2:1", "NO-GROUP 2:2", "NO-SPLIT 2:3"])
  })

  it("that repeat are told with file and line, for the host finds them", async () => {
    const content = `${head}s1,p,train,1,a\ns2,p,train,2,a\ns1,p,train,3,a\n`
    expect((await report(content, roles)).error_count).toBe(0)
    expect((await entriesOf(content, roles)).map(({ sample_id, file, line }) => [sample_id, file, line])).toEqual([
      ["s1", "data.csv", 2],
      ["s2", "data.csv", 3],
      ["s1", "data.csv", 4]
    ])
  })

  it("of their own come from the content, so that another order of the records changes no id", async () => {
    const lines = ["1,2,a", "3,4,b", "1,2,a", "5,6,c"]
    const forward = await scanOf(rows(...lines))
    const backward = await scanOf(rows(...[...lines].reverse()))
    const ids = forward.index.map(({ sample_id }) => sample_id)
    expect(new Set(ids).size).toBe(4)
    expect(ids[0]).toMatch(/^[0-9a-f]{16}-0$/)
    expect(ids[2]).toBe(ids[0]?.replace(/-0$/, "-1"))
    expect(backward.index.map(({ sample_id }) => sample_id).sort()).toEqual([...ids].sort())
  })

  it("of a known record are these, on every machine", async () => {
    const { index, content_hash, schema_fingerprint } = await scanOf(rows("1,2,a"))
    expect([index[0]?.sample_id, content_hash, schema_fingerprint]).toMatchInlineSnapshot(`
      [
        "cf7d9091ed88da8a-0",
        "d27e992987ffe1c2f5ec3267d50e2c42241d92b09d6a91d5fafe05d4b51adf59",
        "7a975c53187549851034278e71232b15aa217f71b69b33e9e6f40fb62e6aec50",
      ]
    `)
  })
})

describe("bounded memory", () => {
  /** A file that exists only where it is read. */
  const endless = (head: string, unit: string, bytes: number): FakeFile => {
    const start = Buffer.from(head)
    return {
      bytes,
      read: (offset, length) => {
        const out = Buffer.alloc(Math.max(0, Math.min(length, bytes - offset)))
        const headPart = offset < start.length ? start.copy(out, 0, offset) : 0
        const phase = Math.max(0, offset - start.length) % unit.length
        return headPart === out.length ? out : out.fill(unit.slice(phase) + unit.slice(0, phase), headPart)
      }
    }
  }
  const huge = 2 ** 31

  it.each([
    ["an unclosed quote before 2 GB", endless(`${header}1,2,a\n1,"2,`, "3,4,b\n", huge), "csv/UNCLOSED-QUOTE", header.length + 8, 3, 3],
    ["a cell of 2 GB", endless(`${header}1,`, "7", huge), "csv/RECORD-TOO-LONG", header.length, 2, 1],
    ["a line of 2 GB of commas", endless(`${header}1`, ",", huge), "csv/RECORD-TOO-LONG", header.length, 2, 1],
    ["a header of 2 GB of columns", endless("", "x,", huge), "csv/RECORD-TOO-LONG", 0, 1, 1]
  ])("stops at %s, at the place where it began", async (_, file, code, byte_offset, line, column) => {
    let furthest = 0
    const watched: FakeFile = {
      bytes: file.bytes,
      read: (offset, length) => {
        furthest = Math.max(furthest, offset + length)
        return file.read(offset, length)
      }
    }
    const { diagnostics, error_count } = await report(watched)
    expect(error_count).toBe(1)
    expect(diagnostics[0]).toMatchObject({ code, byte_offset, line, column })
    expect(furthest).toBeLessThan(2 * MAX_RECORD_BYTES)
  })

  it("reads a record of exactly the limit and refuses one byte more, whole as it is", async () => {
    const padded = (bytes: number) => `${header}1,2,a\n1,2,"${"a".repeat(bytes - 7)}"\n3,4,b\n`
    expect((await scanOf(padded(MAX_RECORD_BYTES))).index).toHaveLength(3)
    expect(await found(padded(MAX_RECORD_BYTES + 1))).toEqual(["RECORD-TOO-LONG 3:1"])
  })

  it("keeps index entries and nothing else of a file of 60 MB, read in blocks", async () => {
    const row = `${`1.25${"0".repeat(60)},`.repeat(100)}a\n`
    const head = `${Array.from({ length: 100 }, (_, k) => `f${k}`).join(",")},species\n`
    const records = Math.floor((60 * 1024 * 1024) / row.length)
    const file = endless(head, row, head.length + records * row.length)
    let largest = 0
    const watched: FakeFile = {
      bytes: file.bytes,
      read: (offset, length) => {
        largest = Math.max(largest, length)
        return file.read(offset, length)
      }
    }
    const scan = await scanOf(watched)
    expect(scan.index).toHaveLength(records)
    expect(largest).toBe(BLOCK_BYTES)
    expect(Object.keys(scan.index[0] ?? {}).sort()).toEqual(["at", "class_id", "content_hash", "decoded_hash", "sample_id"])
    expect(JSON.stringify(scan).length).toBeLessThan(records * 300 + 40_000)
    expect(scan.index.at(-1)?.sample_id).toBe(`${scan.index[0]?.content_hash.slice(0, 16)}-${records - 1}`)
  }, 60_000)

  it("hands entries over a few hundred at a time, while it reads, and keeps none of them but the first 4096", async () => {
    const content = rows(...Array.from({ length: 60_000 }, (_, k) => `${k},${k}.5,${"ab"[k % 2]}`))
    const here = world({ [path]: content })
    await here.run(csv.validate(source, optionsWith()))
    const blocks = Math.ceil(content.length / BLOCK_BYTES)
    expect(blocks).toBeGreaterThan(3)
    const batches = here.batches()
    expect(batches.reduce((sum, { entries }) => sum + entries, 0)).toBe(60_000)
    expect(Math.max(...batches.map(({ entries }) => entries))).toBe(512)
    // Every block is handed over before the next one is read; the delimiter is not looked for.
    expect([...new Set(batches.map(({ reads }) => reads))]).toEqual(Array.from({ length: blocks }, (_, k) => k + 1))
  })

  it("hands over nothing more after the first error, and goes on to count", async () => {
    const content = rows(...Array.from({ length: 60_000 }, (_, k) => `${k},${k === 50_000 || k === 59_999 ? "?" : k},a`))
    const here = world({ [path]: content })
    expect((await here.run(csv.validate(source, optionsWith()))).error_count).toBe(2)
    expect(here.entries()).toHaveLength(50_000)
  })

  it("names the sample position, not the line, when lines and records differ", async () => {
    const { diagnostics } = await report(fileOf(rows('1,2,"a\nb"', '1,2,"a\nb"', "x,2,a")))
    expect(diagnostics.filter(({ severity }) => severity === "error")[0]).toMatchObject({ line: 6, sample_id: "2" })
  })
})
