/**
 * A recording as one SVG that plays by itself: no script, no font, nothing loaded, so that it moves wherever a picture is shown.
 *
 * Lines stand below each other on a tape that moves up behind a window. Each state of a line is an element that is seen for its time; what
 * is typed is one element below a lid that goes to the right. Where nothing moves, by wish of the reader or for lack of CSS, the last
 * screen stands there.
 */
import type { Cast } from "./cast.ts"
import { type Line, type Screen, type Span, screensOf, textOf } from "./screens.ts"

const cell = { width: 8, height: 18 } as const
const frame = { left: 16, top: 46, right: 16, bottom: 20 } as const
/** Seconds that the last screen stays. */
const rest = 4

const colors = {
  window: "#0d1117",
  border: "#30363d",
  text: "#d1d9e0",
  quiet: "#9198a1",
  accent: "#56d364",
  bold: "#ffffff",
  palette: [
    ...["#484f58", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#b1bac4"],
    ...["#9198a1", "#ffa198", "#7ee787", "#f2cc60", "#a5d6ff", "#e2c5ff", "#b3f0ff", "#ffffff"]
  ]
} as const

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
const short = (value: number): string => String(Number(value.toFixed(3)))

/** A line while it looked the same, or while it grew letter by letter. */
interface Shown {
  readonly row: number
  readonly line: Line
  readonly from: number
  /** Undefined for what stays. */
  readonly until: number | undefined
  readonly typed?: Typed
}
interface Typed {
  readonly columns: readonly [from: number, to: number]
  /** Of the first letter and of the last. */
  readonly times: readonly [number, number]
}

const sameLine = (one: Line, other: Line): boolean => one === other || JSON.stringify(one.spans) === JSON.stringify(other.spans)

/** Whether the cursor went on by one letter, in the same line. */
const goesOn = (before: Screen, after: Screen, row: number): boolean => {
  const [was, is] = [before, after].map(({ lines }) => textOf(lines[row] ?? { spans: [], wrapped: false }))
  return (
    after.cursor.row === row &&
    before.cursor.row === row &&
    after.cursor.column === before.cursor.column + 1 &&
    (is ?? "").startsWith((was ?? "").trimEnd())
  )
}

const shownRow = (screens: ReadonlyArray<Screen>, row: number): ReadonlyArray<Shown> => {
  const all: Array<Shown> = []
  for (const [index, screen] of screens.entries()) {
    const line = screen.lines[row]
    const last = all.at(-1)
    const before = screens[index - 1]
    if (line === undefined) {
      if (last !== undefined && last.until === undefined) all[all.length - 1] = { ...last, until: screen.at }
    } else if (last === undefined || last.until !== undefined) all.push({ row, line, from: screen.at, until: undefined })
    else if (!sameLine(last.line, line) && before !== undefined) {
      if (goesOn(before, screen, row)) {
        const columns = [last.typed?.columns[0] ?? before.cursor.column, screen.cursor.column] as const
        all[all.length - 1] = { ...last, line, typed: { columns, times: [last.typed?.times[0] ?? screen.at, screen.at] } }
      } else all.splice(-1, 1, { ...last, until: screen.at }, { row, line, from: screen.at, until: undefined })
    }
  }
  return all
}

/** Keyframes by what they do, each once. */
class Motion {
  readonly #seconds: number
  readonly #names = new Map<string, string>()
  constructor(seconds: number) {
    this.#seconds = seconds
  }
  percent(at: number): string {
    return `${short((100 * at) / this.#seconds)}%`
  }
  name(frames: string): string {
    const known = this.#names.get(frames)
    if (known !== undefined) return known
    const name = `k${this.#names.size}`
    this.#names.set(frames, name)
    return name
  }
  /** The class of what is seen from one time to the other; empty for what is seen always. */
  seen(from: number, until: number | undefined): string {
    if (from === 0 && until === undefined) return ""
    const begin = from === 0 ? "0%{opacity:1}" : `0%{opacity:0}${this.percent(from)}{opacity:1}`
    return this.name(until === undefined ? `${begin}to{opacity:1}` : `${begin}${this.percent(until)},to{opacity:0}`)
  }
  css(): string {
    return [...this.#names].map(([frames, name]) => `@keyframes ${name}{${frames}}.${name}{animation-name:${name}}`).join("\n")
  }
}

const yOf = (row: number): number => row * cell.height

/** Words that stand together, by their first column: what is below each other in a table stays so in a font of any width. */
const wordsOf = ({ spans }: Line): ReadonlyArray<Span & { readonly column: number }> => {
  let column = 0
  return spans.flatMap(({ text, style }) => {
    const begin = column
    column += text.length
    return [...text.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ text: match[0], style, column: begin + match.index }))
  })
}

const textElement = ({ row, line }: Shown): string => {
  const words = wordsOf(line).map(({ text, style, column }) => {
    const kind = style === "" ? "" : ` class="${style}"`
    return `<tspan x="${column * cell.width}" textLength="${text.length * cell.width}"${kind}>${escaped(text)}</tspan>`
  })
  return words.length === 0 ? "" : `<text y="${yOf(row) + 13}">${words.join("")}</text>`
}

