import { detection } from "@feagi-trainer/metric-pack-detection"

const classes = [{ class_id: 0, label: "cat" }]
const fold = detection.start({ iou_type: "bbox" }, { output_type: "bbox_set", classes })
const cat = { class_id: 0, x: 10, y: 10, width: 40, height: 40 }
const found = { sample_id: "1", target: { bbox_set: [cat] }, prediction: { bbox_set: [{ ...cat, width: 30, score: 0.9 }] } }
const missed = { sample_id: "2", target: { bbox_set: [cat] }, prediction: { abstain: { reason: "silent" } } }
export const { values, figures } = fold.result([found, missed].reduce(fold.add, fold.empty))
