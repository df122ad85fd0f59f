/**
 * The protocol `segmentation-holdout`, version 1: learn on one part of the data, look at the second, be judged on the third.
 *
 * Sharp edge: it is compared by id and version. A change that gives another number is another protocol, however small it looks.
 */
import type { Protocol } from "@feagi-trainer/contracts"
import { segmentationRules } from "./Rules.ts"

export const segmentationHoldout: Protocol = {
  kind: "protocol",
  spec: 1,
  id: "segmentation-holdout",
  version: 1,
  phases: [
    { name: "train", split: "train", learns: true, scored: false },
    { name: "validate", split: "val", learns: false, scored: true },
    { name: "test", split: "test", learns: false, scored: true }
  ],
  ...segmentationRules
}
