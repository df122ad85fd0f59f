/** The transform against NumPy's, and the energy of what it shows. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { decibels, energyDrift, fft, inverseFft, powerSpectrum } from "../src/index.ts"

interface Golden {
  readonly complex: ReadonlyArray<Record<"re" | "im" | "Re" | "Im", ReadonlyArray<number>> & { readonly n: number }>
  readonly real: ReadonlyArray<Record<"x" | "frequency" | "power", ReadonlyArray<number>> & { readonly n: number }>
}
const golden = JSON.parse(readFileSync(new URL("./golden/fft.json", import.meta.url), "utf8")) as Golden

const furthest = (found: ArrayLike<number>, wanted: ReadonlyArray<number>): number => {
  expect(found.length).toBe(wanted.length)
  return wanted.reduce((most, value, at) => Math.max(most, Math.abs(value - (found[at] ?? Number.NaN))), 0)
}
const largest = (values: ReadonlyArray<number>): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

describe("fft()", () => {
  it.each(golden.complex)("is NumPy's to 1e-12 at length $n", ({ re, im, Re, Im }) => {
    const found = fft({ re: Float64Array.from(re), im: Float64Array.from(im) })
    const scale = Math.max(1, largest(Re), largest(Im))
    expect(furthest(found.re, Re) / scale).toBeLessThan(1e-12)
    expect(furthest(found.im, Im) / scale).toBeLessThan(1e-12)
  })

  it.each(golden.complex)("is undone by its inverse at length $n", ({ re, im }) => {
    const back = inverseFft(fft({ re: Float64Array.from(re), im: Float64Array.from(im) }))
    expect(furthest(back.re, re)).toBeLessThan(1e-13)
    expect(furthest(back.im, im)).toBeLessThan(1e-13)
  })

  it("is nothing of nothing, and refuses parts of different length", () => {
    expect(fft({ re: new Float64Array(0), im: new Float64Array(0) }).re).toHaveLength(0)
    expect(() => fft({ re: new Float64Array(2), im: new Float64Array(3) })).toThrow("not 2 and 3")
  })
})

describe("powerSpectrum()", () => {
  it.each(golden.real)("is NumPy's to 1e-12 at length $n, with its frequencies", ({ x, frequency, power }) => {
    const lines = powerSpectrum(x, { rate: 50, detrend: false })
    const scale = Math.max(1, largest(power))
    expect(
      furthest(
        lines.map((line) => line.frequency),
        frequency
      )
    ).toBeLessThan(1e-12)
    expect(
      furthest(
        lines.map((line) => line.power),
        power
      ) / scale
    ).toBeLessThan(1e-12)
  })

  it.each(golden.real)("keeps the energy of its samples at length $n (Parseval)", ({ x }) => {
    for (const detrend of [false, true]) {
      const drift = energyDrift(x, powerSpectrum(x, { rate: 1, detrend }), { detrend })
      // One sample without its mean is silence.
      if (detrend && x.length === 1) expect(drift).toBe(0)
      else expect(Math.abs(drift ?? Number.NaN)).toBeLessThan(1e-10)
    }
  })

  it("finds a tone where it is", () => {
    const tone = Array.from({ length: 100 }, (_, at) => Math.sin((2 * Math.PI * 7 * at) / 100))
    const lines = powerSpectrum(tone, { rate: 100, detrend: true })
    expect(lines[7]?.frequency).toBe(7)
    expect(lines[7]?.power).toBeCloseTo(0.5, 12)
    expect(lines.filter(({ power }) => power > 1e-20)).toHaveLength(1)
  })

  it("refuses to speak of no samples", () => {
    expect(() => powerSpectrum([], { rate: 1, detrend: false })).toThrow("at least one sample")
  })
})

describe("energyDrift()", () => {
  it("sees half of the energy missing as 3 dB", () => {
    const lines = powerSpectrum([3, -1, 4, -1, -5, 9], { rate: 1, detrend: false })
    const halved = lines.map((line) => ({ ...line, power: line.power / 2 }))
    expect(energyDrift([3, -1, 4, -1, -5, 9], halved, { detrend: false })).toBeCloseTo(-3.0103, 4)
  })

  it("has no number for a silence that became a sound", () => {
    expect(energyDrift([0, 0], [{ frequency: 0, power: 1 }], { detrend: false })).toBeUndefined()
    expect(energyDrift([0, 0], powerSpectrum([0, 0], { rate: 1, detrend: true }), { detrend: true })).toBe(0)
    expect(decibels(0, 1)).toBeUndefined()
  })
})
