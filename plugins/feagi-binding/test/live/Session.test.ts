/** A session of the live backend when nothing goes wrong, against a stand-in for the engine. The real engine is met elsewhere. */
import type { BrainSession } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { embedded } from "../../src/index.ts"
import { live } from "../../src/live/LiveBackend.ts"
import { backendOptions, failure, inputs, request } from "../support.ts"
import { type FakeEngine, fakeEngine } from "./FakeEngine.ts"
import { batch, firstRow, liveOptions, liveRequest, reinforce, withLive } from "./liveSupport.ts"

let engine: FakeEngine
beforeEach(async () => {
  engine = await fakeEngine()
})
afterEach(() => engine.die())

const streaming = { kind: "streaming", burst_hz: 40, resends: 3 } as const
const input = "aWluZgEAAAA="
const output = "b21pcwoAAAA="

describe("opening", () => {
  it("stops, loads, tells the rules once, registers, and proves both streams before it begins", async () => {
    await withLive(liveOptions(engine.api), () => Effect.void)
    const order = [
      "GET /v1/system/health_check",
      "GET /v1/system/versions",
      "GET /v1/agent/list",
      "GET /v1/network/connection_info",
      "POST /v1/burst_engine/stop",
      "POST /v1/genome/upload",
      "POST /v1/cortical_mapping/mapping_properties",
      "PUT /v1/cortical_mapping/mapping_properties",
      "GET /v1/connectome/download-bytes?mode=full",
      "POST /v1/burst_engine/start",
      "POST /v1/connectome/upload",
      "GET /v1/connectome/cortical_areas/list/detailed"
    ]
    const places = order.map((call) => engine.calls.indexOf(call))
    expect(places.every((place) => place >= 0)).toBe(true)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })

  it("tells versions, areas, mappings and affect channels", () =>
    withLive(liveOptions(engine.api), ({ info }) =>
      Effect.sync(() => {
        expect(info.core_version).toBe("0.0.49")
        expect(info.engine).toMatchObject({ feagi: "0.0.67", transport: "websocket", mode: "stepped" })
        expect(info.engine).not.toHaveProperty("build_timestamp")
        expect(info.mappings).toEqual([{ from: input, to: output, synapses: 24, plastic: true }])
        expect(info.affect_channels.map(({ name }) => name)).toEqual(["pain", "pleasure"])
      })
    ))

  it("has two descriptions of the engine that are equal for two sessions", async () => {
    const engineOf = () => withLive(liveOptions(engine.api), ({ info }) => Effect.succeed(info.engine))
    expect(await engineOf()).toEqual(await engineOf())
  })

  it("calls nothing verified that it cannot see", async () => {
    const statuses = (mode: typeof streaming | { readonly kind: "stepped" }) =>
      withLive(liveOptions(engine.api, { mode }), ({ preconditions }) =>
        Effect.succeed(Object.fromEntries(preconditions.map(({ name, status }) => [name, status])))
      )
    const always = { "summation-order": "unknown", "single-client": "asserted", development: "verified", excitability: "verified" }
    expect(await statuses({ kind: "stepped" })).toMatchObject({ ...always, clock: "verified", "burst-alignment": "verified" })
    expect(await statuses(streaming)).toMatchObject({ ...always, clock: "unknown", "burst-alignment": "unknown" })
  })
})

