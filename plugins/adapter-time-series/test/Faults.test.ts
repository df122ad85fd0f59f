import { readdirSync, readFileSync } from "node:fs"
import type { MemoryFiles } from "@feagi-trainer/conformance"
import { describe, expect, it } from "vitest"
import { MAX_SCANNED_CLASSES } from "../src/Labels.ts"
import { MAX_RECORD_BYTES } from "../src/Lines.ts"
import { cases } from "./cases.ts"
import { codesOf, scanOf } from "./World.ts"
import { atrOf, filesOf, heaOf, records, type WrittenRecord } from "./wfdbWriter.ts"

interface Fault {
  readonly code: string
  readonly name: string
  readonly files: MemoryFiles
  readonly options: unknown
  /** What the diagnostic says besides its code. */
  readonly says?: Readonly<Record<string, unknown>>
}

const head = "@problemName X\n@timestamps false\n@univariate true\n@equalLength true\n@seriesLength 3\n@classLabel true up down\n@data\n"
const ts = (code: string, name: string, content: string, says?: Fault["says"], options: object = {}): Fault => ({
  code,
  name,
  files: { "X.ts": content },
  options: { ...cases.ts.options, ...options },
  ...(says === undefined ? {} : { says: { file: "X.ts", ...says } })
})
const row = (code: string, name: string, content: string, says?: Fault["says"], options: object = {}): Fault => ({
  code,
  name,
  files: { "x.csv": content },
  options: { ...cases.row.options, delimiter: ",", ...options },
  ...(says === undefined ? {} : { says: { file: "x.csv", ...says } })
})
const named = { header: true, label_column: "kind" }
const long = (code: string, name: string, rows: string, says?: Fault["says"], options: object = {}): Fault => ({
  ...row(code, name, `series,t,x,y,label,who\n${rows}`, says),
  options: { ...cases.long.options, ...options }
})

const one = records[1] as WrittenRecord
const sound = filesOf(one)
const hea = heaOf(one)
const wfdb = (
  code: string,
  name: string,
  files: Readonly<Record<string, string | Uint8Array | undefined>>,
  says?: Fault["says"],
  options: object = {}
): Fault => ({
  code,
  name,
  files: Object.fromEntries(
    Object.entries({ ...sound, ...files }).flatMap(([path, content]) => (content === undefined ? [] : [[path, content]]))
  ),
  options: { ...cases.wfdb.options, ...options },
  ...(says === undefined ? {} : { says })
})

