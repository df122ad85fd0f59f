/**
 * The protocol `segmentation-train-test`, version 1: learn on one part of the data, be judged on the other. For data whose source
 * declares these two parts and no third; whoever looks at the score while choosing options has no untouched part left.
 *
 * Sharp edge: it is compared by id and version. A change that gives another number is another protocol, however small it looks.
 */
import type { Protocol } from "@feagi-trainer/contracts"
import { segmentationRules } from "./Rules.ts"

export const segmentationTrainTest: Protocol = {
  kind: "protocol",
  spec: 1,
  id: "segmentation-train-test",
  version: 1,
  phases: [
    { name: "train", split: "train", learns: true, scored: false },
    { name: "test", split: "test", learns: false, scored: true }
  ],
  ...segmentationRules
}
