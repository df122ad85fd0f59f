/**
 * The declared classes as positions: what a label of a mask means. Sharp edge: a label is a byte, so a class above 255 can never occur
 * in a mask and is refused.
 */
import type { ClassLabel } from "@feagi-trainer/contracts"

export interface ClassKeys {
  readonly labels: ReadonlyArray<string>
  /** Position of the class whose id is this label, or -1; 256 entries. */
  readonly positions: Int16Array
}

const repeated = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> => [
  ...new Set(items.filter((item, index) => items.indexOf(item) !== index))
]

/**
 * Throws RangeError with every fault at once: no class at all (unless `mayBeNone`), an id that is no byte, an id or a label given twice.
 */
export const classKeys = (classes: ReadonlyArray<ClassLabel>, mayBeNone: boolean): ClassKeys => {
  const ids = classes.map(({ class_id }) => class_id)
  const labels = classes.map(({ label }) => label)
  const faults = [
    ...(classes.length === 0 && !mayBeNone ? ["there is no class; the dataset has to declare at least one"] : []),
    ...ids.filter((id) => !(Number.isInteger(id) && id >= 0 && id <= 255)).map((id) => `class id ${id} is no label from 0 to 255`),
    ...repeated(ids).map((id) => `class id ${id} is declared more than once`),
    ...repeated(labels).map((label) => `two classes are both named "${label}"`)
  ]
  if (faults.length > 0) throw new RangeError(`segmentation metrics cannot use the declared classes: ${faults.join("; ")}`)
  const positions = new Int16Array(256).fill(-1)
  for (const [position, id] of ids.entries()) positions[id] = position
  return { labels, positions }
}
