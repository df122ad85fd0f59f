/** A sound sampler, and one that is broken for each law. */
import { optionsFrom, Sampler, type SamplerItem, type SamplerPlan } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { checkLaws, drawnIndex, epochRng, type SamplerSubject, samplerLaws } from "../src/index.ts"
import { entryOf, proveRed } from "./proveRed.ts"

const Options = Schema.Struct({ mode: Schema.Literal("all") })
const sound = Sampler.define<typeof Options.Type>({
  id: "shuffled",
  decodeOptions: optionsFrom(Options),
  plan: (_, { index, rng }) => ({ order: rng.permutation(index.length), draws: "permutation" })
})

const subject: SamplerSubject<typeof Options.Type> = {
  sampler: sound,
  options: { mode: "all" },
  epochs: "different",
  golden: [{ seed: "golden", epoch: 3, items: 5, order: [2, 1, 0, 3, 4] }],
  manifest: entryOf("sampler", "shuffled")
}
const suite = (over: Partial<typeof sound>, more: Partial<typeof subject> = {}) =>
  samplerLaws({ ...subject, ...more, sampler: { ...sound, ...over } })

let calls = 0
let highest = 0
const complete = "an order is a permutation of the positions, or says what it leaves out or repeats"
const checked = "check finds nothing in an index that is planned, and something in one that is not"
const forgetful = new WeakMap<object, Map<number, ReadonlyArray<number>>>()
const rotated = (order: ReadonlyArray<number>, by: number) => [
  ...order.slice(by % (order.length + 1)),
  ...order.slice(0, by % (order.length + 1))
]
/** Sound where there is nothing to get wrong. */
const drawing =
  (over: (order: ReadonlyArray<number>) => ReadonlyArray<number>, draws: SamplerPlan["draws"]): typeof sound.plan =>
  (options, request) =>
    request.index.length < 2 ? sound.plan(options, request) : { order: over(request.rng.permutation(request.index.length)), draws }
const noClass = [{ path: [], problem: "missing" as const, message: "a sample has no class" }]

