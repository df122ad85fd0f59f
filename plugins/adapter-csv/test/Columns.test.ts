import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { csv } from "../src/index.ts"
import { isWhole, plainNumber, readNumber } from "../src/NumberCell.ts"
import { openWith } from "../src/Open.ts"
import { readTime } from "../src/TimeCell.ts"
import { collect, entriesOf, optionsWith, path, report, scanOf, source, world } from "./World.ts"

const rows = (header: string, ...lines: ReadonlyArray<string>): string => `${header}\n${lines.map((line) => `${line}\n`).join("")}`
const codes = async (content: string, overrides: Readonly<Record<string, unknown>>) => {
  const { diagnostics, error_count } = await report(content, overrides)
  return [error_count, ...diagnostics.map(({ code, line, column }) => `${code.replace("csv/", "")} ${line ?? "-"}:${column ?? "-"}`)]
}

/** Features of every sample, in memory and from the file. */
const featuresOf = async (content: string, overrides: Readonly<Record<string, unknown>>) => {
  const scan = await scanOf(content, overrides)
  const here = world({ [path]: content })
  const read = (open: typeof csv.open) =>
    here.run(
      Effect.flatMap(open(source, optionsWith(overrides), scan, "v"), (session) =>
        collect(
          session,
          scan.index.map((_, k) => k)
        )
      )
    )
  const memory = await read(csv.open)
  expect(await read(openWith(0))).toEqual(memory)
  return memory.map(({ data }) => (data as { readonly features: ReadonlyArray<number> }).features)
}

describe("numbers read from their bytes", () => {
  it("are those read from their text, or none at all", () => {
    let state = 5
    const below = (bound: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * bound)
    }
    const pieces = [..."0123456789", ..."0123456789", ".", ".", ",", "-", "+", "e", " "]
    let plain = 0
    const wrong: Array<string> = []
    for (let round = 0; round < 200_000; round++) {
      const sign = ["", "-", "+"][below(3)]
      const text = sign + Array.from({ length: below(19) }, () => pieces[below(round % 2 === 0 ? 20 : pieces.length)]).join("")
      const cell = below(2) === 0 && text.length > 2 ? `${text.slice(0, 2)}.${text.slice(2)}` : text
      const bytes = Buffer.from(`x${cell}y`)
      for (const decimal of [".", ","] as const) {
        const value = plainNumber(bytes, 1, bytes.length - 1, decimal.charCodeAt(0))
        if (Number.isNaN(value)) continue
        plain++
        const read = readNumber(cell, { decimal })
        if (!read.ok || !Object.is(read.value, value)) wrong.push(cell)
      }
      const whole = plainNumber(bytes, 1, bytes.length - 1, -1)
      if (!Number.isNaN(whole) && !(isWhole(cell) && Object.is(Number(cell) + 0, whole))) wrong.push(cell)
    }
    expect(wrong).toEqual([])
    expect(plain).toBeGreaterThan(100_000)
  })
})

describe("a number that leaves out a digit beside its decimal mark", () => {
  const content = rows("x,species", ".5,a", "-.25,a", "5.,a", "+7.e1,a", "1.5,a")
  it("is refused unless that is declared", async () => {
    expect(await codes(content, {})).toEqual([4, "NOT-A-NUMBER 2:1", "NOT-A-NUMBER 3:1", "NOT-A-NUMBER 4:1", "NOT-A-NUMBER 5:1"])
    expect((await report(content)).diagnostics[0]?.help).toContain("bare_point = true")
    expect(await featuresOf(content, { bare_point: true })).toEqual([[0.5], [-0.25], [5], [70], [1.5]])
    expect(await featuresOf(rows("x;species", ",5;a", "1,;a"), { bare_point: true, decimal: ",", delimiter: ";" })).toEqual([[0.5], [1]])
  })
  it.each([".", "-.", ".e5", "5.5.", "..5", ". 5", ",5", "5,", ".5,", "5.e"])("is still not this: %j", async (cell) => {
    expect(await codes(rows("x,species", `"${cell}",a`), { bare_point: true })).toEqual([1, "NOT-A-NUMBER 2:1"])
  })
})

describe("an integer column", () => {
  const columns = { n: { type: "integer" } }
  it("takes whole numbers only", async () => {
    expect(await featuresOf(rows("n,species", "1,a", "-7,a", "+03,a"), { columns })).toEqual([[1], [-7], [3]])
    expect(await codes(rows("n,species", "1.0,a", "1e3,a", ",a", "9007199254740993,a", "2,a"), { columns })).toEqual([
      4,
      "NOT-AN-INTEGER 2:1",
      "NOT-AN-INTEGER 3:1",
      "NOT-AN-INTEGER 4:1",
      "OUT-OF-RANGE 5:1"
    ])
    const { diagnostics } = await report(rows("n,species", "1.5,a"), { columns })
    expect(diagnostics[0]).toMatchObject({ expected: "a whole number", help: '"n" = { type = "number" }, if not all of them are whole' })
  })
})

