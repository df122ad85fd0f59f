import { fromCanonical, sha256Hex } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { readReward, rewardsByEpoch, rewardsHash } from "../../src/index.ts"
import { create, dieAt, goOn, hashesOf, makeWorld, recordingOf, replay, runFile, runToEnd, view, type World } from "../support/world.ts"

const told = (): World => {
  const world = makeWorld()
  world.faults.rewards = "told"
  return world
}
const none = { affect: {}, teach: 0, represent: 0 }

describe("rewards", () => {
  it("are one line for each training answer, in its place, with raw, shaped and what was delivered", async () => {
    const world = told()
    await world.run(runToEnd(world))
    const { rewards = [], predictions = [] } = world.memory.runs[0] ?? {}
    const train = predictions.filter((row) => row.phase === "train")
    expect(rewards.map(({ phase, epoch, index, sample_id }) => ({ phase, epoch, index, sample_id }))).toEqual(
      train.map(({ phase, epoch, index, sample_id }) => ({ phase, epoch, index, sample_id }))
    )
    for (const [at, row] of rewards.entries()) {
      const { prediction, target } = fromCanonical(train[at]?.line ?? "") as {
        prediction: { class?: { class_id: number } }
        target: { class: { class_id: number } }
      }
      const hit = prediction.class?.class_id === target.class.class_id
      const expected = hit
        ? { raw: 1, shaped: 0.5, feedback: { affect: { pleasure: { count: 1, magnitude: 0.5 } }, teach: 0, represent: 0 } }
        : { raw: -1, shaped: -1, feedback: { affect: { pain: { count: 1, magnitude: 1 } }, teach: 1, represent: 0 } }
      expect(readReward(row.line)).toMatchObject(expected)
    }
  })

  it("are in no prediction: a learner that tells them gives the hashes of one that does not", async () => {
    const [silent, loud] = [makeWorld(), told()]
    const quiet = await silent.run(runToEnd(silent))
    const rewarded = await loud.run(runToEnd(loud))
    expect(hashesOf(rewarded)).toEqual(hashesOf(quiet))
    expect(quiet.state.phases.map((phase) => phase.rewards_sha256)).toEqual([null, null, null])
    expect(quiet.state.phases.map((phase) => phase.feedback)).toEqual([null, null, null])
  })

  it("have a hash of their own, over the lines in visiting order", async () => {
    const world = told()
    const { state } = await world.run(runToEnd(world))
    const { rewards = [] } = world.memory.runs[0] ?? {}
    const [train, validate, test] = state.phases
    expect(train?.rewards_sha256).toBe(sha256Hex(rewards.map(({ line }) => `${line}\n`).join("")))
    expect([validate?.rewards_sha256, test?.rewards_sha256]).toEqual([null, null])
    expect(rewardsHash([...rewards].reverse())).not.toBe(train?.rewards_sha256)
  })

  it("have means by epoch, from all their lines", async () => {
    const world = told()
    await world.run(runToEnd(world))
    const { rewards = [] } = world.memory.runs[0] ?? {}
    const epochs = rewardsByEpoch(rewards)
    expect(epochs.map(({ phase, epoch, samples }) => [phase, epoch, samples])).toEqual([
      ["train", 0, 36],
      ["train", 1, 36]
    ])
    for (const { epoch, mean_raw, mean_shaped } of epochs) {
      const hits = rewards.filter((row) => row.epoch === epoch && readReward(row.line).raw === 1).length
      expect(mean_raw).toBe((hits - (36 - hits)) / 36)
      expect(mean_shaped).toBe((hits / 2 - (36 - hits)) / 36)
    }
    expect(epochs[1]?.mean_raw).toBeGreaterThan(epochs[0]?.mean_raw ?? 1)
    expect(rewardsByEpoch([])).toEqual([])
  })

  it("are counted by phase: what was delivered in training, and nothing in the phases that measure", async () => {
    const world = told()
    const { state } = await world.run(runToEnd(world))
    const lines = (world.memory.runs[0]?.rewards ?? []).map(({ line }) => readReward(line))
    const [hits, misses] = [lines.filter(({ raw }) => raw === 1).length, lines.filter(({ raw }) => raw === -1).length]
    expect(state.phases.map((phase) => phase.feedback)).toEqual([
      {
        affect: { pain: { count: misses, magnitude: misses }, pleasure: { count: hits, magnitude: hits / 2 } },
        teach: misses,
        represent: 0
      },
      none,
      none
    ])
  })

  it("are each there once, whichever commit the run died at: the same lines, the same hash, the same counts", async () => {
    const whole = told()
    const expected = await whole.run(runToEnd(whole))
    const commits = whole.memory.runs[0]?.events.length ?? 0
    for (let n = 1; n < commits; n++) {
      const world = told()
      const row = await world.run(create(world))
      expect(await dieAt(world, row, n), `commit ${n}`).toBe(true)
      const { rewards = [], predictions = [] } = world.memory.runs[0] ?? {}
      expect(rewards.length, `commit ${n}`).toBe(predictions.filter(({ phase }) => phase === "train").length)
      const resumed = await world.run(goOn(world, row))
      expect(hashesOf(resumed), `commit ${n}`).toEqual(hashesOf(expected))
      expect(world.memory.runs[0]?.rewards, `commit ${n}`).toEqual(whole.memory.runs[0]?.rewards)
      const facts = (seen: typeof resumed) => seen.state.phases.map(({ rewards_sha256, feedback }) => ({ rewards_sha256, feedback }))
      expect(facts(resumed), `commit ${n}`).toEqual(facts(expected))
    }
  })

  it("are compared in a replay, line by line, and one too few or too many is a divergence", async () => {
    const world = told()
    const { row } = await world.run(runToEnd(world))
    const recording = await world.run(recordingOf(world, row))
    const { rewards = [] } = recording
    expect((await world.run(replay(world, recording))).verdict).toBe("EQUAL")
    const altered = rewards.map((each, at) => (at === 40 ? { ...each, line: each.line.replace(/"raw":-?1/, '"raw":7') } : each))
    expect(await world.run(replay(world, { ...recording, rewards: altered }))).toMatchObject({
      verdict: "DIVERGED",
      first: { phase: "train", epoch: 1, sample_id: rewards[40]?.sample_id, field: "reward", recorded: { raw: 7 } }
    })
    const last = rewards.at(-1)
    if (last === undefined) throw new Error("a run has rewards")
    expect(await world.run(replay(world, { ...recording, rewards: rewards.slice(0, -1) }))).toMatchObject({
      verdict: "DIVERGED",
      first: { field: "reward", recorded: null, sample_id: last.sample_id }
    })
    expect(await world.run(replay(world, { ...recording, rewards: [...rewards, { ...last, index: 99 }] }))).toMatchObject({
      verdict: "DIVERGED",
      first: { field: "sample", recorded: last.sample_id, replayed: null }
    })
    // A record of the first release has none to compare.
    expect((await world.run(replay(world, { ...recording, rewards: undefined }))).verdict).toBe("EQUAL")
  })

  it("that are no finite numbers end the run, with the sample that was rewarded so", async () => {
    const world = makeWorld()
    world.faults.rewards = "nan"
    const error = await world.run(Effect.flip(runToEnd(world)))
    expect(error.diagnostics[0]).toMatchObject({ code: "FT3024", actual: "raw NaN, shaped -1" })
    expect(error.diagnostics[0].sample_id).toMatch(/^s-\d{3}$/)
    expect(world.memory.runs[0]?.rewards).toEqual([])
  })
})