const faults: ReadonlyArray<Fault> = [
  ts("HEADER-MISSING", "no @data", "@problemName X\n@timestamps false\n", { field: "@data", line: 2 }),
  ts("HEADER-MISSING", "samples without @data", head.replace("@data\n", "1,2,3:up\n"), { field: "@data", line: 7 }),
  ts("HEADER-MISSING", "no @univariate", `${head.replace("@univariate true\n", "")}1,2,3:up\n`, { field: "@univariate" }),
  ts("HEADER-MISSING", "no target", `${head.replace("@classLabel true up down\n", "")}1,2,3:up\n`, {
    field: "@classlabel or @targetlabel"
  }),
  ts("HEADER-TWICE", "a key twice", `@univariate true\n${head}1,2,3:up\n`, { field: "@univariate", line: 4 }),
  ts("HEADER-UNKNOWN", "a key that is written wrongly", `@serieslenght 3\n${head}1,2,3:up\n`, {
    line: 1,
    help: "did you mean @serieslength?"
  }),
  ts("HEADER-VALUE", "a flag that is neither true nor false", head.replace("true", "yes"), { field: "@univariate", actual: '"yes"' }),
  ts("HEADER-VALUE", "a length that is no number", head.replace("Length 3", "Length 3.5"), { field: "@serieslength" }),
  ts("HEADER-VALUE", "a class twice", head.replace("down", "up"), { field: "@classlabel" }),
  ts("HEADER-VALUE", "dimensions of a univariate file", head.replace("@equal", "@dimensions 2\n@equal"), {
    field: "@dimensions",
    expected: "1"
  }),
  ts(
    "HEADER-TARGET",
    "classes where a number is asked for",
    `${head}1,2,3:up\n`,
    { help: 'target = "class"' },
    { target: "scalar", classes: null }
  ),
  ts("HEADER-TARGET", "a number where classes are asked for", head.replace("classLabel true up down", "targetlabel true"), {
    actual: "@targetlabel true"
  }),
  ts("TIMESTAMPS", "times in the samples", `${head.replace("false", "true")}(0,1),(1,2):up\n`, { line: 2 }),
  {
    ...ts("HEADER-DIFFERS", "parts with other classes", head),
    files: { "X_TRAIN.ts": `${head}1,2,3:up\n1,2,3:down\n`, "X_TEST.ts": `${head.replace("down", "left")}1,2,3:up\n` },
    says: { file: "X_TEST.ts", expected: "up down", actual: "up left", line: 6 }
  },
  {
    ...ts("HEADER-DIFFERS", "parts with other dimensions", head),
    files: {
      "X_TRAIN.ts": `${head}1,2,3:up\n1,2,3:down\n`,
      "X_TEST.ts": `${head.replace("univariate true", "univariate false\n@dimensions 2")}1,2,3:1,2,3:up\n`
    },
    says: { file: "X_TEST.ts", field: "@dimensions", expected: "1", actual: "2" }
  },
  ts("SERIES-LENGTH", "a series that is shorter than the header says", `${head}1,2,3:up\n1,2:down\n`, {
    line: 9,
    expected: "3 values",
    actual: "2"
  }),
  ts(
    "SERIES-LENGTH",
    "series of different lengths under @equalLength true",
    `${head.replace("@seriesLength 3\n", "")}1,2,3:up\n1,2:down\n`,
    { line: 8 }
  ),
  ts("CHANNELS", "a dimension too many", `${head}1,2,3:4,5,6:up\n`, {
    line: 8,
    expected: "1 dimensions, separated by :, and the target",
    actual: "2"
  }),
  ts("CHANNELS", "no target", `${head}1,2,3\n`, { actual: "0" }),
  ts(
    "UNEVEN-DIMENSIONS",
    "a dimension that is shorter",
    `${head.replace("true\n@equalLength true\n@seriesLength 3", "false")}1,2,3:4,5:up\n`,
    { line: 6 }
  ),
  ts("EMPTY-SERIES", "a sample without values", `${head}:up\n`, { line: 8 }),
  ts("NO-RECORDS", "a header and no sample", head, { file: "X.ts" }),
  ts("NOT-A-NUMBER", "Infinity", `${head}1,Infinity,3:up\n`, {
    line: 8,
    column: 3,
    field: "dim_0",
    actual: '"Infinity"',
    excerpt: "1,Infinity,3:up"
  }),
  ts("NOT-A-NUMBER", "hexadecimal digits", `${head}1,0x10,3:up\n`, { column: 3 }),
  ts("NOT-A-NUMBER", "digits of another script", `${head}1,١٢,3:up\n`, { column: 3, actual: '"١٢"' }),
  ts("OUT-OF-RANGE", "a number beyond the largest double", `${head}1,1e999,3:up\n`, { column: 3 }),
  ts("OUT-OF-RANGE", "a whole number that a double changes", `${head}9007199254740993,2,3:up\n`, { column: 1 }),
  ts("MISSING-VALUE", "a question mark", `${head}1,?,3:up\n`, { line: 8, column: 3 }),
  ts("MISSING-VALUE", "NaN", `${head}1,2,NaN:up\n`, { line: 8, column: 5 }),
  ts("MISSING-AT-EDGE", "nothing to interpolate from", `${head}1,2,?:up\n`, { column: 5 }, { missing: "interpolate-linear" }),
  ts("UNKNOWN-LABEL", "a class that no header declares", `${head}1,2,3:Up\n`, {
    column: 7,
    actual: '"Up"',
    help: 'did you mean "up"? Nothing is merged by itself'
  }),
  ts("NO-LABEL", "an empty label", `${head}1,2,3:\n`, { column: 7 }),
  ts(
    "BAD-TARGET",
    "a word for a number to be predicted",
    `${head.replace("classLabel true up down", "targetlabel true")}1,2,3:high\n`,
    { column: 7, actual: '"high"' },
    { target: "scalar", classes: null }
  ),
  {
    ...ts("NOT-UTF-8", "a byte that is not UTF-8", ""),
    files: { "X.ts": Buffer.concat([Buffer.from(`${head}1,2,`), Buffer.from([0xff, 10]), Buffer.from("1,2,3:up\n")]) },
    says: { line: 8 }
  },
  { ...ts("NO-FILES", "a folder without a file of the layout", ""), files: { "X.csv": "1" } },
  {
    ...ts("AMBIGUOUS-FILES", "two data sets in one folder", ""),
    files: { "A_TRAIN.ts": head, "B.ts": head },
    says: { help: 'name the files that are meant: parts = [{ path = "A_TRAIN.ts", given_split = "train" }]' }
  },
  { ...row("RECORD-TOO-LONG", "a line without end", "", { line: 1 }), files: { "x.csv": Buffer.alloc(MAX_RECORD_BYTES + 2, "1") } },
  row("TOO-MANY-CLASSES", "a label that is hardly one", Array.from({ length: MAX_SCANNED_CLASSES + 1 }, (_, at) => `c${at},1`).join("\n"), {
    line: MAX_SCANNED_CLASSES + 1
  }),
  row("STRAY-QUOTE", "a quotation mark in a cell", '1,2,3\n1,2"3,4\n', { line: 2, column: 4 }),
  row("NEAR-LABELS", "one label in two Unicode forms", "\u00e9,1\ne\u0301,2\n"),
  row("EMPTY-SERIES", "a row with a label alone", "1,2\n1\n", { line: 2 }),
  row("NO-COLUMN", "a column that is written wrongly", "knd,v\na,1\n", { line: 1, help: 'did you mean "knd"?' }, named),
  row("DUPLICATE-HEADER", "two columns of one name", "kind,v,v\na,1,2\n", { column: 8, field: "v" }, named),
  row("RAGGED", "a row that is longer than the header", "kind,v\na,1,2\n", { line: 2, column: 5 }, named),
  row("EMPTY-CELL", "no id", "kind,v,id\na,1,\n", { line: 2, column: 5 }, { ...named, id_column: "id" }),
  long("EMPTY-CELL", "no label", "a,0,1,2,,ann\n", { line: 2, column: 9, field: "label" }),
  long("EMPTY-CELL", "no time", "a,,1,2,run,ann\n", { line: 2, column: 3, field: "t" }),
  long("CHANGES-WITHIN-SERIES", "two labels of one series", "a,0,1,2,run,ann\na,3,1,2,walk,ann\n", {
    line: 3,
    field: "label",
    expected: '"run"',
    actual: '"walk"'
  }),
  long("UNEVEN-TIME", "a gap", "a,0,1,2,run,ann\na,6,1,2,run,ann\n", { line: 3, column: 3, field: "t", actual: "6" }),
  long("UNEVEN-TIME", "a row twice", "a,0,1,2,run,ann\na,0,1,2,run,ann\n", { line: 3 }),
  long("RAGGED", "a cell too few", "a,0,1,2,run\n", { line: 2 }),
  wfdb("RECORD-HEADER", "a header of another kind", { "one12.hea": "hello\n" }, { file: "one12.hea", line: 1 }),
  wfdb("RECORD-HEADER", "no rate", { "one12.hea": hea.replace(" 250 61", "") }, { line: 1 }),
  wfdb("RECORD-HEADER", "a signal line too few", { "one12.hea": hea.replace(" 1 250", " 2 250") }, { expected: "2", actual: "1" }),
  wfdb(
    "UNSUPPORTED-FORMAT",
    "format 61",
    { "one12.hea": hea.replace(" 212 ", " 61 ") },
    { file: "one12.hea", line: 2, expected: "one of 16, 80, 212", actual: "61" }
  ),
  wfdb("UNSUPPORTED-RECORD", "segments", { "one12.hea": hea.replace("one12 1", "one12/2 1") }, { actual: "one12/2" }),
  wfdb("UNSUPPORTED-RECORD", "several samples per frame", { "one12.hea": hea.replace(" 212 ", " 212x4 ") }),
  wfdb("UNSUPPORTED-RECORD", "skew", { "one12.hea": hea.replace(" 212 ", " 212:2 ") }),
  wfdb("UNSUPPORTED-RECORD", "two signal files", {
    "one12.hea": hea.replace(" 1 250", " 2 250").replace("# a syn", "b.dat 212 100 12 0 0 0 0 V5\n#")
  }),
  wfdb(
    "UNSUPPORTED-RECORD",
    "annotations in another rate",
    { "one12.atr": atrOf(one.events, ["## time resolution: 1000"]) },
    { file: "one12.atr", actual: "1000 Hz" }
  ),
  wfdb("NO-GAIN", "a signal without a gain", { "one12.hea": hea.replace("100/mV", "0") }, { line: 2, actual: '"0"' }),
  wfdb(
    "NO-CHANNEL",
    "a signal that is written wrongly",
    { "one12.hea": hea.replace("MLII", "MLI") },
    { field: "MLII", help: 'did you mean "MLI"?' }
  ),
  wfdb("NO-SIGNAL-FILE", "no .dat", { "one12.dat": undefined }, { file: "one12.dat" }),
  wfdb(
    "DAT-LENGTH",
    "a truncated .dat",
    { "one12.dat": (sound["one12.dat"] as Uint8Array).slice(0, -1) },
    { file: "one12.dat", actual: "91 bytes" }
  ),
  wfdb(
    "CHECKSUM",
    "samples that are not those of the header",
    { "one12.hea": hea.replace(/ (-?\d+) 0 MLII/, " 7 0 MLII") },
    { field: "MLII", expected: "7" }
  ),
  wfdb("NO-ANNOTATIONS", "no .atr", { "one12.atr": undefined }, { file: "one12.atr" }),
  wfdb("NO-HEADER", "a declared record that is not there", {}, { file: "two.hea" }, { parts: [{ path: "two.hea" }] }),
  wfdb("ANNOTATIONS-CUT", "an .atr without its end", { "one12.atr": atrOf(one.events).slice(0, -2) }, { byte_offset: 6 }),
  wfdb(
    "ANNOTATION-BEYOND",
    "an annotation behind the last sample",
    { "one12.atr": atrOf([[61, 1]]) },
    { file: "one12.atr", byte_offset: 0, expected: "0 to 60", actual: "61" }
  ),
  wfdb(
    "UNKNOWN-ANNOTATION",
    "a symbol without a class",
    { "one12.atr": atrOf([[20, 28]]) },
    { actual: '"+"', sample_id: "one12/20" },
    { unknown_label: "error" }
  ),
  wfdb(
    "INCOMPLETE-WINDOW",
    "a window beyond the end",
    { "one12.atr": atrOf([[53, 1]]) },
    { sample_id: "one12/53" },
    { incomplete_window: "error" }
  ),
  wfdb(
    "SAME-EVENT",
    "two events at one sample",
    {
      "one12.atr": atrOf([
        [20, 1],
        [20, 5]
      ])
    },
    { sample_id: "one12/20" }
  ),
  wfdb("NO-RECORDS", "no event", { "one12.atr": atrOf([]) }, { file: "one12.atr" }),
  wfdb(
    "MIXED-RATES",
    "records of two rates",
    { ...Object.fromEntries(Object.entries(filesOf({ ...one, name: "z", rate: 360 }))) },
    { file: "z.hea", actual: "360 Hz" }
  ),
  wfdb(
    "MISSING-VALUE",
    "an invalid sample",
    filesOf({
      ...one,
      signals: [{ name: "MLII", gain: "1", values: one.signals[0]?.values.map((value, at) => (at === 30 ? -2048 : value)) ?? [] }]
    }),
    { sample_id: "one12/30" }
  )
]

