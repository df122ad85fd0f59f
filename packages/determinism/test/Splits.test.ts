import { describe, expect, it } from "vitest"
import {
  hashOf,
  makeSplit,
  orderHash,
  SeedTree,
  type SplitPart,
  type SplitProblem,
  type SplitRequest,
  type SplitSample,
  sha256Hex
} from "../src/index.ts"
import answers from "./oracle/answers.json" with { type: "json" }

const fractions = { train: 0.7, val: 0.1, test: 0.2 }

const sample = (index: number, fields: Partial<SplitSample> = {}): SplitSample => ({
  id: `s${index}`,
  contentHash: sha256Hex(`content ${index}`),
  ...fields
})

const samplesOf = (count: number, fields: (index: number) => Partial<SplitSample> = () => ({})): ReadonlyArray<SplitSample> =>
  Array.from({ length: count }, (_, index) => sample(index, fields(index)))

const split = (request: SplitRequest): ReadonlyArray<SplitPart> => {
  const result = makeSplit(request)
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join("\n"))
  return result.parts
}

const problems = (request: SplitRequest): ReadonlyArray<SplitProblem> => {
  const result = makeSplit(request)
  return result.ok ? [] : result.problems
}

const partsById = (parts: ReadonlyArray<SplitPart>): ReadonlyMap<string, string> =>
  new Map(parts.flatMap(({ name, ids }) => ids.map((id) => [id, name] as const)))

const sizes = (parts: ReadonlyArray<SplitPart>) => Object.fromEntries(parts.map(({ name, ids }) => [name, ids.length]))

describe("every method", () => {
  const samples = samplesOf(60, (index) => {
    const label = `class ${index % 3}`
    const group = `group ${Math.floor(index / 4)}`
    return { label, group, given: index % 5 === 0 ? "test" : "train" }
  })
  const requests: ReadonlyArray<SplitRequest> = [
    { samples, method: "hash", seed: 1n, fractions },
    { samples, method: "stratified", seed: 1n, fractions },
    { samples, method: "grouped", seed: 1n, fractions },
    { samples, method: "given", seed: 1n }
  ]
  for (const request of requests) {
    it(`puts each sample in exactly one part: ${request.method}`, () => {
      const ids = split(request).flatMap((part) => part.ids)
      expect(ids.toSorted()).toEqual(samples.map(({ id }) => id).toSorted())
    })

    it(`does not see the order of the samples, nor that of the fractions: ${request.method}`, () => {
      const draw = SeedTree.root(5).child(request.method).random()
      const parts = split(request)
      for (let round = 0; round < 5; round += 1) {
        expect(split({ ...request, samples: draw.shuffle(samples) })).toEqual(parts)
      }
      if (request.fractions === undefined) return
      const { train, val, test } = request.fractions
      if (train === undefined || val === undefined || test === undefined) throw new Error("three fractions")
      expect(new Set(split({ ...request, fractions: { test, train, val } }))).toEqual(new Set(parts))
    })

    it(`sorts ids by code unit and names the part by their hash: ${request.method}`, () => {
      for (const { name, ids, splitHash, splitId } of split(request)) {
        expect(ids).toEqual(ids.toSorted())
        expect(splitHash).toBe(sha256Hex(JSON.stringify(ids)))
        expect(splitId).toBe(`${name}@${splitHash.slice(0, 12)}`)
      }
    })
  }

  it("gives the split that is on record", () => {
    expect(requests.map((request) => split(request).map(({ splitId, ids }) => `${splitId} ${ids.length}`))).toEqual([
      ["train@fb58f6fc79c0 29", "val@b3e1d023f46b 11", "test@0fc01572100c 20"],
      ["train@1ad551a0a4b6 42", "val@63150f1d1340 6", "test@9fee766903b2 12"],
      ["train@a469576510e7 44", "val@bff73bbf05d1 4", "test@489be2c34668 12"],
      ["test@d803e012882f 12", "train@c18fd6ec7d6b 48"]
    ])
  })

  it("changes with the seed, except for given", () => {
    expect(requests.map((request) => hashOf(split(request)) === hashOf(split({ ...request, seed: 2n })))).toEqual([
      false,
      false,
      false,
      true
    ])
  })

  it("lists parts in the order of the fractions, those of given by name", () => {
    expect(split(requests[0] ?? { samples, method: "hash", seed: 0n }).map(({ name }) => name)).toEqual(["train", "val", "test"])
    expect(split({ samples, method: "given", seed: 0n }).map(({ name }) => name)).toEqual(["test", "train"])
  })

  it("leaves a part of fraction 0 empty", () => {
    for (const method of ["hash", "stratified", "grouped"] as const) {
      const parts = split({ samples, method, seed: 1n, fractions: { zzz: 0, train: 0.5, test: 0.5, aaa: 0 } })
      expect(parts.map(({ name, ids }) => [name, ids.length > 0])).toEqual([
        ["zzz", false],
        ["train", true],
        ["test", true],
        ["aaa", false]
      ])
    }
  })
})

