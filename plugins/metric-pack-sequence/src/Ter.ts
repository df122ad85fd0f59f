/**
 * Translation edit rate (Snover et al. 2006) as sacreBLEU computes it: how many words have to be inserted, deleted, replaced, or moved as
 * a block, for each word of the reference.
 *
 *   TER = 100 · Σ edits / Σ words of the reference        edits: against the nearest reference; words: mean over the references
 *
 * Sharp edges: lower is better and there is no upper end. The best order of blocks is looked for greedily, within bounds (blocks of 10
 * words, moved by at most 50, 1 000 tries a segment, edit distances within 25 of the diagonal), and these bounds are part of the number.
 */
import { vocabulary } from "./Ngrams.ts"
import type { ReferenceCounts } from "./References.ts"
import { sacreBleuSignature } from "./SacreBleu.ts"
import { terTokenizer } from "./TerTokenizer.ts"
import type { TextOptions } from "./TextOptions.ts"

const MAX_SHIFT_SIZE = 10
const MAX_SHIFT_DISTANCE = 50
const MAX_SHIFT_TRIES = 1000
const BEAM_WIDTH = 25

/** A cell that the beam did not reach. */
const UNREACHED = 1e9

/**
 * Edit distances of orders of the words of one answer to one reference. The distances of the current order are kept from both ends: a try
 * needs only the rows of the words that it moved.
 */
interface Distances {
  /** Sets the current order and gives its distance. */
  readonly keep: (words: Int32Array) => number
  /** The distance of another order of the same length, which differs from the current one in words `from` to before `to` at most. */
  readonly distance: (words: Int32Array, from: number, to: number) => number
  /** For the current order: the word of the answer that each word of the reference is aligned with, and which words are wrong. */
  readonly alignment: () => Alignment
}

interface Alignment {
  readonly align: Int32Array
  /** `wrong[k]`: how many of the first k words are wrong. */
  readonly referenceWrong: Int32Array
  readonly answerWrong: Int32Array
}

/** Where the cells of each row lie: columns `low[row]` to before `high[row]`, the first of them at `start[row]`. */
interface Band {
  readonly low: Int32Array
  readonly high: Int32Array
  readonly start: Int32Array
  readonly cells: number
}

const bandOf = (length: number, width: number): Band => {
  const ratio = length === 0 ? 1 : (width - 1) / length
  // Lengths so different that the beams of two rows would not meet get a wider one.
  const beam = BEAM_WIDTH < ratio / 2 ? Math.ceil(ratio / 2 + BEAM_WIDTH) : BEAM_WIDTH
  const [low, high, start] = [new Int32Array(length + 1), new Int32Array(length + 1), new Int32Array(length + 1)]
  let cells = 0
  for (let row = 0; row <= length; row++) {
    const diagonal = Math.floor(row * ratio)
    low[row] = row === 0 ? 0 : Math.max(0, diagonal - beam)
    high[row] = row === 0 || row === length ? width : Math.min(width, diagonal + beam)
    start[row] = cells
    cells += (high[row] ?? 0) - (low[row] ?? 0)
  }
  return { low, high, start, cells }
}

