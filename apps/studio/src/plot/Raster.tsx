/**
 * Which neurons fired when: a band for each area, a column for each burst, a mark for each firing; below it how many fired in each burst.
 * Sharp edge: a band is at most so high, so that several neurons of a large area share a line; all of them are in the table.
 */
import { useMemo, useRef, useState } from "preact/hooks"
import { Scroll } from "../ui/Scroll.tsx"
import "./plot.css"
import { save } from "../files.ts"
import { csv, number } from "../format.ts"
import { Button } from "../ui/Basics.tsx"
import { announce } from "../ui/Toast.tsx"
import { type ActivityArea, countsOf, type Firings, lineOf, rasterOrder, ratesOf } from "./activity.ts"
import { useDrawing } from "./canvas.ts"
import { panned, type Window, zoomed } from "./lines.ts"
import { colourAt, useThemeTurn, useWidth } from "./theme.ts"

export interface RasterProps {
  readonly id: string
  readonly areas: ReadonlyArray<ActivityArea>
  readonly firings: Firings
  readonly bursts: number
  readonly schedule: { readonly hold_bursts: number; readonly read_burst: number }
  /** The burst that is looked at, from 1. */
  readonly burst: number
  readonly onBurst: (burst: number) => void
}

const band = { least: 14, most: 96, gap: 8 } as const
/** A burst is at most so wide, so that two of them do not look like two walls. */
const widestColumn = 120
const label = 132
const rateHeight = 84
const axisHeight = 24

export const roleColour: Readonly<Record<ActivityArea["role"], string>> = { input: "--c0", inner: "--c3", output: "--c1", power: "--muted" }

/** Whole bursts between the ends of a window. */
const columnsOf = (window: Window | null, bursts: number): readonly [first: number, last: number] =>
  window === null ? [1, bursts] : [Math.max(1, Math.floor(window[0] + 1)), Math.min(bursts, Math.ceil(window[1]))]

