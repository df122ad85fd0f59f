import { canonicalBytes, sha256Hex, toUtf8 } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { learntBefore } from "../../src/brain/learntBefore.ts"
import { type BrainRecord, documentBytes, type PlannedRun } from "../../src/index.ts"
import { makeWorld, planned, runFile, services, type World } from "../support/world.ts"

const genome = toUtf8('{"blueprint":{},"version":"3.0"}')
const genome_sha256 = sha256Hex(genome)

/** Stores a plan as a run would, and the brain that it left behind at the end of a phase. */
const taken = (world: World, run: PlannedRun, name: string, phase: string, parent: string | null = null): BrainRecord => {
  const { blobs, brains } = world.memory
  for (const bytes of [...run.blobs, documentBytes(run.document), genome]) blobs.set(sha256Hex(bytes), bytes)
  const { dataset_version_id, content_hash } = run.document.dataset
  const brain: BrainRecord = {
    name,
    version: 1,
    genome_sha256,
    canonical_sha256: null,
    source: name,
    connectome: null,
    lineage: {
      parent,
      run_id: `r-${name}`,
      spec_sha256: run.spec_sha256,
      phase,
      dataset_version_id,
      dataset_content_hash: content_hash
    },
    development_sha256: null
  }
  brains.push(brain)
  return brain
}

const idsOf = (run: PlannedRun, name: string): ReadonlyArray<string> => {
  const part = run.document.split.parts.find((each) => each.name === name)
  const bytes = run.blobs.find((each) => sha256Hex(each) === part?.ids_sha256)
  return JSON.parse(new TextDecoder().decode(bytes ?? canonicalBytes([])))
}

const begun = (registered: string, change: Parameters<typeof runFile>[0] = {}) =>
  runFile({ brain: { genome_sha256, registered }, ...change })

describe("a brain that has learnt before", () => {
  it("may be measured on what it has not met: the split of the run that it was taken from warns of nothing", async () => {
    const world = makeWorld()
    taken(world, await world.run(planned(world)), "first", "train")
    const { warnings } = await world.run(planned(world, begun("first@1")))
    expect(warnings.filter(({ code }) => code === "FT2408")).toEqual([])
  })

  it("is told when a run of another seed measures it on samples that it knows, part by part, with their number", async () => {
    const world = makeWorld()
    const first = await world.run(planned(world))
    taken(world, first, "first", "train")
    const second = await world.run(planned(world, begun("first@1"), 2n))
    const known = new Set(idsOf(first, "train"))
    const expected = ["val", "test"].map((part) => {
      const ids = idsOf(second, part)
      const learnt = ids.filter((id) => known.has(id))
      expect(learnt.length).toBeGreaterThan(0)
      return `first@1 has learnt from ${learnt.length} of the ${ids.length} samples in part "${part}", on which it would be measured, in run r-first: ${learnt[0]}`
    })
    const told = second.warnings.filter(({ code }) => code === "FT2408")
    expect(told.map(({ severity, field }) => [severity, field])).toEqual(told.map(() => ["warning", "brain.registered"]))
    expect(told.map(({ message }, at) => message.slice(0, expected[at]?.length))).toEqual(expected)
  })

  it("is refused in a benchmark", async () => {
    const world = makeWorld()
    taken(world, await world.run(planned(world)), "first", "train")
    const benchmark = { waivers: [{ leak: "near" as const, because: "nobody has looked for them here" }] }
    const error = await world.run(Effect.flip(planned(world, begun("first@1", { benchmark }), 2n)))
    expect(error.diagnostics.filter(({ code }) => code === "FT2408").map(({ severity }) => severity)).toEqual(["error", "error"])
  })

  it("knows what the brain before it learnt, and nothing of phases that only measure or came later", async () => {
    const world = makeWorld()
    const [first, second] = [await world.run(planned(world)), await world.run(planned(world, runFile(), 2n))]
    const one = taken(world, first, "first", "test")
    const two = taken(world, second, "second", "train", "first@1")
    const learnt = (brain: BrainRecord) => world.run(learntBefore(brain, world.memory.brains).pipe(Effect.provide(services(world))))
    expect([...(await learnt(one)).keys()].sort()).toEqual([...idsOf(first, "train")].sort())
    const both = await learnt(two)
    const later = idsOf(second, "train")
    expect(new Set(both.keys())).toEqual(new Set([...idsOf(first, "train"), ...later]))
    expect(later.map((id) => both.get(id))).toEqual(later.map(() => "r-second"))
  })
})
