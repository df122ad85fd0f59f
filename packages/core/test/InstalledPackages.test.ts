import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { afterAll, describe, expect, it } from "vitest"
import { installedPackages } from "../src/index.ts"

const root = mkdtempSync(join(tmpdir(), "feagi-trainer-packages-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const manifest = (change: object = {}) => ({
  schema_version: 1,
  entries: [
    {
      kind: "sampler",
      id: "one",
      spec: 1,
      title: "One",
      options_schema: {},
      provides: {},
      requires: {},
      deterministic: true,
      capabilities: { fs: false, net: false, child_process: false },
      export: "one",
      ...change
    }
  ]
})
const packageJson = (name: string, more: object = {}) => ({
  name,
  version: "1.0.0",
  type: "module",
  exports: "./lib/index.js",
  feagiTrainer: "./feagi-trainer.plugin.json",
  ...more
})

/** Writes a package; a value that is a text is written as it is. */
const write = (folder: string, files: Readonly<Record<string, unknown>>): string => {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, folder, name)
    mkdirSync(join(path, ".."), { recursive: true })
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content, undefined, 2))
  }
  return `./${folder}`
}
const whole = (folder: string, name: string, code = "export const one = 1\n") =>
  write(folder, { "package.json": packageJson(name), "feagi-trainer.plugin.json": manifest(), "lib/index.js": code })

const read = (...names: ReadonlyArray<string>) => Effect.runPromise(installedPackages(names, root))
const refusal = async (...names: ReadonlyArray<string>) => Effect.runPromise(Effect.flip(installedPackages(names, root)))

describe("the packages that a project lists", () => {
  it("are found by name in node_modules and by folder, with their manifest read and no code run", async () => {
    const code = 'throw new Error("no code may run")\n'
    whole("node_modules/@toys/one", "@toys/one", code)
    const linked = whole("working/two", "two", code)
    const found = await read("@toys/one", linked)
    expect(found.map((each) => [each.name, each.version, each.source])).toEqual([
      ["@toys/one", "1.0.0", "installed"],
      ["two", "1.0.0", "link"]
    ])
    expect(found[0]?.manifest.entries[0]?.id).toBe("one")
  })

  it("are a working copy when node_modules only links to one", async () => {
    whole("elsewhere/three", "three")
    mkdirSync(join(root, "node_modules"), { recursive: true })
    symlinkSync(join(root, "elsewhere/three"), join(root, "node_modules/three"))
    expect((await read("three"))[0]?.source).toBe("link")
  })

  it("are all named when they are missing, each with its way out", async () => {
    const error = await refusal("@toys/nowhere", "./nowhere")
    expect(error.reason).toBe("missing")
    expect(error.diagnostics.map((each) => each.code)).toEqual(["FT1210", "FT1210"])
    const [byName, byPath] = error.diagnostics
    expect(byName.help).toContain("npm install @toys/nowhere")
    expect(byPath?.message).toBe(`the folder ./nowhere of a plugin is not there: ${join(root, "nowhere")}`)
    expect(byPath?.help).not.toContain("npm install")
    expect(byPath?.help).toContain("the name of its package")
  })

  it("are told from folders without a package, and by an absolute path as well", async () => {
    write("hollow", { "README.md": "" })
    const error = await refusal("./hollow", join(root, "away"))
    expect(error.diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ["FT1210", `the folder ./hollow of a plugin has no package.json: ${join(root, "hollow")}`],
      ["FT1210", `the folder ${join(root, "away")} of a plugin is not there: ${join(root, "away")}`]
    ])
  })

  it("must be plugins", async () => {
    write("plain", { "package.json": { name: "plain", version: "1.0.0" } })
    const error = await refusal("./plain")
    expect([error.reason, error.diagnostics[0].code]).toEqual(["invalid", "FT1212"])
  })

  it("have a manifest that is there, is JSON and says only what a manifest says, each mistake with its place", async () => {
    write("gone", { "package.json": packageJson("gone"), "lib/index.js": "" })
    write("broken", {
      "package.json": packageJson("broken"),
      "feagi-trainer.plugin.json": '{\n  "schema_version": 1,\n  "entries": [,]\n}',
      "lib/index.js": ""
    })
    write("wrong", {
      "package.json": packageJson("wrong"),
      "feagi-trainer.plugin.json": manifest({ knd: "sampler", id: "Not Kebab", spec: 2 }),
      "lib/index.js": ""
    })
    const error = await refusal("./gone", "./broken", "./wrong")
    expect(error.reason).toBe("invalid")
    const [gone, broken, ...wrong] = error.diagnostics
    expect(gone.message).toContain("cannot be read")
    expect(broken).toMatchObject({ code: "FT1211", file: "./broken/feagi-trainer.plugin.json", line: 3 })
    expect(new Set(wrong.map((each) => each.file))).toEqual(new Set(["./wrong/feagi-trainer.plugin.json"]))
    expect(wrong.map((each) => each.field).sort()).toEqual(["entries.0.id", "entries.0.knd", "entries.0.spec"])
    expect(wrong.find((each) => each.field === "entries.0.knd")?.help).toContain('"kind"')
  })

  it("refuses a package.json that is no JSON", async () => {
    write("torn", { "package.json": "{" })
    expect((await refusal("./torn")).diagnostics[0].code).toBe("FT1211")
  })

  it("are pinned by what can run: another byte of code is another hash, a note or a test is not", async () => {
    const folder = whole("pinned", "pinned")
    const hash = async () => (await read(folder))[0]?.files_sha256
    const before = await hash()
    write("pinned", {
      "README.md": "changed",
      "test/one.test.js": "changed",
      "node_modules/x/index.js": "changed",
      "lib/index.js.map": "changed"
    })
    expect(await hash()).toBe(before)
    write("pinned", { "lib/index.js": "export const one = 2\n" })
    const other = await hash()
    expect(other).not.toBe(before)
    write("pinned", { "lib/index.js": "export const one = 1\n" })
    expect(await hash()).toBe(before)
    write("pinned", { "feagi-trainer.plugin.json": manifest({ title: "Two" }) })
    expect(await hash()).not.toBe(before)
  })

  it("give an error that names the package when their module cannot be loaded", async () => {
    const folder = whole("throws", "throws", 'throw new Error("boom")\n')
    const [found] = await read(folder)
    if (found === undefined) throw new Error("the package is there")
    const error = await Effect.runPromise(Effect.flip(found.load))
    expect([error.reason, error.diagnostics[0].code]).toEqual(["missing", "FT1213"])
    expect(error.diagnostics[0].message).toContain("throws")
    expect(error.diagnostics[0].message).toContain("boom")
  })
})
