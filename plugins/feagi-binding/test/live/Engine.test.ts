/** A session of the live backend with a real engine, over both wires and at both paces; and what remains when it ends badly. */
import { brainBackendLaws, describeLaws } from "@feagi-trainer/conformance"
import { BrainBackend, type BrainSession } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it as test } from "vitest"
import { embedded } from "../../src/index.ts"
import { makeEngineApi } from "../../src/live/EngineApi.ts"
import { live, liveWith } from "../../src/live/LiveBackend.ts"
import type { LiveOptions } from "../../src/live/LiveOptions.ts"
import { makeRest } from "../../src/live/Rest.ts"
import { loadZmq } from "../../src/live/ZmqTransport.ts"
import { backendOptions, failure, request } from "../support.ts"
import { optional, type TestEngine, testEngine, withEngine, withEngineAndZmq } from "./engine.ts"
import { batch, failureIn, firstRow, liveOptions, liveRequest, refusalOf, reinforce, timeouts } from "./liveSupport.ts"

/** The suites go at the same time, each with an engine of its own; within a suite one test follows the other. */
const together = { concurrent: true }
const it = (name: string, body: () => unknown): void => test(name, { concurrent: false }, async () => void (await body()))

const input = "aWluZgEAAAA="
const output = "b21pcwoAAAA="
const backends = { websocket: live, zmq: liveWith(loadZmq(`${optional}/x.js`)) } as const

const opened = (options: LiveOptions) => backends[options.transport].open(liveRequest(options))

const agentsOf = (api: string) => Effect.runPromise(makeEngineApi(makeRest(liveOptions(api), { bytes: 0 })).agents)

const suites = [
  ["over WebSocket", "websocket", withEngine],
  ["over ZeroMQ", "zmq", withEngineAndZmq]
] as const

for (const [title, transport, suite] of suites) {
  suite(
    `a real engine ${title}`,
    () => {
      let engine: TestEngine
      beforeAll(async () => {
        engine = await testEngine()
      })
      afterAll(() => engine?.end())

      it("reads, learns and weighs as the embedded backend does, and takes its agent's place again and again", async () => {
        const work = Effect.fnUntraced(function* (brain: BrainSession) {
          const first = yield* brain.present(batch, 1)
          yield* brain.feedback(reinforce("pleasure", 1))
          const second = yield* brain.present(firstRow, 0)
          yield* brain.feedback(reinforce("pain", 2))
          return { first, second, synapses: yield* brain.synapses, weights: yield* brain.weights(input, output) }
        })
        const here = await Effect.runPromise(Effect.scoped(Effect.flatMap(embedded.open({ ...request, options: backendOptions }), work)))
        expect(here.weights.filter((weight) => weight !== 1)).toHaveLength(4)
        for (let time = 0; time < 2; time++) {
          const there = Effect.scoped(Effect.flatMap(opened(liveOptions(engine.api, { transport })), work))
          expect(await Effect.runPromise(there)).toEqual(here)
          expect(await agentsOf(engine.api)).toEqual([])
        }
      })

      it("answers every sample when it runs by itself, and stands still when the session is over", async () => {
        const mode = { kind: "streaming", burst_hz: 50, resends: 100 } as const
        const rows = await Effect.runPromise(
          Effect.scoped(
            Effect.gen(function* () {
              const brain = yield* opened(liveOptions(engine.api, { transport, mode }))
              return yield* brain.present(batch, 0)
            })
          )
        )
        expect(rows.map((row) => row.map(({ silent }) => silent))).toEqual(batch.map(() => [false]))
        const { active, agents } = makeEngineApi(makeRest(liveOptions(engine.api), { bytes: 0 }))
        expect(await Effect.runPromise(Effect.all({ active, agents }))).toEqual({ active: false, agents: [] })
      })
    },
    together
  )
}

