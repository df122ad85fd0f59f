/**
 * Shapes over an image. Truth is solid with its label above, prediction dashed with its label below, so the two stay apart without colour; every
 * line has a rim, to be seen on any image. Coordinates are pixels of the image, scaled to a comfortable size.
 */
import { type Brush, type Drawing, element, label, noData, type Token } from "../Brush.ts"
import type { OverlayFigure, OverlayShape } from "../Figure.ts"
import { coordinate, formatValue } from "../Format.ts"
import { escaped, textWidth, truncated } from "../Text.ts"
import { legend } from "./Plot.ts"

interface Look {
  readonly colour: Token
  readonly dash: string | undefined
}

const lookOf = (role: OverlayShape["role"]): Look => {
  if (role === "truth") return { colour: "s2", dash: undefined }
  return role === "prediction" ? { colour: "s1", dash: "7 4" } : { colour: "s0", dash: undefined }
}

const outline = (brush: Brush, d: string, { colour, dash }: Look, filled: boolean): string =>
  (filled ? element("path", { d, "fill-opacity": "0.22", "fill-rule": "evenodd", ...brush.paint({ fill: colour }) }) : "") +
  element("path", {
    d,
    "stroke-width": 4.5,
    "stroke-opacity": "0.75",
    "stroke-linejoin": "round",
    ...brush.paint({ fill: "none", stroke: "surface" })
  }) +
  element("path", {
    d,
    "stroke-width": 2.25,
    "stroke-linejoin": "round",
    "stroke-dasharray": dash,
    ...brush.paint({ fill: "none", stroke: colour })
  })

type Place = readonly [x: number, y: number]

/** What is drawn, and the points its label keeps to. */
interface Drawn {
  readonly markup: string
  readonly places: ReadonlyArray<Place>
}

const keypoints = (brush: Brush, shape: OverlayShape & { readonly shape: "keypoints" }, scale: number, look: Look): Drawn => {
  const points = shape.points.map(({ name, x, y }) =>
    x === null || y === null ? undefined : { name, at: [x * scale, y * scale] as const }
  )
  const lines = (shape.edges ?? []).map(([from, to]) => {
    const [start, end] = [points[from]?.at, points[to]?.at]
    return start === undefined || end === undefined ? "" : `M${start.map(coordinate).join(" ")}L${end.map(coordinate).join(" ")}`
  })
  const known = points.filter((point) => point !== undefined)
  const dots = known.map(({ name, at }) =>
    element(
      "circle",
      { cx: at[0], cy: at[1], r: 4.5, "stroke-width": 1.5, ...brush.paint({ fill: look.colour, stroke: "surface" }) },
      named(name)
    )
  )
  const d = lines.join("")
  return { markup: (d === "" ? "" : outline(brush, d, look, false)) + dots.join(""), places: known.map(({ at }) => at) }
}

const named = (name: string): string => element("title", {}, escaped(name))

const drawShape = (brush: Brush, shape: OverlayShape, scale: number): Drawn => {
  const look = lookOf(shape.role)
  if (shape.shape === "keypoints") return keypoints(brush, shape, scale, look)
  if (shape.shape === "box") {
    const [x, y, right, bottom] = [shape.x, shape.y, shape.x + shape.width, shape.y + shape.height].map((value) => value * scale) as [
      number,
      number,
      number,
      number
    ]
    const d = `M${coordinate(x)} ${coordinate(y)}H${coordinate(right)}V${coordinate(bottom)}H${coordinate(x)}Z`
    return {
      markup: outline(brush, d, look, false),
      places: [
        [x, y],
        [right, bottom]
      ]
    }
  }
  const rings = shape.rings.filter((ring) => ring.length > 0).map((ring) => ring.map(([x, y]) => [x * scale, y * scale] as const))
  const d = rings.map((ring) => `M${ring.map((point) => point.map(coordinate).join(" ")).join("L")}Z`).join("")
  return { markup: d === "" ? "" : outline(brush, d, look, true), places: rings.flat() }
}

const caption = ({ label: text, score }: OverlayShape): string =>
  [text ?? "", score === undefined ? "" : formatValue(score, 3)].filter((part) => part !== "").join(" ")

const drawLabel = (brush: Brush, shape: OverlayShape, places: ReadonlyArray<Place>, width: number, height: number): string => {
  const full = caption(shape)
  if (full === "" || places.length === 0) return ""
  const text = truncated(full, 12, Math.min(220, width - 12))
  const wide = textWidth(text, 12) + 10
  const left = places.reduce((least, [x]) => Math.min(least, x), Number.POSITIVE_INFINITY)
  const top = places.reduce((least, [, y]) => Math.min(least, y), Number.POSITIVE_INFINITY)
  const bottom = places.reduce((most, [, y]) => Math.max(most, y), Number.NEGATIVE_INFINITY)
  const x = Math.max(2, Math.min(left, width - wide - 2))
  const y = Math.max(2, Math.min(shape.role === "prediction" ? bottom + 5 : top - 23, height - 20))
  const { colour, dash } = lookOf(shape.role)
  const box = element("rect", {
    x,
    y,
    width: wide,
    height: 18,
    rx: 3,
    "stroke-width": 1.5,
    "stroke-dasharray": dash === undefined ? undefined : "4 2",
    ...brush.paint({ fill: "surface", stroke: colour })
  })
  return box + label(brush, x + 5, y + 13, text, { size: 12, full })
}

const withoutImage = (brush: Brush, width: number, height: number, empty: boolean): string =>
  empty
    ? noData(brush, 0, 0, width, height)
    : element("rect", { x: 0, y: 0, width, height, fill: brush.hatch(), "fill-opacity": "0.6", ...brush.paint({ stroke: "grid" }) }) +
      label(brush, width - 8, height - 8, "image not included", { anchor: "end", size: 11, colour: "muted", halo: true })

export const drawOverlay = (brush: Brush, { image, shapes }: OverlayFigure): Drawing => {
  const largest = Math.max(image.width, image.height)
  const scale = largest < 320 || largest > 640 ? (largest < 320 ? 400 : 640) / largest : 1
  const [width, height] = [image.width * scale, image.height * scale]
  const roles = (["truth", "prediction"] as const).filter((role) => shapes.some((shape) => shape.role === role))
  const key = legend(
    brush,
    roles.map((role) => ({ name: role, sample: outline(brush, "M2 2H28V12H2Z", lookOf(role), false) })),
    Math.max(width, 240)
  )
  const top = key === undefined ? 0 : key.height + 6
  const place = { x: 0, y: 0, width, height }
  const picture =
    image.href === undefined
      ? withoutImage(brush, width, height, shapes.length === 0)
      : element("image", {
          ...place,
          href: image.href,
          preserveAspectRatio: "none",
          "image-rendering": scale >= 2 ? "pixelated" : undefined
        })
  const drawn = shapes.map((shape) => drawShape(brush, shape, scale))
  const labels = shapes.map((shape, index) => drawLabel(brush, shape, drawn[index]?.places ?? [], width, height))
  const empty =
    shapes.length === 0 && image.href !== undefined
      ? label(brush, width / 2, height - 12, "no data: no shapes", { anchor: "middle", size: 13, weight: 600, halo: true })
      : ""
  const body = element(
    "g",
    { transform: `translate(0 ${coordinate(top)})` },
    element(
      "g",
      { "clip-path": brush.clip("image", 0, 0, width, height) },
      picture + drawn.map(({ markup }) => markup).join("") + labels.join("") + empty
    )
  )
  return { width: Math.max(width, key?.width ?? 0), height: top + height, body: (key?.body ?? "") + body }
}