describe.each([["stepped", { kind: "stepped" } as const] as const, ["streaming", streaming] as const])(
  "a session that is %s",
  (_, mode) => {
    const options = () => liveOptions(engine.api, { mode })

    it("reads, learns and weighs as the embedded backend does", async () => {
      const work = Effect.fnUntraced(function* (brain: Parameters<Parameters<typeof withLive>[1]>[0]) {
        const first = yield* brain.present(batch, 1)
        yield* brain.feedback(reinforce("pleasure", 1))
        yield* brain.present(firstRow, 0)
        yield* brain.feedback(reinforce("pain", 2))
        return {
          first,
          second: yield* brain.present(batch, 0),
          synapses: yield* brain.synapses,
          weights: yield* brain.weights(input, output)
        }
      })
      const there = await withLive(options(), work)
      const here = await Effect.runPromise(Effect.scoped(Effect.flatMap(embedded.open({ ...request, options: backendOptions }), work)))
      expect(there).toEqual(here)
      expect(there.weights.filter((weight) => weight !== 1)).toHaveLength(4)
    })

    it("keeps its connectome while frozen, and a checkpoint keeps the freeze", () =>
      withLive(options(), (brain) =>
        Effect.gen(function* () {
          const before = yield* brain.hash("connectome")
          yield* brain.freeze(true)
          yield* brain.present(firstRow, 0)
          yield* brain.feedback(reinforce("pleasure", 1))
          expect(yield* brain.hash("connectome")).toBe(before)
          const frozen = yield* brain.checkpoint
          const full = yield* brain.hash("full")
          yield* brain.freeze(false)
          expect(yield* brain.hash("full")).not.toBe(full)
          yield* brain.present(firstRow, 0)
          yield* brain.feedback(reinforce("pleasure", 1))
          expect(yield* brain.hash("connectome")).not.toBe(before)
          yield* brain.restore(frozen)
          expect(yield* brain.hash("full")).toBe(full)
          yield* brain.present(firstRow, 0)
          yield* brain.feedback(reinforce("pleasure", 1))
          expect(yield* brain.hash("connectome")).toBe(before)
        })
      ))
  }
)

