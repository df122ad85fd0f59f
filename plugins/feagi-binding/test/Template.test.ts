import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import type { TaskRequest } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { tabularClassification } from "../src/index.ts"
import { potentialOf } from "../src/TabularGenome.ts"
import { classes, mistakesOf, must, shape, templateOptions } from "./support.ts"

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

const iris: TaskRequest = {
  dataset: "iris@1",
  shape: {
    kind: "tabular",
    features: ["sepal_length", "sepal_width", "petal_length", "petal_width"].map((name) => ({ name, min: 0, max: 8 }))
  },
  classes: ["setosa", "versicolor", "virginica"].map((label, class_id) => ({ class_id, label })),
  output_type: "class",
  samples: 150,
  parts: []
}
const options = must(tabularClassification.defaults(iris))
const genome = must(tabularClassification.genome(options, iris))

describe("template tabular-classification", () => {
  it("writes the same bytes for the same options and data", () => {
    expect(must(tabularClassification.genome({ ...options }, { ...iris, dataset: "other@9", samples: 3 }))).toBe(genome)
    expect(sha256(genome)).toBe("850455e32bd0437097eebba751b15a04dd1d7ef0fe6e2d5d0644ae4951eab2b5")
  })

  it("writes another genome for other bins, features or classes", () => {
    const others = [
      must(tabularClassification.genome({ ...options, bins: options.bins + 1 }, iris)),
      must(tabularClassification.genome(options, { ...iris, shape })),
      must(tabularClassification.genome(options, { ...iris, classes: classes.slice(0, 2) }))
    ]
    expect(new Set([genome, ...others]).size).toBe(4)
  })

  it("decodes its own defaults", () => {
    expect(tabularClassification.decodeOptions(options)).toEqual({ ok: true, value: options })
  })

  it("keeps every potential within the range of the decoder", () => {
    expect(potentialOf(templateOptions, 2) * 2 * templateOptions.max_weight).toBe(1)
    expect(potentialOf({ ...templateOptions, tilings: 4 }, 2) * 8 * templateOptions.max_weight).toBe(1)
    expect(potentialOf({ ...templateOptions, spacing: "fractional" }, 2) * 2 * templateOptions.bins * templateOptions.max_weight).toBe(1)
  })

  it("is not for data without classes or without a table", () => {
    const custom = { kind: "custom", type: "x#y", detail: null } as const
    expect(mistakesOf(tabularClassification.defaults({ ...iris, classes: [] }))).toMatchObject([{ expected: "2 to 1024 classes" }])
    expect(mistakesOf(tabularClassification.genome(options, { ...iris, shape: custom, classes: [] }))).toHaveLength(2)
  })

  it("writes a run file with every value", () => {
    const text = tabularClassification.runFile(options, {
      ...iris,
      name: "iris",
      seeds: [1n, 2n, 18446744073709551615n],
      genome_sha256: sha256(genome)
    })
    expect(text).toBe(readFileSync(new URL("./golden/iris.run.toml", import.meta.url), "utf8"))
  })
})
