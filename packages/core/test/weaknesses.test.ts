/**
 * What the nearest relative gets wrong, one test each: the numbers are those of the list in docs/internals, where there is one.
 */
import { canonical, fromCanonical, SeedTree } from "@feagi-trainer/determinism"
import { Effect, Layer } from "effect"
import { describe, expect, it } from "vitest"
import { carryOn, RunObserver, type RunProgress, streams } from "../src/index.ts"
import {
  create,
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
} from "./support/world.ts"

const orderOf = (world: World, phase: string, epoch: number) =>
  (world.memory.runs[0]?.predictions ?? []).filter((row) => row.phase === phase && row.epoch === epoch).map((row) => row.sample_id)

/** A training sample that is visited after two committed steps. */
const twentieth = async (): Promise<string> => {
  const world = makeWorld()
  await world.run(runToEnd(world))
  return orderOf(world, "train", 0)[19] ?? ""
}

describe("what is measured stays what it is", () => {
  it("fails a run whose learner learns from the samples that it is tested with", async () => {
    const world = makeWorld()
    world.faults.learnsInPredict = true
    const error = await world.run(Effect.flip(runToEnd(world)))
    expect(error.diagnostics[0]).toMatchObject({ code: "FT3020", severity: "error" })
    expect(error.diagnostics[0].message).toContain('"validate"')
    expect(world.memory.scorecards).toEqual([])
  })

  it("fails it too when the learning happened before a pause and the rest of the phase is clean", async () => {
    const world = makeWorld()
    const row = await world.run(create(world))
    world.faults.learnsInPredict = true
    let looks = 0
    const asked = Effect.sync(() => {
      looks += 1
      return (world.memory.runs[0]?.predictions ?? []).some((each) => each.phase === "validate") ? ("pause" as const) : undefined
    })
    expect((await world.run(goOn(world, row, asked))).status).toBe("paused")
    expect(looks).toBeGreaterThan(12)
    world.faults.learnsInPredict = false
    const error = await world.run(Effect.flip(goOn(world, row)))
    expect(error.diagnostics[0].code).toBe("FT3020")
  })

  it("asks a frozen learner for nothing but answers: one hash of what was learnt from train to the end", async () => {
    const world = makeWorld()
    const { state } = await world.run(runToEnd(world))
    const [train, validate, test] = state.phases
    expect(
      new Set([train?.learned_hash, validate?.learned_hash_before, validate?.learned_hash, test?.learned_hash_before, test?.learned_hash])
        .size
    ).toBe(1)
    expect(train?.learned_hash_before).not.toBe(train?.learned_hash)
  })
})

describe("silence", () => {
  it("is an abstention that counts as wrong: the accuracy is over all samples, and is a number", async () => {
    const world = makeWorld()
    world.faults.silent = true
    const { state } = await world.run(runToEnd(world))
    expect(state.phases[2]?.metrics).toEqual({ hits: 0 })
    const test = (world.memory.runs[0]?.predictions ?? []).filter((row) => row.phase === "test")
    expect(test.length).toBe(12)
    for (const row of test)
      expect((fromCanonical(row.line) as { prediction: object }).prediction).toEqual({ abstain: { reason: "nothing to say" } })
  })
})

describe("what is shown while a run works", () => {
  type Shown = Omit<RunProgress, "metric"> & { readonly metric: ReturnType<RunProgress["metric"]> }
  const watched = async (world: World): Promise<ReadonlyArray<Shown>> => {
    const seen: Array<Shown> = []
    const observer = Layer.succeed(RunObserver, {
      progress: (progress) =>
        Effect.sync(() => {
          seen.push({ ...progress, metric: progress.metric() })
        })
    })
    const row = await world.run(create(world))
    await world.run(
      carryOn(row, { families: world.families(), asked: Effect.succeed(undefined) }).pipe(
        Effect.provide(Layer.merge(services(world), observer))
      )
    )
    return seen
  }

  it("counts every sample of every epoch once and ends where it said it would", async () => {
    const seen = await watched(makeWorld())
    const ends = ["train", "validate", "test"].map((phase) => seen.filter((each) => each.phase === phase).map((each) => each.done))
    expect(ends.map((done) => done.at(-1))).toEqual([72, 12, 12])
    for (const done of ends) expect(done).toEqual([...new Set(done)].sort((left, right) => left - right))
    expect(seen.map((each) => each.total).filter((total) => total !== 72 && total !== 12)).toEqual([])
  })

  it("never shows the answer of an earlier sample for a silent one, nor the metric of an earlier epoch or phase", async () => {
    const silent = makeWorld()
    silent.faults.silent = true
    for (const each of await watched(silent)) expect(each.metric).toEqual({ name: "hits", value: 0 })
    const seen = await watched(makeWorld())
    // The first sample of all is answered with an abstention; by the second epoch every answer is right.
    const [first] = seen
    const [second] = seen.filter((each) => each.phase === "train" && each.epoch === 1)
    expect(Number(first?.metric?.value)).toBeLessThan(1)
    expect(second?.metric?.value).toBe(1)
  })
})

describe("a metric", () => {
  it("is computed over the declared classes, whichever of them occur in the answers", async () => {
    const world = makeWorld()
    world.faults.silent = true
    const { state } = await world.run(runToEnd(world, runFile({ metrics: { plugin: "declared", options: {} } })))
    expect(state.phases[2]?.metrics).toEqual({ hits: 0, "declared/left": 0, "declared/right": 1, "declared/up": 2 })
  })
})

