/** Several seeds of one run file: each has an order of its own and, where the file says so, a split of its own; and nothing of the others. */
import { describe, expect, it } from "vitest"
import { makeWorld, planned, runFile, runToEnd, type World } from "../support/world.ts"

const seeds = [1n, 2n, 3n, 4n, 5n]

/** Ids in the order in which they were visited, by phase and epoch. */
const orders = async (file = runFile(), world: World = makeWorld(), seed = 1n) => {
  await world.run(runToEnd(world, file, seed))
  const rows = world.memory.runs.at(-1)?.predictions ?? []
  return Map.groupBy(rows, ({ phase, epoch }) => `${phase}/${epoch}`)
}
const ids = (found: Awaited<ReturnType<typeof orders>>, pass: string): ReadonlyArray<string> =>
  (found.get(pass) ?? []).map(({ sample_id }) => sample_id)
const sorted = (of: ReadonlyArray<string>): string => of.toSorted().join(" ")
const distinct = (texts: ReadonlyArray<string>): number => new Set(texts).size

const shared = runFile({ split: { method: "stratified", seed: 7, fractions: { train: 0.6, val: 0.2, test: 0.2 } } })

describe("seeds", () => {
  it("each visit the training samples in an order of their own, in every epoch, whether they share a split or not", async () => {
    for (const file of [runFile(), shared]) {
      const all = await Promise.all(seeds.map((seed) => orders(file, makeWorld(), seed)))
      const passes = all.flatMap((found) => ["train/0", "train/1"].map((pass) => ids(found, pass).join(" ")))
      expect(passes.map((pass) => pass.split(" ").length)).toEqual(passes.map(() => 36))
      expect(distinct(passes)).toBe(10)
    }
  })

  it("each make a split of their own when the file says per-run, and share one when it names a seed", async () => {
    const partsOf = async (file: ReturnType<typeof runFile>) => {
      const all = await Promise.all(seeds.map((seed) => orders(file, makeWorld(), seed)))
      return ["train/0", "validate/0", "test/0"].map((pass) => distinct(all.map((found) => sorted(ids(found, pass)))))
    }
    expect(await partsOf(runFile())).toEqual([5, 5, 5])
    expect(await partsOf(shared)).toEqual([1, 1, 1])
  })

  it("never measure by what they learnt from, and leave no sample out", async () => {
    for (const seed of seeds) {
      const found = await orders(runFile(), makeWorld(), seed)
      const parts = ["train/0", "validate/0", "test/0"].map((pass) => new Set(ids(found, pass)))
      expect(parts.map(({ size }) => size)).toEqual([36, 12, 12])
      expect(new Set(parts.flatMap((each) => [...each])).size).toBe(60)
    }
  })

  it("know nothing of each other: the same document, whatever else is in the file", async () => {
    const world = makeWorld()
    for (const seed of seeds) {
      const alone = await world.run(planned(world, runFile({ seeds: [seed] }), seed))
      const among = await world.run(planned(world, runFile({ seeds: [...seeds] }), seed))
      expect(among.spec_sha256).toBe(alone.spec_sha256)
    }
  })
})
