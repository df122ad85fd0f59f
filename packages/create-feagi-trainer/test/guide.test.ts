/** The guide shows the scaffold: its code is that of the templates, and its commands are understood. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { render } from "../src/index.ts"
import { create, packages, temporary } from "./scaffold.ts"

const guide = readFileSync(join(packages, "..", "docs", "guides", "write-a-metric.md"), "utf8")
const files = render("metric-pack", "my-metric")

const blocks = [...guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", code = ""]) => ({ language, code }))

/** Lines without their common indentation, so that a block may be cut out of the middle of a file. */
const level = (code: string): string => {
  const lines = code.trimEnd().split("\n")
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length)
  const least = Math.min(...indents)
  return lines.map((line) => line.slice(least)).join("\n")
}

const occurs = (code: string): boolean => {
  const wanted = level(code).split("\n")
  return [...files.values()].some((text) => {
    const lines = text.split("\n")
    return lines.some((_, at) => level(lines.slice(at, at + wanted.length).join("\n")) === wanted.join("\n"))
  })
}

describe("docs/guides/write-a-metric.md", () => {
  it("shows code, configuration and commands", () => {
    expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(["sh", "js", "json", "toml", "text"]))
  })

  it.each(blocks.filter(({ language }) => ["js", "json", "toml"].includes(language)))(
    "shows $language that stands in the scaffold: $code",
    ({ code }) => {
      expect(occurs(code)).toBe(true)
    }
  )

  it("would notice code that does not stand there", () => {
    expect(occurs("export const metricPack = MetricPack.define({\n  id: 42,")).toBe(false)
  })

  it("begins with a command that works", () => {
    const command = /^npm create feagi-trainer@latest -- (.*)$/m.exec(guide)?.[1]?.split(" ")
    const { folder, remove } = temporary()
    try {
      expect(create(folder, command ?? [])).toMatchObject({ status: 0, stdout: "my-metric\n" })
    } finally {
      remove()
    }
  })

  it("names only files that the scaffold has", () => {
    const named = [...guide.matchAll(/`((?:src|test)\/[\w./]+|score\.js|feagi-trainer\.plugin\.json|package\.json)`/g)].map(
      ([, path = ""]) => path
    )
    expect(named.length).toBeGreaterThan(4)
    expect(named.filter((path) => !files.has(path))).toEqual([])
  })
})
