/** Journals as the first release wrote them: without rewards, feedback, metrics of a step, and what a learner says of itself. */
import { describe, expect, it } from "vitest"
import { stateOf } from "../../src/index.ts"
import { create, dieAt, goOn, hashesOf, makeWorld, recordingOf, replay, runToEnd, type World } from "../support/world.ts"

const since = ["feedback", "metrics", "rewards_sha256"]

/** Takes everything out of the journal that the first release did not write; numbers are given anew. */
const asOld = (world: World): void => {
  const [run] = world.memory.runs
  if (run === undefined) throw new Error("there is a run")
  const old = run.events
    .filter(({ type }) => type !== "opened")
    .map((event, seq) => ({
      ...event,
      seq,
      payload: Object.fromEntries(Object.entries(event.payload).filter(([key]) => !since.includes(key)))
    }))
  run.events.splice(0, run.events.length, ...old)
  run.rewards.length = 0
  run.telemetry.length = 0
}
const told = (): World => {
  const world = makeWorld()
  world.faults.rewards = "told"
  return world
}

describe("a journal of the first release", () => {
  it("says of nothing that it was 0 which was not recorded", async () => {
    const world = told()
    const before = await world.run(runToEnd(world))
    asOld(world)
    const state = stateOf(world.memory.runs[0]?.events ?? [])
    expect(state.phases.map(({ feedback, rewards_sha256 }) => [feedback, rewards_sha256])).toEqual(Array(3).fill([null, undefined]))
    expect(state.opened).toBeUndefined()
    expect(hashesOf({ ...before, state })).toEqual(hashesOf(before))
  })

  it("is gone on with to the hashes that it would have had, and counts what came before as not known", async () => {
    const whole = told()
    const expected = hashesOf(await whole.run(runToEnd(whole)))
    const world = told()
    const row = await world.run(create(world))
    await dieAt(world, row, 9)
    const steps = world.memory.runs[0]?.events.filter(({ type }) => type === "step").length ?? 0
    expect(steps).toBeGreaterThan(2)
    asOld(world)
    const resumed = await world.run(goOn(world, row))
    expect(hashesOf(resumed)).toEqual(expected)
    const [train, validate] = resumed.state.phases
    expect(train?.feedback).toBeNull()
    expect(validate?.feedback).toEqual({ affect: {}, teach: 0, represent: 0 })
    expect(world.memory.runs[0]?.telemetry.length).toBe(16 - steps)
    // The rewards of the second half are there, and are taken for those of the whole by nobody.
    expect(world.memory.runs[0]?.rewards.length).toBeGreaterThan(0)
    expect(train?.rewards_sha256).toBeUndefined()
    expect((await world.run(replay(world, await world.run(recordingOf(world, row))))).verdict).toBe("EQUAL")
  })

  it("is replayed without its rewards being missed", async () => {
    const world = told()
    const { row } = await world.run(runToEnd(world))
    asOld(world)
    const recording = await world.run(recordingOf(world, row))
    expect(recording.rewards).toBeUndefined()
    expect((await world.run(replay(world, recording))).verdict).toBe("EQUAL")
  })
})
