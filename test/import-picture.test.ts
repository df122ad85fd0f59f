import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { violations } from "../scripts/import-picture.ts"
import { importsOf, workspacePackages } from "../scripts/package-shape.ts"
import { root } from "../scripts/steps.ts"

const scratch = mkdtempSync(join(tmpdir(), "import-picture-"))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** A workspace of two packages in a scratch folder, with one source file in the first. */
const planted = (folder: string, source: string, dependencies: Record<string, string>, path = "src/index.ts") => {
  const at = mkdtempSync(join(scratch, "w-"))
  const write = (file: string, text: string) => {
    mkdirSync(join(at, file, ".."), { recursive: true })
    writeFileSync(join(at, file), text)
  }
  write(`${folder}/package.json`, JSON.stringify({ name: `@feagi-trainer/${folder.split("/")[1]}`, version: "1.0.0", dependencies }))
  write(`${folder}/${path}`, source)
  write("plugins/adapter-x/package.json", JSON.stringify({ name: "@feagi-trainer/adapter-x", version: "1.0.0" }))
  write("apps/cli/package.json", JSON.stringify({ name: "@feagi-trainer/cli", version: "1.0.0" }))
  return violations(workspacePackages(at), at)
}

describe("the import picture", () => {
  it("holds for every source of the workspace", () => {
    expect(violations(workspacePackages(), root)).toEqual([])
  })

  it("is read from every kind of import", () => {
    const source = `import a from "a"\nimport type { B } from 'b'\nexport * from "c/sub"\nconst d = await import("d")\nimport "e"\n// import f from "f"\nimport {\n  g\n} from "@g/g/x"\nconst h: import("h").H`
    expect(importsOf(source)).toEqual(["a", "b", "c/sub", "d", "e", "@g/g/x", "h"])
  })

  it("turns red when core imports a plugin", () => {
    const found = planted("packages/core", `import { x } from "@feagi-trainer/adapter-x"`, { "@feagi-trainer/adapter-x": "1" })
    expect(found.map((v) => v.why)).toEqual(["nobody imports a plugin: it is loaded by name"])
  })

  it("turns red when a plugin imports core, or two engine packages", () => {
    expect(planted("plugins/reward-y", `import { x } from "@feagi-trainer/core"`, { "@feagi-trainer/core": "1" })).toHaveLength(1)
    const both = `import { a } from "@feagi-trainer/brain"\nimport { b } from "@feagi-trainer/feagi-runtime"`
    expect(planted("plugins/reward-y", both, { "@feagi-trainer/brain": "1", "@feagi-trainer/feagi-runtime": "1" })).toHaveLength(1)
  })

  it("turns red when a package imports what it does not declare, or is not in the picture", () => {
    expect(planted("packages/determinism", `import { x } from "lodash"`, {}).map((v) => v.imports)).toEqual(["lodash"])
    expect(
      planted("packages/unheard-of", `import { x } from "@feagi-trainer/contracts"`, { "@feagi-trainer/contracts": "1" })
    ).toHaveLength(1)
  })

  it("turns red when code for the browser imports Node or Effect", () => {
    expect(planted("packages/charts", `import fs from "node:fs"`, {})).toHaveLength(1)
    expect(planted("packages/feagi-runtime", `import * as Effect from "effect/Effect"`, { effect: "1" })).toHaveLength(1)
    expect(planted("packages/feagi-runtime", `import fs from "node:fs"`, {}, "src/node.ts")).toEqual([])
  })

  it("turns red when what is loaded with every call imports all of Effect", () => {
    const effect = { effect: "1" }
    expect(planted("packages/core", `import { Effect } from "effect"`, effect)).toHaveLength(1)
    expect(planted("packages/server", `import { type Effect } from "effect"`, effect)).toHaveLength(1)
    expect(planted("packages/core", `import type { Effect } from "effect"`, effect)).toEqual([])
    expect(planted("packages/core", `import * as Effect from "effect/Effect"`, effect)).toEqual([])
    expect(planted("plugins/reward-y", `import { Effect } from "effect"`, effect)).toEqual([])
  })

  it("turns red when the page takes more of the API than what needs no Effect", () => {
    const declared = { "@feagi-trainer/control-api": "1" }
    expect(planted("apps/studio", `import { operations } from "@feagi-trainer/control-api"`, declared)).toHaveLength(1)
    expect(planted("apps/studio", `import type { RunData } from "@feagi-trainer/control-api"`, declared)).toEqual([])
    expect(planted("apps/studio", `import { routes } from "@feagi-trainer/control-api/routes"`, declared)).toEqual([])
  })

  it("sees a violation that is planted in a copy of this very workspace", () => {
    const copy = join(scratch, "copy")
    // A group without a package yet does not exist in a fresh clone.
    for (const group of ["packages", "plugins", "apps"].filter((folder) => existsSync(join(root, folder))))
      cpSync(join(root, group), join(copy, group), {
        recursive: true,
        filter: (path) => !/node_modules|\/dist(\/|$)|\/target(\/|$)|\.wasm$/.test(path)
      })
    expect(violations(workspacePackages(copy), copy)).toEqual([])
    writeFileSync(join(copy, "packages/determinism/src/planted.ts"), `import { x } from "@feagi-trainer/contracts"\nexport { x }\n`)
    expect(violations(workspacePackages(copy), copy)).not.toEqual([])
  })
})
