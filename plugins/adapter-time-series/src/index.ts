/**
 * Adapter `time-series`: labelled series from `.ts` files of the UCR and UEA archives, from tables, and from WFDB records.
 *
 * Strict: nothing is resampled, padded, normalised or filled unless an option says so. Sharp edge: all channels of a sample share one
 * rate and one length; series of different lengths may stand in one data set.
 */
import { Adapter } from "@feagi-trainer/contracts"
import { discover } from "./Discover.ts"
import { open } from "./Open.ts"
import { decodeOptions, type Options } from "./Options.ts"
import { validate } from "./Validate.ts"

export const timeSeries: Adapter<Options> = Adapter.define<Options>({ id: "time-series", decodeOptions, discover, validate, open })
