/** What fits a dataset that is not registered, from its manifest alone: no store, no sample. */
import { existsSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { irisProject, makeProject, type Project, started, store } from "./support/project.ts"

interface Compatibility {
  readonly dataset: string
  readonly complete: boolean
  readonly entries: ReadonlyArray<{ readonly id: string; readonly applies: string; readonly reasons: ReadonlyArray<string> }>
}

describe("dataset check-compat --manifest", () => {
  let home: Project
  let bare: Project
  let manifest: string

  beforeAll(async () => {
    home = await irisProject("5")
    await started(home, "x.run.toml", "--set", "training.epochs=1")
    await home.data("run", "export", "latest", "--contracts", "contracts")
    manifest = home.path("contracts/DatasetManifest-00.json")
    bare = makeProject(["sampler-time-window"])
  })
  afterAll(() => {
    home.close()
    bare.close()
  })

  const check = (project: Project, ...words: ReadonlyArray<string>) => project.data<Compatibility>("dataset", "check-compat", ...words)

  it("says of the manifest of a dataset what it says of the dataset", async () => {
    expect(await check(home, "--manifest", manifest, "--field", "class_id")).toEqual(await check(home, "iris@1"))
  })

  it("needs no store, and makes none", async () => {
    expect((await check(bare, "--manifest", manifest)).dataset).toBe("iris@1")
    expect(existsSync(store(bare))).toBe(false)
  })

  it("leaves open what depends on fields that nobody names", async () => {
    const of = async (...fields: ReadonlyArray<string>) =>
      (await check(bare, "--manifest", manifest, ...fields.flatMap((field) => ["--field", field]))).entries
        .filter(({ id }) => id.endsWith("#time-window"))
        .map(({ applies }) => applies)
    expect([await of(), await of("class_id"), await of("class_id", "group", "time")]).toEqual([["unknown"], ["no"], ["yes"]])
  })

  it("names every field that keeps a file from being a manifest", async () => {
    home.write("none.json", '{"schema_version": 1, "modality": "smell"}')
    const said = await home.ftr("dataset", "check-compat", "--manifest", "none.json")
    expect([said.code, said.stderr.includes("FT2032"), said.stderr.includes("modality"), said.stderr.includes("content_hash")]).toEqual([
      3,
      true,
      true,
      true
    ])
  })

  it("takes one of the two", async () => {
    for (const words of [
      ["iris@1", "--manifest", manifest],
      ["iris@1", "--field", "group"]
    ]) {
      const said = await home.ftr("dataset", "check-compat", ...words)
      expect([said.code, said.stderr.includes("FT2033")]).toEqual([2, true])
    }
  })
})
