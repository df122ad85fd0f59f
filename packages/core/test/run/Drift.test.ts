import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { contractDocuments, type RunRow, requestRun } from "../../src/index.ts"
import {
  askBehind,
  create,
  dieAt,
  goOn,
  makeWorld,
  recordingOf,
  replay,
  runFile,
  runToEnd,
  services,
  view,
  type World
} from "../support/world.ts"

/** Runs of a learner that goes on learning while it is measured. */
const drifted = async (world: World): Promise<RunRow> => {
  const row = await world.run(create(world))
  world.faults.learnsInPredict = true
  const error = await world.run(Effect.flip(goOn(world, row)))
  expect([error.reason, error.diagnostics[0].code]).toEqual(["failed", "FT3020"])
  return row
}

describe("a phase that must not learn and did", () => {
  it("marks the run with both hashes, has no Scorecard, and no phase follows it", async () => {
    const world = makeWorld()
    const row = await drifted(world)
    const { state, status } = await world.run(view(world, row))
    expect(status).toBe("failed")
    expect(state.phases.map((phase) => phase.phase)).toEqual(["train", "validate"])
    const [train, validate] = state.phases
    expect(state.brain_mutated).toEqual({
      phase: "validate",
      learned_hash_before: train?.learned_hash,
      learned_hash: validate?.learned_hash
    })
    expect(validate?.learned_hash).not.toBe(validate?.learned_hash_before)
    expect([validate?.predictions_sha256, validate?.metrics, validate?.scorecard_id]).toEqual([undefined, undefined, undefined])
    expect(world.memory.scorecards).toEqual([])
    expect(state.failure).toContain("nothing follows it")
  })

  it("is found where the brain changes between the training and the first sample, by the freezing itself", async () => {
    const world = makeWorld()
    world.faults.leaksOnFreeze = true
    const error = await world.run(Effect.flip(runToEnd(world)))
    expect(error.diagnostics[0]).toMatchObject({ code: "FT3020" })
    expect(error.diagnostics[0].actual).not.toBe(error.diagnostics[0].expected?.replace("learned hash ", ""))
    expect(world.memory.scorecards).toEqual([])
  })

  it("is over: a resume says the same again, writes nothing, and a stop or a skip has nothing to do", async () => {
    const world = makeWorld()
    const row = await drifted(world)
    world.faults.learnsInPredict = false
    const before = world.memory.writes
    const error = await world.run(Effect.flip(goOn(world, row)))
    expect([error.reason, error.diagnostics[0].code]).toEqual(["failed", "FT3020"])
    for (const request of ["stop", "skip", "pause"] as const)
      expect(await world.run(requestRun(row, request).pipe(Effect.provide(services(world))))).toBe("nothing-to-do")
    expect(world.memory.writes).toBe(before)
  })

  it("is marked by whichever process comes to the end of the phase, wherever the one before it died", async () => {
    const whole = makeWorld()
    const expected = (await whole.run(view(whole, await drifted(whole)))).state.brain_mutated
    for (let n = 20; ; n++) {
      const world = makeWorld()
      const row = await world.run(create(world))
      world.faults.learnsInPredict = true
      let died = false
      try {
        died = (await dieAt(world, row, n)) && world.memory.runs[0]?.events.at(-1)?.type !== "failed"
      } catch {
        // The last commit is the failure itself.
      }
      if (!died) break
      const error = await world.run(Effect.flip(goOn(world, row)))
      expect([n, error.diagnostics[0].code]).toEqual([n, "FT3020"])
      expect([n, (await world.run(view(world, row))).state.brain_mutated]).toEqual([n, expected])
    }
  })

  it("stands in the contract documents: the summary of its phase names both hashes, and the events warn before they say failed", async () => {
    const world = makeWorld()
    const row = await drifted(world)
    const seen = await world.run(view(world, row))
    const files = await world.run(Effect.scoped(contractDocuments(seen, {})).pipe(Effect.provide(services(world))))
    const read = (name: string) => files.filter(({ contract }) => contract === name).map(({ text }) => JSON.parse(text))
    const summaries = read("RunSummary")
    expect(summaries.map(({ status }) => status)).toEqual(["completed", "failed", "failed"])
    expect(summaries[1].x_feagi_trainer.brain_mutated).toEqual(seen.state.brain_mutated)
    expect(summaries[1].scorecard_id).toBeNull()
    const [warning, failed] = read("RunEvent").slice(-2)
    expect([warning.kind.type, failed.kind.type]).toEqual(["warning", "failed"])
    expect(warning.kind.message).toMatch(/^brain_mutated: phase "validate" must not learn/)
  })

  it("is the same in a replay: EQUAL with the phase named, and DIVERGED where the learner no longer does it", async () => {
    const world = makeWorld()
    const row = await drifted(world)
    const recording = await world.run(recordingOf(world, row))
    expect(await world.run(replay(world, recording))).toMatchObject({ verdict: "EQUAL", brain_mutated: "validate" })
    const other = { ...recording, brain_mutated: { phase: "validate", learned_hash_before: "0", learned_hash: "1" } }
    expect(await world.run(replay(world, other))).toMatchObject({
      verdict: "DIVERGED",
      first: { phase: "validate", field: "learned_hash" }
    })
    world.faults.learnsInPredict = false
    expect((await world.run(replay(world, recording))).verdict).toBe("DIVERGED")
  })

  it("is DIVERGED for a run that was whole when it was recorded", async () => {
    const world = makeWorld()
    const { row } = await world.run(runToEnd(world))
    const recording = await world.run(recordingOf(world, row))
    world.faults.leaksOnFreeze = true
    const { verdict, first } = await world.run(replay(world, recording))
    expect([verdict, first?.phase]).toEqual(["DIVERGED", "validate"])
  })

  it("is found behind an early end as well", async () => {
    const world = makeWorld()
    const row = await world.run(create(world, runFile()))
    world.faults.learnsInPredict = true
    const error = await world.run(Effect.flip(goOn(world, row, askBehind(world, 79, "skip"))))
    expect(error.diagnostics[0].code).toBe("FT3020")
    const { state } = await world.run(view(world, row))
    expect(state.phases[1]?.skipped?.samples_done).toBeLessThan(12)
    expect(state.brain_mutated?.phase).toBe("validate")
  })
})
