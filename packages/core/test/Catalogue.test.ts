import type { EntryKind, PluginManifest } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { makeCatalogue, type PluginPackage } from "../src/index.ts"

const entry = (kind: string, id: string, exported = id): PluginManifest["entries"][number] => ({
  kind: kind as "sampler",
  id,
  spec: 1,
  title: id,
  options_schema: {},
  provides: {},
  requires: {},
  deterministic: true,
  capabilities: { fs: false, net: false, child_process: false },
  export: exported
})

let loads = 0
const plugin = (name: string, entries: ReadonlyArray<PluginManifest["entries"][number]>, exports: object = {}): PluginPackage => {
  const [first, ...rest] = entries
  if (first === undefined) throw new Error("a manifest has entries")
  return {
    name,
    version: "1.2.3",
    source: "installed",
    files_sha256: "0".repeat(64),
    manifest: { schema_version: 1, entries: [first, ...rest] },
    load: Effect.sync(() => {
      loads += 1
      return exports as Readonly<Record<string, unknown>>
    })
  }
}
const sampler = (id: string) => ({ kind: "sampler", id, spec: 1 })
const run = <A, E>(effect: Effect.Effect<A, E>) => Effect.runPromise(effect)
const looked = (packages: ReadonlyArray<PluginPackage>, reference: string, kind = "sampler") =>
  run(Effect.result(Effect.flatMap(makeCatalogue(packages), (catalogue) => catalogue.lookup(kind as EntryKind, reference))))
const refusal = async (packages: ReadonlyArray<PluginPackage>, reference: string, kind?: string) => {
  const outcome = await looked(packages, reference, kind)
  if (outcome._tag === "Success") throw new Error("it was found")
  return outcome.failure
}

describe("the catalogue", () => {
  it("finds an entry by its id and by package#id, and gives both names back", async () => {
    const packages = [plugin("a", [entry("sampler", "one")], { one: sampler("one") })]
    for (const reference of ["one", "a#one"]) {
      const outcome = await looked(packages, reference)
      expect(outcome._tag === "Success" && outcome.success.ref).toEqual({ id: "a#one", version: "1.2.3" })
    }
  })

  it("loads nothing until an entry is used, and a package once", async () => {
    loads = 0
    const packages = [
      plugin("a", [entry("sampler", "one"), entry("sampler", "two")], { one: sampler("one"), two: sampler("two") }),
      plugin("b", [entry("sampler", "three")])
    ]
    const catalogue = await run(makeCatalogue(packages))
    expect(loads).toBe(0)
    await run(catalogue.lookup("sampler", "one"))
    await run(catalogue.lookup("sampler", "two"))
    await run(catalogue.lookup("sampler", "one"))
    expect(loads).toBe(1)
  })

  it("lets one id stand for several kinds", async () => {
    const packages = [
      plugin("a", [entry("sampler", "one"), entry("reward", "one", "paid")], {
        one: sampler("one"),
        paid: { kind: "reward", id: "one", spec: 1 }
      })
    ]
    expect((await looked(packages, "one", "reward"))._tag).toBe("Success")
    expect((await looked(packages, "one"))._tag).toBe("Success")
  })

  it("names both packages that offer an id, and takes package#id for an answer", async () => {
    const packages = [
      plugin("a", [entry("sampler", "one")], { one: sampler("one") }),
      plugin("b", [entry("sampler", "one")], { one: sampler("one") })
    ]
    const error = await refusal(packages, "one")
    expect([error.reason, error.diagnostics[0].code]).toEqual(["invalid", "FT1203"])
    expect(error.diagnostics[0].message).toContain("a, b")
    expect(error.diagnostics[0].help).toBe('say which: "a#one" or "b#one"')
    const chosen = await looked(packages, "b#one")
    expect(chosen._tag === "Success" && chosen.success.ref.id).toBe("b#one")
  })

  it("refuses a package that offers the same id twice for one kind, and a package that is listed twice", async () => {
    for (const packages of [
      [plugin("a", [entry("sampler", "one"), entry("sampler", "one")])],
      [plugin("a", [entry("sampler", "one")]), plugin("a", [entry("sampler", "one")])]
    ]) {
      const error = await run(Effect.flip(makeCatalogue(packages)))
      expect([error.reason, error.diagnostics[0].code]).toEqual(["invalid", "FT1202"])
      expect(error.diagnostics[0].message).toContain('a offers the sampler "one" twice')
    }
  })

  it("suggests the nearest entry of the kind, and none of another kind", async () => {
    const packages = [plugin("a", [entry("sampler", "random"), entry("reward", "supervised")])]
    const error = await refusal(packages, "randon")
    expect([error.reason, error.diagnostics[0].code]).toEqual(["missing", "FT1201"])
    expect(error.diagnostics[0].help).toContain('did you mean "random"?')
    expect((await refusal(packages, "supervise")).diagnostics[0].help).not.toContain("did you mean")
    expect((await refusal([], "random")).diagnostics[0].expected).toBe("a plugin with a sampler")
  })

  it.each([
    ["nothing", {}, "undefined"],
    ["another kind", { one: { kind: "reward", id: "one", spec: 1 } }, "{kind: reward, id: one, spec: 1}"],
    ["another id", { one: sampler("two") }, "{kind: sampler, id: two, spec: 1}"],
    ["another spec", { one: { ...sampler("one"), spec: 2 } }, "{kind: sampler, id: one, spec: 2}"],
    ["a function", { one: () => 1 }, "() => 1"]
  ])("refuses a module that exports %s where its manifest names an entry", async (_, exports, actual) => {
    const error = await refusal([plugin("a", [entry("sampler", "one")], exports)], "one")
    expect([error.reason, error.diagnostics[0].code]).toEqual(["invalid", "FT1204"])
    expect(error.diagnostics[0].message).toContain("a does not export")
    expect(error.diagnostics[0].actual).toBe(actual)
  })
})
