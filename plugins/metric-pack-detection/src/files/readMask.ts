/**
 * A `segmentation` of COCO as a mask: compressed runs, plain runs, or polygons, whose pixels are those of maskApi.
 *
 * Sharp edge: polygons are drawn at the size of their image; runs bring their own size and have to fill it.
 */
import { type Mask, unionOf } from "../mask/Mask.ts"
import { polygonMask } from "../mask/polygonMask.ts"
import { readRunsText } from "../mask/runsText.ts"
import { codes } from "./Codes.ts"
import { expectKind, fieldOf, readNumbers, type Source } from "./records.ts"

/** Height and width of the image, where the file tells them. */
export type Size = readonly [height: number, width: number] | null

/** A corner further out than this many pixels is a mistake, and its polygon would take for ever. */
export const FARTHEST = 1e6

/** The mask, or undefined after telling why there is none. The reader stands before the value. */
export const readMask = (source: Source, field: string, size: Size): Mask | undefined => {
  const kind = source.reader.peek()
  if (kind === "object") return readRuns(source, field)
  if (!expectKind(source, "array", field, "polygons [[x, y, …], …] or runs {size, counts}")) return undefined
  return readPolygons(source, field, size)
}

const bad = (source: Source, at: number, key: string, expected: string, actual: string, help?: string): undefined => {
  const field = fieldOf(source, key)
  source.findings.add({ code: codes.badMask, message: "is no mask", at, field, expected, actual, ...(help === undefined ? {} : { help }) })
  return undefined
}

const readRuns = (source: Source, field: string): Mask | undefined => {
  const { reader } = source
  const start = reader.at
  const size: Array<number> = []
  let runs: ReadonlyArray<number> | undefined
  let isTold = false
  reader.object((key) => {
    if (key === "size") readNumbers(source, `${field}.size`, size)
    else if (key === "counts") {
      isTold = true
      if (reader.peek() === "string") runs = readRunsText(reader.string())
      else {
        const plain: Array<number> = []
        if (readNumbers(source, `${field}.counts`, plain) >= 0 && plain.every((each) => Number.isSafeInteger(each) && each >= 0))
          runs = plain
      }
    } else reader.skip()
  })
  const [height = -1, width = -1] = size
  if (size.length !== 2 || !size.every((each) => Number.isSafeInteger(each) && each >= 0))
    return bad(source, start, `${field}.size`, "[height, width], two whole numbers", size.length === 0 ? "nothing" : `[${size.join(", ")}]`)
  if (runs === undefined)
    return bad(
      source,
      start,
      `${field}.counts`,
      "runs as COCO's compressed text or as whole numbers from 0",
      isTold ? "something else" : "nothing"
    )
  const pixels = runs.reduce((sum, each) => sum + each, 0)
  return pixels === height * width
    ? { height, width, runs }
    : bad(source, start, `${field}.counts`, `runs of ${height * width} pixels, ${height} × ${width}`, `runs of ${pixels} pixels`)
}

const readPolygons = (source: Source, field: string, size: Size): Mask | undefined => {
  const { reader } = source
  const start = reader.at
  const polygons: Array<ReadonlyArray<number>> = []
  let isGood = true
  reader.array((index) => {
    const name = `${field}[${index}]`
    reader.peek()
    const at = reader.at
    const points: Array<number> = []
    const count = readNumbers(source, name, points)
    if (count >= 0 && (count < 6 || count % 2 !== 0 || points.some((each) => Math.abs(each) > FARTHEST)))
      bad(source, at, name, `x and y of at least three corners, each up to ${FARTHEST} pixels away`, `${count} numbers`)
    if (count < 6 || count % 2 !== 0 || points.some((each) => Math.abs(each) > FARTHEST)) isGood = false
    else polygons.push(points)
  })
  if (!isGood) return undefined
  if (polygons.length === 0) return bad(source, start, field, "at least one polygon", "an empty list")
  if (size === null)
    return bad(
      source,
      start,
      field,
      "height and width of its image, to draw the polygon",
      "an image without them",
      'add "height" and "width" to the image'
    )
  const [height, width] = size
  return unionOf(
    polygons.map((points) => polygonMask(points, height, width)),
    height,
    width
  )
}

/** Height and width of an image record; NaN where they are missing. */
export const sizeOf = (height: number, width: number): Size =>
  Number.isSafeInteger(height) && Number.isSafeInteger(width) && height >= 0 && width >= 0 ? [height, width] : null
