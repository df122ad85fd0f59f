/**
 * Colours, hatches and elements. Each painted element carries a plain colour as attribute, which every renderer understands, and a class
 * whose rule, kept behind `@supports`, reads a custom property `--figure-<token>`; a page can restyle a figure, and dark mode works.
 */
import { coordinate } from "./Format.ts"
import { escaped } from "./Text.ts"

export type Theme = "light" | "dark" | "auto"

/** `[light, dark]` of every token. `s0`–`s6` are the palette of Okabe and Ito (2008), ordered for contrast with the surface. */
const tokens = {
  surface: ["#ffffff", "#0d1117"],
  ink: ["#1f2328", "#e6edf3"],
  muted: ["#59636e", "#9198a1"],
  grid: ["#e3e6ea", "#262c36"],
  axis: ["#818b98", "#656c76"],
  hatch: ["#b3bac2", "#4a525c"],
  shade: ["#00558c", "#56b4e9"],
  cell: ["#111111", "#ffffff"],
  deep: ["#ffffff", "#000000"],
  black: ["#000000", "#000000"],
  white: ["#ffffff", "#ffffff"],
  s0: ["#0072b2", "#56b4e9"],
  s1: ["#d55e00", "#e69f00"],
  s2: ["#009e73", "#009e73"],
  s3: ["#cc79a7", "#cc79a7"],
  s4: ["#e69f00", "#d55e00"],
  s5: ["#56b4e9", "#f0e442"],
  s6: ["#1f2328", "#e6edf3"]
} as const satisfies Record<string, readonly [light: string, dark: string]>

export type Token = keyof typeof tokens
const names = Object.keys(tokens) as ReadonlyArray<Token>
const palette = ["s0", "s1", "s2", "s3", "s4", "s5", "s6"] as const satisfies ReadonlyArray<Token>
const dashes = [undefined, "7 3", "2 3", "9 3 2 3", "13 4"] as const

/** Colour and dash of the series at `index`; the pair repeats after 35 series only. */
export const seriesColour = (index: number): Token => palette[index % palette.length] ?? "s0"
export const seriesDash = (index: number): string | undefined => dashes[index % dashes.length]

type Attributes = Readonly<Record<string, string | number | undefined>>

/** One element; numbers are written as coordinates, text is escaped, `undefined` is left out. `inside` is markup already. */
export const element = (name: string, attributes: Attributes, inside = ""): string => {
  const written = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? "" : ` ${key}="${typeof value === "number" ? coordinate(value) : escaped(value)}"`
  )
  return inside === "" ? `<${name}${written.join("")}/>` : `<${name}${written.join("")}>${inside}</${name}>`
}

const channels = (hex: string): ReadonlyArray<number> => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))

