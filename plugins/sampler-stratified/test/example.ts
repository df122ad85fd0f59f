import { epochRng } from "@feagi-trainer/conformance"
import { stratified } from "../src/index.ts"

// Three ants, six bees and three cats.
const index = [0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2].map((class_id, position) => ({ position, sample_id: `s${position}`, class_id }))
const { order } = stratified.plan({ window: 4 }, { index, rng: epochRng("example", 0), epoch: 0 })

/** "BCBABACBBBAC" */
export const classes = order.map((position) => "ABC".at(index[position]?.class_id ?? -1)).join("")
