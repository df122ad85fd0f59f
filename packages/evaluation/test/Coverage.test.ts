/** Whether 95 % means 95 %: the tables of the documents, held to their bounds, and a few of their cells measured again. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { coverageOfMean, coverageOfShare, draws, meanMethods, percent, shareMethods } from "./coverage/Coverage.ts"
import { measured, page } from "./coverage/Tables.ts"

const isFull = process.env.FEAGI_TRAINER_TEST_FULL === "1"
const text = readFileSync(page, "utf8")

/** The rows of a table between its marks, without its head. */
const rowsOf = (name: string): ReadonlyArray<ReadonlyArray<string>> =>
  text
    .slice(text.indexOf(`<!-- ${name}: begin -->`), text.indexOf(`<!-- ${name}: end -->`))
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim())
    )

const ofShares = rowsOf("coverage of shares")
const ofMeans = rowsOf("coverage of means")
const number = (cell: string | undefined): number => Number((cell ?? "").split(" ")[0])
const exact = (cell: string | undefined): number => Number(/\(([0-9.]+) %\)/.exec(cell ?? "")?.[1])

describe("an interval of 95 %", () => {
  it("of a share holds it 93 to 97 times of 100 from 200 samples on, by Wilson, BCa and percentile", () => {
    const large = ofShares.filter(([n]) => Number(n) >= 200)
    expect(large).toHaveLength(15)
    expect(shareMethods).toEqual(["wilson", "bca", "percentile", "t"])
    for (const [n, p, ...cells] of large)
      for (const [index, cell] of cells.slice(0, 3).entries())
        for (const share of [number(cell), exact(cell)]) {
          expect(share, `${shareMethods[index]} at n = ${n}, p = ${p}`).toBeGreaterThanOrEqual(93)
          expect(share, `${shareMethods[index]} at n = ${n}, p = ${p}`).toBeLessThanOrEqual(97)
        }
  })

  it("of a mean by Student's t holds it 93 to 97 times of 100 for normal values of any number, and from 200 on for skewed ones", () => {
    const rows = ofMeans.filter(([shape, n]) => shape === "normal" || Number(n) >= 200)
    expect(rows).toHaveLength(7)
    expect(meanMethods[0]).toBe("t")
    for (const [shape, n, cell] of rows) {
      expect(number(cell), `${shape}, n = ${n}`).toBeGreaterThanOrEqual(93)
      expect(number(cell), `${shape}, n = ${n}`).toBeLessThanOrEqual(97)
    }
  })

  it("was found by as many draws as its simulation says: none is further from the exact share than chance explains", () => {
    const cells = ofShares.flatMap((row) => row.slice(2))
    expect(cells).toHaveLength(160)
    for (const cell of cells) {
      const truth = exact(cell) / 100
      // Four standard errors, and half of the last digit.
      expect(Math.abs(number(cell) / 100 - truth), cell).toBeLessThan(4 * Math.sqrt((truth * (1 - truth)) / draws) + 0.0011)
    }
  })

  it.each([
    [10, 30],
    [50, 90],
    [200, 10]
  ])("of %i samples with a true share of %i %% is what the table says, measured again", (n, share) => {
    const row = ofShares.find(([size, p]) => Number(size) === n && Number(p) === share / 100)
    const cells = coverageOfShare(n, share, shareMethods).map((each) => `${percent(each.simulated)} (${percent(each.exact)})`)
    expect(row?.slice(2)).toEqual(cells)
  })

  it("of a mean of few values is what the table says, measured again", () => {
    for (const [shape, n] of [
      ["normal", 5],
      ["exponential", 10]
    ] as const) {
      const row = ofMeans.find(([kind, size]) => kind === shape && Number(size) === n)
      expect(row?.[2]).toBe(percent(coverageOfMean(n, shape, ["t"])[0] ?? 0))
    }
    const small = ofMeans.find(([kind, size]) => kind === "normal" && size === "3")
    expect(small?.slice(2)).toEqual(coverageOfMean(3, "normal", meanMethods).map(percent))
  })

  it.runIf(isFull)(
    `is what the tables say in every cell, measured again${isFull ? "" : " (skipped: FEAGI_TRAINER_TEST_FULL is not 1)"}`,
    () => {
      expect(measured(text)).toBe(text)
    },
    1_200_000
  )
})
