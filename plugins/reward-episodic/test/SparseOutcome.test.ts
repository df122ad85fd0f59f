/** Every way to end, and every verdict on it. */
import type { Outcome } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { sparseOutcome } from "../src/index.ts"
import { affect, decoded, episode, sample, sparseOptions } from "./options.ts"

const run = (outcomes: ReadonlyArray<Outcome>, over: Readonly<Record<string, unknown>> = {}) => {
  const options = decoded(sparseOutcome.decodeOptions, { ...sparseOptions, ...over })
  let state = sparseOutcome.start(options)
  return outcomes.map((outcome) => {
    const reply = sparseOutcome.respond(options, state, outcome)
    state = reply.state
    return reply
  })
}

describe("sparse outcome", () => {
  it("says nothing until the end, whatever the steps gave", () => {
    const replies = run(episode([5, -3, 7], "terminated"))
    expect(replies.map(({ reward }) => reward)).toEqual([
      { raw: 5, shaped: 0 },
      { raw: -3, shaped: 0 },
      { raw: 7, shaped: -1 }
    ])
    expect(replies.map(({ feedback }) => feedback)).toEqual([[], [], [affect(0, "fear", 40)]])
  })

  it("judges each way to end as it was told", () => {
    expect(run(episode([0], "truncated"))[0]?.feedback).toEqual([affect(0, "hope", 80)])
    expect(run(episode([0], "truncated"), { truncated: "neither" })[0]).toMatchObject({ feedback: [], reward: { raw: 0, shaped: 0 } })
    expect(run(episode([0], "terminated"), { terminated: "success", affect_at: 2 })[0]?.feedback).toEqual([affect(2, "hope", 80)])
  })

  it("judges by the sign of the last reward, where it is told to, and 0 is neither", () => {
    const judged = [2, -0.5, 0, -0].map((reward) => run(episode([9, reward], "terminated"), { terminated: "by-reward" })[1]?.reward.shaped)
    expect(judged).toEqual([1, -1, 0, 0])
  })

  it("takes an end by itself for the end, even in the step that would have been the last", () => {
    const [step] = episode([0], "terminated")
    expect(run(step === undefined ? [] : [{ ...step, truncated: true }])[0]?.reward.shaped).toBe(-1)
  })

  it("counts episodes, successes and failures", () => {
    const replies = run([
      ...episode([0, 0], "terminated"),
      ...episode([0], "truncated"),
      ...episode([0, 0, 0], "truncated"),
      ...episode([0], "cut short")
    ])
    expect(replies.at(-1)?.state).toEqual({ episodes: 3, successes: 2, failures: 1 })
  })

  it("refuses answers to samples and rewards that are no number", () => {
    expect(() => run([sample])).toThrow(/"sparse-outcome" judges steps of an environment, got an answer to a sample/)
    expect(() => run(episode([Number.POSITIVE_INFINITY], "terminated"))).toThrow(/"sparse-outcome" needs a finite reward of each step/)
  })
})
