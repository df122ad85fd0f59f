/** Everything that can go wrong with an engine, each told by its own error. The engine is a stand-in that goes wrong on command. */
import { Buffer } from "node:buffer"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { TrainerError } from "@feagi-trainer/contracts"
import { Deferred, Effect, Fiber } from "effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { live } from "../../src/live/LiveBackend.ts"
import type { LiveOptions } from "../../src/live/LiveOptions.ts"
import { failure, genome } from "../support.ts"
import { type FakeEngine, fakeEngine } from "./FakeEngine.ts"
import { batch, failureIn, firstRow, liveOptions, liveRequest, refusalOf, reinforce, timeouts, withLive } from "./liveSupport.ts"

/** A limit that a test can wait for, and that nothing else runs into on a busy machine. */
const soon = 1500

let engine: FakeEngine
beforeEach(async () => {
  engine = await fakeEngine()
})
afterEach(() => engine.die())

const options = (more: Partial<LiveOptions> = {}): LiveOptions => liveOptions(engine.api, more)

const eventually = async (holds: () => boolean): Promise<boolean> => {
  for (let i = 0; i < 3000 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10))
  return holds()
}

describe("an engine that is no partner", () => {
  it("is down when nothing listens", async () => {
    const server = createServer().listen(0, "127.0.0.1")
    await new Promise((resolve) => server.once("listening", resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    expect(await refusalOf(liveOptions(`http://127.0.0.1:${port}`))).toMatchObject({
      reason: "missing",
      diagnostics: [{ code: "live/ENGINE-DOWN", field: "learner.backend.options.api", message: expect.stringContaining("ECONNREFUSED") }]
    })
  })

  it("is refused when it answers with something else than JSON", async () => {
    engine.faults.rest.set("/v1/system/health_check", "garbage")
    expect(await refusalOf(options())).toMatchObject({
      reason: "failed",
      diagnostics: [{ code: "live/GARBAGE", actual: expect.stringContaining("<html>"), help: expect.stringContaining("options.api") }]
    })
  })

  it("is refused when its answers have another shape", async () => {
    engine.faults.rest.set("/v1/system/health_check", { answer: { status: "fine" } })
    expect(await refusalOf(options())).toMatchObject({
      diagnostics: [{ code: "live/GARBAGE", message: expect.stringContaining("GET /v1/system/health_check") }]
    })
  })

  it("is timed out when it is silent", async () => {
    engine.faults.rest.set("/v1/system/versions", "silence")
    expect(await refusalOf(options({ timeouts: { ...timeouts, request_ms: soon } }))).toMatchObject({
      reason: "failed",
      diagnostics: [{ code: "live/TIMEOUT", field: "learner.backend.options.timeouts.request_ms", expected: "an answer within 1500 ms" }]
    })
  })

  it.each([
    ["of crates before 0.0.49", { feagi_npu_burst_engine: "0.0.48" }, "0.0.48"],
    ["of another series", { feagi_npu_burst_engine: "0.1.0" }, "0.1.0"],
    ["without a version", { feagi: "2" }, "no feagi_npu_burst_engine among feagi"]
  ])("is refused when it is %s", async (_, answer, actual) => {
    engine.faults.rest.set("/v1/system/versions", { answer })
    expect(await refusalOf(options())).toMatchObject({ reason: "invalid", diagnostics: [{ code: "live/VERSION", actual }] })
    expect(engine.calls).not.toContain("POST /v1/genome/upload")
  })

  it("is taken with crates that are newer, and the difference is told", async () => {
    engine.faults.rest.set("/v1/system/versions", { answer: { feagi_npu_burst_engine: "0.0.53" } })
    const found = await withLive(options(), (brain) => Effect.succeed(brain.preconditions))
    expect(found.find(({ name }) => name === "engine-version")).toMatchObject({ status: "asserted" })
  })

  it("is left alone when others work with it, unless they are to be displaced", async () => {
    engine.faults.rest.set("/v1/agent/list", { answer: ["one", "two"] })
    expect(await refusalOf(options())).toMatchObject({
      reason: "locked",
      diagnostics: [{ code: "live/AGENTS", actual: "2 registered", help: expect.stringContaining("displace") }]
    })
    expect(engine.calls).not.toContain("POST /v1/genome/upload")
    expect(await withLive(options({ agents: "displace" }), (brain) => brain.bursts)).toBe(0)
  })
})

describe("a brain that does not come to be", () => {
  it("is refused in the engine's own words", async () => {
    engine.faults.rest.set("/v1/genome/upload", "refuse")
    expect(await refusalOf(options())).toMatchObject({
      reason: "invalid",
      diagnostics: [{ code: "live/GENOME", field: "brain", message: expect.stringContaining("out of cheese") }]
    })
  })

  it("is refused here, before an engine is asked, when genome and coders do not fit", async () => {
    const { reason, diagnostics } = await refusalOf(options(), { genome: genome.replace('cx-___bbz-i":4', 'cx-___bbz-i":5') })
    expect(reason).toBe("invalid")
    expect(diagnostics.every(({ code }) => code.startsWith("live/"))).toBe(true)
    expect(engine.calls).toEqual([])
  })

  it("is refused when the engine holds other areas than the genome says", async () => {
    engine.faults.rest.set("/v1/connectome/cortical_areas/list/detailed", { answer: {} })
    const { reason, diagnostics } = await refusalOf(options())
    expect(reason).toBe("integrity")
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        code: "live/BRAIN-WRONG",
        message: "area iinf/0 Percentage Linear of the engine is not that of the genome",
        expected: "2 x 1 x 4",
        actual: "no such area"
      })
    )
  })

  it("is refused when the engine grew other synapses than the genome says", async () => {
    engine.faults.rest.set("/v1/connectome/aWluZgEAAAA%3D/synapses", { answer: [] })
    expect((await refusalOf(options())).diagnostics).toMatchObject([
      {
        code: "live/BRAIN-WRONG",
        expected: "24 synapses",
        actual: "0",
        message: expect.stringContaining("iinf/0 Percentage Linear -> omis/0")
      }
    ])
  })

  it("is refused when neurons are numbered in another order", async () => {
    engine.faults.rest.set("/v1/connectome/neuron/1/properties", { answer: { x: 7, y: 7, z: 7 } })
    expect((await refusalOf(options())).diagnostics).toMatchObject([{ code: "live/VERSION", actual: "at 7, 7, 7" }])
  })

  it("is refused with a seed of another length and a reading before its time, both at once", async () => {
    const { diagnostics } = await refusalOf(options(), { seed: new Uint8Array(3), schedule: { hold_bursts: 2, read_burst: 2 } })
    expect(diagnostics.map(({ code }) => code)).toEqual(["live/SEED", "live/SCHEDULE"])
  })
})

