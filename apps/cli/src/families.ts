/** Every kind of learner that this program runs. */
import { brainFamily } from "@feagi-trainer/brain"
import type { LearnerFamily } from "@feagi-trainer/contracts"

export const families: ReadonlyArray<LearnerFamily> = [brainFamily]
