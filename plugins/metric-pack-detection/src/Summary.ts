/**
 * The numbers that COCO reports, from the tallies of all categories (`summarize` of pycocotools): twelve for boxes and masks, ten for
 * keypoints, and average precision per category.
 *
 * Sharp edge: where pycocotools prints −1, because no category has a truth in that range of area, there is no number but a reason.
 */
import type { ClassLabel, MetricValue } from "@feagi-trainer/contracts"
import type { Table, Tally } from "./Accumulate.ts"
import { AT_50, AT_75, type IouType, overlapThresholds, recallLevels, rulesOf } from "./Rules.ts"

/** Everything that COCO reports about boxes, masks or keypoints, in the order in which it is shown. */
export const statistics = [
  "AP",
  "AP50",
  "AP75",
  "APs",
  "APm",
  "APl",
  "AR1",
  "AR10",
  "AR100",
  "AR",
  "AR50",
  "AR75",
  "ARs",
  "ARm",
  "ARl"
] as const

/** Where the values of one category are summed up: over all thresholds, or at one. */
type At = number | undefined

const thresholds = (at: At): ReadonlyArray<number> => (at === undefined ? overlapThresholds.map((_, index) => index) : [at])

/** The mean of what `each` gives for every present category and threshold. */
const mean = (tallies: ReadonlyArray<Tally>, at: At, each: (tally: Tally, threshold: number) => number, missing: string): MetricValue => {
  let [sum, count] = [0, 0]
  for (const tally of tallies) {
    if (tally.positives === 0) continue
    for (const threshold of thresholds(at)) {
      sum += each(tally, threshold)
      count += 1
    }
  }
  return count === 0 ? { insufficient: missing } : sum / count
}

const precisionAt = ({ precisionSums }: Tally, threshold: number): number => (precisionSums[threshold] ?? 0) / recallLevels.length
const recallAt = ({ found, positives }: Tally, threshold: number): number => (found[threshold] ?? 0) / positives

/** Average precision of one category, over all areas. @param at threshold, or all of them */
export const averagePrecision = (tally: Tally, at: At, label: string): MetricValue =>
  mean([tally], at, precisionAt, `no image has an object of "${label}" that has to be found`)

/** The second half of `AP/person`: the label, or label and id where two classes have the same label. */
export const classKeys = (classes: ReadonlyArray<ClassLabel>): ReadonlyArray<string> => {
  const labels = classes.map(({ label }) => label)
  const repeated = new Set(labels.filter((label, index) => labels.indexOf(label) !== index))
  return classes.map(({ class_id, label }) => (repeated.has(label) ? `${label} (${class_id})` : label))
}

const areaNames = { "": "any size", s: "up to 32² pixels", m: "32² to 96² pixels", l: "96² pixels and more" }

export const summary = (table: Table, iouType: IouType, classes: ReadonlyArray<ClassLabel>): Readonly<Record<string, MetricValue>> => {
  const { areas, limit, lowerLimits } = rulesOf[iouType]
  const inArea = (area: number): ReadonlyArray<Tally> => table.flatMap((tallies) => tallies[area] ?? [])
  const all = inArea(0)
  const missing = (area: keyof typeof areaNames): string => `no image has an object of ${areaNames[area]} that has to be found`
  const values: Record<string, MetricValue> = {
    AP: mean(all, undefined, precisionAt, missing("")),
    AP50: mean(all, AT_50, precisionAt, missing("")),
    AP75: mean(all, AT_75, precisionAt, missing(""))
  }
  for (const [area, { suffix }] of areas.entries())
    if (area > 0) values[`AP${suffix}`] = mean(inArea(area), undefined, precisionAt, missing(suffix))
  for (const [index, lower] of lowerLimits.entries())
    values[`AR${lower}`] = mean(all, undefined, (tally, t) => (tally.foundWithin[index]?.[t] ?? 0) / tally.positives, missing(""))
  if (iouType === "keypoints") {
    values.AR = mean(all, undefined, recallAt, missing(""))
    values.AR50 = mean(all, AT_50, recallAt, missing(""))
    values.AR75 = mean(all, AT_75, recallAt, missing(""))
  } else values[`AR${limit}`] = mean(all, undefined, recallAt, missing(""))
  for (const [area, { suffix }] of areas.entries())
    if (area > 0) values[`AR${suffix}`] = mean(inArea(area), undefined, recallAt, missing(suffix))
  for (const [index, key] of classKeys(classes).entries()) {
    const tally = all[index]
    if (tally === undefined) continue
    values[`AP/${key}`] = averagePrecision(tally, undefined, key)
    values[`AP50/${key}`] = averagePrecision(tally, AT_50, key)
  }
  return values
}