describe("a wire that is not understood", () => {
  const replyOf = (server_responds_registration: unknown): Buffer => {
    const json = Buffer.from(JSON.stringify({ agent_registration: { server_responds_registration } }))
    const struct = Buffer.concat([Buffer.from([1, 1]), json])
    const length = Buffer.alloc(4)
    length.writeUInt32LE(struct.length)
    return Buffer.concat([Buffer.from([4, 0, 0, 1]), Buffer.alloc(48), length, struct])
  }
  const registering = "client_request_registration"

  it("has an old header with an agent id of 8 bytes", async () => {
    const reply = replyOf("already_registered")
    engine.faults.control.set(registering, Buffer.concat([reply.subarray(0, 12), reply.subarray(52)]))
    expect(await refusalOf(options())).toMatchObject({
      reason: "invalid",
      diagnostics: [{ code: "live/HEADER", expected: expect.stringContaining("48 bytes"), actual: "an agent id of 8 bytes" }]
    })
  })

  it.each([
    ["another container version", () => Buffer.concat([Buffer.from([5]), replyOf("x").subarray(1)])],
    ["no container at all", () => Buffer.from("hello")],
    ["nothing", () => Buffer.alloc(0)]
  ])("has %s", async (_, reply) => {
    engine.faults.control.set(registering, reply())
    expect((await refusalOf(options())).diagnostics).toMatchObject([
      { code: "live/HEADER", actual: expect.stringContaining("bytes that begin") }
    ])
  })

  it.each([
    ["already_registered", "live/AGENTS", "locked"],
    ["failed_invalid_request", "live/SLOTS", "locked"],
    ["failed_invalid_auth", "live/REGISTRATION", "failed"]
  ])("refuses the agent with %s", async (answer, code, reason) => {
    engine.faults.control.set(registering, replyOf(answer))
    expect(await refusalOf(options())).toMatchObject({ reason, diagnostics: [{ code, actual: answer }] })
  })

  it("is asked again for a slot that another agent gives back in the meantime", async () => {
    engine.faults.control.set(registering, replyOf("failed_invalid_request"))
    const opening = Effect.runPromise(Effect.scoped(Effect.as(live.open(liveRequest(options())), "opened")))
    await new Promise((resolve) => setTimeout(resolve, 600))
    engine.faults.control.delete(registering)
    expect(await opening).toBe("opened")
  })

  it("gives an agent id of another size", async () => {
    engine.faults.control.set(registering, replyOf({ success: [Buffer.alloc(8).toString("base64"), {}] }))
    expect((await refusalOf(options())).diagnostics).toMatchObject([{ code: "live/HEADER", actual: "8 bytes" }])
  })

  it("gives no endpoint for a stream", async () => {
    engine.faults.control.set(registering, replyOf({ success: [Buffer.alloc(48).toString("base64"), {}] }))
    expect((await refusalOf(options())).diagnostics).toMatchObject([
      { code: "live/REGISTRATION", message: "the engine gave no endpoint for send_sensor_data over WebSocket" }
    ])
  })

  it("answers a registration with silence, and the slot is given back all the same", async () => {
    engine.faults.control.set(registering, "silence")
    expect((await refusalOf(options({ timeouts: { ...timeouts, request_ms: soon } }))).diagnostics).toMatchObject([
      { code: "live/TIMEOUT", message: expect.stringContaining("registration") }
    ])
    expect(engine.agents()).toBe(0)
    expect(await eventually(() => engine.sockets() === 0)).toBe(true)
  })

  it("has its WebSockets turned off", async () => {
    const answer = { zmq: { endpoints: { registration: "" } }, websocket: { enabled: false, endpoints: { registration: "" } } }
    engine.faults.rest.set("/v1/network/connection_info", { answer })
    expect((await refusalOf(options())).diagnostics).toMatchObject([{ code: "live/REGISTRATION", help: expect.stringContaining("zmq") }])
  })

  it("needs a package that is not installed", async () => {
    const { reason, diagnostics } = await refusalOf(options({ transport: "zmq" }))
    expect(reason).toBe("missing")
    expect(diagnostics).toMatchObject([{ code: "live/ZMQ-MISSING", help: expect.stringContaining("npm install zeromq") }])
    expect(engine.calls).toEqual([])
  })
})

