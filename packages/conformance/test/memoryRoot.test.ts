/** Files in memory behave as files below an approved root. */
import { TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { memoryRoot } from "../src/index.ts"

const root = memoryRoot({ "b.txt": "béta", "a/2.txt": Uint8Array.of(1, 2, 3), "a/10.txt": "", "aa.txt": "x" })
const run = <A>(effect: Effect.Effect<A, TrainerError>) => Effect.runSync(effect)
const errorOf = (effect: Effect.Effect<unknown, TrainerError>) => Effect.runSync(Effect.flip(effect)).diagnostics[0].code

describe("memoryRoot()", () => {
  it("lists files in the order of the bytes of their names, all or those of a folder", () => {
    expect(run(root.list("")).map(({ path, bytes }) => [path, bytes])).toEqual([
      ["a/10.txt", 0],
      ["a/2.txt", 3],
      ["aa.txt", 1],
      ["b.txt", 5]
    ])
    expect(run(root.list("a")).map(({ path }) => path)).toEqual(["a/10.txt", "a/2.txt"])
  })

  it("reads exactly the bytes that are asked for, fewer only at the end", () => {
    expect([...run(root.read("a/2.txt", 1, 1))]).toEqual([2])
    expect([...run(root.read("a/2.txt", 1, 9))]).toEqual([2, 3])
    expect([...run(root.read("a/2.txt", 3, 1))]).toEqual([])
  })

  it("hands out copies", () => {
    run(root.read("a/2.txt", 0, 3)).fill(9)
    expect([...run(root.read("a/2.txt", 0, 3))]).toEqual([1, 2, 3])
  })

  it.each(["../b.txt", "/b.txt", "a/../b.txt", "C:/b.txt", "a\\2.txt", "./b.txt"])("refuses %s before it looks", (path) => {
    expect(errorOf(root.info(path))).toBe("conformance/OUTSIDE")
  })

  it("names the files that are there when one is not", () => {
    const error = Effect.runSync(Effect.flip(root.info("c.txt")))
    expect(error).toBeInstanceOf(TrainerError)
    expect(error.diagnostics[0]).toMatchObject({
      code: "conformance/NO_FILE",
      expected: "one of a/10.txt, a/2.txt, aa.txt, b.txt",
      actual: "c.txt"
    })
    expect(errorOf(root.info("constructor"))).toBe("conformance/NO_FILE")
  })

  it("refuses a range that is no range", () => {
    expect(errorOf(root.read("b.txt", -1, 1))).toBe("conformance/RANGE")
    expect(errorOf(root.read("b.txt", 0, 0.5))).toBe("conformance/RANGE")
  })
})
