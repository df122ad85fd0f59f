/**
 * Runs as the compressed text of COCO (`rleFrString` of maskApi): a number is written in groups of five bits, the lowest group first, each
 * group as a character from `0` (48) on; 32 is added to a group that another one follows, and the highest bit of the last group is the
 * sign. Sharp edge: from the fourth number on it is the difference to the run two places before.
 */

const GROUPS = 7

/** Undefined when the text is none: an unknown character, a number that is cut or too long, or a run below zero. */
export const readRunsText = (text: string): ReadonlyArray<number> | undefined => {
  const runs: Array<number> = []
  let at = 0
  while (at < text.length) {
    let [value, groups, group] = [0, 0, 32]
    while (group >= 32) {
      group = text.charCodeAt(at++) - 48
      if (!(group >= 0 && group < 64) || groups === GROUPS) return undefined
      value += (group & 31) * 32 ** groups++
    }
    if ((group & 16) !== 0) value -= 32 ** groups
    const length = value + (runs.length > 2 ? (runs[runs.length - 2] ?? 0) : 0)
    if (length < 0 || length >= 2 ** 32) return undefined
    runs.push(length)
  }
  return runs
}
