/**
 * The mask of an annotation: polygons, or runs as a list of numbers or as a compressed string.
 *
 * Sharp edge: a polygon may reach out of the picture by half a pixel. Further out, the walk along its boundary would cost time and
 * memory without limit, and it is a fault anyway.
 */
import { showValue } from "@feagi-trainer/contracts"
import { type Size, SLACK_PIXELS } from "./Box.ts"
import { badField, type Fault, isNoNumber, numbersOf } from "./Fields.ts"
import { isObject, type Json, type JsonObject, type JsonPath } from "./json/JsonCursor.ts"
import { polygonRuns } from "./mask/PolygonRuns.ts"
import { paintRuns, type Runs } from "./mask/Runs.ts"
import { readRunsText } from "./mask/RunsText.ts"

export type Segmentation = { readonly polygons: ReadonlyArray<ReadonlyArray<number>> } | { readonly runs: Runs }

/** Writes `value` wherever the mask is in. */
export const paint = (mask: Segmentation, { width, height }: Size, pixels: Uint8Array, value: number): void => {
  const masks = "runs" in mask ? [mask.runs] : mask.polygons.map((polygon) => polygonRuns(polygon, height, width))
  for (const runs of masks) paintRuns(runs, pixels, width, height, value)
}

/** Null when there is no mask, or a wrong one. */
export const readSegmentation = (value: Json | undefined, size: Size, faults: Array<Fault>): Segmentation | null => {
  const path = ["segmentation"]
  if (value === undefined || isNoNumber(value)) return null
  if (isObject(value)) return readRuns(value, path, size, faults)
  if (!Array.isArray(value)) {
    faults.push(badField(path, "polygons, or runs with counts and size", value))
    return null
  }
  const items: ReadonlyArray<Json> = value
  const before = faults.length
  const polygons = items.map((item, index) => readPolygon(item, [...path, index], size, faults))
  return polygons.length === 0 || faults.length > before || polygons.includes(null)
    ? null
    : { polygons: polygons.filter((polygon) => polygon !== null) }
}

const readPolygon = (value: Json, path: JsonPath, size: Size, faults: Array<Fault>): ReadonlyArray<number> | null => {
  const points = numbersOf(value)
  if (points === "silent") return null
  if (points === undefined || points.length < 6 || points.length % 2 === 1) {
    const actual = points === undefined ? showValue(value) : `${points.length} numbers`
    faults.push({ code: "BAD-POLYGON", path, message: "this is no polygon", expected: "x and y of three points or more", actual })
    return null
  }
  const out = points.findIndex((each, index) => {
    const limit = index % 2 === 0 ? size.width : size.height
    return each < -SLACK_PIXELS || each > limit + SLACK_PIXELS
  })
  if (out < 0) return points
  faults.push({
    code: "POLYGON-OUTSIDE",
    path: [...path, out],
    message: "a polygon that reaches out of its picture",
    expected: `${out % 2 === 0 ? "x" : "y"} from 0 to ${out % 2 === 0 ? size.width : size.height}`,
    actual: String(points[out])
  })
  return null
}

const readRuns = (value: JsonObject, path: JsonPath, size: Size, faults: Array<Fault>): Segmentation | null => {
  const stated = numbersOf(value.size)
  if (stated === "silent") return null
  if (stated === undefined || stated.length !== 2 || stated[0] !== size.height || stated[1] !== size.width) {
    const expected = `the height and width of the picture: [${size.height}, ${size.width}]`
    faults.push({
      code: "RLE-SIZE",
      path: [...path, "size"],
      message: "the mask has another size",
      expected,
      actual: showValue(value.size)
    })
    return null
  }
  const runs = typeof value.counts === "string" ? readRunsText(value.counts) : numbersOf(value.counts)
  if (runs === "silent") return null
  const pixels = size.width * size.height
  const total = runs?.reduce((sum, run) => (Number.isInteger(run) && run >= 0 ? sum + run : Number.NaN), 0)
  if (runs !== undefined && total === pixels) return { runs }
  faults.push({
    code: "BAD-RLE",
    path: [...path, "counts"],
    message: "the runs of a mask do not fill it",
    expected: `whole numbers from 0 that add up to ${size.height} × ${size.width} = ${pixels}, or the compressed string of such`,
    actual: total === undefined || Number.isNaN(total) ? showValue(value.counts) : `a sum of ${total}`
  })
  return null
}
