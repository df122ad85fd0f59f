import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { figures, values } from "./example.ts"
import { reported } from "./support.ts"

const own = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8")
const readme = own("../README.md")

describe("README", () => {
  it("shows the example that runs, and what it gives", () => {
    expect(readme).toContain(`\`\`\`ts\n${own("./example.ts")}\`\`\``)
    expect(values.AR100).toBeCloseTo(0.3, 12)
    expect(values.AP50).toBeCloseTo(51 / 101, 12)
    expect(figures.length).toBeGreaterThan(0)
  })

  it("explains every code that a file can be refused with", () => {
    const folder = new URL("../src/files/", import.meta.url)
    const sources = readdirSync(folder)
      .map((name) => readFileSync(new URL(name, folder), "utf8"))
      .join("\n")
    const codes = new Set([...sources.matchAll(/(?:code: "|detection\/)([A-Z][A-Z0-9-]+)/g)].map(([, code]) => code ?? ""))
    expect(codes.size).toBe(14)
    expect([...codes].filter((code) => !readme.includes(`\`${code}\``))).toEqual([])
  })

  it("explains every number", () => {
    const missing = [...new Set(Object.values(reported).flat())].filter((name) => !readme.includes(`\`${name}\``))
    expect(missing).toEqual([])
  })

  it("tells how many cases are stored", () => {
    const { cases } = JSON.parse(own("./oracle/coco-statistics.json")) as { readonly cases: ReadonlyArray<unknown> }
    expect(readme).toContain(`on ${cases.length} stored cases`)
  })
})
