/**
 * Answers in a file of their own: one JSON array of `{sample_id, target, prediction, scores}`. No dataset has declared any class here, so
 * the classes are those that occur, and averages are over them, as scikit-learn has it.
 *
 * Sharp edge: an array of scores does not say whose they are. They are those of the classes that occur, in order, when there are as many;
 * where there are not, no metric of scores has a value unless the person names the classes.
 */
import {
  type ClassLabel,
  cappedDiagnostics,
  didYouMean,
  type FilesRead,
  type FilesRefused,
  type MetricFiles,
  optionsFrom,
  optionsOfTexts,
  readScoreJson,
  type Scored,
  type ScoreMistake,
  scoreDiagnostics,
  showValue
} from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { type Code, codes } from "./Codes.ts"
import { kindOf, type Label, type LabelKind, labelFrom, sortedLabels } from "./Labels.ts"
import { type ClassificationOptions, type Observed, OfRuns, type ScoreSource } from "./Options.ts"

const FileOptions = Schema.Struct({
  /** A sample counts in `top_k` when its class is among so many best scores; 2 when left out, as scikit-learn has it. */
  k: OfRuns.fields.top_k,
  /** The classes that arrays of scores are about, in their order, with commas between: `0,1,2`. */
  classes: Schema.optionalKey(Schema.String)
})
export type FileOptions = typeof FileOptions.Type

/** One element of the array, as far as it could be read. */
interface Row {
  readonly id: string
  readonly target: Label
  readonly prediction: Label | null
  readonly scores: Scores | undefined
}

type Scores = { readonly form: "array"; readonly values: ReadonlyArray<number> } | { readonly form: "object"; readonly values: Named }
type Named = ReadonlyMap<string, number>

const fields = ["sample_id", "target", "prediction", "scores"] as const

const refused = (file: string, code: Code, message: string, help: string): FilesRefused => ({
  ok: false,
  diagnostics: [{ code, severity: "error", message, file, help }]
})

/** Reads the elements of the array one by one and remembers what the first ones looked like, so that the others can be held against it. */
class Reader {
  private kind: LabelKind | undefined
  private form: Scores["form"] | undefined
  private shape: ReadonlyArray<string> | number | undefined
  private readonly seen = new Map<string, number>()
  private readonly mistakes: Array<ScoreMistake>
  private readonly offsets: ReadonlyArray<number>
  private readonly ambiguous: ReadonlySet<number>

  constructor(mistakes: Array<ScoreMistake>, offsets: ReadonlyArray<number>, ambiguous: ReadonlySet<number>) {
    this.mistakes = mistakes
    this.offsets = offsets
    this.ambiguous = ambiguous
  }

