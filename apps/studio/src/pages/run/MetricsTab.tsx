/**
 * The series of a run as charts. All of them share x, window and cursor, and these stand in the address.
 *
 * The server thins every series to two points for each pixel, least and most of each stretch kept; for a window it thins that window anew.
 * Only what is on the screen is asked for.
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { LineChart } from "../../plot/LineChart.tsx"
import { extent, type Line, readWindow, type Window, writeWindow } from "../../plot/lines.ts"
import { useWidth } from "../../plot/theme.ts"
import { useSearch, useSearchAll } from "../../router.ts"
import { Button, Empty, Failed, Loading } from "../../ui/index.ts"
import type { TabProps } from "./index.tsx"
import { axes, axisOf, type PanelSpec, type SeriesInfo, sectionsOf } from "./panels.ts"

interface Series {
  readonly name: string
  readonly x: ReadonlyArray<number>
  readonly y: ReadonlyArray<number | null>
  readonly points: number
  /** First and last x of the whole series. */
  readonly range?: Window
}
interface SeriesAnswer {
  readonly last_seq: number
  readonly available: ReadonlyArray<SeriesInfo>
  readonly series: ReadonlyArray<Series>
}

/** Whether an element is on the screen or nearly so. */
const useOnScreen = (element: { readonly current: HTMLElement | null }): boolean => {
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    const target = element.current
    if (target === null) return
    const observer = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting === true), { rootMargin: "200px" })
    observer.observe(target)
    return () => observer.disconnect()
  }, [element])
  return seen
}

const Chart = ({
  spec,
  series,
  onSeen,
  view
}: {
  readonly spec: PanelSpec
  readonly series: ReadonlyMap<string, Series>
  readonly onSeen: (id: string, seen: boolean) => void
  readonly view: {
    readonly run: string
    readonly x: keyof typeof axes
    readonly window: Window | null
    readonly setWindow: (window: Window | null) => void
    readonly smoothing: number
    readonly log: boolean
  }
}) => {
  const box = useRef<HTMLDivElement>(null)
  const seen = useOnScreen(box)
  useEffect(() => {
    onSeen(spec.id, seen)
    return () => onSeen(spec.id, false)
  }, [spec.id, seen])
  const key = spec.lines.map(({ name }) => series.get(name))
  // A phase that is scored once counts its samples from 0 and has no place on the x of the phase that goes on.
  const longest = Math.max(...spec.lines.map(({ points }) => points))
  const isLevel = ({ points }: { readonly points: number }): boolean => points === 1 && longest > 1
  const lines = useMemo(
    () =>
      spec.lines.flatMap((line): ReadonlyArray<Line> => {
        const found = series.get(line.name)
        return found === undefined ? [] : [{ ...line, x: found.x, y: found.y, points: found.points, level: isLevel(line) }]
      }),
    [spec.lines, ...key]
  )
  const ranges = key.flatMap((each, index) => {
    const line = spec.lines[index]
    return each?.range === undefined || line === undefined || isLevel(line) ? [] : [{ x: each.range }]
  })
  const axis = axes[view.x]
  return (
    <div ref={box} class="panel plot-panel">
      {lines.length === 0 ? (
        <div class="plot-waiting">
          <h3>{spec.title}</h3>
          <p class="muted">Reading the series …</p>
        </div>
      ) : (
        <LineChart
          id={`${view.run}-${spec.id}`}
          title={spec.title}
          unit={spec.unit}
          xTitle={axis.title}
          {...(axis.unit === undefined ? {} : { xUnit: axis.unit })}
          lines={lines}
          smoothing={view.smoothing}
          log={view.log}
          window={view.window}
          whole={ranges.length === 0 ? null : extent(ranges)}
          onWindow={view.setWindow}
          group={view.run}
        />
      )}
    </div>
  )
}

/** Charts of a section that are there from the beginning. */
const atFirst = 6

