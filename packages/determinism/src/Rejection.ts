/**
 * Draws below a bound without bias. A draw from `span` equally likely values is accepted below the largest multiple of `n` and reduced
 * modulo `n`; the few values above it are rejected and drawn again. So each result has exactly the same number of accepted draws.
 */

/** The result that `draw` (from 0 to `span` - 1) gives for the bound `n`, or `undefined` when another draw is needed. `span` ≤ 2^53. */
export const reduceBelow = (draw: number, n: number, span: number): number | undefined => (draw < span - (span % n) ? draw % n : undefined)

/** The same over `bigint`. */
export const reduceBelowBig = (draw: bigint, n: bigint, span: bigint): bigint | undefined =>
  draw < span - (span % n) ? draw % n : undefined
