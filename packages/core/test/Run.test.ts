import { TrainerError } from "@feagi-trainer/contracts"
import { fromCanonical } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { documentOf, predictionsHash, RunJournal, requestRun, specHash } from "../src/index.ts"
import { create, dieAt, goOn, hashesOf, makeWorld, planned, runFile, runToEnd, services, view, type World } from "./support/world.ts"

const failure = async (world: World, effect: Effect.Effect<unknown, TrainerError>): Promise<TrainerError> => {
  const error = await world.run(Effect.flip(effect))
  expect(error).toBeInstanceOf(TrainerError)
  return error
}

const start = (world: World, file = runFile(), seed = 1n) => world.run(create(world, file, seed))

describe("a run", () => {
  it("goes through every phase of its protocol and scores those that are scored", async () => {
    const world = makeWorld()
    const done = await world.run(runToEnd(world))
    expect(done.status).toBe("completed")
    expect(done.state.phases.map((phase) => [phase.phase, phase.samples])).toEqual([
      ["train", 72],
      ["validate", 12],
      ["test", 12]
    ])
    expect(done.state.phases.map((phase) => phase.metrics?.hits)).toEqual([undefined, 1, 1])
  })

  it("has the id and the hash of its document and nothing else", async () => {
    const world = makeWorld()
    const row = await start(world)
    const document = await world.run(documentOf(row).pipe(Effect.provide(services(world))))
    expect(row.run_id).toBe(`r-${specHash(document).slice(0, 12)}-1`)
    const again = await start(world)
    expect(again.run_id).toBe(`r-${specHash(document).slice(0, 12)}-2`)
    expect(again.document_sha256).toBe(row.document_sha256)
  })

  it("gives the same hashes for the same file and seed, and others for another seed", async () => {
    const first = await makeWorld().run(runToEnd(makeWorld()))
    const second = await makeWorld().run(runToEnd(makeWorld()))
    const other = await makeWorld().run(runToEnd(makeWorld(), runFile(), 2n))
    expect(hashesOf(second)).toEqual(hashesOf(first))
    expect(other.state.phases[0]?.predictions_sha256).not.toBe(first.state.phases[0]?.predictions_sha256)
  })

  it("answers each sample once per epoch, in an order that is another one in each epoch", async () => {
    const world = makeWorld()
    await world.run(runToEnd(world))
    const train = world.memory.runs[0]?.predictions.filter((row) => row.phase === "train") ?? []
    const epochs = [0, 1].map((epoch) => train.filter((row) => row.epoch === epoch).map((row) => row.sample_id))
    expect(epochs.map((ids) => new Set(ids).size)).toEqual([36, 36])
    expect(epochs[0]).not.toEqual(epochs[1])
    expect([...(epochs[0] ?? [])].sort()).toEqual([...(epochs[1] ?? [])].sort())
  })

  it("hashes its predictions as lines of canonical JSON in visiting order", async () => {
    const world = makeWorld()
    const done = await world.run(runToEnd(world))
    const rows = world.memory.runs[0]?.predictions.filter((row) => row.phase === "test") ?? []
    expect(predictionsHash(rows)).toBe(done.state.phases[2]?.predictions_sha256)
    const line = fromCanonical(rows[3]?.line ?? "")
    expect(line).toMatchObject({ phase: "test", epoch: 0, index: 3, sample_id: rows[3]?.sample_id })
    expect(Object.keys(line as object).sort()).toEqual(["epoch", "index", "phase", "prediction", "sample_id", "target"])
  })

  it("commits as many samples at once as checkpoint_every says, which is part of its hash", async () => {
    const world = makeWorld()
    await world.run(runToEnd(world))
    const steps = (world.memory.runs[0]?.events ?? []).filter((event) => event.type === "step").map((event) => event.payload.samples)
    expect(steps).toEqual([7, 7, 7, 7, 7, 1, 7, 7, 7, 7, 7, 1, 7, 5, 7, 5])
    const [one, other] = [await world.run(planned(world)), await world.run(planned(world, runFile({ checkpoint_every: 8 })))]
    expect(one.spec_sha256).not.toBe(other.spec_sha256)
  })

  it("teaches one fixed permutation of the training labels under the shuffled-label control", async () => {
    const world = makeWorld()
    const file = runFile({ controls: { silent_reward: false, shuffled_labels: true } })
    await world.run(runToEnd(world, file))
    const rows = (world.memory.runs[0]?.predictions ?? []).map((row) => ({ ...row, said: fromCanonical(row.line) as { target: unknown } }))
    const labels = (phase: string, epoch: number) =>
      new Map(
        rows.filter((row) => row.phase === phase && row.epoch === epoch).map((row) => [row.sample_id, JSON.stringify(row.said.target)])
      )
    const first = labels("train", 0)
    expect([...labels("train", 1)].sort()).toEqual([...first].sort())
    const moved = [...first].filter(([id, target]) => !target.includes(`"class_id":${Number(id.slice(2)) % 3}`)).length
    expect(moved).toBeGreaterThan(12)
    expect([...first.values()].filter((target) => target.includes('"class_id":0')).length).toBe(12)
    for (const [id, target] of labels("test", 0)) expect(target).toContain(`"class_id":${Number(id.slice(2)) % 3}`)
  })
})

