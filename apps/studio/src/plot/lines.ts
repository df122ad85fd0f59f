/**
 * Lines as data, before anything is drawn: smoothing, several lines over one x, what a log axis cannot show, and the words and rows that say
 * the same as the drawing. Sharp edge: `null` is a gap in a line and stays one; a place where another line has a point is `undefined`.
 */
import { number } from "../format.ts"

export interface Line {
  /** Name of the series, unique in its chart. */
  readonly name: string
  readonly title: string
  /** Ascending; the same x may stand several times. */
  readonly x: ReadonlyArray<number>
  readonly y: ReadonlyArray<number | null>
  /** A colour of the theme: the name of a custom property such as `--c1`. */
  readonly colour: string
  /** Lengths of dash and gap in CSS pixels, so that colour says nothing alone. */
  readonly dash?: ReadonlyArray<number>
  /** Points of the series before it was thinned. */
  readonly points?: number
  /** One value that belongs to no place on this x, such as the score of a phase of its own: drawn from end to end. */
  readonly level?: boolean
}

/** A line as it is drawn: a level from one end to the other, any other line as it is. */
export const spread = (line: Line, whole: Window | null): Line => {
  const [value = null] = line.y
  return line.level === true && whole !== null ? { ...line, x: whole, y: [value, value] } : line
}

/**
 * The exponential moving average of a line, freed from the pull of its beginning: each value is the mean of all before it, the weight of
 * one falling by `weight` with every step. A gap stays a gap and does not count. `weight` 0 gives the line itself.
 */
export const smoothed = (y: ReadonlyArray<number | null>, weight: number): ReadonlyArray<number | null> => {
  if (weight <= 0) return y
  let [sum, all] = [0, 0]
  return y.map((value) => {
    if (value === null || !Number.isFinite(value)) return null
    sum = sum * weight + value * (1 - weight)
    all = all * weight + (1 - weight)
    return sum / all
  })
}

/** Columns over one x, which ascends: a row for every point that any line has, one more for each time that a line repeats an x. */
export interface Aligned {
  readonly x: ReadonlyArray<number>
  readonly y: ReadonlyArray<ReadonlyArray<number | null | undefined>>
}

export const aligned = (lines: ReadonlyArray<Pick<Line, "x" | "y">>): Aligned => {
  const at = lines.map(() => 0)
  const x: Array<number> = []
  const y = lines.map((): Array<number | null | undefined> => [])
  for (;;) {
    let next = Number.POSITIVE_INFINITY
    for (const [index, line] of lines.entries()) next = Math.min(next, line.x[at[index] ?? 0] ?? Number.POSITIVE_INFINITY)
    if (next === Number.POSITIVE_INFINITY) return { x, y }
    x.push(next)
    for (const [index, line] of lines.entries()) {
      const here = at[index] ?? 0
      const has = line.x[here] === next
      y[index]?.push(has ? finite(line.y[here]) : undefined)
      if (has) at[index] = here + 1
    }
  }
}

const finite = (value: number | null | undefined): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null)

/** What a logarithmic axis can show, and how many values it cannot: those at or below zero. */
export const positive = (y: ReadonlyArray<number | null>): { readonly y: ReadonlyArray<number | null>; readonly left: number } => {
  let left = 0
  const kept = y.map((value) => {
    if (value === null || value > 0) return value
    left++
    return null
  })
  return { y: kept, left }
}

export type Window = readonly [from: number, to: number]

/** First and last x of all lines; null where there is no point. */
export const extent = (lines: ReadonlyArray<Pick<Line, "x">>): Window | null => {
  const firsts = lines.flatMap(({ x }) => x.slice(0, 1))
  const lasts = lines.flatMap(({ x }) => x.slice(-1))
  return firsts.length === 0 ? null : [Math.min(...firsts), Math.max(...lasts)]
}

/** A window half as wide (`factor` 0.5) or twice as wide (2) around a place; null once it holds everything. */
export const zoomed = (window: Window, all: Window, factor: number, around = (window[0] + window[1]) / 2): Window | null => {
  const from = around - (around - window[0]) * factor
  const to = around + (window[1] - around) * factor
  return kept([from, to], all)
}

/** A window moved by a share of its width, no further than the ends. */
export const panned = (window: Window, all: Window, share: number): Window | null => {
  const width = window[1] - window[0]
  const by = Math.max(all[0] - window[0], Math.min(all[1] - window[1], width * share))
  return kept([window[0] + by, window[1] + by], all)
}

const kept = ([from, to]: Window, all: Window): Window | null => {
  const [low, high] = [Math.max(from, all[0]), Math.min(to, all[1])]
  if (low <= all[0] && high >= all[1]) return null
  return high > low ? [low, high] : null
}

/** Text of a window in the address: `120..480`; what is no window is null. */
export const readWindow = (text: string): Window | null => {
  const [from, to, ...more] = text.split("..").map((part) => (part === "" ? Number.NaN : Number(part)))
  return from !== undefined && to !== undefined && more.length === 0 && to > from && Number.isFinite(to - from) ? [from, to] : null
}
export const writeWindow = (window: Window | null): string | null =>
  window === null ? null : window.map((end) => String(Number(end.toPrecision(8)))).join("..")

/** A tick of an axis: no more digits than tell it from its neighbours. */
export const tickText = (value: number): string => {
  const size = Math.abs(value)
  return Number.isInteger(value) || size >= 1e6 || size < 1e-4 ? number(value, 3) : String(Number(value.toPrecision(6)))
}

/** One sentence for each line, for readers who do not see it. */
export const spoken = (line: Pick<Line, "title" | "y" | "points">): string => {
  const known = line.y.filter((value): value is number => value !== null && Number.isFinite(value))
  if (known.length === 0) return `${line.title}: no value yet.`
  const low = known.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = known.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  const count = line.points ?? line.y.length
  const last = known.at(-1)
  return count === 1
    ? `${line.title}: one value, ${number(last)}.`
    : `${line.title}: ${number(count)} values from ${number(low)} to ${number(high)}, the last ${number(last)}.`
}

/** Columns and rows of the table twin and the CSV file: x, then every line; a gap is null, no point is empty. */
export const rowsOf = (
  xTitle: string,
  lines: ReadonlyArray<Line>
): { readonly columns: ReadonlyArray<string>; readonly rows: ReadonlyArray<ReadonlyArray<number | null | "">> } => {
  const { x, y } = aligned(lines)
  return {
    columns: [xTitle, ...lines.map(({ title }) => title)],
    rows: x.map((at, row) => [
      at,
      ...y.map((column) => {
        const value = column[row]
        return value === undefined ? ("" as const) : value
      })
    ])
  }
}
