import { type Random, SeedTree } from "@feagi-trainer/determinism"
import { expect, it } from "vitest"
import { eachNearPair, nearPairs } from "../../src/dataset/nearPairs.ts"

const all = Number.POSITIVE_INFINITY
const random = (name: string): Random => SeedTree.root(7n).child(name).random()
const rows = (...values: ReadonlyArray<ReadonlyArray<number>>): readonly [Float32Array, number] => [
  Float32Array.from(values.flat()),
  values[0]?.length ?? 1
]

const bruteForce = (vectors: Float32Array, dimensions: number): ReadonlyArray<readonly [number, number]> => {
  const count = vectors.length / dimensions
  const found: Array<readonly [number, number]> = []
  for (let a = 0; a < count; a++)
    for (let b = a + 1; b < count; b++) {
      const left = vectors.subarray(a * dimensions, (a + 1) * dimensions)
      if (left.every((value, at) => Math.abs(value - (vectors[b * dimensions + at] ?? 0)) <= 1)) found.push([a, b])
    }
  return found
}

/** Ways to draw a value; most lie where a difference is exactly 1, or hardly more or less. */
const kinds: ReadonlyArray<(random: Random) => number> = [
  (random) => random.int(-3, 3),
  (random) => random.int(-20, 20) / 4,
  (random) => random.normal() * 3,
  (random) => random.int(-2, 2) + random.int(-1, 1) * 2 ** -22,
  (random) => [1, -1, 0, 2, -1e-30, 1e-30, -0, 0.5, -0.5][random.below(9)] ?? 0,
  (random) => [1e30, -1e30, 2 ** 24, 2 ** 24 - 1, 2 ** 24 + 2, 2 ** 53, 2 ** 54, -(2 ** 60), 3.4e38, -3.4e38][random.below(10)] ?? 0,
  () => 4
]

it("finds exactly the pairs that a comparison of all with all finds, in order", () => {
  const draw = random("property")
  let found = 0
  for (let round = 0; round < 1500; round++) {
    const dimensions = 1 + draw.below(8)
    const count = draw.below(50)
    const columns = Array.from({ length: dimensions }, () => kinds[draw.below(kinds.length)] ?? kinds[0])
    const vectors = Float32Array.from({ length: count * dimensions }, (_, at) => columns[at % dimensions]?.(draw) ?? 0)
    const expected = bruteForce(vectors, dimensions)
    const got = nearPairs(vectors, dimensions, all)
    expect(got).toEqual({ pairs: expected, candidates: got.candidates, truncated: false })
    expect(got.candidates).toBeGreaterThanOrEqual(expected.length)
    expect([...eachNearPair(vectors, dimensions)]).toEqual(expected)
    found += expected.length
  }
  expect(found).toBeGreaterThan(10_000)
})

it("takes a difference of exactly 1 for near, and one of hardly more for far", () => {
  expect(nearPairs(...rows([0, 5], [1, 4]), all).pairs).toEqual([[0, 1]])
  expect(nearPairs(...rows([0, 5], [1 + 2 ** -23, 5]), all).pairs).toEqual([])
  expect(nearPairs(...rows([-1e-30], [1]), all).pairs).toEqual([[0, 1]])
})

it("keeps the first pairs up to the limit and says whether there are more", () => {
  const [vectors, dimensions] = rows([0], [9], [0.5], [9.5], [1])
  expect(nearPairs(vectors, dimensions, 4)).toMatchObject({
    pairs: [
      [0, 2],
      [0, 4],
      [1, 3],
      [2, 4]
    ],
    truncated: false
  })
  expect(nearPairs(vectors, dimensions, 3)).toMatchObject({
    pairs: [
      [0, 2],
      [0, 4],
      [1, 3]
    ],
    truncated: true
  })
  expect(nearPairs(vectors, dimensions, 0)).toMatchObject({ pairs: [], truncated: true })
  expect(nearPairs(...rows([0], [9]), 0)).toMatchObject({ pairs: [], truncated: false })
})

it("gives pairs one at a time, so that a reader may stop where billions would follow", () => {
  const alike = new Float32Array(100_000)
  const [first] = eachNearPair(alike, 2)
  expect(first).toEqual([0, 1])
  expect(nearPairs(alike, 2, 2).candidates).toBeLessThan(50_000)
})

it("compares a row with few others, also where one element says nothing and one has an outlier", () => {
  const draw = random("work")
  const [count, dimensions] = [20_000, 16]
  const vectors = Float32Array.from({ length: count * dimensions }, (_, at) => {
    if (at % dimensions === 0) return 3
    if (at % dimensions === 1) return at === 1 ? 1e9 : 0
    return 100 + draw.normal() * 10
  })
  for (let element = 0; element < dimensions; element++) vectors[5 * dimensions + element] = vectors[17 * dimensions + element] ?? 0
  const { pairs, candidates } = nearPairs(vectors, dimensions, all)
  expect(pairs).toEqual([[5, 17]])
  expect(candidates).toBeLessThan(count / 4)
})

it("has no pairs where there are no rows", () =>
  expect(nearPairs(new Float32Array(0), 3, all)).toEqual({ pairs: [], candidates: 0, truncated: false }))

it("refuses torn rows, and elements that are no finite number", () => {
  expect(() => nearPairs(new Float32Array(7), 3, all)).toThrow("7 numbers are no rows of 3 elements")
  expect(() => nearPairs(new Float32Array(6), 0, all)).toThrow(RangeError)
  expect(() => nearPairs(...rows([1, 2], [3, Number.NaN]), all)).toThrow("row 1, element 1: expected a finite number, got NaN")
  expect(() => [...eachNearPair(...rows([Number.NEGATIVE_INFINITY]))]).toThrow("row 0, element 0")
})
