import { describe, expect, it } from "vitest"
import {
  aligned,
  extent,
  type Line,
  panned,
  positive,
  readWindow,
  rowsOf,
  smoothed,
  spoken,
  spread,
  tickText,
  writeWindow,
  zoomed
} from "../src/plot/lines.ts"

const line = (name: string, x: ReadonlyArray<number>, y: ReadonlyArray<number | null>): Line => ({
  name,
  title: name,
  x,
  y,
  colour: "--c0"
})

describe("smoothing", () => {
  it("is the line itself without weight", () => expect(smoothed([1, null, 3], 0)).toEqual([1, null, 3]))

  it("keeps a constant, from its first value on", () =>
    expect(smoothed([2, 2, 2, 2], 0.9).map((y) => y?.toFixed(9))).toEqual(Array(4).fill("2.000000000")))

  it("is the mean of what came before, with falling weights", () => {
    // 0.5: weights 1, then 1/3 and 2/3, then 1/7, 2/7 and 4/7.
    expect(smoothed([0, 3, 7], 0.5)).toEqual([0, 2, 34 / 7])
  })

  it("keeps a gap and does not count it", () => expect(smoothed([0, null, 3], 0.5)).toEqual([0, null, 2]))
})

describe("lines over one x", () => {
  it("say nothing where another line has a point, and null where they have a gap", () => {
    expect(aligned([line("a", [1, 2, 3], [10, null, 30]), line("b", [2, 4], [5, 6])])).toEqual({
      x: [1, 2, 3, 4],
      y: [
        [10, null, 30, undefined],
        [undefined, 5, undefined, 6]
      ]
    })
  })

  it("keep every point of an x that comes several times", () => {
    expect(aligned([line("a", [1, 1, 2], [0, 9, 3]), line("b", [1, 2], [5, 6])])).toEqual({
      x: [1, 1, 2],
      y: [
        [0, 9, 3],
        [5, undefined, 6]
      ]
    })
  })

  it("have a gap where a value is no number", () => expect(aligned([line("a", [1], [Number.NaN])]).y).toEqual([[null]]))

  it("are nothing without a point", () => expect(aligned([line("a", [], [])])).toEqual({ x: [], y: [[]] }))

  it("are a table with a row for every x", () => {
    expect(rowsOf("step", [line("a", [1, 2], [3, null]), line("b", [2], [4])])).toEqual({
      columns: ["step", "a", "b"],
      rows: [
        [1, 3, ""],
        [2, null, 4]
      ]
    })
  })
})

it("a logarithmic axis leaves out what is not above zero, and counts it", () => {
  expect(positive([1, 0, -2, null, 4])).toEqual({ y: [1, null, null, null, 4], left: 2 })
})

describe("a window", () => {
  const all = [0, 100] as const

  it("is halved and doubled around a place, and is gone once it holds everything", () => {
    expect(zoomed(all, all, 0.5)).toEqual([25, 75])
    expect(zoomed(all, all, 0.5, 10)).toEqual([5, 55])
    expect(zoomed([25, 75], all, 2)).toBe(null)
    expect(zoomed([90, 100], all, 2)).toEqual([85, 100])
  })

  it("is moved by a share of its width, no further than the ends", () => {
    expect(panned([20, 40], all, 0.25)).toEqual([25, 45])
    expect(panned([90, 100], all, 0.5)).toEqual([90, 100])
    expect(panned([2, 12], all, -0.5)).toEqual([0, 10])
  })

  it("stands in the address", () => {
    expect(writeWindow([1.5, 480])).toBe("1.5..480")
    expect(readWindow("1.5..480")).toEqual([1.5, 480])
    for (const text of ["", "1", "..5", "5..1", "1..2..3", "a..b", "1..Infinity"]) expect(readWindow(text)).toBe(null)
    expect(writeWindow(null)).toBe(null)
  })

  it("reaches from the first point to the last of all lines", () => {
    expect(extent([line("a", [3, 9], [0, 0]), line("b", [1], [0])])).toEqual([1, 9])
    expect(extent([line("a", [], [])])).toBe(null)
  })
})

it("a line is said in a sentence, with as many values as it had before it was thinned", () => {
  expect(spoken({ title: "loss", y: [3, null, 1], points: 9000 })).toBe("loss: 9\u202f000 values from 1 to 3, the last 1.")
  expect(spoken({ title: "loss", y: [0.5] })).toBe("loss: one value, 0.5000.")
  expect(spoken({ title: "loss", y: [null] })).toBe("loss: no value yet.")
})

it("a tick has no digit that says nothing", () => {
  expect([7.5, 12.5, 0.9, 0.975, 1000, 0, 1e-6, 2.5e7].map(tickText)).toEqual([
    "7.5",
    "12.5",
    "0.9",
    "0.975",
    "1\u202f000",
    "0",
    "1.0e-6",
    "25\u202f000\u202f000"
  ])
})

describe("a level", () => {
  const score: Line = { name: "metric/test/accuracy", title: "test", x: [30], y: [0.9], colour: "--c1", level: true }
  it("is drawn from end to end, and its numbers stay where they were", () => {
    expect(spread(score, [90, 900])).toMatchObject({ x: [90, 900], y: [0.9, 0.9] })
    expect(spread(score, null)).toBe(score)
    expect(spread({ ...score, level: false }, [90, 900]).x).toEqual([30])
    expect(rowsOf("sample", [score]).rows).toEqual([[30, 0.9]])
  })
})