  row(value: unknown, index: number): Row | undefined {
    const offset = this.offsets[index] ?? 0
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.mistakes.push({
        code: codes.notAnObject,
        message: `element ${index} of the array is no object`,
        offset,
        field: `[${index}]`,
        expected: "{sample_id, target, prediction, scores}",
        actual: showValue(value)
      })
      return undefined
    }
    const record = value as Readonly<Record<string, unknown>>
    const id = this.id(record, index, offset)
    // A key that stands twice was told already, and which of its values counts is not known.
    if (this.ambiguous.has(index)) return undefined
    const before = this.mistakes.length
    const wrong = (code: Code, field: string, message: string, expected: string, actual: unknown, help?: string): undefined => {
      this.mistakes.push({
        code,
        message: `${field} of element ${index} ${message}`,
        offset,
        field: `[${index}].${field}`,
        ...(id === undefined ? {} : { sample_id: id }),
        expected,
        actual: showValue(actual),
        ...(help === undefined ? {} : { help })
      })
    }
    for (const key of Object.keys(record))
      if (!(fields as ReadonlyArray<string>).includes(key)) {
        const near = didYouMean(key, fields)
        wrong(codes.unknownField, key, "is unknown", fields.join(", "), key, near === undefined ? "leave it out" : `did you mean ${near}?`)
      }
    const target = this.label(record, "target", wrong)
    const prediction = record.prediction === null ? null : this.label(record, "prediction", wrong)
    const scores = this.scores(record.scores, wrong)
    if (id === undefined || target === undefined || prediction === undefined || this.mistakes.length > before) return undefined
    return { id, target, prediction, scores }
  }

  private id(record: Readonly<Record<string, unknown>>, index: number, offset: number): string | undefined {
    const value = record.sample_id
    const id = typeof value === "string" ? value : Number.isSafeInteger(value) ? String(value) : ""
    const place = { offset, field: `[${index}].sample_id` }
    if (id === "") {
      this.mistakes.push({
        code: Object.hasOwn(record, "sample_id") ? codes.wrongType : codes.missingField,
        message: `sample_id of element ${index} ${Object.hasOwn(record, "sample_id") ? "is no id" : "is missing"}`,
        ...place,
        expected: "a text that is not empty, or a whole number",
        actual: showValue(value)
      })
      return undefined
    }
    const first = this.seen.get(id)
    if (first === undefined) this.seen.set(id, index)
    else
      this.mistakes.push({
        code: codes.repeatedSample,
        message: `sample_id of element ${index} is that of element ${first} too`,
        ...place,
        sample_id: id,
        expected: "each sample once",
        actual: showValue(value),
        help: "decide which of the two answers counts and remove the other"
      })
    return id
  }

  private label(record: Readonly<Record<string, unknown>>, field: "target" | "prediction", wrong: Wrong): Label | undefined {
    if (!Object.hasOwn(record, field))
      return wrong(
        codes.missingField,
        field,
        "is missing",
        "a text or a whole number",
        undefined,
        field === "prediction" ? "write null where the learner abstained" : undefined
      )
    const value = record[field]
    const kind = kindOf(value)
    if (kind === undefined)
      return wrong(
        codes.wrongType,
        field,
        "is no class",
        field === "target" ? "a text or a whole number" : "a text, a whole number or null",
        value
      )
    this.kind ??= kind
    if (kind !== this.kind)
      return wrong(
        codes.mixedClasses,
        field,
        `is a ${kind}, and the first class of the file is a ${this.kind}`,
        `a ${this.kind}`,
        value,
        "write all classes as texts or all as whole numbers"
      )
    return typeof value === "number" || typeof value === "string" ? value : undefined
  }

  /** No scores, an empty list and an empty object say the same. */
  private scores(value: unknown, wrong: Wrong): Scores | undefined {
    if (value === undefined || value === null) return undefined
    if (typeof value !== "object")
      return wrong(codes.wrongType, "scores", "are neither an array nor an object", "numbers in class order, or {class: number}", value)
    const entries = Object.entries(value)
    if (entries.length === 0) return undefined
    for (const [key, score] of entries)
      if (typeof score !== "number" || !Number.isFinite(score))
        return wrong(codes.wrongScore, `scores.${key}`, "is no finite number", "a finite number", score)
    const form = Array.isArray(value) ? "array" : "object"
    this.form ??= form
    if (form !== this.form)
      return wrong(
        codes.mixedScores,
        "scores",
        `are an ${form}, and those of the first scored sample an ${this.form}`,
        `an ${this.form}`,
        value
      )
    return form === "array" ? this.listed(entries, wrong) : this.named(entries, wrong)
  }

  private listed(entries: ReadonlyArray<[string, number]>, wrong: Wrong): Scores | undefined {
    this.shape ??= entries.length
    if (entries.length !== this.shape)
      return wrong(
        codes.scoreCount,
        "scores",
        `are ${entries.length}, and those of the first scored sample ${String(this.shape)}`,
        `${String(this.shape)} numbers, one per class`,
        entries.map(([, score]) => score)
      )
    return { form: "array", values: entries.map(([, score]) => score) }
  }

  private named(entries: ReadonlyArray<[string, number]>, wrong: Wrong): Scores | undefined {
    const values = new Map(entries)
    this.shape ??= [...values.keys()]
    if (typeof this.shape === "number") return undefined
    const missing = this.shape.filter((name) => !values.has(name))
    const known = new Set(this.shape)
    const more = [...values.keys()].filter((name) => !known.has(name))
    if (missing.length > 0 || more.length > 0)
      return wrong(
        codes.scoreClasses,
        "scores",
        "name other classes than those of the first scored sample",
        `the classes ${this.shape.join(", ")}`,
        [...(missing.length > 0 ? [`without ${missing.join(", ")}`] : []), ...(more.length > 0 ? [`with ${more.join(", ")}`] : [])].join(
          "; "
        ),
        "give every sample a score for every class"
      )
    return { form: "object", values }
  }
}