describe("repeats", () => {
  it("visit other orders under other seeds, and other splits where the split is per run", async () => {
    const worlds = [makeWorld(), makeWorld(), makeWorld()]
    for (const [index, world] of worlds.entries()) await world.run(runToEnd(world, runFile(), BigInt(index + 1)))
    expect(new Set(worlds.map((world) => orderOf(world, "train", 0).join())).size).toBe(3)
    expect(new Set(worlds.map((world) => orderOf(world, "test", 0).join())).size).toBe(3)
  })

  it("share the split where the run file gives it a seed of its own", async () => {
    const file = runFile({ split: { method: "stratified", seed: 9, fractions: { train: 0.6, val: 0.2, test: 0.2 } } })
    const [one, two] = [makeWorld(), makeWorld()]
    await one.run(runToEnd(one, file, 1n))
    await two.run(runToEnd(two, file, 2n))
    expect(orderOf(two, "test", 0)).toEqual(orderOf(one, "test", 0))
    expect(orderOf(two, "train", 0)).not.toEqual(orderOf(one, "train", 0))
  })

  it("have no stream of chance in common, neighbours least of all", () => {
    const names = [
      streams.split,
      streams.engine,
      streams.shuffledLabels,
      ...Array.from({ length: 20 }, (_, epoch) => streams.sampler(epoch))
    ]
    const drawn = Array.from({ length: 50 }, (_, seed) => names.map((name) => SeedTree.root(BigInt(seed)).child(name).u64()))
    expect(new Set(drawn.flat()).size).toBe(50 * names.length)
  })
})

describe("provenance", () => {
  it("is checked: a plugin, a dataset or a split that is not the pinned one ends a run before it begins", async () => {
    for (const [input, change] of [
      [
        "plugin toys",
        (world: World) => {
          world.filesSha256 = "0".repeat(64)
        }
      ],
      [
        "dataset shapes@1",
        (world: World) => {
          world.faults.datasetChanged = true
        }
      ],
      [
        "dataset shapes@1",
        (world: World) => {
          world.memory.datasets.length = 0
        }
      ]
    ] as const) {
      const world = makeWorld()
      const row = await world.run(create(world))
      change(world)
      const error = await world.run(Effect.flip(goOn(world, row)))
      expect([error.reason, error.diagnostics[0].code]).toEqual(["integrity", "FT3104"])
      expect(error.diagnostics[0].message).toContain(input)
      expect(error.diagnostics[0].help?.includes("start it again")).toBe(input.startsWith("plugin"))
      expect(world.memory.runs[0]?.predictions).toEqual([])
    }
  })

  it("pins every package that takes part by the hash of its files", async () => {
    const world = makeWorld()
    const { document } = await world.run(planned(world))
    expect(document.packages).toEqual({ toys: "f".repeat(64) })
  })

  it("holds no absolute path in the run document, the predictions or the scorecards", async () => {
    const world = makeWorld()
    const { row } = await world.run(runToEnd(world))
    const recording = await world.run(recordingOf(world, row))
    const texts = [
      canonical(recording.document),
      ...recording.predictions.map((each) => each.line),
      ...[...world.memory.blobs.values()].map((bytes) => new TextDecoder().decode(bytes)),
      ...(world.memory.runs[0]?.events ?? []).map((event) => JSON.stringify(event.payload))
    ]
    expect(texts.length).toBeGreaterThan(100)
    // Where the dataset lies is known to the registry only.
    expect(world.memory.datasets[0]?.location.root).toBe("/nowhere")
    expect(texts.filter((text) => text.includes("/nowhere"))).toEqual([])
  })
})

describe("a crash", () => {
  it("loses nothing that was committed", async () => {
    const world = makeWorld()
    const row = await world.run(create(world))
    world.faults.failsAt = await twentieth()
    await expect(world.run(goOn(world, row))).rejects.toThrow()
    const kept = [...(world.memory.runs[0]?.predictions ?? [])]
    world.faults.failsAt = undefined
    await world.run(goOn(world, row))
    expect(kept.length).toBeGreaterThan(0)
    expect(world.memory.runs[0]?.predictions.slice(0, kept.length)).toEqual(kept)
  })

  it("is told as code, message and sample, by the run and by its journal", async () => {
    const world = makeWorld()
    const row = await world.run(create(world))
    world.faults.failsAt = await twentieth()
    const error = await world.run(Effect.flip(goOn(world, row)))
    expect(error.diagnostics[0]).toEqual({
      severity: "error",
      code: "toy/FAILS",
      message: "the learner failed",
      sample_id: world.faults.failsAt
    })
    const last = world.memory.runs[0]?.events.at(-1)
    expect([last?.type, last?.payload]).toEqual(["failed", { message: "toy/FAILS the learner failed" }])
  })
})

describe("a checkpoint", () => {
  it("brings the learner to the same state whether the run stops there or not", async () => {
    const whole = makeWorld()
    const expected = await whole.run(runToEnd(whole))
    const cut = makeWorld()
    const row = await cut.run(create(cut))
    let looks = 0
    // A pause at every second look: as many restores as a run of this size can have.
    const asked = Effect.sync(() => {
      looks += 1
      return looks % 2 === 0 ? ("pause" as const) : undefined
    })
    let last = await cut.run(goOn(cut, row, asked))
    while (last.status === "paused") last = await cut.run(goOn(cut, row, asked))
    expect(hashesOf(last)).toEqual(hashesOf(expected))
    expect((await cut.run(replay(cut, await cut.run(recordingOf(cut, row))))).verdict).toBe("EQUAL")
  })
})
