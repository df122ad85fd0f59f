/**
 * The cortical areas of a brain in one burst, slice by slice of z beside each other: a voxel that fired is filled, the stronger its
 * potential the fuller. Sharp edge: shades go up to the strongest potential of an area in any burst; two areas are not to be compared by them.
 */
import { useMemo, useRef, useState } from "preact/hooks"
import { Scroll } from "../ui/Scroll.tsx"
import "./plot.css"
import { number } from "../format.ts"
import { type ActivityArea, type Firings, type Lit, litIn, type Plane, planesOf, strongestOf } from "./activity.ts"
import { useDrawing } from "./canvas.ts"
import { roleColour } from "./Raster.tsx"
import { colourAt, useThemeTurn, useWidth } from "./theme.ts"

const gap = 14
const head = 18

interface Placed {
  readonly plane: Plane
  readonly left: number
  readonly top: number
}

/** Planes in lines, as many in one as fit; a voxel is at most 18 pixels large, and no larger than lets the widest plane in. */
const layout = (
  planes: ReadonlyArray<Plane>,
  width: number
): { readonly cell: number; readonly placed: ReadonlyArray<Placed>; readonly height: number } => {
  const widest = Math.max(1, ...planes.map(({ columns }) => columns))
  const tallest = Math.max(1, ...planes.map(({ rows }) => rows))
  const largest = Math.max(1, Math.min(18, Math.floor(width / widest), Math.floor(420 / tallest) || 1))
  // Two lines of slices are looked at with one look: many slices are drawn smaller, as long as a voxel can still be seen.
  const inTwoLines = Math.floor((width / Math.ceil(planes.length / 2) - gap) / widest)
  const cell = Math.max(Math.min(largest, 7), Math.min(largest, inTwoLines))
  const across = Math.max(1, Math.floor((width + gap) / (widest * cell + gap)))
  const step = tallest * cell + head + gap
  return {
    cell,
    placed: planes.map((plane, at) => ({ plane, left: (at % across) * (widest * cell + gap), top: Math.floor(at / across) * step + head })),
    height: Math.ceil(planes.length / across) * step
  }
}

