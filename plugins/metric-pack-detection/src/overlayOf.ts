/**
 * One image with what went wrong on it, at an overlap of 0.50: missed truths and wrong detections by name, and around them, without a name,
 * the truths that were found.
 *
 * Sharp edge: there is no picture behind the shapes; whoever has the files of the dataset finds it by the sample id or the name of the file
 * that the figure carries. A pose is drawn as its labelled points, a mask as its outline.
 */
import type { Figure } from "@feagi-trainer/contracts"
import type { ImageTarget } from "./CocoImage.ts"
import type { Shapes } from "./Columns.ts"
import type { Evaluation } from "./Evaluation.ts"
import type { ImageErrors } from "./ImageErrors.ts"
import { outlineOf } from "./mask/outlineOf.ts"
import { cocoLimbs, cocoPoints } from "./Rules.ts"

type OverlayFigure = Extract<Figure, { readonly kind: "overlay" }>
type Shape = OverlayFigure["shapes"][number]

export interface Ranked extends ImageErrors {
  /** Position in the evaluation. */
  readonly image: number
}

const SHOWN = 40

/** Bit of the threshold 0.50; over all areas it is also the bit of the first range. */
const FIRST = 1

interface Named {
  readonly keys: ReadonlyArray<string>
  readonly shapes: Shapes
  readonly role: "truth" | "prediction"
  /** Which points are labelled; all of a prediction are. */
  readonly visible?: Uint8Array
}

/** A shape and where it ends, to the right and below. */
interface Drawn {
  readonly shape: Shape
  readonly right: number
  readonly bottom: number
}

/** The points of a row; those that are not labelled have no place. */
const pointsOf = ({ shapes, visible }: Named, row: number, points: number) =>
  Array.from({ length: points }, (_, point) => {
    const at = points * row + point
    const isPlaced = visible === undefined || visible[at] === 1
    return {
      name: points === cocoPoints.length ? (cocoPoints[point] ?? "") : String(point),
      x: isPlaced ? (shapes.points[2 * at] ?? 0) : null,
      y: isPlaced ? (shapes.points[2 * at + 1] ?? 0) : null
    }
  })

/** Only the persons of COCO are known to have limbs. */
const limbsOf = (points: number): { readonly edges?: typeof cocoLimbs } => (points === cocoPoints.length ? { edges: cocoLimbs } : {})

const shapeOf = (named: Named, row: number, points: number, what?: string): Shape => {
  const { keys, shapes, role } = named
  const head = { ...(what === undefined ? {} : { label: `${keys[shapes.category[row] ?? 0] ?? ""}, ${what}` }), role }
  const mask = shapes.masks[row]
  if (mask !== undefined) return { shape: "outline", rings: outlineOf(mask), ...head }
  if (points > 0) return { shape: "keypoints", points: pointsOf(named, row, points), ...limbsOf(points), ...head }
  const [x, y] = [shapes.box[4 * row] ?? 0, shapes.box[4 * row + 1] ?? 0]
  const [width, height] = [shapes.box[4 * row + 2] ?? 0, shapes.box[4 * row + 3] ?? 0]
  return { shape: "box", x, y, width: Math.max(0, width), height: Math.max(0, height), ...head }
}

/** Truths of an image that have to be found, by whether they were. */
const truthsOf = ({ columns, accumulator }: Evaluation, image: number) => {
  const { ignored, found } = accumulator.matched
  const rows: Record<"missed" | "found", Array<number>> = { missed: [], found: [] }
  for (let row = 0; row < columns.truths.count; row++)
    if (columns.truths.image[row] === image && ((ignored[row] ?? 0) & FIRST) === 0)
      rows[((found[row] ?? 0) & FIRST) === 0 ? "missed" : "found"].push(row)
  return rows
}

/** Detections of an image that found nothing, best first. */
const wrongOf = ({ columns, accumulator }: Evaluation, image: number): ReadonlyArray<number> => {
  const { matched } = accumulator
  const wrong = matched.wrong[0]
  const rows: Array<number> = []
  for (let at = 0; at < matched.image.length; at++)
    if (matched.image[at] === image && ((wrong?.[at] ?? 0) & FIRST) !== 0) rows.push(matched.row[at] ?? 0)
  const { score } = columns.detections
  return rows.sort((left, right) => (score[right] ?? 0) - (score[left] ?? 0) || left - right)
}

/** The picture behind the shapes: of the size that the target tells, or as large as the shapes need. */
const imageOf = ({ rows }: Evaluation, { image, sample_id }: Ranked, drawn: ReadonlyArray<Drawn>): OverlayFigure["image"] => {
  const target = rows[image]?.target
  const told = target !== undefined && "custom" in target ? (target.custom.value as Pick<ImageTarget, "size" | "file">) : undefined
  const [height, width] = told?.size ?? [
    Math.max(1, ...drawn.map(({ bottom }) => Math.ceil(bottom))),
    Math.max(1, ...drawn.map(({ right }) => Math.ceil(right)))
  ]
  const file = told?.file ?? undefined
  return { width, height, sample_id, ...(file === undefined ? {} : { file }) }
}

export const overlayOf = (evaluation: Evaluation, keys: ReadonlyArray<string>, ranked: Ranked): OverlayFigure => {
  const { image, sample_id, false_negatives, false_positives, true_positives } = ranked
  const { truths, detections, points } = evaluation.columns
  const truth: Named = { keys, shapes: truths, role: "truth", visible: truths.visible }
  const prediction: Named = { keys, shapes: detections, role: "prediction" }
  const given = truthsOf(evaluation, image)
  const wrong = wrongOf(evaluation, image)
  const rows = [
    ...given.missed.map((row) => [truth, row, "missed"] as const),
    ...wrong.map((row) => [prediction, row, "wrong"] as const),
    ...given.found.map((row) => [truth, row, undefined] as const)
  ]
  const drawn = rows.slice(0, SHOWN).map(([named, row, what]): Drawn => {
    const shape = shapeOf(named, row, points, what)
    return {
      shape: named === prediction ? { ...shape, score: detections.score[row] ?? 0 } : shape,
      right: (named.shapes.box[4 * row] ?? 0) + (named.shapes.box[4 * row + 2] ?? 0),
      bottom: (named.shapes.box[4 * row + 1] ?? 0) + (named.shapes.box[4 * row + 3] ?? 0)
    }
  })
  const all = drawn.length < rows.length ? ` The first ${drawn.length} of ${rows.length} are drawn, errors first.` : ""
  return {
    kind: "overlay",
    id: `errors-${sample_id}`,
    title: `Image ${sample_id}: ${false_negatives} missed, ${false_positives} wrong, ${true_positives} right`,
    description: `Truths (solid; missed ones by name) and wrong detections (dashed) at IoU 0.50.${all}`,
    image: imageOf(evaluation, ranked, drawn),
    shapes: drawn.map(({ shape }) => shape)
  }
}