withEngine(
  "a real engine",
  () => {
    let engine: TestEngine
    beforeAll(async () => {
      engine = await testEngine()
    })
    afterAll(() => engine?.end())
    const api = () => makeEngineApi(makeRest(liveOptions(engine.api), { bytes: 0 }))

    it("goes on from a checkpoint, in this session and in another one, as from the checkpoint itself", async () => {
      const options = liveOptions(engine.api)
      const learn = Effect.fnUntraced(function* (brain: BrainSession) {
        const readings = yield* brain.present(batch, 0)
        yield* brain.feedback(reinforce("pleasure", 1))
        yield* brain.rest(1)
        return { readings, hash: yield* brain.hash("full"), bursts: yield* brain.bursts }
      })
      const first = await Effect.runPromise(
        Effect.scoped(
          Effect.gen(function* () {
            const brain = yield* opened(options)
            yield* learn(brain)
            const saved = yield* brain.checkpoint
            const hash = yield* brain.hash("full")
            const on = yield* learn(brain)
            expect(on.hash).not.toBe(hash)
            yield* brain.restore(saved)
            expect(yield* brain.hash("full")).toBe(hash)
            expect(yield* learn(brain)).toEqual(on)
            return { saved, on }
          })
        )
      )
      const second = Effect.scoped(
        Effect.gen(function* () {
          const brain = yield* opened(options)
          yield* brain.restore(first.saved)
          return yield* learn(brain)
        })
      )
      expect(await Effect.runPromise(second)).toEqual(first.on)
    })

    it("keeps its connectome while frozen", () =>
      Effect.runPromise(
        Effect.scoped(
          Effect.gen(function* () {
            const brain = yield* opened(liveOptions(engine.api))
            yield* brain.present(firstRow, 0)
            yield* brain.feedback(reinforce("pleasure", 1))
            const learned = yield* brain.hash("connectome")
            yield* brain.freeze(true)
            yield* brain.present(firstRow, 0)
            yield* brain.feedback(reinforce("pleasure", 1))
            expect(yield* brain.hash("connectome")).toBe(learned)
            yield* brain.freeze(false)
            yield* brain.present(firstRow, 0)
            yield* brain.feedback(reinforce("pleasure", 1))
            expect(yield* brain.hash("connectome")).not.toBe(learned)
          })
        )
      ))

    it("is not taken from another trainer", async () => {
      const both = Effect.scoped(
        Effect.andThen(
          opened(liveOptions(engine.api)),
          Effect.promise(() => refusalOf(liveOptions(engine.api)))
        )
      )
      expect(await Effect.runPromise(both)).toMatchObject({
        reason: "locked",
        diagnostics: [{ code: "live/AGENTS", actual: "1 registered" }]
      })
      expect(await agentsOf(engine.api)).toEqual([])
    })

    it("refuses a genome in its own words", async () => {
      const answer = await failure(api().uploadGenome('{"genome_id":"nothing"}'))
      expect(answer).toMatchObject({ reason: "invalid", diagnostics: [{ code: "live/GENOME", field: "brain" }] })
    })

    it("is found out when somebody loads another brain into it", async () => {
      const work = failureIn(liveOptions(engine.api), (brain) =>
        Effect.gen(function* () {
          yield* brain.present(firstRow, 0)
          yield* api().uploadGenome(request.genome)
          yield* brain.present(firstRow, 0)
        })
      )
      expect(await work).toMatchObject({ reason: "integrity", diagnostics: [{ code: "live/BRAIN-CHANGED" }] })
    })

    it("does not fire an area or a voxel that it does not have", async () => {
      const work = failureIn(liveOptions(engine.api), () => api().forceFire({ [output]: [[0, 0, 0]], "b21pcwoAAQA=": [[0, 0, 0]] }))
      expect(await work).toMatchObject({ reason: "invalid", diagnostics: [{ code: "live/AREA-UNKNOWN", actual: "without b21pcwoAAQA=" }] })
      const outside = failureIn(liveOptions(engine.api), () => api().forceFire({ [output]: [[9, 0, 0]] }))
      expect(await outside).toMatchObject({ reason: "invalid", diagnostics: [{ code: "live/AREA-UNKNOWN" }] })
    })

    it("is too slow for a limit of one millisecond, and gives the slot back", async () => {
      // Five seconds lie between two bursts here: no second frame can come in time.
      const mode = { kind: "streaming", burst_hz: 0.2, resends: 0 } as const
      expect(await refusalOf(liveOptions(engine.api, { mode, timeouts: { ...timeouts, motor_ms: 1 } }))).toMatchObject({
        reason: "failed",
        diagnostics: [{ code: "live/MOTOR-SLOW", expected: "a motor frame within 1 ms" }]
      })
      expect(await agentsOf(engine.api)).toEqual([])
    })

    it("is lost when it is killed, and down for the next session", async () => {
      const work = failureIn(liveOptions(engine.api), (brain) =>
        Effect.gen(function* () {
          yield* brain.present(firstRow, 0)
          process.kill(engine.pid, "SIGKILL")
          yield* brain.rest(1000)
        })
      )
      expect(await work).toMatchObject({
        reason: "failed",
        diagnostics: [{ code: "live/ENGINE-LOST", help: expect.stringContaining("run resume") }]
      })
      expect(await refusalOf(liveOptions(engine.api))).toMatchObject({ reason: "missing", diagnostics: [{ code: "live/ENGINE-DOWN" }] })
    })
  },
  together
)

withEngine(
  "the laws of brain backends",
  () => {
    // Some laws hold two brains against each other, and an engine has one.
    const engines: Array<TestEngine> = []
    const idle: Array<string> = []
    beforeAll(async () => {
      for (let each = 0; each < 2; each++) {
        const engine = await testEngine()
        engines.push(engine)
        idle.push(engine.api)
      }
    })
    afterAll(() => Promise.all(engines.map((engine) => engine.end())))
    const anEngine = Effect.acquireRelease(
      Effect.sync(() => idle.pop() ?? "http://no.engine.left"),
      (api) => Effect.sync(() => idle.push(api))
    )
    const backend = BrainBackend.define<LiveOptions>({
      ...live,
      open: (asked) => Effect.flatMap(anEngine, (api) => live.open({ ...asked, options: { ...asked.options, api } }))
    })
    const { genome, inputs, outputs, schedule, seed } = request
    describeLaws(
      { describe, it },
      "kept by the live backend, stepped",
      brainBackendLaws({
        backend,
        options: liveOptions("http://given.when.opened"),
        request: { genome, inputs, outputs, schedule, seed },
        rows: batch,
        feedback: reinforce("pleasure", 1)
      })
    )
  },
  together
)
