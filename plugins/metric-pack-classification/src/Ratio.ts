/** A share of a whole. Sharp edge: a share of nothing is not 0 but InsufficientData that says what was missing. */
import type { MetricValue } from "@feagi-trainer/contracts"

/** `part / whole`, or `missing` as the reason when `whole` is 0. */
export const ratio = (part: number, whole: number, missing: string): MetricValue => (whole === 0 ? { insufficient: missing } : part / whole)

/** Said by every value that is a share of the samples. */
export const noSample = "no sample was scored"
