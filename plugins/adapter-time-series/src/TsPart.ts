/**
 * Files of the UCR and UEA archives (`.ts`): a header of `@` keys, then one sample per line, `dimension:dimension:target`.
 *
 * Keys are read in any case, lines that begin with `#` or `%` are comments, and blanks around a cell do not count. Sharp edge:
 * `@dimensions` may be absent from a multivariate file; the first sample then says how many there are, and all others have to agree.
 */
import { didYouMean, showValue } from "@feagi-trainer/contracts"
import type { Findings } from "./Findings.ts"
import { placeOf, type TextLine } from "./Lines.ts"
import type { TsOptions } from "./Options.ts"
import { type Agreement, cellValue, complete, emptySeries, type PartReader, scalarTarget } from "./PartReader.ts"
import type { SeriesRecord } from "./Series.ts"

const KEYS = [
  "problemname",
  "timestamps",
  "missing",
  "univariate",
  "dimension",
  "dimensions",
  "equallength",
  "serieslength",
  "classlabel",
  "targetlabel",
  "data"
] as const
type Key = (typeof KEYS)[number]
const isKey = (word: string): word is Key => KEYS.some((key) => key === word)

interface HeaderLine {
  readonly words: ReadonlyArray<string>
  readonly line: TextLine
}

export const isComment = (text: string): boolean => text.startsWith("#") || text.startsWith("%")

