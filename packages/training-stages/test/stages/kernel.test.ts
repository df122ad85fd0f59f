/** Each value of a config reaches the weights: what is trained with another value is another model. */
import { sha256Hex } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import {
  Distillation,
  DPOTrain,
  gradientTrainingClient,
  gradientTrainingClientLayer,
  memoryDatasetStore,
  memoryDatasetStoreLayer,
  RLTrain,
  type Stage,
  SupervisedTrain,
  TrainingConfig,
  textLogger
} from "../../src/index.ts"
import { balancing } from "../cartPole.ts"
import { actorModel, counts, points, preferences, prompts, rowModel, textModel } from "../models.ts"

const datasets = { points, counts, preferences, prompts, balancing, turned: { ...points, train: points.train.toReversed() } }
const ports = { dataset_store: memoryDatasetStore(datasets), training_client: gradientTrainingClient() }

const trained = (stage: Stage, input: unknown): Promise<string> =>
  Effect.runPromise(
    Effect.gen(function* () {
      const { loop, session } = yield* stage.open(input, ports)
      while (!loop.done()) yield* loop.step
      return yield* session.weightsSha256
    })
  )

const ir = { dataset_ref: "points", model_ref: rowModel, epochs: 2, batch_size: 5, learning_rate: 0.05, seed: 1, optimizer: "adam" }
const wider = { ...rowModel, layers: [{ ...rowModel.layers[0], units: 6 }, ...rowModel.layers.slice(1)] }

describe("what a training config says reaches the kernel", () => {
  const standard = trained(SupervisedTrain, { training_config: ir })

  it.each([
    ["dataset_ref", "turned"],
    ["model_ref", wider],
    ["epochs", 3],
    ["batch_size", 6],
    ["learning_rate", 0.06],
    ["optimizer", "adamw"],
    ["optimizer", "sgd"],
    ["loss_function", "mean_squared_error"],
    ["seed", 2],
    ["gradient_clipping", 0.25]
  ])("%s", async (field, value) => {
    const other = { ...ir, [field]: value, options: value === "adamw" ? { weight_decay: 0.1 } : {} }
    expect(await trained(SupervisedTrain, { training_config: new TrainingConfig(other) })).not.toBe(await standard)
  })

  it.each([
    ["lr_schedule", "cosine"],
    ["lr_schedule", { type: "warm-up", steps: 3, followed_by: "linear" }],
    ["adam_beta1", 0.8],
    ["adam_beta2", 0.99],
    ["adam_eps", 1e-3],
    ["learning_rate", 0.01]
  ])("the option %s: %j", async (option, value) => {
    expect(await trained(SupervisedTrain, { training_config: { ...ir, options: { [option]: value } } })).not.toBe(await standard)
  })

  it("the momentum, where the optimiser has one", async () => {
    const hashes = await Promise.all(
      [0.5, 0.6].map((momentum) => trained(SupervisedTrain, { training_config: { ...ir, optimizer: "momentum", options: { momentum } } }))
    )
    expect(new Set(hashes).size).toBe(2)
  })

  it("and what only looks on does not change it", async () => {
    for (const options of [{ save_every: 1 }, { eval_every: 1 }, { log_path: "elsewhere" }, { momentum: 0.1 }, { weight_decay: 0.5 }])
      expect(await trained(SupervisedTrain, { training_config: { ...ir, options } })).toBe(await standard)
    expect(await trained(SupervisedTrain, { training_config: { ...ir, checkpoint_every: 1 } })).toBe(await standard)
  })
})

const rl = {
  dataset_ref: "balancing",
  model_ref: actorModel,
  num_epochs: 3,
  environments: 2,
  steps_per_update: 24,
  batch_size: 16,
  update_epochs: 2,
  eval_every: 0
}
const dpo = { dataset_ref: "preferences", model_ref: textModel, num_epochs: 2, batch_size: 3, learning_rate: 0.05 }
const distillation = {
  dataset_ref: "counts",
  model_ref: textModel,
  teacher_ref: textModel,
  teacher_seed: 5,
  batch_size: 4,
  learning_rate: 0.05
}
const onPolicy = { ...distillation, dataset_ref: "prompts", mode: "on_policy", max_tokens: 2 }

