import { describe, expect, it } from "vitest"
import { readTime } from "../src/TimeCell.ts"
import oracle from "./oracle/cells.json" with { type: "json" }
import { entriesOf, scanOf } from "./World.ts"

/** A double as Python writes it: `-0x1.8p+1`. */
const fromHex = (text: string): number => {
  const [, sign, whole = "0", part = "", power = "0"] = /^(-?)0x([01])(?:\.([0-9a-f]+))?p([+-]\d+)$/.exec(text) ?? []
  const digits = BigInt(`0x${whole}${part}`)
  // Two steps, because the power of the smallest doubles alone would be 0.
  const half = Math.trunc((Number(power) - 4 * part.length) / 2)
  return (sign === "-" ? -1 : 1) * Number(digits) * 2 ** half * 2 ** (Number(power) - 4 * part.length - half)
}

describe("Python", () => {
  it("reads the same numbers", async () => {
    const { shape } = await scanOf(
      `${oracle.numbers.map((_, k) => `c${k}`).join(",")},species\n${oracle.numbers.map(({ text }) => text).join(",")},a\n`
    )
    const read = shape.kind === "tabular" ? shape.features.map(({ min }) => min) : []
    expect(read).toEqual(oracle.numbers.map(({ hex }) => fromHex(hex)))
  })

  it("rounds to the same thousandths", async () => {
    // Two columns that spread, so that there are keys.
    const lines = oracle.numbers.map(({ text }, k) => `${text},${k * 1000}.5,a\n`)
    const entries = await entriesOf(`x,y,species\n${lines.join("")}`)
    expect(entries.map(({ near }) => near?.key)).toEqual(
      oracle.numbers.map(({ thousandths }, k) => `${thousandths} ${k * 1_000_000 + 500}`)
    )
  })

  it("reads the same times", () => {
    for (const { text, ms } of oracle.times) expect([text, readTime(text, "iso-8601")]).toEqual([text, ms])
  })
})
