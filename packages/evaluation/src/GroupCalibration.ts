/**
 * Whether an answer that says 80 % is right 8 times of 10, for each group: expected calibration error over bins of equal width (Naeini, Cooper,
 * Hauskrecht 2015; Guo, Pleiss, Sun, Weinberger 2017).
 *
 * Sharp edges: it looks at the score of the answered class alone; an abstention and an answer without scores have none, and are counted; the
 * error depends on the number of bins and is biased upwards in small groups, so compare groups of like size with the same bins.
 */
import { type ClassLabel, ExactSum, isAbstain, type MetricValue, type Scored } from "@feagi-trainer/contracts"
import { type GroupOptions, grouped } from "./Groups.ts"

export interface CalibrationBin {
  /** The bin is [low, high); the last one holds its upper end too. */
  readonly low: number
  readonly high: number
  readonly n: number
  /** The mean score of the answered class, and the share of right answers. */
  readonly confidence: MetricValue
  readonly accuracy: MetricValue
}

export interface GroupCalibration {
  /** Answers with a score. */
  readonly n: number
  /** Abstentions, and answers without scores. */
  readonly without_score: number
  readonly confidence: MetricValue
  readonly accuracy: MetricValue
  /** Σ over the bins of n(bin)/n · |accuracy − confidence|: 0 is calibrated, 1 the worst. Lower is better. */
  readonly expected_calibration_error: MetricValue
  readonly bins: ReadonlyArray<CalibrationBin>
}

export interface GroupCalibrationRequest extends Pick<GroupOptions, "groupOf" | "minimum"> {
  readonly samples: ReadonlyArray<Scored>
  /** The declared classes, in the order of the scores. */
  readonly classes: ReadonlyArray<ClassLabel>
  /** A whole number from 1. */
  readonly bins: number
}

export interface GroupCalibrationReport {
  readonly groups: Readonly<Record<string, GroupCalibration>>
  readonly small: Readonly<Record<string, number>>
  readonly ungrouped: number
}

interface Answered {
  readonly score: number
  readonly right: boolean
}

const answeredOf = (sample: Scored, classes: ReadonlyArray<ClassLabel>): Answered | undefined => {
  const { sample_id, target, prediction, scores } = sample
  if (isAbstain(prediction)) return undefined
  if (!("class" in target) || !("class" in prediction))
    throw new RangeError(`sample "${sample_id}": calibration is about answers of type class`)
  const given = scores ?? prediction.class.scores
  if (given.length === 0) return undefined
  const place = classes.findIndex(({ class_id }) => class_id === prediction.class.class_id)
  const score = given[place]
  if (score === undefined || given.length !== classes.length)
    throw new RangeError(
      `sample "${sample_id}": expected ${classes.length} scores, one for each declared class, and one of these classes as the answer; got ${given.length} scores and class ${prediction.class.class_id}`
    )
  if (!(score >= 0 && score <= 1))
    throw new RangeError(`sample "${sample_id}": a score that says how sure an answer is lies between 0 and 1; got ${score}`)
  return { score, right: prediction.class.class_id === target.class.class_id }
}

const calibrationOf = (answers: ReadonlyArray<Answered>, withoutScore: number, count: number): GroupCalibration => {
  const mean = (terms: ReadonlyArray<number>): MetricValue =>
    terms.length === 0 ? { insufficient: "no answer with a score" } : ExactSum.value(ExactSum.addAll(ExactSum.empty, terms)) / terms.length
  const filled: ReadonlyArray<Array<Answered>> = Array.from({ length: count }, () => [])
  for (const answer of answers) filled[Math.min(count - 1, Math.floor(answer.score * count))]?.push(answer)
  const bins = filled.map((each, index) => ({
    low: index / count,
    high: (index + 1) / count,
    n: each.length,
    confidence: mean(each.map(({ score }) => score)),
    accuracy: mean(each.map(({ right }) => Number(right)))
  }))
  const gaps = bins.flatMap(({ n, confidence, accuracy }) =>
    typeof confidence === "number" && typeof accuracy === "number" ? [(n / answers.length) * Math.abs(accuracy - confidence)] : []
  )
  return {
    n: answers.length,
    without_score: withoutScore,
    confidence: mean(answers.map(({ score }) => score)),
    accuracy: mean(answers.map(({ right }) => Number(right))),
    expected_calibration_error:
      answers.length === 0 ? { insufficient: "no answer with a score" } : ExactSum.value(ExactSum.addAll(ExactSum.empty, gaps)),
    bins
  }
}

/** Throws RangeError on a sample that is not of a class, on scores that do not fit the classes or leave [0, 1], on `bins` or a minimum below 1. */
export const groupCalibration = (request: GroupCalibrationRequest): GroupCalibrationReport => {
  const { samples, classes, bins } = request
  if (!Number.isSafeInteger(bins) || bins < 1) throw new RangeError(`the number of bins is a whole number from 1, not ${bins}`)
  const { names, samples: members, strata, small, ungrouped } = grouped(samples, request)
  const groups = names.map((name, group): [string, GroupCalibration] => {
    const own = members.filter((_, index) => strata[index] === group).map((sample) => answeredOf(sample, classes))
    const answers = own.filter((each) => each !== undefined)
    return [name, calibrationOf(answers, own.length - answers.length, bins)]
  })
  return { groups: Object.fromEntries(groups), small, ungrouped }
}
