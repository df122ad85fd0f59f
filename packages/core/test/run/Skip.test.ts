import { decodeDocument } from "@feagi-trainer/contracts"
import type { CompareOptions } from "@feagi-trainer/evaluation"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { contractDocuments, type RunRequest, type RunRow, type RunView, requestRun } from "../../src/index.ts"
import {
  askBehind,
  compared as comparedRows,
  create,
  dieAt,
  goOn,
  hashesOf,
  makeWorld,
  recordingOf,
  replay,
  runFile,
  runToEnd,
  services,
  view,
  type World
} from "../support/world.ts"

const told = (): World => {
  const world = makeWorld()
  world.faults.rewards = "told"
  return world
}

/** Runs a file with one request at the first look behind so many samples. */
const skipped = async (world: World, committed: number, request: RunRequest = "skip", file = runFile()): Promise<RunView> => {
  const row = await world.run(create(world, file))
  return world.run(goOn(world, row, askBehind(world, committed, request)))
}
const cardsOf = (world: World) =>
  world.memory.scorecards.map((row) => {
    const decoded = decodeDocument("Scorecard", new TextDecoder().decode(world.memory.blobs.get(row.document_sha256)))
    if (!decoded.ok) throw new Error("no Scorecard")
    return decoded.value
  })

describe("a phase that is ended early", () => {
  it("ends successfully where it was asked to, and the phases that follow go through", async () => {
    const world = makeWorld()
    const { status, state } = await skipped(world, 14)
    expect(status).toBe("skipped")
    expect(state.phases.map(({ phase, samples }) => [phase, samples])).toEqual([
      ["train", 14],
      ["validate", 12],
      ["test", 12]
    ])
    expect(state.phases[0]?.skipped).toEqual({ epoch: 0, next: 14, samples_planned: 72, samples_done: 14, rest: false })
    expect(state.phases.slice(1).map((phase) => phase.skipped)).toEqual([undefined, undefined])
    expect(state.phases.map((phase) => typeof phase.metrics?.hits)).toEqual(["undefined", "number", "number"])
  })

  it("counts what it met over all epochs, also behind a pause", async () => {
    const world = makeWorld()
    const { state } = await skipped(world, 50)
    expect(state.phases[0]?.skipped).toEqual({ epoch: 1, next: 14, samples_planned: 72, samples_done: 50, rest: false })
    const other = makeWorld()
    const row = await other.run(create(other))
    await other.run(goOn(other, row, askBehind(other, 43, "pause")))
    const resumed = await other.run(goOn(other, row, askBehind(other, 50, "skip")))
    expect(resumed.state.phases[0]?.skipped).toEqual(state.phases[0]?.skipped)
    expect(resumed.state.phases[0]?.samples).toBe(50)
  })

  it("commits what it did since its last step, with its rewards, and nothing is lost of it", async () => {
    const world = told()
    // A step of 40 samples is made of batches of 16: the request is heard behind the first of them.
    const file = runFile({ checkpoint_every: 40 })
    const row = await world.run(create(world, file))
    let looks = 0
    const { state } = await world.run(
      goOn(
        world,
        row,
        Effect.sync(() => (++looks === 2 ? "skip" : undefined))
      )
    )
    expect(state.phases[0]?.samples).toBe(16)
    const { predictions = [], rewards = [], events = [] } = world.memory.runs[0] ?? {}
    expect([predictions, rewards].map((rows) => rows.filter(({ phase }) => phase === "train").length)).toEqual([16, 16])
    expect(events.slice(4, 7).map(({ type }) => type)).toEqual(["phase-started", "step", "phase-skipped"])
  })

  it("is scored over what it met, and its Scorecard says how far it came", async () => {
    const world = makeWorld()
    const { state } = await skipped(world, 79)
    const validate = state.phases[1]
    expect(validate?.skipped).toMatchObject({ samples_planned: 12, samples_done: 7 })
    const [first, second] = cardsOf(world)
    expect(first?.skip).toEqual({ samples_planned: 12n, samples_done: 7n, evaluated_samples: 7n })
    expect(second?.skip).toBeUndefined()
    const partial = [{ phase: "validate", samples_planned: 12, samples_done: 7 }]
    expect([first, second].map((card) => card?.x_feagi_trainer)).toMatchObject([{ partial }, { partial }])
  })

  it("says nothing of partial results on the Scorecards of a run that went through", async () => {
    const world = makeWorld()
    await world.run(runToEnd(world))
    for (const card of cardsOf(world)) {
      expect(card.skip).toBeUndefined()
      expect(Object.keys(card.x_feagi_trainer ?? {})).not.toContain("partial")
      expect(Object.keys(card.x_feagi_trainer ?? {})).not.toContain("continued")
    }
  })

  it("leaves out what follows when it is asked to", async () => {
    const world = makeWorld()
    const { status, state } = await skipped(world, 79, "skip-rest")
    expect(status).toBe("skipped")
    expect(state.phases.map(({ phase, scorecard_id }) => [phase, scorecard_id === undefined])).toEqual([
      ["train", true],
      ["validate", false]
    ])
    expect(world.memory.scorecards.length).toBe(1)
  })

  it("is over: there is nothing to resume, to stop or to skip", async () => {
    const world = makeWorld()
    const { row } = await skipped(world, 14)
    const error = await world.run(Effect.flip(goOn(world, row)))
    expect(error.diagnostics[0].code).toBe("FT3103")
    expect(error.message).toContain("is skipped")
    for (const request of ["stop", "skip"] as const)
      expect(await world.run(requestRun(row, request).pipe(Effect.provide(services(world))))).toBe("nothing-to-do")
  })

  it.each([
    [14, "skip"],
    [79, "skip-rest"]
  ] as const)("goes on to the same hashes from any commit that it dies at behind %i samples and a %s", async (committed, request) => {
    const whole = told()
    const expected = await skipped(whole, committed, request)
    const commits = whole.memory.runs[0]?.events.length ?? 0
    const first = (whole.memory.runs[0]?.events ?? []).findIndex(({ type }) => type === "phase-skipped")
    for (let n = first; n < commits - 1; n++) {
      const world = told()
      const row = await world.run(create(world))
      let at = 0
      world.memory.beforeCommit = () => {
        at += 1
        if (at === n) throw new Error("power cut")
      }
      const died = await world.run(goOn(world, row, askBehind(world, committed, request))).then(
        () => false,
        () => true
      )
      world.memory.beforeCommit = () => undefined
      expect(died, `commit ${n}`).toBe(true)
      const early = (await world.run(view(world, row))).state.phases.some((phase) => phase.skipped !== undefined)
      // Where the early end itself was lost, it was never there, and is asked for again.
      const resumed = await world.run(goOn(world, row, early ? undefined : askBehind(world, committed, request)))
      expect(resumed.status, `commit ${n}`).toBe("skipped")
      expect(hashesOf(resumed), `commit ${n}`).toEqual(hashesOf(expected))
    }
  })

  it("is EQUAL in a replay, which ends it where the run did", async () => {
    for (const [committed, request] of [
      [14, "skip"],
      [36, "skip"],
      [50, "skip"],
      [79, "skip-rest"],
      [91, "skip"]
    ] as const) {
      const world = told()
      const { row } = await skipped(world, committed, request)
      const recording = await world.run(recordingOf(world, row))
      expect((await world.run(replay(world, recording))).verdict, `${committed} ${request}`).toBe("EQUAL")
    }
  })

  it("stands in the contract documents: status, processed samples, and a last event `skipped` as upstream has it", async () => {
    const world = makeWorld()
    const seen = await skipped(world, 79, "skip-rest")
    const files = await world.run(Effect.scoped(contractDocuments(seen, {})).pipe(Effect.provide(services(world))))
    const read = (name: string) => files.filter(({ contract }) => contract === name).map(({ text }) => JSON.parse(text))
    expect(
      read("RunSummary").map(({ status, processed_samples, evaluated_samples }) => [status, processed_samples, evaluated_samples])
    ).toEqual([
      ["completed", undefined, 0],
      ["skipped", 7, 7],
      ["skipped", 0, 0]
    ])
    expect(read("RunEvent").at(-1).kind).toEqual({ type: "skipped", samples_done: 79, samples_total: 96 })
    const ours = files.filter(({ contract, variant }) => variant !== null && ["RunEvent", "RunSummary", "Scorecard"].includes(contract))
    expect(ours).toEqual([])
  })
})

