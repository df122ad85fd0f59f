/**
 * A value that is learnt from a stream of samples, one after the other and in bounded memory: the range of a feature, a mean.
 *
 * A fold is made anew for every use and belongs to one reader; what it returns is plain JSON, so that it can be stored and hashed.
 */
import type { IRSample } from "../wire/index.ts"
import type { Selected } from "./Coder.ts"

export interface SampleFold<Fitted> {
  /** Keeps what is wrong with a sample for `result`, which tells all of it. */
  readonly add: (sample: IRSample) => void
  readonly result: () => Selected<Fitted>
}