describe("a run that goes wrong on its way", () => {
  it("loses an engine that dies", async () => {
    const work = failureIn(options(), (brain) =>
      Effect.gen(function* () {
        yield* brain.present(firstRow, 0)
        yield* Effect.promise(() => engine.die())
        yield* brain.present(firstRow, 0)
      })
    )
    expect(await work).toMatchObject({
      reason: "failed",
      diagnostics: [{ code: "live/ENGINE-LOST", help: expect.stringContaining("run resume") }]
    })
  })

  it("loses an engine that dies within a burst, at once and not after the time limit", async () => {
    const patient = { ...timeouts, motor_ms: 600_000 }
    const work = failureIn(options({ timeouts: patient }), (brain) =>
      Effect.gen(function* () {
        engine.faults.motor = "silence"
        const waiting = yield* Effect.forkChild(brain.rest(1))
        yield* Effect.promise(() => eventually(() => engine.calls.at(-1) === "POST /v1/burst_engine/start"))
        yield* Effect.promise(() => engine.die())
        yield* Fiber.join(waiting)
      })
    )
    expect((await work).diagnostics).toMatchObject([{ code: "live/ENGINE-LOST" }])
  })

  it("tells a slow motor from a dead engine", async () => {
    const work = failureIn(options({ timeouts: { ...timeouts, motor_ms: soon } }), (brain) =>
      Effect.suspend(() => {
        engine.faults.motor = "silence"
        return brain.rest(1)
      })
    )
    expect(await work).toMatchObject({
      reason: "failed",
      diagnostics: [
        { code: "live/MOTOR-SLOW", field: "learner.backend.options.timeouts.motor_ms", expected: "a motor frame within 1500 ms" }
      ]
    })
  })

  it("refuses a motor frame that is no container", async () => {
    const work = failureIn(options(), (brain) =>
      Effect.suspend(() => {
        engine.faults.motor = "garbage"
        return brain.rest(1)
      })
    )
    expect((await work).diagnostics).toMatchObject([{ code: "live/GARBAGE", message: expect.stringContaining("a motor frame") }])
  })

  it("stops when a burst ran without its sample", async () => {
    const work = failureIn(options(), (brain) =>
      Effect.suspend(() => {
        engine.faults.sensory = "deaf"
        return brain.present(firstRow, 0)
      })
    )
    expect((await work).diagnostics).toMatchObject([{ code: "live/INPUT-LOST", expected: "2 voxels in burst 1", actual: "no frame" }])
  })

  it("does not begin when no frame ever arrives", async () => {
    engine.faults.sensory = "deaf"
    expect((await refusalOf(options())).diagnostics).toMatchObject([{ code: "live/INPUT-LOST", expected: "one of 10 frames" }])
  })

  it("stops when the engine ran more bursts than it was asked for", async () => {
    const work = failureIn(options(), (brain) =>
      Effect.suspend(() => {
        engine.faults.burstsPerStart = 2
        return brain.rest(1)
      })
    )
    expect((await work).diagnostics).toMatchObject([{ code: "live/BURST-COUNT", expected: "burst 1", actual: "burst 2" }])
  })

  it("stops when somebody else loads a brain", async () => {
    const work = failureIn(options(), (brain) =>
      Effect.suspend(() => {
        engine.loadAnother()
        return brain.present(firstRow, 0)
      })
    )
    expect(await work).toMatchObject({
      reason: "integrity",
      diagnostics: [{ code: "live/BRAIN-CHANGED", expected: "brain 2 of this engine" }]
    })
  })

  it("stops when the engine was started anew behind its back", async () => {
    const work = failureIn(options(), (brain) =>
      Effect.suspend(() => {
        engine.restart()
        return brain.present(firstRow, 0)
      })
    )
    expect((await work).diagnostics).toMatchObject([{ code: "live/ENGINE-LOST", message: expect.stringContaining("started anew") }])
  })

  it("stops when an area that is to be fired is gone", async () => {
    const answer = { success: false, requested_coordinates: 1, matched_coordinates: 0, failed_areas: ["Z19fXwAAAAA="] }
    const work = failureIn(options(), (brain) =>
      Effect.suspend(() => {
        engine.faults.rest.set("/v1/agent/manual_stimulation", { answer })
        return brain.feedback(reinforce("pleasure", 0))
      })
    )
    expect(await work).toMatchObject({ reason: "invalid", diagnostics: [{ code: "live/AREA-UNKNOWN", actual: "without Z19fXwAAAAA=" }] })
  })

  it("says which mapping it does not know", async () => {
    const { diagnostics } = await failureIn(options(), (brain) => brain.weights("aWluZgEAAAA=", "b21pcwoAAAB="))
    expect(diagnostics).toMatchObject([{ code: "live/AREA-UNKNOWN", help: "did you mean b21pcwoAAAA=?" }])
  })

  it("refuses too few values, an unknown affect and another strength before any burst", async () => {
    await withLive(options(), (brain) =>
      Effect.gen(function* () {
        const before = engine.bursts()
        const [row = []] = batch
        const refused = (work: Effect.Effect<unknown, TrainerError>) => Effect.promise(() => failure(work))
        const give = (channel: string, magnitude: number) => refused(brain.feedback([{ offset: 0, affect: { channel, magnitude } }]))
        const few = yield* refused(brain.present([row.slice(1)], 0))
        expect(few.diagnostics).toMatchObject([{ code: "live/PAYLOAD", expected: "2", actual: "1" }])
        expect((yield* give("joy", 100)).diagnostics).toMatchObject([{ code: "live/AFFECT-UNKNOWN" }])
        expect((yield* give("pleasure", 50)).diagnostics).toMatchObject([{ code: "live/AFFECT-MAGNITUDE" }])
        expect(engine.bursts()).toBe(before)
      })
    )
  })
})

describe("whatever the end", () => {
  const given = async (): Promise<void> => {
    expect(engine.agents()).toBe(0)
    expect(engine.calls.at(-1)).toBe("POST /v1/burst_engine/stop")
    expect(await eventually(() => engine.sockets() === 0)).toBe(true)
  }

  it("gives the slot back when the session closes", async () => {
    expect(await withLive(options(), () => Effect.sync(() => engine.agents()))).toBe(1)
    await given()
  })

  it("gives the slot back when the work fails", async () => {
    await failureIn(options(), (brain) => brain.weights("nowhere", "nowhere"))
    await given()
  })

  it("gives the slot back when the run is interrupted within a batch", async () => {
    await Effect.runPromise(
      Effect.gen(function* () {
        const begun = yield* Deferred.make<void>()
        const work = Effect.flatMap(live.open(liveRequest(options())), (brain) =>
          Effect.andThen(Deferred.succeed(begun, undefined), Effect.forever(brain.present(batch, 0)))
        )
        const fiber = yield* Effect.forkChild(Effect.scoped(work))
        yield* Deferred.await(begun)
        yield* Effect.promise(() => eventually(() => engine.bursts() > 5))
        yield* Fiber.interrupt(fiber)
      })
    )
    await given()
  })
})
