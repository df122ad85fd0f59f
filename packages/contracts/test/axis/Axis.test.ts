import { Effect, Schema, Stream } from "effect"
import { describe, expect, it } from "vitest"
import {
  Adapter,
  ApprovedRoots,
  BrainBackend,
  Decoder,
  Encoder,
  isAbstain,
  isAffect,
  isInsufficient,
  isTeach,
  MetricPack,
  optionsBy,
  optionsFrom,
  RewardPolicy,
  type RootFiles,
  Sampler,
  TaskTemplate,
  type TrainerError,
  trainerError
} from "../../src/index.ts"

const files: RootFiles = {
  info: (path) => Effect.succeed({ path, bytes: 3 }),
  read: (path, offset, length) => Effect.succeed(new TextEncoder().encode(path).slice(offset, offset + length)),
  list: () => Effect.succeed([{ path: "a", bytes: 3 }])
}
const given = <A>(effect: Effect.Effect<A, TrainerError, ApprovedRoots>) =>
  Effect.runPromise(Effect.provideService(effect, ApprovedRoots, files))
const failed = <A>(effect: Effect.Effect<A, TrainerError, ApprovedRoots>) =>
  Effect.runPromise(Effect.flip(Effect.provideService(effect, ApprovedRoots, files)))

const decodeOptions = optionsBy((input) => input as object)
const scan = {} as never
type AsyncAdapter = Parameters<typeof Adapter.async<object>>[0]
const asyncAdapter = (change: Partial<AsyncAdapter>) =>
  Adapter.async<object>({
    id: "promised",
    decodeOptions,
    discover: async (_, all) => [
      {
        confidence: 1,
        title: (await all.list(""))[0]?.path ?? "",
        options: {},
        because: new TextDecoder().decode(await all.read("abcdef", 2, 3))
      }
    ],
    validate: async () => ({ diagnostics: [], error_count: 0, warning_count: 0 }),
    open: async () => ({
      stream: async function* (order, from) {
        for (const position of order.slice(from)) yield { position, sample_id: `s-${position}`, data: null }
      },
      mapToIr: (raw) => raw as never
    }),
    ...change
  })

describe("an entry", () => {
  it("says what it is and which interface it has, however it is made", () => {
    const kinds = [
      [Adapter.define({} as never), "adapter"],
      [asyncAdapter({}), "adapter"],
      [Sampler.define({} as never), "sampler"],
      [Sampler.async({} as never), "sampler"],
      [Encoder.define({} as never), "encoder"],
      [Encoder.async({} as never), "encoder"],
      [Decoder.define({} as never), "decoder"],
      [Decoder.async({} as never), "decoder"],
      [RewardPolicy.define({} as never), "reward"],
      [RewardPolicy.async({} as never), "reward"],
      [MetricPack.define({} as never), "metric-pack"],
      [MetricPack.async({} as never), "metric-pack"],
      [TaskTemplate.define({} as never), "task-template"],
      [BrainBackend.define({} as never), "brain-backend"]
    ] as const
    for (const [entry, kind] of kinds) expect([entry.kind, entry.spec]).toEqual([kind, 1])
  })
})

describe("an adapter in promises", () => {
  it("reads through the approved root and nothing else", async () => {
    expect(await given(asyncAdapter({}).discover({ path: "" }))).toEqual([{ confidence: 1, title: "a", options: {}, because: "cde" }])
  })

  it("streams in the order that is asked for, from where it is asked", async () => {
    const session = await given(Effect.scoped(asyncAdapter({}).open({ path: "" }, {}, scan, "d@1")))
    const raw = await Effect.runPromise(Stream.runCollect(session.stream([4, 2, 9, 1], 1)))
    expect(raw.map((each) => each.sample_id)).toEqual(["s-2", "s-9", "s-1"])
  })

  it("closes what it opened when the reader stops early", async () => {
    let closed = 0
    const adapter = asyncAdapter({
      open: async () => ({
        stream: async function* () {
          try {
            for (let position = 0; ; position++) yield { position, sample_id: `s-${position}`, data: null }
          } finally {
            closed += 1
          }
        },
        mapToIr: (raw) => raw as never
      })
    })
    const session = await given(Effect.scoped(adapter.open({ path: "" }, {}, scan, "d@1")))
    expect((await Effect.runPromise(Stream.runCollect(Stream.take(session.stream([], 0), 3)))).length).toBe(3)
    expect(closed).toBe(1)
  })

  it("names itself when it throws, whatever it throws, and passes a TrainerError on as it is", async () => {
    const thrown = await failed(asyncAdapter({ discover: async () => Promise.reject("a text") }).discover({ path: "" }))
    expect(thrown.diagnostics).toEqual([{ code: "promised/THROWN", severity: "error", message: "a text" }])
    const own = trainerError("invalid", { code: "promised/BAD", message: "bad" })
    expect(await failed(asyncAdapter({ discover: async () => Promise.reject(own) }).discover({ path: "" }))).toBe(own)
    const early = asyncAdapter({
      discover: () => {
        throw new Error("before any promise")
      }
    })
    expect((await failed(early.discover({ path: "" }))).diagnostics[0].message).toBe("before any promise")
    const broken = asyncAdapter({
      open: async () => ({
        stream: async function* () {
          yield { position: 0, sample_id: "s-0", data: null }
          throw new Error("torn")
        },
        mapToIr: (raw) => raw as never
      })
    })
    const session = await given(Effect.scoped(broken.open({ path: "" }, {}, scan, "d@1")))
    const torn = await Effect.runPromise(Effect.flip(Stream.runCollect(session.stream([0], 0))))
    expect(torn.diagnostics[0]).toMatchObject({ code: "promised/THROWN", message: "torn" })
  })
})

describe("options", () => {
  it("come from a schema, strictly", () => {
    const decode = optionsFrom(Schema.Struct({ bins: Schema.Int }))
    expect(decode({ bins: 3 })).toEqual({ ok: true, value: { bins: 3 } })
    const wrong = decode({ bins: 3, bin: 4 })
    expect(wrong.ok ? [] : wrong.mistakes.map((each) => [each.problem, each.suggestion])).toEqual([["unknown-key", "bins"]])
  })

  it("or from a function that throws a readable message", () => {
    const decode = optionsBy((input) => {
      if (typeof input !== "number") throw new Error("a number, please")
      return input
    })
    expect(decode(3)).toEqual({ ok: true, value: 3 })
    expect(decode("x")).toEqual({ ok: false, mistakes: [{ path: [], problem: "invalid", message: "a number, please", actual: '"x"' }] })
  })
})

describe("what is told apart", () => {
  it("an abstention from an answer, no data from a number, one kind of feedback from another", () => {
    expect(isAbstain({ abstain: { reason: "silence" } })).toBe(true)
    expect(isAbstain({ class: { class_id: 0, scores: [] } })).toBe(false)
    expect(isInsufficient(0)).toBe(false)
    expect(isInsufficient(Number.NaN)).toBe(false)
    expect(isInsufficient({ insufficient: "nothing" })).toBe(true)
    const affect = { offset: 0, affect: { channel: "pain", magnitude: 1 } }
    const teach = { offset: 0, teach: { value: { class: { class_id: 0, label: null } } } }
    const again = { offset: 1, represent: true as const }
    expect([affect, teach, again].map((each) => [isAffect(each), isTeach(each)])).toEqual([
      [true, false],
      [false, true],
      [false, false]
    ])
  })
})
