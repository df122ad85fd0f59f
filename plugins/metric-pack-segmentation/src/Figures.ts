/**
 * What the counts look like: the confusion of pixels, IoU, Dice and accuracy per class, and the outlines of the worst samples.
 *
 * Sharp edges: an undefined value is a gap, never a bar of 0; beyond 40 classes the figures show the 40 with most pixels and say so.
 */
import { type Figure, isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import { type Counts, sum, type Tally } from "./Counts.ts"
import { outlinesOf, type Ring } from "./Outlines.ts"
import { labelsOf } from "./Runs.ts"
import { perClass, perClassNames } from "./Values.ts"
import type { Worst } from "./Worst.ts"

const mostClasses = 40
const mostPoints = 1000

const orGap = (value: MetricValue): number | null => (isInsufficient(value) ? null : value)

/** Positions of the classes that are shown, in their order: all, or those with most pixels on either side. */
const shown = (classes: ReadonlyArray<Tally>): ReadonlyArray<number> =>
  classes
    .map(({ truth, predicted }, position) => ({ position, pixels: truth + predicted }))
    .sort((left, right) => right.pixels - left.pixels || left.position - right.position)
    .slice(0, mostClasses)
    .map(({ position }) => position)
    .sort((left, right) => left - right)

const ofHowMany = (positions: ReadonlyArray<number>, classes: number): string =>
  positions.length === classes ? "" : ` Of ${classes} classes, the ${positions.length} with most pixels.`

const nameOf = (labels: ReadonlyArray<string>, position: number): string => labels[position] ?? String(position)

/** Rows are the truth; columns the answers, with the unpredicted pixels in a last column of their own. */
const confusionFigure = (labels: ReadonlyArray<string>, { pixels }: Counts, positions: ReadonlyArray<number>): Figure => {
  const hasOthers = positions.length < labels.length
  const shownOf = (row: ReadonlyArray<number>): ReadonlyArray<number> => {
    const chosen = positions.map((column) => row[column] ?? 0)
    const unpredicted = row[labels.length] ?? 0
    return [...chosen, ...(hasOthers ? [sum(row) - sum(chosen) - unpredicted] : []), unpredicted]
  }
  return {
    kind: "matrix",
    id: "confusion",
    title: "Confusion of pixels",
    description: `How many pixels of each class (rows) got each answer (columns), and which share of the class they are; ignored pixels are left out.${ofHowMany(positions, labels.length)}`,
    rows: { label: "truth", categories: positions.map((position) => nameOf(labels, position)) },
    columns: {
      label: "prediction",
      categories: [...positions.map((position) => nameOf(labels, position)), ...(hasOthers ? ["other classes"] : []), "unpredicted"]
    },
    values: positions.map((row) => shownOf(pixels[row] ?? [])),
    unit: "pixels"
  }
}

const perClassFigure = (labels: ReadonlyArray<string>, classes: ReadonlyArray<Tally>, positions: ReadonlyArray<number>): Figure => ({
  kind: "bars",
  id: "per-class",
  title: "IoU, Dice and accuracy per class",
  description: `Three bars per class, from 0 to 1; a missing bar is a value that is undefined, not zero.${ofHowMany(positions, labels.length)}`,
  x: { label: "class" },
  y: { label: "value" },
  categories: positions.map((position) => nameOf(labels, position)),
  series: perClassNames.map((name) => ({
    name,
    values: positions.map((position) => orGap(perClass[name](classes[position] ?? { truth: 0, predicted: 0, correct: 0 })))
  }))
})

/** The classes of a sample, that one first where truth and answer differ on most pixels; of equal ones the smaller class, a thing before its ground. */
const byDifference = (truth: Int16Array, answer: Int16Array): ReadonlyArray<number> => {
  const differences = new Map<number, { apart: number; pixels: number }>()
  const of = (position: number): { apart: number; pixels: number } => {
    const found = differences.get(position) ?? { apart: 0, pixels: 0 }
    differences.set(position, found)
    return found
  }
  for (const [at, position] of truth.entries()) {
    const said = answer[at] ?? -1
    if (position === -1) continue
    of(position).pixels += 1
    if (said === position) continue
    of(position).apart += 1
    if (said !== -1) of(said).apart += 1
  }
  return [...differences]
    .sort(([left, a], [right, b]) => b.apart - a.apart || a.pixels - b.pixels || left - right)
    .map(([position]) => position)
}

interface Outline {
  readonly role: "truth" | "prediction"
  readonly rings: ReadonlyArray<Ring>
}

/** Both outlines of one class: the first of `classes` that is not too ragged to be drawn. */
const outlinesFor = (
  classes: ReadonlyArray<number>,
  truth: Int16Array,
  answer: Int16Array,
  { width, height }: Worst
): { readonly position: number; readonly outlines: ReadonlyArray<Outline> } | undefined => {
  const all = { truth: outlinesOf(truth, width, height), prediction: outlinesOf(answer, width, height) }
  for (const position of classes) {
    const outlines = (["truth", "prediction"] as const).flatMap((role): ReadonlyArray<Outline> => {
      const rings = all[role].find((each) => each.position === position)?.rings
      return rings === undefined ? [] : [{ role, rings }]
    })
    if (sum(outlines.flatMap(({ rings }) => rings.map((ring) => ring.length))) <= mostPoints) return { position, outlines }
  }
  return undefined
}

const overlay = (labels: ReadonlyArray<string>, worst: Worst, rank: number): ReadonlyArray<Figure> => {
  const truth = labelsOf(worst.truth, worst.width * worst.height)
  const answer = labelsOf(worst.answer, worst.width * worst.height)
  const found = outlinesFor(byDifference(truth, answer), truth, answer, worst)
  if (found === undefined) return []
  const share = ((100 * worst.wrong) / worst.counted).toFixed(1)
  const label = nameOf(labels, found.position)
  return [
    {
      kind: "overlay",
      id: `worst-${rank}`,
      title: `Worst sample ${rank}: ${worst.sample_id}`,
      description: `${share} % of its ${worst.counted} counted pixels are wrong or unpredicted. The outlines are of the class "${label}": solid where the truth has it, dashed where the prediction has it.`,
      image: { width: worst.width, height: worst.height, sample_id: worst.sample_id },
      shapes: found.outlines.map((outline) => ({ shape: "outline", label, ...outline }))
    }
  ]
}

/** The figures of a result, in the order in which they are shown. */
export const figuresOf = (labels: ReadonlyArray<string>, counts: Counts, classes: ReadonlyArray<Tally>): ReadonlyArray<Figure> => {
  const positions = shown(classes)
  return [
    confusionFigure(labels, counts, positions),
    perClassFigure(labels, classes, positions),
    ...counts.worst.flatMap((each, index) => overlay(labels, each, index + 1))
  ]
}