const distancesTo = (reference: Int32Array, length: number): Distances => {
  const width = reference.length + 1
  const { low, high, start, cells } = bandOf(length, width)
  const kept = new Int32Array(cells)
  for (let column = 0; column < width; column++) kept[column] = column
  const tried = new Int32Array(cells)
  /** What is left from each cell to the end, for the current order, once a try has asked for it. */
  const rest = new Int32Array(cells)
  let restKnown = false
  let current: Int32Array = new Int32Array(length)

  /** Rows `first` to `last` of `into`; the row above them is that of `kept`. */
  const fill = (into: Int32Array, words: Int32Array, first: number, last: number): void => {
    let from: Int32Array = kept
    for (let row = first; row <= last; row++) {
      const word = words[row - 1] ?? -1
      const [lowest, highest, lowAbove, highAbove] = [low[row] ?? 0, high[row] ?? 0, low[row - 1] ?? 0, high[row - 1] ?? 0]
      const here = (start[row] ?? 0) - lowest
      const over = (start[row - 1] ?? 0) - lowAbove
      let left = UNREACHED
      for (let column = lowest; column < highest; column++) {
        let least = UNREACHED
        if (column > lowAbove && column <= highAbove) least = (from[over + column - 1] ?? 0) + (word === reference[column - 1] ? 0 : 1)
        if (column < highAbove) least = Math.min(least, (from[over + column] ?? 0) + 1)
        left = Math.min(least, left + 1, UNREACHED)
        into[here + column] = left
      }
      from = into
    }
  }

  /** The same cells and steps as in `fill`, from the end. */
  const fillRest = (words: Int32Array): void => {
    for (let row = length; row >= 0; row--) {
      const word = words[row] ?? -1
      const [lowest, highest] = [low[row] ?? 0, high[row] ?? 0]
      const [lowBelow, highBelow] = row === length ? [0, 0] : [low[row + 1] ?? 0, high[row + 1] ?? 0]
      const here = (start[row] ?? 0) - lowest
      const under = (start[row + 1] ?? 0) - lowBelow
      let right = row === length ? -1 : UNREACHED
      for (let column = highest - 1; column >= lowest; column--) {
        let least = Math.min(right + 1, UNREACHED)
        if (column + 1 >= lowBelow && column + 1 < highBelow)
          least = Math.min(least, (rest[under + column + 1] ?? 0) + (word === reference[column] ? 0 : 1))
        if (column >= lowBelow && column < highBelow) least = Math.min(least, (rest[under + column] ?? 0) + 1)
        right = least
        rest[here + column] = right
      }
    }
  }
  return {
    keep: (words) => {
      current = Int32Array.from(words)
      fill(kept, words, 1, length)
      restKnown = false
      return kept[cells - 1] ?? 0
    },
    distance: (words, from, to) => {
      if (!restKnown) fillRest(current)
      restKnown = true
      fill(tried, words, from + 1, to)
      const first = start[to] ?? 0
      const size = (high[to] ?? 0) - (low[to] ?? 0)
      let least = UNREACHED
      for (let cell = first; cell < first + size; cell++) least = Math.min(least, (tried[cell] ?? 0) + (rest[cell] ?? 0))
      return least
    },
    alignment: () => {
      const align = new Int32Array(reference.length)
      const referenceWrong = new Int32Array(reference.length + 1)
      const answerWrong = new Int32Array(length + 1)
      const at = (row: number, column: number): number =>
        column < (low[row] ?? 0) || column >= (high[row] ?? 0) ? UNREACHED : (kept[(start[row] ?? 0) + column - (low[row] ?? 0)] ?? 0)
      let [row, column] = [length, reference.length]
      // Where ways are equally short, words side by side come before a word too many, and that before a word too few.
      while (row > 0 || column > 0) {
        const cost = at(row, column)
        const same = row > 0 && column > 0 && current[row - 1] === reference[column - 1]
        if (row > 0 && column > 0 && at(row - 1, column - 1) + (same ? 0 : 1) === cost) {
          align[column - 1] = row - 1
          if (!same) {
            referenceWrong[column] = 1
            answerWrong[row] = 1
          }
          row -= 1
          column -= 1
        } else if (row > 0 && at(row - 1, column) + 1 === cost) {
          answerWrong[row] = 1
          row -= 1
        } else {
          align[column - 1] = row - 1
          referenceWrong[column] = 1
          column -= 1
        }
      }
      for (const wrong of [referenceWrong, answerWrong])
        for (let k = 1; k < wrong.length; k++) wrong[k] = (wrong[k] ?? 0) + (wrong[k - 1] ?? 0)
      return { align, referenceWrong, answerWrong }
    }
  }
}

/** Where the words end that a move changes: it puts the block from `start` before word `target`. */
const movedTo = (words: Int32Array, start: number, length: number, target: number): number => {
  if (target < start) return start + length
  // Behind the block `target` counts the words as they were; within it, as if the block were already gone.
  return target > start + length ? target : Math.min(words.length, target + length)
}

/** Writes `words` after a move that ends at `to`. */
const move = (words: Int32Array, start: number, length: number, target: number, to: number, into: Int32Array): void => {
  into.set(words)
  if (target < start) {
    into.set(words.subarray(start, to), target)
    into.set(words.subarray(target, start), target + length)
  } else {
    into.set(words.subarray(start + length, to), start)
    into.set(words.subarray(start, start + length), to - length)
  }
}