describe("a boolean column", () => {
  const columns = { b: { type: "boolean", true: ["yes", "Y"], false: ["no"], missing: { texts: ["?"], value: true } } }
  it("is 1, 0 or what a missing cell stands for", async () => {
    expect(await featuresOf(rows("b,species", "yes,a", "no,a", "?,a", "Y,a"), { columns })).toEqual([[1], [0], [1], [1]])
    expect(await codes(rows("b,species", "yes,a", "YES,a", ",a"), { columns })).toEqual([2, "NOT-A-BOOLEAN 3:1", "NOT-A-BOOLEAN 4:1"])
  })
})

describe("a category column", () => {
  const content = rows("city,x,species", "Rom,1,a", "Bern,2,a", "Rom,3,b", "Åre,4,b")
  const city = (column: object) => ({ columns: { city: { type: "category", ...column }, x: { type: "number" } } })

  it("is the place of its value by code unit, when the values are scanned", async () => {
    const options = city({ as: "index", values: "scan" })
    expect(await featuresOf(content, options)).toEqual([
      [1, 1],
      [0, 2],
      [1, 3],
      [2, 4]
    ])
    const { resolved_options, scan } = await report(content, options)
    expect(resolved_options?.columns).toEqual(city({ as: "index", values: ["Bern", "Rom", "Åre"] }).columns)
    expect(scan?.shape).toMatchObject({ features: [{ name: "city", min: 0, max: 2 }, { name: "x" }] })
  })

  it("is one feature for every value as one-hot, in the declared order", async () => {
    const options = city({ as: "one-hot", values: ["Åre", "Rom", "Bern", "Wien"] })
    expect(await featuresOf(content, options)).toEqual([
      [0, 1, 0, 0, 1],
      [0, 0, 1, 0, 2],
      [0, 1, 0, 0, 3],
      [1, 0, 0, 0, 4]
    ])
    const { scan } = await report(content, options)
    expect(scan?.shape).toEqual({
      kind: "tabular",
      features: [
        { name: "city=Åre", min: 0, max: 1 },
        { name: "city=Rom", min: 0, max: 1 },
        { name: "city=Bern", min: 0, max: 1 },
        { name: "city=Wien", min: 0, max: 0 },
        { name: "x", min: 1, max: 4 }
      ]
    })
  })

  it("gives the same samples with the given options and with the resolved ones", async () => {
    const options = city({ as: "one-hot", values: "scan" })
    const { resolved_options } = await report(content, options)
    expect(await featuresOf(content, resolved_options ?? {})).toEqual(await featuresOf(content, options))
    expect((await scanOf(content, resolved_options)).schema_fingerprint).toBe((await scanOf(content, options)).schema_fingerprint)
    expect((await scanOf(content, city({ as: "index", values: "scan" }))).schema_fingerprint).not.toBe(
      (await scanOf(content, options)).schema_fingerprint
    )
  })

  it("refuses what is empty, unknown or nearly known", async () => {
    const declared = city({ as: "index", values: ["Rom", "Bern"] })
    expect(await codes(rows("city,x,species", ",1,a", "rom,1,a", "Rom,1,a"), declared)).toEqual([2, "NO-VALUE 2:1", "UNKNOWN-VALUE 3:1"])
    const { diagnostics } = await report(rows("city,x,species", "rom,1,a"), declared)
    expect(diagnostics[0]).toMatchObject({
      message: 'the value is not a declared value; "Rom" differs in upper and lower case only',
      help: 'did you mean "Rom"? Nothing is merged by itself'
    })
    const twins = rows("city,x,species", "caf\u00e9,1,a", "cafe\u0301,1,a")
    expect(await codes(twins, city({ as: "index", values: "scan" }))).toEqual([1, "NEAR-VALUES 2:1"])
    const many = rows("city,x,species", ...Array.from({ length: 1001 }, (_, k) => `v${k},1,a`))
    expect(await codes(many, city({ as: "index", values: "scan" }))).toEqual([1, "TOO-MANY-VALUES 1002:1"])
  })

  it("reads a missing cell as a value that is said", async () => {
    const missing = { texts: [""], policy: "value", value: "none" }
    expect(await featuresOf(rows("city,x,species", ",1,a", "Rom,1,a"), city({ as: "index", values: "scan", missing }))).toEqual([
      [1, 1],
      [0, 1]
    ])
  })
})

