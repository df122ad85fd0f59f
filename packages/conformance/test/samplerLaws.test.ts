/** A sound sampler, and one that is broken for each law. */
import { optionsFrom, Sampler } from "@feagi-trainer/contracts"
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
    "an order is a permutation of the positions, or says that it draws with weights"
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
    "an order is a permutation of the positions, or says that it draws with weights"
  ],
  [
    "counts its calls",
    () =>
      suite(
        {
          plan: (_, { index, rng }) => {
            calls += 1
            const order = rng.permutation(index.length)
            return {
              order: [...order.slice(calls % (index.length + 1)), ...order.slice(0, calls % (index.length + 1))],
              draws: "permutation"
            }
          }
        },
        { golden: [] }
      ),
    "the same index, stream and epoch give the same order, whatever was planned before"
  ],
  [
    "goes in the same order every time",
    () => suite({ plan: (_, { index }) => ({ order: index.map(({ position }) => position), draws: "permutation" }) }, { golden: [] }),
    "epochs differ"
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

const fail = (): never => {
  throw new Error("nothing to plan")
}

describe("epochs that are declared to go alike", () => {
  const law = "epochs go alike, as declared"
  it("pass a sequential sampler", async () => {
    const sequential = {
      plan: (_: unknown, { index }: { index: ReadonlyArray<{ position: number }> }) => ({
        order: index.map(({ position }) => position),
        draws: "permutation" as const
      })
    }
    const report = await checkLaws("sequential", suite(sequential, { epochs: "same", golden: [] }))
    expect(report.failed).toEqual([])
    expect(report.passed).toContain(law)
  })
  it("fail a random sampler", async () => {
    const report = await checkLaws("random", suite({}, { epochs: "same" }))
    expect(report.failed.map((each) => each.law)).toEqual([law])
  })
})

describe("drawnIndex()", () => {
  it("draws the same index from the same stream", () => {
    expect(drawnIndex(epochRng("a", 1), 4)).toEqual(drawnIndex(epochRng("a", 1), 4))
    expect(drawnIndex(epochRng("a", 1), 4)).not.toEqual(drawnIndex(epochRng("b", 1), 4))
  })
})
