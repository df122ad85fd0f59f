/** The example of the README is `example.ts`, word for word, and it does what it says. */
import { readdirSync, readFileSync } from "node:fs"
import { memoryIndex } from "@feagi-trainer/conformance"
import { describe, expect, it } from "vitest"
import { firstOf, scanned } from "./example.ts"
import { runOn } from "./World.ts"

const here = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8")

describe("README", () => {
  it("shows the example that runs", () => {
    expect(here("../README.md")).toContain(`\`\`\`ts\n${here("example.ts")}\`\`\`\n`)
  })

  it("promises what the example gives", async () => {
    const folder = new URL("fixtures/sentences/", import.meta.url)
    const files = Object.fromEntries(readdirSync(folder).map((name) => [`sentences/${name}`, readFileSync(new URL(name, folder))]))
    const index = memoryIndex()
    const { error_count, scan } = await runOn(files, scanned, index)
    expect(error_count).toBe(0)
    if (scan === undefined) throw new Error("no scan")
    expect(scan.classes.map(({ label }) => label)).toEqual(["objective", "subjective"])
    expect(scan.shape).toEqual({ kind: "text", length: [28, 55] })
    const [first] = await runOn(files, firstOf({ ...scan, index: index.index(scan.classes) }))
    expect(first).toMatchObject({ payload: { text: expect.stringMatching(/^a boy finds /) }, target: { class: { label: "objective" } } })
  })

  it("lists every code, and no other one", () => {
    const sources = readdirSync(new URL("../src/", import.meta.url))
      .map((name) => here(`../src/${name}`))
      .join("\n")
    const codes = [...sources.matchAll(/code: ((?:.(?!,? message))+.)/g)].flatMap(([, said = ""]) => [
      ...said.matchAll(/"(?:text\/)?([A-Z][A-Z0-9-]+)"/g)
    ])
    const listed = [...here("../README.md").matchAll(/`([A-Z][A-Z0-9]*-[A-Z0-9-]+|BOM|NUL|RAGGED)`/g)].map(([, code]) => code)
    const built = ["EMPTY-LABEL", "EMPTY-ID", "EMPTY-GROUP", "EMPTY-SPLIT"]
    expect([...new Set(listed)].sort()).toEqual([...new Set([...codes.map(([, code]) => code), ...built])].sort())
  })
})
