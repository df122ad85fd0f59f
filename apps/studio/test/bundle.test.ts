import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { build } from "vite"
import { beforeAll, describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../", import.meta.url))

interface Part {
  readonly name: string
  readonly text: string
  readonly gzipped: number
  readonly modules: ReadonlyArray<string>
  readonly imports: ReadonlyArray<string>
  readonly isEntry: boolean
}
let parts: ReadonlyArray<Part> = []

/** What is fetched before the first page shows: the entry and everything it imports at once. */
const initial = (): ReadonlyArray<Part> => {
  const found = new Set(parts.filter(({ isEntry }) => isEntry))
  for (const part of found) for (const name of part.imports) for (const other of parts) if (other.name === name) found.add(other)
  return [...found]
}
const sum = (list: ReadonlyArray<Part>): number => list.reduce((total, { gzipped }) => total + gzipped, 0)
const scripts = () => parts.filter(({ name }) => name.endsWith(".js"))

beforeAll(async () => {
  const built = await build({ root, logLevel: "silent", build: { write: false } })
  const outputs = Array.isArray(built) ? built : "output" in built ? [built] : []
  parts = outputs.flatMap(({ output }) =>
    output.map((one): Part => {
      const text = one.type === "chunk" ? one.code : typeof one.source === "string" ? one.source : new TextDecoder().decode(one.source)
      return {
        name: one.fileName,
        text,
        gzipped: gzipSync(text, { level: 9 }).length,
        modules: one.type === "chunk" ? Object.keys(one.modules) : [],
        imports: one.type === "chunk" ? one.imports : [],
        isEntry: one.type === "chunk" && one.isEntry
      }
    })
  )
})

describe("bundle of the Studio", () => {
  it("shows a first page after at most 90 KB of script", () => {
    expect(initial().length).toBeGreaterThan(0)
    expect(sum(initial())).toBeGreaterThan(5_000)
    expect(sum(initial())).toBeLessThanOrEqual(90_000)
  })

  it("needs at most 90 KB of script for the runs table, with everything it shares with other pages", () => {
    const page = parts.find(({ modules }) => modules.some((id) => id.endsWith("/src/pages/runs/index.tsx")))
    expect(page).toBeDefined()
    const needed = new Set([...initial(), ...(page === undefined ? [] : [page])])
    for (const part of needed) for (const name of part.imports) for (const other of parts) if (other.name === name) needed.add(other)
    expect(sum([...needed])).toBeLessThanOrEqual(90_000)
  })

  it("has no chunk over 160 KB", () => {
    expect(scripts().filter(({ gzipped }) => gzipped > 160_000)).toEqual([])
  })

  it("keeps every page out of the first chunk", () => {
    const early = initial().flatMap(({ modules }) => modules.filter((id) => id.includes("/src/pages/")))
    expect(early).toEqual([])
    expect(scripts().length).toBeGreaterThan(8)
  })

  it("holds the packages that a page may hold, and no others", () => {
    const packages = new Set(
      scripts().flatMap(({ modules }) =>
        modules.flatMap((id) => {
          const path = id.replaceAll("\\", "/")
          const installed = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]
          const own = /\/(?:packages|plugins|apps)\/([^/]+)\/(?!node_modules)/.exec(path)?.[1]
          return installed ?? (own === undefined || own === "studio" ? [] : [own])
        })
      )
    )
    expect([...packages].sort()).toEqual(expect.arrayContaining(["@tanstack/table-core", "charts", "control-api", "preact"]))
    const foreign = [...packages].filter(
      (name) => !["@tanstack/store", "@tanstack/table-core", "charts", "control-api", "core", "preact", "uplot"].includes(name)
    )
    expect(foreign).toEqual([])
    // Of the core only what reads a condition, which imports nothing: the rest would bring Effect with it.
    const core = scripts().flatMap(({ modules }) =>
      modules.filter((id) => id.includes("/packages/core/")).map((id) => id.split("/").at(-1))
    )
    expect(core.sort()).toEqual(["Query.ts", "parseQuery.ts"])
  })

  it("speaks to no other machine", () => {
    const addresses = parts.flatMap(({ name, text }) =>
      [...text.matchAll(/\b(?:https?|wss?):\/\/[a-z0-9.-]+|["'(]\/\/[a-z0-9-]+\.[a-z]{2,}/gi)].map(([address]) => `${name}: ${address}`)
    )
    // Names of namespaces are no addresses: nothing is fetched from them.
    expect(addresses.filter((address) => !/http:\/\/www\.w3\.org$/.test(address))).toEqual([])
  })

  it("puts nothing inline that a content security policy would refuse", () => {
    const page = parts.find(({ name }) => name === "index.html")?.text ?? ""
    expect(page).toMatch(/<script type="module"[^>]* src="\/assets\/[^"]+-[\w-]{8}\.js"><\/script>/)
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/)
    expect(page).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/i)
    const styles = parts.filter(({ name }) => name.endsWith(".css"))
    expect(styles.length).toBeGreaterThan(0)
    expect(styles.filter(({ text }) => /@import|url\(\s*["']?(?:data:|https?:)/i.test(text))).toEqual([])
    expect(scripts().filter(({ text }) => /\beval\(|new Function\(/.test(text))).toEqual([])
  })
})
