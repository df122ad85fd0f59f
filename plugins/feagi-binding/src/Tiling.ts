/**
 * Overlapping bins by FEAGI's own coder: a feature has several Percentage channels, and channel t of T has its bins shifted by
 * (t + 1/2) / T of a bin. Values that share a bin in most channels share most of their spikes, and an edge of a bin that cuts
 * through a cluster in one channel does not in the others.
 */
export const MOST_TILINGS = 16

/**
 * Values of the channels of one feature. `value` lies in [0, 1], and so does every result: with several tilings the range covers
 * bins - 1 whole bins, which leaves room for the shift. One tiling takes the value as it is.
 */
export const tile = (value: number, bins: number, tilings: number): ReadonlyArray<number> =>
  tilings === 1 ? [value] : Array.from({ length: tilings }, (_, t) => (value * (bins - 1) + (t + 0.5) / tilings) / bins)
