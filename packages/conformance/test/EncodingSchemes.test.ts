/**
 * The reference of the encoding schemes by hand-made cases and by another way to compute each, and its vectors as they are committed.
 *
 * `vitest run packages/conformance/test/EncodingSchemes.test.ts -u` writes the vectors anew: a change of them is another version of a scheme.
 */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { referenceScheme, type SchemeName, schemeStep, schemeVectors } from "../src/index.ts"

const [rate, temporal, value] = [referenceScheme("rate"), referenceScheme("temporal"), referenceScheme("value")]
const pattern = (bursts: number, potential: (burst: number) => number | null | undefined): string =>
  Array.from({ length: bursts }, (_, burst) => (typeof potential(burst) === "number" ? "x" : ".")).join("")

/** One vector a line. */
const text = (): string => {
  const { format, version, rules, vectors } = schemeVectors()
  const lists = Object.entries(vectors).map(
    ([name, all]) => `    "${name}": [\n${all.map((each) => `      ${JSON.stringify(each)}`).join(",\n")}\n    ]`
  )
  const head = Object.entries(rules).map(([name, rule]) => `    ${JSON.stringify(name)}: ${JSON.stringify(rule)}`)
  return `{\n  "format": "${format}",\n  "version": ${version},\n  "rules": {\n${head.join(",\n")}\n  },\n  "vectors": {\n${lists.join(",\n")}\n  }\n}\n`
}

describe("the vectors", () => {
  it("are those that are committed", async () => {
    expect(JSON.parse(text())).toEqual(schemeVectors())
    await expect(text()).toMatchFileSnapshot("golden/encoding-schemes.json")
  })

  it("have the one that the reference page shows", () => {
    const page = readFileSync(new URL("../../../docs/reference/encoding-schemes.md", import.meta.url), "utf8")
    const shown: unknown = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? "")
    expect(schemeVectors().vectors.rate).toContainEqual(shown)
  })

  it("have values that binary32 holds, with the bits that are written", () => {
    const file = JSON.parse(readFileSync(new URL("golden/encoding-schemes.json", import.meta.url), "utf8")) as ReturnType<
      typeof schemeVectors
    >
    const all = Object.values(file.vectors).flat()
    expect(all.length).toBe(14 * 13)
    for (const { value: number, value_bits } of all) {
      expect(Math.fround(number)).toBe(number)
      const view = new DataView(new ArrayBuffer(4))
      view.setUint32(0, Number.parseInt(value_bits, 16))
      expect(view.getFloat32(0)).toBe(number)
    }
  })

  it("tell arithmetic in binary32 from exact arithmetic, in every scheme", () => {
    const { fround, floor } = Math
    for (const all of Object.values(schemeVectors().vectors)) {
      const wrong = all.filter((each) => floor(fround(fround(each.value * (2 ** each.config.bits - 1)) + 0.5)) !== each.level)
      expect(wrong.length).toBeGreaterThan(1)
    }
  })

  it("show every spike of the windows that they stand for", () => {
    const { vectors } = schemeVectors()
    for (const { config, step, spikes, bursts } of vectors.rate)
      if (bursts === 2 * config.window) expect(spikes.length).toBe(2 * (config.least + step))
    for (const { config, spikes, bursts } of [...vectors.temporal, ...vectors.value])
      expect(spikes.length).toBe(bursts === 2 * config.window ? 2 : 1)
  })
})

describe("a level and a step", () => {
  it("are rounded to the nearest, halves up", () => {
    const config = { window: 5, bits: 2 }
    // Levels 0, 1, 2, 3 stand for 0, 1/3, 2/3, 1; the steps of five bursts are quarters.
    const rows = [0, 0.16, 0.17, 0.49, 0.5, 0.83, 0.84, 1].map((each) => schemeStep("temporal", config, each))
    expect(rows.map(({ level }) => level)).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
    expect(rows.map(({ step }) => step)).toEqual([0, 0, 1, 1, 3, 3, 4, 4])
    expect(rows.map(({ steps }) => steps)).toEqual(rows.map(() => 4))
  })

  it("stay within 32 bits at the largest config there is, and are those of exact arithmetic", () => {
    const config = { window: 32_768, bits: 16, least: 0, most: 32_768 }
    expect(2n * 65_535n * 32_768n + 65_535n).toBe(2n ** 32n - 1n)
    for (let level = 0; level <= 65_535; level += 251) {
      const exact = (2n * BigInt(level) * 32_768n + 65_535n) / (2n * 65_535n)
      expect(schemeStep("rate", config, Math.fround(level / 65_535))).toEqual({ level, step: Number(exact), steps: 32_768 })
    }
  })
})