export const Raster = ({ id, areas, firings, bursts, schedule, burst, onBurst }: RasterProps) => {
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = useWidth(box)
  const turn = useThemeTurn()
  const [silent, setSilent] = useState(false)
  const [window, setWindow] = useState<Window | null>(null)
  const counts = useMemo(() => countsOf(firings, areas.length, bursts), [firings, areas, bursts])
  const order = useMemo(
    () => rasterOrder(areas).filter((area) => areas[area]?.role !== "power" && (silent || (counts[area] ?? []).some((count) => count > 0))),
    [areas, counts, silent]
  )
  const rates = useMemo(() => ratesOf(counts, order), [counts, order])
  const narrow = width < 480
  const left = narrow ? 8 : label
  const over = narrow ? 14 : 0
  const heights = order.map((area) => over + Math.max(band.least, Math.min(band.most, areas[area]?.neurons ?? 1)))
  const tops = heights.map((_, at) => heights.slice(0, at).reduce((sum, each) => sum + each + band.gap, 4))
  const rasterHeight = heights.reduce((sum, each) => sum + each + band.gap, 4)
  const height = rasterHeight + rateHeight + axisHeight
  const [first, last] = columnsOf(window, bursts)
  const shown = Math.max(1, last - first + 1)
  const column = Math.min(widestColumn, (width - left - 8) / shown)

  useDrawing(
    canvas,
    width,
    height,
    (context) => {
      const element = box.current
      if (element === null) return
      const colour = (name: string) => colourAt(element, name)
      const [ink, muted, grid, mark] = ["--ink", "--muted", "--figure-grid", "--marked"].map(colour) as [string, string, string, string]
      context.font = "12px system-ui, sans-serif"
      context.textBaseline = "middle"
      const xOf = (at: number) => left + (at - first) * column
      if (burst >= first && burst <= last) {
        context.fillStyle = mark
        context.fillRect(xOf(burst), 0, column, rasterHeight + rateHeight)
      }
      context.fillStyle = grid
      for (let at = first; at <= last + 1; at++) if (column >= 6) context.fillRect(Math.round(xOf(at)), 0, 1, rasterHeight + rateHeight)
      for (const [at, area] of order.entries()) {
        const [info, top = 0, high = 0] = [areas[area], tops[at], heights[at]]
        if (info === undefined) continue
        const dots = high - over
        context.fillStyle = ink
        context.textAlign = "left"
        context.fillText(cut(context, info.name, narrow ? width - 16 : label - 14), narrow ? left : 0, narrow ? top + 6 : top + dots / 2)
        context.fillStyle = grid
        context.fillRect(left, top + over + dots, shown * column, 1)
        context.fillStyle = colour(roleColour[info.role])
        const voxels = info.dimensions[0] * info.dimensions[1] * info.dimensions[2]
        const thick = Math.max(1.5, dots / Math.max(1, voxels))
        const wide = Math.max(1, column * (column > 8 ? 0.7 : 1))
        for (let firing = 0; firing < firings.count; firing++) {
          const when = firings.burst[firing] ?? 0
          if (firings.area[firing] !== area || when < first || when > last) continue
          const place = lineOf({ x: firings.x[firing] ?? 0, y: firings.y[firing] ?? 0, z: firings.z[firing] ?? 0 }, info.dimensions)
          context.fillRect(xOf(when) + (column - wide) / 2, top + over + (place / Math.max(1, voxels)) * dots, wide, thick)
        }
      }
      const most = Math.max(1, ...rates)
      const base = rasterHeight + rateHeight - 4
      context.fillStyle = colour("--c6")
      for (let at = first; at <= last; at++) {
        const tall = ((rates[at - 1] ?? 0) / most) * (rateHeight - 22)
        context.fillRect(xOf(at) + column * 0.12, base - tall, Math.max(1, column * 0.76), tall)
      }
      context.fillStyle = muted
      context.textAlign = "left"
      if (!narrow) {
        context.fillText("firings per burst", 0, base - (rateHeight - 22) / 2 - 8)
        context.fillText(`at most ${number(most)}`, 0, base - (rateHeight - 22) / 2 + 8)
      }
      context.textAlign = "center"
      const every = Math.max(1, Math.ceil(34 / column))
      for (let at = first; at <= last; at++)
        if ((at - first) % every === 0) context.fillText(String(at), xOf(at) + column / 2, rasterHeight + rateHeight + 8)
      // What the run does with the sample in these bursts.
      context.textAlign = "left"
      if (schedule.read_burst >= first && schedule.read_burst <= last) {
        context.fillStyle = colour("--c1")
        context.fillRect(xOf(schedule.read_burst), rasterHeight + rateHeight - 2, column, 2)
      }
      context.fillStyle = colour("--c0")
      for (let at = first; at <= Math.min(last, schedule.hold_bursts); at++) context.fillRect(xOf(at), 0, column, 2)
    },
    [firings, order.join(","), first, last, burst, turn, narrow, bursts]
  )

  const all: Window = [0, bursts]
  const keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const go = (to: number) => {
      const next = Math.max(1, Math.min(bursts, to))
      onBurst(next)
      announce(`Burst ${next}: ${number(rates[next - 1] ?? 0)} firings`)
    }
    const does: Readonly<Record<string, () => void>> = {
      ArrowRight: event.shiftKey ? () => setWindow(window === null ? null : panned(window, all, 0.25)) : () => go(burst + 1),
      ArrowLeft: event.shiftKey ? () => setWindow(window === null ? null : panned(window, all, -0.25)) : () => go(burst - 1),
      Home: () => go(1),
      End: () => go(bursts),
      "+": () => setWindow(zoomed(window ?? all, all, 0.5, burst - 0.5)),
      "=": () => setWindow(zoomed(window ?? all, all, 0.5, burst - 0.5)),
      "-": () => setWindow(zoomed(window ?? all, all, 2, burst - 0.5)),
      0: () => setWindow(null)
    }
    const run = does[event.key]
    if (run === undefined) return
    event.preventDefault()
    event.stopPropagation()
    run()
  }
  const pick = (event: MouseEvent) => {
    const at = Math.floor((event.offsetX - left) / column)
    if (at >= 0 && at < shown) onBurst(first + at)
  }
  const rows = rasterOrder(areas).map((area) => [
    areas[area]?.name ?? "",
    areas[area]?.role ?? "",
    areas[area]?.neurons ?? 0,
    ...(counts[area] ?? [])
  ])
  const columns = ["area", "role", "neurons", ...Array.from({ length: bursts }, (_, at) => `burst ${at + 1}`)]
  const saying = order
    .map((area) => `${areas[area]?.name}: ${number((counts[area] ?? new Uint32Array()).reduce((a, b) => a + b, 0))} firings`)
    .join(", ")
  return (
    <figure class="plot" data-plot={id}>
      <figcaption class="plot-head">
        <h3>Spikes by area and burst</h3>
        <div class="row plot-files">
          <label class="check">
            <input type="checkbox" checked={silent} onChange={(event) => setSilent(event.currentTarget.checked)} /> silent areas
          </label>
          {window === null ? null : (
            <Button tone="quiet" onClick={() => setWindow(null)}>
              All bursts
            </Button>
          )}
          <Button tone="quiet" aria-label="Spikes as CSV" onClick={() => save(`${id}.csv`, csv(columns, rows), "text/csv")}>
            CSV
          </Button>
        </div>
      </figcaption>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing that is read and zoomed by keys */}
      <div
        ref={box}
        class="plot-drawing"
        role="group"
        aria-roledescription="chart"
        aria-label={`Spikes by area and burst. ${saying}. Arrows go from burst to burst, plus and minus zoom, 0 shows all.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a drawing that is read and zoomed by keys
        tabIndex={0}
        onKeyDown={keys}
      >
        <canvas ref={canvas} class="raster" role="img" aria-label={saying} onClick={pick} />
      </div>
      <ul class="plot-legend">
        {(["input", "inner", "output"] as const).map((role) =>
          areas.some((area) => area.role === role) ? (
            <li key={role}>
              <span class={`plot-dot role-${role}`} aria-hidden="true" /> {role}
            </li>
          ) : null
        )}
        <li class="muted">
          blue line on top: injected (burst{schedule.hold_bursts > 1 ? `s 1 to ${schedule.hold_bursts}` : " 1"}); orange line below: read
          (burst {schedule.read_burst})
        </li>
      </ul>
      <details class="plot-twin">
        <summary>Numbers</summary>
        <Scroll label="Firings by area and burst">
          <table class="plain">
            <caption class="visually-hidden">Firings by area and burst</caption>
            <thead>
              <tr>
                {columns.slice(0, 53).map((each, at) => (
                  <th key={each} scope="col" class={at < 2 ? "left" : "right"}>
                    {each}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={String(row[0])}>
                  {row.slice(0, 53).map((cell, at) => (
                    <td key={columns[at]} class={at < 2 ? "left" : "right"}>
                      {typeof cell === "number" ? number(cell) : cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {bursts > 50 ? <p class="muted">The first 50 of {bursts} bursts; all of them are in the CSV file.</p> : null}
        </Scroll>
      </details>
    </figure>
  )
}

/** A text that fits into so many pixels. */
const cut = (context: CanvasRenderingContext2D, text: string, most: number): string => {
  if (context.measureText(text).width <= most) return text
  let end = text.length
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > most) end--
  return `${text.slice(0, end)}…`
}
