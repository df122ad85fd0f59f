import type { RunEvent } from "@feagi-trainer/contracts"
import { encodeDocument } from "@feagi-trainer/contracts"
import { Effect, Stream } from "effect"
import { describe, expect, it } from "vitest"
import { numberOf, type RunEventsOptions, type RunRow, runEvents } from "../../src/index.ts"
import { tellGaps } from "../../src/run/runEvents.ts"
import { askBehind, create, dieAt, goOn, makeWorld, runToEnd, services, type World } from "../support/world.ts"

const told = (world: World, row: RunRow, options: Partial<RunEventsOptions> = {}): Promise<ReadonlyArray<RunEvent>> =>
  world.run(Stream.runCollect(runEvents(row, { follow: false, ...options })).pipe(Effect.provide(services(world))))
const numbers = (events: ReadonlyArray<RunEvent>) => events.map(numberOf)
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number)
const types = (events: ReadonlyArray<RunEvent>) => events.map(({ kind }) => kind.type)

describe("the events of a run", () => {
  it("are upstream's, in order, numbered from 0 without gaps, and each of them is a RunEvent on the wire", async () => {
    const world = makeWorld()
    const { row } = await world.run(runToEnd(world))
    const events = await told(world, row)
    expect(numbers(events)).toEqual(upTo(events.length))
    const steps = (count: number) => Array.from({ length: count }, () => ["progress", "metric_update"]).flat()
    expect(types(events)).toEqual([
      "created",
      "validating",
      "running",
      ...steps(12),
      ...steps(2),
      "metric_update",
      "scorecard_ready",
      ...steps(2),
      "metric_update",
      "scorecard_ready",
      "completed"
    ])
    for (const event of events) expect(() => encodeDocument("RunEvent", event)).not.toThrow()
    expect(new Set(events.map(({ run_id }) => run_id))).toEqual(new Set([row.run_id]))
  })

  it("count samples over all epochs of the phase, and give the metric of the epoch so far as partial and of the phase as aggregate", async () => {
    const world = makeWorld()
    const { row, state } = await world.run(runToEnd(world))
    const events = await told(world, row)
    const train = events.flatMap(({ kind, x_feagi_trainer }) =>
      kind.type === "progress" && x_feagi_trainer?.phase === "train" ? [[kind.samples_done, kind.samples_total]] : []
    )
    expect(train).toEqual([7n, 14n, 21n, 28n, 35n, 36n, 43n, 50n, 57n, 64n, 71n, 72n].map((done) => [done, 72n]))
    const metrics = (scope: string) =>
      events.flatMap(({ kind, x_feagi_trainer }) =>
        kind.type === "metric_update" && kind.scope === scope ? [[x_feagi_trainer?.phase, kind.metrics.hits]] : []
      )
    expect(metrics("aggregate")).toEqual(state.phases.slice(1).map(({ phase, metrics }) => [phase, metrics?.hits]))
    expect(
      metrics("partial")
        .filter(([phase]) => phase === "test")
        .at(-1)
    ).toEqual(["test", state.phases[2]?.metrics?.hits])
  })

  it("can be picked up behind any of them: what comes is what was missing, once and in order", async () => {
    const world = makeWorld()
    const { row } = await world.run(runToEnd(world))
    const all = await told(world, row)
    for (let after = -1; after <= all.length; after++) expect(await told(world, row, { after })).toEqual(all.slice(after + 1))
    expect(await told(world, row, { after: 10_000 })).toEqual([])
  })

  it("tell of a pause and of a resume with the place of both, and of an early end as upstream does", async () => {
    const world = makeWorld()
    const row = await world.run(create(world))
    await world.run(goOn(world, row, askBehind(world, 14, "pause")))
    await world.run(goOn(world, row, askBehind(world, 28, "skip")))
    const events = await told(world, row)
    const told14 = { samples_done: 14n, samples_total: 72n }
    expect(events.flatMap(({ kind }) => (kind.type === "paused" || kind.type === "resumed" ? [kind] : []))).toEqual([
      { type: "paused", ...told14 },
      { type: "resumed", ...told14 }
    ])
    expect(events.flatMap(({ kind }) => (kind.type === "warning" ? [kind.message] : []))).toEqual([
      'phase "train" was ended early, behind 28 of 72 samples'
    ])
    expect(events.at(-1)?.kind).toEqual({ type: "skipped", samples_done: 52n, samples_total: 96n })
  })

  it("tell of a failure, and go on behind it when the run is resumed", async () => {
    const world = makeWorld()
    const row = await world.run(create(world))
    world.faults.failsAt = "s-021"
    await expect(world.run(goOn(world, row))).rejects.toThrow("the learner failed")
    const before = await told(world, row)
    expect(before.at(-1)?.kind.type).toBe("failed")
    world.faults.failsAt = undefined
    await world.run(goOn(world, row))
    const after = await told(world, row, { after: before.length - 1 })
    expect(numbers(after)[0]).toBe(before.length)
    expect(after.at(-1)?.kind.type).toBe("completed")
    expect(await told(world, row)).toEqual([...before, ...after])
  })
})

