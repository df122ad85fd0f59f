/** Named views of the runs table: what a browser remembers is read back as a link into that table and as nothing else. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { builtIn, forgetView, savedViews, saveView } from "../src/pages/runs/views.ts"

const kept = new Map<string, string>()
beforeEach(() => {
  kept.clear()
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value)
  })
})
afterEach(() => vi.unstubAllGlobals())

describe("named views", () => {
  it("are kept, replaced by name and forgotten", () => {
    saveView({ name: "good", search: "?q=score+>+0.9" })
    saveView({ name: "mine", search: "" })
    saveView({ name: "good", search: "?sort=-score" })
    expect(savedViews()).toEqual([
      { name: "mine", search: "" },
      { name: "good", search: "?sort=-score" }
    ])
    forgetView("mine")
    expect(savedViews().map(({ name }) => name)).toEqual(["good"])
  })

  it("lead to no other address, whatever was put in their place", () => {
    const strange = ["//evil.example", "/../api/v1/runs", "javascript:alert(1)", "#x", " ?q=a"]
    kept.set(
      "runs-views",
      JSON.stringify([...strange.map((search) => ({ name: "x", search })), { name: 1, search: "" }, null, { search: "" }])
    )
    expect(savedViews()).toEqual([])
    for (const text of ["{", "{}", "null", '"?"']) {
      kept.set("runs-views", text)
      expect(savedViews()).toEqual([])
    }
  })

  it("are none where the browser keeps nothing", () => {
    vi.stubGlobal("localStorage", undefined)
    saveView({ name: "a", search: "" })
    expect(savedViews()).toEqual([])
    expect(new Set(builtIn.map(({ name }) => name)).size).toBe(builtIn.length)
  })
})
