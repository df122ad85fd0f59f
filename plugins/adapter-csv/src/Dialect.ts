/**
 * How a file is cut into cells, and how large a piece of it may be.
 *
 * Sharp edge: the bound on a record is a bound on memory. Without it the rest of a file behind an unclosed quotation mark would be one
 * cell.
 */
import type { Quote } from "./Options.ts"

export interface Dialect {
  readonly delimiter: string
  readonly quote: Quote
}

/** Bytes that are read at once. What becomes of a block lives until it is handed over, so that a larger one costs memory. */
export const BLOCK_BYTES = 64 * 1024
/** Bytes of the longest record with its line break. A million columns do not fit. */
export const MAX_RECORD_BYTES = 1024 * 1024
