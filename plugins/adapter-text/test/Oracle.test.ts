/** The fixtures, which have the exact layouts of well-known corpora, against what Python reads in them (`oracle/read.py`). */
import { readdirSync, readFileSync } from "node:fs"
import type { MemoryFiles } from "@feagi-trainer/conformance"
import { describe, expect, it } from "vitest"
import { type TokenLabels, tokensOf } from "../src/index.ts"
import oracle from "./oracle/read.json" with { type: "json" }
import { conll, csv, folders, jsonl, lines, type Options, readOn, scanning, scanOf } from "./World.ts"

const root = new URL("fixtures/", import.meta.url)
const files: MemoryFiles = Object.fromEntries(
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => {
      const path =
        `${each.parentPath}/${each.name}`.replaceAll("\\", "/").split("/fixtures/")[1]?.replace(/^\//, "").replaceAll("//", "/") ?? ""
      return [path, readFileSync(new URL(path, root))]
    })
)

interface Case {
  readonly name: keyof typeof oracle
  readonly path: string
  readonly options: Options
}

const cases: ReadonlyArray<Case> = [
  { name: "reviews", path: "reviews", options: folders },
  {
    name: "sentences",
    path: "sentences",
    options: { ...lines, encoding: "windows-1252", labels: { "quote.tok.gt9.5000": "subjective", "plot.tok.gt9.5000": "objective" } }
  },
  { name: "chunks", path: "chunks", options: { ...conll, splits: { "train.txt": "train", "test.txt": "test" } } },
  { name: "csv", path: "tables/news.csv", options: { ...csv, encoding: "utf-16be", delimiter: ";", id_column: "id" } },
  { name: "jsonl", path: "tables/news.jsonl", options: { ...jsonl, id_field: "id", time_field: "at" } }
]

describe("a corpus is read as Python reads it", () => {
  it.each(cases)("$name", async ({ name, path, options }) => {
    const { entries } = await scanning(files, options, path)
    const scan = await scanOf(files, options, path)
    const samples = await readOn(files, options, scan, undefined, path)
    const mine = samples.map(({ payload, target, timestamp }, position) => {
      const entry = entries[position]
      const text = "text" in payload ? payload.text : ""
      // The value of a target of ours is what Open made.
      const tokens = target !== null && "custom" in target ? (target.custom.value as unknown as TokenLabels) : undefined
      return {
        text,
        length: entry?.values?.length,
        decoded_hash: entry?.decoded_hash,
        near: entry?.near?.key,
        ...(target !== null && "class" in target ? { label: target.class.label } : {}),
        ...(entry?.sample_id === undefined ? {} : { id: entry.sample_id }),
        ...(timestamp === null ? {} : { time: Number(timestamp) }),
        ...(tokens === undefined
          ? {}
          : { tokens: tokensOf(text, tokens), tags: tokens.labels.map((label) => scan.classes[label]?.label ?? "none") })
      }
    })
    expect(mine).toEqual(oracle[name])
    expect(scan.shape).toEqual({
      kind: "text",
      length: [Math.min(...oracle[name].map(({ length }) => length)), Math.max(...oracle[name].map(({ length }) => length))]
    })
  })
})
