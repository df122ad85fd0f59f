import { epochRng } from "@feagi-trainer/conformance"
import { timeWindow } from "../src/index.ts"

// Five samples of one episode, and then two of another.
const index = ["a", "a", "a", "a", "a", "b", "b"].map((group, position) => ({
  position,
  sample_id: `s${position}`,
  group,
  time: position * 40
}))
const plan = (incomplete: "drop" | "keep") =>
  timeWindow.plan({ length: 3, stride: 2, order: "time", incomplete }, { index, rng: epochRng("example", 0), epoch: 0 }).order

/** [0, 1, 2, 2, 3, 4] */
export const complete = plan("drop")
/** [0, 1, 2, 2, 3, 4, 4, 5, 6] */
export const all = plan("keep")