describe("a stepped session", () => {
  it("counts every burst once, and says what it did", () =>
    withLive(liveOptions(engine.api), (brain) =>
      Effect.gen(function* () {
        const start = engine.bursts()
        yield* brain.present(batch, 3)
        yield* brain.feedback(reinforce("pain", 0))
        yield* brain.feedback([])
        yield* brain.rest(7)
        expect(yield* brain.bursts).toBe(4 * (2 + 3) + 2 + 7)
        expect(engine.bursts() - start).toBe(yield* brain.bursts)
        expect(yield* brain.activity).toEqual({ bursts: 29, neurons: 20, synapses: 24, wire_bytes: expect.any(Number) })
        expect((yield* brain.activity).wire_bytes).toBeGreaterThan(10_000)
      })
    ))

  it("undoes a burst that ran without its sample, wherever that happened", async () => {
    const uploads = () => engine.calls.filter((call) => call === "POST /v1/connectome/upload").length
    const life = Effect.fnUntraced(function* (brain: BrainSession, late: number) {
      const before = uploads()
      const readings = []
      for (let round = 0; round < 5; round++) {
        if (round === late) engine.faults.sensory = "late"
        readings.push(yield* brain.present(batch, 1))
        yield* brain.feedback(reinforce(round % 2 === 0 ? "pleasure" : "pain", 1))
        if (round === 1) yield* brain.freeze(true)
        if (round === 2) yield* brain.freeze(false)
        if (round === 3) yield* brain.checkpoint
      }
      expect(engine.faults.sensory).toBe("ok")
      const told = { readings, hash: yield* brain.hash("full"), bursts: yield* brain.bursts }
      return { told, loads: uploads() - before, ran: (yield* brain.activity).bursts }
    })
    const lives = []
    for (const late of [-1, 0, 2, 4]) lives.push(await withLive(liveOptions(engine.api), (brain) => life(brain, late)))
    expect(lives.map(({ loads }) => loads)).toEqual([1, 2, 2, 2])
    const [first, second, third, fourth] = lives.map(({ told }) => told)
    expect([second, third, fourth]).toEqual([first, first, first])
    // Lost in the first burst, after two rounds of 14 bursts, and right after the checkpoint.
    expect(lives.map(({ ran }) => ran)).toEqual([70, 70, 70 + 28, 70])
  })

  it("has a minute between two bursts, whatever period a connectome brings along", () =>
    withLive(liveOptions(engine.api), (brain) =>
      Effect.gen(function* () {
        expect(engine.period()).toBe(60)
        const saved = yield* brain.checkpoint
        expect(engine.period()).toBe(60)
        yield* brain.restore(saved)
        expect(engine.period()).toBe(60)
      })
    ))

  it("begins with a brain that it is given", async () => {
    const saved = await withLive(liveOptions(engine.api), (brain) =>
      Effect.gen(function* () {
        yield* brain.present(firstRow, 0)
        yield* brain.feedback(reinforce("pleasure", 1))
        return { bytes: yield* brain.checkpoint, hash: yield* brain.hash("full"), bursts: yield* brain.bursts }
      })
    )
    const opened = Effect.flatMap(live.open(liveRequest(liveOptions(engine.api), { connectome: saved.bytes })), (brain) =>
      Effect.all({ hash: brain.hash("full"), bursts: brain.bursts })
    )
    expect(await Effect.runPromise(Effect.scoped(opened))).toEqual({ hash: saved.hash, bursts: saved.bursts })
  })

  it("shows the last sample again, and nothing before the first", async () => {
    const shows = (calls: ReadonlyArray<string>) => calls.filter((call) => call === "GET /v1/input/sensor_snapshot/last").length
    await withLive(liveOptions(engine.api), (brain) =>
      Effect.gen(function* () {
        const before = shows(engine.calls)
        yield* brain.feedback([{ offset: 0, represent: true }])
        expect(shows(engine.calls) - before).toBe(0)
        yield* brain.present(firstRow, 0)
        yield* brain.feedback([{ offset: 0, represent: true }])
        expect(shows(engine.calls) - before).toBe(2)
      })
    )
  })

  it("holds a sample as long as its schedule says, and reads no earlier burst", async () => {
    const readings = (hold_bursts: number, read_burst: number) =>
      Effect.runPromise(
        Effect.scoped(
          Effect.flatMap(live.open(liveRequest(liveOptions(engine.api), { schedule: { hold_bursts, read_burst } })), (brain) =>
            brain.present(firstRow, 0)
          )
        )
      )
    expect(await readings(3, 4)).toEqual([[{ silent: false, value: [0.25, 0.25, 0.25] }]])
    expect(await readings(1, 3)).toEqual([[{ silent: true, value: [Number.NaN, Number.NaN, Number.NaN] }]])
  })

  it("tells which voxels a row lights without a burst", () =>
    withLive(liveOptions(engine.api), (brain) =>
      Effect.gen(function* () {
        const before = engine.bursts()
        expect(yield* brain.explain([0, 1])).toEqual([
          { area: input, x: 0, y: 0, z: 3, potential: 1 },
          { area: input, x: 1, y: 0, z: 0, potential: 1 }
        ])
        expect(engine.bursts()).toBe(before)
      })
    ))

  it("refuses checkpoints that are damaged, foreign, or of another genome", () =>
    withLive(liveOptions(engine.api), (brain) =>
      Effect.gen(function* () {
        const bytes = yield* brain.checkpoint
        const refused = (candidate: Uint8Array) => Effect.promise(() => failure(brain.restore(candidate)))
        const damaged = Uint8Array.from(bytes)
        damaged[200] = (damaged[200] ?? 0) ^ 1
        const integrity = { reason: "integrity", diagnostics: [{ code: "live/SNAPSHOT" }] }
        expect(yield* refused(damaged)).toMatchObject(integrity)
        expect(yield* refused(Uint8Array.of(1, 2, 3))).toMatchObject(integrity)
        expect(yield* refused(bytes.subarray(0, bytes.length - 1))).toMatchObject(integrity)
      })
    ))
})

describe("a streaming session", () => {
  it("presents a sample without an answer again, and then counts its silence", async () => {
    const before = { bursts: 0 }
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(
          live.open(liveRequest(liveOptions(engine.api, { mode: streaming }), { schedule: { hold_bursts: 1, read_burst: 3 } })),
          (brain) =>
            Effect.gen(function* () {
              before.bursts = (yield* brain.activity).bursts
              const [row] = yield* brain.present(firstRow, 0)
              expect(row?.map(({ silent }) => silent)).toEqual([true])
              // Once, and again for each of the three resends.
              expect((yield* brain.activity).bursts - before.bursts).toBe(4 * 3)
              expect(yield* brain.bursts).toBe(3)
            })
        )
      )
    )
  })
})

describe("the bench", () => {
  it("lights the voxels that a session would, without an engine", async () => {
    const voxels = Effect.flatMap(live.bench(inputs), (bench) => bench.voxels([0, 1]))
    expect(await Effect.runPromise(Effect.scoped(voxels))).toEqual([
      { area: input, x: 0, y: 0, z: 3, potential: 1 },
      { area: input, x: 1, y: 0, z: 0, potential: 1 }
    ])
    expect(engine.calls).toEqual([])
  })
})