interface Move {
  readonly gain: number
  readonly length: number
  readonly start: number
  readonly target: number
}

/** More gain, then the longer block, then the one further in front, then the target further in front. */
const better = (found: Move, than: Move | undefined): boolean => {
  if (than === undefined) return true
  if (found.gain !== than.gain) return found.gain > than.gain
  if (found.length !== than.length) return found.length > than.length
  if (found.start !== than.start) return found.start < than.start
  return found.target < than.target
}

/** Edits that make the answer into the reference. Both are words over one vocabulary. */
export const edits = (answer: Int32Array, reference: Int32Array): number => {
  if (reference.length === 0) return answer.length
  const length = answer.length
  const distances = distancesTo(reference, length)
  let words = Int32Array.from(answer)
  let distance = distances.keep(words)
  let [moves, tries] = [0, 0]
  const attempt = new Int32Array(length)
  while (distance > 0) {
    const { align, referenceWrong, answerWrong } = distances.alignment()
    const wrong = (sums: Int32Array, from: number, size: number): boolean => (sums[from + size] ?? 0) > (sums[from] ?? 0)
    let best: Move | undefined
    search: for (let start = 0; start < length; start++) {
      const first = Math.max(0, start - MAX_SHIFT_DISTANCE)
      const last = Math.min(reference.length - 1, start + MAX_SHIFT_DISTANCE)
      for (let place = first; place <= last; place++) {
        for (let size = 1; size <= MAX_SHIFT_SIZE && start + size <= length && place + size <= reference.length; size++) {
          if (words[start + size - 1] !== reference[place + size - 1]) break
          const aligned = align[place] ?? 0
          const pointless =
            !wrong(answerWrong, start, size) || !wrong(referenceWrong, place, size) || (aligned >= start && aligned < start + size)
          if (pointless) continue
          let previous = -1
          for (let offset = -1; offset < size; offset++) {
            const target = place + offset === -1 ? 0 : (align[place + offset] ?? 0) + 1
            if (target === previous) continue
            previous = target
            const to = movedTo(words, start, size, target)
            move(words, start, size, target, to, attempt)
            const found = { gain: distance - distances.distance(attempt, Math.min(start, target), to), length: size, start, target }
            tries += 1
            if (better(found, best)) best = found
          }
          if (tries >= MAX_SHIFT_TRIES) break search
        }
      }
    }
    if (tries >= MAX_SHIFT_TRIES || best === undefined || best.gain <= 0) break
    move(words, best.start, best.length, best.target, movedTo(words, best.start, best.length, best.target), attempt)
    words = Int32Array.from(attempt)
    moves += 1
    distance = distances.keep(words)
  }
  return moves + distance
}

export interface TerCounts {
  readonly edits: number
  /** Words of all references together; their mean is this by the number of references. */
  readonly words: number
}

/** The edits to the nearest reference, and the words of all. */
export const terCounts = (options: TextOptions): ((answer: string, references: ReadonlyArray<string>) => TerCounts) => {
  const tokenize = terTokenizer(options)
  return (answer, references) => {
    const numbers = vocabulary()
    const own = numbers(tokenize(answer))
    // sacreBLEU cuts a reference into words, joins them and cuts them again. `..54` is `.` and `.54` after the first time, `.`, `.` and
    // `54` after the second; the answer goes through it once.
    const others = references.map((reference) => numbers(tokenize(tokenize(reference).join(" "))))
    return {
      edits: others.reduce((least, other) => Math.min(least, edits(own, other)), Number.POSITIVE_INFINITY),
      words: others.reduce((sum, { length }) => sum + length, 0)
    }
  }
}

/** TER of summed counts; `referenceLength` is the sum of the mean lengths. 0 where both sides are empty, 100 where the references are. */
export const terScore = (total: number, referenceLength: number): number =>
  referenceLength > 0 ? (100 * total) / referenceLength : total > 0 ? 100 : 0

/** What sacreBLEU prints after `TER|`. */
export const terSignature = (options: TextOptions, references: ReferenceCounts): string =>
  sacreBleuSignature(references, {
    case: options.ter_case_sensitive ? "mixed" : "lc",
    tok: "tercom",
    norm: options.ter_normalized,
    punct: !options.ter_no_punct,
    asian: options.ter_asian_support
  })
