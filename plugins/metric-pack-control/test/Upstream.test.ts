/**
 * Upstream 0.0.53: its packs `episodic_control` and `network_spike_cost`, and the reports of its phases with a body.
 *
 * Its numbers are ours under the rule `min_steps`, with two exceptions that the last part of this file pins: its standard deviation of
 * durations divides by n, and its success rate of pole balancing is a share of time.
 */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { close, resultOf, rollout, scored } from "./support.ts"

const golden = (name: string): unknown => JSON.parse(readFileSync(new URL(`./golden/upstream-${name}.json`, import.meta.url), "utf8"))

interface Episodic {
  readonly cases: ReadonlyArray<{
    readonly episodes: ReadonlyArray<{ readonly outcome: string; readonly step_rewards: ReadonlyArray<number> }>
    readonly success_threshold_steps: number
    readonly ok?: { readonly metrics: Readonly<Record<string, number>> }
    readonly error?: { readonly message: string }
  }>
}
const episodic = (golden("episodic-control") as Episodic).cases

const episodesOf = ({ episodes, success_threshold_steps }: Episodic["cases"][number]) =>
  episodes.map((record, initial_state_index) =>
    scored(
      `e-${initial_state_index}`,
      { initial_state_index, success: { rule: "min_steps", threshold: success_threshold_steps } },
      { initial_state_index, ...record }
    )
  )

const answered = episodic.flatMap((each, index) => (each.ok === undefined ? [] : [{ index, each, metrics: each.ok.metrics }]))

describe("control against upstream's episodic_control", () => {
  it("has 47 answers and 2 errors to compare with", () => {
    expect([answered.length, episodic.length - answered.length]).toEqual([47, 2])
  })

  it.each(answered)("gives its return, length and success: case $index", ({ each, metrics }) => {
    const { values } = resultOf(episodesOf(each))
    close(values.return, metrics.mean_return ?? Number.NaN, "return")
    close(values.episode_length, metrics.mean_episode_length ?? Number.NaN, "episode_length")
    close(values.success_rate, metrics.success_rate ?? Number.NaN, "success_rate")
  })

  it.each(answered)("has its spread of lengths, times √(n / (n − 1)): case $index", ({ each, metrics }) => {
    const { episode_length_std } = resultOf(episodesOf(each)).values
    const n = each.episodes.length
    const population = metrics.duration_stddev ?? Number.NaN
    if (n < 2) {
      // Upstream says 0 of one rollout.
      expect(population).toBe(0)
      expect(episode_length_std).toHaveProperty("insufficient")
    } else close(episode_length_std, population * Math.sqrt(n / (n - 1)), "episode_length_std")
  })

  it("says insufficient where it refuses an empty set", () => {
    expect(episodic.find(({ episodes }) => episodes.length === 0)?.error?.message).toContain("empty episode set")
    expect(resultOf([]).values.return).toEqual({ insufficient: "no rollout was scored" })
  })

  it("refuses a threshold of 0 steps, as it does", () => {
    const zero = episodic.find(({ success_threshold_steps }) => success_threshold_steps === 0)
    if (zero === undefined) throw new Error("no case with a threshold of 0")
    expect(zero.error?.message).toContain("success_threshold_steps must be > 0")
    expect(() => resultOf(episodesOf(zero))).toThrow("success.threshold has the wrong value (expected an integer from 1, got 0)")
  })
})

interface Spikes {
  readonly cases: ReadonlyArray<{
    readonly bursts_delta: number
    readonly spikes_delta: number
    readonly network_neuron_count: number
    readonly ok?: { readonly metrics: Readonly<Record<string, number>> }
    readonly error?: { readonly message: string }
  }>
}
const spikes = (golden("spike-cost") as Spikes).cases
const costOf = ({ bursts_delta, spikes_delta, network_neuron_count }: Spikes["cases"][number]) => ({
  cost: { spikes: spikes_delta, bursts: bursts_delta, neurons: network_neuron_count }
})

describe("control against upstream's network_spike_cost", () => {
  it("has 51 answers and 2 errors to compare with", () => {
    expect([spikes.filter(({ ok }) => ok !== undefined).length, spikes.length]).toEqual([51, 53])
  })

  it.each(spikes.map((each, index) => ({ index, each })))("gives its numbers, and refuses what it refuses: case $index", ({ each }) => {
    const one = rollout(0, [1], true, costOf(each))
    if (each.ok === undefined) {
      expect(each.error?.message).toMatch(/zero bursts|zero network neurons/)
      expect(() => resultOf([one])).toThrow(/cost\.(bursts|neurons) has the wrong value \(expected an integer from 1, got 0\)/)
      return
    }
    const { values } = resultOf([one])
    for (const name of ["total_spikes", "spikes_per_burst", "spike_density"]) {
      const expected = each.ok.metrics[`cost.${name === "total_spikes" ? name : `mean_${name}`}`] ?? Number.NaN
      const found = values[`cost/${name}`]
      expect(Math.abs(Number(found) - expected), name).toBeLessThanOrEqual(1e-12 * expected)
    }
  })
})

interface Attempt {
  readonly bursts: number
  readonly balanced_bursts?: number
  readonly outcome: string
}
interface Phase {
  readonly cases: ReadonlyArray<{
    readonly criterion: { readonly attempt_burst_cap: number }
    readonly report: {
      readonly ok: {
        readonly attempts: ReadonlyArray<Attempt>
        readonly success_rate: number
        readonly median_balanced_bursts?: number
        readonly median_bursts_to_success?: number | null
      }
    }
  }>
}
const attemptsOf = (attempts: ReadonlyArray<Attempt>) =>
  attempts.map(({ bursts, balanced_bursts, outcome }, index) =>
    rollout(
      index,
      Array.from({ length: balanced_bursts ?? bursts }, () => 1),
      outcome === "success"
    )
  )
const indexed = (phase: string) => (golden(phase) as Phase).cases.map((each, index) => ({ index, each }))

describe("control against upstream's phases with a body", () => {
  it("has 14 of each", () => {
    expect([indexed("reach-phase").length, indexed("pole-phase").length]).toEqual([14, 14])
  })

  it.each(indexed("reach-phase"))("gives the success rate and the median length of the successful attempts: reach $index", ({ each }) => {
    const { attempts, success_rate, median_bursts_to_success } = each.report.ok
    expect(resultOf(attemptsOf(attempts)).values.success_rate).toBe(success_rate)
    const successful = attempts.filter(({ outcome }) => outcome === "success")
    const median = resultOf(attemptsOf(successful)).values["episode_length/median"]
    if (median_bursts_to_success === null || median_bursts_to_success === undefined) expect(median).toHaveProperty("insufficient")
    else expect(median).toBe(median_bursts_to_success)
  })

  it.each(indexed("pole-phase"))(
    "calls a share of time what it calls a success rate, and a success what reached the cap: pole $index",
    ({ each }) => {
      const { attempts, success_rate, median_balanced_bursts } = each.report.ok
      const { values } = resultOf(attemptsOf(attempts))
      expect(values["episode_length/median"]).toBe(median_balanced_bursts)
      close(Number(values.episode_length) / each.criterion.attempt_burst_cap, success_rate, "balanced share of the time")
      expect(values.success_rate).toBe(attempts.filter(({ outcome }) => outcome === "success").length / attempts.length)
    }
  )
})
