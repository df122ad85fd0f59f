/**
 * Lines over one x on a canvas: smoothed with the raw line behind, zoomed and panned by pointer and keys, with a cursor that all charts of
 * a group share, and the same numbers as words, table and files.
 *
 * Sharp edge: the chart draws what it is given. Who zooms is told so by `onWindow` and may then give more points of that window; until they
 * come, the old ones are shown in it.
 */
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks"
import type UPlot from "uplot"
import { Scroll } from "../ui/Scroll.tsx"
import "uplot/dist/uPlot.min.css"
import "./plot.css"
import { save } from "../files.ts"
import { csv, number } from "../format.ts"
import { Button } from "../ui/Basics.tsx"
import { announce, toast } from "../ui/Toast.tsx"
import { formattableLanguage } from "./language.ts"
import { aligned, extent, type Line, panned, positive, rowsOf, smoothed, spoken, spread, tickText, type Window, zoomed } from "./lines.ts"
import { colourAt, useThemeTurn, useWidth } from "./theme.ts"

formattableLanguage()
const { default: uPlot } = await import("uplot")

export interface LineChartProps {
  /** Name of files that are saved. */
  readonly id: string
  readonly title: string
  readonly unit?: string | null
  readonly xTitle: string
  readonly xUnit?: string
  readonly lines: ReadonlyArray<Line>
  /** Share of what came before in the smoothed line, 0 to below 1. */
  readonly smoothing?: number
  readonly log?: boolean
  /** The part of x that is shown; null: all of it. */
  readonly window?: Window | null
  /** Where x ends on both sides, when the lines hold only a window of it. */
  readonly whole?: Window | null
  readonly onWindow?: (window: Window | null) => void
  /** Charts of one group move their cursors together. */
  readonly group?: string
  readonly height?: number
}

/** Rows of the table twin; all of them are in the file. */
const mostRows = 200

