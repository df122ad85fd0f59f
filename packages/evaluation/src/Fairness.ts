/**
 * Group fairness of answers to class tasks, for one class against the rest, as Fairlearn defines it: who is selected how often, and who is
 * wronged how often.
 *
 * Sharp edges: `positive` is the class that is an advantage to be given, and nothing here knows whether it is; an abstention selects nobody
 * and is wrong; a rate over nobody (no positive target in a group) is insufficient, where Fairlearn says 0; equal numbers are no proof of
 * equal treatment, and the three criteria cannot all hold where the groups differ in how often the class occurs.
 */
import { type Atoms, isAbstain, isInsufficient, type MetricValue, type Scored } from "@feagi-trainer/contracts"
import { disparityOf, type Estimate, type GroupOptions, type GroupReport, grouped, groupIntervals } from "./Groups.ts"

export interface FairnessRequest extends GroupOptions {
  readonly samples: ReadonlyArray<Scored>
  /** The class id that is selected. */
  readonly positive: number
}

export interface FairnessReport extends GroupReport {
  /** The gap of the selection rate. */
  readonly demographic_parity_difference: Estimate
  readonly demographic_parity_ratio: Estimate
  /** The larger of the gaps of true and false positive rate, and the smaller of their ratios. */
  readonly equalized_odds_difference: Estimate
  readonly equalized_odds_ratio: Estimate
  /** The gap of the true positive rate. */
  readonly equal_opportunity_difference: Estimate
  readonly equal_opportunity_ratio: Estimate
}

const classOf = (sampleId: string, side: string, value: object): number => {
  if (!("class" in value)) throw new RangeError(`sample "${sampleId}": its ${side} is of type ${Object.keys(value).join()}, expected class`)
  return (value.class as { readonly class_id: number }).class_id
}

const bits = { positive: 4, selected: 2, correct: 1 } as const

const share = (part: number, whole: number, none: string): MetricValue => (whole === 0 ? { insufficient: none } : part / whole)

/** Accuracy, selection rate, true and false positive rate of a multiset; an atom is which of the three things are true of a sample. */
const ratesOf = (samples: ReadonlyArray<Scored>, positive: number): Atoms => ({
  count: 8,
  atomOf: Uint32Array.from(samples, ({ sample_id, target, prediction }) => {
    const truth = classOf(sample_id, "target", target)
    if (isAbstain(prediction)) return truth === positive ? bits.positive : 0
    const answer = classOf(sample_id, "prediction", prediction)
    return (truth === positive ? bits.positive : 0) + (answer === positive ? bits.selected : 0) + (answer === truth ? bits.correct : 0)
  }),
  values: (multiplicity) => {
    const count = (holds: (atom: number) => boolean): number =>
      multiplicity.reduce((sum, times, atom) => sum + (holds(atom) ? times : 0), 0)
    const n = count(() => true)
    const positives = count((atom) => (atom & bits.positive) !== 0)
    const selected = count((atom) => (atom & bits.selected) !== 0)
    const hit = count((atom) => (atom & bits.positive) !== 0 && (atom & bits.selected) !== 0)
    const noSample = "the group has no sample"
    return {
      accuracy: share(
        count((atom) => (atom & bits.correct) !== 0),
        n,
        noSample
      ),
      selection_rate: share(selected, n, noSample),
      true_positive_rate: share(hit, positives, "no target of the group is the positive class"),
      false_positive_rate: share(selected - hit, n - positives, "every target of the group is the positive class")
    }
  }
})

type Gap = ReturnType<typeof disparityOf>

/** The larger of two differences; insufficient when either is. */
const larger = (left: Gap, right: Gap): MetricValue => {
  if (isInsufficient(left.difference)) return left.difference
  return isInsufficient(right.difference) ? right.difference : Math.max(left.difference, right.difference)
}

/** The smaller of two ratios. A rate that is 0 in every group has no ratio and is equal all the same, so it has no say, as in Fairlearn. */
const smaller = (left: Gap, right: Gap): MetricValue => {
  const unknown = [left.difference, right.difference].find(isInsufficient)
  if (unknown !== undefined) return unknown
  if (isInsufficient(left.ratio)) return right.ratio
  return isInsufficient(right.ratio) ? left.ratio : Math.min(left.ratio, right.ratio)
}

/**
 * Rates per group, their gaps, and Fairlearn's summaries of them, all with intervals. Draws from the stream `groups/bootstrap` of the seed.
 * Throws RangeError on a sample that is not of a class, on a minimum below 1 and on options that cannot be drawn with.
 */
export const fairness = (request: FairnessRequest): FairnessReport => {
  const { samples, positive, seed, resamples, confidence, method } = request
  const found = grouped(samples, request)
  const { report, summary } = groupIntervals({
    grouped: found,
    atoms: ratesOf(found.samples, positive),
    gaps: () => true,
    seed,
    resamples,
    confidence,
    method,
    summary: (groups) => {
      const gap = (name: string) =>
        disparityOf(
          found.names,
          groups.map((values) => values[name])
        )
      const [selected, hits, alarms] = [gap("selection_rate"), gap("true_positive_rate"), gap("false_positive_rate")]
      return {
        demographic_parity_difference: selected.difference,
        demographic_parity_ratio: selected.ratio,
        equalized_odds_difference: larger(hits, alarms),
        equalized_odds_ratio: smaller(hits, alarms),
        equal_opportunity_difference: hits.difference,
        equal_opportunity_ratio: hits.ratio
      }
    }
  })
  const none: Estimate = { value: { insufficient: "absent" }, interval: { insufficient: "absent" } }
  const at = (name: string): Estimate => summary[name] ?? none
  return {
    ...report,
    demographic_parity_difference: at("demographic_parity_difference"),
    demographic_parity_ratio: at("demographic_parity_ratio"),
    equalized_odds_difference: at("equalized_odds_difference"),
    equalized_odds_ratio: at("equalized_odds_ratio"),
    equal_opportunity_difference: at("equal_opportunity_difference"),
    equal_opportunity_ratio: at("equal_opportunity_ratio")
  }
}
