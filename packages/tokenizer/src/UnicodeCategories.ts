/**
 * Sets of code points by general category, of one fixed edition of Unicode.
 *
 * Sharp edge: `\p{L}` of the engine follows the Unicode of the Node that runs it, so that a text would have other tokens on another version.
 * Nothing here asks the engine.
 */
import { categoryNames, categoryRuns } from "./unicodeTable.ts"

/** Code points from `first` to `last`, both included. A set is a list of them, ascending, with gaps between. */
export type CodePointRange = readonly [first: number, last: number]
export type CodePointSet = ReadonlyArray<CodePointRange>

const lastCodePoint = 0x10ffff
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%"

/** The union of sets that may overlap. */
export const unionOf = (sets: ReadonlyArray<CodePointSet>): CodePointSet => {
  const sorted = sets.flat().sort(([left], [right]) => left - right)
  const merged: Array<[number, number]> = []
  for (const [first, last] of sorted) {
    const previous = merged.at(-1)
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last)
    else merged.push([first, last])
  }
  return merged
}

/** Every code point, surrogates included, that is not in the set. */
export const complementOf = (set: CodePointSet): CodePointSet => {
  const gaps: Array<CodePointRange> = []
  let next = 0
  for (const [first, last] of set) {
    if (first > next) gaps.push([next, first - 1])
    next = last + 1
  }
  if (next <= lastCodePoint) gaps.push([next, lastCodePoint])
  return gaps
}

const readRuns = (): ReadonlyMap<string, CodePointSet> => {
  const sets = new Map<string, Array<CodePointRange>>(categoryNames.map((name) => [name, []]))
  let at = 0
  for (const [, letter = "", digits] of categoryRuns.replaceAll("\n", "").matchAll(/([A-Z!#$%])([0-9a-z]*)/g)) {
    const length = digits === "" || digits === undefined ? 1 : Number.parseInt(digits, 36)
    sets.get(categoryNames[letters.indexOf(letter)] ?? "")?.push([at, at + length - 1])
    at += length
  }
  if (at !== lastCodePoint + 1) throw new Error(`unicodeTable.ts describes ${at} code points of ${lastCodePoint + 1}; write it anew`)
  return sets
}

let runs: ReadonlyMap<string, CodePointSet> | undefined

/**
 * The code points of a general category (`Lu`) or of a group of them (`L`), or `undefined` where Unicode has none of that name. Long names
 * such as `Letter` and scripts such as `Han` are not known.
 */
export const categorySet = (name: string): CodePointSet | undefined => {
  runs ??= readRuns()
  const exact = runs.get(name)
  if (exact !== undefined) return exact
  if (name.length !== 1) return undefined
  const members = [...runs].filter(([each]) => each.startsWith(name)).map(([, set]) => set)
  return members.length === 0 ? undefined : unionOf(members)
}

/** The property White_Space, which is stable across editions of Unicode. */
export const whiteSpace: CodePointSet = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0x85, 0x85],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000]
]
