/**
 * An overlapping population code: a number lights the bins near it, each by how near it is. Bin i of B stands at i / (B − 1), and its
 * potential is max(0, 1 − distance · (B − 1) / overlap): a triangle that reaches `overlap` bins to either side.
 *
 * Sharp edge: with an overlap of 1 the two nearest bins share a potential of 1; with more, potentials add up to more than 1.
 */

/** @param value in [0, 1] */
export const softBins = (value: number, bins: number, overlap: number, into: Float64Array, at: number): void => {
  const place = value * (bins - 1)
  for (let bin = 0; bin < bins; bin++) into[at + bin] = Math.max(0, 1 - Math.abs(place - bin) / overlap)
}
