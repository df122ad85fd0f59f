import { expect, it } from "vitest"
import { ChaCha8, Random, SeedTree } from "../src/index.ts"
import { toHex } from "./hex.ts"
import answers from "./oracle/answers.json" with { type: "json" }

const masterOf = (text: string): bigint | string => (text.startsWith("i") ? BigInt(text.slice(1)) : text.slice(1))

it("gives the seeds of the definition as another implementation computes them", () => {
  for (const { master, path, seed, u64 } of answers.seeds) {
    const root = SeedTree.root(masterOf(master))
    const node = path === "" ? root : root.child(path)
    expect(node.path).toBe(path)
    expect(toHex(node.seed()), `${master} ${path}`).toBe(seed)
    expect(String(node.u64())).toBe(u64)
  }
  expect(answers.seeds.length).toBe(20)
})

it("reaches one node by one path or step by step", () => {
  const root = SeedTree.root(7n)
  const whole = root.child("run/sampler/epoch-3")
  const steps = root.child("run").child("sampler/epoch-3")
  expect(toHex(steps.seed())).toBe(toHex(whole.seed()))
  expect(steps.path).toBe("run/sampler/epoch-3")
})

it("gives different seeds to different names, masters and uses", () => {
  const nodes = [SeedTree.root(1), SeedTree.root(2), SeedTree.root("1")].flatMap((root) => [
    root,
    root.child("a"),
    root.child("b"),
    root.child("ab"),
    root.child("a/b"),
    root.child("b/a"),
    root.child("A")
  ])
  expect(new Set(nodes.map((node) => toHex(node.seed()))).size).toBe(21)
  expect(new Set(nodes.map((node) => node.u64())).size).toBe(21)
})

it("is not shifted by other consumers or by draws", () => {
  const root = SeedTree.root(3n)
  const before = root.child("a").random().state()
  root.child("new").random().permutation(100)
  root.child("a").random().unit()
  expect(root.child("a").random().state()).toBe(before)
  expect(before).toBe(new Random(ChaCha8.fromSeed(root.child("a").seed())).state())
})

it("takes the number and the bigint of one integer as one master", () => {
  expect(SeedTree.root(42).u64()).toBe(SeedTree.root(42n).u64())
  expect(SeedTree.root("42").u64()).not.toBe(SeedTree.root(42n).u64())
})

it("refuses empty segments, lone surrogates and masters outside the range", () => {
  const root = SeedTree.root(0)
  for (const name of ["", "/", "a/", "/a", "a//b"]) {
    expect(() => root.child(name), name).toThrow(
      `a seed name must be segments joined by "/", none of them empty, not ${JSON.stringify(name)}`
    )
  }
  expect(() => root.child("\ud800")).toThrow("lone surrogate")
  expect(() => SeedTree.root("\ud800")).toThrow("lone surrogate")
  for (const master of [-1, 1.5, Number.NaN, 2 ** 53, -1n, 2n ** 64n])
    expect(() => SeedTree.root(master), String(master)).toThrow(RangeError)
})
