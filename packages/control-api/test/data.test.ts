/** Answers as the program gave them, held against the schemas that the OpenAPI document and the types are made from. */
import { readFileSync } from "node:fs"
import { Result, Schema } from "effect"
import { describe, expect, it } from "vitest"
import { dataSchemas, makeSseReader, type OperationId, operationIds, parseJson, sseMessage } from "../src/index.ts"

const golden = parseJson(readFileSync(new URL("golden/answers.json", import.meta.url), "utf8")) as Readonly<
  Partial<Record<OperationId, ReadonlyArray<unknown>>>
>

describe("answers", () => {
  it("of nearly every operation fit their schemas", () => {
    const checked = operationIds.filter((operation) => golden[operation] !== undefined)
    expect(checked.length).toBeGreaterThan(55)
    for (const operation of checked)
      for (const answer of golden[operation] ?? []) {
        const decoded = Schema.decodeUnknownResult(dataSchemas[operation] as Schema.Codec<unknown>)(answer)
        expect(Result.isSuccess(decoded) || `${operation}: ${String(decoded.failure)}`).toBe(true)
      }
  })

  it("without a member that belongs to them do not", () => {
    for (const operation of ["run.show", "run.status", "run.series", "run.predictions", "dataset.split", "run.compare"] as const) {
      const [answer] = (golden[operation] ?? []) as ReadonlyArray<Readonly<Record<string, unknown>>>
      const [first, ...rest] = Object.entries(answer ?? {})
      expect(first, operation).toBeDefined()
      const decoded = Schema.decodeUnknownResult(dataSchemas[operation] as Schema.Codec<unknown>)(Object.fromEntries(rest))
      expect(Result.isFailure(decoded), operation).toBe(true)
    }
  })
})

describe("a reader of events", () => {
  it("gives the same messages however the text is cut", () => {
    const text = `: open\n\n${sseMessage("run-event", '{"a":1}', "7")}: ping\n\nevent: gap\r\ndata: {"from":8}\r\ndata:{"to":9}\r\n\r\nid: 10\ndata\n\n${sseMessage("end", "{}")}`
    const expected = [
      ["run-event", '{"a":1}', "7"],
      ["gap", '{"from":8}\n{"to":9}', undefined],
      ["message", "", "10"],
      ["end", "{}", undefined]
    ]
    for (let size = 1; size <= text.length; size++) {
      const heard: Array<ReadonlyArray<string | undefined>> = []
      const read = makeSseReader((...message) => heard.push(message))
      for (let at = 0; at < text.length; at += size) read(text.slice(at, at + size))
      expect(heard).toEqual(expected)
    }
  })
})
