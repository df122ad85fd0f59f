/** A dataset in words and tables: its shape, its classes, its parts, and what the parts give away of each other. */
import type { SampleShape } from "@feagi-trainer/contracts"
import { type ConfusionRow, type Leakage, leakKinds, type RegisteredScan } from "@feagi-trainer/core"
import { textTable } from "../../textTable.ts"

const span = ([min, max]: readonly [number, number]): string => (min === max ? String(min) : `${min} to ${max}`)

const counted = (count: string, word: string): string => `${count} ${word}${count === "1" ? "" : "s"}`

/** One line about what a sample is. */
export const shapeText = (shape: SampleShape): string => {
  switch (shape.kind) {
    case "tabular":
      return counted(String(shape.features.length), "feature")
    case "image":
      return `pictures of ${span(shape.width)} × ${span(shape.height)} pixels, ${counted(span(shape.channels), "channel")}, ${shape.values}`
    case "text":
      return `text of ${span(shape.length)} characters`
    case "time_series":
      return `series of ${span(shape.length)} points, ${counted(String(shape.channels.length), "channel")}, ${shape.sample_rate_hz} Hz`
    case "custom":
      return shape.type
  }
}

const ranges = (rows: ReadonlyArray<{ readonly name: string; readonly min: number; readonly max: number }>, title: string): string =>
  textTable(
    [
      { title, cell: (each) => each.name },
      { title: "MIN", cell: (each) => each.min },
      { title: "MAX", cell: (each) => each.max }
    ],
    rows,
    "none"
  ).trimEnd()

/** The columns or channels of a shape as a table; nothing for a shape that one line tells. */
export const shapeTable = (shape: SampleShape): ReadonlyArray<string> => {
  if (shape.kind === "tabular") return ["", ranges(shape.features, "FEATURE")]
  return shape.kind === "time_series" ? ["", ranges(shape.channels, "CHANNEL")] : []
}

type Classified = Pick<RegisteredScan, "classes" | "output_type" | "summary">

/** Samples per class; null where a sample is not of one class but holds boxes, masks or tags of many. */
export const classCounts = (scan: Classified) =>
  scan.classes.map((each) => ({ ...each, samples: scan.output_type === "class" ? (scan.summary.class_counts[each.class_id] ?? 0) : null }))

export const classTable = (scan: Classified): string =>
  textTable(
    [
      { title: "CLASS", cell: (each) => each.label },
      { title: "SAMPLES", cell: (each) => each.samples }
    ],
    classCounts(scan),
    "no classes"
  ).trimEnd()

export const partTable = (counts: Readonly<Record<string, number>>): ReadonlyArray<string> =>
  Object.keys(counts).length === 0
    ? []
    : [
        "",
        textTable(
          [
            { title: "PART", cell: ([name]) => name },
            { title: "SAMPLES", cell: ([, samples]) => samples }
          ],
          Object.entries(counts),
          ""
        ).trimEnd()
      ]

/** What became of the labels of the source, for whoever has to sign it off. */
export const labelTable = (rows: ReadonlyArray<ConfusionRow>): string =>
  textTable(
    [
      { title: "LABEL", cell: (each) => each.old },
      { title: "BECOMES", cell: (each) => each.new },
      { title: "SAMPLES", cell: (each) => each.samples }
    ],
    rows,
    "no labels"
  ).trimEnd()

const leakWords = {
  exact: "the same bytes",
  decoded: "the same content in other bytes",
  group: "the same group",
  near: "near duplicates"
} as const

/** What two parts have in common, one line a kind; also when they have nothing. */
export const leakText = (leakage: Leakage): ReadonlyArray<string> =>
  leakKinds.map((kind) => {
    const { pairs, samples, examples } = leakage[kind]
    if (kind === "near" && leakage.near_checked === "none") return `  ${kind.padEnd(8)}  not looked for: the adapter gives no signature`
    const [first] = examples
    const shown =
      first === undefined ? "" : `, ${first.left.sample_id} (${first.left.part}) and ${first.right.sample_id} (${first.right.part}) say`
    return `  ${kind.padEnd(8)}  ${pairs} pairs, ${samples} samples (${leakWords[kind]})${shown}`
  })
