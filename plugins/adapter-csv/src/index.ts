/**
 * Adapter `csv`: labelled tables in CSV, TSV and their relatives, one file, one sample per record.
 *
 * Strict: a cell is a number or an error with line and column, never something near a number. Sharp edge: only classes can be
 * targets; a table whose target is a number is read by another adapter.
 */
import { Adapter } from "@feagi-trainer/contracts"
import { discover } from "./Discover.ts"
import { open } from "./Open.ts"
import { decodeOptions, type Options } from "./Options.ts"
import { validate } from "./Validate.ts"

export const csv: Adapter<Options> = Adapter.define<Options>({ id: "csv", decodeOptions, discover, validate, open })
