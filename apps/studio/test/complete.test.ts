import { parseQuery } from "@feagi-trainer/core/query"
import { describe, expect, it } from "vitest"
import { type ColumnSummary, complete, spotOf } from "../src/pages/runs/complete.ts"

const columns: ReadonlyArray<ColumnSummary> = [
  { key: "name", title: "Name", type: "text", runs: 8, examples: ["iris", "two words"] },
  { key: "status", title: "Status", type: "text", runs: 8, examples: ["completed", "running"] },
  { key: "tags", title: "Tags", type: "list", runs: 2, examples: ["baseline"] },
  { key: "starred", title: "Starred", type: "boolean", runs: 8, examples: [false] },
  { key: "metric.accuracy", title: "Accuracy", type: "number", runs: 8, examples: [0.9], min: 0.3, max: 1 },
  { key: "cost.bursts", title: "Bursts", type: "integer", runs: 0, examples: [] }
]
const labels = (text: string, caret = text.length) => complete(text, caret, columns).map(({ label }) => label)
const texts = (text: string, caret = text.length) => complete(text, caret, columns).map((one) => one.text)

describe("completion of conditions", () => {
  it("offers the columns that runs have, at the beginning and behind and, or, not, (", () => {
    for (const text of ["", "status:running and ", "status:running or ", "not ", "("])
      expect(labels(text)).toEqual(["name", "status", "tags", "starred", "metric.accuracy"])
  })

  it("puts what begins like the word before what contains it", () => {
    expect(labels("sta")).toEqual(["status", "starred"])
    expect(labels("acc")).toEqual(["metric.accuracy"])
    expect(labels("zzz")).toEqual([])
  })

  it("offers operators that suit the type of the column", () => {
    expect(labels("metric.accuracy ")[0]).toBe("metric.accuracy >")
    expect(labels("starred ")).toEqual(["starred ="])
    expect(labels("name ")).toContain("name ~")
  })

  it("offers values that occur, quoted where they must be, by the short names of columns as well", () => {
    expect(texts("name:")).toEqual(["name:iris ", 'name:"two words" '])
    expect(texts("tag:")).toEqual(["tag:baseline "])
    expect(texts("starred = ")).toEqual(["starred = true ", "starred = false "])
    expect(labels("status:run")).toEqual(["running"])
  })

  it("offers what joins two conditions behind a complete one", () => {
    expect(labels("status:running ")).toEqual(["and", "or"])
    expect(labels('name = "two words" ')).toEqual(["and", "or"])
    expect(labels("(status:running) o")).toEqual(["or"])
    expect(texts("has:metric.accuracy a")).toEqual(["has:metric.accuracy and "])
  })

  it("offers columns behind has:", () => {
    expect(texts("has:met")).toEqual(["has:metric.accuracy "])
  })

  it("completes at the caret and leaves what stands behind it", () => {
    const [first] = complete("sta and tag:baseline", 3, columns)
    expect(first).toMatchObject({ text: "status: and tag:baseline", caret: 7 })
  })

  it("goes on inside a parenthesis that is not closed yet", () => {
    expect(labels("(status:run")).toEqual(["running"])
    expect(labels("(status:running and (sta")).toEqual(["status", "starred"])
    expect(labels("not (status:running) ")).toEqual(["and", "or"])
  })

  it("reads every beginning of a condition that the parser accepts, to its end", () => {
    for (const text of [
      'metric.accuracy > 0.9 and (tag:baseline or not name ~ "ir is*") and has:metric.f1',
      "starred = true or created >= 2026-01-01T10:00 and (((status != 'a \\' b')))"
    ]) {
      expect(parseQuery(text).ok).toBe(true)
      for (let caret = 0; caret <= text.length; caret += 1) {
        const before = text.slice(0, caret)
        const { from, piece } = spotOf(before)
        expect([before, before.slice(from).replace(/^["']/, "")]).toEqual([before, piece])
      }
    }
  })

  it("offers operators that the parser accepts, for every type", () => {
    for (const { key } of columns)
      for (const { text } of complete(`${key} `, key.length + 1, columns)) expect([text, parseQuery(`${text}1`).ok]).toEqual([text, true])
  })

  it("reads quotes and escapes as the server does", () => {
    expect(spotOf('name = "a \\" b')).toMatchObject({ wanted: "value", field: "name", piece: 'a \\" b' })
    expect(spotOf('"odd name" > ')).toMatchObject({ wanted: "value", field: "odd name" })
  })
})