describe("silence outside of training", () => {
  it("is broken by one affect event: the run fails before anything of that step is stored", async () => {
    const world = makeWorld()
    world.faults.rewards = "leak"
    const row = await world.run(create(world))
    const error = await world.run(Effect.flip(goOn(world, row)))
    expect([error.reason, error.diagnostics[0]]).toMatchObject([
      "failed",
      { code: "FT3023", expected: "nothing is delivered outside of training", actual: "7 × pain" }
    ])
    expect(error.diagnostics[0].message).toContain('"validate"')
    expect(world.memory.runs[0]?.predictions.filter(({ phase }) => phase !== "train")).toEqual([])
    expect(world.memory.scorecards).toEqual([])
    expect((await world.run(view(world, row))).status).toBe("failed")
    // The cause is gone: what was measured in silence is a result.
    world.faults.rewards = "told"
    expect((await world.run(goOn(world, row))).status).toBe("completed")
  })

  it("is broken by an answer that was rewarded while the learner was measured, delivered or not", async () => {
    const world = makeWorld()
    world.faults.rewards = "judge"
    const error = await world.run(Effect.flip(runToEnd(world)))
    expect(error.diagnostics[0]).toMatchObject({ code: "FT3023", actual: "raw 1, shaped 1" })
    expect(error.diagnostics[0].message).toContain('"validate"')
  })

  it("holds for affect in training too under the silent-reward control, and leaves teaching alone", async () => {
    const file = runFile({ controls: { silent_reward: true, shuffled_labels: false } })
    const world = told()
    const { state, status } = await world.run(runToEnd(world, file))
    expect(status).toBe("completed")
    expect(state.phases[0]?.feedback?.affect).toEqual({})
    expect(state.phases[0]?.feedback?.teach).toBeGreaterThan(0)
    const loud = makeWorld()
    loud.faults.rewards = "loud"
    const error = await loud.run(Effect.flip(runToEnd(loud, file)))
    expect(error.diagnostics[0]).toMatchObject({ code: "FT3023", expected: "no affect event" })
    expect(loud.memory.runs[0]?.predictions).toEqual([])
  })
})
