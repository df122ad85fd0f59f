import { describe, expect, it } from "vitest"
import { areaId, driverId, namedId, showArea } from "../src/CorticalId.ts"
import { boolean, miscClass, percentage } from "../src/index.ts"
import { decodePercentageOptions, type PercentageOptions } from "../src/PercentageOptions.ts"
import { tile } from "../src/Tiling.ts"
import { classes, encoderOptions, fitOf, mistakesOf, must, sampleOf, shape, training } from "./support.ts"

const fitted = must(fitOf(percentage, encoderOptions, shape, training))
const encode = (options: PercentageOptions, row: ReadonlyArray<number>) =>
  percentage.values(options, { shape, fitted }, sampleOf("probe", row))
const withScheme = (scheme: Readonly<Record<string, unknown>>) => ({ ...encoderOptions, scheme: { ...encoderOptions.scheme, ...scheme } })

describe("cortical ids", () => {
  it("have the bytes of FEAGI's own ids", () => {
    expect(areaId("iinf", "Percentage", 0)).toBe("aWluZgEAAAA=")
    expect(areaId("iinf", "Percentage", 258, "Fractional")).toBe(Buffer.from([105, 105, 110, 102, 1, 2, 2, 1]).toString("base64"))
    expect(areaId("omis", "MiscData", 0)).toBe(Buffer.from([111, 109, 105, 115, 10, 0, 0, 0]).toString("base64"))
    expect(namedId("___power")).toBe("X19fcG93ZXI=")
    expect(driverId(1)).toBe(Buffer.from([103, 95, 95, 95, 1, 0, 0, 0]).toString("base64"))
  })

  it("are shown as people name them", () => {
    expect(showArea(areaId("iinf", "Percentage", 3, "Fractional"))).toBe("iinf/3 Percentage Fractional")
    expect(showArea(areaId("omis", "MiscData", 0))).toBe("omis/0 MiscData")
    expect(showArea(namedId("___power"))).toBe("___power")
    expect(showArea(driverId(2))).toBe("g___#2")
  })
})

