import { readFileSync } from "node:fs"
import { stripTypeScriptTypes } from "node:module"
import { runInThisContext } from "node:vm"
import { SeedTree, sha256Hex } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import * as gradient from "../src/index.ts"

type LearnXor = (steps: number) => Promise<{
  readonly losses: ReadonlyArray<number>
  readonly weights: string
  readonly checkpoint: Uint8Array
}>

/** The example of the README as a function, its imports taken from the sources. */
const example = (): LearnXor => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1]
  if (code === undefined) throw new Error("the README has no example")
  const names = /import \{ (.*) \} from "@feagi-trainer\/gradient"/.exec(code)?.[1] ?? ""
  const body = stripTypeScriptTypes(code.replace(/^import .*$/gm, "").replace("export const", "const"))
  const make: (gradientExports: typeof gradient, tree: typeof SeedTree) => LearnXor = runInThisContext(
    `(({ ${names} }, SeedTree) => { ${body}\nreturn learnXor })`
  )
  return make(gradient, SeedTree)
}

describe("the example of the README", () => {
  it("learns exclusive or, the same way each time", async () => {
    const learnXor = example()
    const first = await learnXor(100)
    expect(first.losses).toHaveLength(100)
    expect(first.losses[0]).toBeGreaterThan(0.5)
    expect(first.losses.at(-1)).toBeLessThan(0.05)
    const second = await learnXor(100)
    expect([second.weights, sha256Hex(second.checkpoint)]).toEqual([first.weights, sha256Hex(first.checkpoint)])
  })
})