describe.each<readonly [string, Stage, Readonly<Record<string, unknown>>, ReadonlyArray<readonly [string, unknown]>]>([
  [
    "rl_train by ppo",
    RLTrain,
    rl,
    [
      ...([
        ["loss_function", "reinforce"],
        ["gamma", 0.5],
        ["gae_lambda", 0.5],
        ["clip_range", 0.001],
        ["value_clip", 0.001]
      ] as const),
      ...([
        ["entropy_coefficient", 0.1],
        ["value_coefficient", 0.1],
        ["standardise_advantages", false],
        ["environments", 3]
      ] as const),
      ...([
        ["steps_per_update", 25],
        ["update_epochs", 3],
        ["batch_size", 17],
        ["gradient_clipping", 0.1],
        ["seed", 1]
      ] as const)
    ]
  ],
  [
    "rl_train by reinforce",
    RLTrain,
    { ...rl, loss_function: "reinforce" },
    [
      ["baseline", "none"],
      ["baseline", "value"],
      ["gamma", 0.5],
      ["standardise_advantages", false]
    ]
  ],
  [
    "dpo_train",
    DPOTrain,
    dpo,
    [
      ["beta", 0.2],
      ["reference_ref", { ...textModel, layers: textModel.layers.map((layer) => ("hidden" in layer ? { ...layer, hidden: 16 } : layer)) }],
      ["seed", 4]
    ]
  ],
  [
    "distillation off-policy",
    Distillation,
    distillation,
    [
      ["teacher_seed", 6],
      ["loss_function", "reverse_kl"],
      ["seed", 4]
    ]
  ],
  [
    "distillation on-policy",
    Distillation,
    onPolicy,
    [
      ["temperature", 3],
      ["max_tokens", 3],
      ["stop_token", 1],
      ["loss_function", "forward_kl"],
      ["seed", 4]
    ]
  ]
])("what the keys of %s say reaches the kernel", (_, stage, input, changes) => {
  const standard = trained(stage, input)
  it.each(changes)("%s: %j", async (key, value) => {
    expect(await trained(stage, { ...input, [key]: value })).not.toBe(await standard)
  })
})

describe("a stage as a whole", () => {
  const layers = [memoryDatasetStoreLayer(datasets), gradientTrainingClientLayer()] as const

  it("runs from a training config to a trained model, with its provenance", async () => {
    const saved: Array<number> = []
    const input = { training_config: { ...ir, checkpoint_every: 3 } }
    const result = await Effect.runPromise(
      SupervisedTrain.run(input, (step) => Effect.sync(() => void saved.push(step))).pipe(Effect.provide([layers[0], layers[1]]))
    )
    expect(result.weights_sha256).toBe(await trained(SupervisedTrain, input))
    expect(result.reports.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(saved).toEqual([3, 6, 8])
    expect(result.provenance).toMatchObject({
      stage: "supervised_train",
      config_sha256: result.normalized.config_sha256,
      dataset_sha256: result.normalized.config.dataset.sha256,
      defaults_used: result.normalized.defaults_used,
      client: { client: "gradient" }
    })
  })

  it("fails with missing_ports where the context has none", async () => {
    const failure = await Effect.runPromise(Effect.flip(SupervisedTrain.run({ training_config: ir })))
    expect(failure).toMatchObject({ _tag: "StageConfigError", code: "missing_ports" })
    const half = await Effect.runPromise(Effect.flip(SupervisedTrain.run({ training_config: ir }).pipe(Effect.provide(layers[0]))))
    expect(half).toMatchObject({ code: "missing_ports", diagnostics: [{ field: "ports.training_client" }] })
  })

  it("opens what was normalised before as it opens the input, and says which port it lacks", async () => {
    const input = { training_config: { ...ir, options: { logger: "csv" } } }
    const logger = textLogger(() => Effect.void)
    const hashes = await Effect.runPromise(
      Effect.gen(function* () {
        const normalized = yield* SupervisedTrain.normalize(input, { ...ports, logger })
        const lacking = yield* Effect.flip(SupervisedTrain.openNormalized(normalized, {}))
        expect(lacking.diagnostics.map(({ code, field }) => `${code} ${field}`)).toEqual([
          "missing_ports ports.training_client",
          "missing_ports ports.logger"
        ])
        const opened = [
          yield* SupervisedTrain.open(input, { ...ports, logger }),
          yield* SupervisedTrain.openNormalized(normalized, { training_client: ports.training_client, logger })
        ]
        return yield* Effect.forEach(opened, ({ loop }) => Effect.map(loop.save, sha256Hex))
      })
    )
    expect(hashes[1]).toBe(hashes[0])
  })

  it("says who taught, by the hash of its weights", async () => {
    const result = await Effect.runPromise(Distillation.run(distillation).pipe(Effect.provide([layers[0], layers[1]])))
    const teacher = await Effect.runPromise(
      Effect.flatMap(Distillation.open({ ...distillation, seed: 5 }, ports), ({ session }) => session.weightsSha256)
    )
    expect(result.provenance).toMatchObject({ teacher: { weights_sha256: teacher } })
  })
})
