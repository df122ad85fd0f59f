/** The run files of docs/examples are those that the templates write today, and their genomes have the hashes that they name. */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import type { BrainTemplate, SampleShape, TaskRequest } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { imageClassification, tabularClassification } from "../src/index.ts"
import { must } from "./support.ts"

const table = (names: ReadonlyArray<string>): SampleShape => ({
  kind: "tabular",
  features: names.map((name) => ({ name, min: 0, max: 16 }))
})
const ten = Array.from({ length: 10 }, (_, digit) => String(digit))
const examples = [
  {
    name: "iris",
    template: tabularClassification as BrainTemplate,
    shape: table(["sepal_length", "sepal_width", "petal_length", "petal_width"]),
    samples: 150,
    labels: ["setosa", "versicolor", "virginica"],
    parts: []
  },
  {
    name: "digits",
    template: tabularClassification as BrainTemplate,
    shape: table(Array.from({ length: 64 }, (_, at) => `pixel_${Math.floor(at / 8)}_${at % 8}`)),
    samples: 1797,
    labels: ten,
    parts: []
  },
  {
    name: "mnist",
    template: imageClassification as BrainTemplate,
    shape: { kind: "image", values: "uint8", width: [28, 28], height: [28, 28], channels: [1, 1] } as const,
    samples: 70_000,
    labels: ten,
    parts: ["test", "train"]
  }
]

/** What the example of MNIST says of its split instead: the declared training part is dealt out anew for every seed. */
const written: Readonly<Record<string, (text: string) => string>> = {
  mnist: (text) =>
    text
      .replace("# Learn on train, be judged on test.", "# Learn on train, look at val, be judged on test.")
      .replace("classification-train-test@1", "classification-holdout@1")
      .replace(
        '# The parts that the source of the data declares. No chance: the seed is not used.\nmethod = "given"\nseed = 0\n',
        '# The test part is the one that the source of the data declares. Its training part is dealt out class by class, anew for every seed.\nmethod = "given"\nseed = "per-run"\nfractions = { train = 0.9, val = 0.1 }\n'
      )
}

describe("docs/examples", () => {
  it.each(examples)("$name.run.toml is what the template writes", ({ name, template, shape, samples, labels, parts }) => {
    const request: TaskRequest = {
      dataset: `${name}@1`,
      shape,
      classes: labels.map((label, class_id) => ({ class_id, label })),
      output_type: "class",
      samples,
      parts
    }
    const options = must(template.defaults(request))
    const genome_sha256 = createHash("sha256")
      .update(must(template.genome(options, request)))
      .digest("hex")
    const text = template.runFile(options, { ...request, name, seeds: [1n, 2n, 3n, 4n, 5n], genome_sha256 })
    const example = readFileSync(new URL(`../../../docs/examples/${name}/${name}.run.toml`, import.meta.url), "utf8")
    expect(example).toBe(written[name]?.(text) ?? text)
  })
})
