/** Samples as a table can show them: the payload of every modality as named cells or a line, the target as a line. */
import { inline } from "../../format.ts"

export interface Sample {
  readonly sample_id: string
  readonly split?: string | null
  readonly modality: string
  readonly payload: unknown
  readonly target: unknown
  readonly metadata?: Readonly<Record<string, unknown>>
}

const record = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : null

/** A value as it is, numbers with all their digits: what a sample holds is not rounded. */
export const exact = (value: unknown): string => (typeof value === "number" || typeof value === "bigint" ? String(value) : inline(value))

/** The numbers of a tabular sample, or null. */
export const rowOf = (sample: Sample): ReadonlyArray<unknown> | null => {
  const row = record(sample.payload)?.tabular
  return Array.isArray(row) ? row : null
}

/** The text of a text sample, or null. */
export const textOf = (sample: Sample): string | null => {
  const text = record(sample.payload)?.text
  return typeof text === "string" ? text : null
}

export const isPicture = (sample: Sample): boolean => sample.modality === "image"

/** Whatever the payload is, as one line. */
export const payloadLine = (sample: Sample): string => {
  const text = textOf(sample)
  if (text !== null) return text
  const row = rowOf(sample)
  if (row !== null) return row.map(exact).join(", ")
  const payload = record(sample.payload)
  const line =
    payload === null
      ? inline(sample.payload)
      : Object.entries(payload)
          .map(([kind, value]) => `${kind}: ${inline(value)}`)
          .join("; ")
  return line.length > 240 ? `${line.slice(0, 240)}…` : line
}

/** The target of any output type as one line: a class is its label. */
export const targetLine = (target: unknown): string => {
  const known = record(target)
  if (known === null) return target === null || target === undefined ? "none" : inline(target)
  const label = record(known.class)?.label
  if (typeof label === "string") return label
  const line = Object.entries(known)
    .map(([kind, value]) => `${kind}: ${inline(value)}`)
    .join("; ")
  return line.length > 160 ? `${line.slice(0, 160)}…` : line
}
