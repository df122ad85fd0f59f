import { readFileSync } from "node:fs"
import { stripTypeScriptTypes } from "node:module"
import { memoryIndex, memoryRoot } from "@feagi-trainer/conformance"
import * as effect from "effect"
import { expect, it } from "vitest"
import * as plugin from "../src/index.ts"
import { runOn, type Work } from "./World.ts"

it("the example of the README scans a folder", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ""
  const body = stripTypeScriptTypes(code).replace(/^import .*$/gm, "")
  // The text of the example is the thing under test.
  const make = new Function("timeSeries", "Effect", `${body}; return scanned`)
  const scanned: Work<unknown> = make(plugin.timeSeries, effect.Effect)
  const head = "@timeStamps false\n@univariate true\n@classLabel true 1 2\n@data\n"
  const files = { "GunPoint/GunPoint_TRAIN.ts": `${head}1,2:1\n3,4:2\n`, "GunPoint/GunPoint_TEST.ts": `${head}5,6:2\n` }
  const index = memoryIndex()
  expect(await runOn(memoryRoot(files), scanned, index)).toMatchObject({ error_count: 0, scan: { shape: { sample_rate_hz: 30 } } })
  expect(index.scanned.map(({ label, given_split }) => [label, given_split])).toEqual([
    ["1", "train"],
    ["2", "train"],
    ["2", "test"]
  ])
})