describe("a run that was cut off", () => {
  it("goes on from any commit to the same bytes as a run that was not", async () => {
    const whole = makeWorld()
    const expected = hashesOf(await whole.run(runToEnd(whole)))
    const commits = whole.memory.runs[0]?.events.length ?? 0
    expect(commits).toBeGreaterThan(25)
    for (let n = 1; n < commits; n++) {
      const world = makeWorld()
      const row = await start(world)
      expect(await dieAt(world, row, n), `commit ${n}`).toBe(true)
      const stopped = await world.run(view(world, row))
      expect(["created", "interrupted"], `commit ${n}`).toContain(stopped.status)
      const resumed = await world.run(goOn(world, row))
      expect(resumed.status).toBe("completed")
      expect(hashesOf(resumed), `commit ${n}`).toEqual(expected)
      const completed = world.memory.runs[0]?.events.filter((event) => event.type === "phase-completed")
      expect(
        completed?.map((event) => event.payload.phase),
        `commit ${n}`
      ).toEqual(["train", "validate", "test"])
    }
  })

  it("survives a second cut while it recovers, and a third", async () => {
    const whole = makeWorld()
    const expected = hashesOf(await whole.run(runToEnd(whole)))
    const world = makeWorld()
    const row = await start(world)
    for (const n of [9, 6, 4, 8]) expect(await dieAt(world, row, n)).toBe(true)
    expect(hashesOf(await world.run(goOn(world, row)))).toEqual(expected)
  })

  it("never executes a committed sample again", async () => {
    const world = makeWorld()
    const row = await start(world)
    await dieAt(world, row, 12)
    const before = world.memory.runs[0]?.predictions.length ?? 0
    expect(before).toBeGreaterThan(0)
    await world.run(goOn(world, row))
    const rows = world.memory.runs[0]?.predictions ?? []
    expect(new Set(rows.map((each) => `${each.phase}/${each.epoch}/${each.index}`)).size).toBe(rows.length)
    expect(rows.length).toBe(96)
  })

  it("refuses a checkpoint that does not restore the committed state", async () => {
    const world = makeWorld()
    const row = await start(world)
    await dieAt(world, row, 8)
    world.faults.forgetsOnRestore = true
    const error = await failure(world, goOn(world, row))
    expect([error.reason, error.diagnostics[0].code]).toEqual(["integrity", "FT3102"])
    expect((await world.run(view(world, row))).status).toBe("failed")
  })

  it("refuses an altered checkpoint and names the blob", async () => {
    const world = makeWorld()
    const row = await start(world)
    await dieAt(world, row, 8)
    const sha256 = (await world.run(view(world, row))).state.checkpoint_sha256 ?? ""
    const bytes = world.memory.blobs.get(sha256) ?? new Uint8Array()
    bytes[3] = (bytes[3] ?? 0) ^ 1
    const error = await failure(world, goOn(world, row))
    expect([error.reason, error.diagnostics[0].expected]).toEqual(["integrity", sha256])
  })

  it("refuses to go on when an input changed, and goes on when it is back", async () => {
    const world = makeWorld()
    const row = await start(world)
    await dieAt(world, row, 8)
    world.faults.datasetChanged = true
    const error = await failure(world, goOn(world, row))
    expect([error.reason, error.diagnostics[0].code]).toEqual(["integrity", "FT3104"])
    expect(error.diagnostics[0].message).toContain("dataset shapes@1")
    world.faults.datasetChanged = false
    expect((await world.run(goOn(world, row))).status).toBe("completed")
  })

  it("records a failure, and can be resumed once its cause is gone", async () => {
    const whole = makeWorld()
    const expected = hashesOf(await whole.run(runToEnd(whole)))
    const world = makeWorld()
    const row = await start(world)
    world.faults.failsAt = "s-021"
    const found = await failure(world, goOn(world, row))
    expect(found.diagnostics[0].sample_id).toBe("s-021")
    const failed = await world.run(view(world, row))
    expect(failed.status).toBe("failed")
    expect(failed.state.failure).toContain("the learner failed")
    world.faults.failsAt = undefined
    expect(hashesOf(await world.run(goOn(world, row)))).toEqual(expected)
  })
})