describe("a rate", () => {
  const eight = { window: 8, bits: 8, least: 0, most: 8 }

  it.each([
    [0, "........"],
    [1, "...x...."],
    [2, ".x...x.."],
    [3, ".x.x..x."],
    [4, "x.x.x.x."],
    [5, "x.xx.x.x"],
    [7, "xxxx.xxx"],
    [8, "xxxxxxxx"]
  ])("spreads %i of 8 spikes evenly", (count, spikes) => {
    expect(pattern(8, (burst) => rate.encode(eight, [count / 8], burst)[0])).toBe(spikes)
  })

  it("is what an accumulator does that begins each window at half", () => {
    for (let window = 1; window <= 20; window++)
      for (let count = 0; count <= window; count++) {
        const config = { window, bits: 16, least: 0, most: window }
        let held = Math.floor(window / 2)
        const fired = pattern(window, () => {
          held += count
          if (held < window) return null
          held -= window
          return 1
        })
        expect(pattern(window, (burst) => rate.encode(config, [count / window], burst)[0])).toBe(fired)
      }
  })

  it("reads silence as 0 where 0 is said by silence, and as nothing where it is not", () => {
    const silence = Array.from({ length: 8 }, () => null)
    expect(rate.decode(eight, silence)).toBe(0)
    expect(rate.decode({ ...eight, least: 1 }, silence)).toBeNull()
  })
})

describe("a time", () => {
  it("is the sooner the larger the value is", () => {
    const config = { window: 5, bits: 8 }
    const spikes = [0, 0.25, 0.5, 0.75, 1].map((each) => pattern(5, (burst) => temporal.encode(config, [each], burst)[0]))
    expect(spikes).toEqual(["....x", "...x.", "..x..", ".x...", "x...."])
    expect(temporal.decode(config, [null, 1, null, null, null])).toBe(0.75)
    expect(temporal.decode(config, [null, 1, null, 1, null])).toBeNull()
  })
})

describe("a value", () => {
  it("is the potential of one spike, above 0 for every value", () => {
    const config = { window: 2, bits: 2 }
    expect([0, 0.4, 0.6, 1].map((each) => value.encode(config, [each], 6)[0])).toEqual([0.25, 0.5, 0.75, 1])
    expect(value.encode(config, [0, 1], 7)).toEqual([null, null])
    expect(value.decode(config, [0.5, null])).toBeCloseTo(1 / 3, 12)
    for (const strange of [0, 0.3, 1.25]) expect(value.decode(config, [strange, null])).toBeNull()
  })

  it("has potentials that binary32 holds", () => {
    for (const potential of schemeVectors().vectors.value.flatMap(({ spikes }) => spikes.map(([, each]) => each)))
      expect(Math.fround(potential)).toBe(potential)
  })
})

describe("a request that is none", () => {
  const refused: ReadonlyArray<readonly [string, () => unknown, string]> = [
    [
      "a config, with all of its faults",
      () => rate.encode({ window: 0, bits: 17, least: 0, most: 1 }, [0], 0),
      "encoding scheme rate: window: expected an integer from 1 to 32768, got 0; bits: expected an integer from 1 to 16, got 17; least: expected an integer from 0 to -1, got 0; most: expected an integer from 1 to 0, got 1"
    ],
    [
      "one burst for a time",
      () => temporal.encode({ window: 1, bits: 8 }, [0], 0),
      "encoding scheme temporal: window: expected an integer from 2 to 32768, got 1"
    ],
    ["what is no number", () => value.encode({ window: 1, bits: 8 }, [Number.NaN], 0), "expected a value from 0 to 1, got NaN"],
    [
      "a burst before the first",
      () => value.encode({ window: 1, bits: 8 }, [0], -1),
      "encoding scheme value: burst: expected an integer from 0 to 9007199254740991, got -1"
    ],
    [
      "half a window",
      () => temporal.decode({ window: 4, bits: 8 }, [1, null]),
      "encoding scheme temporal: bursts of the window to read: expected an integer from 4 to 4, got 2"
    ]
  ]
  it.each(refused)("is refused: %s", (_, run, message) => {
    expect(run).toThrow(new RangeError(message))
  })
})

it("every scheme has vectors", () => {
  expect(Object.keys(schemeVectors().vectors) as ReadonlyArray<SchemeName>).toEqual(["rate", "temporal", "value"])
})
