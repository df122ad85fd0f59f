/** The guides show the scaffolds: their code is that of the templates, and their commands are understood. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { render } from "../src/index.ts"
import { create, packages, temporary } from "./scaffold.ts"

/** Guides, with the scaffolds whose code they show: by the names that their commands give. */
const guides = [
  { name: "write-a-metric.md", shows: [["metric-pack", "my-metric"]] },
  { name: "write-a-protocol.md", shows: [["protocol", "my-protocol"]] },
  { name: "write-an-adapter.md", shows: [["adapter", "my-adapter"]] },
  { name: "write-a-transform.md", shows: [["transform", "my-transform"]] },
  { name: "write-a-reward.md", shows: [["reward", "my-reward"]] },
  {
    name: "write-an-encoder.md",
    shows: [
      ["encoder", "my-encoder"],
      ["decoder", "my-decoder"]
    ]
  },
  {
    name: "write-a-backend.md",
    shows: [
      ["brain-backend", "my-backend"],
      ["learner", "my-learner"]
    ]
  }
] as const

const { folder, remove } = temporary()
afterAll(remove)

/** Lines without their common indentation, so that a block may be cut out of the middle of a file. */
const level = (code: string): string => {
  const lines = code.trimEnd().split("\n")
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length)
  const least = Math.min(...indents)
  return lines.map((line) => line.slice(least)).join("\n")
}

const occurs = (code: string, texts: ReadonlyArray<string>): boolean => {
  const wanted = level(code).split("\n")
  return texts.some((text) => {
    const lines = text.split("\n")
    return lines.some((_, at) => level(lines.slice(at, at + wanted.length).join("\n")) === wanted.join("\n"))
  })
}

describe.each(guides)("docs/guides/$name", ({ name, shows }) => {
  const guide = readFileSync(join(packages, "..", "docs", "guides", name), "utf8")
  const files = shows.map(([axis, id]) => render(axis, id))
  const texts = files.flatMap((each) => [...each.values()])
  const blocks = [...guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", code = ""]) => ({ language, code }))
  const shown = blocks.filter(({ language }) => ["js", "json", "toml"].includes(language))

  it("shows code and commands", () => {
    expect(shown.length).toBeGreaterThan(2)
    expect(blocks.map(({ language }) => language)).toContain("sh")
  })

  it.each(shown)("shows $language that stands in a scaffold: $code", ({ code }) => {
    expect(occurs(code, texts)).toBe(true)
  })

  it("would notice code that does not stand there", () => {
    expect(occurs("export const mine = Mine.define({\n  id: 42,", texts)).toBe(false)
  })

  it("has commands that work", () => {
    const commands = [...guide.matchAll(/npm create feagi-trainer@latest -- (\S+) ([a-z-]+)/g)].map(([, axis = "", id = ""]) => [axis, id])
    expect(commands).toEqual(shows)
    for (const [axis, id] of commands) expect(create(folder, [axis ?? "", id ?? ""])).toMatchObject({ status: 0, stdout: `${id}\n` })
  })

  it("names only files that a scaffold has", () => {
    const named = [...guide.matchAll(/`((?:src|test)\/[\w./-]+|feagi-trainer\.plugin\.json|package\.json)`/g)].map(([, path = ""]) => path)
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((path) => !files.some((each) => each.has(path)))).toEqual([])
  })
})
