/**
 * The protocols `control-holdout` and `control-train-test`, version 1: learn in some rollouts, be judged in others.
 *
 * Sharp edge: they are compared by id and version. They fix what the numbers mean and leave to the run how many initial states there
 * are; that number stands in the signature.
 */
import type { Protocol, ProtocolVector } from "@feagi-trainer/contracts"
import { episodeType } from "./Episode.ts"

const metric_pack = (initial_states: number) => ({
  plugin: "@feagi-trainer/metric-pack-control#control",
  options: { initial_states }
})

type Json = ProtocolVector["samples"][number]["target"] extends infer T
  ? T extends { readonly custom: { readonly value: infer V } }
    ? V
    : never
  : never

const rollout = (sample_id: string, task: Json, record: Json | null): ProtocolVector["samples"][number] => ({
  sample_id,
  target: { custom: { type: episodeType, value: task } },
  prediction: record === null ? { abstain: { reason: "no record" } } : { custom: { type: episodeType, value: record } }
})

const vectors: ReadonlyArray<ProtocolVector> = [
  {
    name: "returns, lengths and success of three rollouts, one of them without a record",
    metric_pack: metric_pack(3),
    classes: [],
    samples: [
      rollout(
        "a",
        { initial_state_index: 0, success: { rule: "min_return", threshold: 3 } },
        { initial_state_index: 0, step_rewards: [1, 1, 1], outcome: "truncated" }
      ),
      rollout(
        "b",
        { initial_state_index: 1, success: { rule: "min_return", threshold: 3 } },
        { initial_state_index: 1, step_rewards: [1], outcome: "terminated" }
      ),
      rollout("c", { initial_state_index: 2, success: { rule: "min_return", threshold: 3 } }, null)
    ],
    values: {
      return: 2,
      "return/min": 1,
      "return/max": 3,
      return_std: Math.SQRT2,
      success_rate: 1 / 3,
      episode_length: 2,
      terminated: 0.5,
      answered: 2 / 3,
      violations: { insufficient: "no rollout with a record has constraints" },
      stability: { insufficient: "no rollout with a record has a recovery band" }
    }
  },
  {
    name: "constraints, recovery and stability of a rollout that is pushed three times",
    metric_pack: metric_pack(1),
    classes: [],
    samples: [
      rollout(
        "a",
        { initial_state_index: 0, success: { rule: "flag" }, constraints: ["fence", "torque"], recovery: { band: 1, hold: 2 } },
        {
          initial_state_index: 0,
          step_rewards: [0, 0, 0, 0, 0, 0, 0, 0],
          outcome: "truncated",
          success: true,
          violations: [0, 2, 1, 0, 0, 0, 0, 0],
          // Pushed before step 0: steady at once. Before 2: out for one step. Before 6: steady for one step only, then the end.
          deviation: [0, 1, 3, -1, 0.5, 1, 2, 1],
          perturbations: [0, 2, 6]
        }
      )
    ],
    values: {
      success_rate: 1,
      violations: 3,
      "violations/per_step": 3 / 8,
      "violations/episodes": 1,
      recovery_latency: 0.5,
      "recovery_latency/max": 1,
      recovered: 2 / 3,
      perturbations: 3,
      stability: 6 / 8
    }
  },
  {
    name: "spikes of two rollouts",
    metric_pack: metric_pack(2),
    classes: [],
    samples: [0, 1].map((index) =>
      rollout(
        `r${index}`,
        { initial_state_index: index, success: { rule: "min_steps", threshold: 2 } },
        {
          initial_state_index: index,
          step_rewards: [0, 0],
          outcome: "truncated",
          cost: { spikes: 30 * index, bursts: 10 + 10 * index, neurons: 100 }
        }
      )
    ),
    values: { "cost/total_spikes": 30, "cost/spikes_per_burst": 1, "cost/spike_density": 0.01, success_rate: 1 }
  }
]

const shared: Omit<Protocol, "id" | "phases"> = {
  kind: "protocol",
  spec: 1,
  version: 1,
  output_type: episodeType,
  primary_metric: "return",
  abstention: "counted-as-wrong",
  missing: "refused",
  verification_tolerance: 0,
  rules: {
    episode: {
      value: { initial_state: "one-index-one-rollout", ends: ["terminated", "truncated"] },
      text: "A rollout consumes exactly one configured initial state, whatever resets happen inside, and ends where the environment ends it or at the limit of steps; two rollouts from one state, or one from a state that is not configured, are refused."
    },
    windows: {
      value: { recovery: "hold-steps-before-the-next-perturbation" },
      text: "A perturbation is recovered from at the first step after which the deviation stays within the band for `hold` steps, all before the next perturbation and the end; what never recovers is counted in `recovered` and in no latency."
    },
    thresholds: {
      value: { success: ["flag", "min_return", "min_steps"], within_band: "at-most" },
      text: "A rollout succeeds as its record says, or when its return or its length is at least the threshold of its task; a deviation equal to the band is within it."
    },
    averaging: {
      value: { return: "mean-of-rollouts", violations: "mean-of-rollouts", stability: "pooled-steps", std: "n-1" },
      text: "Returns, lengths and violations are means over rollouts with a record, stability and spikes are pooled over all their steps and bursts, standard deviations divide by n − 1, and a rollout without a record counts as failed in success_rate and nowhere else."
    }
  },
  vectors
}

export const controlHoldout: Protocol = {
  ...shared,
  id: "control-holdout",
  phases: [
    { name: "train", split: "train", learns: true, scored: false },
    { name: "validate", split: "val", learns: false, scored: true },
    { name: "test", split: "test", learns: false, scored: true }
  ]
}

export const controlTrainTest: Protocol = {
  ...shared,
  id: "control-train-test",
  phases: [
    { name: "train", split: "train", learns: true, scored: false },
    { name: "test", split: "test", learns: false, scored: true }
  ]
}
