/** What is said of a source that is not registered, and what a dataset's page says of its classes. */
import { describe, expect, it } from "vitest"
import { balanceOf } from "../src/pages/datasets/balance.ts"
import { exact, payloadLine, rowOf, targetLine } from "../src/pages/wizard/samples.ts"
import {
  type Candidate,
  columnsLiteral,
  fractionsLiteral,
  isName,
  isSure,
  labelMapOf,
  proposedName,
  saidOf,
  shareSum,
  sourceInput,
  tomlLiteral
} from "../src/pages/wizard/sourceRequest.ts"

describe("a source", () => {
  it("is described by no more than differs from what its adapter would do", () => {
    const choice = { path: "/d/a.csv", adapter: "csv", columns: {}, options: {}, labelMap: "" }
    expect(sourceInput(choice)).toEqual({ path: "/d/a.csv", adapter: "csv" })
    expect(sourceInput({ ...choice, columns: { label_column: "kind", id_column: "" }, options: { header: "false" } })).toEqual({
      path: "/d/a.csv",
      adapter: "csv",
      label_column: "kind",
      option: ["header=false"]
    })
  })

  it("says the types of its columns when they are not all plain numbers, the commonest once", () => {
    const number = { type: "number" }
    expect(columnsLiteral({ a: number, b: number })).toBeNull()
    expect(columnsLiteral({ a: number, b: number, "c d": { type: "ignore", missing: null } })).toBe(
      '{ "*" = { type = "number" }, "c d" = { type = "ignore" } }'
    )
    expect(columnsLiteral({ a: { type: "integer" }, b: { type: "ignore" } })).toBe('{ a = { type = "integer" }, b = { type = "ignore" } }')
  })

  it("is said as it was proposed where its adapter alone would not read it so", () => {
    const way = (adapter: string, confidence: number, options: Candidate["options"] = {}): Candidate => ({ adapter, confidence, options })
    const sure = way("csv", 0.9, { delimiter: ",", label_column: "kind" })
    const other = way("text", 0.5, { layout: "lines", labels: null })
    expect([isSure([sure, other]), isSure([other]), isSure([sure, way("coco", 0.8)]), isSure([])]).toEqual([true, false, false, false])
    expect(saidOf([sure, other], sure)).toEqual({ columns: {}, options: {} })
    // Nothing is left to differ from, so all of it is said; what is null cannot be.
    expect(saidOf([sure, other], other)).toEqual({ columns: {}, options: { layout: '"lines"' } })
    const labelled = way("csv", 0.2, { delimiter: ",", label_column: "kind", classes: "scan" })
    const estimated = way("csv", 0.1, { delimiter: ",", label_column: null, target_column: "a" })
    expect(saidOf([labelled, estimated], labelled)).toEqual({ columns: { label_column: "kind" }, options: {} })
    expect(saidOf([labelled, estimated], estimated)).toEqual({ columns: {}, options: { target_column: '"a"' } })
  })

  it("has a name that may be registered", () => {
    expect(proposedName("/data/Iris Flowers.CSV")).toBe("iris-flowers")
    expect(proposedName("C:\\data\\x.tar.gz")).toBe("x.tar")
    expect(proposedName("store/uploads/0123456789ab-iris.csv")).toBe("iris")
    expect(proposedName("/--/")).toBe("")
    expect([isName("iris"), isName("Iris"), isName(""), isName("a".repeat(64))]).toEqual([true, false, false, false])
  })

  it("has a label mapping only where a label changes", () => {
    expect(labelMapOf("x", ["1", "2"], { 1: "1", 2: "" })).toBeNull()
    expect(labelMapOf("x", ["1", "2"], { 1: "gun" })).toMatchObject({ kind: "injective", classes: ["gun", "2"], map: { 1: "gun", 2: "2" } })
    expect(labelMapOf("x", ["1", "2"], { 1: "any", 2: "any" })).toMatchObject({ kind: "merge", classes: ["any"] })
  })

  it("writes options as TOML, which has no null", () => {
    expect(tomlLiteral({ a: [1, "x"], "b c": { d: true } })).toBe('{ a = [1, "x"], "b c" = { d = true } }')
    expect(tomlLiteral({})).toBe("{}")
    expect(() => tomlLiteral({ a: null })).toThrow("no null")
  })
})

describe("shares", () => {
  it("are summed in decimal digits", () => {
    expect(shareSum(["0.1", "0.2", "0.7"])).toBe("1")
    expect(shareSum(["0.6", "0.2", "0.3"])).toBe("1.1")
    expect(shareSum([])).toBe("0")
    expect(shareSum(["0.1", "x"])).toBeNull()
    expect(shareSum(["-1"])).toBeNull()
  })

  it("are written as the run file has them", () => {
    expect(
      fractionsLiteral([
        ["train", "0.8"],
        ["test", "0.2"]
      ])
    ).toBe("{ train = 0.8, test = 0.2 }")
  })
})

describe("samples", () => {
  it("are shown unrounded, whatever they hold", () => {
    const tabular = {
      sample_id: "a",
      modality: "tabular",
      payload: { tabular: [0.1, 5] },
      target: { class: { class_id: 0, label: "<b>" } }
    }
    expect(rowOf(tabular)).toEqual([0.1, 5])
    expect(payloadLine(tabular)).toBe("0.1, 5")
    expect(targetLine(tabular.target)).toBe("<b>")
    expect(targetLine(null)).toBe("none")
    expect(payloadLine({ ...tabular, payload: { text: "hello" } })).toBe("hello")
    expect(payloadLine({ ...tabular, payload: { other: { a: 1 } } })).toBe('other: {"a":1}')
    expect(exact(18446744073709551615n)).toBe("18446744073709551615")
  })
})

describe("the balance of classes", () => {
  it("is that of the classes that have samples, and none without any", () => {
    expect(balanceOf([50, 50, 50])).toEqual({ largest: 50, smallest: 50, ratio: 1, majority: 1 / 3, empty: 0 })
    expect(balanceOf([9, 1, 0])).toEqual({ largest: 9, smallest: 1, ratio: 9, majority: 0.9, empty: 1 })
    expect(balanceOf([0, 0])).toBeNull()
    expect(balanceOf([])).toBeNull()
  })
})
