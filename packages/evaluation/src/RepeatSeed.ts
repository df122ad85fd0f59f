/**
 * The seed that upstream's trainer crate gives a repeat: the seed of the run plus the number of the repeat, as whole numbers of 64 bits that
 * wrap. It is here so that a repeat of upstream can be named and done again.
 *
 * Sharp edge: neighbouring repeats get neighbouring seeds, and two runs with seeds 1 and 2 share all repeats but one. Seeds of our own come
 * from a `SeedTree`, where no two names meet.
 */

const span = 1n << 64n

/** (`base` + `repeat`) modulo 2^64. Throws RangeError unless both are whole numbers from 0 to 2^64 − 1. */
export const upstreamRepeatSeed = (base: bigint, repeat: bigint): bigint => {
  const wrong = [base, repeat].find((value) => value < 0n || value >= span)
  if (wrong !== undefined) throw new RangeError(`a seed and the number of a repeat are whole numbers from 0 to 2^64 - 1, not ${wrong}`)
  return (base + repeat) % span
}
