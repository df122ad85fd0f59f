/** What both backends do before a brain fires: what can be told of a request without an engine, and the brain that genome and seed give. */
import type { BrainOpen, Diagnostic, TrainerError } from "@feagi-trainer/contracts"
import { Brain, type EngineModule } from "@feagi-trainer/feagi-runtime"
import { Effect, type Scope } from "effect"
import { callEngine } from "./EngineFailure.ts"
import { randomStream } from "./RandomStream.ts"

const SEED_BYTES = 32

/** What a brain may grow to, and how closely its genome is looked at. */
export interface DevelopmentOptions {
  readonly max_voxels: number
  readonly max_synapses: number
  readonly validation: "strict" | "lenient"
}

/** @param diagnostic makes the diagnostic of the backend that asks */
export const checkRequest = (
  { seed, schedule }: Pick<BrainOpen<unknown>, "seed" | "schedule">,
  diagnostic: (code: "SEED" | "SCHEDULE", message: string, more: Partial<Omit<Diagnostic, "code" | "severity" | "message">>) => Diagnostic
): ReadonlyArray<Diagnostic> => [
  ...(seed.length === SEED_BYTES
    ? []
    : [diagnostic("SEED", "the seed has the wrong length", { expected: `${SEED_BYTES} bytes`, actual: `${seed.length}` })]),
  ...(schedule.read_burst > schedule.hold_bursts
    ? []
    : [
        diagnostic("SCHEDULE", "the reading is taken while the sample is still injected, before any of it can reach an output", {
          field: "learner.schedule.read_burst",
          expected: `more than hold_bursts, which is ${schedule.hold_bursts}`,
          actual: String(schedule.read_burst),
          help: `write read_burst = ${schedule.hold_bursts + 1} for a brain without hidden areas, one more for each hidden area on the way`
        })
      ])
]

/** Closing the scope lets go of the memory of the brain. */
export const develop = (
  module: EngineModule,
  { options, genome, seed }: Pick<BrainOpen<DevelopmentOptions>, "options" | "genome" | "seed">
): Effect.Effect<Brain, TrainerError, Scope.Scope> =>
  Effect.acquireRelease(
    callEngine(() =>
      Brain.develop(module, {
        genome,
        random: randomStream(seed),
        budget: { voxels: options.max_voxels, synapses: options.max_synapses },
        reliesOn: [],
        strict: options.validation === "strict"
      })
    ),
    (brain) => Effect.sync(() => brain.dispose())
  )
