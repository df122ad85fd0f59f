import { describe, expect, it } from "vitest"
import { jsonText } from "../src/jsonText.ts"

describe("jsonText()", () => {
  it("writes all digits of a seed beyond 2^53", () => {
    expect(jsonText({ seed: 18_446_744_073_709_551_615n, small: 7n }, 0)).toBe('{"seed":18446744073709551615,"small":7}')
  })

  it("keeps the order of members and refuses what JSON cannot hold, by name", () => {
    expect(jsonText({ b: 1, a: [1.5, null] }, 0)).toBe('{"b":1,"a":[1.5,null]}')
    expect(() => jsonText({ loss: Number.NaN })).toThrow('"loss" is NaN')
    expect(() => jsonText([1, Number.POSITIVE_INFINITY])).toThrow("Infinity")
  })
})
