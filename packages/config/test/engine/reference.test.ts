/** docs/reference/engine-config.md says what the program does. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { configHash, EngineConfig, engineMapping } from "../../src/index.ts"
import { loaded } from "./files.ts"

const page = readFileSync(new URL("../../../../docs/reference/engine-config.md", import.meta.url), "utf8")
const fences = (language: string): ReadonlyArray<string> =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) => match[1] ?? "")

describe("the reference of the engine file", () => {
  it("shows two files that load, and their hash", () => {
    const [engine = "", splits = ""] = fences("toml")
    const example = loaded({ "engine.toml": engine, "splits.toml": splits })
    expect(example.parts).toEqual(["splits.toml"])
    expect(fences("text")).toContain(`${configHash(example)}\n`)
  })

  it("has a row for every key", () => {
    const fields = EngineConfig.fields
    const keys = [
      "schema_version",
      ...Object.keys(fields.engine.fields).map((key) => `engine.${key}`),
      ...Object.keys(fields.dataset.fields).map((key) => `dataset.${key}`),
      "tokenizer",
      ...Object.keys(fields.model.fields).map((key) => `model.${key}`),
      "optimizer",
      "schedule",
      ...Object.keys(fields.training.fields).map((key) => `training.${key}`),
      ...Object.keys(fields.validation.fields).map((key) => `validation.${key}`),
      ...Object.keys(fields.outputs.fields).map((key) => `outputs.${key}`)
    ]
    const rows = [...page.matchAll(/^\| `([a-z_.]+)` +\| [^|]+ \| [^|]+ \|$/gm)].map((match) => match[1] ?? "")
    expect(rows.filter((row) => !row.endsWith(".type") && !["sgd", "momentum", "constant", "linear", "cosine"].includes(row))).toEqual(keys)
    expect(new Set(keys.map((key) => key.split(".")[0]))).toEqual(new Set(Object.keys(fields)))
  })

  it("has a row for every key of the run file, in order, with where it comes from", () => {
    const [, table = ""] = page.split("| key of the run file")
    const rows = [...table.matchAll(/^\| `([a-z_.]+)` +\| (?:`([a-z_.]+)`|always)/gm)].map((match) => [match[1], match[2]])
    expect(rows).toEqual(engineMapping.map(({ run, engine }) => [run, engine]))
  })
})