describe("hash", () => {
  it("gives the parts of the definition as another implementation computes them", () => {
    const samples = samplesOf(200)
    for (const { seed, parts } of answers.hashSplits) {
      const found = partsById(split({ samples, method: "hash", seed: BigInt(seed), fractions }))
      expect(samples.map(({ id }) => found.get(id))).toEqual(parts)
    }
    expect(answers.hashSplits.length).toBe(4)
  })

  it("moves no sample when others are added or removed", () => {
    const before = partsById(split({ samples: samplesOf(100), method: "hash", seed: 9n, fractions }))
    const after = partsById(split({ samples: samplesOf(1000), method: "hash", seed: 9n, fractions }))
    for (const [id, part] of before) expect(after.get(id)).toBe(part)
    expect(before.size).toBe(100)
  })

  it("looks at the content and not at the id", () => {
    const samples = samplesOf(100)
    const renamed = samples.map((one) => ({ ...one, id: `renamed/${one.id}` }))
    const before = partsById(split({ samples, method: "hash", seed: 9n, fractions }))
    const after = partsById(split({ samples: renamed, method: "hash", seed: 9n, fractions }))
    for (const [id, part] of before) expect(after.get(`renamed/${id}`)).toBe(part)
  })

  it("comes near the fractions", () => {
    const { train = 0, val = 0, test = 0 } = sizes(split({ samples: samplesOf(5000), method: "hash", seed: 3n, fractions }))
    // four standard deviations of the binomial counts
    expect(Math.abs(train - 3500)).toBeLessThan(130)
    expect(Math.abs(val - 500)).toBeLessThan(85)
    expect(Math.abs(test - 1000)).toBeLessThan(114)
  })
})

