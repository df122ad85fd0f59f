import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../src/", import.meta.url))
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file))
const code = (file: string) => readFileSync(join(root, file), "utf8")

/** What runs in the page; a type may come from the API's schemas as well, for it leaves nothing behind. */
const allowed =
  /^(?:preact(?:\/hooks)?|uplot|@tanstack\/table-core(?:\/store-reactivity-bindings)?|@feagi-trainer\/charts|@feagi-trainer\/control-api\/(?:routes|argv|client|comparison|envelope|run-table|upload-name)|@feagi-trainer\/core\/query)$/
const typesOnly = /^@feagi-trainer\/control-api(?:\/[a-z-]+)?$/
const style = /^(?:\.{1,2}\/.*|uplot\/dist\/uPlot\.min)\.css$/

/** `[file, whether it is a type alone, where from]` of every import. */
const imports = files.flatMap((file) =>
  [
    ...code(file).matchAll(
      /(?:^|\n)(?:import|export)(\s+type)?\s[^"'`;=()]*?\bfrom\s+"([^"]+)"|(?:^|\n)import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/g
    )
  ].map(([, type, from, plain, lazy]) => ({ file, type: type !== undefined, source: from ?? plain ?? lazy ?? "" }))
)

describe("imports of the Studio", () => {
  it("are the few packages that a page may hold, and its own files", () => {
    const wrong = imports.filter(
      ({ source, type }) =>
        !(/^\.{1,2}\/.*\.tsx?$/.test(source) || style.test(source) || allowed.test(source) || (type && typesOnly.test(source)))
    )
    expect(wrong).toEqual([])
    // Every file but the few that need nothing imports something: the pattern above still finds what it is to find.
    expect(new Set(imports.map(({ file }) => file)).size).toBeGreaterThan(files.length / 2)
    expect(imports.filter(({ source }) => source === "preact/hooks").length).toBeGreaterThan(5)
  })

  it("leave the folder of the Studio by no relative path", () => {
    const wrong = files.flatMap((file) => {
      const depth = file.split(/[\\/]/).length - 1
      return [...code(file).matchAll(/["']((?:\.\.\/)+)[^"']*["']/g)]
        .filter(([, up = ""]) => up.length / 3 > depth)
        .map(([text]) => `${file}: ${text}`)
    })
    expect(wrong).toEqual([])
  })

  it("set markup in one place alone, where charts has escaped it", () => {
    expect(
      files.filter((file) => /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write/.test(code(file)))
    ).toEqual([join("ui", "Figure.tsx")])
  })
})