describe("encoder percentage", () => {
  it("learns the range of each feature from the training samples", () => {
    expect(fitted).toEqual({
      ranges: [
        [0, 10],
        [-1, 1]
      ]
    })
  })

  it("puts a value where it lies in its range", () => {
    expect(must(encode(encoderOptions, [2.5, 0]))).toEqual([0.25, 0.5])
  })

  it("clips or refuses what lies outside, as the options say", () => {
    expect(must(encode(encoderOptions, [-3, 7]))).toEqual([0, 1])
    const refused = mistakesOf(encode({ ...encoderOptions, out_of_range: "refuse" }, [-3, 7]))
    expect(refused.map(({ message, expected, actual }) => [message.split(" is ")[0], expected, actual])).toEqual([
      ['feature "length"', "0 to 10", "-3"],
      ['feature "width"', "-1 to 1", "7"]
    ])
  })

  it("refuses a value that is no number, with feature and sample", () => {
    expect(mistakesOf(encode(encoderOptions, [Number.NaN, 0]))).toMatchObject([
      { message: 'feature "length" is no finite number in sample probe', actual: "NaN" }
    ])
    const nan = fitOf(percentage, encoderOptions, shape, [sampleOf("bad", [1, Number.NaN])])
    expect(mistakesOf(nan)).toMatchObject([{ message: 'feature "width" is no finite number in sample bad' }])
  })

  it("refuses a row of another length", () => {
    expect(mistakesOf(encode(encoderOptions, [1, 2, 3]))).toMatchObject([{ expected: "2", actual: "3" }])
  })

  it("names a constant feature and the two ways out, or keeps it as the low end", () => {
    const constant = [sampleOf("a", [5, 1]), sampleOf("b", [5, 2])]
    const [mistake] = mistakesOf(fitOf(percentage, encoderOptions, shape, constant))
    expect(mistake?.message).toContain('feature "length" is 5 in all training samples')
    expect(mistake?.message).toContain("ignore the column")
    expect(mistake?.message).toContain('constant_feature = "keep"')
    const keep = { ...encoderOptions, constant_feature: "keep" as const }
    const kept = { shape, fitted: must(fitOf(percentage, keep, shape, constant)) }
    expect([4, 5, 6].map((value) => must(percentage.values(keep, kept, sampleOf("c", [value, 1])))[0])).toEqual([0, 0, 1])
  })

  it("takes ranges as they are written, one for each feature", () => {
    const written = {
      ...encoderOptions,
      range: [
        [0, 1],
        [0, 2]
      ] as const
    }
    expect(must(fitOf(percentage, written, shape, []))).toEqual({
      ranges: [
        [0, 1],
        [0, 2]
      ]
    })
    expect(mistakesOf(fitOf(percentage, { ...encoderOptions, range: [[0, 1]] }, shape, []))).toMatchObject([
      { path: ["range"], expected: "2 ranges, one for each of length, width", actual: "1" }
    ])
  })

  it("refuses to learn a range from nothing", () => {
    expect(mistakesOf(fitOf(percentage, encoderOptions, shape, []))).toMatchObject([{ path: ["range"] }])
  })

  it("refuses samples that are no tables", () => {
    const custom = { kind: "custom", type: "x#y", detail: null } as const
    expect(mistakesOf(fitOf(percentage, encoderOptions, custom, []))).toMatchObject([
      { expected: "tabular samples", actual: "custom samples" }
    ])
  })

  it.each(["rate", "temporal", "value"])("knows the scheme %s and says that FEAGI has only the other", (scheme) => {
    const mistakes = mistakesOf(decodePercentageOptions(withScheme({ scheme })))
    expect(mistakes).toEqual([
      {
        path: ["scheme", "scheme"],
        problem: "invalid",
        message: `encoding scheme "${scheme}" is not available in FEAGI core; available: population_single_spike`
      }
    ])
  })

  it("reports every other mistake beside an unavailable scheme", () => {
    const { group: _group, ...rest } = withScheme({ scheme: "rate", bins: 1 })
    expect(mistakesOf(decodePercentageOptions({ ...rest, clip: true })).map(({ path }) => path.join("."))).toEqual(
      expect.arrayContaining(["scheme.scheme", "scheme.bins", "group", "clip"])
    )
  })

  it("says which code it is", () => {
    expect(percentage.identity(encoderOptions)).toEqual({ scheme: "population_single_spike", version: "1", bins: 4, spacing: "linear" })
  })

  it("selects one channel for each feature and tiling", () => {
    const tiled = must(decodePercentageOptions(withScheme({ tilings: 3 })))
    const [selection] = must(percentage.select(tiled, { shape, fitted }))
    expect(selection).toMatchObject({
      channels: 6,
      channel_dimensions: [1, 1, 4],
      binding: { properties: { layout: { channels_per_feature: 3 } } }
    })
    expect(must(encode(tiled, [0, 1]))).toEqual([...tile(0, 4, 3), ...tile(1, 4, 3)])
  })

  it("cannot shift binary digits", () => {
    expect(mistakesOf(decodePercentageOptions(withScheme({ spacing: "fractional", tilings: 2 })))).toMatchObject([
      { path: ["scheme"], expected: expect.stringContaining("tilings = 1") }
    ])
    expect(decodePercentageOptions(withScheme({ spacing: "fractional" })).ok).toBe(true)
  })
})

describe("tilings", () => {
  const grid = Array.from({ length: 101 }, (_, i) => i / 100)
  const settings = [1, 2, 3, 4, 16].flatMap((tilings) => [2, 5, 10].map((bins) => [bins, tilings] as const))

  it.each(settings)("of %d bins, %d times, stay in [0, 1] and grow with the value", (bins, tilings) => {
    for (let t = 0; t < tilings; t++) {
      const values = grid.map((value) => tile(value, bins, tilings)[t] ?? Number.NaN)
      expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...values)).toBeLessThanOrEqual(1)
      for (const [i, value] of values.entries()) if (i > 0) expect(value).toBeGreaterThan(values[i - 1] ?? Number.NaN)
    }
  })

  it("leave a single tiling as it is and shift several by equal shares of a bin", () => {
    expect(tile(0.3, 5, 1)).toEqual([0.3])
    const [first = 0, second = 0] = tile(0.3, 5, 2)
    expect((second - first) * 5).toBeCloseTo(0.5, 12)
  })
})

