/** Values to YAML and JSON and back. */
import { TrainerError } from "@feagi-trainer/contracts"
import { canonical, type JsonValue, type Random, SeedTree } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { toJson, toToml, toYaml } from "../src/index.ts"
import { read } from "./check.ts"

describe("toYaml() and toJson()", () => {
  it("write what a person would", () => {
    const value = {
      name: "a b",
      seeds: [1, 2n ** 60n],
      on: true,
      layers: [
        { type: "x", at: [] },
        { type: "y", init: { z: 1.5 } }
      ],
      empty: {}
    }
    expect(toYaml(value)).toBe(
      'name: "a b"\nseeds: [1, 1152921504606846976]\n"on": true\nlayers:\n  - type: "x"\n    at: []\n  - type: "y"\n    init:\n      z: 1.5\nempty: {}\n'
    )
    expect(toJson({ a: [1, 2], b: [{ c: null }], d: {} })).toBe(
      '{\n  "a": [1, 2],\n  "b": [\n    {\n      "c": null\n    }\n  ],\n  "d": {}\n}\n'
    )
    expect(toYaml({})).toBe("{}\n")
    expect(toYaml({ a: 1e-8, b: -1e21, c: 1.5e-9 })).toBe("a: 1.0e-8\nb: -1.0e+21\nc: 1.5e-9\n")
    // words that some readers of YAML take for no string stand in quotes, as keys too
    expect(toYaml({ null: "no", Yes: "null", n: "1", "2": "~", off: "0x1", size: "1:2" })).toBe(
      '"2": "~"\n"null": "no"\n"Yes": "null"\n"n": "1"\n"off": "0x1"\nsize: "1:2"\n'
    )
  })

  const words = [
    "",
    "no",
    "2024-01-01",
    "1.10",
    "007",
    "null",
    "~",
    "- a",
    "a: b",
    "#",
    "é😀",
    "\u2028\u0085\ufeff\u007f",
    'q"\\\n\t',
    "<<",
    "0x1f",
    "[",
    "&a"
  ]
  const numbers = [0, -0, 1.5, -1e-300, 1e300, 2 ** 53, 1e21, 123456789012345680000, Number.MAX_SAFE_INTEGER, 2n ** 64n, -(2n ** 70n)]
  const value = (random: Random, depth: number): JsonValue => {
    const kind = random.below(depth > 3 ? 4 : 7)
    if (kind === 0) return random.choice(words)
    if (kind === 1) return random.choice(numbers)
    if (kind === 2) return random.choice([true, false])
    if (kind === 3) return random.below(1000)
    if (kind === 4) return Array.from({ length: random.below(4) }, () => value(random, depth + 1))
    return table(random, depth)
  }
  const table = (random: Random, depth: number): { readonly [key: string]: JsonValue } =>
    Object.fromEntries(Array.from({ length: random.below(5) }, () => [random.choice([...words, "plain", "k-1"]), value(random, depth + 1)]))

  it("read back as the same value, 300 generated ones (seed 11)", () => {
    const random = SeedTree.root(11).random()
    for (let round = 0; round < 300; round += 1) {
      const made = table(random, 0)
      const wanted = canonical(made)
      expect(canonical(read("yaml", toYaml(made)).value), toYaml(made)).toBe(wanted)
      expect(canonical(read("json", toJson(made)).value), toJson(made)).toBe(wanted)
      expect(canonical(read("toml", toToml(made)).value), toToml(made)).toBe(wanted)
    }
  })

  it.each([
    ["NaN", { a: [Number.NaN] }, "a[0]"],
    ["a lone surrogate", { a: { b: "\ud800" } }, "a.b"],
    ["the reserved key", { a: JSON.parse('{"__proto__": 1}') }, "a.__proto__"],
    ["a list", [1], undefined]
  ])("refuse %s by name", (_, made, field) => {
    for (const write of [toYaml, toJson]) {
      const found = ((): unknown => {
        try {
          return write(made as JsonValue)
        } catch (error) {
          return error
        }
      })()
      if (!(found instanceof TrainerError)) throw new Error("it was written")
      expect([found.diagnostics[0].code, found.diagnostics[0].field || undefined]).toEqual(["FT1004", field])
    }
  })
})
