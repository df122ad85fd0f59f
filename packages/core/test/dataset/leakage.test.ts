import type { IndexEntry } from "@feagi-trainer/contracts"
import { type Random, SeedTree } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import type { Duplicates } from "../../src/dataset/Duplicates.ts"
import { type LeakageRequest, type LeakKind, leakageOf, leakDiagnostics, leakKinds } from "../../src/dataset/leakage.ts"

const entry = (sample_id: string, content_hash: string, more: Partial<IndexEntry> = {}): IndexEntry => ({
  sample_id,
  content_hash,
  ...more
})
const duplicates = (more: Partial<Duplicates> = {}): Duplicates => ({
  schema_version: 1,
  decoded: [],
  near: [],
  near_checked: "vectors",
  near_truncated: false,
  ...more
})
const parts = (named: Readonly<Record<string, ReadonlyArray<string>>>) => Object.entries(named).map(([name, ids]) => ({ name, ids }))
const nothing = { pairs: 0, samples: 0, examples: [] }

/** Every pair of places looked at one by one. */
const bruteForce = ({ index, duplicates, parts }: LeakageRequest, kind: LeakKind) => {
  const places = parts.flatMap(({ name, ids }, part) =>
    ids.map((id) => ({ at: index.findIndex((each) => each.sample_id === id), part, side: { sample_id: id, part: name } }))
  )
  places.sort((a, b) => a.at - b.at || a.part - b.part)
  const together = (groups: ReadonlyArray<ReadonlyArray<number>>, a: number, b: number) =>
    groups.some((group) => group.includes(a) && group.includes(b))
  const same = (a: number, b: number): boolean => {
    const [left, right] = [index[a], index[b]]
    switch (kind) {
      case "exact":
        return left?.content_hash === right?.content_hash
      case "decoded":
        return together(duplicates.decoded, a, b) && left?.content_hash !== right?.content_hash
      case "group":
        return left?.group !== undefined && left.group === right?.group
      case "near":
        return a !== b && together(duplicates.near, a, b)
    }
  }
  const pairs = places.flatMap((left, at) =>
    places.slice(at + 1).flatMap((right) => (left.part !== right.part && same(left.at, right.at) ? [[left, right] as const] : []))
  )
  pairs.sort(([a, b], [c, d]) => a.at - c.at || a.part - c.part || b.at - d.at || b.part - d.part)
  return {
    pairs: pairs.length,
    samples: new Set(pairs.flatMap(([left, right]) => [left.at, right.at])).size,
    examples: pairs.slice(0, 20).map(([left, right]) => ({ left: left.side, right: right.side }))
  }
}

/** A dataset with few contents, meanings and groups, so that all kinds of leak meet; some samples stand in no part, some in two. */
const drawn = (random: Random): LeakageRequest => {
  const count = 1 + random.below(60)
  const contents = 1 + random.below(12)
  const index = Array.from({ length: count }, (_, at) => {
    const content = random.below(contents)
    return entry(`s${count - at}`, `c${content}`, {
      decoded_hash: `d${content % 3}`,
      ...(random.below(4) === 0 ? {} : { group: `g${random.below(9)}` })
    })
  })
  const meanings = ["d0", "d1", "d2"].map((hash) => index.flatMap((each, at) => (each.decoded_hash === hash ? [at] : [])))
  const decoded = meanings.filter((group) => new Set(group.map((at) => index[at]?.content_hash)).size > 1)
  const near = index.flatMap((_, a) =>
    index.flatMap((_, b): ReadonlyArray<readonly [number, number]> => (a < b && random.below(20) === 0 ? [[a, b]] : []))
  )
  const places = index.map(() => [0, 1, 2].filter((part) => random.below(5) < (part === 0 ? 3 : 1)))
  const named = ["train", "val", "test"].map((name, part) => ({
    name,
    ids: index.flatMap((each, at) => (places[at]?.includes(part) ? [each.sample_id] : []))
  }))
  return { index, duplicates: duplicates({ decoded, near }), parts: named }
}

