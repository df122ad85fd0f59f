/**
 * The texts of a column that has few of them, labels or the values of a category: those that were declared, or those that a scan finds.
 *
 * Texts that are almost the same (other Unicode forms, other case, blanks around) are shown and never merged. Sharp edge: a scan knows
 * the order of its texts only at the end, so that they are numbered as they appear and `sorted` says afterwards which place each has.
 */
import { didYouMean, showValue } from "@feagi-trainer/contracts"
import type { Finding, Findings, Spot } from "./Findings.ts"
import { placeOf, type Row, textAt } from "./Scanner.ts"

/** How a kind of text is spoken of, and how many of it a scan finds by itself. */
export interface Words {
  readonly noun: string
  readonly many: string
  /** The option that declares them. */
  readonly option: string
  readonly most: number
  readonly empty: string
  readonly unknown: string
  readonly near: string
  readonly tooMany: string
}

/** With more classes the column is hardly a label. */
export const LABELS: Words = {
  noun: "label",
  many: "labels",
  option: "classes",
  most: 10_000,
  empty: "csv/NO-LABEL",
  unknown: "csv/UNKNOWN-LABEL",
  near: "csv/NEAR-LABELS",
  tooMany: "csv/TOO-MANY-CLASSES"
}

export const VALUES: Words = {
  noun: "value",
  many: "values",
  option: "values",
  most: 1000,
  empty: "csv/NO-VALUE",
  unknown: "csv/UNKNOWN-VALUE",
  near: "csv/NEAR-VALUES",
  tooMany: "csv/TOO-MANY-VALUES"
}

/** Texts that are compared byte by byte, which makes no string, before they are looked up. */
const FEW = 16

/** The texts in their final order, and for every number of `read` its place in it. */
export interface Sorted {
  readonly texts: ReadonlyArray<string>
  readonly rank: ReadonlyArray<number>
}

export interface Vocabulary {
  /** Number of a text, in the order of first appearance (scan) or of declaration; −1 when it is none. */
  readonly read: (text: string, row: Row, file: number) => number
  /** Number of the text in the column's own cell. */
  readonly readCell: (row: Row, file: number) => number
  readonly text: (number: number) => string
  /** How often each number was read. */
  readonly counts: ReadonlyArray<number>
  /** Whether a scan found more than it can take. */
  readonly full: () => boolean
  readonly sorted: () => Sorted
  /** Tells why `read` said −1. */
  readonly refuse: (text: string, sample: string, spot: Spot, found: Findings) => void
  /** Tells of texts that a scan found and that look the same. */
  readonly tellTwins: (found: Findings) => void
}

/** @param field name and `cell` number of the column */
export const vocabulary = (words: Words, field: string, cell: number, declared: ReadonlyArray<string> | "scan"): Vocabulary => {
  const texts: Array<string> = declared === "scan" ? [] : [...declared]
  const known = new Map(texts.map((text, at) => [text, at]))
  const counts = texts.map(() => 0)
  const firsts: Array<Spot> = []
  const few: Array<Uint8Array> = texts.slice(0, FEW).map((text) => Buffer.from(text))
  let overflow = false
  const read: Vocabulary["read"] = (text, row, file) => {
    const at = known.get(text)
    if (at !== undefined) {
      counts[at] = (counts[at] ?? 0) + 1
      return at
    }
    if (declared !== "scan" || text === "") return -1
    if (texts.length >= words.most) {
      overflow = true
      return -1
    }
    known.set(text, texts.length)
    if (few.length < FEW) few.push(Buffer.from(text))
    firsts.push({ file, record: row.offset, line: row.line, cell })
    counts.push(1)
    return texts.push(text) - 1
  }
  return {
    counts,
    text: (number) => texts[number] ?? "",
    read,
    readCell: (row, file) => {
      const at = placeOf(row, cell, few)
      if (at === -1) return read(textAt(row, cell), row, file)
      counts[at] = (counts[at] ?? 0) + 1
      return at
    },
    full: () => overflow,
    sorted: () => {
      const order = declared === "scan" ? [...texts].sort() : texts
      const place = new Map(order.map((text, at) => [text, at]))
      return { texts: order, rank: texts.map((text) => place.get(text) ?? -1) }
    },
    refuse: (text, sample, spot, found) => {
      if (text === "") found.add(words.empty, field, () => emptyText(words, field, sample, spot))
      else if (declared === "scan") found.add(words.tooMany, field, () => tooMany(words, field, spot))
      else found.add(words.unknown, field, () => unknownText(words, text, declared, field, sample, spot))
    },
    tellTwins: (found) => {
      if (declared !== "scan") return
      for (const [text, near, how, severity] of twins([...texts].sort())) {
        const spot = firsts[known.get(text) ?? -1]
        found.add(
          words.near,
          field,
          () => ({
            code: words.near,
            severity,
            message: `two ${words.many} are hardly two ${words.option}: ${showValue(near)} ${how}`,
            field,
            actual: showValue(text),
            expected: `a ${words.noun} that is not mistaken for ${showValue(near)}`,
            ...(spot === undefined ? {} : { spot }),
            help: `correct the file, or declare ${words.option} = [...] with both if they are meant`
          }),
          severity
        )
      }
    }
  }
}

