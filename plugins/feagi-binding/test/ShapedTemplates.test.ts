/** The templates for pictures and series: which data they are for, what they write, and that it fits the operations that it names. */

import type { BrainTemplate, SampleShape, TaskRequest } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { decodeDocument, parseDocument } from "../../../packages/config/src/index.ts"
import { RunFile } from "../../../packages/core/src/index.ts"
import * as image from "../../transform-image/src/index.ts"
import * as series from "../../transform-series/src/index.ts"
import * as tabular from "../../transform-tabular/src/index.ts"
import { imageClassification, timeSeriesClassification } from "../src/index.ts"
import { mistakesOf, must } from "./support.ts"

const classes = ["cat", "dog"].map((label, class_id) => ({ class_id, label }))
const pictures: SampleShape = { kind: "image", values: "encoded", width: [20, 28], height: [10, 14], channels: [1, 3] }
const signals: SampleShape = {
  kind: "time_series",
  channels: ["x", "y"].map((name) => ({ name, min: -1, max: 1 })),
  length: [90, 100],
  sample_rate_hz: 50
}
const requestOf = (shape: SampleShape, parts: ReadonlyArray<string> = []): TaskRequest => ({
  dataset: "d@1",
  shape,
  classes,
  output_type: "class",
  samples: 40,
  parts
})

const operations = { ...image, ...series, ...tabular } as unknown as Readonly<
  Record<string, { readonly id: string; readonly decodeOptions: (options: unknown) => { readonly ok: boolean } }>
>

interface Case {
  readonly template: BrainTemplate
  readonly shape: SampleShape
  readonly other: SampleShape
  /** How the genome's id begins: it names what the input area is as large as. */
  readonly genomeId: string
  readonly transforms: ReadonlyArray<string>
}
const cases: ReadonlyArray<readonly [string, Case]> = [
  [
    "image-classification",
    {
      template: imageClassification as BrainTemplate,
      shape: pictures,
      other: signals,
      genomeId: "image-classification-2-22x11-",
      transforms: ["image-decode", "image-resize"]
    }
  ],
  [
    "time-series-classification",
    {
      template: timeSeriesClassification as BrainTemplate,
      shape: signals,
      other: pictures,
      genomeId: `tabular-classification-1-${64 * 2}x`,
      transforms: ["series-resample", "series-z-normalise", "flatten"]
    }
  ]
]

describe.each(cases)("template %s", (id, { template, shape, other, genomeId, transforms: expected }) => {
  const request = requestOf(shape)
  const options = must(template.defaults(request))
  const runFile = (given = request) => {
    const text = template.runFile(options, { ...given, name: "n", seeds: [1n], genome_sha256: "0".repeat(64) })
    const parsed = parseDocument({ text, file: "n.run.toml", format: "toml" })
    if (!parsed.ok) throw new Error(parsed.diagnostics.map(({ message }) => message).join("; "))
    const decoded = decodeDocument(RunFile, parsed.document)
    if (!decoded.ok) throw new Error(decoded.diagnostics.map(({ field, message }) => `${field} ${message}`).join("; "))
    return decoded.value
  }

  it("makes a genome whose input is as large as a transformed sample", () => {
    const genome = must(template.genome(options, request))
    expect(genome).toContain(`"genome_id":"${genomeId}`)
    expect(must(template.genome(options, { ...request, dataset: "other@3", samples: 7 }))).toBe(genome)
    expect(template.decodeOptions(options)).toMatchObject({ ok: true })
  })

  it("writes a run file whose transforms take the options that it writes", () => {
    const { transforms } = runFile()
    expect(transforms.map(({ plugin }) => plugin)).toEqual(expected)
    for (const node of transforms) {
      const operation = Object.values(operations).find((each) => each.id === node.plugin)
      expect([node.plugin, operation?.decodeOptions(node.options).ok]).toEqual([node.plugin, true])
    }
  })

  it("goes by the parts that the source declares, when they are those of a protocol", () => {
    expect(runFile(requestOf(shape, ["test", "train"]))).toMatchObject({
      protocol: "classification-train-test@1",
      split: { method: "given" }
    })
    expect(runFile(requestOf(shape, ["test", "train", "val"]))).toMatchObject({
      protocol: "classification-holdout@1",
      split: { method: "given" }
    })
    for (const parts of [[], ["train"], ["a", "b"]])
      expect(runFile(requestOf(shape, parts))).toMatchObject({ protocol: "classification-holdout@1", split: { method: "stratified" } })
  })

  it("is not for other samples, nor for data without classes, and says both at once", () => {
    expect(mistakesOf(template.defaults({ ...requestOf(other), classes: [] }))).toHaveLength(2)
    expect(mistakesOf(template.genome(options, requestOf(other)))).toHaveLength(1)
    expect(mistakesOf(template.defaults({ ...request, output_type: "bbox_set" }))).toMatchObject([
      { expected: "2 to 1024 classes", actual: "bbox_set in d@1" }
    ])
    expect(id).toBe(template.id)
  })
})

describe("the time series template", () => {
  it("refuses a number of channels that the data do not have", () => {
    const options = { ...must(timeSeriesClassification.defaults(requestOf(signals))), channels: 3 }
    expect(mistakesOf(timeSeriesClassification.genome(options, requestOf(signals)))).toMatchObject([{ expected: "2", actual: "3" }])
  })
})
