import { epochRng } from "@feagi-trainer/conformance"
import { curriculum } from "../src/index.ts"

const index = [5, 1, 4, 2, 3].map((difficulty, position) => ({ position, sample_id: `s${position}`, values: { difficulty } }))
const schedule = { epochs_to_full: 2, start_fraction: 0.4, pacing: "linear" } as const
const options = { by: "difficulty", order: "rising", schedule, within: "sorted" } as const

/** [[1, 3], [1, 3, 4, 2], [1, 3, 4, 2, 0]] */
export const orders = [0, 1, 2].map((epoch) => curriculum.plan(options, { index, rng: epochRng("example", epoch), epoch }).order)
