import { execFileSync } from "node:child_process"
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { canonical, hashOf, sha256Hex } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { readBundle, writeBundle } from "../src/index.ts"
import { cleanUp, codesOf, failure, run, scratch } from "./harness.ts"

cleanUp()

const entry = (name: string, text = `bytes of ${name}`) => ({ name, bytes: new TextEncoder().encode(text) })
const entries = [entry("run.json"), entry("test/predictions.ndjson", "line\n".repeat(60)), entry("test/empty", ""), entry("é")]

const written = async (): Promise<string> => {
  const folder = `${scratch()}/bundle`
  await run(writeBundle(folder, entries, { run_id: "r-1", score: Number.NaN, large: 2n ** 64n }))
  return folder
}

const problemsOf = async (folder: string) => (await run(readBundle(folder))).problems.map(({ code, file }) => [code, file])

describe("writeBundle()", () => {
  it("writes a plain folder with the files and bundle.json, which reads back equal", async () => {
    const folder = await written()
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual([
      "bundle.json",
      "run.json",
      "test",
      "test/empty",
      "test/predictions.ndjson",
      "é"
    ])
    const { manifest, files, problems } = await run(readBundle(folder))
    expect(problems).toEqual([])
    expect([...files.keys()]).toEqual(["run.json", "test/empty", "test/predictions.ndjson", "é"])
    for (const { name, bytes } of entries) expect(Buffer.from(files.get(name) ?? []).equals(Buffer.from(bytes))).toBe(true)
    expect([manifest.schema_version, manifest.kind, manifest.run_id, manifest.score, manifest.large]).toEqual([
      1,
      "run-bundle",
      "r-1",
      Number.NaN,
      2n ** 64n
    ])
    expect(manifest.files[0]).toEqual({ path: "run.json", bytes: 17, sha256: sha256Hex("bytes of run.json") })
  })

  it("writes the same bytes for the same entries in another order", async () => {
    const [one, two] = [`${scratch()}/b`, `${scratch()}/b`]
    await run(writeBundle(one, entries, { a: 1, b: 2 }))
    await run(writeBundle(two, entries.toReversed(), { b: 2, a: 1 }))
    expect(readFileSync(`${one}/bundle.json`).equals(readFileSync(`${two}/bundle.json`))).toBe(true)
  })

  it("refuses a folder that is there, also an empty one, a file and a link, and leaves no trace", async () => {
    const parent = scratch()
    mkdirSync(`${parent}/empty`)
    writeFileSync(`${parent}/file`, "")
    symlinkSync("nowhere", `${parent}/link`)
    const before = readdirSync(parent)
    for (const name of before) expect(codesOf(await failure(writeBundle(`${parent}/${name}`, entries, {})))).toEqual(["FT4030"])
    expect(codesOf(await failure(writeBundle(`${parent}/no/parent`, entries, {})))).toEqual(["FT4009"])
    expect(readdirSync(parent)).toEqual(before)
  })

  it("refuses every unsafe, reserved or repeated name at once, and writes nothing", async () => {
    const parent = scratch()
    const names = ["../up", "/abs", "a\\b", "C:/x", "nul", "x.", "bundle.json", "Bundle.JSON", "ok", "OK", "é", "e\u0301", "dir", "dir/x"]
    const error = await failure(
      writeBundle(
        `${parent}/b`,
        names.map((name) => entry(name)),
        {}
      )
    )
    expect(error.reason).toBe("usage")
    expect(error.diagnostics.map(({ file }) => file)).toEqual([
      "../up",
      "/abs",
      "a\\b",
      "C:/x",
      "nul",
      "x.",
      "bundle.json",
      "Bundle.JSON",
      "OK",
      "e\u0301",
      "dir/x"
    ])
    expect(readdirSync(parent)).toEqual([])
  })

  it("refuses additions that its own members or JSON have no place for", async () => {
    const folder = `${scratch()}/b`
    expect(codesOf(await failure(writeBundle(folder, [], { kind: "x", files: [] })))).toEqual(["FT4031"])
    expect(codesOf(await failure(writeBundle(folder, [], { when: new Map() })))).toEqual(["FT4026"])
  })
})

