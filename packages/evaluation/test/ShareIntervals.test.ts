/** Wilson's interval for what a pack calls a share of the samples. */
import { describe, expect, it } from "vitest"
import { shareIntervals, wilsonInterval } from "../src/index.ts"

const pack = { id: "hits", shares: ["accuracy", "answered", "absent"] }

describe("shareIntervals()", () => {
  it("is Wilson's interval of the count behind the share, with a width where all are right", () => {
    const found = shareIntervals(pack, { accuracy: 29 / 30, answered: 1, other: 0.5 }, 30, 0.95)
    expect(found).toEqual({ accuracy: wilsonInterval(29, 30, 0.95), answered: wilsonInterval(30, 30, 0.95) })
    expect(found.answered?.low).toBeLessThan(0.9)
  })

  it("has no interval for a share without a value, and none without shares", () => {
    expect(shareIntervals(pack, { accuracy: { insufficient: "no sample" } }, 0, 0.95)).toEqual({})
    expect(shareIntervals({ id: "hits" }, { accuracy: 0.5 }, 2, 0.95)).toEqual({})
  })

  it("refuses a value that is no share of the samples, by its name", () => {
    expect(() => shareIntervals(pack, { accuracy: 0.5 }, 3, 0.95)).toThrow(
      /^the metric pack hits calls accuracy a share .* 0\.5 is no share of 3$/
    )
  })
})
