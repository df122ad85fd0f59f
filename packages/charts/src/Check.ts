/**
 * Finds everything that keeps a figure from being drawn: values that are no finite numbers, lengths that disagree, impossible scales.
 * Sharp edge: figures often come from JSON, so types are checked as well; a string where a number belongs never reaches the SVG.
 */
import type {
  Axis,
  BarsFigure,
  CurveFigure,
  Figure,
  GridFigure,
  HistogramFigure,
  MatrixFigure,
  OverlayFigure,
  OverlayShape,
  RasterFigure
} from "./Figure.ts"
import { figureKinds, type ReferenceLine, type SeriesFigure, type ShapeHead, type TableFigure } from "./Figure.ts"
import { FigureError, type FigureProblem } from "./FigureError.ts"

/** Beyond this size the span of an axis would leave the range of doubles. */
const largest = 1e300

const describe = (value: unknown): string => {
  if (value === undefined) return "nothing"
  if (typeof value === "number") return String(value)
  if (typeof value === "bigint" || typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

class Checker {
  readonly problems: Array<FigureProblem> = []

  fail(path: string, expected: string, actual: unknown): false {
    this.problems.push({ path, expected, actual: describe(actual) })
    return false
  }

  text(path: string, value: unknown): boolean {
    return typeof value === "string" || this.fail(path, "text", value)
  }

  maybeText(path: string, value: unknown): void {
    if (value !== undefined) this.text(path, value)
  }

  oneOf(path: string, value: unknown, allowed: ReadonlyArray<unknown>): boolean {
    return allowed.includes(value) || this.fail(path, allowed.map((each) => JSON.stringify(each) ?? "nothing").join(" or "), value)
  }

  number(path: string, value: unknown, test: (value: number) => boolean = () => true, expected = "a finite number"): boolean {
    const good = typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= largest && test(value)
    return (
      good || this.fail(path, Number.isFinite(value) && expected === "a finite number" ? "a number of size 1e300 at most" : expected, value)
    )
  }

  list(path: string, value: unknown, each: (item: unknown, path: string, index: number) => void, length?: readonly [number, string]): void {
    if (!Array.isArray(value)) {
      this.fail(path, "a list", value)
      return
    }
    if (length !== undefined && value.length !== length[0]) this.fail(path, `${length[0]} entries, ${length[1]}`, value.length)
    // An index loop: forEach would pass over the holes of a sparse list.
    for (let index = 0; index < value.length; index++) each(value[index], `${path}[${index}]`, index)
  }

  /** Lets `read` look into an object; what it reads is still checked field by field. */
  record<T>(path: string, value: T, read: (value: T) => void): void {
    if (typeof value === "object" && value !== null) read(value)
    else this.fail(path, "an object", value)
  }

  texts(path: string, value: unknown): void {
    this.list(path, value, (item, at) => this.text(at, item))
  }
}

const positive = (value: number): boolean => value > 0
const notNegative = (value: number): boolean => value >= 0
const whole = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0)

const checkReferences = (
  check: Checker,
  lines: ReadonlyArray<ReferenceLine> | undefined,
  onScale: (path: string, value: unknown) => void
) => {
  if (lines === undefined) return
  check.list("reference", lines, (_, path, index) =>
    check.record(path, lines[index], (line) => {
      check.text(`${path}.label`, line?.label)
      onScale(`${path}.y`, line?.y)
    })
  )
}

const checkMatrix = (check: Checker, figure: MatrixFigure): void => {
  for (const side of ["rows", "columns"] as const) {
    check.record(side, figure[side], ({ label, categories }) => {
      check.text(`${side}.label`, label)
      check.texts(`${side}.categories`, categories)
    })
  }
  check.maybeText("unit", figure.unit)
  check.oneOf("normalised", figure.normalised, [undefined, "row", "column"])
  const columns = lengthOf(figure.columns?.categories)
  check.list(
    "values",
    figure.values,
    (row, path) =>
      check.list(
        path,
        row,
        (value, at) => value === null || check.number(at, value, notNegative, "a finite number of zero or more, or null"),
        [columns, "one per column"]
      ),
    [lengthOf(figure.rows?.categories), "one per row category"]
  )
}

/** Below this a power of ten leaves the range of doubles, so a log axis ends here. */
const leastOnLog = 1e-300

const numberOn =
  (check: Checker, axis: Axis | undefined) =>
  (path: string, value: unknown): boolean =>
    axis?.scale === "log"
      ? check.number(path, value, (each) => each >= leastOnLog, "a finite number above zero (1e-300 at least), as the axis is logarithmic")
      : check.number(path, value)

const checkAxis = (check: Checker, path: string, axis: Axis): void =>
  check.record(path, axis, ({ label, unit, scale, reaches }) => {
    check.text(`${path}.label`, label)
    check.maybeText(`${path}.unit`, unit)
    check.oneOf(`${path}.scale`, scale, ["linear", "log"])
    if (reaches === undefined) return
    const onAxis = numberOn(check, axis)
    check.list(`${path}.reaches`, reaches, (value, at) => onAxis(at, value), [2, "[low, high]"])
    if (Array.isArray(reaches) && reaches[0] >= reaches[1]) check.fail(`${path}.reaches`, "low below high", reaches)
  })

const checkCurve = (check: Checker, figure: CurveFigure): void => {
  checkAxis(check, "x", figure.x)
  checkAxis(check, "y", figure.y)
  const onX = numberOn(check, figure.x)
  const onY = numberOn(check, figure.y)
  check.list("series", figure.series, (_, path, index) =>
    check.record(path, figure.series[index], (series) => {
      check.text(`${path}.name`, series?.name)
      check.oneOf(`${path}.style`, series?.style, [undefined, "line", "step", "points"])
      check.list(`${path}.points`, series?.points, (point, at) =>
        check.list(at, point, (value, place, which) => (which === 0 ? onX(place, value) : value === null || onY(place, value)), [
          2,
          "[x, y]"
        ])
      )
      if (series?.band === undefined) return
      check.list(`${path}.band`, series.band, (entry, at) => {
        check.list(at, entry, (value, place, which) => (which === 0 ? onX(place, value) : onY(place, value)), [3, "[x, low, high]"])
        if (Array.isArray(entry) && entry[1] > entry[2]) check.fail(at, "low at most high", entry)
      })
    })
  )
  checkReferences(check, figure.reference, onY)
}

const checkBars = (check: Checker, figure: BarsFigure): void => {
  check.record("x", figure.x, ({ label }) => check.text("x.label", label))
  check.record("y", figure.y, ({ label, unit }) => {
    check.text("y.label", label)
    check.maybeText("y.unit", unit)
  })
  check.texts("categories", figure.categories)
  const length = [lengthOf(figure.categories), "one per category"] as const
  const values = (path: string, list: unknown) =>
    check.list(path, list, (value, at) => value === null || check.number(at, value, undefined, "a finite number or null"), length)
  check.list("series", figure.series, (_, path, index) =>
    check.record(path, figure.series[index], (series) => {
      check.text(`${path}.name`, series?.name)
      values(`${path}.values`, series?.values)
      const { low, high } = series ?? {}
      if ((low === undefined) !== (high === undefined))
        check.fail(path, "low and high together, or neither", low === undefined ? { high } : { low })
      if (low === undefined || high === undefined) return
      values(`${path}.low`, low)
      values(`${path}.high`, high)
      if (!Array.isArray(low) || !Array.isArray(high)) return
      for (const [at, from] of low.entries()) {
        const to = high[at] ?? null
        if ((from === null) !== (to === null)) check.fail(`${path}.low[${at}]`, "low and high both given or both null", [from, to])
        else if (from !== null && to !== null && from > to) check.fail(`${path}.low[${at}]`, `at most high, ${to}`, from)
      }
    })
  )
  checkReferences(check, figure.reference, (path, value) => check.number(path, value))
}

const checkTable = (check: Checker, figure: TableFigure): void => {
  const keys = new Set<string>()
  check.list("columns", figure.columns, (_, path, index) =>
    check.record(path, figure.columns[index], (column) => {
      if (column === undefined) return
      if (check.text(`${path}.key`, column.key) && keys.has(column.key)) check.fail(`${path}.key`, "a key of its own", column.key)
      keys.add(column.key)
      check.text(`${path}.label`, column.label)
      check.maybeText(`${path}.unit`, column.unit)
      check.oneOf(`${path}.align`, column.align, ["left", "right", "center"])
    })
  )
  check.list("rows", figure.rows, (row, path) =>
    check.list(
      path,
      row,
      (cell, at) => cell === null || typeof cell === "string" || check.number(at, cell, undefined, "text, a finite number or null"),
      [lengthOf(figure.columns), "one per column"]
    )
  )
}

const checkHistogram = (check: Checker, figure: HistogramFigure): void => {
  check.text("label", figure.label)
  check.maybeText("unit", figure.unit)
  check.list("counts", figure.counts, (count, path) => check.number(path, count, notNegative, "a finite number of zero or more"))
  check.list("edges", figure.edges, (edge, path, index) => {
    if (!check.number(path, edge) || index === 0) return
    const before = figure.edges[index - 1]
    if (typeof before === "number" && typeof edge === "number" && edge <= before)
      check.fail(path, `more than the edge before, ${before}`, edge)
  })
  const [edges, counts] = [lengthOf(figure.edges), lengthOf(figure.counts)]
  if (edges !== counts + 1 && !(edges === 0 && counts === 0)) check.fail("edges", `${counts + 1} entries, one more than counts`, edges)
}

const checkSeries = (check: Checker, figure: SeriesFigure): void => {
  if (figure.sample_rate_hz !== undefined) check.number("sample_rate_hz", figure.sample_rate_hz, positive, "a finite number above zero")
  check.list("channels", figure.channels, (_, path, index) =>
    check.record(path, figure.channels[index], (channel) => {
      check.text(`${path}.name`, channel?.name)
      check.maybeText(`${path}.unit`, channel?.unit)
      check.list(
        `${path}.values`,
        channel?.values,
        (value, at) => value === null || check.number(at, value, undefined, "a finite number or null")
      )
    })
  )
  const marks = figure.marks
  if (marks === undefined) return
  // A mark far behind the data would stretch axis and table without end.
  const length = Array.isArray(figure.channels)
    ? figure.channels.reduce((most, channel) => Math.max(most, lengthOf(channel?.values)), 0)
    : 0
  check.list("marks", marks, (_, path, index) =>
    check.record(path, marks[index], (mark) => {
      check.text(`${path}.label`, mark?.label)
      const within = (from: number) =>
        [(at: number) => whole(at) && at >= from && at <= length, `a whole number of samples from ${from} to ${length}`] as const
      const started = check.number(`${path}.at`, mark?.at, ...within(0))
      if (mark?.until !== undefined) check.number(`${path}.until`, mark.until, ...within(started ? mark.at : 0))
    })
  )
}

const imageData = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/
const address = /^https?:\/\/[^\s]+$/
const relative = /^[A-Za-z0-9._~%/-]+$/

const checkHead = (check: Checker, path: string, shape: ShapeHead): void => {
  check.maybeText(`${path}.label`, shape.label)
  if (shape.score !== undefined) check.number(`${path}.score`, shape.score)
  check.oneOf(`${path}.role`, shape.role, [undefined, "truth", "prediction"])
}

const checkShape = (check: Checker, path: string, shape: OverlayShape): void => {
  checkHead(check, path, shape)
  if (!check.oneOf(`${path}.shape`, shape.shape, ["box", "keypoints", "outline"])) return
  if (shape.shape === "box") {
    for (const key of ["x", "y"] as const) check.number(`${path}.${key}`, shape[key])
    for (const key of ["width", "height"] as const)
      check.number(`${path}.${key}`, shape[key], notNegative, "a finite number of zero or more")
    return
  }
  if (shape.shape === "outline") {
    const pair = (point: unknown, at: string) => check.list(at, point, (value, place) => check.number(place, value), [2, "[x, y]"])
    check.list(`${path}.rings`, shape.rings, (ring, at) => check.list(at, ring, pair))
    return
  }
  check.list(`${path}.points`, shape.points, (_, at, index) =>
    check.record(at, shape.points[index], (point) => {
      check.text(`${at}.name`, point?.name)
      if (point?.x === null && point.y === null) return
      check.number(`${at}.x`, point?.x, undefined, "a finite number, or null in both x and y")
      check.number(`${at}.y`, point?.y, undefined, "a finite number, or null in both x and y")
    })
  )
  if (shape.edges === undefined) return
  const last = lengthOf(shape.points) - 1
  check.list(`${path}.edges`, shape.edges, (edge, at) =>
    check.list(
      at,
      edge,
      (end, place) => check.number(place, end, (index) => whole(index) && index <= last, `a point index from 0 to ${last}`),
      [2, "[from, to]"]
    )
  )
}

const checkOverlay = (check: Checker, figure: OverlayFigure): void => {
  check.record("image", figure.image, ({ width, height, href }) => {
    check.number("image.width", width, positive, "a finite number of pixels above zero")
    check.number("image.height", height, positive, "a finite number of pixels above zero")
    if (href === undefined) return
    const known = typeof href === "string" && [imageData, address, relative].some((form) => form.test(href))
    if (!known) check.fail("image.href", "a data:image/(png|jpeg|gif|webp);base64 address, an http(s) address or a relative path", href)
  })
  check.list("shapes", figure.shapes, (_, path, index) =>
    check.record(path, figure.shapes[index], (shape) => {
      if (shape !== undefined) checkShape(check, path, shape)
    })
  )
}

const checkGrid = (check: Checker, figure: GridFigure): void => {
  for (const side of ["x", "y"] as const) check.record(side, figure[side], ({ label }) => check.text(`${side}.label`, label))
  check.oneOf("colours", figure.colours, ["sequential", "diverging"])
  check.maybeText("unit", figure.unit)
  if (figure.reaches !== undefined) {
    check.list("reaches", figure.reaches, (value, at) => check.number(at, value), [2, "[low, high]"])
    if (Array.isArray(figure.reaches) && figure.reaches[0] > figure.reaches[1]) check.fail("reaches", "low at most high", figure.reaches)
  }
  check.list("panels", figure.panels, (_, path, index) =>
    check.record(path, figure.panels[index], (panel) => {
      check.text(`${path}.title`, panel?.title)
      const columns = lengthOf(panel?.values?.[0])
      check.list(`${path}.values`, panel?.values, (row, at) =>
        check.list(at, row, (value, place) => value === null || check.number(place, value, undefined, "a finite number or null"), [
          columns,
          "as many as the first row has"
        ])
      )
    })
  )
}

const checkRaster = (check: Checker, figure: RasterFigure): void => {
  check.record("x", figure.x, ({ label, unit }) => {
    check.text("x.label", label)
    check.maybeText("x.unit", unit)
  })
  check.number("length", figure.length, notNegative, "a finite number of zero or more")
  check.record("rows", figure.rows, ({ label, categories }) => {
    check.text("rows.label", label)
    check.texts("rows.categories", categories)
  })
  check.list(
    "events",
    figure.events,
    (row, path, index) =>
      check.list(path, row, (value, at, which) => {
        const before = which === 0 ? 0 : (figure.events[index]?.[which - 1] ?? 0)
        check.number(at, value, (each) => each >= before && each < figure.length, `a number from ${before} to below ${figure.length}`)
      }),
    [lengthOf(figure.rows?.categories), "one list per row"]
  )
}

const checkKind = (check: Checker, figure: Figure): void => {
  switch (figure.kind) {
    case "matrix":
      checkMatrix(check, figure)
      break
    case "curve":
      checkCurve(check, figure)
      break
    case "bars":
      checkBars(check, figure)
      break
    case "table":
      checkTable(check, figure)
      break
    case "histogram":
      checkHistogram(check, figure)
      break
    case "series":
      checkSeries(check, figure)
      break
    case "overlay":
      checkOverlay(check, figure)
      break
    case "grid":
      checkGrid(check, figure)
      break
    case "raster":
      checkRaster(check, figure)
      break
    default:
      check.oneOf("kind", (figure as { readonly kind?: unknown }).kind, figureKinds)
  }
}

/** Every problem of a figure, in the order of its fields; empty when it can be drawn. */
export const problemsOf = (figure: Figure): ReadonlyArray<FigureProblem> => {
  const check = new Checker()
  check.record("figure", figure, () => {
    if (check.text("id", figure.id) && figure.id === "") check.fail("id", "a name that is not empty", figure.id)
    check.text("title", figure.title)
    check.text("description", figure.description)
    checkKind(check, figure)
  })
  return check.problems
}

/** Throws a `FigureError` with every problem, or returns. */
export const assertFigure = (figure: Figure): void => {
  const problems = problemsOf(figure)
  if (problems.length > 0) throw new FigureError(typeof figure?.id === "string" ? figure.id : "", problems)
}