describe("readBundle()", () => {
  it("names every altered, missing and extra file at once, and hands out only whole ones", async () => {
    const folder = await written()
    writeFileSync(`${folder}/run.json`, "other")
    rmSync(`${folder}/test/empty`)
    mkdirSync(`${folder}/more`)
    writeFileSync(`${folder}/more/extra`, "")
    const { files, problems } = await run(readBundle(folder))
    expect(problems.map(({ code, file }) => [code, file])).toEqual([
      ["FT4034", "run.json"],
      ["FT4035", "test/empty"],
      ["FT4036", "more/extra"]
    ])
    expect([...files.keys()]).toEqual(["test/predictions.ndjson", "é"])
  })

  it("finds one flipped bit at every 97th byte of a file and of bundle.json", async () => {
    const folder = await written()
    for (const name of ["test/predictions.ndjson", "bundle.json"]) {
      const whole = readFileSync(`${folder}/${name}`)
      for (let at = 0; at < whole.length; at += 97) {
        const altered = Buffer.from(whole)
        altered[at] = (altered[at] ?? 0) ^ 1
        writeFileSync(`${folder}/${name}`, altered)
        const outcome = await run(readBundle(folder)).then(
          ({ problems }) => problems.map(({ file }) => file),
          (error: unknown) => [String(error)]
        )
        expect(outcome.join()).toContain(name === "bundle.json" ? "bundle" : name)
      }
      writeFileSync(`${folder}/${name}`, whole)
    }
    expect(await problemsOf(folder)).toEqual([])
  })

  it("does not follow links and does not hang on a pipe", async () => {
    const folder = await written()
    const outside = scratch()
    writeFileSync(`${outside}/run.json`, "bytes of run.json")
    rmSync(`${folder}/run.json`)
    symlinkSync(`${outside}/run.json`, `${folder}/run.json`)
    rmSync(`${folder}/é`)
    execFileSync("mkfifo", [`${folder}/é`])
    expect(await problemsOf(folder)).toEqual([
      ["FT4042", "run.json"],
      ["FT4042", "é"]
    ])
    mkdirSync(`${outside}/test`)
    writeFileSync(`${outside}/test/empty`, "")
    rmSync(`${folder}/test`, { recursive: true })
    symlinkSync(`${outside}/test`, `${folder}/test`)
    expect((await problemsOf(folder)).filter(([, file]) => file === "test/empty")).toEqual([["FT4034", "test/empty"]])
  })

  it("says when there is no bundle, no readable one, or one of a newer version", async () => {
    const folder = await written()
    const manifest = readFileSync(`${folder}/bundle.json`, "utf8")
    const cases = [
      [undefined, "FT4032"],
      ["{", "FT4032"],
      ["[]", "FT4032"],
      ['{"kind":"run-bundle"}', "FT4032"],
      [manifest.replace('"schema_version":1', '"schema_version":1.5'), "FT4033"],
      [manifest.replace('"schema_version":1', '"schema_version":0'), "FT4032"],
      [manifest.replace('"schema_version":1', '"schema_version":2'), "FT4033"],
      [manifest.replace('"kind"', '"kind":"x","kind"'), "FT4032"]
    ] as const
    for (const [content, code] of cases) {
      if (content === undefined) rmSync(`${folder}/bundle.json`)
      else writeFileSync(`${folder}/bundle.json`, content)
      const error = await failure(readBundle(folder))
      expect([error.reason, ...codesOf(error)]).toEqual(["integrity", code])
    }
    writeFileSync(`${folder}/bundle.json`, Buffer.from([0xff, 0xfe]))
    expect(codesOf(await failure(readBundle(folder)))).toEqual(["FT4032"])
    expect(codesOf(await failure(readBundle(`${folder}/nowhere`)))).toEqual(["FT4032"])
  })

  it("opens nothing when the manifest names a path out of the folder", async () => {
    const folder = await written()
    const body = { schema_version: 1, kind: "run-bundle", files: [{ path: "../secret", bytes: 0, sha256: sha256Hex("") }] }
    writeFileSync(`${folder}/bundle.json`, canonical({ ...body, bundle_sha256: hashOf(body) }))
    const error = await failure(readBundle(folder))
    expect([error.reason, ...codesOf(error)]).toEqual(["integrity", "FT4031"])
  })

  it("reads no more than its limit", async () => {
    const { problems, files } = await run(readBundle(await written(), { maxBytes: 100 }))
    expect(problems.map(({ code, file }) => [code, file])).toEqual([["FT4044", "test/predictions.ndjson"]])
    expect(files.has("run.json")).toBe(true)
  })
})
