import { describe, expect, it } from "vitest"
import { didYouMean, editDistance } from "../../src/index.ts"

describe("the distance of two words", () => {
  it.each([
    ["", "", 0],
    ["", "abc", 3],
    ["abc", "abc", 0],
    ["seed", "sead", 1],
    ["seed", "sed", 1],
    ["seed", "seeds", 1],
    ["seed", "sede", 1],
    ["random", "ranodm", 1],
    ["kitten", "sitting", 3]
  ])("of %j and %j is %i, in both directions", (left, right, distance) => {
    expect([editDistance(left, right), editDistance(right, left)]).toEqual([distance, distance])
  })
})

describe("did you mean", () => {
  it.each([
    ["sead", ["seed", "split"], "seed"],
    ["SEED", ["seed"], "seed"],
    ["class", ["classification", "detection"], "classification"],
    ["iris@2", ["iris@1", "wine@1"], "iris@1"],
    ["ad", ["b", "at", "as"], "as"],
    ["x", ["y"], "y"],
    ["elephant", ["seed", "split"], undefined],
    ["seed", [], undefined],
    ["", ["abc"], undefined]
  ])("%j among %j: %j", (word, candidates, nearest) => {
    expect(didYouMean(word, candidates)).toBe(nearest)
  })

  it("does not depend on the order of the candidates", () => {
    expect(didYouMean("bat", ["cat", "hat", "rat"])).toBe(didYouMean("bat", ["rat", "hat", "cat"]))
  })

  it("takes a word of any length for granted", () => {
    expect(didYouMean("x".repeat(100_000), ["seed", "x"])).toBeUndefined()
  })
})