describe("leakage", () => {
  it("counts what a comparison of every pair counts, with the same first examples", () => {
    const random = SeedTree.root(1n).child("leakage").random()
    const seen = new Set<LeakKind>()
    for (let round = 0; round < 300; round++) {
      const request = drawn(random)
      const leakage = leakageOf(request)
      for (const kind of leakKinds) {
        expect(leakage[kind]).toEqual(bruteForce(request, kind))
        if (leakage[kind].pairs > 20) seen.add(kind)
      }
    }
    expect([...seen].sort()).toEqual([...leakKinds].sort())
  })

  it("finds nothing in a split that keeps together what belongs together", () => {
    const index = [entry("a", "1", { group: "g" }), entry("b", "1", { group: "g" }), entry("c", "2"), entry("d", "3")]
    const found = leakageOf({ index, duplicates: duplicates({ near: [[2, 3]] }), parts: parts({ train: ["a", "b"], test: ["c", "d"] }) })
    expect(found).toEqual({
      exact: nothing,
      decoded: nothing,
      group: nothing,
      near: nothing,
      near_checked: "vectors",
      near_truncated: false
    })
  })

  it("does not call samples without a group one group", () => {
    const index = [entry("a", "1"), entry("b", "2")]
    expect(leakageOf({ index, duplicates: duplicates(), parts: parts({ train: ["a"], test: ["b"] }) }).group).toEqual(nothing)
  })

  it("counts billions of pairs without looking at them", () => {
    const names = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at}`)
    const [train, test, alone] = [names("a", 60_000), names("b", 50_000), names("c", 70_000)]
    const index = [...train, ...test].map((id) => entry(id, "same")).concat(alone.map((id) => entry(id, "other")))
    const found = leakageOf({ index, duplicates: duplicates(), parts: parts({ train: [...train, ...alone], test }) })
    expect(found.exact).toMatchObject({ pairs: 3_000_000_000, samples: 110_000 })
    expect(found.exact.examples).toHaveLength(20)
    expect(found.exact.examples[19]).toEqual({ left: { sample_id: "a0", part: "train" }, right: { sample_id: "b19", part: "test" } })
  })

  it("finds the one pair of a large group whose other members are equal in content", () => {
    const twins = Array.from({ length: 50_000 }, (_, at) => entry(`x${at}`, "x"))
    const index = [...twins, entry("y", "y"), entry("z", "x")]
    const found = leakageOf({
      index,
      duplicates: duplicates({ decoded: [index.map((_, at) => at)] }),
      parts: parts({ train: [...twins.map((each) => each.sample_id), "y"], test: ["z"] })
    })
    expect(found.decoded).toEqual({
      pairs: 1,
      samples: 2,
      examples: [{ left: { sample_id: "y", part: "train" }, right: { sample_id: "z", part: "test" } }]
    })
  })

  it("calls a sample that stands in two parts its own leak", () => {
    const found = leakageOf({ index: [entry("a", "1")], duplicates: duplicates(), parts: parts({ train: ["a"], test: ["a"] }) })
    expect(found.exact).toEqual({
      pairs: 1,
      samples: 1,
      examples: [{ left: { sample_id: "a", part: "train" }, right: { sample_id: "a", part: "test" } }]
    })
    expect(found.near).toEqual(nothing)
  })

  it("refuses a part with a sample that the index does not have", () => {
    expect(() => leakageOf({ index: [], duplicates: duplicates(), parts: parts({ train: ["ghost"] }) })).toThrow(/"train".*"ghost"/)
  })
})

describe("what a benchmark says of leaks", () => {
  const index = [
    entry("a", "1", { group: "g" }),
    entry("b", "1"),
    entry("c", "2", { group: "g" }),
    entry("d", "3"),
    entry("e", "4"),
    entry("f", "5")
  ]
  const split = parts({ train: ["a", "d", "f"], test: ["b", "c", "e"] })
  const all = leakageOf({ index, duplicates: duplicates({ decoded: [[2, 3]], near: [[4, 5]] }), parts: split })
  const clean = leakageOf({ index: [], duplicates: duplicates(), parts: [] })
  const accept = (leak: LeakKind, because = "the source is published like this") => ({ leak, because })
  const codes = (leakage: typeof all, ...waivers: ReadonlyArray<ReturnType<typeof accept>>) =>
    leakDiagnostics(leakage, waivers).map(({ code, severity }) => `${severity} ${code}`)

  it("has nothing to say of a clean split", () => expect(leakDiagnostics(clean, [])).toEqual([]))

  it("makes every kind of leak an error that names its pairs and the lines that accept it", () => {
    expect(codes(all)).toEqual(["error FT2401", "error FT2402", "error FT2403", "error FT2404"])
    expect(leakDiagnostics(all, [])[0]).toEqual({
      code: "FT2401",
      severity: "error",
      field: "split",
      message: 'samples of different parts have the same content, 1 pair of 2 samples: "a" (train) and "b" (test)',
      count: 1,
      help: 'make a split that keeps them together, or accept it in the run file:  [[benchmark.waivers]]  /  leak = "exact"  /  because = "…"'
    })
    for (const [at, kind] of leakKinds.entries()) expect(leakDiagnostics(all, [])[at]?.help).toContain(`leak = "${kind}"`)
  })

  it("names the first three pairs and counts the rest", () => {
    const twins = Array.from({ length: 6 }, (_, at) => entry(`t${at}`, "same"))
    const leakage = leakageOf({
      index: twins,
      duplicates: duplicates(),
      parts: parts({ train: ["t0", "t1", "t2"], test: ["t3", "t4", "t5"] })
    })
    const [found] = leakDiagnostics(leakage, [])
    expect(found?.message).toBe(
      'samples of different parts have the same content, 9 pairs of 6 samples: "t0" (train) and "t3" (test); "t0" (train) and "t4" (test); "t0" (train) and "t5" (test); and 6 more pairs'
    )
    expect(found?.count).toBe(9)
  })

  it("accepts the kinds that are waived with a reason, and no other", () => {
    expect(codes(all, accept("exact"), accept("near"))).toEqual(["error FT2402", "error FT2403"])
    expect(codes(all, ...leakKinds.map((kind) => accept(kind)))).toEqual([])
  })

  it("does not accept without a reason, nor with one of less than ten characters", () => {
    for (const because of ["", "   \n  ", "  too short   ", "…"])
      expect(codes(all, accept("group", because))).toEqual(["error FT2401", "error FT2402", "error FT2403", "error FT2404", "error FT2405"])
    expect(codes(all, accept("group", " ten chars "))).toContain("error FT2405")
    expect(codes(all, accept("group", " ten chars! "))).toEqual(["error FT2401", "error FT2402", "error FT2404"])
    expect(leakDiagnostics(clean, [accept("exact"), accept("near", "")])[1]).toMatchObject({
      code: "FT2405",
      field: "benchmark.waivers.1.because",
      actual: '""'
    })
  })

  it("warns of a waiver that nothing needs", () => {
    expect(codes(clean, accept("decoded"))).toEqual(["warning FT2406"])
    expect(leakDiagnostics(clean, [accept("decoded")])[0]?.field).toBe("benchmark.waivers.0")
  })

  it("is not content as long as near duplicates were not looked for, or not to the end", () => {
    const unchecked = { ...clean, near_checked: "none" } as const
    const cut = { ...all, near_truncated: true }
    expect(codes(unchecked)).toEqual(["error FT2407"])
    expect(codes(unchecked, accept("near"))).toEqual([])
    expect(codes(cut, accept("exact"), accept("decoded"), accept("group"))).toEqual(["error FT2404", "error FT2407"])
    expect(codes(cut, ...leakKinds.map((kind) => accept(kind)))).toEqual([])
  })
})
