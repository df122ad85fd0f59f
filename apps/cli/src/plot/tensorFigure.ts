/**
 * A tensor as sheets of numbers: its last two axes are rows and columns, those before them are sheets. What does not fit is not squeezed:
 * only so many sheets are shown, and a sheet that is too large is refused with the way to take a part of it.
 */
import type { Figure } from "@feagi-trainer/charts"

/** Cells of one sheet. */
export const mostCells = 65_536
/** Sheets of one picture. */
export const mostSheets = 64

export interface NumberTensor {
  readonly name: string
  readonly shape: ReadonlyArray<number>
  /** Row-major. */
  readonly values: ArrayLike<number>
}

export interface TensorView {
  readonly figure: Figure
  readonly sheets: number
  readonly shown: number
}

const indexText = (sheet: number, leading: ReadonlyArray<number>): string => {
  let rest = sheet
  const places = [...leading]
    .reverse()
    .map((size) => {
      const place = rest % size
      rest = Math.floor(rest / size)
      return place
    })
    .reverse()
  return `[${places.join(", ")}]`
}

/** Numbers that are not finite are no data: a picture has no colour for them, and the table says so. */
export const tensorView = ({ name, shape, values }: NumberTensor): TensorView => {
  const [rows, columns] = shape.length === 0 ? [1, 1] : shape.length === 1 ? [1, shape[0] ?? 0] : [shape.at(-2) ?? 0, shape.at(-1) ?? 0]
  const leading = shape.slice(0, -2)
  const sheets = leading.reduce((product, size) => product * size, 1)
  const shown = Math.min(sheets, mostSheets)
  const sheet = (index: number) =>
    Array.from({ length: rows }, (_, row) =>
      Array.from({ length: columns }, (_, column) => {
        const value = values[(index * rows + row) * columns + column]
        return value === undefined || !Number.isFinite(value) ? null : value
      })
    )
  return {
    sheets,
    shown,
    figure: {
      kind: "grid",
      id: `tensor/${name}`,
      title: `${name} [${shape.join(" × ")}]`,
      description: `${shown === sheets ? "All" : `The first ${shown} of ${sheets}`} sheets of ${rows} × ${columns} numbers; zero is the colour of the page.`,
      x: { label: `axis ${Math.max(0, shape.length - 1)}` },
      y: { label: shape.length < 2 ? "" : `axis ${shape.length - 2}` },
      colours: "diverging",
      panels: Array.from({ length: shown }, (_, index) => ({
        title: leading.length === 0 ? `${rows} × ${columns}` : indexText(index, leading),
        values: sheet(index)
      }))
    }
  }
}
