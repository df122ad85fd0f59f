/** Watches a run for people. Nothing that a result depends on passes through here. */
import type { MetricValue } from "@feagi-trainer/contracts"
import { Context, Effect, Layer } from "effect"

export interface RunProgress {
  readonly run_id: string
  readonly seed: string
  readonly phase: string
  readonly epoch: number
  readonly epochs: number
  /** Samples of the phase that are done, over all its epochs. */
  readonly done: number
  readonly total: number
  readonly metric: { readonly name: string; readonly value: MetricValue } | undefined
}

export class RunObserver extends Context.Service<
  RunObserver,
  {
    readonly progress: (progress: RunProgress) => Effect.Effect<void>
    readonly note: (run_id: string, message: string) => Effect.Effect<void>
  }
>()("@feagi-trainer/core/RunObserver") {
  static readonly silent = Layer.succeed(RunObserver, { progress: () => Effect.void, note: () => Effect.void })
}
