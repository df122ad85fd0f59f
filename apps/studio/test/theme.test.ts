import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const sheet = readFileSync(fileURLToPath(new URL("../src/theme.css", import.meta.url)), "utf8")

describe("the colours of the Studio", () => {
  it("are said once, with light and dark beside each other", () => {
    const named = [...sheet.matchAll(/^\s*(--[\w-]+): [^;]*(?:#|rgb)[^;]*;/gm)].map(([, name]) => name)
    expect(named.length).toBeGreaterThan(40)
    expect(named.filter((name, index) => named.indexOf(name) !== index)).toEqual([])
    expect(sheet).not.toContain("prefers-color-scheme")
  })

  it("follow the chosen scheme and else the system", () => {
    const schemes = [...sheet.matchAll(/([^{}]+)\{[^{}]*?color-scheme: ([^;]+);/g)].map(([, selector = "", scheme]) => [
      selector.split("\n").at(-1)?.trim() ?? "",
      scheme
    ])
    expect(schemes).toEqual([
      [":root", "light dark"],
      [':root[data-theme="light"]', "light"],
      [':root[data-theme="dark"]', "dark"]
    ])
  })
})
