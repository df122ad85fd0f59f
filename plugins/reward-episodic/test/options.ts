/** Sound options of both policies, and episodes by hand. */
import type { OptionsDecoder, SampleOutcome, StepOutcome } from "@feagi-trainer/contracts"

export const up = { channel: "hope", magnitude: 80 }
export const down = { channel: "fear", magnitude: 40 }

export const returnOptions = {
  gain: up,
  loss: down,
  strength: { mode: "graded", full: 8 },
  gamma: 0.5,
  deliver: "end",
  shaping: { mode: "none" },
  affect_at: 0
}
export const sparseOptions = { success: up, failure: down, terminated: "failure", truncated: "success", affect_at: 0 }

/** Decodes what a run file says; a test that gives nonsense falls over. */
export const decoded = <Options>(decode: OptionsDecoder<Options>, written: unknown): Options => {
  const result = decode(written)
  if (result.ok) return result.value
  throw new Error(JSON.stringify(result.mistakes))
}

type End = "terminated" | "truncated" | "cut short"

/** An episode through states 0, 1, 2, …, by the rewards of its steps; one that is cut short simply stops. */
export const episode = (rewards: ReadonlyArray<number>, end: End): ReadonlyArray<StepOutcome> =>
  rewards.map((reward, at): StepOutcome => {
    const last = at === rewards.length - 1
    return {
      ...{ kind: "step", observation: [at], next_observation: [at + 1], reward, phase: "train" },
      terminated: last && end === "terminated",
      truncated: last && end === "truncated"
    }
  })

export const sample: SampleOutcome = {
  kind: "sample",
  target: { class: { class_id: 0, label: null } },
  prediction: { class: { class_id: 0, scores: [] } },
  phase: "train"
}
export const affect = (offset: number, channel: string, magnitude: number) => ({ offset, affect: { channel, magnitude } })