proveRed("samplerLaws", () => suite({}), [
  [
    "takes options that nobody declared",
    () => suite({ decodeOptions: () => ({ ok: true, value: { mode: "all" } }) }),
    "options decode, and an unknown key is refused by name"
  ],
  [
    "drops a sample",
    () =>
      suite(
        { plan: (_, { index, rng }) => ({ order: rng.permutation(index.length).slice(index.length > 1 ? 1 : 0), draws: "permutation" }) },
        { golden: [{ seed: "golden", epoch: 3, items: 5, order: [1, 0, 3, 4] }] }
      ),
    complete
  ],
  [
    "draws samples that are not there",
    () =>
      suite({
        plan: (_, { index, rng }) => ({
          order: rng.permutation(index.length).map((at) => (index.length > 5 ? at + 1 : at)),
          draws: { weighted: "by luck" }
        })
      }),
    complete
  ],
  [
    "calls an order a subset that visits a sample twice",
    () => suite({ plan: drawing((order) => [...order, order[0] ?? 0], { subset: "all" }) }, { golden: [] }),
    complete
  ],
  [
    "leaves samples out and does not say which",
    () => suite({ plan: drawing((order) => order.slice(1), { subset: "" }) }, { golden: [] }),
    complete
  ],
  [
    "cannot go back to an earlier epoch",
    () => {
      highest = 0
      return suite({
        plan: (_, { index, rng, epoch }) => {
          const back = epoch > 0 && epoch < highest
          highest = epoch
          return { order: rotated(rng.permutation(index.length), back ? 1 : 0), draws: "permutation" }
        }
      })
    },
    "the same index, stream and epoch give the same order, whatever was planned before"
  ],
  [
    "counts its calls",
    () =>
      suite(
        { plan: (_, { index, rng }) => ({ order: rotated(rng.permutation(index.length), ++calls), draws: "permutation" }) },
        { golden: [] }
      ),
    [
      "the same index, stream and epoch give the same order, whatever was planned before",
      "a visit ends, and goes on from any place by its cursor alone"
    ]
  ],
  [
    "remembers its orders as long as the process lives",
    () =>
      suite(
        {
          plan: (_, { index, rng }) => {
            const orders = forgetful.get(index) ?? new Map<number, ReadonlyArray<number>>()
            forgetful.set(index, orders)
            const stream = rng.below(2 ** 48)
            const order = orders.get(stream) ?? rotated(rng.permutation(index.length), ++calls)
            orders.set(stream, order)
            return { order, draws: "permutation" }
          }
        },
        { golden: [] }
      ),
    "a visit ends, and goes on from any place by its cursor alone"
  ],
  [
    "shuffles from the third epoch on",
    () => suite({ plan: (options, request) => (request.epoch < 2 ? inOrder(request) : sound.plan(options, request)) }),
    "epochs differ"
  ],
  [
    "draws nothing and goes by the epoch",
    () =>
      suite({ plan: (_, request) => ({ order: rotated(inOrder(request).order, request.epoch), draws: "permutation" }) }, { golden: [] }),
    "seeds differ"
  ],
  [
    "goes in the same order every time",
    () => suite({ plan: (_, request) => inOrder(request) }, { golden: [] }),
    ["epochs differ", "seeds differ"]
  ],
  ["finds a mistake in every index", () => suite({ check: () => noClass }), checked],
  [
    "finds out while planning that a class is missing",
    () =>
      suite({
        plan: (options, request) => (request.index.some(({ class_id }) => class_id === undefined) ? fail() : sound.plan(options, request))
      }),
    checked
  ],
  [
    "plans what its check refuses",
    () => suite({ check: (_, { index }) => (index.some(({ class_id }) => class_id === undefined) ? noClass : []) }),
    checked
  ],
  [
    "has no order for no sample",
    () => suite({ plan: (options, request) => (request.index.length === 0 ? fail() : sound.plan(options, request)) }),
    "no sample and one sample are planned"
  ],
  [
    "marks what it has planned",
    () =>
      suite({
        plan: (options, request) => {
          for (const item of request.index) Object.assign(item, { group: `seen ${++calls}` })
          return sound.plan(options, request)
        }
      }),
    "the index is left as it is"
  ],
  [
    "orders differently from what was written down",
    () => suite({ plan: (options, request) => ({ order: [...sound.plan(options, request).order].reverse(), draws: "permutation" }) }),
    'equals its golden order: 5 samples, seed "golden", epoch 3'
  ],
  ["is not what its manifest says", () => suite({}, { manifest: entryOf("sampler", "shuffle") }), "the entry is what its manifest says"]
])

const inOrder = ({ index }: { readonly index: ReadonlyArray<SamplerItem> }): SamplerPlan => ({
  order: index.map(({ position }) => position),
  draws: "permutation"
})
const fail = (): never => {
  throw new Error("nothing to plan")
}

describe("epochs that are declared to go alike", () => {
  const law = "epochs go alike, as declared"
  it("pass a sequential sampler", async () => {
    const sequential = { plan: (_: unknown, request: { readonly index: ReadonlyArray<SamplerItem> }) => inOrder(request) }
    const report = await checkLaws("sequential", suite(sequential, { epochs: "same", golden: [] }))
    expect(report.failed).toEqual([])
    expect(report.passed).toContain(law)
  })
  it("fail a random sampler", async () => {
    const report = await checkLaws("random", suite({}, { epochs: "same", seeds: "different" }))
    expect(report.failed.map((each) => each.law)).toEqual([law])
  })
})

describe("seeds that are declared to change nothing", () => {
  it("fail a random sampler", async () => {
    const report = await checkLaws("random", suite({}, { seeds: "same" }))
    expect(report.failed.map((each) => each.law)).toEqual(["every seed gives the same order, as declared"])
  })
})

describe("drawnIndex()", () => {
  it("draws the same index from the same stream", () => {
    expect(drawnIndex(epochRng("a", 1), 4)).toEqual(drawnIndex(epochRng("a", 1), 4))
    expect(drawnIndex(epochRng("a", 1), 4)).not.toEqual(drawnIndex(epochRng("b", 1), 4))
  })
})
