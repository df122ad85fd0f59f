import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { afterAll, describe, expect, it } from "vitest"
import { emptyFolder, writeOut } from "../src/outFiles.ts"

const folder = mkdtempSync(join(tmpdir(), "feagi-trainer-out-"))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)

const refused = async (effect: Effect.Effect<unknown, { readonly diagnostics: ReadonlyArray<object> }>) =>
  (await Effect.runPromise(Effect.flip(effect))).diagnostics

describe("what a command writes", () => {
  it("goes into a folder that is made where there is none, and never into one that holds something", async () => {
    await Effect.runPromise(emptyFolder(at("new/inner")))
    expect(statSync(at("new/inner")).isDirectory()).toBe(true)
    await Effect.runPromise(emptyFolder(at("new/inner")))
    expect(await refused(emptyFolder(at("new")))).toMatchObject([{ code: "FT3302", file: at("new") }])
  })

  it("is refused with path and reason where a file stands in the way, and the file stays", async () => {
    writeFileSync(at("file"), "mine")
    for (const path of [at("file"), at("file/inner")])
      expect(await refused(emptyFolder(path))).toMatchObject([{ code: "FT3304", file: path }])
    expect(statSync(at("file")).size).toBe(4)
  })

  it("is refused where its folder is missing, and where it is a folder itself", async () => {
    mkdirSync(at("held"))
    const write = (path: string) => refused(writeOut(path, () => writeFileSync(path, "text")))
    expect(await write(at("none/x.md"))).toMatchObject([{ code: "FT3304", message: expect.stringContaining("ENOENT") }])
    expect(await write(at("held"))).toMatchObject([{ code: "FT3304", message: expect.stringContaining("it is a folder") }])
    expect(readdirSync(at("held"))).toEqual([])
  })

  it("lets a fault of ours be a fault: only the operating system's errors are the user's", async () => {
    const broken = writeOut(at("x"), () => {
      throw new TypeError("a bug")
    })
    await expect(Effect.runPromise(broken)).rejects.toThrow("a bug")
  })
})
