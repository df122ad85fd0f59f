import { describe, expect, it } from "vitest"
import { changed, link, match, searchText } from "../src/router.ts"

describe("router", () => {
  it("names the parts of a path that fits, decoded", () => {
    expect(match("/runs/:run", "/runs/r-0123456789ab-1")).toEqual({ run: "r-0123456789ab-1" })
    expect(match("/datasets/:ref", "/datasets/iris%401")).toEqual({ ref: "iris@1" })
    expect(match("/", "/")).toEqual({})
  })

  it("takes no path that is longer, shorter or another", () => {
    expect(match("/runs", "/runs/r-1")).toBeNull()
    expect(match("/runs/:run", "/runs")).toBeNull()
    expect(match("/runs", "/datasets")).toBeNull()
  })

  it("keeps a path that is wrongly encoded as it came, and does not throw", () => {
    expect(match("/runs/:run", "/runs/%E0%A4%A")).toEqual({ run: "%E0%A4%A" })
  })

  it("makes links whose names cannot leave their place", () => {
    expect(link("/runs/:run", { run: "../x?y#z" })).toBe("/runs/..%2Fx%3Fy%23z")
    expect(link("/runs", {}, { q: "status:running", sort: "", page: null })).toBe("/runs?q=status:running")
  })

  it("brings every name back as it was, through path and parameters of a real address", () => {
    const names = ["a/b", "100%", "%2F", "#1?x=y&z", "a+b c", "ünï/코드 🧠", "שלום", "\u202Eexe", "'\"<b>`", "..%2f..", "a\\b", "a;b,c@1"]
    for (const name of names) {
      const { pathname, search } = new URL(link("/datasets/:ref", { ref: name }, { sample: name, q: `name = ${name}` }), "http://127.0.0.1")
      expect(match("/datasets/:ref", pathname)).toEqual({ ref: name })
      expect(new URLSearchParams(search).get("sample")).toBe(name)
      expect(new URLSearchParams(search).get("q")).toBe(`name = ${name}`)
      const two = new URL(link("/brains/:a/diff/:b", { a: name, b: "x@2" }), "http://127.0.0.1")
      expect(match("/brains/:a/diff/:b", two.pathname)).toEqual({ a: name, b: "x@2" })
    }
  })

  it("changes only the parameters that are named, and drops empty ones", () => {
    const search = changed("?q=a&sort=-score&x=1&x=2", { q: "b", sort: null, x: ["3"], flag: true, off: false })
    expect(searchText(search)).toBe("?q=b&x=3&flag=1")
  })

  it("writes addresses that people can read and that read back the same", () => {
    const text = searchText(changed("", { q: 'metric.f1/macro > 0.9 and dataset:iris@1 and name ~ "a&b"' }))
    expect(text).toContain("dataset:iris@1")
    expect(new URLSearchParams(text).get("q")).toBe('metric.f1/macro > 0.9 and dataset:iris@1 and name ~ "a&b"')
  })
})