describe("following a run", () => {
  it("gives every event once while the run goes, and ends with it", async () => {
    const world = makeWorld()
    const row = await world.run(create(world))
    const slow = Effect.as(Effect.sleep(15), undefined)
    const [followed] = await world.run(
      Effect.all([Effect.promise(() => told(world, row, { follow: true })), goOn(world, row, slow)], { concurrency: "unbounded" })
    )
    expect(followed).toEqual(await told(world, row))
    expect(followed.at(-1)?.kind.type).toBe("completed")
  })

  it("outlives the process of the run: it waits while nobody holds the run, and goes on when somebody does", async () => {
    const world = makeWorld()
    const row = await world.run(create(world))
    expect(await dieAt(world, row, 9)).toBe(true)
    const followed = told(world, row, { follow: true, after: 2 })
    await new Promise((resolve) => setTimeout(resolve, 30))
    await world.run(goOn(world, row))
    const all = await told(world, row)
    expect(await followed).toEqual(all.slice(3))
  })

  it("ends at once for a run that is over, also behind its last event", async () => {
    const world = makeWorld()
    const { row } = await world.run(runToEnd(world))
    const all = await told(world, row)
    expect(await told(world, row, { follow: true, after: all.length - 1 })).toEqual([])
  })
})

describe("a reader with a buffer", () => {
  it("that is fast enough gets everything and no gap", async () => {
    const world = makeWorld()
    const { row } = await world.run(runToEnd(world))
    const all = await told(world, row)
    expect(await told(world, row, { buffer: all.length })).toEqual(all)
  })

  it("that is too slow loses the oldest, and is told exactly which, so that it can ask for them again", async () => {
    const world = makeWorld()
    const { row } = await world.run(runToEnd(world))
    const all = await told(world, row)
    const read = await world.run(
      runEvents(row, { follow: false, buffer: 4 }).pipe(
        Stream.mapEffect((event) => Effect.as(Effect.sleep(2), event)),
        Stream.runCollect,
        Effect.provide(services(world))
      )
    )
    const gaps = read.flatMap(({ kind, x_feagi_trainer }) =>
      kind.type === "warning"
        ? [(x_feagi_trainer as { readonly gap?: { readonly first: number; readonly last: number } } | undefined)?.gap]
        : []
    )
    expect(gaps.length).toBeGreaterThan(0)
    expect(numbers(read).every((number, at, list) => at === 0 || number > (list[at - 1] ?? -1))).toBe(true)
    const missing = gaps.flatMap((gap) => (gap === undefined ? [] : all.slice(gap.first, gap.last + 1)))
    const delivered = read.filter(({ kind }) => kind.type !== "warning")
    expect([...delivered, ...missing].sort((a, b) => numberOf(a) - numberOf(b))).toEqual(all)
    expect(read.at(-1)).toEqual(all.at(-1))
    expect(read.find(({ kind }) => kind.type === "warning")?.kind).toMatchObject({
      message: expect.stringContaining("ask for them again after")
    })
    for (const event of read) expect(() => encodeDocument("RunEvent", event)).not.toThrow()
  })

  it("holds at least one event", async () => {
    const world = makeWorld()
    const { row } = await world.run(runToEnd(world))
    for (const buffer of [0, -1, 1.5]) await expect(told(world, row, { buffer })).rejects.toThrow("holds at least one")
  })

  it("is told of a gap at the front, in the middle and of one single event", async () => {
    const world = makeWorld()
    const { row } = await world.run(runToEnd(world))
    const all = await told(world, row)
    const kept = all.filter((event) => ![0, 1, 5, 9, 10, 11].includes(numberOf(event)))
    const read = await world.run(Stream.runCollect(Stream.fromIterable(kept).pipe(tellGaps(row.run_id, -1))))
    expect(read.flatMap((event) => (event.kind.type === "warning" ? [numberOf(event)] : []))).toEqual([1, 5, 11])
    expect(read.flatMap(({ kind }) => (kind.type === "warning" ? [kind.message.split(" were")[0]] : []))).toEqual([
      "events 0 to 1",
      "events 5 to 5",
      "events 9 to 11"
    ])
  })
})
