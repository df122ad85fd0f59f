import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Diagnostics } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { approvedRoots, diagnosticsFile, memoryRoots } from "../src/index.ts"
import { failure, run } from "./harness.ts"

const folder = fileURLToPath(new URL("./golden/diagnostics", import.meta.url))
const golden = readFileSync(`${folder}/training.jsonl`, "utf8")
const sha256 = createHash("sha256").update(golden).digest("hex")
const lines = golden.trimEnd().split("\n")

const rootOf = (text: string | Uint8Array) =>
  memoryRoots(new Map([["d.jsonl", typeof text === "string" ? new TextEncoder().encode(text) : text]]))
/** `line:column [field] message` of everything that is wrong. */
const refused = async (text: string | Uint8Array): Promise<ReadonlyArray<string>> => {
  const error = await failure(diagnosticsFile(rootOf(text), "d.jsonl"))
  expect([error.reason, new Set(error.diagnostics.map((each) => each.code))]).toEqual(["invalid", new Set(["FT4048"])])
  return error.diagnostics.map((each) => `${each.line}:${each.column} [${each.field}] ${each.message}`)
}
const withLine = (line: number, from: string, to: string): string => {
  const changed = lines.with(line - 1, lines[line - 1]?.replace(from, to) ?? "")
  expect(changed).not.toEqual(lines)
  return `${changed.join("\n")}\n`
}

describe("diagnosticsFile()", () => {
  it("reads the events of a training, by their sequence and by step", async () => {
    const record = await run(Effect.flatMap(approvedRoots(folder), (files) => diagnosticsFile(files, "training.jsonl", sha256)))
    expect(record.sha256).toBe(sha256)
    expect(record.events.map((each) => [each.sequence, each.step, each.kind])).toEqual([
      [0, 0, "continuity"],
      [1, 2, "continuity"],
      [2, 2, "error"],
      [3, 5, "error"]
    ])
    expect(record.at(2)).toEqual([
      { kind: "continuity", sequence: 1, step: 2, source: "tensor-watch", metric: "state-overlap", value: 0.9375 },
      { kind: "error", sequence: 2, step: 2, source: "loader", severity: "warning", message: "a picture was read twice" }
    ])
    expect([record.at(1), record.at(6)]).toEqual([[], []])
  })

  it("serves as the Diagnostics that a training asks", async () => {
    const fatal = Effect.map(
      Diagnostics,
      (record) => record.events.filter((each) => each.kind === "error" && each.severity === "fatal").length
    )
    expect(await run(Effect.provideServiceEffect(fatal, Diagnostics, diagnosticsFile(rootOf(golden), "d.jsonl")))).toBe(1)
  })

  it("reads a record without events", async () => {
    expect((await run(diagnosticsFile(rootOf(`${lines[0]}\n`), "d.jsonl"))).events).toEqual([])
  })

  it("refuses a file that is not the pinned one, whatever it holds", async () => {
    const error = await failure(diagnosticsFile(rootOf(withLine(5, "fatal", "error")), "d.jsonl", sha256))
    expect([error.reason, error.diagnostics[0].code, error.diagnostics[0].expected]).toEqual(["integrity", "FT4050", sha256])
  })

  it.each([
    ["an empty file", "", ["1:undefined [undefined] the file is empty"]],
    [
      "a file that was cut",
      golden.slice(0, -3),
      ["5:86 [undefined] this string is never closed", "5:undefined [undefined] the last line has no end"]
    ],
    ["another header", withLine(1, "1", "2"), ["1:19 [schema_version] has the wrong value"]],
    [
      "no header",
      `${lines.slice(1).join("\n")}\n`,
      ["1:22 [sequence]", "1:35 [step]", "1:44 [source]", "1:68 [metric]", "1:93 [value]", "1:1 [schema_version] is required", "1:9 [kind]"]
    ],
    [
      "an unknown key, with its place",
      withLine(3, '"metric"', '"metrics"'),
      ['3:68 [metrics] unknown key "metrics"', "3:1 [metric] is required"]
    ],
    ["an empty line", `${lines.slice(0, 2).join("\n")}\n\n`, ["3:1 [undefined]"]],
    ["a value that is no number", withLine(3, "0.9375", "null"), ["3:101 [value] has the wrong value"]],
    ["a severity that is not known", withLine(5, "fatal", "worst"), ["5:68 [severity] has the wrong value"]],
    ["a step with a point", withLine(3, '"step":2', '"step":2.0'), ["3:42 [step] has the wrong value"]],
    ["a key twice", withLine(5, '"step":5', '"step":5,"step":6'), ["5:"]],
    ["a lost event", `${lines.toSpliced(2, 1).join("\n")}\n`, ["3:undefined [sequence] events before this one are missing"]],
    [
      "an event twice",
      `${[...lines.slice(0, 3), lines[2], ...lines.slice(3)].join("\n")}\n`,
      ["4:undefined [sequence] the event is out of its sequence"]
    ],
    ["steps that go back", withLine(5, '"step":5', '"step":1'), ["5:undefined [step] the steps go back"]]
  ])("refuses %s", async (_, text, expected) => {
    const found = await refused(text)
    expect(
      found.map((each, index) => each.startsWith(expected[index] ?? "?")),
      found.join("\n")
    ).toEqual(expected.map(() => true))
  })

  it("refuses bytes that are no UTF-8, and says every wrong line at once", async () => {
    expect(await refused(Uint8Array.from([0xff, 0x0a]))).toEqual(["undefined:undefined [undefined] the bytes are not UTF-8"])
    const text = `${lines[0]}\n${lines[1]?.replace("1.0", '"x"')}\n${lines[2]?.replace("continuity", "contnuity")}\n${lines[3]}\n`
    expect((await refused(text)).map((each) => each.split(":")[0])).toEqual(["2", "3"])
  })
})
