/** Sound options of the three policies, and outcomes by hand. */
import type { Answer, OptionsDecoder, SampleOutcome, StepOutcome, TypedTarget } from "@feagi-trainer/contracts"

export const up = { channel: "pleasure", magnitude: 80 }
export const down = { channel: "pain", magnitude: 40 }

export const correctnessOptions = { correct: up, wrong: down, abstention: "wrong", affect_at: 0, act: { mode: "answer", at: 1 } }
export const marginOptions = {
  ahead: up,
  behind: down,
  strength: { mode: "graded", full: 0.5 },
  abstention: "wrong",
  tie: "ignored",
  affect_at: 0,
  act: { mode: "answer", at: 1 }
}
export const surpriseOptions = {
  better: up,
  worse: down,
  strength: { mode: "graded", full: 1 },
  rate: 0.5,
  expectation: 0.5,
  abstention: "wrong",
  affect_at: 0,
  act: { mode: "none" }
}

/** Decodes what a run file says; a test that gives nonsense falls over. */
export const decoded = <Options>(decode: OptionsDecoder<Options>, written: unknown): Options => {
  const result = decode(written)
  if (result.ok) return result.value
  throw new Error(JSON.stringify(result.mistakes))
}

export const target = (class_id: number): TypedTarget => ({ class: { class_id, label: null } })
export const silent: Answer = { abstain: { reason: "silent" } }
export const answered = (label: number, answer: number | undefined, scores?: ReadonlyArray<number>): SampleOutcome => ({
  kind: "sample",
  target: target(label),
  prediction: answer === undefined ? silent : { class: { class_id: answer, scores: [] } },
  phase: "train",
  ...(scores === undefined ? {} : { scores })
})
export const stepped = (reward: number): StepOutcome => ({
  ...{ kind: "step", observation: [0], next_observation: [1], reward, terminated: false, truncated: false, phase: "train" }
})

export const affect = (offset: number, channel: string, magnitude: number) => ({ offset, affect: { channel, magnitude } })
export const acted = (offset: number, class_id: number) => [
  { offset, represent: true },
  { offset, teach: { value: target(class_id) } }
]
