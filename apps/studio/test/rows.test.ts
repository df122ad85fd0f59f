import { describe, expect, it } from "vitest"
import { inShort, markCommands, tagsOf } from "../src/pages/runs/marks.ts"
import { inputOf, only, pageSize, pagesOf, questionOf, rowsOf, without } from "../src/pages/runs/rows.ts"

const asked = { where: "", sort: "", columns: ["name", "score"], archived: false }

describe("rows of the runs table", () => {
  it("asks for the page, or the two pages, that the view lies on", () => {
    expect(pagesOf(0, 40)).toEqual([0, null])
    expect(pagesOf(pageSize - 10, pageSize + 30)).toEqual([0, 1])
    expect(pagesOf(pageSize - 40, pageSize)).toEqual([0, null])
    expect(pagesOf(0, 0)).toEqual([0, null])
    expect(pagesOf(9980, 10_000)).toEqual([49, null])
  })

  it("leaves defaults out of the question and quotes names that hold a comma", () => {
    const input = inputOf({ ...asked, columns: ["param.a,b"] }, 0, 5)
    expect(Object.keys(input)).toEqual(["columns", "offset", "limit"])
    expect(input.columns.startsWith('"param.a,b",name,seed')).toBe(true)
  })

  it("shows the command of what is set, with the columns that are seen and names in quotes where they need it", () => {
    expect(questionOf({ where: "a:b", sort: "-score", columns: ["seed", "param.a,b"], archived: true })).toEqual({
      where: "a:b",
      sort: "-score",
      columns: 'seed,"param.a,b"',
      archived: true
    })
  })

  it("asks for archived runs only when the reader wants them", () => {
    expect(inputOf({ ...asked, archived: true }, 0, 5)).toMatchObject({ archived: true })
    expect("archived" in inputOf(asked, 0, 5)).toBe(false)
  })

  it("takes pinned runs out of the rest without changing what the condition means", () => {
    expect(without("a:b or c:d", ["r-1", "r-2"])).toBe("(a:b or c:d) and not (run_id = r-1 or run_id = r-2)")
    expect(without("", ["r-1"])).toBe("not (run_id = r-1)")
    expect(without("x:y", [])).toBe("x:y")
    expect(only(["r-1"])).toBe("run_id = r-1")
  })

  it("puts cells under the key of their column; what is missing is null", () => {
    const [row] = rowsOf({
      total: 1,
      matched: 1,
      archived_hidden: 0,
      offset: 0,
      columns: [
        { key: "name", title: "Name", type: "text" },
        { key: "score", title: "Score", type: "number" }
      ],
      rows: [{ run_id: "r-1", cells: ["iris"] }]
    })
    expect(row).toEqual({ id: "r-1", cells: { name: "iris", score: null } })
  })
})

describe("marks of runs", () => {
  const [first, second] = ["r-0123456789ab-1", "r-ba9876543210-2"] as const

  it("are told as commands, one for each run, without the etag that a page was read with", () => {
    expect(markCommands([first, second], { add_tags: ["good"], remove_tags: ["-old"], note: "it's", if_match: "abc" })).toEqual(
      [first, second].map((run) => `ftr run mark ${run} --tag=good --untag=-old '--note=it'\\''s'`)
    )
    expect(markCommands([first], { starred: false, archived: true })).toEqual([`ftr run mark ${first} --no-star --archive`])
  })

  it("have no command where nothing is said, or where it cannot be", () => {
    expect(markCommands([first], { if_match: "abc" })).toEqual([])
    expect(markCommands([first], { note: "\0" })).toEqual([])
  })

  it("of many runs are told by the first", () => {
    expect([inShort([]), inShort(["a"]), inShort(["a", "b", "c"])]).toEqual([undefined, "a", "a and 2 more"])
    expect(tagsOf(" a, b  a,")).toEqual(["a", "b"])
  })
})
