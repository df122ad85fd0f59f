/** The report of scored files: the numbers that it was given, each with its interval and signature, and nothing that can run. */
import type { Figure } from "@feagi-trainer/charts"
import { describe, expect, it } from "vitest"
import { ReportError, type ScoreReport, scoreHtml, scoreMarkdown } from "../src/index.ts"
import { readHtml } from "./html.ts"

const curve: Figure = {
  kind: "curve",
  id: "pr",
  title: "Precision and recall",
  description: "Precision at every recall.",
  x: { label: "recall", scale: "linear" },
  y: { label: "precision", scale: "linear" },
  series: [
    {
      name: "all",
      points: [
        [0, 1],
        [0.5, 0.8],
        [1, null]
      ]
    }
  ]
}
const overlay: Figure = {
  kind: "overlay",
  id: "image-1",
  title: "Image 1",
  description: "Truth and prediction.",
  image: { width: 40, height: 30, file: "1.png", href: "data:image/png;base64,iVBORw0KGgo=" },
  shapes: [{ shape: "box", x: 1, y: 2, width: 10, height: 12, role: "truth", label: "cat" }]
}
const sha256 = "ab".repeat(32)

const report: ScoreReport = {
  schema_version: 1,
  title: "results.json",
  trainer_version: "0.1.0",
  pack: "@feagi-trainer/metric-pack-detection#detection@0.1.0",
  scored: 100,
  missing: 2,
  abstained: 3,
  metrics: [
    {
      name: "AP",
      value: 0.504581,
      direction: "higher-is-better",
      interval: { low: 0.4511, high: 0.5622 },
      signature: "detection:1|iou=bbox"
    },
    { name: "APs", value: { insufficient: "no small object" }, direction: "higher-is-better", signature: "detection:1|iou=bbox" },
    { name: "count", value: 7, signature: "detection:1|count" }
  ],
  intervals: { method: "BCa bootstrap", confidence: 0.95, resamples: 1000, seed: "1", wilson: [] },
  figures: [curve, overlay],
  files: [{ role: "predictions", name: "results.json", bytes: 12, sha256 }],
  further: [{ name: "AP/cat", value: 0.25 }],
  commands: ["feagi-trainer score --pack detection --predictions results.json"]
}
const textOf = (given: ScoreReport) =>
  readHtml(scoreHtml(given))
    .filter(({ name }) => name === "main")
    .map(({ text }) => text)
    .join("")

describe("scoreHtml() and scoreMarkdown()", () => {
  it("say every number with its interval, and why there is none", () => {
    for (const text of [textOf(report), scoreMarkdown(report).replaceAll("\\", "")]) {
      expect(text).toContain("0.5046")
      expect(text).toContain("0.4511 to 0.5622")
      expect(text).toContain("no small object")
      expect(text).toContain("95 %, by BCa bootstrap over the samples, 1000 resamples from seed 1")
      expect(text).toContain("100 samples scored, 2 of them without any prediction, 3 abstained from")
      expect(text).toContain(sha256)
    }
  })

  it("say of which values the interval is Wilson's", () => {
    const { intervals } = report
    if (intervals === undefined) throw new Error("the report has intervals")
    expect(textOf({ ...report, intervals: { ...intervals, wilson: ["accuracy", "top_k"] } })).toContain(
      "from seed 1, and Wilson's for accuracy and top_k: they tell"
    )
    expect(textOf(report)).not.toContain("Wilson")
  })

  it("name every signature once, with the metrics that it is of where there are several", () => {
    const text = textOf(report)
    expect(text.match(/detection:1\|iou=bbox/g)).toHaveLength(1)
    expect(text).toContain("AP, APs")
    expect(textOf({ ...report, metrics: report.metrics.slice(0, 2) })).toContain("every metric")
  })

  it("put pictures into the page, and a table beside every figure", () => {
    const elements = readHtml(scoreHtml(report))
    const figures = elements.filter(({ name }) => name === "figure")
    expect(figures).toHaveLength(2)
    expect(elements.filter(({ name, within }) => name === "table" && within.includes("figure"))).toHaveLength(2)
    expect(elements.flatMap(({ name, attributes }) => (name === "image" ? [attributes.href] : []))).toEqual([
      "data:image/png;base64,iVBORw0KGgo="
    ])
  })

  it("claim nothing where there are no intervals, no figures and no further values", () => {
    const { intervals: _, ...bare } = report
    const text = textOf({ ...bare, figures: [], further: [], commands: [], metrics: [] })
    expect(text).toContain("No metric has a value.")
    expect(text).toContain("The metric pack draws no figure of these samples.")
    expect(text).not.toContain("bootstrap")
    expect(text).not.toContain("Further values")
  })

  it("give the same bytes twice, and refuse what is no number", () => {
    expect(scoreHtml(structuredClone(report))).toBe(scoreHtml(report))
    expect(() => scoreHtml({ ...report, further: [{ name: "x", value: Number.NaN }] })).toThrow(ReportError)
  })
})