describe("missing cells", () => {
  const dirty = rows("x,y,species", "1,2,a", ",3,a", "4,NA,b", "5,6,b", "7,,")

  it("are errors that are all counted and shown with file, line and column, as long as nothing is declared", async () => {
    expect(await codes(dirty, {})).toEqual([4, "NOT-A-NUMBER 3:1", "NOT-A-NUMBER 4:3", "NOT-A-NUMBER 6:3", "NO-LABEL 6:4"])
    const many = rows("x,y,species", ...Array.from({ length: 600 }, () => "NA,,a"))
    const { error_count, diagnostics } = await report(many)
    expect([error_count, diagnostics.length]).toEqual([1200, 20])
    for (const [k, { file, line, column }] of diagnostics.entries())
      expect([file, line, column]).toEqual(["data.csv", 2 + Math.floor(k / 2), k % 2 === 0 ? 1 : 4])
    expect(diagnostics.map(({ count }) => count).filter((count) => count !== undefined)).toEqual([600, 600])
  })

  it("leave their record out where that is declared, counted and listed", async () => {
    const options = {
      columns: { "*": { type: "number", missing: { texts: ["", "NA"], policy: "drop-row" } } },
      role_missing: { texts: [""], policy: "drop-row" }
    }
    const { diagnostics, error_count, warning_count, resolved_options } = await report(dirty, options)
    expect([error_count, warning_count, resolved_options?.dropped_rows]).toEqual([0, 3, 3])
    expect(diagnostics.map(({ code, line, column, field, count }) => [code, line, column, field, count])).toEqual([
      ["csv/DROPPED-ROW", 3, 1, "x", undefined],
      ["csv/DROPPED-ROW", 4, 3, "y", 2],
      ["csv/DROPPED-ROW", 6, 3, "y", undefined]
    ])
    expect((await entriesOf(dirty, options)).map(({ line, label }) => [line, label])).toEqual([
      [2, "a"],
      [5, "b"]
    ])
    expect(await featuresOf(dirty, options)).toEqual([
      [1, 2],
      [5, 6]
    ])
    expect(await featuresOf(dirty, resolved_options ?? {})).toEqual(await featuresOf(dirty, options))
  })

  it("leave out as many records as the options say, or it is an error", async () => {
    const options = { columns: { "*": { type: "number", missing: { texts: ["", "NA"], policy: "drop-row" } } } }
    expect(await codes(dirty, { ...options, dropped_rows: 2 })).toEqual([
      1,
      "DROPPED-ROWS -:-",
      "DROPPED-ROW 3:1",
      "DROPPED-ROW 4:3",
      "DROPPED-ROW 6:3"
    ])
    expect((await report(dirty, { ...options, dropped_rows: 3 })).error_count).toBe(0)
    expect((await report(rows("x,species", ",a"), options)).diagnostics[0]).toMatchObject({ code: "csv/NO-RECORDS", file: "data.csv" })
  })

  it("are read as a value where that is declared, in the old spelling as in the new one", async () => {
    const spelled = (missing: object) => ({ columns: { x: { type: "number", missing }, y: { type: "number" } } })
    const content = rows("x,y,species", "1,2,a", ",3,a")
    for (const missing of [
      { texts: [""], value: -1 },
      { texts: [""], policy: "value", value: -1 }
    ])
      expect(await featuresOf(content, spelled(missing))).toEqual([
        [1, 2],
        [-1, 3]
      ])
    expect((await scanOf(content, spelled({ texts: [""], value: -1 }))).schema_fingerprint).toBe(
      (await scanOf(content, spelled({ texts: [""], policy: "value", value: -1 }))).schema_fingerprint
    )
    // A text that is a number as well stands for what was declared.
    expect(await featuresOf(rows("x,y,species", "-999,2,a"), spelled({ texts: ["-999"], value: 0 }))).toEqual([[0, 2]])
  })
})