describe("encoder boolean", () => {
  const options = { area: "idgp", first_group: 2 } as const
  const context = { shape, fitted: must(fitOf(boolean, options, shape, [])) }

  it("gives every feature a unit of its own", () => {
    const selections = must(boolean.select(options, context))
    expect(selections.map(({ binding }) => showArea(binding.cortical_area_id))).toEqual(["idgp/2 Boolean", "idgp/3 Boolean"])
    expect(selections.map(({ channels }) => channels)).toEqual([1, 1])
  })

  it("takes 0 and 1 and nothing else", () => {
    expect(must(boolean.values(options, context, sampleOf("a", [0, 1])))).toEqual([0, 1])
    expect(mistakesOf(boolean.values(options, context, sampleOf("a", [0.5, 2])))).toMatchObject([
      { message: 'feature "length" is no truth value in sample a', expected: "0 or 1", actual: "0.5" },
      { message: 'feature "width" is no truth value in sample a', expected: "0 or 1", actual: "2" }
    ])
  })

  it("refuses groups beyond the last", () => {
    expect(mistakesOf(fitOf(boolean, { area: "idgp", first_group: 65_535 } as const, shape, []))).toMatchObject([
      { expected: "at most 65534" }
    ])
  })
})

describe("decoder misc-class", () => {
  const options = { area: "omis", group: 0 } as const
  const context = { shape, output_type: "class", classes } as const
  const read = (value: ReadonlyArray<number>, silent = false) => miscClass.read(options, context, [{ silent, value }])

  it("answers with the class of the largest score", () => {
    expect(read([0.1, 0.3, 0.2])).toEqual({ answer: { class: { class_id: 1, scores: [0.1, 0.3, 0.2] } }, scores: [0.1, 0.3, 0.2] })
  })

  it("lets the lower class index win a tie", () => {
    expect(read([0.1, 0.3, 0.3])).toMatchObject({ answer: { class: { class_id: 1 } } })
    expect(read([0.3, 0.3, 0.3])).toMatchObject({ answer: { class: { class_id: 0 } } })
  })

  it("abstains on silence and on nothing but zeros, without scores", () => {
    const abstention = { answer: { abstain: { reason: "silent" } } }
    expect(read([0.1, 0.2, 0.3], true)).toEqual(abstention)
    expect(read([0, 0, 0])).toEqual(abstention)
    expect(miscClass.read(options, context, [])).toEqual(abstention)
  })

  it("finds a negative winner", () => {
    expect(read([-0.5, -0.1, -0.3])).toMatchObject({ answer: { class: { class_id: 1 } } })
  })

  it("reads what it writes", () => {
    for (const { class_id } of classes) {
      const [value] = must(miscClass.write(options, context, { class: { class_id, label: null } }))
      expect(read(value as ReadonlyArray<number>)).toMatchObject({ answer: { class: { class_id } } })
    }
  })

  it("refuses targets that are no class of the dataset", () => {
    expect(mistakesOf(miscClass.write(options, context, { scalar: 1 }))).toMatchObject([{ expected: "a class", actual: "scalar" }])
    expect(mistakesOf(miscClass.write(options, context, { class: { class_id: 3, label: null } }))).toMatchObject([
      { expected: "0 to 2", actual: "3" }
    ])
  })

  it("refuses other output types, too few classes and gaps between class ids, all at once", () => {
    const mistakes = mistakesOf(miscClass.select(options, { shape, output_type: "scalar", classes: [{ class_id: 4, label: "only" }] }))
    expect(mistakes.map(({ expected }) => expected)).toEqual(["output type class", "2 to 1024 classes", "class ids 0, 1, 2, … in order"])
  })
})