export const LineChart = (props: LineChartProps) => {
  const { id, title, unit, xTitle, xUnit, lines, smoothing = 0, log = false, window: shown = null, onWindow, group, height = 220 } = props
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot | null>(null)
  const width = useWidth(box)
  const turn = useThemeTurn()
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [cursor, setCursor] = useState<number | null>(null)
  const describedBy = useId()

  const whole = props.whole ?? extent(lines.filter(({ level }) => level !== true))
  const drawn = useMemo(() => {
    const kept = lines
      .map((each) => spread(each, whole))
      .map((line) => (log ? { line, ...positive(line.y) } : { line, y: line.y, left: 0 }))
    const raw = kept.map(({ line, y }) => ({ x: line.x, y }))
    const smooth = kept.map(({ line, y }) => ({ x: line.x, y: smoothed(y, smoothing) }))
    return { ...aligned(smoothing > 0 ? [...raw, ...smooth] : raw), left: kept.reduce((sum, { left }) => sum + left, 0) }
  }, [lines, log, smoothing, whole?.[0], whole?.[1]])
  const empty = drawn.x.length === 0
  const xLabel = xUnit === undefined ? xTitle : `${xTitle} (${xUnit})`

  // What uPlot calls back reads the newest of these.
  const now = useRef({ shown, onWindow, whole })
  now.current = { shown, onWindow, whole }

  const shape = JSON.stringify([
    lines.map(({ name, colour, dash }) => [name, colour, dash]),
    smoothing > 0,
    log,
    unit,
    xLabel,
    group,
    height,
    turn
  ])
  useEffect(() => {
    const element = box.current
    if (element === null || width === 0 || empty) return
    const colour = (name: string) => colourAt(element, name)
    const line = ({ name, title: label, colour: token, dash, level }: Line, behind: boolean): UPlot.Series => ({
      label: behind ? `${label}, raw` : label,
      stroke: colour(token),
      width: behind ? 1 : 1.6,
      alpha: behind ? 0.3 : 1,
      show: !hidden.has(name),
      points: {
        show: (_, index) => level !== true && drawn.y[index - 1] !== undefined && drawn.x.length <= 40,
        size: 5,
        fill: colour(token)
      },
      ...(dash === undefined ? {} : { dash: [...dash] })
    })
    const axis: UPlot.Axis = {
      stroke: colour("--muted"),
      font: "12px system-ui, sans-serif",
      labelFont: "12px system-ui, sans-serif",
      grid: { stroke: colour("--figure-grid"), width: 1 },
      ticks: { stroke: colour("--figure-grid"), width: 1, size: 4 }
    }
    const made = new uPlot(
      {
        width,
        height,
        padding: [8, 22, 0, 0],
        legend: { show: false },
        scales: {
          x: {
            time: false,
            range: (_, low, high) => {
              const [from, to] = now.current.shown ?? [low, high]
              return from === to ? [from - 0.5, to + 0.5] : [from, to]
            }
          },
          // uPlot shows 0 to 100 where everything is 0.
          y: log
            ? { distr: 3, log: 10 }
            : {
                range: (_, low, high) =>
                  low === null ? [low, high] : low === 0 && high === 0 ? [0, 1] : uPlot.rangeNum(low, high, 0.1, true)
              }
        },
        axes: [
          { ...axis, label: xLabel, labelSize: 18, size: 28, values: (_, ticks) => ticks.map(tickText) },
          {
            ...axis,
            size: (self, values) =>
              Math.max(36, ...(values ?? []).map((value) => self.ctx.measureText(value).width / devicePixelRatio + 14)),
            values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : tickText(tick)))
          }
        ],
        series: [{}, ...(smoothing > 0 ? lines.map((each) => line(each, true)) : []), ...lines.map((each) => line(each, false))],
        cursor: {
          ...(group === undefined ? {} : { sync: { key: group, setSeries: false, scales: ["x", null] } }),
          drag: { x: true, y: false, setScale: false },
          points: { size: 7 },
          bind: {
            dblclick: () => () => {
              now.current.onWindow?.(null)
              return null
            }
          }
        },
        hooks: {
          setCursor: [(self) => setCursor(self.cursor.idx ?? null)],
          setSelect: [
            (self) => {
              const { left, width: wide } = self.select
              if (wide < 4) return
              const window: Window = [self.posToVal(left, "x"), self.posToVal(left + wide, "x")]
              self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
              now.current.onWindow?.(window)
            }
          ]
        }
      },
      [drawn.x, ...drawn.y] as UPlot.AlignedData,
      element
    )
    plot.current = made
    made.root.querySelector("canvas")?.setAttribute("aria-hidden", "true")
    return () => {
      plot.current = null
      made.destroy()
    }
  }, [shape, width === 0, empty])

  useEffect(() => plot.current?.setData([drawn.x, ...drawn.y] as UPlot.AlignedData), [drawn, shown?.[0], shown?.[1]])
  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height })
  }, [width, height])
  useEffect(() => {
    const self = plot.current
    if (self === null) return
    lines.forEach(({ name }, index) => {
      const show = !hidden.has(name)
      self.setSeries(index + 1, { show })
      if (smoothing > 0) self.setSeries(index + 1 + lines.length, { show })
    })
  }, [hidden, shape])

  const step = (by: number) => {
    const self = plot.current
    if (self === null || drawn.x.length === 0) return
    const inside = drawn.x.map((_, index) => index).filter((index) => shown === null || within(drawn.x[index], shown))
    const at = inside.indexOf(cursor ?? -1)
    const next = inside[at < 0 ? (by > 0 ? 0 : inside.length - 1) : Math.max(0, Math.min(inside.length - 1, at + by))]
    const x = next === undefined ? undefined : drawn.x[next]
    if (next === undefined || x === undefined) return
    self.setCursor({ left: self.valToPos(x, "x"), top: 1 })
    announce(
      `${xTitle} ${number(x)}: ${lines.map((line, index) => `${line.title} ${number(line.level === true ? line.y[0] : drawn.y[index]?.[next])}`).join(", ")}`
    )
  }
  const zoom = (factor: number) => {
    if (whole === null) return
    const around = cursor === null ? undefined : drawn.x[cursor]
    onWindow?.(zoomed(shown ?? whole, whole, factor, around ?? ((shown ?? whole)[0] + (shown ?? whole)[1]) / 2))
  }
  const keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const pan = (share: number) => {
      if (whole !== null && shown !== null) onWindow?.(panned(shown, whole, share))
    }
    const does: Readonly<Record<string, (() => void) | undefined>> = {
      ArrowRight: event.shiftKey ? () => pan(0.25) : () => step(1),
      ArrowLeft: event.shiftKey ? () => pan(-0.25) : () => step(-1),
      Home: () => step(-drawn.x.length),
      End: () => step(drawn.x.length),
      "+": () => zoom(0.5),
      "=": () => zoom(0.5),
      "-": () => zoom(2),
      0: () => onWindow?.(null),
      Escape: shown === null ? undefined : () => onWindow?.(null)
    }
    const run = does[event.key]
    if (run === undefined) return
    event.preventDefault()
    event.stopPropagation()
    run()
  }
  const toggle = (name: string) =>
    setHidden((before) => new Set(before.has(name) ? [...before].filter((each) => each !== name) : [...before, name]))

  return (
    <figure class="plot" data-plot={id}>
      <figcaption class="plot-head">
        <h3>
          {title}
          {unit === undefined || unit === null || unit === "" ? null : <span class="muted"> {unit}</span>}
        </h3>
        <PlotFiles {...props} plot={plot} box={box} />
      </figcaption>
      {empty ? (
        <p class="plot-empty muted">No value yet.</p>
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset would not say that this is one drawing
        <div
          class="plot-drawing"
          role="group"
          aria-roledescription="chart"
          aria-label={`${title}, ${xLabel}. Arrows read values${onWindow === undefined ? "" : ", plus and minus zoom, Shift with arrows pans, 0 shows all"}.`}
          aria-describedby={describedBy}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the drawing is read, zoomed and panned by keys
          tabIndex={0}
          onKeyDown={keys}
        >
          <div ref={box} class="plot-canvas" />
        </div>
      )}
      {empty ? <div ref={box} class="plot-canvas" /> : null}
      <ul class="plot-legend">
        {lines.map((line, index) => (
          <li key={line.name}>
            <button
              type="button"
              class="plot-key"
              aria-pressed={!hidden.has(line.name)}
              title={hidden.has(line.name) ? "Show" : "Hide"}
              onClick={() => toggle(line.name)}
            >
              <LineSign line={line} />
              {line.title}
            </button>
            <span class="plot-value">
              {cursor === null || line.level === true ? number(lastOf(line.y)) : number(drawn.y[index]?.[cursor])}
            </span>
          </li>
        ))}
        {cursor === null || drawn.x[cursor] === undefined ? null : (
          <li class="muted">
            {xTitle} {number(drawn.x[cursor])}
          </li>
        )}
      </ul>
      {drawn.left === 0 ? null : (
        <p class="plot-note">
          {number(drawn.left)} {drawn.left === 1 ? "value is" : "values are"} at or below zero and not on a logarithmic axis.
        </p>
      )}
      <p id={describedBy} class="visually-hidden">
        {lines.map(spoken).join(" ")}
      </p>
      {empty ? null : <Twin title={title} xTitle={xLabel} lines={lines} />}
    </figure>
  )
}

