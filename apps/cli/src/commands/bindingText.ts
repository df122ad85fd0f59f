/**
 * A sample's voxels as text: a drawing where the area is small enough to be looked at, a list where it is not.
 *
 * An area without height is drawn with x to the right and z downwards from 0; one with height slice by slice, x to the right and the largest
 * y on top, as a picture stands in FEAGI. Sharp edge: shades go from nothing to the strongest voxel of the area, so that two areas are
 * not to be compared by them.
 */
import { textTable } from "../textTable.ts"
import type { BindingView, Size, ViewedArea, ViewedChannel, ViewedPicture } from "./bindingView.ts"

/** The largest drawing, in characters. */
const widest = 128
const highest = 64
/** Slices of one area that are drawn. */
const mostSlices = 4
/** Rows of a list. */
const mostRows = 16

const shades = [" ", "░", "▒", "▓", "█"] as const

/** Nothing at all is empty, and what is lit is always seen; a potential below zero, which cannot fire, is a minus. */
const shade = (share: number): string =>
  share < 0 ? "-" : (shades[share === 0 ? 0 : Math.max(1, Math.min(4, Math.ceil(share * 4)))] ?? " ")

const number = (value: number): string => String(Number(value.toPrecision(6)))

interface Plane {
  readonly title: string
  readonly rows: number
  readonly columns: number
  /** The label of a row. */
  readonly label: (row: number) => string
  readonly at: (row: number, column: number) => number
}

const planesOf = ({ dimensions, voxels }: ViewedArea): ReadonlyArray<Plane> => {
  const [width, height, depth]: Size = dimensions
  const strongest = voxels.reduce((most, { potential }) => Math.max(most, Math.abs(potential)), 0)
  const lit = new Map(voxels.map(({ x, y, z, potential }) => [`${x} ${y} ${z}`, strongest === 0 ? 0 : potential / strongest]))
  if (height === 1)
    return [
      {
        title: "x →, z ↓",
        rows: depth,
        columns: width,
        label: (row) => `z${row}`,
        at: (row, column) => lit.get(`${column} 0 ${row}`) ?? 0
      }
    ]
  const used = [...new Set(voxels.map(({ z }) => z))].sort((a, b) => a - b)
  return used.slice(0, mostSlices).map((z) => ({
    title: `z${z}: x →, y ↑`,
    rows: height,
    columns: width,
    label: (row) => `y${height - 1 - row}`,
    at: (row, column) => lit.get(`${column} ${height - 1 - row} ${z}`) ?? 0
  }))
}

/** A narrow plane gets two characters for a voxel, so that a picture keeps its shape; a wide one is cut into pieces, one below the other. */
const planeText = ({ title, rows, columns, label, at }: Plane, indent: string): ReadonlyArray<string> => {
  const repeat = columns * 2 <= widest && rows > 1 ? 2 : 1
  const margin = Math.max(...Array.from({ length: rows }, (_, row) => label(row).length))
  const pieces = Math.ceil(columns / widest)
  const each = Math.ceil(columns / pieces)
  return Array.from({ length: pieces }, (_, piece) => piece * each).flatMap((from) => {
    const wide = Math.min(each, columns - from)
    return [
      `${indent}${title}${pieces === 1 ? "" : `, x ${from} to ${from + wide - 1}`}`,
      ...Array.from({ length: rows }, (_, row) => {
        const line = Array.from({ length: wide }, (__, column) => shade(at(row, from + column)).repeat(repeat)).join("")
        return `${indent}${label(row).padStart(margin)} │${line}│`
      })
    ]
  })
}

/** Lines of a plane, with its title in front of every piece. */
const linesOf = ({ rows, columns }: Plane): number => Math.ceil(columns / widest) * (rows + 1)

const areaText = (area: ViewedArea): ReadonlyArray<string> => {
  const { id, name, dimensions, voxels } = area
  const planes = planesOf(area)
  const fits = planes.every((plane) => linesOf(plane) <= highest)
  const head = `${name} (${id}): ${dimensions.join(" × ")} voxels, ${voxels.length} lit`
  if (fits && voxels.length > 0) return [head, ...planes.flatMap((plane) => planeText(plane, "  "))]
  const listed = voxels
    .slice(0, mostRows)
    .map(({ x, y, z, potential }) => `${x},${y},${z}${potential === 1 ? "" : ` (${number(potential)})`}`)
  const more = voxels.length > mostRows ? ` … ${voxels.length - mostRows} more` : ""
  return [head, ...(voxels.length === 0 ? [] : [`  ${listed.join("  ")}${more}`])]
}

const shaded = ({ width, height }: ViewedPicture, share: (pixel: number) => number): ReadonlyArray<string> =>
  Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (__, column) => shade(share(row * width + column)).repeat(2)).join("")
  )

/** The picture beside what its voxels say of it. What is too large for a terminal is left to `--format svg`. */
const pictureText = (picture: ViewedPicture): ReadonlyArray<string> => {
  const { width, height, values, voxels } = picture
  if (width * 2 > widest || height > highest) return []
  const [least, most] = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity])
  const given = shaded(picture, (pixel) => (most === least ? 0 : ((values[pixel] ?? least) - least) / (most - least)))
  const said = `the features as a picture of ${width} × ${height}, ${number(least)} (empty) to ${number(most)} (full)`
  if (voxels === null) return [`${said}:`, ...framed(width, given), ""]
  const [left, right] = [
    framed(width, given),
    framed(
      width,
      shaded(picture, (pixel) => voxels[pixel] ?? 0)
    )
  ]
  const besides = width * 4 + 8 <= widest
  return [`${said}, and as its voxels say it:`, ...(besides ? left.map((line, row) => line + right[row]) : [...left, ...right]), ""]
}

const framed = (width: number, lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  const rule = "─".repeat(width * 2)
  return [`  ┌${rule}┐`, ...lines.map((line) => `  │${line}│`), `  └${rule}┘`]
}

const litText = ({ lit }: ViewedChannel): string =>
  lit.length > 6 ? `${lit.length} voxels` : lit.map(({ x, y, z }) => `${x},${y},${z}`).join("  ") || "none"

const valueText = (value: ViewedChannel["value"]): string =>
  typeof value === "number" ? number(value) : value.length > 4 ? `${value.length} numbers` : value.map(number).join(" ")

const channelsText = (channels: ReadonlyArray<ViewedChannel>): ReadonlyArray<string> => [
  textTable(
    [
      { title: "CHANNEL", cell: ({ index }) => index },
      { title: "FEATURE", cell: ({ feature }) => feature },
      { title: "VALUE", cell: (each) => (each.feature_value === null ? "–" : number(each.feature_value)) },
      { title: "FEAGI GETS", cell: ({ value }) => valueText(value) },
      { title: "LIT", cell: litText }
    ],
    channels.slice(0, mostRows),
    "the encoder has no channel"
  ).trimEnd(),
  ...(channels.length > mostRows ? [`… ${channels.length - mostRows} more channels with --json`] : [])
]

export const bindingText = (view: BindingView): string => {
  const { target } = view
  return [
    ...(view.picture === null ? [] : pictureText(view.picture)),
    ...channelsText(view.channels),
    "",
    ...view.areas.flatMap((area) => [...areaText(area), ""]),
    ...("areas" in target
      ? [
          "taught for its target:",
          ...target.areas.flatMap(areaText).map((line) => `  ${line}`),
          ...(target.unknown === null ? [] : [`  ${target.unknown}: ${target.values.map((value) => valueText(value)).join("; ")}`])
        ]
      : [`not taught: ${target.unknown}`])
  ].join("\n")
}
