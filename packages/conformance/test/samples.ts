/** Tabular samples for tests. */
import type { IRSample } from "@feagi-trainer/contracts"

export const tabular = (sample_id: string, row: ReadonlyArray<number>, class_id: number): IRSample => ({
  schema_version: 1,
  sample_id,
  dataset_version_id: "test@1",
  split: "train",
  modality: "tabular",
  payload: { tabular: row },
  target: { class: { class_id, label: null } },
  output_type: "class",
  coordinate_frame: null,
  timestamp: null,
  metadata: {}
})