const within = (x: number | undefined, [from, to]: Window): boolean => x !== undefined && x >= from && x <= to

const lastOf = (y: ReadonlyArray<number | null>): number | null => y.findLast((value) => value !== null) ?? null

/** Colour and dash of a line beside its name. */
const LineSign = ({ line }: { readonly line: Line }) => {
  const sign = useRef<SVGLineElement>(null)
  const turn = useThemeTurn()
  useEffect(() => {
    const element = sign.current
    if (element !== null) element.setAttribute("stroke", colourAt(element, line.colour))
  }, [line.colour, turn])
  return (
    <svg class="plot-sign" viewBox="0 0 22 8" width="22" height="8" aria-hidden="true">
      <line
        ref={sign}
        x1="1"
        y1="4"
        x2="21"
        y2="4"
        stroke-width="2.4"
        {...(line.dash === undefined ? {} : { "stroke-dasharray": line.dash.join(" ") })}
      />
    </svg>
  )
}

const Twin = ({ title, xTitle, lines }: { readonly title: string; readonly xTitle: string; readonly lines: ReadonlyArray<Line> }) => {
  const [open, setOpen] = useState(false)
  const { columns, rows } = useMemo(() => (open ? rowsOf(xTitle, lines) : { columns: [], rows: [] }), [open, xTitle, lines])
  return (
    <details class="plot-twin" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Numbers</summary>
      {open ? (
        <Scroll label={`Numbers of ${title}`}>
          <table class="plain">
            <caption class="visually-hidden">{title}</caption>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col" class="right">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, mostRows).map((row, index) => (
                <tr key={`${index}`}>
                  {row.map((cell, column) => (
                    <td key={columns[column]} class="right">
                      {cell === null ? "no data" : cell === "" ? "" : number(cell, 6)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {rows.length > mostRows ? (
            <p class="muted">
              The first {mostRows} of {number(rows.length)}; all of them are in the CSV file.
            </p>
          ) : null}
        </Scroll>
      ) : null}
    </details>
  )
}

/** The drawing as files: CSV and SVG from the numbers, PNG from the canvas as it stands. */
const PlotFiles = ({
  id,
  title,
  unit,
  xTitle,
  xUnit,
  lines,
  log = false,
  plot,
  box
}: LineChartProps & { readonly plot: { readonly current: UPlot | null }; readonly box: { readonly current: HTMLElement | null } }) => {
  const svg = async () => {
    const { toSvg } = await import("@feagi-trainer/charts")
    const axis = (label: string, of: string | null | undefined, scale: "linear" | "log") => ({ label, scale, ...(of ? { unit: of } : {}) })
    save(
      `${id}.svg`,
      toSvg({
        kind: "curve",
        id,
        title,
        description: lines.map(spoken).join(" "),
        x: axis(xTitle, xUnit, "linear"),
        y: axis(title, unit, log ? "log" : "linear"),
        series: lines.map((line) => ({
          name: line.title,
          points: line.x.map((x, index) => [x, (log ? positive(line.y).y : line.y)[index] ?? null] as const)
        }))
      }),
      "image/svg+xml"
    )
  }
  const png = () => {
    const [canvas, element] = [plot.current?.ctx.canvas, box.current]
    if (canvas === undefined || element === null) return
    const copy = document.createElement("canvas")
    copy.width = canvas.width
    copy.height = canvas.height
    const context = copy.getContext("2d")
    if (context === null) return
    context.fillStyle = colourAt(element, "--surface")
    context.fillRect(0, 0, copy.width, copy.height)
    context.drawImage(canvas, 0, 0)
    copy.toBlob((blob) => {
      if (blob === null) return toast("The browser made no picture of it", { tone: "bad" })
      const url = URL.createObjectURL(blob)
      const anchor = document.createElement("a")
      anchor.href = url
      anchor.download = `${id.replace(/[^\w.@-]+/g, "-")}.png`
      anchor.click()
      setTimeout(() => URL.revokeObjectURL(url), 10_000)
    }, "image/png")
  }
  const table = () => {
    const { columns, rows } = rowsOf(xUnit === undefined ? xTitle : `${xTitle} (${xUnit})`, lines)
    save(`${id}.csv`, csv(columns, rows), "text/csv")
  }
  if (lines.every(({ x }) => x.length === 0)) return null
  return (
    <div class="row plot-files">
      <Button tone="quiet" aria-label={`${title} as CSV`} onClick={table}>
        CSV
      </Button>
      <Button tone="quiet" aria-label={`${title} as SVG`} onClick={svg}>
        SVG
      </Button>
      <Button tone="quiet" aria-label={`${title} as PNG`} onClick={png}>
        PNG
      </Button>
    </div>
  )
}
