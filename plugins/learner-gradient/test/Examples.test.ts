/** The run files `docs/examples/…/…-gradient.run.toml` are those that the templates write today. */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import type { SampleShape, TaskRequest, TaskTemplate } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import * as plugin from "../src/index.ts"

const [imageClassification, tabularClassification, textClassification] = [
  plugin.imageClassification as TaskTemplate,
  plugin.tabularClassification as TaskTemplate,
  plugin.textClassification as TaskTemplate
]

const here = (path: string): string => readFileSync(new URL(`../../../docs/examples/${path}`, import.meta.url), "utf8")
const ten = Array.from({ length: 10 }, (_, digit) => String(digit))

interface Example {
  readonly name: string
  readonly template: TaskTemplate
  readonly shape: SampleShape
  readonly samples: number
  readonly labels: ReadonlyArray<string>
  readonly part_sizes?: Readonly<Record<string, number>>
}

const texts = here("texts/texts.csv").trimEnd().split("\n").slice(1)
const lengths = texts.map((line) => line.split('"')[1]?.length ?? 0)

const examples: ReadonlyArray<Example> = [
  {
    name: "digits",
    template: tabularClassification,
    shape: {
      kind: "tabular",
      features: Array.from({ length: 64 }, (_, at) => ({ name: `pixel_${Math.floor(at / 8)}_${at % 8}`, min: 0, max: 16 }))
    },
    samples: 1797,
    labels: ten
  },
  {
    name: "mnist",
    template: imageClassification,
    shape: { kind: "image", values: "uint8", width: [28, 28], height: [28, 28], channels: [1, 1] },
    samples: 70_000,
    labels: ten,
    part_sizes: { test: 10_000, train: 60_000 }
  },
  {
    name: "texts",
    template: textClassification,
    shape: { kind: "text", length: [Math.min(...lengths), Math.max(...lengths)] },
    samples: texts.length,
    labels: [...new Set(texts.map((line) => line.split(",")[0] ?? ""))].sort()
  }
]

describe("docs/examples", () => {
  it.each(examples)(
    "$name-gradient.run.toml is what the template writes",
    ({ name, template, shape, samples, labels, part_sizes = {} }) => {
      const request: TaskRequest = {
        dataset: `${name}@1`,
        shape,
        classes: labels.map((label, class_id) => ({ class_id, label })),
        output_type: "class",
        samples,
        parts: Object.keys(part_sizes),
        part_sizes
      }
      const options = template.defaults(request)
      if (!options.ok) throw new Error(JSON.stringify(options.mistakes))
      const written = template.runFile(options.value, { ...request, name, seeds: [1n, 2n, 3n, 4n, 5n], genome_sha256: "" })
      expect(here(`${name}/${name}-gradient.run.toml`)).toBe(written)
    }
  )

  it("holds the texts that its page describes: as many of each author, none twice", () => {
    const page = here("texts/LICENSE.md")
    expect(page).toContain(createHash("sha256").update(here("texts/texts.csv")).digest("hex"))
    expect(new Set(texts).size).toBe(1000)
    for (const author of ["Austen", "Carroll", "Melville", "Wells"])
      expect(texts.filter((line) => line.startsWith(`${author},"`))).toHaveLength(250)
  })
})
