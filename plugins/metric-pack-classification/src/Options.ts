/**
 * The choices of the pack. What an average over classes does with a class whose value is 0 / 0 has no default, because the literature
 * has no usual one. The two others have the value of the program or paper they are known from, and stand in the signature either way.
 *
 * Sharp edge: a value of one class is never filled in; only averages over classes, and a correlation of constants, are.
 */
import { optionsFrom } from "@feagi-trainer/contracts"
import { Schema } from "effect"

/**
 * `insufficient`: a macro or weighted average that needs an undefined value is itself undefined, and says which classes are at fault.
 * `zero`: such a value counts as 0 in the average, as scikit-learn does with `zero_division=0`; so does Matthews' correlation of
 * constants.
 */
export const UndefinedInMacro = Schema.Literals(["insufficient", "zero"])
export type UndefinedInMacro = typeof UndefinedInMacro.Type

export const OfRuns = Schema.Struct({
  undefined_in_macro: UndefinedInMacro,
  /** A sample counts in `top_k` when its class is among so many best scores; 2, as scikit-learn has it, when left out. */
  top_k: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
  /** Bins of the calibration error; 15, as Guo et al. 2017 have it, when left out. */
  calibration_bins: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 })))
})

/**
 * `by-name`: every score has the name of its class. `sorted-classes`: one score for each class that occurs, in order; `sorted-targets`
 * for each that is the truth of a sample. `index`: the classes are 0, 1, 2 …, some of which do not occur. `given`: as the person said.
 * `unassigned`: there are scores, and nobody knows whose.
 */
export type ScoreSource = "none" | "by-name" | "sorted-classes" | "sorted-targets" | "index" | "given" | "unassigned"

/** How classes and scores belong together when no dataset declared them. */
export interface Observed {
  /** Ids of the classes that have a score, in the order of the scores. */
  readonly score_classes: ReadonlyArray<number>
  /** How that was found out, for the signature. */
  readonly scores: ScoreSource
}

export type ClassificationOptions = typeof OfRuns.Type & {
  /**
   * Present when the classes are those that occur among the samples: averages are then over these, whatever the context declares. It
   * comes from files that were read, never from a run file.
   */
  readonly observed?: Observed
}

export const decodeClassificationOptions = optionsFrom(OfRuns)

/** Options with nothing left open. */
export interface Settled {
  readonly undefined_in_macro: UndefinedInMacro
  readonly top_k: number
  readonly calibration_bins: number
  readonly observed: Observed | undefined
}

export const settled = ({ undefined_in_macro, top_k = 2, calibration_bins = 15, observed }: ClassificationOptions): Settled => ({
  undefined_in_macro,
  top_k,
  calibration_bins,
  observed
})

/** One line with every convention. Two results with different lines are different measurements. */
export const signatureOf = (options: ClassificationOptions): string => {
  const { undefined_in_macro, top_k, calibration_bins, observed } = settled(options)
  return [
    "classification:2",
    observed === undefined ? "classes=declared" : "classes=observed",
    "abstention=wrong,false-negative",
    "f1=2tp/(2tp+fp+fn)",
    "undefined-class=insufficient",
    `undefined-in-macro,weighted=${undefined_in_macro}`,
    "weighted=support",
    "balanced_accuracy=mean-recall-of-classes-with-samples",
    `undefined-mcc=${undefined_in_macro}`,
    "undefined-kappa=insufficient",
    `scores=${observed === undefined ? "declared-classes" : observed.scores}`,
    "sample-without-scores=insufficient",
    `k=${top_k}`,
    "ties=later-class-first,two-classes:earlier-first",
    "roc_auc=macro-one-vs-rest,two-classes:later",
    "average_precision=step",
    "probabilities=0..1,sum=1±min(0.05,0.005·classes)",
    "log_loss=natural,clip=2^-52",
    "brier=sum-of-squares,two-classes:half",
    `ece=highest-score,bins=${calibration_bins},equal-width,upper-edge-in`
  ].join("|")
}
