/** Rollouts and folds for the tests of this plugin. */
import type { MetricResult, MetricValue, Scored, ScoreFiles, TypedPrediction, TypedTarget } from "@feagi-trainer/contracts"
import { expect } from "vitest"
import { episodeType } from "../src/Episode.ts"
import { control } from "../src/index.ts"

export type Fields = Readonly<Record<string, unknown>>

const value = (fields: Fields): unknown => ({ custom: { type: episodeType, value: fields } })

/** A record that is null is an abstention. */
export const scored = (sample_id: string, task: Fields, record: Fields | null): Scored => ({
  sample_id,
  // Tests also give what no type allows.
  target: value(task) as TypedTarget,
  prediction: record === null ? { abstain: { reason: "no record" } } : (value(record) as TypedPrediction)
})

export const flag = { rule: "flag" }

/** A rollout of `rewards` that succeeded or not. */
export const rollout = (index: number, rewards: ReadonlyArray<number>, success = true, more: Fields = {}, task: Fields = {}): Scored =>
  scored(
    `e-${index}`,
    { initial_state_index: index, success: flag, ...task },
    { initial_state_index: index, step_rewards: rewards, outcome: "terminated", success, ...more }
  )

export const silent = (index: number): Scored => scored(`e-${index}`, { initial_state_index: index, success: flag }, null)

export const context = { output_type: { custom: episodeType }, classes: [] }

export const foldOf = (initial_states: number) => control.start({ initial_states }, context)

export const resultOf = (samples: ReadonlyArray<Scored>, initial_states = samples.length): MetricResult => {
  const fold = foldOf(Math.max(1, initial_states))
  return fold.result(samples.reduce(fold.add, fold.empty))
}

/** |value − expected| ≤ 1e-12 · max(1, |expected|). */
export const close = (found: MetricValue | undefined, expected: number, what: string): void => {
  expect(typeof found, `${what} is a number: ${JSON.stringify(found)}`).toBe("number")
  const bound = 1e-12 * Math.max(1, Math.abs(expected))
  expect(Math.abs((found as number) - expected), `${what}: ${String(found)} against ${expected}`).toBeLessThanOrEqual(bound)
}

export const files = (text: string | Uint8Array): ScoreFiles => ({
  predictions: { name: "episodes.json", bytes: typeof text === "string" ? new TextEncoder().encode(text) : text },
  targets: []
})

/** The result of a file, or the diagnostics. */
export const scoreFile = (text: string | Uint8Array, given: Readonly<Record<string, string>> = {}) => {
  const form = control.files
  if (form === undefined) throw new Error("the pack reads no files")
  const options = form.decodeOptions(given)
  if (!options.ok) return { diagnostics: options.mistakes.map(({ path, message }) => ({ code: "option", field: path.join("."), message })) }
  const read = form.read(files(text), options.value)
  if (!read.ok) return { diagnostics: read.diagnostics }
  const fold = control.start(read.options, read.context)
  return { diagnostics: [], result: fold.result(read.scored.reduce(fold.add, fold.empty)), signature: control.signature(read.options) }
}