type Wrong = (code: Code, field: string, message: string, expected: string, actual: unknown, help?: string) => undefined

/** The classes that have a score, in the order of the file and as the file writes them, and how that is known. */
interface Assigned {
  readonly source: ScoreSource
  readonly labels: ReadonlyArray<Label>
}

const nobody = (source: "none" | "unassigned"): Assigned => ({ source, labels: [] })

const assign = (rows: ReadonlyArray<Row>, kind: LabelKind, options: FileOptions, mistakes: Array<ScoreMistake>): Assigned => {
  const first = rows.find(({ scores }) => scores !== undefined)?.scores
  const given = options.classes === undefined ? undefined : givenClasses(options.classes, kind, mistakes)
  if (first === undefined) return nobody("none")
  if (first.form === "object") {
    const labels = [...first.values.keys()].flatMap((name) => {
      const label = labelFrom(name, kind)
      if (label === undefined)
        mistakes.push({
          code: codes.scoreClasses,
          message: `the scores name a class ${showValue(name)}, and the classes of this file are whole numbers`,
          field: "scores",
          expected: 'a whole number in its shortest form, such as "0" or "-1"',
          actual: showValue(name)
        })
      return label ?? []
    })
    return { source: "by-name", labels }
  }
  const count = first.values.length
  if (given !== undefined) {
    if (given.length !== count)
      mistakes.push({
        code: codes.scoreCount,
        message: `--option classes names ${given.length} classes, and every sample has ${count} scores`,
        field: "scores",
        expected: `${count} classes`,
        actual: String(given.length)
      })
    return { source: "given", labels: given }
  }
  const targets = sortedLabels(rows.map(({ target }) => target))
  const occurring = sortedLabels(rows.flatMap(({ target, prediction }) => (prediction === null ? [target] : [target, prediction])))
  if (occurring.length === count) return { source: "sorted-classes", labels: occurring }
  if (targets.length === count) return { source: "sorted-targets", labels: targets }
  const byIndex = occurring[0] === 0 && occurring.every((label) => typeof label === "number" && label < count)
  return byIndex ? { source: "index", labels: Array.from({ length: count }, (_, index) => index) } : nobody("unassigned")
}

const givenClasses = (text: string, kind: LabelKind, mistakes: Array<ScoreMistake>): ReadonlyArray<Label> => {
  const words = text.split(",")
  const labels = words.flatMap((word) => labelFrom(word, kind) ?? [])
  if (labels.length < words.length || new Set(labels).size < labels.length)
    mistakes.push({
      code: codes.givenClasses,
      message: `--option classes=${text} does not name classes of this file`,
      field: "classes",
      expected: `each class once, as a ${kind}, with commas and no spaces between`,
      actual: showValue(text)
    })
  return labels
}

/** The scores of a row in the order of `columns`, the classes that have one. */
const inOrder = (scores: Scores, places: ReadonlyArray<number>, columns: ReadonlyArray<Label>): ReadonlyArray<number> =>
  scores.form === "array"
    ? places.map((place) => scores.values[place] ?? Number.NaN)
    : columns.map((label) => scores.values.get(String(label)) ?? Number.NaN)

