/** PPO balances the pole: a mean return of at least 475 over 100 episodes that it was not trained on. */
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { gradientTrainingClient, memoryDatasetStore, RLTrain } from "../../src/index.ts"
import { balancing, policyAndValue } from "../cartPole.ts"

const ports = { dataset_store: memoryDatasetStore({ balancing }), training_client: gradientTrainingClient() }
const everySeed = process.env.FEAGI_TRAINER_TEST_FULL === "1"

/** The published settings of the RL Baselines3 Zoo for this environment, where they differ from the defaults of the stage. */
const settings = { gamma: 0.98, gae_lambda: 0.8, update_epochs: 20 }

const evaluated = (seed: number, updates: number) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const input = { ...settings, dataset_ref: "balancing", model_ref: policyAndValue(32), num_epochs: updates, eval_every: updates, seed }
      const { loop, session } = yield* RLTrain.open(input, ports)
      let metrics: Readonly<Record<string, number>> = {}
      while (!loop.done()) metrics = (yield* loop.step).metrics
      return { metrics, weights: yield* session.weightsSha256 }
    })
  )

describe("ppo on cart-pole", () => {
  it.each(everySeed ? [0, 1, 2, 3, 4] : [2])("reaches a mean return of 475 over 100 episodes with seed %d", async (seed) => {
    const { metrics } = await evaluated(seed, 50)
    expect(metrics.environment_steps).toBe(50 * 16 * 128)
    expect(metrics["eval/mean_return"]).toBeGreaterThanOrEqual(475)
  })

  it("gives the same weights to the bit a second time", async () => {
    const [once, again] = [await evaluated(7, 2), await evaluated(7, 2)]
    expect(again).toEqual(once)
    expect((await evaluated(8, 2)).weights).not.toBe(once.weights)
  })
})
