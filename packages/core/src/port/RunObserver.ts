/** Watches a run for people. Nothing that a result depends on passes through here. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export interface ShownMetric {
  readonly name: string
  readonly value: number
}

export interface RunProgress {
  readonly run_id: string
  readonly seed: string
  readonly phase: string
  readonly epoch: number
  readonly epochs: number
  /** Samples of the phase that are done, over all its epochs. */
  readonly done: number
  readonly total: number
  /** The protocol's primary metric over the answers of the epoch so far; computed when it is asked for, which is now or never. */
  readonly metric: () => ShownMetric | undefined
}

export class RunObserver extends Context.Service<
  RunObserver,
  {
    readonly progress: (progress: RunProgress) => Effect.Effect<void>
  }
>()("@feagi-trainer/core/RunObserver") {
  static readonly silent = Layer.succeed(RunObserver, { progress: () => Effect.void })
}
