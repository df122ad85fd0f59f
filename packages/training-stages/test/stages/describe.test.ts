/** What a stage says of its input is what it takes. */
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { accepts } from "../../../conformance/src/index.ts"
import {
  type Dataset,
  Distillation,
  DPOTrain,
  makeNoopTrainingClient,
  memoryDatasetStore,
  RLTrain,
  type Stage,
  SupervisedTrain
} from "../../src/index.ts"
import { balancing } from "../cartPole.ts"
import { counts, points, preferences } from "../models.ts"

const datasets: Readonly<Record<string, Dataset>> = { points, counts, preferences, balancing }
const ports = { dataset_store: memoryDatasetStore(datasets), training_client: makeNoopTrainingClient().service }
const takes = (stage: Stage, input: unknown) => Effect.runSyncExit(stage.normalize(input, ports))._tag === "Success"

const stages: ReadonlyArray<readonly [string, Stage, Readonly<Record<string, unknown>>]> = [
  ["supervised_train", SupervisedTrain, { dataset_ref: "points", model_ref: "m" }],
  ["rl_train", RLTrain, { dataset_ref: "balancing", model_ref: "m" }],
  ["dpo_train", DPOTrain, { dataset_ref: "preferences", model_ref: "m" }],
  ["distillation", Distillation, { dataset_ref: "counts", model_ref: "m", teacher_ref: "t" }]
]

const changes: ReadonlyArray<Readonly<Record<string, unknown>>> = [
  {},
  { num_epochs: 3 },
  { num_epochs: 0 },
  { num_epochs: 1.5 },
  { batch_size: "many" },
  { learning_rate: -1 },
  { lr_schedule: "cosine" },
  { lr_schedule: "sudden" },
  { lr_schedule: { type: "warm-up", steps: 2, followed_by: "linear" } },
  { optimizer: "adagrad" },
  { gradient_clipping: "none" },
  { gradient_clipping: 0 },
  { adam_beta1: 1 },
  { seed: -1 },
  { logger: "json_lines" },
  { logger: "tape" },
  { epochs: 2 },
  { mood: 1 }
]

describe.each(stages)("%s", (id, stage, required) => {
  const described = stage.describe()
  const own = (
    described.oneOf as ReadonlyArray<{
      readonly properties: Readonly<Record<string, { readonly default?: unknown; readonly description: string }>>
    }>
  )[1]

  it("describes every field, with the default that it uses", () => {
    expect(Object.keys(own?.properties ?? {})).toEqual([
      "dataset_ref",
      ...Object.keys(stage.spec.settings),
      ...Object.keys(stage.spec.training_config)
    ])
    const { config } = Effect.runSync(stage.normalize(required, ports))
    for (const [name, { default: said, description }] of Object.entries(own?.properties ?? {})) {
      expect(description.endsWith(".")).toBe(true)
      if (!(name in required)) expect(said).toEqual({ ...config.settings, ...config.training_config }[name])
    }
  })

  it.each(changes)("and decoder agree on %j", (change) => {
    const input = { ...required, ...change }
    // Without a logger among the ports a config that asks for one is sound and still refused.
    const sound = takes(stage, { ...input, ...("logger" in change && change.logger !== "tape" ? { logger: "none" } : {}) })
    expect(accepts(described, input)).toBe(sound)
  })

  it("requires what has no default", () => {
    for (const name of Object.keys(required)) {
      const { [name]: _, ...rest } = required
      expect({ name, schema: accepts(described, rest), decoder: takes(stage, rest) }).toEqual({ name, schema: false, decoder: false })
    }
  })

  it("takes a training config as it takes keys", () => {
    const { dataset_ref, model_ref, ...options } = required
    expect(accepts(described, { training_config: { dataset_ref, model_ref, epochs: 2, options } })).toBe(true)
    expect(accepts(described, { training_config: { dataset_ref, model_ref, num_epochs: 2 } })).toBe(false)
    expect(accepts(described, { training_config: { dataset_ref, model_ref }, num_epochs: 2 })).toBe(false)
    expect(id).toBe(stage.id)
  })
})