describe("stratified", () => {
  const counts = (samples: ReadonlyArray<SplitSample>, parts: ReadonlyArray<SplitPart>) => {
    const found = partsById(parts)
    const table: Record<string, Record<string, number>> = {}
    for (const { id, label = "" } of samples) {
      const row = table[label] ?? {}
      const part = found.get(id) ?? ""
      table[label] = { ...row, [part]: (row[part] ?? 0) + 1 }
    }
    return table
  }

  it("rounds each class by largest remainder", () => {
    const samples = samplesOf(25, (index) => ({ label: index < 10 ? "a" : "b" }))
    const parts = split({ samples, method: "stratified", seed: 1n, fractions: { train: 0.6, val: 0.2, test: 0.2 } })
    expect(counts(samples, parts)).toEqual({ a: { train: 6, val: 2, test: 2 }, b: { train: 9, val: 3, test: 3 } })
  })

  it("gives ties to the larger fraction and then to the earlier name", () => {
    const one = (count: number, shares: Record<string, number>) => {
      const samples = samplesOf(count, () => ({ label: "x" }))
      return sizes(split({ samples, method: "stratified", seed: 4n, fractions: shares }))
    }
    // quotas 7, 1.5 and 1.5
    expect(one(10, { train: 0.7, val: 0.15, test: 0.15 })).toEqual({ train: 7, val: 1, test: 2 })
    // quotas 7.5 and 2.5
    expect(one(10, { train: 0.75, test: 0.25 })).toEqual({ train: 8, test: 2 })
    // 0.29 · 100 is 28.999999999999996 in doubles
    expect(one(100, { a: 0.29, b: 0.71 })).toEqual({ a: 29, b: 71 })
    // quotas 2.333 three times, in doubles that sum to just below 1
    expect(one(7, { c: 1 / 3, b: 1 / 3, a: 1 / 3 })).toEqual({ a: 3, b: 2, c: 2 })
  })

  it("stays within 1 of the fraction in each class, for drawn sizes and fractions", () => {
    const draw = SeedTree.root(6).child("stratified").random()
    for (let round = 0; round < 40; round += 1) {
      const shares = [0.2 + draw.unit(), 0.2 + draw.unit(), 0.2 + draw.unit()]
      const total = shares.reduce((sum, share) => sum + share, 0)
      const [a = 0, b = 0] = shares.map((share) => share / total)
      const named: Record<string, number> = { a, b, c: 1 - a - b }
      const samples = samplesOf(draw.int(60, 120), (index) => ({ label: `class ${index % 3}` }))
      const table = counts(samples, split({ samples, method: "stratified", seed: BigInt(round), fractions: named }))
      for (const row of Object.values(table)) {
        const size = Object.values(row).reduce((sum, count) => sum + count, 0)
        for (const [part, fraction] of Object.entries(named)) expect(Math.abs((row[part] ?? 0) - fraction * size)).toBeLessThan(1 + 1e-9)
      }
    }
  })

  it("moves no sample of a class when another class is added", () => {
    const samples = samplesOf(40, (index) => ({ label: index % 2 === 0 ? "a" : "b/c" }))
    const more = [...samples, ...Array.from({ length: 20 }, (_, index) => sample(1000 + index, { label: "new" }))]
    const before = partsById(split({ samples, method: "stratified", seed: 2n, fractions }))
    const after = partsById(split({ samples: more, method: "stratified", seed: 2n, fractions }))
    for (const [id, part] of before) expect(after.get(id)).toBe(part)
  })

  it("names each class that a part would not get, with the part", () => {
    const samples = samplesOf(22, (index) => ({ label: index < 20 ? "common" : "rare" }))
    expect(problems({ samples, method: "stratified", seed: 1n, fractions, labels: ["rare", "common", "absent"] })).toEqual([
      {
        code: "class-without-sample",
        message:
          'the class "absent" has 0 samples, and none would go to "test" (fraction 0.2), "train" (fraction 0.7), "val" (fraction 0.1): ' +
          "add samples, raise the fraction or leave the class out",
        ids: []
      },
      {
        code: "class-without-sample",
        message:
          'the class "rare" has 2 samples, and none would go to "test" (fraction 0.2), "val" (fraction 0.1): ' +
          "add samples, raise the fraction or leave the class out",
        ids: ["s20", "s21"]
      }
    ])
  })

  it("refuses duplicates whose labels differ", () => {
    const samples = [...samplesOf(20, () => ({ label: "a" })), sample(20, { label: "b", contentHash: sha256Hex("content 3") })]
    expect(problems({ samples, method: "stratified", seed: 1n, fractions })).toEqual([
      {
        code: "conflicting-duplicates",
        message: `samples of one content (${sha256Hex("content 3").slice(0, 12)}) have the labels "a" and "b": correct the labels or remove the copies`,
        ids: ["s20", "s3"]
      }
    ])
  })
})

