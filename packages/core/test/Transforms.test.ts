import { describe, expect, it } from "vitest"
import { type RunView, readDocument } from "../src/index.ts"
import { create, goOn, hashesOf, makeWorld, planned, recordingOf, replay, runFile, runToEnd, type World } from "./support/world.ts"

const node = (plugin: string, more: object = {}) => ({ plugin, version: 1, phases: "all", options: {}, ...more })
const centre = node("centre", { fit_on: "train" })
const noise = node("noise", { phases: "train" })
const file = runFile({ transforms: [centre, noise] })

interface Seen {
  readonly phase: "train" | "measure"
  readonly sample_id: string
  readonly values: ReadonlyArray<number>
}
const watch = (world: World): Array<Seen> => {
  const seen: Array<Seen> = []
  world.faults.seen = (phase, sample_id, values) => void seen.push({ phase, sample_id, values })
  return seen
}
const codes = async (world: World, change: Parameters<typeof runFile>[0]): Promise<ReadonlyArray<string>> =>
  world.run(planned(world, runFile(change))).then(
    () => [],
    (error: { readonly diagnostics: ReadonlyArray<{ readonly code: string; readonly field?: string }> }) =>
      error.diagnostics.map((each) => `${each.code} ${each.field ?? ""}`)
  )

describe("a run with transforms", () => {
  it("fits on the training part alone, and measures without augmentation", async () => {
    const world = makeWorld()
    const seen = watch(world)
    await world.run(runToEnd(world, file))
    const plain = makeWorld()
    const raw = watch(plain)
    await plain.run(runToEnd(plain))
    const first = (list: ReadonlyArray<Seen>, phase: Seen["phase"]) =>
      new Map(list.filter((each) => each.phase === phase).map(({ sample_id, values }) => [sample_id, values]))
    const before = first(raw, "measure")
    const training = [...first(raw, "train").values()].map(([x = 0]) => x)
    const mean = training.reduce((sum, x) => sum + x, 0) / training.length
    for (const [id, [x = 0, y]] of first(seen, "measure")) {
      expect(x).toBeCloseTo((before.get(id)?.[0] ?? 0) - mean, 12)
      expect(y).toBe(before.get(id)?.[1])
    }
  })

  it("gives every epoch noise of its own, the same in every execution", async () => {
    const world = makeWorld()
    const seen = watch(world)
    await world.run(runToEnd(world, file))
    const ofSample = seen.filter(({ phase, sample_id }) => phase === "train" && sample_id === seen[0]?.sample_id)
    expect(ofSample).toHaveLength(2)
    expect(ofSample[0]?.values).not.toEqual(ofSample[1]?.values)
    const again = makeWorld()
    const other = watch(again)
    await again.run(runToEnd(again, file))
    expect(other).toEqual(seen)
  })

  it("resumes and replays to the same bytes", async () => {
    const straight = makeWorld()
    const wanted = hashesOf(await straight.run(runToEnd(straight, file)))
    const world = makeWorld()
    const row = await world.run(create(world, file))
    world.faults.failsAt = "s-021"
    await expect(world.run(goOn(world, row))).rejects.toThrow("the learner failed")
    world.faults.failsAt = undefined
    const view: RunView = await world.run(goOn(world, row))
    expect(hashesOf(view)).toEqual(wanted)
    expect((await world.run(replay(world, await world.run(recordingOf(world, row))))).verdict).toBe("EQUAL")
  })

  it("pins what was fitted by its hash, and refuses to go on without it", async () => {
    const world = makeWorld()
    const row = await world.run(create(world, file))
    const document = readDocument(world.memory.blobs.get(row.document_sha256) ?? new Uint8Array())
    const fitted = document.transforms[0]?.fit?.fitted_sha256 ?? ""
    expect(JSON.parse(new TextDecoder().decode(world.memory.blobs.get(fitted)))).toMatchObject({ count: 36 })
    world.memory.blobs.delete(fitted)
    await expect(world.run(goOn(world, row))).rejects.toThrow("fitted statistics of transform 0")
  })

  it("is another treatment with another option, and another document", async () => {
    const world = makeWorld()
    const one = await world.run(planned(world, file))
    const two = await world.run(planned(world, runFile({ transforms: [centre] })))
    expect(one.spec_sha256).not.toBe(two.spec_sha256)
    expect(one.document.packages).toEqual(two.document.packages)
  })

  it("is refused with everything that is wrong at once", async () => {
    const world = makeWorld()
    expect(
      await codes(world, { transforms: [node("noise"), node("centre"), node("centre", { fit_on: "test" }), node("nothing")] })
    ).toEqual(["FT2302 transforms.0.phases", "FT2303 transforms.1.fit_on", "FT2305 transforms.2.fit_on", "FT1201 transforms.3.plugin"])
  })
})

describe("every repeat of a run", () => {
  it("has an order of its own, and the same one whenever it is repeated", async () => {
    const orderOf = async (seed: bigint) => {
      const world = makeWorld()
      const seen = watch(world)
      // One split for all seeds: what differs is the order alone.
      const row = await world.run(
        create(world, runFile({ split: { method: "stratified", seed: 1, fractions: { train: 0.6, val: 0.2, test: 0.2 } } }), seed)
      )
      await world.run(goOn(world, row))
      return seen.filter(({ phase }) => phase === "train").map(({ sample_id }) => sample_id)
    }
    const [one, two, again] = [await orderOf(1n), await orderOf(2n), await orderOf(1n)]
    expect(two).not.toEqual(one)
    expect([...two].sort()).toEqual([...one].sort())
    expect(again).toEqual(one)
  })
})

describe("a sampler that visits a part of the samples", () => {
  it("says so, and is asked at the plan whether it can", async () => {
    const world = makeWorld()
    const seen = watch(world)
    await world.run(runToEnd(world, runFile({ sampler: { plugin: "first-ten", options: {} } })))
    expect(seen.filter(({ phase }) => phase === "train")).toHaveLength(20)
    const small = makeWorld(12)
    expect(await codes(small, { sampler: { plugin: "first-ten", options: {} } })).toEqual([expect.stringContaining("sampler.options")])
  })
})

describe("a benchmark", () => {
  it("takes deterministic plugins alone", async () => {
    const world = makeWorld()
    world.faults.carelessNoise = true
    expect(
      await codes(world, { transforms: [noise], benchmark: { waivers: [{ leak: "near", because: "nothing tells near samples here" }] } })
    ).toEqual(["FT2017 benchmark"])
    expect(await codes(world, { transforms: [noise] })).toEqual([])
  })

  it("is refused when nobody looked for near duplicates, until that is waived", async () => {
    const world = makeWorld()
    expect(await codes(world, { benchmark: { waivers: [] } })).toEqual([expect.stringContaining("FT2407")])
    expect(await codes(world, { benchmark: { waivers: [{ leak: "near", because: "nothing tells near samples here" }] } })).toEqual([])
  })
})
