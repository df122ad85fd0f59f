/**
 * A record of HaGRID: the annotations of one picture under its name without extension, the boxes as shares of the picture.
 *
 * Sharp edge: `user_id` is the group of the sample, so that no person is in two parts. Other fields (`landmarks`, `leading_hand`, …) are
 * not read.
 */
import { createHash } from "node:crypto"
import { showValue } from "@feagi-trainer/contracts"
import { type Box, readBox } from "./Box.ts"
import { badField, type Fault, fieldsOf } from "./Fields.ts"
import type { Json } from "./json/JsonCursor.ts"

export interface HagridRecord {
  readonly boxes: ReadonlyArray<{ readonly box: Box; readonly label: string }>
  readonly group?: string
}

export const readHagrid = (value: Json, faults: Array<Fault>): HagridRecord | undefined => {
  const before = faults.length
  const fields = fieldsOf(value, faults)
  if (fields === undefined) return undefined
  const { bboxes, labels, user_id } = fields.value
  const items: ReadonlyArray<Json> = Array.isArray(bboxes) ? bboxes : []
  const names: ReadonlyArray<Json> = Array.isArray(labels) ? labels : []
  for (const key of ["bboxes", "labels"])
    if (!Array.isArray(fields.value[key])) faults.push(badField(key in fields.value ? [key] : [], `"${key}", a list`, fields.value[key]))
  if (user_id !== undefined) fields.text("user_id")
  if (faults.length > before) return undefined
  if (items.length !== names.length) {
    const expected = `${items.length} labels, one for each box`
    faults.push({
      code: "BOXES-LABELS",
      path: ["labels"],
      message: "not as many labels as boxes",
      expected,
      actual: showValue(names.length)
    })
    return undefined
  }
  const size = { width: 1, height: 1 }
  const boxes = items.map((item, index) => {
    const label = names[index]
    if (typeof label !== "string" || label === "") faults.push(badField(["labels", index], "the name of a class", label))
    const box = readBox(item, ["bboxes", index], "normalised-xywh", size, faults)
    return box === null || typeof label !== "string" ? undefined : { box, label }
  })
  if (faults.length > before || boxes.includes(undefined)) return undefined
  return { boxes: boxes.filter((each) => each !== undefined), ...(typeof user_id === "string" ? { group: user_id } : {}) }
}

/** SHA-256 (hex) of boxes and labels. */
export const hagridHash = ({ boxes }: HagridRecord): string => createHash("sha256").update(JSON.stringify(boxes)).digest("hex")
