/**
 * Whether a run serves some samples worse than others: its metrics for each group of a field, how far the groups lie apart, and whether
 * the answers of each are as sure as they are right.
 *
 * Sharp edges: what a group is, the data say and not the trainer; a gap is between the best and the worst group and therefore above 0 even
 * by chance, which is why it comes with an interval; what the gap means for people, no number here knows.
 */
import { isAbstain, type Scored, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import {
  type FairnessReport,
  fairness,
  type GroupCalibrationReport,
  type GroupReport,
  groupCalibration,
  groupMetrics
} from "@feagi-trainer/evaluation"
import * as Effect from "effect/Effect"
import type { Catalogue } from "../catalogue/Catalogue.ts"
import { type ComparedRun, scoredAnswers } from "./ComparedRun.ts"
import { scoredPhase } from "./compareRuns.ts"
import { measuringPack } from "./measuringPack.ts"
import type { FieldValues } from "./sampleFields.ts"

export interface BiasRequest {
  readonly run: ComparedRun
  /** A scored phase of the protocol; the last one where it is left out. */
  readonly phase?: string
  /** The groups of the samples that were answered. */
  readonly field: (ids: ReadonlyArray<string>) => Effect.Effect<FieldValues, TrainerError, Catalogue>
  /** Labels of the classes whose selection is looked at; all of them where it is left out. */
  readonly positive?: ReadonlyArray<string>
  /** A group with fewer samples is named and not measured. */
  readonly minimum: number
}

/** One class against the rest. */
export interface ClassFairness {
  readonly class_id: number
  readonly label: string
  readonly fairness: Omit<FairnessReport, "small" | "ungrouped">
}

export interface BiasReport {
  readonly field: string
  readonly phase: string
  readonly primary_metric: string
  readonly n: number
  readonly minimum: number
  /** Every value of the metric pack by group, and the gap of each that has a better direction. */
  readonly metrics: GroupReport
  /** Empty where answers are of no class. */
  readonly classes: ReadonlyArray<ClassFairness>
  /** Expected calibration error by group, or why there is none: no scores, or scores that are no probabilities. */
  readonly calibration: GroupCalibrationReport["groups"] | { readonly insufficient: string }
}

/** Bootstrap draws within each group. Fixed, so that the same run always gives the same intervals. */
const draws = { seed: "run/bias", resamples: 1_000, confidence: 0.95, method: "percentile" } as const
/** Bins of the calibration error. */
const calibrationBins = 10

/** Answers of a class to targets of a class, or abstentions. */
const ofClass = (answers: ReadonlyArray<Scored>): boolean =>
  answers.every(({ target, prediction }) => "class" in target && (isAbstain(prediction) || "class" in prediction))

type Classes = ComparedRun["document"]["dataset"]["classes"]

const chosen = (classes: Classes, labels: ReadonlyArray<string> | undefined): Effect.Effect<Classes, TrainerError> => {
  const unknown = labels?.find((label) => !classes.some((each) => each.label === label))
  if (unknown !== undefined)
    return Effect.fail(
      trainerError("usage", {
        code: "FT3313",
        field: "--positive",
        message: "the dataset has no such class",
        expected: classes.length === 0 ? "a dataset with classes" : `one of ${classes.map((each) => each.label).join(", ")}`,
        actual: unknown,
        help: "leave it out to look at every class in turn"
      })
    )
  return Effect.succeed(labels === undefined ? classes : classes.filter((each) => labels.includes(each.label)))
}

/** FT3312 for a phase that is not scored, FT3313 for a class that there is not, FT3314 where no group is large enough. */
export const biasReport = ({
  run,
  phase: asked,
  field: read,
  positive,
  minimum
}: BiasRequest): Effect.Effect<BiasReport, TrainerError, Catalogue> =>
  Effect.gen(function* () {
    const { document } = run
    const phase = yield* scoredPhase(document, asked)
    const classes = yield* chosen(document.dataset.classes, positive)
    const samples = yield* scoredAnswers(run, phase)
    const { field, values } = yield* read(samples.map((each) => each.sample_id))
    const { pack, options, context } = yield* measuringPack(document)
    const groups = { ...draws, minimum, groupOf: (sample: Scored) => values.get(sample.sample_id) }
    const metrics = groupMetrics({ ...groups, samples, pack, options, context })
    if (Object.keys(metrics.groups).length === 0)
      return yield* trainerError("invalid", {
        code: "FT3314",
        field,
        message: `no group of the field has enough samples in phase "${phase}"`,
        expected: `${minimum} samples or more`,
        actual: Object.entries(metrics.small)
          .map(([name, count]) => `${name}: ${count}`)
          .join(", "),
        help: "group by a field with fewer values, or take less for a group with --min-group"
      })
    const judged = ofClass(samples)
    return {
      field,
      phase,
      primary_metric: document.protocol.primary_metric,
      n: samples.length,
      minimum,
      metrics,
      classes: judged
        ? classes.map(({ class_id, label }) => {
            const { small: _, ungrouped: __, ...found } = fairness({ ...groups, samples, positive: class_id })
            return { class_id, label, fairness: found }
          })
        : [],
      calibration: judged ? calibrationOf(samples, context.classes, groups) : { insufficient: "answers are of no class" }
    }
  })

/** How far scores may sum beside 1: what rounding each to two decimals can do, at most 0.05, and a trace for doubles. */
const sumTolerance = (classes: number): number => Math.min(0.05, 0.005 * classes) + 1e-9

const isProbability = (scores: ReadonlyArray<number>, tolerance: number): boolean =>
  scores.every((score) => score >= 0 && score <= 1) && Math.abs(scores.reduce((sum, score) => sum + score, 0) - 1) <= tolerance

/** Scores that are no probabilities (the activity of neurons, say) order the classes and do not tell how sure an answer is. */
const calibrationOf = (
  samples: ReadonlyArray<Scored>,
  classes: Classes,
  groups: { readonly minimum: number; readonly groupOf: (sample: Scored) => string | undefined }
): BiasReport["calibration"] => {
  const scored = samples.flatMap(({ scores }) => (scores === undefined ? [] : [scores]))
  if (scored.length === 0) return { insufficient: "no answer has scores" }
  const wrong = scored.filter((scores) => !isProbability(scores, sumTolerance(classes.length))).length
  if (wrong > 0) return { insufficient: `the scores of ${wrong} answers are no probabilities, from 0 to 1 and of sum 1` }
  return groupCalibration({ ...groups, samples, classes, bins: calibrationBins }).groups
}
