/**
 * One line that names every convention of the numbers. Sharp edge: what a file brings in (an annotation with the id 0) changes numbers
 * too, and then stands in the signature of each of them.
 */
import type { MetricValue } from "@feagi-trainer/contracts"
import type { Evaluation } from "./Evaluation.ts"
import type { DetectionOptions } from "./Options.ts"
import { rulesOf } from "./Rules.ts"

/** Its number rises with every change of a rule. */
const RULES = "detection:1"

const areaNames = { "": "all:0..1e10", s: "s:0..1024", m: "m:1024..9216", l: "l:9216..1e10" }

export const signature = (options: DetectionOptions): string => {
  const { areas, limit, lowerLimits } = rulesOf[options.iou_type]
  return [
    RULES,
    `iou=${options.iou_type}`,
    ...(options.oks_sigmas === undefined
      ? []
      : [`sigmas=${typeof options.oks_sigmas === "string" ? options.oks_sigmas : options.oks_sigmas.join(",")}`]),
    "thresholds=0.50:0.05:0.95",
    "recall=0:0.01:1",
    `maxdets=${[...lowerLimits, limit].join(",")}`,
    `areas=${areas.map(({ suffix }) => areaNames[suffix]).join(",")}`,
    "crowd=ignored",
    "ties=image,then-order",
    "mean=present-categories",
    "abstention=no-detections",
    "reference=pycocotools-2.0.11"
  ].join("|")
}

/** The signatures of the single values, where the scored images say more than the options; undefined where they do not. */
export const signatureOfFiles = (
  { options, rows, columns }: Evaluation,
  values: Readonly<Record<string, MetricValue>>
): Readonly<Record<string, string>> | undefined => {
  const parts = [
    ...(rows.some(({ target }) => "keypoints" in target) ? ["area=rectangle-of-labelled-points", "score=mean-of-points"] : []),
    ...(columns.truths.idZero.includes(1) ? ["annotation-id-0=never-matched"] : [])
  ]
  if (parts.length === 0) return undefined
  const line = [signature(options), ...parts].join("|")
  return Object.fromEntries(Object.keys(values).map((name) => [name, line]))
}
