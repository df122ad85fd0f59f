/**
 * Proposes how a source can be read, from names and the first bytes of its files.
 *
 * Sharp edge: what no file says is proposed and named as such: 1 Hz where there is no rate, a quarter of a second on both sides of a WFDB
 * annotation. A folder with files of several data sets gives a candidate for each, distinguished by `parts`.
 */
import { ApprovedRoots, type Candidate, type Source, showValue, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { splitCells } from "./Cells.ts"
import { findings } from "./Findings.ts"
import { linesIn } from "./Lines.ts"
import { readNumber } from "./Numbers.ts"
import {
  DELIMITERS,
  type Delimiter,
  type LineOptions,
  type LongOptions,
  type Part,
  type RowOptions,
  type TsOptions,
  type WfdbOptions
} from "./Options.ts"
import { dataSets, joinPath, type Layout, type SourceFiles, sourceFiles } from "./Parts.ts"
import { isComment } from "./TsPart.ts"
import { readAnnotations } from "./WfdbAnnotations.ts"
import { readHeader } from "./WfdbHeader.ts"
import { MAX_SIDE_BYTES } from "./WfdbRecord.ts"

/** Bytes at the beginning of a file that are looked at. */
const HEAD_BYTES = 64 * 1024
/** Data sets of a folder that are looked at. */
const MAX_SETS = 16

/** Candidates, best first; none when no file looks like series. */
export const discover = (source: Source): Effect.Effect<ReadonlyArray<Candidate>, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const files = yield* sourceFiles(source)
    const candidates: Array<Candidate> = []
    for (const layout of ["ts", "wfdb", "csv-series"] as const) {
      const sets = [...dataSets(files, layout)]
      const rivals = sets.length === 1 ? "" : `; the folder has ${sets.length} data sets of this layout, and parts says which one is meant`
      for (const [, parts] of sets.slice(0, MAX_SETS)) {
        const found = yield* proposers[layout](files, parts)
        const trust = sets.length === 1 ? 1 : 0.5
        candidates.push(
          ...found.map(({ confidence, because, ...rest }) => ({
            ...rest,
            confidence: Math.round(confidence * trust * 100) / 100,
            because: `${because}${rivals}`
          }))
        )
      }
    }
    return candidates.sort((left, right) => right.confidence - left.confidence)
  })

type Proposer = (files: SourceFiles, parts: ReadonlyArray<Part>) => Effect.Effect<ReadonlyArray<Candidate>, TrainerError, ApprovedRoots>

const nonEmpty = <A>([first, ...rest]: ReadonlyArray<A>): readonly [A, ...Array<A>] | "scan" =>
  first === undefined ? "scan" : [first, ...rest]

const noRate = "no file says the rate, 1 Hz stands for none: write sample_rate_hz if you know it"
const named = (parts: ReadonlyArray<Part>): string => parts.map(({ path }) => path).join(", ")

/** The first lines of a file; the last one is left out when the file goes on behind it. */
const headLines = (path: string): Effect.Effect<ReadonlyArray<string>, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const { bytes } = yield* roots.info(path)
    const head = yield* roots.read(path, 0, Math.min(HEAD_BYTES, bytes))
    if (head.includes(0)) return []
    const whole = head.length === bytes ? head : head.subarray(0, head.lastIndexOf(10) + 1)
    return linesIn(whole, 0).map(({ text }) => text)
  })

const proposeTs: Proposer = ({ folder }, parts) =>
  Effect.gen(function* () {
    const lines = (yield* headLines(joinPath(folder, parts[0]?.path ?? "")))
      .map((text) => text.trim().toLowerCase())
      .filter((text) => !isComment(text))
    const key = (name: string) => lines.find((text) => text === name || text.startsWith(`${name} `))
    if (key("@timestamps") === undefined && key("@data") === undefined) return []
    const scalar = key("@targetlabel")?.includes("true") === true
    const options: TsOptions = {
      layout: "ts",
      parts: nonEmpty(parts),
      target: scalar ? "scalar" : "class",
      classes: scalar ? null : "scan",
      missing: "refuse",
      sample_rate_hz: 1
    }
    const because = `${named(parts)}: a header with ${scalar ? "@targetlabel, a number" : "@classlabel"}; ${noRate}`
    return [{ confidence: 0.95, title: `.ts series, ${scalar ? "regression" : "classification"}`, because, options }]
  })

const proposeCsv: Proposer = ({ folder }, parts) =>
  Effect.gen(function* () {
    const lines = (yield* headLines(joinPath(folder, parts[0]?.path ?? ""))).slice(0, 50)
    const [header] = lines
    if (header === undefined) return []
    const delimiter = DELIMITERS.map((each) => ({ each, cells: header.split(each).length })).sort(
      (left, right) => right.cells - left.cells
    )[0]
    if (delimiter === undefined || delimiter.cells < 2) return []
    return [...longCandidate(parts, lines, delimiter.each), ...rowCandidate(parts, lines, delimiter.each)]
  })