describe("steering a run", () => {
  /** Asks at the n-th look. */
  const askAt = (n: number, what: "pause" | "stop") => {
    let looks = 0
    return Effect.sync(() => {
      looks += 1
      return looks === n ? what : undefined
    })
  }

  it("pauses at any look and goes on to the same bytes", async () => {
    const whole = makeWorld()
    const expected = hashesOf(await whole.run(runToEnd(whole)))
    for (let n = 1; n <= 16; n++) {
      const world = makeWorld()
      const row = await start(world)
      expect((await world.run(goOn(world, row, askAt(n, "pause")))).status, `look ${n}`).toBe("paused")
      expect(hashesOf(await world.run(goOn(world, row))), `look ${n}`).toEqual(expected)
    }
  })

  it("keeps what is committed and nothing else when it is stopped, and is over then", async () => {
    const world = makeWorld()
    const row = await start(world)
    const stopped = await world.run(goOn(world, row, askAt(4, "stop")))
    expect(stopped.status).toBe("cancelled")
    expect(world.memory.runs[0]?.predictions.length).toBe(21)
    const error = await failure(world, goOn(world, row))
    expect([error.reason, error.diagnostics[0].code]).toEqual(["usage", "FT3103"])
  })

  it("refuses to resume a completed run", async () => {
    const world = makeWorld()
    const done = await world.run(runToEnd(world))
    const before = world.memory.writes
    const error = await failure(world, goOn(world, done.row))
    expect([error.reason, error.diagnostics[0].code]).toEqual(["usage", "FT3103"])
    expect(world.memory.writes).toBe(before)
  })

  it("refuses a run that another process holds", async () => {
    const world = makeWorld()
    const row = await start(world)
    let second: TrainerError | undefined
    world.memory.beforeCommit = (type) => {
      if (type === "completed") world.memory.beforeCommit = () => undefined
    }
    await world.run(
      goOn(
        world,
        row,
        Effect.gen(function* () {
          second ??= yield* Effect.flip(goOn(world, row)).pipe(Effect.orDie)
          return undefined
        })
      )
    )
    expect(second?.reason).toBe("locked")
  })

  it("hears a request that comes as soon as it is held, before it has begun", async () => {
    const world = makeWorld()
    const row = await start(world)
    world.memory.afterAcquire = (run) => {
      run.request = "stop"
    }
    const asked = Effect.flatMap(RunJournal, (journal) => Effect.orDie(journal.pending(row.run_id)))
    await world.run(goOn(world, row, asked.pipe(Effect.provide(services(world)))))
    expect((await world.run(view(world, row))).status).toBe("cancelled")
  })

  it("pauses nothing of a run that has not begun or that failed, and marks one that nobody holds at once", async () => {
    const world = makeWorld()
    const row = await start(world)
    const pause = () => world.run(requestRun(row, "pause").pipe(Effect.provide(services(world))))
    const mark = (type: "running" | "failed") =>
      world.run(
        Effect.scoped(
          Effect.gen(function* () {
            const journal = yield* RunJournal
            const payload = type === "running" ? { resumed: false } : { message: "broken" }
            yield* journal.commit(yield* journal.acquire(row.run_id), [{ type, payload }], [])
          })
        ).pipe(Effect.provide(services(world)))
      )
    const status = async () => (await world.run(view(world, row))).status
    expect([await pause(), await status()]).toEqual(["nothing-to-do", "created"])
    await mark("failed")
    expect([await pause(), await status()]).toEqual(["nothing-to-do", "failed"])
    await mark("running")
    expect([await status(), await pause(), await status()]).toEqual(["interrupted", "done", "paused"])
    expect(await pause()).toBe("nothing-to-do")
  })

  it("hands the request to a run that is held", async () => {
    const world = makeWorld()
    const row = await start(world)
    const ask = (what: "pause" | "stop") => requestRun(row, what).pipe(Effect.provide(services(world)))
    let outcome: string | undefined
    await world.run(
      goOn(
        world,
        row,
        Effect.gen(function* () {
          outcome ??= yield* ask("stop").pipe(Effect.orDie)
          return undefined
        })
      )
    )
    expect(outcome).toBe("requested")
    const done = await world.run(view(world, row))
    expect(await world.run(ask("stop"))).toBe(done.status === "completed" || done.status === "cancelled" ? "nothing-to-do" : "done")
  })
})