describe("samples that are equal once they are decoded", () => {
  /** Every third sample is the one before it in other bytes. */
  const twins = samplesOf(90, (index) => ({
    label: "a",
    group: `g${index}`,
    decodedHash: sha256Hex(`meaning ${index - (index % 3 === 2 ? 1 : 0)}`)
  }))

  it("go to one part, by every method that draws", () => {
    for (const method of ["hash", "stratified", "grouped"] as const) {
      const parts = partsById(split({ samples: twins, method, seed: 5n, fractions }))
      for (let k = 2; k < 90; k += 3) expect([method, k, parts.get(`s${k}`)]).toEqual([method, k, parts.get(`s${k - 1}`)])
    }
  })

  it("move no other when they are added, by hash", () => {
    const before = partsById(split({ samples: twins.slice(0, 60), method: "hash", seed: 5n, fractions }))
    const after = partsById(split({ samples: twins, method: "hash", seed: 5n, fractions }))
    for (const [id, part] of before) expect(after.get(id)).toBe(part)
  })

  it("stay where they are declared, which those of the same bytes may only where it is allowed", () => {
    const given = twins.map((each, index) => ({ ...each, given: index % 2 === 0 ? "train" : "test" }))
    expect(sizes(split({ samples: given, method: "given", seed: 0n }))).toEqual({ test: 45, train: 45 })
    const copied = [...given, { ...sample(90), contentHash: given[0]?.contentHash ?? "", given: "test" }]
    const request = { samples: copied, method: "given", seed: 0n } as const
    expect(problems(request)[0]?.code).toBe("conflicting-duplicates")
    expect(sizes(split({ ...request, allowEqual: true }))).toEqual({ test: 46, train: 45 })
  })

  it("may have two labels, and then lie in two parts of a stratified split", () => {
    const noisy = twins.map((each, index) => ({ ...each, label: index % 3 === 2 ? "b" : "a" }))
    expect(problems({ samples: noisy, method: "stratified", seed: 5n, fractions })).toEqual([])
  })
})

describe("a declared part that fractions name", () => {
  const samples = samplesOf(200, (index) => ({ label: index % 4 === 0 ? "a" : "b", given: index % 5 === 0 ? "test" : "train" }))
  const dealt = (seed: bigint) => split({ samples, method: "given", seed, fractions: { train: 0.75, val: 0.25 } })
  const idsOf = (parts: ReadonlyArray<SplitPart>, part: string) => parts.find(({ name }) => name === part)?.ids

  it("is dealt out by class, and the other parts stand", () => {
    const parts = dealt(1n)
    expect(sizes(parts)).toEqual({ test: 40, train: 120, val: 40 })
    expect(idsOf(parts, "test")).toEqual(idsOf(split({ samples, method: "given", seed: 0n }), "test"))
    const rare = new Set(samples.flatMap(({ id, label }) => (label === "a" ? [id] : [])))
    expect(idsOf(parts, "val")?.filter((id) => rare.has(id)).length).toBe(10)
  })

  it("is dealt out anew by every seed", () => {
    expect(idsOf(dealt(2n), "test")).toEqual(idsOf(dealt(1n), "test"))
    expect(idsOf(dealt(2n), "train")).not.toEqual(idsOf(dealt(1n), "train"))
    expect(dealt(2n)).toEqual(dealt(2n))
  })

  it("is as a stratified split of that part alone", () => {
    const alone = samples.filter(({ given }) => given === "train")
    const parts = split({ samples: alone, method: "stratified", seed: 3n, fractions: { train: 0.75, val: 0.25 } })
    expect(dealt(3n).filter(({ name }) => name !== "test")).toEqual(parts)
  })
})

