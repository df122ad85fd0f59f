import { readFileSync } from "node:fs"
import { describeLaws, manifestLaws, metricPackLaws, protocolLaws } from "@feagi-trainer/conformance"
import { PluginManifest, type Rng, type Scored } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"
import { context, type Fields, files, rollout, silent } from "./support.ts"

/** Rollouts of every kind from different initial states; thirds and tenths do not sum without rounding. */
const rollouts = (rng: Rng): ReadonlyArray<Scored> =>
  Array.from({ length: rng.below(12) }, (_, index): Scored => {
    if (rng.below(6) === 0) return silent(index)
    const rewards = Array.from({ length: rng.below(9) }, () => (rng.below(13) - 6) / (rng.below(2) === 0 ? 3 : 10))
    const per = (draw: () => number): ReadonlyArray<number> => rewards.map(draw)
    const constrained = rng.below(2) === 0
    const judged = rng.below(2) === 0
    const record: Fields = {
      ...(constrained ? { violations: per(() => rng.below(3)) } : {}),
      ...(judged
        ? { deviation: per(() => rng.below(5) - 2), perturbations: rewards.flatMap((_reward, step) => (step % 3 === 1 ? [step] : [])) }
        : {}),
      ...(rng.below(4) === 0 ? {} : { cost: { spikes: rng.below(100), bursts: 1 + rng.below(10), neurons: 7 } }),
      outcome: rng.below(2) === 0 ? "terminated" : "truncated"
    }
    const task: Fields = {
      ...(constrained ? { constraints: ["fence", "torque"] } : {}),
      ...(judged ? { recovery: { band: 1, hold: 1 + rng.below(2) } } : {})
    }
    return rollout(index, rewards, rng.below(2) === 0, record, task)
  })

const { entries } = Schema.decodeUnknownSync(PluginManifest)(manifest)
const entryOf = (kind: string, id: string) => {
  const found = entries.find((each) => each.kind === kind && each.id === id)
  if (found === undefined) throw new Error(`the manifest has no ${kind} ${id}`)
  return found
}

const rows = [
  {
    sample_id: "pushed",
    target: { initial_state_index: 0, success: { rule: "min_steps", threshold: 4 }, recovery: { band: 0.5, hold: 2 } },
    prediction: {
      initial_state_index: 0,
      step_rewards: [1, 1, 1, 0.5],
      outcome: "truncated",
      deviation: [0, 2, 0.5, 0],
      perturbations: [1],
      cost: { spikes: 8, bursts: 4, neurons: 10 }
    }
  },
  { sample_id: "silent", target: { initial_state_index: 1, success: { rule: "flag" } }, prediction: null }
]

describeLaws(
  { describe, it },
  "control is a metric pack",
  metricPackLaws({
    pack: plugin.control,
    options: { initial_states: 12 },
    context,
    scored: (rng) => rng.shuffle(rollouts(rng)),
    files: [
      {
        name: "a pushed rollout and a silent one",
        files: files(JSON.stringify(rows)),
        options: { initial_states: "2" },
        values: {
          return: 3.5,
          success_rate: 0.5,
          episode_length: 4,
          recovery_latency: 1,
          stability: 0.75,
          total_spikes: 8,
          spikes_per_burst: 2,
          spike_density: 0.2,
          violations: { insufficient: "no rollout with a record has constraints" }
        },
        tolerance: 0
      }
    ],
    manifest: entryOf("metric-pack", "control")
  })
)

for (const protocol of [plugin.controlHoldout, plugin.controlTrainTest])
  describeLaws(
    { describe, it },
    `${protocol.id} is a protocol`,
    protocolLaws({
      protocol: structuredClone(protocol),
      packs: [plugin.control],
      // As it was written down when it was published; what stands there stays.
      earlier: [JSON.parse(readFileSync(new URL(`../published/${protocol.id}@1.json`, import.meta.url), "utf8"))],
      manifest: entryOf("protocol", protocol.id)
    })
  )
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