describe("a request to end early", () => {
  const ask = (world: World, row: RunRow, request: RunRequest) => requestRun(row, request).pipe(Effect.provide(services(world)))

  it("is refused for a run that nobody executes, because nothing could be scored", async () => {
    const world = makeWorld()
    const row = await world.run(create(world))
    for (const request of ["skip", "skip-rest"] as const) {
      const error = await world.run(Effect.flip(ask(world, row, request)))
      expect([error.reason, error.diagnostics[0].code]).toEqual(["usage", "FT3115"])
      expect(error.diagnostics[0].help).toContain(`run resume ${row.run_id}`)
    }
    await dieAt(world, row, 8)
    expect((await world.run(Effect.flip(ask(world, row, "skip")))).diagnostics[0].code).toBe("FT3115")
  })

  it("reaches a run in another process by way of the journal, and is gone once it was followed", async () => {
    const world = makeWorld()
    const row = await world.run(create(world))
    let outcome: string | undefined
    // The journal is looked into every 100 ms at most: the run waits at its looks until it has been.
    const waiting = Effect.gen(function* () {
      if ((world.memory.runs[0]?.predictions.length ?? 0) < 14) return undefined
      outcome ??= yield* ask(world, row, "skip").pipe(Effect.orDie)
      if (world.memory.runs[0]?.request !== undefined) yield* Effect.sleep(30)
      return undefined
    })
    const { status, state } = await world.run(goOn(world, row, waiting))
    expect([outcome, status]).toEqual(["requested", "skipped"])
    expect(state.phases.map((phase) => phase.skipped !== undefined)).toEqual([true, false, false])
    expect(state.phases[0]?.samples).toBeLessThan(72)
    expect(world.memory.runs[0]?.request).toBeUndefined()
  })

  it("that comes too late for its phase is not taken for the next one", async () => {
    const world = makeWorld()
    const row = await world.run(create(world))
    world.memory.beforeCommit = (type) => {
      const run = world.memory.runs[0]
      if (type === "phase-completed" && run !== undefined && run.predictions.length === 72) run.request = "skip"
    }
    const { status, state } = await world.run(goOn(world, row))
    expect(status).toBe("completed")
    expect(state.phases.map((phase) => phase.skipped)).toEqual([undefined, undefined, undefined])
    expect(world.memory.runs[0]?.request).toBeUndefined()
  })

  it("loses against a stop", async () => {
    const world = makeWorld()
    const row = await world.run(create(world))
    let looks = 0
    const both = Effect.sync(() => {
      looks += 1
      return looks === 1 ? ("skip" as const) : ("stop" as const)
    })
    expect((await world.run(goOn(world, row, both))).status).toBe("cancelled")
  })
})