describe("duplicates", () => {
  it("travel to one part with every method that draws", () => {
    const draw = SeedTree.root(7).child("duplicates").random()
    for (let round = 0; round < 20; round += 1) {
      const samples = samplesOf(120, (index) => {
        const content = draw.below(70)
        return { contentHash: sha256Hex(`shared ${content}`), label: `class ${content % 2}`, group: `group ${Math.floor(index / 2)}` }
      })
      for (const method of ["hash", "stratified"] as const) {
        const found = partsById(split({ samples, method, seed: BigInt(round), fractions }))
        const reached = new Map<string, Set<string>>()
        for (const { id, contentHash } of samples) {
          reached.set(contentHash, (reached.get(contentHash) ?? new Set()).add(found.get(id) ?? ""))
        }
        expect(Math.max(...Array.from(reached.values(), (parts) => parts.size))).toBe(1)
      }
    }
  })

  it("push a stratified class off its counts by less than the size of the largest set", () => {
    const samples = samplesOf(30, (index) => ({ label: "a", contentHash: `content ${Math.floor(index / 3)}` }))
    const found = sizes(split({ samples, method: "stratified", seed: 1n, fractions: { a: 0.5, b: 0.5 } }))
    expect(found).toEqual({ a: 15, b: 15 })
    const uneven = sizes(split({ samples, method: "stratified", seed: 1n, fractions: { a: 0.6667, b: 0.3333 } }))
    expect(Math.abs((uneven.a ?? 0) - 20)).toBeLessThan(3)
  })

  it("are refused when the data put them in two parts", () => {
    const samples = [sample(0, { given: "train" }), sample(1, { given: "test", contentHash: sha256Hex("content 0") })]
    expect(problems({ samples, method: "given", seed: 0n })).toEqual([
      {
        code: "conflicting-duplicates",
        message: `samples of one content (${sha256Hex("content 0").slice(0, 12)}) have the parts "test" and "train": one content in two parts leaks; move or remove the copies`,
        ids: ["s0", "s1"]
      }
    ])
  })
})

describe("grouped", () => {
  it("keeps groups whole and comes as near the fractions as the groups allow", () => {
    const samples = samplesOf(100, (index) => ({ group: `patient ${Math.floor(index / 5)}` }))
    const parts = split({ samples, method: "grouped", seed: 1n, fractions })
    const found = partsById(parts)
    const reached = Map.groupBy(samples, ({ group }) => group)
    for (const members of reached.values()) expect(new Set(members.map(({ id }) => found.get(id))).size).toBe(1)
    expect(sizes(parts)).toEqual({ train: 70, val: 10, test: 20 })
  })

  it("deals the largest group first, so small ones even it out", () => {
    const samples = samplesOf(100, (index) => ({ group: index < 50 ? "large" : `single ${index}` }))
    for (const seed of [0n, 1n, 2n, 3n, 4n]) {
      expect(sizes(split({ samples, method: "grouped", seed, fractions: { a: 0.5, b: 0.5 } }))).toEqual({ a: 50, b: 50 })
    }
  })

  it("joins groups that share a content, over any chain", () => {
    const chain = Array.from({ length: 6 }, (_, index) => [
      sample(index * 2, { group: `g${index}`, contentHash: `link ${index}` }),
      sample(index * 2 + 1, { group: `g${index}`, contentHash: `link ${index + 1}` })
    ]).flat()
    const others = Array.from({ length: 12 }, (_, index) => sample(100 + index, { group: `other ${index}` }))
    for (const seed of [0n, 1n, 2n, 3n]) {
      const found = partsById(split({ samples: [...others, ...chain], method: "grouped", seed, fractions: { a: 0.5, b: 0.5 } }))
      expect(new Set(chain.map(({ id }) => found.get(id))).size).toBe(1)
    }
  })

  it("names a part that no group is left for", () => {
    const samples = samplesOf(10, (index) => ({ group: index < 5 ? "a" : "b" }))
    expect(problems({ samples, method: "grouped", seed: 1n, fractions })).toMatchObject([{ code: "empty-part" }])
  })
})