const grouped = (name: string, transient: boolean, content: string): string => {
  if (content === "") return ""
  const classes = [...(transient ? ["t"] : []), ...(name === "" ? [] : [name])]
  return classes.length === 0 ? content : `<g class="${classes.join(" ")}">${content}</g>`
}

/** The cursor, and the lid over what is not typed yet. */
const lid = ({ row, typed }: Shown, from: number, until: number | undefined, width: number, motion: Motion): string => {
  const at = typed ?? { columns: [2, 2] as const, times: [from, from] as const }
  const [first, last] = at.columns
  const letters = last - first
  const moved = `transform:translateX(${letters * cell.width}px)`
  const frames = `0%{transform:none}${motion.percent(at.times[0])}{transform:translateX(${cell.width}px);animation-timing-function:steps(${Math.max(letters - 1, 1)})}${motion.percent(at.times[1])},to{${moved}}`
  const x = first * cell.width
  const inner = `<rect x="${x}" y="${yOf(row)}" width="${width}" height="${cell.height}" class="w"/><rect x="${x}" y="${yOf(row) + 1}" width="${cell.width}" height="${cell.height - 2}" class="cur"/>`
  const moving = letters === 0 ? inner : `<g class="${motion.name(frames)}">${inner}</g>`
  return grouped(motion.seen(from, until), until !== undefined, moving)
}

export const svgOf = async (cast: Cast, description: string): Promise<string> => {
  const screens = await screensOf(cast)
  const { width: columns, height: rows, title } = cast.header
  const seconds = (screens.at(-1)?.at ?? 0) + rest
  const motion = new Motion(seconds)
  const inside = { width: columns * cell.width, height: rows * cell.height }
  const [width, height] = [inside.width + frame.left + frame.right, inside.height + frame.top + frame.bottom]

  const most = Math.max(...screens.map(({ lines }) => lines.length))
  const shown = Array.from({ length: most }, (_, row) => shownRow(screens, row)).flat()
  const texts = Map.groupBy(shown, ({ from, until }) => `${from} ${until}`)
  const lines = [...texts.values()].map((group) => {
    const [{ from, until } = { from: 0, until: undefined }] = group
    return grouped(motion.seen(from, until), until !== undefined, group.map(textElement).join(""))
  })
  const prompts = shown.filter(
    ({ line, row, from }) => /^\$( |$)/.test(textOf(line)) && screens.some(({ at, cursor }) => at >= from && cursor.row === row)
  )
  const lids = prompts.map((each) => {
    const left = screens.find(({ at, cursor }) => at > each.from && cursor.row > each.row)?.at
    return lid(each, each.from, left, inside.width, motion)
  })

  const offset = (row: number): number => Math.max(0, row + 1 - rows)
  const moves = screens.filter(({ cursor }, index) => offset(cursor.row) !== offset(screens[index - 1]?.cursor.row ?? 0))
  const up = (row: number): string => `transform:translateY(${-offset(row) * cell.height}px)`
  const last = screens.at(-1)?.cursor.row ?? 0
  const tape = motion.name(
    `0%{transform:none}${moves.map(({ at, cursor }) => `${motion.percent(at)}{${up(cursor.row)}}`).join("")}to{${up(last)}}`
  )

  // What is only one screen is a picture that stands still.
  const moving =
    screens.length < 2
      ? ""
      : `@media (prefers-reduced-motion:no-preference){g{animation:${seconds}s step-end infinite}.bar{animation:bar ${seconds}s linear infinite}}\n${motion.css()}\n`
  const palette = colors.palette.map((color, index) => `.c${index}{fill:${color}}`).join("")
  const body = [...lines, ...lids].filter((each) => each !== "").join("\n")
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">${escaped(title)}</title>
<desc id="desc">${escaped(description)}</desc>
<style>
text{font:13px ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;fill:${colors.text};white-space:pre}
${palette}.bold{fill:${colors.bold};font-weight:600}.dim{fill:${colors.quiet}}
.w{fill:${colors.window}}.cur{fill:${colors.text}}.t{opacity:0}.tape{${up(last)}}
.bar{transform-origin:0 0}@keyframes bar{0%{transform:scaleX(0)}}
${moving}</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="10" class="w" stroke="${colors.border}"/>
<g fill="${colors.border}"><circle cx="22" cy="17" r="5.5"/><circle cx="40" cy="17" r="5.5"/><circle cx="58" cy="17" r="5.5"/></g>
<text x="${width / 2}" y="21" text-anchor="middle" class="c8">${escaped(title)}</text>
<path d="M0 34H${width}" stroke="${colors.border}"/>
<rect y="33" width="${width}" height="2" class="bar" fill="${colors.accent}"/>
<svg aria-hidden="true" x="${frame.left}" y="${frame.top}" width="${inside.width}" height="${inside.height}" viewBox="0 0 ${inside.width} ${inside.height}">
<g class="tape ${tape}" xml:space="preserve">
${body}
</g>
</svg>
</svg>
`
}
