/**
 * The learner `gradient`: models on WebAssembly kernels of one thread, whose every sum has one order. Same pins, same bits: on every version
 * of Node, on one core and on many, in one go and after a kill.
 */
import { type LearnerPlugin, trainerError } from "@feagi-trainer/contracts"
import { gradientLearner, openDevice } from "@feagi-trainer/gradient"
import { Effect } from "effect"

export const gradient: LearnerPlugin = gradientLearner({
  id: "gradient",
  openDevice: Effect.tryPromise({
    try: () => openDevice(),
    catch: (error) =>
      trainerError("integrity", {
        code: "gradient/KERNELS",
        message: `the kernels cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
        help: "install @feagi-trainer/gradient again"
      })
  }),
  engine: ({ module_sha256 }) => ({ kernels: module_sha256 })
})