const Area = ({
  area,
  firings,
  index,
  burst
}: {
  readonly area: ActivityArea
  readonly firings: Firings
  readonly index: number
  readonly burst: number
}) => {
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = useWidth(box)
  const turn = useThemeTurn()
  const [under, setUnder] = useState<string | null>(null)
  const lit = useMemo(() => litIn(firings, index, burst), [firings, index, burst])
  const most = useMemo(() => strongestOf(firings, index), [firings, index])
  const used = useMemo(() => new Set(firings.area.flatMap((each, at) => (each === index ? [firings.z[at] ?? 0] : []))), [firings, index])
  const planes = useMemo(() => planesOf(area.dimensions, used), [area, used])
  const { cell, placed, height } = useMemo(() => layout(planes, Math.max(1, width)), [planes, width])
  useDrawing(
    canvas,
    width,
    height,
    (context) => {
      const element = box.current
      if (element === null) return
      const [grid, sunken, muted, fill] = ["--line", "--sunken", "--muted", roleColour[area.role]].map((name) =>
        colourAt(element, name)
      ) as [string, string, string, string]
      context.font = "11px system-ui, sans-serif"
      context.textBaseline = "bottom"
      for (const { plane, left, top } of placed) {
        context.fillStyle = muted
        context.fillText(plane.title, left, top - 3)
        context.fillStyle = sunken
        context.fillRect(left, top, plane.columns * cell, plane.rows * cell)
        if (cell >= 5) {
          context.fillStyle = grid
          for (let column = 0; column <= plane.columns; column++) context.fillRect(left + column * cell, top, 1, plane.rows * cell)
          for (let row = 0; row <= plane.rows; row++) context.fillRect(left, top + row * cell, plane.columns * cell, 1)
        }
        context.fillStyle = fill
        for (const voxel of lit) {
          const place = plane.at(voxel)
          if (place === null) continue
          context.globalAlpha = shadeOf(voxel, most)
          const inner = cell >= 5 ? 1 : 0
          context.fillRect(
            left + place[0] * cell + inner,
            top + place[1] * cell + inner,
            Math.max(1, cell - inner),
            Math.max(1, cell - inner)
          )
        }
        context.globalAlpha = 1
      }
    },
    [placed, cell, lit, most, turn, area]
  )
  const point = (event: MouseEvent) => {
    for (const { plane, left, top } of placed) {
      const [column, row] = [Math.floor((event.offsetX - left) / cell), Math.floor((event.offsetY - top) / cell)]
      if (column < 0 || row < 0 || column >= plane.columns || row >= plane.rows) continue
      const [x, y, z] = plane.voxel(column, row)
      const found = lit.find((each) => each.x === x && each.y === y && each.z === z)
      return setUnder(`x ${x}, y ${y}, z ${z}: ${found === undefined ? "silent" : `potential ${number(found.potential)}`}`)
    }
    setUnder(null)
  }
  const hidden = area.dimensions[1] > 1 && planes.length < area.dimensions[2]
  return (
    <section class="voxels" aria-label={`${area.name}: ${lit.length} of ${area.neurons} neurons fire in burst ${burst}`}>
      <header class="row">
        <h4>{area.name}</h4>
        <span class="muted">
          {area.role}, {area.dimensions.join(" × ")}; {number(lit.length)} of {number(area.neurons)} fire
        </span>
        <span class="muted voxel-under">{under ?? ""}</span>
      </header>
      <div ref={box}>
        <canvas
          ref={canvas}
          role="img"
          aria-label={`${lit.length} of ${area.neurons} neurons of ${area.name} fire`}
          onMouseMove={point}
          onMouseLeave={() => setUnder(null)}
        />
      </div>
      {hidden ? (
        <p class="muted">
          {planes.length} of {area.dimensions[2]} slices: those in which anything fires.
        </p>
      ) : null}
    </section>
  )
}

/** What fired is always seen, and the strongest is full. */
const shadeOf = ({ potential }: Lit, most: number): number => (most === 0 ? 1 : 0.3 + 0.7 * (Math.abs(potential) / most))

export const Voxels = ({
  areas,
  firings,
  burst,
  shown
}: {
  readonly areas: ReadonlyArray<ActivityArea>
  readonly firings: Firings
  readonly burst: number
  /** Indexes of the areas that are drawn. */
  readonly shown: ReadonlyArray<number>
}) => {
  const rows = useMemo(
    () => shown.flatMap((area) => litIn(firings, area, burst).map((lit) => ({ name: areas[area]?.name ?? "", ...lit }))),
    [areas, firings, burst, shown]
  )
  return (
    <div class="plot">
      {shown.map((index) => {
        const area = areas[index]
        return area === undefined ? null : <Area key={area.id} area={area} firings={firings} index={index} burst={burst} />
      })}
      <details class="plot-twin">
        <summary>
          Voxels that fire in burst {burst} ({number(rows.length)})
        </summary>
        <Scroll label={`Voxels that fire in burst ${burst}`}>
          <table class="plain">
            <caption class="visually-hidden">Voxels that fire in burst {burst}</caption>
            <thead>
              <tr>
                <th scope="col">area</th>
                {["x", "y", "z", "potential"].map((each) => (
                  <th key={each} scope="col" class="right">
                    {each}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, 500).map((row) => (
                <tr key={`${row.name} ${row.x} ${row.y} ${row.z}`}>
                  <td>{row.name}</td>
                  <td class="right">{row.x}</td>
                  <td class="right">{row.y}</td>
                  <td class="right">{row.z}</td>
                  <td class="right">{number(row.potential)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {rows.length > 500 ? <p class="muted">The first 500 of {number(rows.length)}.</p> : null}
        </Scroll>
      </details>
    </div>
  )
}
