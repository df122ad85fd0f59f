/**
 * The protocol `classification-train-test`, version 1: learn on one part of the data, be judged on the other. For data whose source
 * declares these two parts and no third; whoever looks at the score while choosing options has no untouched part left.
 *
 * Sharp edge: it is compared by id and version. A change of anything below is version 2, however small it looks.
 */
import type { Protocol } from "@feagi-trainer/contracts"

export const classificationTrainTest: Protocol = {
  kind: "protocol",
  spec: 1,
  id: "classification-train-test",
  version: 1,
  output_type: "class",
  phases: [
    { name: "train", split: "train", learns: true, scored: false },
    { name: "test", split: "test", learns: false, scored: true }
  ],
  primary_metric: "accuracy",
  abstention: "counted-as-wrong",
  missing: "refused",
  verification_tolerance: 0
}
