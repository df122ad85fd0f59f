import { describe, expect, it } from "vitest"
import { columnList, runTableCsv } from "../src/runTable.ts"

const table = {
  columns: [{ key: "seed" }, { key: "run_id" }, { key: "tags" }, { key: "note" }, { key: "score" }],
  rows: [
    { run_id: "r-1", cells: [18446744073709551615n, "r-1", ["a", "b"], '=1 "x",\ny', -0.5] },
    { run_id: "r-2", cells: [1, "r-2", [], null, null] }
  ]
}

describe("runTableCsv()", () => {
  it("has the id first and once, all digits, nothing for no value, and no formula but numbers", () => {
    expect(runTableCsv(table)).toBe('run_id,seed,tags,note,score\r\nr-1,18446744073709551615,a b,"\'=1 ""x"",\ny",-0.5\r\nr-2,1,,,\r\n')
  })

  it("leaves texts as they are where they are wanted raw", () => {
    expect(runTableCsv(table, true)).toContain(',"=1 ""x"",\ny",-0.5\r\n')
  })

  it("has the id first where nobody asked for it", () => {
    expect(runTableCsv({ columns: [{ key: "seed" }], rows: [{ run_id: "r-1", cells: [7] }] })).toBe("run_id,seed\r\nr-1,7\r\n")
  })
})

describe("columnList()", () => {
  it("quotes what --columns would take apart or trim, and nothing else", () => {
    expect(columnList(["seed", "param.a,b", 'x"y', " z"])).toBe('seed,"param.a,b","x\\"y"," z"')
  })
})
