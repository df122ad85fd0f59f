import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { makeProject, type Project } from "./support/project.ts"

/** A folder outside of the project and of every node_modules: what a person works on. */
const outside = realpathSync(mkdtempSync(join(tmpdir(), "feagi-trainer-linked-")))
let project: Project
beforeAll(() => {
  project = makeProject()
})
afterAll(() => {
  project.close()
  rmSync(outside, { recursive: true, force: true })
})

const plugin = (name: string, code: string): string => {
  const folder = join(outside, name)
  mkdirSync(folder, { recursive: true })
  const entry = {
    kind: "sampler",
    id: name,
    spec: 1,
    title: "Backwards",
    options_schema: { type: "object" },
    provides: {},
    requires: {},
    deterministic: true,
    capabilities: { fs: false, net: false, child_process: false },
    export: "backwards"
  }
  const packageJson = { name, version: "1.0.0", type: "module", exports: "./index.js", feagiTrainer: "./plugin.json" }
  writeFileSync(join(folder, "package.json"), JSON.stringify(packageJson))
  writeFileSync(join(folder, "plugin.json"), JSON.stringify({ schema_version: 1, entries: [entry] }))
  writeFileSync(join(folder, "index.js"), code)
  return folder
}
const list = (...folders: ReadonlyArray<string>) =>
  project.write("feagi-trainer.toml", `schema_version = 1\nplugins = ${JSON.stringify(folders)}\n`)

const backwards = (id: string) => `
import { optionsBy, Sampler, TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
export const backwards = Sampler.define({
  id: "${id}",
  decodeOptions: optionsBy(() => ({ error: TrainerError.name, effect: typeof Effect.succeed })),
  plan: (_, { index }) => ({ order: index.map((item) => item.position).reverse(), draws: "permutation" })
})
`

describe("a plugin that is linked from a working folder", () => {
  it("shares the peers of the program, although there are none where it lies", async () => {
    list(plugin("backwards", backwards("backwards")))
    const said = await project.ftr("doctor")
    expect([said.code, said.stderr]).toEqual([0, ""])
    expect(said.stdout).toContain("1 packages, 1 entries, all of them load")
  })

  it("gets nothing else that the program has", async () => {
    list(plugin("greedy", `import "@feagi-trainer/core"\n${backwards("greedy")}`))
    const said = await project.ftr("doctor")
    expect(said.code).toBe(7)
    expect(said.stderr).toContain("the plugin package greedy cannot be loaded: Cannot find package '@feagi-trainer/core'")
  })
})
