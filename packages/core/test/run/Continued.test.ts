import { decodeDocument, type Precondition } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { contractDocuments, type RunView } from "../../src/index.ts"
import {
  askBehind,
  compared,
  create,
  dieAt,
  goOn,
  hashesOf,
  makeWorld,
  planned,
  recordingOf,
  replay,
  runFile,
  runToEnd,
  services,
  type World
} from "../support/world.ts"

const inexact = (): World => {
  const world = makeWorld()
  world.faults.inexact = true
  return world
}
/** Pauses behind 14 samples, and goes on. */
const paused = async (world: World, file = runFile()): Promise<RunView> => {
  const row = await world.run(create(world, file))
  expect((await world.run(goOn(world, row, askBehind(world, 14, "pause")))).status).toBe("paused")
  return world.run(goOn(world, row))
}
const cards = (world: World) =>
  world.memory.scorecards.map((row) => {
    const decoded = decodeDocument("Scorecard", new TextDecoder().decode(world.memory.blobs.get(row.document_sha256)))
    if (!decoded.ok) throw new Error("no Scorecard")
    return decoded.value.x_feagi_trainer as Readonly<Record<string, unknown>>
  })

describe("a learner that does not promise to go on from a checkpoint as it would have", () => {
  it("goes on all the same, and the run says so with both hashes of its state", async () => {
    const world = inexact()
    const { status, state } = await paused(world)
    expect(status).toBe("completed")
    expect(state.opened?.continuation).toBe("not-identical")
    const committed = world.memory.runs[0]?.events.find(
      ({ type, payload }) => type === "step" && payload.phase === "train" && (payload.cursor as { next: number }).next === 14
    )
    expect(state.continued).toEqual([
      {
        cursor: { phase: 0, epoch: 0, next: 14 },
        committed_full_hash: committed?.payload.full_hash,
        restored_full_hash: committed?.payload.full_hash
      }
    ])
  })

  it("goes on where it is not in the state that was committed, which ends the run of one that promised", async () => {
    const world = inexact()
    const row = await world.run(create(world))
    await dieAt(world, row, 8)
    world.faults.forgetsOnRestore = true
    const { status, state } = await world.run(goOn(world, row))
    expect(status).toBe("completed")
    const [continued] = state.continued
    expect(continued?.restored_full_hash).not.toBe(continued?.committed_full_hash)
  })

  it("leaves its mark on the Scorecards, the summaries and the events of the run", async () => {
    const world = inexact()
    const seen = await paused(world)
    expect(cards(world).map(({ continued }) => continued)).toEqual(["not-identical", "not-identical"])
    const files = await world.run(Effect.scoped(contractDocuments(seen, {})).pipe(Effect.provide(services(world))))
    const read = (name: string) => files.filter(({ contract }) => contract === name).map(({ text }) => JSON.parse(text))
    expect(read("RunSummary").map(({ x_feagi_trainer }) => x_feagi_trainer.continued)).toEqual(Array(3).fill("not-identical"))
    expect(read("RunEvent").flatMap(({ kind }) => (kind.type === "warning" ? [kind.message] : []))).toEqual([
      expect.stringMatching(/continued-not-identical$/)
    ])
  })

  it("leaves none on a run that went through: its hashes and Scorecards are those of a learner that promises", async () => {
    const [one, other] = [inexact(), makeWorld()]
    const [seen, expected] = [await one.run(runToEnd(one)), await other.run(runToEnd(other))]
    expect(seen.state.continued).toEqual([])
    expect(hashesOf(seen)).toEqual(hashesOf(expected))
    expect(cards(one).map(({ continued }) => continued)).toEqual([undefined, undefined])
  })

  it("keeps the mark when it is resumed a second time, wherever it died in between", async () => {
    const world = inexact()
    const row = await world.run(create(world))
    await dieAt(world, row, 8)
    await dieAt(world, row, 9)
    const { state } = await world.run(goOn(world, row))
    expect(state.continued.length).toBe(2)
    expect(cards(world).map(({ continued }) => continued)).toEqual(["not-identical", "not-identical"])
  })

  it("keeps it when the learner of the last stretch promises more: what came before is still not what it would have been", async () => {
    const world = inexact()
    const row = await world.run(create(world))
    await dieAt(world, row, 8)
    await dieAt(world, row, 9)
    world.faults.inexact = false
    const { state } = await world.run(goOn(world, row))
    expect(state.continued.length).toBe(1)
    expect(cards(world).map(({ continued }) => continued)).toEqual(["not-identical", "not-identical"])
  })

  it("is told of by a replay, whose Scorecards bear the mark as those of the run do", async () => {
    const world = inexact()
    const { row } = await paused(world)
    const recording = await world.run(recordingOf(world, row))
    expect(await world.run(replay(world, recording))).toMatchObject({ verdict: "EQUAL", continued_not_identical: true })
    expect(await world.run(replay(world, { ...recording, continued_not_identical: false }))).toMatchObject({
      verdict: "DIVERGED",
      first: { field: "scorecard_body_sha256" }
    })
  })

  it("is told apart in a comparison from a run that was not interrupted", async () => {
    const world = inexact()
    const file = runFile({ split: { method: "stratified", seed: 5, fractions: { train: 0.6, val: 0.2, test: 0.2 } } })
    const [a, b] = [await world.run(runToEnd(world, file)), await paused(world, file)]
    const error = await world.run(Effect.flip(compared(world, [a.row, b.row], { across: [], exploratory: false })))
    expect(error.diagnostics.map(({ field }) => field)).toEqual(["continued"])
  })
})

