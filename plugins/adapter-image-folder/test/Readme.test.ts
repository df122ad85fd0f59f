import { readFileSync } from "node:fs"
import { imageFolder } from "@feagi-trainer/adapter-image-folder"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { greyPng } from "./Draw.ts"
import { rootOf, run } from "./World.ts"

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")

describe("the README", () => {
  it("has an example that runs", async () => {
    const example = readme.match(/```ts\n([\s\S]*?)```/)?.[1] ?? ""
    const body = example.replace(/^import .*\n/gm, "")
    const program = new Function("imageFolder", "Effect", `${body}\nreturn scanned`)(imageFolder, Effect)
    const files = { "a/1.png": greyPng(1), "a/2.png": greyPng(2), "b/1.png": greyPng(3), "b/2.png": Buffer.from("no picture") }
    expect(await run(program, rootOf(files))).toMatchObject({
      error_count: 0,
      resolved_options: { classes: ["a", "b"], on_corrupt: "skip" }
    })
  })

  it("lists every code that the sources know", () => {
    const sources = ["ClassFolders", "Idx", "MaskFolders", "Picture", "Scan", "Tree"].map((name) =>
      readFileSync(new URL(`../src/${name}.ts`, import.meta.url), "utf8")
    )
    const codes = new Set(
      sources.flatMap((text) => [...text.matchAll(/"(?:image-folder\/)?([A-Z]{4,}|[A-Z]+(?:-[A-Z]+)+)"/g)].map(([, code]) => code ?? ""))
    )
    for (const type of ["IHDR", "PLTE", "IDAT", "IEND"]) codes.delete(type)
    const listed = new Set([...readme.matchAll(/`([A-Z][A-Z-]+)`/g)].map(([, code]) => code ?? ""))
    expect([...codes].filter((code) => !listed.has(code))).toEqual([])
    expect([...listed].filter((code) => !codes.has(code))).toEqual([])
  })
})