const emptyText = (words: Words, field: string, sample_id: string, spot: Spot): Finding => ({
  code: words.empty,
  severity: "error",
  message: `the ${words.noun} is empty`,
  field,
  sample_id,
  spot,
  help: "fill it in, or say what an empty cell stands for"
})

const tooMany = (words: Words, field: string, spot: Spot): Finding => ({
  code: words.tooMany,
  severity: "error",
  message: `more than ${words.most} different ${words.many}; the scan ends here`,
  field,
  spot,
  help: words === LABELS ? "check label_column, or declare classes" : "declare the values, or leave the column out"
})

const unknownText = (
  words: Words,
  text: string,
  declared: ReadonlyArray<string>,
  field: string,
  sample_id: string,
  spot: Spot
): Finding => {
  const near = nearText(text, declared)
  const what = words === LABELS ? "class" : "value"
  return {
    code: words.unknown,
    severity: "error",
    message: `the ${words.noun} is not a declared ${what}${near === undefined ? "" : `; ${showValue(near.text)} ${near.how}`}`,
    field,
    sample_id,
    spot,
    expected: `one of ${showTexts(declared)}`,
    actual: showValue(text),
    help:
      near === undefined
        ? `correct the cell or add the ${words.noun} to ${words.option}`
        : `did you mean ${showValue(near.text)}? Nothing is merged by itself`
  }
}

/** A few texts for a message. */
export const showTexts = (texts: ReadonlyArray<string>, most = 8): string => {
  const shown = texts.slice(0, most).map((text) => showValue(text))
  return texts.length > most ? `${shown.join(", ")} and ${texts.length - most} more` : shown.join(", ")
}

/** How a text differs from a declared one that it nearly is; absent when it is near none. */
const nearText = (text: string, declared: ReadonlyArray<string>): { readonly text: string; readonly how: string } | undefined => {
  const folds: ReadonlyArray<readonly [(text: string) => string, string]> = [
    [(each) => each.normalize("NFC"), "looks the same and has other code points (Unicode forms NFC and NFD)"],
    [(each) => each.trim(), "differs in the blanks around it only"],
    [(each) => each.normalize("NFC").trim().toLowerCase(), "differs in upper and lower case only"]
  ]
  for (const [fold, how] of folds) {
    const found = declared.find((each) => each !== text && fold(each) === fold(text))
    if (found !== undefined) return { text: found, how }
  }
  const near = didYouMean(text, declared)
  return near === undefined ? undefined : { text: near, how: "is written nearly like it" }
}

type Twin = readonly [text: string, near: string, how: string, severity: "error" | "warning"]

/** Two Unicode forms are an error; case and blanks are a warning. */
const twins = (sorted: ReadonlyArray<string>): ReadonlyArray<Twin> => {
  const exact = new Map<string, string>()
  const loose = new Map<string, string>()
  return sorted.flatMap((text): ReadonlyArray<Twin> => {
    const form = text.normalize("NFC")
    const fold = form.trim().toLowerCase()
    const same = exact.get(form)
    const near = same ?? loose.get(fold)
    exact.set(form, text)
    loose.set(fold, text)
    if (near === undefined) return []
    return [[text, near, nearText(text, [near])?.how ?? "is written nearly like it", same === undefined ? "warning" : "error"]]
  })
}
