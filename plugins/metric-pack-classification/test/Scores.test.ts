/** Every number of `score` on files, and those of the scores, against scikit-learn's, whose answers were computed once by oracle/scores.py. */
import { readFileSync } from "node:fs"
import { isInsufficient, type MetricResult, type MetricValue } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { classification } from "../src/index.ts"
import { readText, reported } from "./support.ts"

type Label = string | number
interface Case {
  readonly about: string
  readonly target: ReadonlyArray<Label>
  readonly prediction: ReadonlyArray<Label | null>
  readonly columns: ReadonlyArray<Label> | null
  readonly scores: ReadonlyArray<ReadonlyArray<number>> | null
  readonly form: "none" | "array" | "object" | "given"
  readonly option: { readonly k?: string; readonly classes?: string }
  readonly expected: Readonly<Record<string, number | null>>
  readonly more: {
    readonly ece: number | null
    readonly average_precision: ReadonlyArray<number | null> | null
    readonly average_precision_macro: number | null
    readonly roc_auc_each: ReadonlyArray<number | null> | null
    readonly reliability: ReadonlyArray<readonly [number, number]> | null
  }
}

const { cases, scikit_learn } = JSON.parse(readFileSync(new URL("./oracle/scores.json", import.meta.url), "utf8")) as {
  readonly cases: ReadonlyArray<Case>
  readonly scikit_learn: string
}

/** As the case says it should be written: an array in class order, in the order of the command line, or an object. */
const written = ({ columns, form, option }: Case, row: ReadonlyArray<number>): unknown => {
  const named = (columns ?? []).map((column, index): readonly [string, number] => [String(column), row[index] ?? Number.NaN])
  if (form === "array") return row
  if (form === "given") return option.classes?.split(",").map((name) => new Map(named).get(name))
  return Object.fromEntries(named.toReversed())
}

const textOf = (each: Case): string =>
  JSON.stringify(
    each.target.map((target, index) => {
      const row = each.scores?.[index]
      return {
        sample_id: `s${index}`,
        target,
        prediction: each.prediction[index],
        ...(row === undefined ? {} : { scores: written(each, row) })
      }
    })
  )

const close = (value: MetricValue | undefined, expected: number | null, what: string): void => {
  if (expected === null) expect(value, what).toHaveProperty("insufficient")
  else expect(Math.abs(Number(value) - expected), `${what}: ${JSON.stringify(value)} against ${expected}`).toBeLessThanOrEqual(1e-12)
}

const scoredCase = (each: Case) => {
  const files = readText(textOf(each), each.option)
  if (!files.ok) throw new Error(JSON.stringify(files.diagnostics))
  const fold = classification.start(files.options, files.context)
  return { files, fold, result: fold.result(files.scored.reduce(fold.add, fold.empty)) }
}

/** The name under which the pack says the values of a class. */
const keyOf = (column: Label): string => (["macro", "micro", "weighted"].includes(String(column)) ? `class:${column}` : String(column))

const reliabilityOf = ({ figures }: MetricResult): ReadonlyArray<readonly [number, number | null]> =>
  figures.flatMap((figure) => (figure.kind === "curve" && figure.id === "reliability" ? (figure.series[0]?.points ?? []) : []))

describe(`files against scikit-learn ${scikit_learn}`, () => {
  it("has 276 cases: 85 with abstentions, 270 with scores, 217 of which are probabilities", () => {
    expect(cases).toHaveLength(276)
    expect(cases.filter(({ prediction }) => prediction.includes(null))).toHaveLength(85)
    expect(cases.filter(({ scores }) => scores !== null)).toHaveLength(270)
    expect(cases.filter(({ expected }) => expected.log_loss !== null)).toHaveLength(217)
  })

  it.each(cases)("equals it to 1e-12: $about", (each) => {
    const { files, result } = scoredCase(each)
    const values = reported(result)
    expect(Object.keys(values)).toEqual([
      "accuracy",
      "balanced_accuracy",
      "macro_precision",
      "macro_recall",
      "macro_f1",
      "micro_f1",
      "mcc",
      "kappa",
      "log_loss",
      "brier",
      "roc_auc",
      "top_k"
    ])
    for (const [name, value] of Object.entries(values)) close(value, each.expected[name] ?? null, name)
    expect(files.scored).toHaveLength(each.target.length)
    const { average_precision, average_precision_macro, roc_auc_each, ece } = each.more
    close(result.values.ece, ece, "ece")
    close(result.values["average_precision/macro"], average_precision_macro, "average_precision/macro")
    for (const [index, column] of (average_precision === null ? [] : (each.columns ?? [])).entries()) {
      close(result.values[`average_precision/${keyOf(column)}`], average_precision?.[index] ?? null, `average_precision/${column}`)
      close(result.values[`roc_auc/${keyOf(column)}`], roc_auc_each?.[index] ?? null, `roc_auc/${column}`)
    }
    const points = reliabilityOf(result)
    expect(points).toHaveLength(each.more.reliability?.length ?? 0)
    for (const [index, [x, y]] of points.entries()) {
      close(x, each.more.reliability?.[index]?.[0] ?? null, "mean highest score")
      close(y ?? Number.NaN, each.more.reliability?.[index]?.[1] ?? null, "share that is right")
    }
  })

  it.each(cases)("gives the same bits for the multiplicities of the samples themselves: $about", (each) => {
    const { files, result } = scoredCase(each)
    const atoms = classification.atoms?.(files.options, files.context, files.scored)
    if (atoms === undefined) throw new Error("there are no atoms")
    const multiplicity = new Uint32Array(atoms.count)
    for (const atom of atoms.atomOf) multiplicity[atom] = (multiplicity[atom] ?? 0) + 1
    expect(atoms.values(multiplicity)).toStrictEqual(result.values)
  })

  it.each(cases.filter((_, index) => index % 3 === 0))("gives the bits of a fold for a resample: $about", (each) => {
    const { files, fold } = scoredCase(each)
    const atoms = classification.atoms?.(files.options, files.context, files.scored)
    if (atoms === undefined) throw new Error("there are no atoms")
    // Some samples twice, some once, some not at all, and from the end to the beginning.
    const drawn = files.scored.map((_, index) => (index * index * 7 + 3 * index + each.about.length) % files.scored.length).reverse()
    const multiplicity = new Uint32Array(atoms.count)
    for (const index of drawn) {
      const atom = atoms.atomOf[index] ?? 0
      multiplicity[atom] = (multiplicity[atom] ?? 0) + 1
    }
    const folded = drawn.flatMap((index) => files.scored[index] ?? []).reduce(fold.add, fold.empty)
    expect(atoms.values(multiplicity)).toStrictEqual(fold.result(folded).values)
  })

  it("says of every value that is missing why", () => {
    const reasons = new Set(
      cases.flatMap((each) =>
        Object.values(scoredCase(each).result.values).flatMap((value) => (isInsufficient(value) ? value.insufficient : []))
      )
    )
    expect([...reasons].filter((reason) => !/^(undefined for|the scores of \d+ samples)/.test(reason)).sort()).toEqual([
      "every sample and every answer is of the same class, so agreement says nothing",
      "every sample was abstained from",
      "every scored sample is of this class",
      "no sample comes with scores",
      "no scored sample is of this class",
      "no scored sample is of this class and it was never predicted",
      'samples are of a class that has no score; the scores are of "a", "b"',
      "the class was never predicted",
      "there is only one class"
    ])
  })
})