describe("problems", () => {
  it("are listed all at once, with the first ids", () => {
    const samples = [...samplesOf(8), sample(3), sample(8, { contentHash: "" }), { id: "", contentHash: "x" }, sample(9, { label: "cat" })]
    const found = problems({
      samples,
      method: "stratified",
      seed: -1n,
      fractions: { train: 0.7, val: 0.2, "te/st": 0.2, more: Number.NaN },
      labels: ["dog"]
    })
    expect(found.map(({ code, message, ids }) => [code, message, ids.join(" ")])).toEqual([
      ["bad-id", "1 sample with an id that is empty or holds a lone surrogate", ""],
      ["duplicate-id", 'the id "s3" names 2 samples; ids must be unique', "s3"],
      ["bad-content-hash", "1 sample with a content hash that is empty or holds a lone surrogate", "s8"],
      ["missing-label", 'method "stratified" needs a label of every sample; 11 of 12 have none or an unusable one', " s0 s1 s2 s3"],
      ["unknown-label", 'the label "cat" of 1 sample is not one of the declared: "dog"', "s9"],
      ["bad-seed", "the seed must be a bigint from 0 to 2^64 - 1, not -1", ""],
      ["bad-part-name", 'a part is named by a letter, then letters, digits, "_" or "-", not "te/st"', ""],
      ["bad-fractions", 'the fraction of "more" must be a number from 0 to 1, not NaN', ""]
    ])
  })

  const refused = (request: Partial<SplitRequest>): ReadonlyArray<string> =>
    problems({ samples: samplesOf(50), method: "hash", seed: 1n, fractions, ...request }).map(({ message }) => message)

  it("name fractions that do not sum to 1, within 1e-9", () => {
    expect(refused({ fractions: { train: 0.7, val: 0.2, test: 0.2 } })).toEqual([
      "fractions must sum to 1; train 0.7 + val 0.2 + test 0.2 = 1.0999999999999999"
    ])
    expect(refused({ fractions: { train: 0.7, test: 0.3 - 2e-9 } }).length).toBe(1)
    expect(refused({ fractions: { train: 0.7, test: 0.3 - 5e-10 } })).toEqual([])
    expect(refused({ fractions: { train: 1.5, test: -0.5 } })).toEqual([
      'the fraction of "train" must be a number from 0 to 1, not 1.5',
      'the fraction of "test" must be a number from 0 to 1, not -0.5'
    ])
    expect(refused({ fractions: {} })).toEqual(['method "hash" needs fractions, such as train 0.8 and test 0.2'])
  })

  it("name an empty dataset, an empty part and what a method lacks", () => {
    expect(refused({ samples: [] })).toEqual(["there are no samples to split"])
    expect(refused({ samples: samplesOf(1), fractions: { train: 0.5, test: 0.5 } }).length).toBe(1)
    expect(refused({ method: "grouped" })).toEqual([
      'method "grouped" needs a group of every sample; 50 of 50 have none or an unusable one'
    ])
    expect(refused({ method: "given", fractions: undefined })).toEqual([
      'method "given" needs a declared part of every sample; 50 of 50 have none or an unusable one'
    ])
    const declared = [sample(0, { given: "train" }), sample(1, { given: "val" }), sample(2, { given: "more" })]
    expect(refused({ method: "given", samples: declared })).toEqual([
      'method "given" deals out the one declared part that the fractions name; the data declare "more", "train", "val", the fractions name "train" and "val": name one, such as train 0.9 and val 0.1, or remove the fractions'
    ])
    expect(refused({ method: "given", samples: declared.slice(2) })).toEqual([
      'method "given" deals out the one declared part that the fractions name; the data declare "more", the fractions name none of them: name one, such as train 0.9 and val 0.1, or remove the fractions'
    ])
    expect(refused({ method: "given", samples: declared.slice(0, 1) })).toEqual([
      'method "stratified" needs a label of every sample; 1 of 1 have none or an unusable one'
    ])
    expect(refused({ method: "given", fractions: undefined, samples: [sample(0, { given: "a b" })] })).toEqual([
      'a part is named by a letter, then letters, digits, "_" or "-", not "a b"'
    ])
  })
})

describe("orderHash", () => {
  it("is the hash of the canonical list, so it sees order and borders", () => {
    expect(orderHash(["b", "a"])).toBe(sha256Hex('["b","a"]'))
    expect(new Set([orderHash(["a", "b"]), orderHash(["b", "a"]), orderHash(["ab"]), orderHash(["a,b"]), orderHash([])]).size).toBe(5)
  })
})
