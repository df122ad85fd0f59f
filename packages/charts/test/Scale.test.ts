import { describe, expect, it } from "vitest"
import { formatShare, formatValue, log10 } from "../src/Format.ts"
import { type Interval, linearTicks, logTicks, makeScale, niceInterval } from "../src/Scale.ts"

const labels = (ticks: ReadonlyArray<{ readonly label: string }>) => ticks.map(({ label }) => label).join(" ")

describe("linearTicks()", () => {
  const cases: ReadonlyArray<readonly [Interval, string]> = [
    [[0, 1], "0 0.2 0.4 0.6 0.8 1.0"],
    [[0, 20], "0 5 10 15 20"],
    [[-12, 10.7], "-10 -5 0 5 10"],
    [[0.1, 0.35], "0.10 0.15 0.20 0.25 0.30 0.35"],
    [[0, 1e6], "0 0.2M 0.4M 0.6M 0.8M 1.0M"],
    [[0, 50_000], "0 10k 20k 30k 40k 50k"],
    [[999.5, 1000.5], "999.6 999.8 1000.0 1000.2 1000.4"],
    [[0, 3e-7], "0 5e-8 1e-7 1.5e-7 2e-7 2.5e-7 3e-7"],
    [[5, 5], "4.6 4.8 5.0 5.2 5.4"],
    [[0, 0], "-1.0 -0.5 0 0.5 1.0"],
    [[-1e300, 1e300], "-1e300 -5e299 0 5e299 1e300"]
  ]
  for (const [interval, expected] of cases) {
    it(`between ${interval[0]} and ${interval[1]} are ${expected}`, () => expect(labels(linearTicks(interval, 6))).toBe(expected))
  }

  it("are exact decimals", () => {
    expect(linearTicks([0, 1], 10).map(({ value }) => value)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
  })

  it("come to an end where doubles are coarser than the step", () => {
    expect(linearTicks([1e16, 1e16 + 4], 6).length).toBeLessThan(30)
  })
})

describe("logTicks()", () => {
  const cases: ReadonlyArray<readonly [Interval, string]> = [
    [[1, 1000], "1 10 100 1000"],
    [[0.0005, 0.5], "0.001 0.01 0.1"],
    [[1, 50], "1 2 5 10 20 50"],
    [[1e-12, 1e6], "1e-12 1e-9 1e-6 0.001 1 1000 1M"],
    [[3, 4], "3.0 3.2 3.4 3.6 3.8 4.0"]
  ]
  for (const [interval, expected] of cases) {
    it(`between ${interval[0]} and ${interval[1]} are ${expected}`, () => expect(labels(logTicks(interval, 6))).toBe(expected))
  }
})

describe("makeScale()", () => {
  it("maps the ends of the domain to the ends of the range", () => {
    for (const scale of ["linear", "log"] as const) {
      const { at } = makeScale({ scale, domain: [1, 100], range: [300, 0], target: 5, nice: false })
      expect([at(1), at(100)]).toEqual([300, 0])
    }
    expect(makeScale({ scale: "log", domain: [1, 100], range: [0, 300], target: 5, nice: false }).at(10)).toBe(150)
  })

  it("grows a nice domain to round numbers", () => {
    expect(niceInterval([0.03, 0.97], 5)).toEqual([0, 1])
    expect(makeScale({ scale: "log", domain: [0.0005, 0.5], range: [0, 1], target: 5, nice: true }).domain).toEqual([0.0001, 1])
    expect(makeScale({ scale: "log", domain: [3, 30], range: [0, 1], target: 5, nice: true }).domain).toEqual([2, 50])
  })
})

describe("numbers as text", () => {
  it("log10() agrees with the platform to 1e-14 and is exact at powers of ten", () => {
    for (let exponent = -300; exponent <= 300; exponent++) expect(log10(Number(`1e${exponent}`))).toBe(exponent)
    for (let value = 1.01; value < 10; value += 0.07) expect(Math.abs(log10(value) - Math.log10(value))).toBeLessThan(1e-14)
  })

  it("formatValue() keeps whole numbers and four significant digits", () => {
    const written = [0, -0, 1, -12, 123456, 0.5, 0.123456, 1234.5678, 99999.96, 0.00001234, 1.5e12, 1e300, 0.99999].map((value) =>
      formatValue(value)
    )
    expect(written).toEqual(["0", "0", "1", "-12", "123456", "0.5", "0.1235", "1235", "100000", "1.234e-5", "1500000000000", "1e300", "1"])
  })

  it("formatShare() never rounds to none or all", () => {
    expect([0, 0.001, 0.5, 0.999, 1].map(formatShare)).toEqual(["0 %", "<1 %", "50 %", ">99 %", "100 %"])
  })
})
