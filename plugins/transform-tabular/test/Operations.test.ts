/** What is particular to each operation: exact places, refusals that name the feature, edges of ranges. */
import type { SampleShape } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { flatten, minMax, select, standardise } from "../src/index.ts"
import { picture, pixels, row, samples, shape, signal, signals, table, training } from "./cases.ts"
import { opened, refusals, sampleOf } from "./support.ts"

const numbers = async (subject: Parameters<typeof opened>[0], sample = subject.samples[0] ?? row("none")) => {
  const { payload } = await opened(subject).apply(sample)
  return "tabular" in payload ? payload.tabular : []
}

describe("flatten", () => {
  const subject = { transform: flatten, options: { range: "declared" }, shape: pixels, samples: [picture("a", [1, 2, 3, 4, 5, 6, 7, 8])] }

  it("keeps every pixel and names it by row, column and channel", async () => {
    expect(await numbers(subject)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    const after = opened(subject).shape()
    expect(after.ok && after.value).toMatchObject({
      features: ["y0x0c0", "y0x0c1", "y0x1c0", "y0x1c1", "y1x0c0", "y1x0c1", "y1x1c0", "y1x1c1"].map((name) => ({ name, min: 0, max: 255 }))
    })
  })
  it("keeps every point of a signal and names it by time and channel", async () => {
    const of = { ...subject, shape: signals, samples: [signal("a", [1, 2, 3, 4, 5, 6])] }
    expect(await numbers(of)).toEqual([1, 2, 3, 4, 5, 6])
    const after = opened(of).shape()
    expect(after.ok && after.value).toMatchObject({
      features: [
        { name: "t0.left", min: -1, max: 1 },
        { name: "t0.right", min: 0, max: 9 },
        { name: "t1.left" },
        { name: "t1.right" },
        { name: "t2.left" },
        { name: "t2.right" }
      ]
    })
  })
  it("leaves target and frame as they are and says that it is a table", async () => {
    const [sample] = subject.samples
    const { payload: _, ...rest } = await opened(subject).apply(sample ?? row("none"))
    const { payload: __, ...before } = sample ?? row("none")
    expect(rest).toEqual({ ...before, modality: "tabular" })
  })
  it("refuses samples of several sizes, encoded files and an unknown range, telling what to do", () => {
    const of = (over: object, options: unknown = { range: "declared" }) =>
      refusals({ ...subject, options, shape: { ...pixels, ...over } as SampleShape })
    expect(of({ width: [2, 3], channels: [1, 3] })).toEqual([
      ": flatten needs samples of one width: put image-resize or image-crop before it",
      ": flatten needs samples of one number of channels: put image-decode before it"
    ])
    expect(of({ values: "encoded" })).toEqual([": flatten takes pixels: put image-decode before it"])
    expect(of({ values: "float" })).toEqual(["range: the shape of a picture of numbers does not say their range"])
    expect(of({ width: [300, 300], height: [300, 300] })).toEqual([": flatten would give too many features"])
    expect(refusals({ ...subject, shape: { ...signals, length: [2, 3] } as SampleShape })).toEqual([
      ": flatten needs samples of one length: put series-window or series-resample before it"
    ])
    expect(refusals({ ...subject, shape: { kind: "text", length: [1, 2] } })).toEqual([": flatten takes pictures and signals"])
  })
  it("refuses a sample of another size and a number outside of the range, by name", async () => {
    const small = picture("small", [1, 2, 3, 4])
    expect(await opened(subject).fault(small)).toMatchObject({ code: "flatten/SAMPLE", sample_id: "small" })
    const float = {
      ...subject,
      options: { range: [0, 1] },
      shape: { ...pixels, values: "float" } as SampleShape,
      samples: [picture("a", [0, 0, 0, 0, 0, 0, 0, 1], true)]
    }
    expect(await opened(float).fault(picture("b", [0, 0, 0, 0, 0, 0, 1.5, 0], true))).toMatchObject({
      code: "flatten/RANGE",
      sample_id: "b",
      actual: "1.5"
    })
  })
})

describe("standardise", () => {
  const subject = { transform: standardise, options: { constant: "zero" }, shape, training, samples }

  it("gives what it learnt from a mean of 0 and a variance of 1", async () => {
    const { apply } = opened(subject)
    const rows = await Promise.all(training.map(async (each) => (await apply(each)).payload))
    for (const feature of [0, 1]) {
      const values = rows.map((payload) => ("tabular" in payload ? (payload.tabular[feature] ?? Number.NaN) : Number.NaN))
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12)
      expect(values.reduce((sum, value) => sum + value * value, 0) / values.length).toBeCloseTo(1, 12)
    }
    expect(opened(subject).fitted).toMatchObject({ samples: 4, mean: [4.875, expect.anything(), 7] })
  })
  it("learns the same bits from every order of the samples", () => {
    expect(opened({ ...subject, training: [...training].reverse() }).fitted).toEqual(opened(subject).fitted)
  })
  it("refuses a feature with one value, or makes it 0 even where it has another value later", async () => {
    expect(refusals({ ...subject, options: { constant: "refuse" } })).toEqual(['constant: feature "same" has one value in 4 samples'])
    expect((await numbers(subject, row("later", 1, 1, 8)))[2]).toBe(0)
  })
  it("refuses nothing, broken samples and numbers beyond a mean, each by name", async () => {
    expect(refusals({ ...subject, training: [] })).toEqual([": there is nothing to learn from"])
    expect(refusals({ ...subject, training: [row("short", 1)] })).toEqual([": sample short is no row of this table"])
    expect(refusals({ ...subject, training: [row("large", 1e200, 1, 1), row("larger", 2e200, 1, 1)] })[0]).toContain(
      'feature "length" is too large'
    )
    expect(await opened(subject).fault(row("gap", 1, Number.NaN, 3))).toMatchObject({
      code: "standardise/SAMPLE",
      sample_id: "gap",
      expected: 'a finite number for feature "width"'
    })
  })
})