describe("targets", () => {
  const content = rows("x,price,species", "1,10.5,a", "2,-3,b", "3,1e2,a")
  const irs = async (overrides: Readonly<Record<string, unknown>>) => {
    const scan = await scanOf(content, overrides)
    const read = (open: typeof csv.open) =>
      world({ [path]: content }).run(
        Effect.flatMap(open(source, optionsWith(overrides), scan, "v"), (session) =>
          Effect.map(collect(session, [2, 0, 1]), (raws) => raws.map((raw) => session.mapToIr(raw, "test")))
        )
      )
    const samples = await read(csv.open)
    expect(await read(openWith(0))).toEqual(samples)
    return { scan, samples }
  }

  it("are numbers with a target column", async () => {
    const options = { label_column: null, target_column: "price", columns: { x: { type: "number" }, species: { type: "ignore" } } }
    const { scan, samples } = await irs(options)
    expect([scan.output_type, scan.classes, scan.index[0]?.class_id]).toEqual(["scalar", [], undefined])
    expect(samples.map(({ output_type, target, payload }) => [output_type, target, payload])).toEqual([
      ["scalar", { scalar: 100 }, { tabular: [3] }],
      ["scalar", { scalar: 10.5 }, { tabular: [1] }],
      ["scalar", { scalar: -3 }, { tabular: [2] }]
    ])
    expect(await codes(rows("x,price,species", "1,,a", "2,?,b"), options)).toEqual([2, "NOT-A-NUMBER 2:3", "NOT-A-NUMBER 3:3"])
    const { resolved_options } = await report(content, options)
    expect(resolved_options).not.toHaveProperty("classes")
    expect(csv.decodeOptions(resolved_options).ok).toBe(true)
  })

  it("are nothing when there is neither label nor target", async () => {
    const { scan, samples } = await irs({ label_column: null, columns: { "*": { type: "number" }, species: { type: "ignore" } } })
    expect([scan.output_type, scan.classes]).toEqual(["class", []])
    expect(samples.map(({ target }) => target)).toEqual([null, null, null])
  })

  it("make another schema", async () => {
    const columns = { x: { type: "number" }, price: { type: "number" }, species: { type: "ignore" } }
    const none = await scanOf(content, { label_column: null, columns })
    const { price: _, ...others } = columns
    const number = await scanOf(content, { label_column: null, target_column: "price", columns: others })
    const label = await scanOf(content)
    expect(new Set([none, number, label].map((scan) => scan.schema_fingerprint)).size).toBe(3)
  })
})

describe("what samplers go by", () => {
  const content = rows("x,difficulty,when,species", "1,0.5,2026-01-31T12:00:00Z,a", "2,3,2026-01-31T13:00:00.250+01:00,b")
  const options = { time_column: "when", time_format: "iso-8601", values_columns: ["difficulty"] }

  it("goes into the index and stays out of the features, unless it is named", async () => {
    const noon = Date.UTC(2026, 0, 31, 12)
    expect((await entriesOf(content, options)).map(({ time, values }) => [time, values])).toEqual([
      [noon, { difficulty: 0.5 }],
      [noon + 250, { difficulty: 3 }]
    ])
    expect(await featuresOf(content, options)).toEqual([[1], [2]])
    expect(await featuresOf(content, { ...options, columns: { "*": { type: "number" }, difficulty: { type: "number" } } })).toEqual([
      [1, 0.5],
      [2, 3]
    ])
    const scan = await scanOf(content, options)
    const timestamps = await world({ [path]: content }).run(
      Effect.flatMap(csv.open(source, optionsWith(options), scan, "v"), (session) =>
        Effect.map(collect(session, [0, 1]), (raws) => raws.map((raw) => session.mapToIr(raw, "train").timestamp))
      )
    )
    expect(timestamps).toEqual([BigInt(noon), BigInt(noon + 250)])
  })

  it("is refused cell by cell", async () => {
    const bad = rows("x,difficulty,when,species", "1,hard,2026-02-30,a", "2,,yesterday,b")
    expect(await codes(bad, options)).toEqual([4, "NOT-A-NUMBER 2:3", "NOT-A-TIME 2:8", "NOT-A-NUMBER 3:3", "NOT-A-TIME 3:4"])
    const named = { ...options, columns: { "*": { type: "number" }, difficulty: { type: "number" } } }
    expect(await codes(rows("x,difficulty,when,species", "1,hard,2026-02-03,a"), named)).toEqual([1, "NOT-A-NUMBER 2:3"])
  })

  it.each([
    ["unix-ms", "1767225600000", 1767225600000],
    ["unix-ms", "-1", -1],
    ["unix-ms", "1.5", undefined],
    ["unix-ms", "9007199254740993", undefined],
    ["unix-s", "1767225600", 1767225600000],
    ["unix-s", "-1.25", -1250],
    ["unix-s", "0.1230", 123],
    ["unix-s", "0.0001", undefined],
    ["unix-s", "1e9", undefined],
    ["iso-8601", "1970-01-01", 0],
    ["iso-8601", "1970-01-01T00:01Z", 60_000],
    ["iso-8601", "1970-01-01T00:00:01.5Z", 1500],
    ["iso-8601", "1969-12-31T19:00:00-05:00", 0],
    ["iso-8601", "2024-02-29", Date.UTC(2024, 1, 29)],
    ["iso-8601", "2023-02-29", undefined],
    ["iso-8601", "2023-13-01", undefined],
    ["iso-8601", "2023-01-01T12:00:00", undefined],
    ["iso-8601", "2023-01-01T24:00:00Z", undefined],
    ["iso-8601", "2016-12-31T23:59:60Z", undefined],
    ["iso-8601", "2023-01-01T00:00:00.0001Z", undefined],
    ["iso-8601", "2023-01-01 00:00:00Z", undefined],
    ["iso-8601", "01/02/2023", undefined],
    ["iso-8601", "", undefined]
  ] as const)("reads %s %j as %s", (format, text, time) => {
    expect(readTime(text, format)).toBe(time)
  })
})
