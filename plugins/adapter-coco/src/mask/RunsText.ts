/**
 * Runs as the compressed string of COCO (`rleFrString` of maskApi): a number is written in groups of five bits, the lowest group first,
 * each group a character from `0` (48) on; 32 is added to a group that another one follows, and the highest bit of the last group is the
 * sign. From the third run on, the number is the difference to the run two places before.
 */
import type { Runs } from "./Runs.ts"

/** Undefined when the text is no such string: an unknown character, a number that is cut or beyond 2^31, or a run below zero. */
export const readRunsText = (text: string): Runs | undefined => {
  const runs: Array<number> = []
  for (let at = 0; at < text.length; ) {
    let value = 0
    let groups = 0
    let group: number
    do {
      group = text.charCodeAt(at++) - 48
      if (!(group >= 0 && group < 64) || groups === 7) return undefined
      value += (group & 31) * 2 ** (5 * groups++)
    } while (group >= 32)
    if ((group & 16) !== 0) value -= 2 ** (5 * groups)
    const length = value + (runs.length > 2 ? (runs.at(-2) ?? 0) : 0)
    if (length < 0 || length >= 2 ** 32) return undefined
    runs.push(length)
  }
  return runs
}
