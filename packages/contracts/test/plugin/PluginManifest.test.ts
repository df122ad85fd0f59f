import { describe, expect, it } from "vitest"
import { decodeStrict, PluginManifest, pluginKinds } from "../../src/index.ts"

const entry = (change: object = {}) => ({
  kind: "sampler",
  id: "random",
  spec: 1,
  title: "Random",
  options_schema: { type: "object" },
  provides: {},
  requires: {},
  deterministic: true,
  capabilities: { fs: false, net: false, child_process: false },
  export: "random",
  ...change
})
const manifest = (...entries: ReadonlyArray<object>) => ({ schema_version: 1, entries })
const problems = (input: unknown) => {
  const decoded = decodeStrict(PluginManifest, input)
  return decoded.ok ? [] : decoded.mistakes.map((each) => [each.path.join("."), each.problem])
}

describe("a plugin manifest", () => {
  it("is read as it is written, for every kind there is", () => {
    for (const kind of pluginKinds)
      expect(decodeStrict(PluginManifest, manifest(entry({ kind })))).toEqual({ ok: true, value: manifest(entry({ kind })) })
  })

  it.each([
    ["an unknown kind", { kind: "samplr" }, [["entries.0.kind", "invalid"]]],
    ["an id with a capital", { id: "Random" }, [["entries.0.id", "invalid"]]],
    ["an id with an underscore", { id: "my_random" }, [["entries.0.id", "invalid"]]],
    ["an id that ends in a hyphen", { id: "random-" }, [["entries.0.id", "invalid"]]],
    ["an empty id", { id: "" }, [["entries.0.id", "invalid"]]],
    ["an interface of the future", { spec: 2 }, [["entries.0.spec", "invalid"]]],
    [
      "a capability that is no yes or no",
      { capabilities: { fs: "ro", net: false, child_process: false } },
      [["entries.0.capabilities.fs", "invalid"]]
    ],
    [
      "a capability that is unknown",
      { capabilities: { fs: false, net: false, child_process: false, gpu: true } },
      [["entries.0.capabilities.gpu", "unknown-key"]]
    ],
    ["a key that is unknown", { deterministc: true }, [["entries.0.deterministc", "unknown-key"]]]
  ])("is refused with %s", (_, change, found) => {
    expect(problems(manifest(entry(change)))).toEqual(found)
  })

  it("is refused without entries, of another version, and with every missing field named", () => {
    expect(problems(manifest())).not.toEqual([])
    expect(problems({ ...manifest(entry()), schema_version: 2 })).toEqual([["schema_version", "invalid"]])
    expect(problems(manifest({ kind: "sampler" })).map(([path]) => path)).toEqual(
      ["id", "spec", "title", "options_schema", "provides", "requires", "deterministic", "capabilities", "export"].map(
        (key) => `entries.0.${key}`
      )
    )
  })
})