describe("comparing a run that was ended early", () => {
  const split = { method: "stratified", seed: 5, fractions: { train: 0.6, val: 0.2, test: 0.2 } }
  const compared = (world: World, a: RunView, b: RunView, options: CompareOptions) =>
    world.run(Effect.result(comparedRows(world, [a.row, b.row], options)))

  it("with one that went through is refused by that name, until it is declared; then the samples that both have are compared", async () => {
    const world = makeWorld()
    const whole = await world.run(runToEnd(world, runFile({ split })))
    const early = await skipped(world, 91, "skip", runFile({ split }))
    expect(early.state.phases[2]?.samples).toBe(7)
    const refused = await compared(world, whole, early, { across: [], exploratory: false })
    if (refused._tag === "Success") throw new Error("it was not refused")
    expect(refused.failure.reason).toBe("incomparable")
    expect(refused.failure.diagnostics.map(({ field }) => field)).toEqual(["skip"])
    expect(refused.failure.diagnostics[0].message).toContain("test 7 of 12")
    const declared = await compared(world, whole, early, { across: ["skip"], exploratory: false })
    if (declared._tag === "Failure") throw declared.failure
    expect(declared.success.partial).toEqual({ a: [], b: [{ phase: "test", samples_planned: 12, samples_done: 7 }] })
    expect(declared.success.comparisons[0]?.metrics.hits).toMatchObject({ a: 1, b: 1 })
    expect(declared.success.n).toBe(7)
  })

  it("with one that ended at the same place says of both that they are partial", async () => {
    const world = makeWorld()
    const [a, b] = [await skipped(world, 91, "skip", runFile({ split })), await skipped(world, 91, "skip", runFile({ split }))]
    const outcome = await compared(world, a, b, { across: [], exploratory: false })
    if (outcome._tag === "Failure") throw outcome.failure
    const partial = [{ phase: "test", samples_planned: 12, samples_done: 7 }]
    expect(outcome.success.partial).toEqual({ a: partial, b: partial })
  })
})
