/**
 * One file of masks: a JSON array with an object per sample. All mistakes of a file are found, each with its sample and the place where
 * the sample begins.
 *
 * Sharp edge: of the labels of one mask only the first wrong one is named; the others are counted.
 */
import {
  type Diagnostic,
  readScoreRows,
  type ScoreFields,
  type ScoreFile,
  type ScoreMistake,
  type ScoreText,
  scoreDiagnostics,
  scoreText,
  showValue
} from "@feagi-trainer/contracts"
import { type Code, codes } from "./Codes.ts"

export interface Mask {
  readonly width: number
  readonly height: number
  readonly labels: ReadonlyArray<number>
  /** `ignore_label` of a target, `unpredicted_label` of a prediction. */
  readonly special: number | undefined
}

export interface MaskLine {
  readonly sample_id: string
  /** Undefined: the prediction is an abstention. */
  readonly mask: Mask | undefined
  /** Where the sample begins in its file. */
  readonly offset: number
}

export interface MaskFile {
  readonly text: ScoreText
  /** By sample id, in the order of the file. */
  readonly lines: ReadonlyMap<string, MaskLine>
  /** The ids of all samples, those with mistakes too. */
  readonly ids: ReadonlySet<string>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

export type Side = "prediction" | "target"
const mostPixels = 2 ** 26

type Report = (code: Code, message: string, rest?: Partial<ScoreMistake>) => undefined

const isLabel = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255

const isCount = (value: unknown, least: number): value is number => Number.isSafeInteger(value) && Number(value) >= least

const isList = (value: unknown): value is ReadonlyArray<unknown> => Array.isArray(value)

const flatLabels = (labels: ReadonlyArray<unknown>, report: Report): ReadonlyArray<number> | undefined => {
  const first = labels.findIndex((label) => !isLabel(label))
  if (first === -1) return labels as ReadonlyArray<number>
  const wrong = labels.filter((label) => !isLabel(label)).length
  return report(codes.wrongLabel, `${wrong} of its ${labels.length} labels ${wrong === 1 ? "is" : "are"} no label`, {
    field: `labels.${first}`,
    expected: "a whole number from 0 to 255",
    actual: showValue(labels[first]),
    ...(isList(labels[first]) ? { help: "write one flat list, row by row" } : {})
  })
}

const runLabels = (runs: ReadonlyArray<unknown>, pixels: number, report: Report): ReadonlyArray<number> | undefined => {
  const isRun = (run: unknown): run is readonly [number, number] => isList(run) && run.length === 2 && isLabel(run[0]) && isCount(run[1], 1)
  const first = runs.findIndex((run) => !isRun(run))
  if (first !== -1) {
    const wrong = runs.filter((run) => !isRun(run)).length
    return report(codes.wrongRun, `${wrong} of its ${runs.length} runs ${wrong === 1 ? "is" : "are"} no run`, {
      field: `rle.${first}`,
      expected: "[label from 0 to 255, count of at least 1]",
      actual: showValue(runs[first])
    })
  }
  const good = runs as ReadonlyArray<readonly [number, number]>
  const total = good.reduce((sum, [, count]) => sum + count, 0)
  if (total !== pixels)
    return report(codes.wrongSize, "its runs do not fill the mask", {
      field: "rle",
      expected: `${pixels} pixels (width × height)`,
      actual: `${total} pixels`
    })
  const labels: Array<number> = []
  for (const [label, count] of good) for (let at = 0; at < count; at += 1) labels.push(label)
  return labels
}

const sizeOf = (fields: ScoreFields, report: Report): { readonly width: number; readonly height: number } | undefined => {
  for (const field of ["width", "height"])
    if (!isCount(fields[field], 1))
      report(
        fields[field] === undefined ? codes.missingField : codes.wrongSize,
        `its ${field} is ${fields[field] === undefined ? "missing" : "no size"}`,
        {
          field,
          expected: "a whole number of pixels, at least 1",
          actual: showValue(fields[field])
        }
      )
  const { width, height } = fields
  if (!isCount(width, 1) || !isCount(height, 1)) return undefined
  if (width * height > mostPixels)
    return report(codes.wrongSize, "its mask is larger than can be read", {
      field: "width",
      expected: `at most ${mostPixels} pixels`,
      actual: `${width} × ${height}`
    })
  return { width, height }
}

const maskOf = (fields: ScoreFields, side: Side, report: Report): Mask | "abstained" | undefined => {
  const specialName = side === "target" ? "ignore_label" : "unpredicted_label"
  const special = fields[specialName]
  if (special !== undefined && special !== null && !isLabel(special))
    report(codes.wrongLabel, `its ${specialName} is no label`, {
      field: specialName,
      expected: "a whole number from 0 to 255",
      actual: showValue(special)
    })
  const { labels, rle } = fields
  if (side === "prediction" && labels === null && rle === undefined) return "abstained"
  const size = sizeOf(fields, report)
  if ((labels === undefined) === (rle === undefined))
    return report(codes.missingField, labels === undefined ? "it has neither labels nor rle" : "it has both labels and rle", {
      field: "labels",
      expected: "one of labels and rle",
      ...(labels === undefined && side === "prediction" ? { help: "labels: null says that there is no answer" } : {})
    })
  const field = labels === undefined ? "rle" : "labels"
  const list = fields[field]
  if (!isList(list))
    return report(codes.wrongLabel, `its ${field} is no list`, {
      field,
      expected: field === "labels" ? "a list of labels, row by row" : "a list of [label, count]",
      actual: showValue(list)
    })
  if (size === undefined) return undefined
  const pixels = size.width * size.height
  if (field === "labels" && list.length !== pixels)
    return report(codes.wrongSize, "its labels do not fill the mask", {
      field,
      expected: `${pixels} labels (width × height)`,
      actual: `${list.length} labels`
    })
  const read = field === "labels" ? flatLabels(list, report) : runLabels(list, pixels, report)
  return read === undefined ? undefined : { ...size, labels: read, special: isLabel(special) ? special : undefined }
}

/** Reads what `file` says of its samples; a sample with a mistake is left out of `lines`. */
export const readMaskFile = (file: ScoreFile, side: Side): MaskFile => {
  const special = side === "target" ? "ignore_label" : "unpredicted_label"
  const read = readScoreRows(file, codes, { required: ["sample_id"], optional: ["width", "height", "labels", "rle", special] })
  const lines = new Map<string, MaskLine>()
  if (!read.ok) return { text: scoreText(file.name, ""), lines, ids: new Set(), diagnostics: read.diagnostics }
  const mistakes = [...read.mistakes]
  for (const { sample_id, offset, fields, sound } of read.rows) {
    const before = mistakes.length
    const report: Report = (code, message, rest = {}) => {
      const named = sample_id === "" ? {} : { sample_id }
      mistakes.push({ code, message: `${side} ${showValue(fields.sample_id)}: ${message}`, offset, ...named, ...rest })
      return undefined
    }
    const mask = maskOf(fields, side, report)
    if (sound && mistakes.length === before && mask !== undefined)
      lines.set(sample_id, { sample_id, mask: mask === "abstained" ? undefined : mask, offset })
  }
  return { text: read.text, lines, ids: read.ids, diagnostics: scoreDiagnostics(read.text, mistakes) }
}