describe("min-max", () => {
  const options = { range: [-1, 1], out_of_range: "clip", constant: "low" }
  const subject = { transform: minMax, options, shape, training, samples }

  it("reaches both ends exactly", async () => {
    expect(await numbers(subject, row("low", 1, -0.25, 7))).toEqual([-1, -1, -1])
    expect(await numbers(subject, row("high", 9, 2.5, 7))).toEqual([1, 1, -1])
    // −2 + (−0.3 + 2) is −0.30000000000000004 in doubles
    const falling = { ...subject, options: { ...options, range: [-2, -0.3] } }
    expect(await numbers(falling, row("high", 9, 2.5, 7))).toEqual([-0.3, -0.3, -2])
    const rising = { ...subject, options: { ...options, range: [-2, -0.6] } }
    expect(await numbers(rising, row("high", 9, 2.5, 7))).toEqual([-0.6, -0.6, -2])
  })
  it("clips, keeps or refuses what lies outside of what was learnt", async () => {
    const far = row("far", 17, 0.1, 7)
    expect((await numbers(subject, far))[0]).toBe(1)
    expect((await numbers({ ...subject, options: { ...options, out_of_range: "keep" } }, far))[0]).toBe(3)
    expect(await opened({ ...subject, options: { ...options, out_of_range: "refuse" } }).fault(far)).toMatchObject({
      code: "min-max/RANGE",
      sample_id: "far",
      message: 'feature "length" is outside of what was learnt',
      expected: "1 to 9",
      actual: "17"
    })
  })
  it("refuses a range that falls, a feature with one value, nothing, and a span beyond doubles", () => {
    expect(minMax.decodeOptions({ ...options, range: [1, 1] })).toMatchObject({ ok: false, mistakes: [{ path: ["range"] }] })
    expect(refusals({ ...subject, options: { ...options, constant: "refuse" } })).toEqual(['constant: feature "same" has one value'])
    expect(refusals({ ...subject, training: [] })).toEqual([": there is nothing to learn from"])
    expect(refusals({ ...subject, training: [row("a", -1.7e308, 0, 7), row("b", 1.7e308, 1, 7)] })[0]).toContain(
      "spans more than a double holds"
    )
  })
})

describe("select", () => {
  const subject = { transform: select, options: { features: ["same", "length"] }, shape, samples }

  it("keeps the named features, in the order of the names", async () => {
    expect(await numbers(subject)).toEqual([7, 0])
    expect(opened(subject).shape()).toEqual({ ok: true, value: table(["same", 7, 7], ["length", 0, 10]) })
  })
  it("refuses every name that is not there, with the nearest one", () => {
    expect(refusals({ ...subject, options: { features: ["lenght", "same", "height"] } })).toEqual([
      "features.0: is no feature of the samples",
      "features.2: is no feature of the samples"
    ])
    const after = select.shape({ options: { features: ["lenght"] }, shape, fitted: undefined })
    expect(after).toMatchObject({ ok: false, mistakes: [{ suggestion: "length" }] })
  })
  it("refuses a name that two features have, and anything but tables", () => {
    expect(refusals({ ...subject, options: { features: ["x"] }, shape: table(["x", 0, 1], ["x", 0, 1]) })).toEqual([
      "features.0: names 2 features of the samples"
    ])
    expect(refusals({ ...subject, shape: pixels })).toEqual([": select takes tables: flatten the samples before it"])
    expect(refusals({ ...subject, shape: table() })).toEqual([": select takes tables"])
  })
  it("refuses a sample that is no row", async () => {
    expect(await opened(subject).fault(sampleOf("text", { payload: { text: "a" } }))).toMatchObject({
      code: "select/SAMPLE",
      actual: "text"
    })
  })
})