/** Relative luminance with the sRGB curve taken as x^2.25, by square and two square roots: within 0.01 of WCAG's, and exact everywhere. */
const luminance = ([red = 0, green = 0, blue = 0]: ReadonlyArray<number>): number => {
  const linear = (channel: number) => (channel / 255) * (channel / 255) * Math.sqrt(Math.sqrt(channel / 255))
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

const prefersWhite = (theme: 0 | 1, opacity: number): boolean => {
  const under = channels(tokens.surface[theme])
  const light = luminance(channels(tokens.shade[theme]).map((value, index) => value * opacity + (under[index] ?? 0) * (1 - opacity)))
  // Contrast with white equals contrast with black where (L + 0.05)² = 1.05 × 0.05.
  return (light + 0.05) * (light + 0.05) < 0.0525
}

/** The text colour that reads best over `shade` at an opacity, chosen for both themes. */
export const textOver = (opacity: number): Token => {
  if (prefersWhite(0, opacity)) return prefersWhite(1, opacity) ? "white" : "deep"
  return prefersWhite(1, opacity) ? "cell" : "black"
}

/** Paints one figure and remembers what it used, so that the style sheet holds no more than that. */
export class Brush {
  readonly scope: string
  readonly theme: Theme
  readonly #rules = new Set<string>()
  readonly #defs = new Map<string, string>()

  constructor(scope: string, theme: Theme) {
    this.scope = scope
    this.theme = theme
  }

  #colour(token: Token): string {
    return tokens[token][this.theme === "dark" ? 1 : 0]
  }

  /** Attributes for fill and stroke; `none` is spelled out, what is left out is inherited. */
  paint(colours: { readonly fill?: Token | "none"; readonly stroke?: Token | "none" }): Attributes {
    const classes: Array<string> = []
    const attributes: Record<string, string> = {}
    for (const property of ["fill", "stroke"] as const) {
      const token = colours[property]
      if (token === undefined) continue
      attributes[property] = token === "none" ? token : this.#colour(token)
      if (token === "none") continue
      classes.push(`${property[0]}-${token}`)
      this.#rules.add(`${property} ${token}`)
    }
    return classes.length === 0 ? attributes : { class: classes.join(" "), ...attributes }
  }

  /** The fill of "no data": thin diagonal lines. */
  hatch(): string {
    const lines = element("path", {
      d: "M-2 2L2 -2M0 8L8 0M6 10L10 6",
      "stroke-width": 1,
      ...this.paint({ fill: "none", stroke: "hatch" })
    })
    return this.#pattern("none", 8, lines)
  }

  /** A texture over bar number `index`, so that bars differ without colour; the first has none. */
  texture(index: number): string | undefined {
    const drawings = [
      undefined,
      "M-2 2L2 -2M0 8L8 0M6 10L10 6",
      "M0 4H8",
      "M-2 6L2 10M0 0L8 8M6 -2L10 2",
      "M4 0V8",
      "M0 4H8M4 0V8",
      "M0 8L8 0M0 0L8 8"
    ]
    const drawing = drawings[index % drawings.length]
    if (drawing === undefined) return undefined
    return this.#pattern(
      `t${index % drawings.length}`,
      8,
      element("path", { d: drawing, "stroke-width": 1.4, ...this.paint({ fill: "none", stroke: "surface" }) })
    )
  }

  /** A clip to a rectangle, as attribute value. */
  clip(name: string, x: number, y: number, width: number, height: number): string {
    const id = `${this.scope}-${name}`
    this.#defs.set(id, element("clipPath", { id }, element("rect", { x, y, width, height })))
    return `url(#${id})`
  }

  #pattern(name: string, size: number, inside: string): string {
    const id = `${this.scope}-${name}`
    this.#defs.set(id, element("pattern", { id, width: size, height: size, patternUnits: "userSpaceOnUse" }, inside))
    return `url(#${id})`
  }

  /** The style sheet and the definitions; call after everything is painted. */
  head(): string {
    const used = names.filter((token) => this.#rules.has(`fill ${token}`) || this.#rules.has(`stroke ${token}`))
    const property = (token: Token) => (/^(black|white)$/.test(token) ? "" : `--figure-${token}`)
    const set = (theme: 0 | 1) =>
      used
        .map((token) => `--${token}:${property(token) === "" ? tokens[token][theme] : `var(${property(token)},${tokens[token][theme]})`}`)
        .join(";")
    const dark = this.theme === "auto" ? `@media (prefers-color-scheme:dark){#${this.scope}{${set(1)}}}` : ""
    const rules = [
      ...used.flatMap((token) =>
        (["fill", "stroke"] as const).flatMap((kind) =>
          this.#rules.has(`${kind} ${token}`) ? [`#${this.scope} .${kind[0]}-${token}{${kind}:var(--${token})}`] : []
        )
      )
    ]
    const style = `<style>@supports (color:var(--x)){#${this.scope}{${set(this.theme === "dark" ? 1 : 0)}}${dark}${rules.join("")}}</style>`
    return this.#defs.size === 0 ? style : `${style}${element("defs", {}, [...this.#defs.values()].join(""))}`
  }
}

/** What a drawer hands back: markup inside a rectangle from 0,0 to width,height. */
export interface Drawing {
  readonly width: number
  readonly height: number
  readonly body: string
}

interface TextOptions {
  readonly size?: number
  readonly anchor?: "start" | "middle" | "end"
  readonly weight?: number
  readonly colour?: Token
  readonly rotate?: number
  /** Draw the letters on a rim of the surface colour, to keep them readable over lines. */
  readonly halo?: boolean
  /** The full text, when what is drawn is cut. */
  readonly full?: string
}

/** A line of text whose baseline starts, centres or ends at x,y. */
export const label = (brush: Brush, x: number, y: number, text: string, options: TextOptions = {}): string => {
  const { size, anchor, weight, colour, rotate, halo, full } = options
  const rim = halo === true ? { "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke" } : {}
  const place =
    rotate === undefined ? { x, y } : { transform: `translate(${coordinate(x)} ${coordinate(y)}) rotate(${coordinate(rotate)})` }
  return element(
    "text",
    {
      ...place,
      "font-size": size,
      "font-weight": weight,
      "text-anchor": anchor === "start" ? undefined : anchor,
      ...rim,
      ...brush.paint({ ...(colour === undefined ? {} : { fill: colour }), ...(halo === true ? { stroke: "surface" } : {}) })
    },
    `${full === undefined || full === text ? "" : element("title", {}, escaped(full))}${escaped(text)}`
  )
}

/** The whole place hatched, with the words "no data" in its middle. */
export const noData = (brush: Brush, x: number, y: number, width: number, height: number, words = "no data"): string =>
  element("rect", { x, y, width, height, ...brush.paint({ stroke: "grid" }), fill: brush.hatch() }) +
  label(brush, x + width / 2, y + height / 2 + 5, words, { anchor: "middle", size: 14, weight: 600, colour: "muted", halo: true })
