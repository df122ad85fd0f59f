/**
 * The declared classes as positions and as the second half of metric names (`recall/setosa`). Sharp edge: a class whose label is the
 * name of an average (`macro`, `micro`, `weighted`) is called `class:macro`, so that `recall/macro` always is the average.
 */
import type { ClassLabel } from "@feagi-trainer/contracts"

const averageNames = ["macro", "micro", "weighted"] as const

const keyOf = (label: string): string => ((averageNames as ReadonlyArray<string>).includes(label) ? `class:${label}` : label)

export interface ClassKeys {
  readonly labels: ReadonlyArray<string>
  readonly keys: ReadonlyArray<string>
  readonly positionOf: (classId: number) => number | undefined
}

const repeated = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> => {
  const seen = new Set<A>()
  const twice = new Set<A>()
  for (const item of items) (seen.has(item) ? twice : seen).add(item)
  return [...twice]
}

/**
 * Throws RangeError with every fault at once: no class at all, an id or a label given twice.
 *
 * @param mayBeNone for classes that were observed: where there is no sample, there is none.
 */
export const classKeys = (classes: ReadonlyArray<ClassLabel>, mayBeNone: boolean): ClassKeys => {
  const ids = classes.map(({ class_id }) => class_id)
  const labels = classes.map(({ label }) => label)
  const keys = labels.map(keyOf)
  const faults = [
    ...(classes.length === 0 && !mayBeNone ? ["there is no class; the dataset has to declare at least one"] : []),
    ...repeated(ids).map((id) => `class id ${id} is declared more than once`),
    ...repeated(keys).map((key) => `two classes would both be named "${key}"`)
  ]
  if (faults.length > 0) throw new RangeError(`classification metrics cannot use the declared classes: ${faults.join("; ")}`)
  const positions = new Map(ids.map((id, position) => [id, position]))
  return { labels, keys, positionOf: (classId) => positions.get(classId) }
}