const state = (name: string, status: Precondition["status"], detail = "as it should be"): Precondition => ({ name, status, detail })
const benchmark = runFile({
  benchmark: { waivers: [{ leak: "near", because: "the toys have nothing by which it could be found" }] },
  split: { method: "stratified", seed: 5, fractions: { train: 0.6, val: 0.2, test: 0.2 } }
})

describe("a benchmark", () => {
  it("refuses a learner that does not promise to go on alike, at the plan", async () => {
    const error = await Effect.runPromise(Effect.flip(planned(inexact(), benchmark)))
    expect(error.diagnostics.map(({ code, field, actual }) => [code, field, actual])).toEqual([["FT2030", "benchmark", "not-identical"]])
  })

  it("refuses every precondition that is not known, and takes those that are verified or asserted", async () => {
    const world = makeWorld()
    world.faults.preconditions = [state("genome", "verified"), state("flags", "asserted")]
    expect((await world.run(planned(world, benchmark))).document.benchmark).not.toBeNull()
    world.faults.preconditions = [...world.faults.preconditions, state("clock", "unknown", "nobody can see it"), state("ticks", "unknown")]
    const error = await world.run(Effect.flip(planned(world, benchmark)))
    expect(error.diagnostics.map(({ code, actual }) => [code, actual])).toEqual([
      ["FT2031", "unknown"],
      ["FT2031", "unknown"]
    ])
    expect(error.diagnostics[0].message).toBe('the precondition "clock" of a reproducible run is unknown: nobody can see it')
  })

  it("is refused again when it is executed and no longer holds what the plan found", async () => {
    const world = makeWorld()
    const row = await world.run(create(world, benchmark))
    world.faults.preconditions = [state("clock", "unknown")]
    const error = await world.run(Effect.flip(goOn(world, row)))
    expect([error.reason, error.diagnostics[0].code]).toEqual(["invalid", "FT2031"])
    expect(world.memory.runs[0]?.predictions).toEqual([])
    const other = runFile()
    const outside = await world.run(create(world, other))
    expect((await world.run(goOn(world, outside))).status).toBe("completed")
  })
})

describe("the preconditions of a run", () => {
  it("stand in its record as the learner said them when it was opened", async () => {
    const world = makeWorld()
    world.faults.preconditions = [state("genome", "verified"), state("clock", "unknown")]
    const { state: seen } = await world.run(runToEnd(world))
    expect(seen.opened).toEqual({ continuation: "identical", preconditions: world.faults.preconditions })
  })

  it("are part of what two runs must not differ in by accident: status and detail, each by name", async () => {
    const file = runFile({ split: { method: "stratified", seed: 5, fractions: { train: 0.6, val: 0.2, test: 0.2 } } })
    const world = makeWorld()
    world.faults.preconditions = [state("genome", "verified"), state("clock", "asserted", "60 Hz")]
    const a = await world.run(runToEnd(world, file))
    for (const changed of [state("clock", "asserted", "30 Hz"), state("clock", "verified", "60 Hz"), state("other", "asserted", "60 Hz")]) {
      world.faults.preconditions = [state("genome", "verified"), changed]
      const b = await world.run(runToEnd(world, file))
      const error = await world.run(Effect.flip(compared(world, [a.row, b.row], { across: [], exploratory: false })))
      expect(new Set(error.diagnostics.map(({ field }) => field))).toEqual(
        new Set(changed.name === "clock" ? ["preconditions.clock"] : ["preconditions.clock", "preconditions.other"])
      )
    }
  })
})
