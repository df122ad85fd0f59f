/**
 * The stage of reinforcement learning: PPO, or REINFORCE with a baseline, in an environment with discrete actions. Its dataset is the
 * environment, which the store knows as any other.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type StageSpec, sessionFields, sessionNotes } from "../ir/StageSpec.ts"
import { rlLoop } from "../loops/RLLoop.ts"
import { Count, commonNotes, commonSettings, loopOf, NotNegative, Positive, Share } from "./commonSettings.ts"
import { makeStage, type Stage, sessionConfigOf, settingsOf, wrongDataset } from "./Stage.ts"

const lossFunctions = ["ppo", "reinforce"] as const
const Settings = Schema.Struct({
  ...commonSettings,
  environments: Count,
  steps_per_update: Count,
  update_epochs: Count,
  gamma: Share,
  gae_lambda: Share,
  clip_range: Positive,
  value_clip: Schema.Union([Positive, Schema.Literal("none")]),
  entropy_coefficient: NotNegative,
  value_coefficient: NotNegative,
  standardise_advantages: Schema.Boolean,
  baseline: Schema.Literals(["none", "mean", "value"]),
  eval_episodes: Count
})
const LossFunction = Schema.Struct({ loss_function: Schema.Literals(lossFunctions) })

const spec: StageSpec = {
  id: "rl_train",
  title: "Reinforcement learning",
  settings: Settings.fields,
  training_config: sessionFields(lossFunctions),
  notes: {
    ...commonNotes,
    ...sessionNotes(lossFunctions),
    loss_function: { description: "The algorithm: ppo or reinforce.", default: "ppo" },
    gradient_clipping: {
      ...sessionNotes(lossFunctions).gradient_clipping,
      description: "Largest norm of all gradients together.",
      default: 0.5
    },
    adam_beta2: { description: "Decay of Adam's mean of their squares.", default: 0.999 },
    adam_eps: { description: "What Adam adds to the root it divides by.", default: 1e-5 },
    num_epochs: { description: "Updates: each gathers experience and learns from it.", default: 50 },
    batch_size: { description: "Steps of the environment in a minibatch.", default: 256 },
    learning_rate: { description: "At its highest.", default: 1e-3 },
    environments: { description: "Episodes side by side.", default: 16 },
    steps_per_update: { description: "Steps of each of them in an update; ppo.", default: 128 },
    update_epochs: { description: "Passes over what was gathered; ppo.", default: 10 },
    gamma: { description: "Discount of a step.", default: 0.99 },
    gae_lambda: { description: "Decay of the advantage estimate; ppo.", default: 0.95 },
    clip_range: { description: "How far the ratio of probabilities may leave 1; ppo.", default: 0.2 },
    value_clip: { description: "How far a value may leave the old one; ppo.", default: "none" },
    entropy_coefficient: { description: "What a nat of entropy is worth.", default: 0 },
    value_coefficient: { description: "Weight of the squared error of the value.", default: 0.5 },
    standardise_advantages: {
      description: "Deviation 1, and for ppo mean 0: in each minibatch of ppo, in the update of reinforce.",
      default: true
    },
    baseline: { description: "What is taken off the return; reinforce.", default: "mean" },
    eval_episodes: { description: "Episodes of an evaluation, each action the most likely one.", default: 100 }
  },
  datasets: ["environment"]
}

export const RLTrain: Stage = makeStage({
  spec,
  loop: ({ session, settings, training_config, dataset }) => {
    if (dataset.kind !== "environment") return Effect.fail(wrongDataset(spec.id, dataset))
    const { seed } = sessionConfigOf(training_config)
    const { loss_function: algorithm } = settingsOf(LossFunction, { loss_function: training_config.loss_function })
    return rlLoop(session, dataset, { ...loopOf(settingsOf(Settings, settings)), seed, algorithm })
  }
})
