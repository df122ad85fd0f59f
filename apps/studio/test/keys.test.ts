import { describe, expect, it } from "vitest"
import { isTyping, resolve } from "../src/keys.ts"

const map = ["?", "/", "g r", "g d", "x"].map((keys) => ({ keys }))

describe("keyboard", () => {
  it("fires a single key at once", () => {
    expect(resolve(map, "", "x")).toEqual({ hit: { keys: "x" }, pending: "" })
  })

  it("waits for the second key of two", () => {
    expect(resolve(map, "", "g")).toEqual({ hit: undefined, pending: "g" })
    expect(resolve(map, "g", "r")).toEqual({ hit: { keys: "g r" }, pending: "" })
  })

  it("reads a key that ends no sequence as if it came alone", () => {
    expect(resolve(map, "g", "x")).toEqual({ hit: { keys: "x" }, pending: "" })
    expect(resolve(map, "g", "g")).toEqual({ hit: undefined, pending: "g" })
    expect(resolve(map, "g", "q")).toEqual({ hit: undefined, pending: "" })
  })

  it("gives a key to whoever asked for it last", () => {
    const [first, second] = [
      { keys: "c", from: "frame" },
      { keys: "c", from: "page" }
    ]
    expect(resolve([first, second], "", "c").hit).toBe(second)
  })

  it("is off where letters are typed, and on at boxes that are ticked", () => {
    expect(isTyping("INPUT", "text", false)).toBe(true)
    expect(isTyping("INPUT", "search", false)).toBe(true)
    expect(isTyping("TEXTAREA", "text", false)).toBe(true)
    expect(isTyping("SELECT", "text", false)).toBe(true)
    expect(isTyping("DIV", "text", true)).toBe(true)
    expect(isTyping("INPUT", "checkbox", false)).toBe(false)
    expect(isTyping("TR", "text", false)).toBe(false)
  })
})
