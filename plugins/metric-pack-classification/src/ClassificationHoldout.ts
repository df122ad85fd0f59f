/**
 * The protocol `classification-holdout`, version 1: learn on one part of the data, look at the second, be judged on the third.
 *
 * Sharp edge: it is compared by id and version. A change of anything below is version 2, however small it looks.
 */
import type { Protocol } from "@feagi-trainer/contracts"

export const classificationHoldout: Protocol = {
  kind: "protocol",
  spec: 1,
  id: "classification-holdout",
  version: 1,
  output_type: "class",
  phases: [
    { name: "train", split: "train", learns: true, scored: false },
    { name: "validate", split: "val", learns: false, scored: true },
    { name: "test", split: "test", learns: false, scored: true }
  ],
  primary_metric: "accuracy",
  abstention: "counted-as-wrong",
  missing: "refused",
  verification_tolerance: 0
}