/** Warnings, and errors of a session: their tests stand beside those of what they are about. */
const elsewhere = ["EMPTY-CLASS", "OTHER-OPTIONS", "NO-SAMPLE"]

describe("faults", () => {
  it.each(faults)("$code: $name", async ({ code, files, options, says }) => {
    const scanned = await scanOf(files, options)
    const errors = scanned.report.diagnostics.filter(({ severity }) => severity === "error")
    expect([...new Set(errors.map((each) => each.code))]).toEqual([`time-series/${code}`])
    expect(errors[0]).toMatchObject(says ?? {})
    expect(errors.every(({ file, help }) => file !== undefined && help !== undefined)).toBe(true)
    expect(scanned.report.scan).toBeUndefined()
  })

  it("has a case for every code of the sources, and the README names them all", () => {
    const folder = new URL("../src/", import.meta.url)
    const sources = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"))
    const inSources = new Set(
      sources.flatMap((text) =>
        [...text.matchAll(/"(?:time-series\/)?([A-Z][A-Z0-9]*-[A-Z0-9-]+|TIMESTAMPS|CHANNELS|RAGGED|CHECKSUM)"/g)].map(([, code]) => code)
      )
    )
    expect([...inSources].sort()).toEqual([...new Set([...faults.map(({ code }) => code), ...elsewhere])].sort())
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    expect([...inSources].filter((code) => !readme.includes(`\`${code}\``))).toEqual([])
  })

  it("reports what is wrong with every record and every part at once", async () => {
    const files = { "X_TRAIN.ts": `${head}1,x,3:up\n1,2,3:left\n`, "X_TEST.ts": `${head}1,2:down\n` }
    expect(codesOf(await scanOf(files, cases.ts.options))).toEqual(["NOT-A-NUMBER", "UNKNOWN-LABEL", "SERIES-LENGTH"])
  })

  it("fails as the host does where a file cannot be read at all", async () => {
    await expect(scanOf({}, cases.ts.options, "none.ts")).rejects.toThrow("there is no file")
  })
})
