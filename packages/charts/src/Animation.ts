/**
 * Figures one after the other in one SVG, without a script: each is shown for its part of the loop by a rule of its own. Who asked for less
 * motion sees the last one, and so does a renderer that knows no animations; the frames are also there to be drawn one by one.
 */
import type { Figure } from "./Figure.ts"
import { coordinate } from "./Format.ts"
import { type SvgOptions, toSvg } from "./Svg.ts"
import { escaped } from "./Text.ts"

export interface AnimationOptions extends SvgOptions {
  /** A name of its own on a page; not empty. */
  readonly id: string
  readonly title: string
  /** One sentence that says what happens, for people who do not see it. */
  readonly description: string
  /** How long each frame is shown, in milliseconds: 20 to 60 000. Below 334 a frame may flash, which WCAG 2.3.1 limits. */
  readonly frame_ms: number
}

/** The frames of an animation: the same figures with ids that do not meet. */
export const framesOf = (figures: ReadonlyArray<Figure>, options: SvgOptions = {}): ReadonlyArray<string> =>
  figures.map((figure, index) => toSvg({ ...figure, id: `${figure.id}/frame-${index + 1}` }, options))

const sizeOf = (svg: string): readonly [width: number, height: number] => {
  const [, width = "0", height = "0"] = /viewBox="0 0 (\S+) (\S+)"/.exec(svg) ?? []
  return [Number(width), Number(height)]
}

/**
 * One SVG that shows the figures in a loop; as wide and high as the largest of them.
 *
 * @param figures at least one
 * @throws FigureError when a figure cannot be drawn.
 * @throws RangeError without a figure, and on a frame time outside of its bounds.
 */
export const toAnimation = (figures: ReadonlyArray<Figure>, options: AnimationOptions): string => {
  const { id, title, description, frame_ms } = options
  if (figures.length === 0) throw new RangeError("an animation needs at least one frame")
  if (!(frame_ms >= 20 && frame_ms <= 60_000)) throw new RangeError(`frame_ms must be from 20 to 60000, got ${frame_ms}`)
  const frames = framesOf(figures, options)
  const sizes = frames.map(sizeOf)
  const [width, height] = [Math.max(...sizes.map(([wide]) => wide)), Math.max(...sizes.map(([, high]) => high))]
  const scope = `animation-${id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")}`
  const share = coordinate(100 / figures.length)
  const total = figures.length * frame_ms
  const rules = [
    `.${scope}{visibility:hidden}.${scope}-last{visibility:visible}`,
    `@media (prefers-reduced-motion:no-preference){.${scope}{animation:${scope} ${total}ms step-end infinite}`,
    `@keyframes ${scope}{0%{visibility:visible}${share}%{visibility:hidden}}`,
    ...frames.map((_, index) => `.${scope}-${index + 1}{animation-delay:${index * frame_ms - total}ms}`),
    "}"
  ]
  const body = frames.map((svg, index) => {
    const last = index === frames.length - 1 ? ` ${scope}-last` : ""
    return `<g class="${scope} ${scope}-${index + 1}${last}">${svg.trimEnd()}</g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${scope}-title" aria-describedby="${scope}-description" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title id="${scope}-title">${escaped(title)}</title><desc id="${scope}-description">${escaped(description)}</desc><style>${rules.join("")}</style>${body.join("")}</svg>\n`
}
