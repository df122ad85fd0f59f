import type { Diagnostic } from "@feagi-trainer/contracts"
import { canonicalBytes, sha256Hex } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { specHash } from "../src/index.ts"
import { makeWorld, planned, runFile } from "./support/world.ts"

const fractions = { train: 0.6, val: 0.2, test: 0.2 }

const mismatches = async (change: Parameters<typeof runFile>[0], count = 60): Promise<ReadonlyArray<Diagnostic>> => {
  const world = makeWorld(count)
  const error = await world.run(Effect.flip(planned(world, runFile(change))))
  expect(error.reason).toBe("invalid")
  expect(world.memory.writes).toBe(0)
  return error.diagnostics
}

describe("a plan", () => {
  it("is pure: it writes nothing, and returns what the run will need", async () => {
    const world = makeWorld()
    const { document, spec_sha256, blobs } = await world.run(planned(world))
    expect(world.memory.writes).toBe(0)
    expect(spec_sha256).toBe(specHash(document))
    expect(blobs.map((bytes) => sha256Hex(bytes))).toEqual(document.split.parts.map((part) => part.ids_sha256))
    expect(document.split.parts.map((part) => [part.name, part.count])).toEqual([
      ["train", 36],
      ["val", 12],
      ["test", 12]
    ])
  })

  it("is the same for the same choices in another order, and another one for each other choice", async () => {
    const world = makeWorld()
    const plain = await world.run(planned(world))
    const reordered = Object.fromEntries(Object.entries(runFile()).reverse())
    expect((await world.run(planned(world, reordered as ReturnType<typeof runFile>))).spec_sha256).toBe(plain.spec_sha256)
    const others = [
      runFile({ name: "other" }),
      runFile({ checkpoint_every: 8 }),
      runFile({ training: { epochs: 3 } }),
      runFile({ sampler: { plugin: "in-order", options: {} } }),
      runFile({ split: { method: "hash", seed: "per-run", fractions } }),
      runFile({ controls: { silent_reward: true, shuffled_labels: false } }),
      runFile({ controls: { silent_reward: false, shuffled_labels: true } }),
      runFile({ learner: { kind: "toy", treatment: { bins: 3 } } })
    ]
    const hashes = [plain.spec_sha256, (await world.run(planned(world, runFile(), 2n))).spec_sha256]
    for (const file of others) hashes.push((await world.run(planned(world, file))).spec_sha256)
    expect(new Set(hashes).size).toBe(others.length + 2)
  })

  it("takes a seed beyond 2^53 with all its digits", async () => {
    const world = makeWorld()
    const { document } = await world.run(planned(world, runFile(), (1n << 64n) - 1n))
    expect(document.seed).toBe("18446744073709551615")
  })

  it.each([
    ["a protocol that nobody offers", { protocol: "holdou@1" }, "protocol", "FT1201", 'did you mean "holdout"?'],
    ["a protocol of another version", { protocol: "holdout@2" }, "protocol", "FT2004", undefined],
    ["a protocol without a version", { protocol: "holdout" }, "protocol", "FT2004", undefined],
    ["a dataset that is not registered", { dataset: "shape@1" }, "dataset", "FT2001", 'did you mean "shapes@1"?'],
    ["a dataset of a version that is not there", { dataset: "shapes@2" }, "dataset", "FT2001", 'did you mean "shapes@1"?'],
    ["a dataset without a version", { dataset: "shapes" }, "dataset", "FT2001", 'did you mean "shapes@1"?'],
    [
      "a sampler that nobody offers",
      { sampler: { plugin: "shufled", options: {} } },
      "sampler.plugin",
      "FT1201",
      'did you mean "shuffled"?'
    ],
    ["a metric pack that nobody offers", { metrics: { plugin: "hit", options: {} } }, "metrics.plugin", "FT1201", 'did you mean "hits"?'],
    ["a metric pack for other outputs", { metrics: { plugin: "masks", options: {} } }, "metrics.plugin", "FT2009", undefined],
    ["a metric pack that does not start", { metrics: { plugin: "picky", options: {} } }, "metrics.plugin", "FT2016", undefined],
    ["a protocol for other outputs", { protocol: "segmentation@1" }, "protocol", "FT2008", undefined],
    ["a learner of no known kind", { learner: { kind: "tiy" } }, "learner.kind", "FT2005", undefined],
    ["a learner that refuses its table", { learner: { kind: "toy", wrong: "yes" } }, "learner.wrong", "toy/WRONG", undefined],
    [
      "a split without a part that the protocol needs",
      { split: { method: "stratified", seed: 1, fractions: { train: 0.8, test: 0.2 } } },
      "split.fractions.val",
      "FT2006",
      undefined
    ],
    ["a split that the data do not declare", { split: { method: "given", seed: 1 } }, "split", undefined, undefined],
    [
      "fractions that are more than everything",
      { split: { method: "stratified", seed: 1, fractions: { train: 0.7, val: 0.2, test: 0.2 } } },
      "split",
      "FT2003",
      undefined
    ],
    [
      "fewer samples than parts",
      { split: { method: "stratified", seed: 1, fractions: { train: 0.98, val: 0.01, test: 0.01 } } },
      undefined,
      undefined,
      undefined
    ],
    ["two ways to a genome", { brain: { genome_sha256: "0".repeat(64), generate: {}, registered: "b@1" } }, "brain", "FT2012", undefined],
    [
      "a genome that is not registered",
      { brain: { genome_sha256: "0".repeat(64), registered: "b@1" } },
      "brain.registered",
      "FT2001",
      undefined
    ],
    [
      "a template without a version",
      { brain: { genome_sha256: "0".repeat(64), generate: { template: "x" } } },
      "brain.generate",
      "FT1003",
      undefined
    ]
  ] as const)("refuses %s, by field", async (_, change, field, code, help) => {
    const [first, ...rest] = await mismatches(change as Parameters<typeof runFile>[0], 60)
    expect(rest.map((each) => each.code)).toEqual(rest.map(() => first?.code))
    if (field !== undefined) expect(first?.field).toBe(field)
    if (code !== undefined) expect(first?.code).toBe(code)
    if (help !== undefined) expect(first?.help).toContain(help)
  })

  it("lists every mismatch at once, those of the learner with those of everything else", async () => {
    const found = await mismatches({
      protocol: "holdout@2",
      sampler: { plugin: "shuffled", options: { sead: 1 } },
      metrics: { plugin: "masks", options: {} },
      learner: { kind: "toy", wrong: "yes" }
    })
    expect(found.map((each) => [each.code, each.field])).toEqual([
      ["FT2004", "protocol"],
      ["FT1002", "sampler.options.sead"],
      ["FT2009", "metrics.plugin"],
      ["toy/WRONG", "learner.wrong"]
    ])
  })

  it("pins the canonical form: what is stored is what is read back", async () => {
    const world = makeWorld()
    const { document, spec_sha256 } = await world.run(planned(world))
    expect(sha256Hex(canonicalBytes(document))).toBe(spec_sha256)
  })
})