export default function MetricsTab({ run, document }: TabProps) {
  const [xText, setX] = useSearch("x", "sample")
  const [smoothText, setSmooth] = useSearch("smooth", "0")
  const [logText, setLog] = useSearch("log")
  const [windowText, setWindowText] = useSearch("window")
  const [find, setFind] = useSearch("find")
  const [classesText, setClasses] = useSearch("classes")
  const [whole, setWhole] = useSearchAll("all")
  const x = axisOf(xText)
  const window = readWindow(windowText)
  const smoothing = Math.max(0, Math.min(0.99, Number(smoothText) || 0))
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)

  const known = useQuery<SeriesAnswer>("run.series", { run, x })
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set())
  const onSeen = (id: string, now: boolean) =>
    setSeen((before) => (before.has(id) === now ? before : new Set(now ? [...before, id] : [...before].filter((each) => each !== id))))

  const kind = document?.learner.kind
  const sections = useMemo(
    () =>
      kind === undefined
        ? []
        : sectionsOf(known.data?.available ?? [], kind, {
            classes: classesText === "1",
            find,
            primary: document?.protocol.primary_metric ?? null
          }),
    [known.data?.available, kind, classesText, find, document?.protocol.primary_metric]
  )
  const names = sections
    .flatMap(({ panels }) => panels)
    .filter(({ id }) => seen.has(id))
    .flatMap(({ lines }) => lines.map(({ name }) => name))
    .toSorted()
  // As many as two for each pixel of a chart, in steps of 200 so that a few pixels more ask for nothing anew.
  const max_points = Math.max(200, Math.ceil((2 * Math.min(width, width > 900 ? width / 2 : width)) / 200) * 200)
  const asked = useQuery<SeriesAnswer>(
    "run.series",
    width === 0 || names.length === 0
      ? null
      : { run, x, name: names, max_points, ...(window === null ? {} : { from: window[0], to: window[1] }) },
    { keep: true }
  )
  // What has left the screen is kept, so that it is there when it comes back. Another x begins anew.
  const store = useRef<{ x: string; series: ReadonlyMap<string, Series>; from: unknown }>({ x, series: new Map(), from: undefined })
  if (store.current.x !== x) store.current = { x, series: new Map(), from: asked.data }
  if (asked.data !== undefined && store.current.from !== asked.data)
    store.current = {
      x,
      series: new Map([...store.current.series, ...asked.data.series.map((each) => [each.name, each] as const)]),
      from: asked.data
    }

  const view = { run, x, window, setWindow: (next: Window | null) => setWindowText(writeWindow(next)), smoothing, log: logText === "1" }
  const hasClasses = (known.data?.available ?? []).some(({ name, group }) => group === "metric" && name.split("/").length > 3)
  return (
    <div ref={box}>
      {/* biome-ignore lint/a11y/useSemanticElements: a search form would send itself */}
      <div class="toolbar row" role="group" aria-label="How the charts are drawn">
        <label>
          x axis{" "}
          <select
            value={x}
            onChange={(event) => {
              setWindowText(null)
              setX(event.currentTarget.value)
            }}
          >
            {Object.entries(axes).map(([id, { title }]) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label>
          smoothing{" "}
          <input type="range" min="0" max="0.99" step="0.01" value={smoothing} onInput={(event) => setSmooth(event.currentTarget.value)} />{" "}
          <output>{smoothing.toFixed(2)}</output>
        </label>
        <label class="check">
          <input type="checkbox" checked={view.log} onChange={(event) => setLog(event.currentTarget.checked ? "1" : null)} /> log y
        </label>
        {hasClasses ? (
          <label class="check">
            <input
              type="checkbox"
              checked={classesText === "1"}
              onChange={(event) => setClasses(event.currentTarget.checked ? "1" : null)}
            />{" "}
            single classes
          </label>
        ) : null}
        <label>
          <span class="visually-hidden">Find a series</span>
          <input type="search" placeholder="find a series" value={find} onInput={(event) => setFind(event.currentTarget.value)} />
        </label>
        {window === null ? null : (
          <Button tone="quiet" icon="cross" onClick={() => setWindowText(null)}>
            Show all of x
          </Button>
        )}
      </div>
      {known.state === "failed" && known.data === undefined ? <Failed error={known.error} again={known.again} /> : null}
      {asked.state === "failed" ? <Failed error={asked.error} again={asked.again} title="The series could not be read" /> : null}
      {known.data === undefined || kind === undefined ? (
        known.state === "failed" ? null : (
          <Loading what="Reading the series" />
        )
      ) : sections.length === 0 ? (
        <Empty title={find === "" ? "No series yet" : `No series is called ${find}`}>
          The first values come behind the first committed step.
        </Empty>
      ) : (
        sections.map((section) => (
          <section key={section.id} class="plot-section" aria-label={section.title}>
            <h2>{section.title}</h2>
            <div class="plot-grid">
              {(whole.includes(section.id) || find !== "" ? section.panels : section.panels.slice(0, atFirst)).map((spec) => (
                <Chart key={spec.id} spec={spec} series={store.current.series} onSeen={onSeen} view={view} />
              ))}
            </div>
            {section.panels.length <= atFirst || whole.includes(section.id) || find !== "" ? null : (
              <Button onClick={() => setWhole([...whole, section.id])}>Show all {section.panels.length} charts</Button>
            )}
          </section>
        ))
      )}
    </div>
  )
}