const tableOf = (parts: ReadonlyArray<Part>, delimiter: Delimiter) =>
  ({
    layout: "csv-series",
    parts: nonEmpty(parts),
    delimiter,
    target: "class",
    classes: "scan",
    missing: "refuse",
    sample_rate_hz: 1
  }) as const satisfies Partial<LineOptions>

const seriesNames = ["series_id", "series", "id", "case_id", "dim_id"]
const timeNames = ["time", "t", "timestamp", "time_ms", "step"]
const labelNames = ["label", "class", "target"]
const groupNames = ["group", "subject", "patient"]

const longCandidate = (parts: ReadonlyArray<Part>, lines: ReadonlyArray<string>, delimiter: Delimiter): ReadonlyArray<Candidate> => {
  const names = splitCells(lines[0] ?? "", delimiter) ?? []
  const one = (known: ReadonlyArray<string>): string | undefined => names.find((name) => known.includes(name.toLowerCase()))
  const [series, time, label, group] = [one(seriesNames), one(timeNames), one(labelNames), one(groupNames)]
  const [first, ...rest] = names.filter((name) => ![series, time, label, group].includes(name))
  if (series === undefined || label === undefined || first === undefined) return []
  const options: LongOptions = {
    ...tableOf(parts, delimiter),
    form: "long",
    series_column: series,
    value_columns: [first, ...rest],
    label_column: label,
    group_column: group ?? null,
    time: time === undefined ? null : { column: time, unit: "s" }
  }
  const times =
    time === undefined
      ? "no column of times"
      : `column ${showValue(time)} is checked against the rate, in seconds unless time.unit says otherwise`
  const because = `the header names ${[series, label].map(showValue).join(" and ")}; ${times}; ${noRate}`
  return [{ confidence: 0.8, title: `Table with one time per row, label ${showValue(label)}`, because, options }]
}

const rowCandidate = (parts: ReadonlyArray<Part>, lines: ReadonlyArray<string>, delimiter: Delimiter): ReadonlyArray<Candidate> => {
  const rows = lines.map((line) => splitCells(line, delimiter) ?? [])
  const numeric = (row: ReadonlyArray<string>): boolean =>
    row.length > 2 && row.slice(1).every((cell) => typeof readNumber(cell) === "number" || readNumber(cell) === "missing")
  const header = rows[0] !== undefined && !numeric(rows[0])
  const data = header ? rows.slice(1) : rows
  if (data.length === 0 || !data.every(numeric)) return []
  const labels = new Set(data.map(([label = ""]) => label))
  const options: RowOptions = {
    ...tableOf(parts, delimiter),
    form: "row",
    header,
    label_column: 1,
    id_column: null,
    group_column: null
  }
  const split = parts.some(({ given_split }) => typeof given_split === "string")
  const because = `${named(parts)}: ${data.length} rows of numbers behind a first cell with ${labels.size} different texts; ${noRate}; a table without an order in time is read by the adapter csv`
  return [
    {
      confidence: split ? 0.7 : labels.size < data.length ? 0.4 : 0.1,
      title: "Table with one series per row, label first",
      because,
      options
    }
  ]
}

/** Symbols of the standard that stand for a heart beat. */
const beats = new Set("NLRBAaJSVrFejnE/fQ?")

const proposeWfdb: Proposer = ({ folder }, parts) =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const path = joinPath(folder, parts[0]?.path ?? "")
    const side = (name: string) =>
      Effect.catch(
        Effect.flatMap(roots.info(name), ({ bytes }) => roots.read(name, 0, Math.min(MAX_SIDE_BYTES, bytes))),
        () => Effect.succeed(new Uint8Array(0))
      )
    const header = readHeader(path, yield* side(path), findings())
    if (header === undefined) return []
    const annotations = readAnnotations(yield* side(path.replace(/\.hea$/i, ".atr")))
    const all = "cutAt" in annotations ? [] : annotations.annotations.map(({ symbol }) => symbol)
    const symbols = [...new Set(all)].filter((symbol) => beats.has(symbol)).sort()
    const quarter = Math.round(header.sample_rate_hz / 4)
    const options: WfdbOptions = {
      layout: "wfdb",
      parts: nonEmpty(parts),
      annotator: "atr",
      channels: "scan",
      window: { pre_samples: quarter, post_samples: quarter },
      labels: Object.fromEntries((symbols.length === 0 ? ["N"] : symbols).map((symbol) => [symbol, symbol])),
      classes: "scan",
      unknown_label: "exclude",
      incomplete_window: "exclude",
      missing: "refuse"
    }
    const because = `${parts.length} ${parts.length === 1 ? "record" : "records"}; the first has ${header.signals.length} signals at ${header.sample_rate_hz} Hz and ${all.length} annotations${symbols.length === 0 ? ", none of them a beat" : ` of which ${symbols.map(showValue).join(" ")} are beats, each a class of its own`}; no file says the window: it is a quarter of a second on both sides`
    return [{ confidence: all.length === 0 ? 0.2 : 0.9, title: "WFDB records, a window around every annotation", because, options }]
  })

const proposers: { readonly [L in Layout]: Proposer } = { ts: proposeTs, "csv-series": proposeCsv, wfdb: proposeWfdb }
