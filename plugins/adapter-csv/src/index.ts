/**
 * Adapter `csv`: tables in CSV, TSV and their relatives, one sample per record, with a class, a number or no target.
 *
 * Strict: a cell is what its column was declared to be, or an error with line and column, never something near it. Sharp edge: `propose`
 * looks at everything and decides nothing; what it proposes has to be accepted as options.
 */
import { Adapter } from "@feagi-trainer/contracts"
import { discover } from "./Discover.ts"
import { open } from "./Open.ts"
import { decodeOptions, type Options } from "./Options.ts"
import { propose } from "./Propose.ts"
import { validate } from "./Validate.ts"

export const csv: Adapter<Options> = Adapter.define<Options>({ id: "csv", decodeOptions, discover, validate, open, propose })