describe("what a learner and its plugins owe the run", () => {
  it("fails when the learner gives fewer answers than it was asked for", async () => {
    const world = makeWorld()
    world.faults.dropsAnswer = true
    const error = await failure(world, runToEnd(world))
    expect([error.reason, error.diagnostics[0].code]).toEqual(["failed", "FT3021"])
    expect(world.memory.runs[0]?.predictions.length).toBe(0)
  })

  it("fails when a training sample has no target, instead of giving it the answer of its neighbour", async () => {
    const world = makeWorld()
    const { document } = await world.run(planned(world))
    const train = fromCanonical(
      new TextDecoder().decode((await world.run(planned(world))).blobs.find((_, index) => document.split.parts[index]?.name === "train"))
    )
    const [victim = ""] = train as ReadonlyArray<string>
    world.faults.unlabelled = victim
    const error = await failure(world, runToEnd(world))
    expect([error.diagnostics[0].code, error.diagnostics[0].sample_id]).toEqual(["FT3022", victim])
  })

  it("fails when a sampler that claims a permutation leaves a sample out", async () => {
    const world = makeWorld()
    const error = await failure(world, runToEnd(world, runFile({ sampler: { plugin: "lossy", options: {} } })))
    expect(error.diagnostics[0]).toMatchObject({ code: "FT2015", expected: "each of 0 … 35 once", actual: "35 positions" })
  })

  it("fails in the name of a plugin that throws", async () => {
    const world = makeWorld()
    const error = await failure(world, runToEnd(world, runFile({ sampler: { plugin: "thrower", options: {} } })))
    expect(error.diagnostics[0].code).toBe("FT1214")
    expect(error.diagnostics[0].message).toMatch(/#thrower .* failed: no order today/)
  })
})