const scoredOf = (rows: ReadonlyArray<Row>, { source, labels }: Assigned, k: number | undefined): FilesRead<ClassificationOptions> => {
  const all = sortedLabels([
    ...rows.flatMap(({ target, prediction }) => (prediction === null ? [target] : [target, prediction])),
    ...labels
  ])
  const idOf = new Map(all.map((label, class_id) => [label, class_id]))
  const classOf = (label: Label): ClassLabel => ({ class_id: idOf.get(label) ?? -1, label: String(label) })
  const columns = sortedLabels(labels)
  const places = columns.map((label) => labels.indexOf(label))
  const observed: Observed = { scores: source, score_classes: columns.map((label) => classOf(label).class_id) }
  return {
    ok: true,
    // What scikit-learn does when nothing else is said: undefined values count as 0 in averages.
    options: { undefined_in_macro: "zero", ...(k === undefined ? {} : { top_k: k }), observed },
    context: { output_type: "class", classes: all.map(classOf) },
    scored: rows.map(
      ({ id, target, prediction, scores }): Scored => ({
        sample_id: id,
        target: { class: classOf(target) },
        prediction: prediction === null ? { abstain: { reason: null } } : { class: { class_id: classOf(prediction).class_id, scores: [] } },
        ...(scores === undefined ? {} : { scores: inOrder(scores, places, columns) })
      })
    ),
    missing: []
  }
}

const read: MetricFiles<ClassificationOptions, FileOptions>["read"] = ({ predictions, targets }, options) => {
  const [unwanted] = targets
  if (unwanted !== undefined)
    return refused(
      unwanted.name,
      codes.noTargetsFile,
      "classification reads no file of targets: every element of the predictions has its own target",
      "leave --targets out"
    )
  const json = readScoreJson(predictions, codes)
  if (!json.ok) return { ok: false, diagnostics: cappedDiagnostics(json.diagnostics, codes.more) }
  const { text, value: list, elements, ambiguous } = json.json
  if (!Array.isArray(list))
    return refused(
      predictions.name,
      codes.notAnArray,
      `the file holds ${showValue(list)}, expected one JSON array`,
      "put [ and ] around the samples"
    )
  const mistakes = [...json.json.mistakes]
  const told = (): FilesRefused => ({ ok: false, diagnostics: cappedDiagnostics(scoreDiagnostics(text, mistakes), codes.more) })
  const reader = new Reader(mistakes, elements, ambiguous)
  const rows = list.flatMap((value: unknown, index) => reader.row(value, index) ?? [])
  const kind: LabelKind = typeof rows[0]?.target === "number" ? "whole number" : "text"
  const assigned = mistakes.length > 0 ? nobody("none") : assign(rows, kind, options, mistakes)
  return mistakes.length > 0 ? told() : scoredOf(rows, assigned, options.k)
}

export const files: MetricFiles<ClassificationOptions, FileOptions> = {
  about: {
    predictions:
      "one JSON array of {sample_id, target, prediction, scores}: target and prediction are texts or whole numbers, prediction null is an abstention, scores an object class → number or an array in class order",
    targets: "none: every element of the predictions has its own target"
  },
  targets: "none",
  decodeOptions: optionsOfTexts(optionsFrom(FileOptions), ["classes"]),
  read,
  names: {
    accuracy: "accuracy",
    balanced_accuracy: "balanced_accuracy",
    "precision/macro": "macro_precision",
    "recall/macro": "macro_recall",
    "f1/macro": "macro_f1",
    "f1/micro": "micro_f1",
    mcc: "mcc",
    kappa: "kappa",
    log_loss: "log_loss",
    brier: "brier",
    roc_auc: "roc_auc",
    top_k: "top_k"
  }
}