/** The samples of a `.ts` file; `agreement` is that of all parts. */
export const tsPart = (file: string, options: TsOptions, agreement: Agreement, found: Findings): PartReader => {
  const header = new Map<Key, HeaderLine>()
  let state: "head" | "data" | "broken" = "head"
  let last: TextLine | undefined
  /** Points of every series; under `@equallength true` without `@serieslength` as many as the first one has. */
  let length: number | undefined
  let equal = false
  let classes: ReadonlyArray<string> | undefined

  const broken = (
    code: string,
    field: string,
    line: TextLine,
    message: string,
    rest: { expected?: string; actual?: string; help: string }
  ): void => {
    state = "broken"
    found.error(code, field, () => ({ message, ...placeOf(file, line, 0), ...rest }))
  }
  const bool = (key: Key, word: string | undefined, line: TextLine): boolean | undefined => {
    const lower = word?.toLowerCase()
    if (lower === "true" || lower === "false") return lower === "true"
    broken("HEADER-VALUE", `@${key}`, line, "the key has another value than it can have", {
      expected: "true or false",
      actual: showValue(word ?? ""),
      help: "correct the header"
    })
    return undefined
  }
  const flag = (key: Key): boolean | undefined => {
    const said = header.get(key)
    return said === undefined ? undefined : bool(key, said.words[0], said.line)
  }
  const count = (key: Key): number | undefined => {
    const said = header.get(key)
    if (said === undefined) return undefined
    const [word = ""] = said.words
    if (/^[1-9][0-9]{0,8}$/.test(word)) return Number(word)
    broken("HEADER-VALUE", `@${key}`, said.line, "the key has another value than it can have", {
      expected: "a whole number from 1",
      actual: showValue(word),
      help: "correct the header"
    })
    return undefined
  }

  /** One line of the header. */
  const key = (line: TextLine): void => {
    const [name = "", ...words] = line.text.trim().split(/\s+/)
    const lower = name.slice(1).toLowerCase()
    if (!isKey(lower)) {
      const near = didYouMean(lower, KEYS)
      const help = near === undefined ? "delete the line, or write a key of the format" : `did you mean @${near}?`
      broken("HEADER-UNKNOWN", name, line, `the header has a key that the format does not know: ${showValue(name)}`, { help })
      return
    }
    const plain: Key = lower === "dimension" ? "dimensions" : lower
    const earlier = header.get(plain)
    if (earlier === undefined) header.set(plain, { words, line })
    else if (plain === "problemname")
      // Nothing is read by the name, so that two of them are no reason to refuse the file.
      found.warning("HEADER-TWICE", "@problemname", () => ({
        message: `the key stands in line ${earlier.line.line} already`,
        ...placeOf(file, line, 0),
        help: "delete one of the two"
      }))
    else broken("HEADER-TWICE", `@${plain}`, line, `the key stands in line ${earlier.line.line} already`, { help: "delete one of the two" })
    if (plain === "data") finishHeader(line)
  }

  const required = (line: TextLine): void => {
    const absent = (["timestamps", "univariate"] as const).filter((each) => !header.has(each)).map((each) => `@${each}`)
    if (!header.has("classlabel") && !header.has("targetlabel")) absent.push("@classlabel or @targetlabel")
    for (const each of absent)
      broken("HEADER-MISSING", each, line, `the header has no ${each}`, {
        expected: `a line ${each} before @data`,
        help: "complete the header"
      })
  }

  const finishHeader = (line: TextLine): void => {
    required(line)
    const univariate = flag("univariate")
    flag("missing")
    const dimensions = count("dimensions") ?? (univariate === true ? 1 : undefined)
    if (univariate !== undefined && dimensions !== undefined && univariate !== (dimensions === 1))
      broken("HEADER-VALUE", "@dimensions", header.get("dimensions")?.line ?? line, "@univariate and @dimensions contradict each other", {
        expected: univariate ? "1" : "2 or more",
        actual: String(dimensions),
        help: "correct the header"
      })
    if (flag("timestamps") === true)
      broken(
        "TIMESTAMPS",
        "@timestamps",
        header.get("timestamps")?.line ?? line,
        "series of (time, value) pairs are not read from this layout",
        {
          expected: "@timestamps false",
          help: 'write the values without their times and their rate as sample_rate_hz, or as a table: layout = "csv-series", form = "long", time = { column = …, unit = … }'
        }
      )
    equal = flag("equallength") === true
    if (equal || !header.has("equallength")) length = count("serieslength")
    targets(line)
    if (dimensions !== undefined && agreement.channels !== undefined && dimensions !== agreement.channels)
      broken(
        "HEADER-DIFFERS",
        "@dimensions",
        header.get("dimensions")?.line ?? line,
        "the parts of the data set have different dimensions",
        {
          expected: String(agreement.channels),
          actual: String(dimensions),
          help: "name the files that belong together: parts = [...]"
        }
      )
    if (state === "broken") return
    state = "data"
    agreement.channels ??= dimensions
  }

  /** Whether the header says the kind of target that the options ask for, and the classes. */
  const targets = (line: TextLine): void => {
    const said = header.get("classlabel")
    const hasClass = said !== undefined && bool("classlabel", said.words[0], said.line) === true
    const hasScalar = flag("targetlabel") === true
    if (state === "broken") return
    if (options.target === "class" ? !hasClass : !hasScalar) {
      broken("HEADER-TARGET", "target", said?.line ?? line, "the file does not have the target that the options ask for", {
        expected: options.target === "class" ? "@classlabel true and the labels" : "@targetlabel true",
        actual: hasClass ? "@classlabel true" : hasScalar ? "@targetlabel true" : "no target",
        help: hasClass ? 'target = "class"' : hasScalar ? 'target = "scalar", without classes' : "this file is for another task"
      })
      return
    }
    if (said === undefined || options.target === "scalar") return
    const labels = said.words.slice(1)
    if (labels.length === 0 || new Set(labels).size < labels.length) {
      broken("HEADER-VALUE", "@classlabel", said.line, "the classes have to be listed, each once", {
        expected: "@classlabel true and the labels",
        actual: showValue(labels.join(" ")),
        help: "complete the header"
      })
      return
    }
    classes = labels
    const first = agreement.classes
    if (
      options.classes === "scan" &&
      first !== undefined &&
      (first.length !== labels.length || labels.some((label) => !first.includes(label)))
    )
      broken("HEADER-DIFFERS", "@classlabel", said.line, "the parts of the data set declare different classes", {
        expected: first.join(" "),
        actual: labels.join(" "),
        help: "declare them: classes = [...]"
      })
    agreement.classes ??= labels
  }

  const decode = (lines: ReadonlyArray<TextLine>): SeriesRecord | undefined => {
    const [line] = lines
    if (line === undefined) return undefined
    const dimensions = line.text.split(":")
    const target = (dimensions.pop() ?? "").trim()
    const expected = agreement.channels ?? dimensions.length
    if (dimensions.length !== expected || dimensions.length === 0) {
      found.error("CHANNELS", undefined, () => ({
        message: "the sample has another number of dimensions than the header or the samples before it",
        ...placeOf(file, line, 0),
        expected: `${expected === 0 ? "at least 1 dimension" : `${expected} dimensions`}, separated by :, and the target`,
        actual: String(dimensions.length),
        help: "correct the line, or @dimensions"
      }))
      return undefined
    }
    const channels = dimensions.length
    const cells = dimensions.map((dimension) => dimension.split(","))
    const points = cells[0]?.length ?? 0
    if (cells.every((each) => each.length === 1 && each[0]?.trim() === "")) {
      emptySeries(found, file, line)
      return undefined
    }
    const uneven = cells.findIndex((each) => each.length !== points)
    if (uneven !== -1 || (length !== undefined && points !== length)) {
      const [code, message, help] =
        uneven === -1
          ? ["SERIES-LENGTH", "the series has another length than the header says", "correct the line, or the header: @equallength false"]
          : [
              "UNEVEN-DIMENSIONS",
              `dimension ${uneven} is not as long as dimension 0`,
              "complete the line: the dimensions of a sample are read at the same times"
            ]
      found.error(code ?? "", undefined, () => ({
        message: message ?? "",
        ...placeOf(file, line, 0),
        expected: `${uneven === -1 ? length : points} values`,
        actual: String(cells[Math.max(0, uneven)]?.length ?? 0),
        help: help ?? ""
      }))
      return undefined
    }
    // Where a cell begins is worked out for a message only.
    const placeAt = (dimension: number, at: number) => {
      const before = dimensions.slice(0, dimension).reduce((sum, text) => sum + text.length + 1, 0)
      const cell = cells[dimension] ?? []
      const inside = cell.slice(0, at).reduce((sum, text) => sum + text.length + 1, 0)
      const blanks = (cell[at] ?? "").length - (cell[at] ?? "").trimStart().length
      return placeOf(file, line, before + inside + blanks)
    }
    const values = new Float64Array(points * channels)
    let sound = true
    cells.forEach((each, dimension) => {
      each.forEach((cell, at) => {
        const value = cellValue(found, cell.trim(), `dim_${dimension}`, () => placeAt(dimension, at))
        if (value === undefined) sound = false
        else values[at * channels + dimension] = value
      })
    })
    const targetPlace = () => placeOf(file, line, line.text.lastIndexOf(":") + 1)
    const read = options.target === "class" ? target : scalarTarget(found, target, targetPlace)
    if (!sound || read === undefined) return undefined
    const series = { channels, values }
    const whole = complete(
      found,
      series,
      options.missing,
      (dimension) => `dim_${dimension}`,
      (at) => placeAt(at % channels, Math.floor(at / channels))
    )
    agreement.channels ??= channels
    if (equal) length ??= points
    return whole ? { ...series, target: read } : undefined
  }

  return {
    take: (line) => {
      const text = line.text.trimStart()
      if (isComment(text)) return undefined
      last = line
      if (state === "data") return line.line
      if (state === "broken") return undefined
      if (text.startsWith("@")) key(line)
      else
        broken("HEADER-MISSING", "@data", line, "a line that is no key stands before @data", {
          expected: "a header that ends in a line @data",
          help: "complete the header, or check that this is a .ts file of the UCR or UEA archive"
        })
      return undefined
    },
    decode,
    classes: () => classes,
    end: () => {
      if (state === "head")
        found.error("HEADER-MISSING", "@data", () => ({
          message: "the file ends before @data",
          ...(last === undefined ? { file } : placeOf(file, last, 0)),
          help: "complete the header and the samples"
        }))
    }
  }
}
