/**
 * A table for ten rows or a hundred thousand: table-core orders rows and columns, and only the rows in view are in the document. Rows of one
 * height make that exact. Arrows, `j`/`k`, Home, End and Page keys walk, Enter opens, `x` marks. Sharp edge: with `manual` the caller orders
 * the rows and may hand over `null` for those it has not loaded yet.
 */
import {
  type Row as CoreRow,
  columnVisibilityFeature,
  constructTable,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures
} from "@tanstack/table-core"
import { storeReactivityBindings } from "@tanstack/table-core/store-reactivity-bindings"
import type { ComponentChildren } from "preact"
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks"
import { csv as csvOf, inline, number } from "../format.ts"
import { useShortcuts } from "../keys.ts"
import { navigate } from "../router.ts"
import { Menu } from "./Basics.tsx"
import { Icon } from "./Icon.tsx"

export type CellValue = string | number | bigint | boolean | null | undefined

export interface Column<Row> {
  readonly key: string
  readonly title: string
  readonly unit?: string
  /** What is sorted by and goes into files. Missing values stand last in both directions. */
  readonly value: (row: Row) => CellValue
  /** What is shown; left out: the value as text. */
  readonly show?: (row: Row) => ComponentChildren
  readonly align?: "left" | "right"
  /** Least width in pixels. */
  readonly width?: number
  readonly sortable?: boolean
  /** Stays in view when the table is scrolled sideways; only the first columns may. */
  readonly pinned?: boolean
  /** Group in the column picker. */
  readonly group?: string
  /** Said when the pointer rests on the heading. */
  readonly hint?: string
}

/** What table-core orders: places in the list of rows, so that a row may be anything. */
interface Item {
  readonly at: number
}

const features = tableFeatures({
  coreReactivityFeature: storeReactivityBindings(),
  rowSortingFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel()
})

/** `"-accuracy,name"`: by accuracy downwards, then by name. */
export const sortingOf = (text: string): Array<{ id: string; desc: boolean }> =>
  text
    .split(",")
    .filter((part) => part !== "" && part !== "-")
    .map((part) => (part.startsWith("-") ? { id: part.slice(1), desc: true } : { id: part, desc: false }))

/** The next order when a heading is clicked: up, down, none. */
export const nextSort = (sort: string, key: string): string => (sort === key ? `-${key}` : sort === `-${key}` ? "" : key)

const compare = (a: CellValue, b: CellValue): number => {
  if (typeof a === "string" || typeof b === "string") {
    const [left, right] = [String(a), String(b)]
    return left < right ? -1 : left > right ? 1 : 0
  }
  const [left, right] = [a ?? 0, b ?? 0]
  return left < right ? -1 : left > right ? 1 : 0
}

/** The rows of a table as CSV text, all of them and with unrounded values. */
export const tableCsv = <Row,>(columns: ReadonlyArray<Column<Row>>, rows: ReadonlyArray<Row | null>): string =>
  csvOf(
    columns.map(({ key, unit }) => (unit === undefined ? key : `${key} (${unit})`)),
    rows.flatMap((row) => (row === null ? [] : [columns.map((column) => column.value(row))]))
  )

export const Table = <Row,>({
  label,
  rows,
  columns,
  rowKey,
  href,
  onOpen,
  sort = "",
  onSort,
  manual = false,
  hidden = [],
  selected,
  onSelect,
  onNeed,
  rowHeight = 34,
  maxHeight,
  empty
}: {
  readonly label: string
  readonly rows: ReadonlyArray<Row | null>
  /** Keep this list stable between renders. */
  readonly columns: ReadonlyArray<Column<Row>>
  readonly rowKey: (row: Row) => string
  /** Where a row leads; the first column becomes the link. */
  readonly href?: (row: Row) => string
  readonly onOpen?: (row: Row) => void
  /** `"-accuracy"`; without `onSort` headings cannot be clicked. */
  readonly sort?: string
  readonly onSort?: (sort: string) => void
  readonly manual?: boolean
  readonly hidden?: ReadonlyArray<string>
  readonly selected?: ReadonlySet<string>
  readonly onSelect?: (selected: ReadonlySet<string>) => void
  /** Which rows are in view, for callers that load them in parts. */
  readonly onNeed?: (from: number, to: number) => void
  readonly rowHeight?: number
  /** As CSS length; left out: as high as its rows, at most 70 % of the window. */
  readonly maxHeight?: string
  readonly empty?: ComponentChildren
}) => {
  const box = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLTableSectionElement>(null)
  const [view, setView] = useState({ top: 0, height: 800 })
  const [active, setActiveState] = useState(0)
  // Keys may come faster than the page is drawn, so the handlers read this and not what was drawn last.
  const now = useRef(0)
  const setActive = (index: number) => {
    now.current = index
    setActiveState(index)
  }
  const anchor = useRef(0)

  const list = useMemo(() => rows.filter((row): row is Row & NonNullable<Row> => row !== null), [rows])
  const table = useMemo(() => {
    const valueAt = (column: Column<Row>, at: number): CellValue => {
      const row = list[at]
      return row === undefined ? undefined : (column.value(row) ?? undefined)
    }
    return constructTable<typeof features, Item>({
      features,
      data: manual ? [] : list.map((_, at) => ({ at })),
      columns: columns.map((column) => ({
        id: column.key,
        accessorFn: ({ at }: Item) => valueAt(column, at),
        sortUndefined: "last",
        sortFn: (a: CoreRow<typeof features, Item>, b: CoreRow<typeof features, Item>) =>
          compare(valueAt(column, a.original.at), valueAt(column, b.original.at))
      })),
      initialState: {
        sorting: manual ? [] : sortingOf(sort).filter(({ id }) => columns.some(({ key }) => key === id)),
        columnVisibility: Object.fromEntries(hidden.map((key) => [key, false]))
      }
    })
  }, [list, columns, sort, manual, hidden.join("\n")])
  const shown = useMemo(() => {
    const visible = new Set(table.getVisibleLeafColumns().map(({ id }) => id))
    return columns.filter(({ key }) => visible.has(key))
  }, [table])
  const ordered: ReadonlyArray<Row | null> = useMemo(
    () => (manual ? rows : table.getRowModel().rows.map(({ original }) => list[original.at] ?? null)),
    [table, rows]
  )

  const head = 36
  const from = Math.max(0, Math.floor(view.top / rowHeight) - 8)
  const to = Math.min(ordered.length, Math.ceil((view.top + view.height) / rowHeight) + 8)
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const measure = () =>
      setView((before) =>
        Math.abs(before.top - element.scrollTop) < 1 && before.height === element.clientHeight
          ? before
          : { top: element.scrollTop, height: element.clientHeight }
      )
    measure()
    element.addEventListener("scroll", measure, { passive: true })
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => {
      element.removeEventListener("scroll", measure)
      observer.disconnect()
    }
  }, [])
  useEffect(() => onNeed?.(from, to), [from, to, onNeed])

  // Another order is another list: it begins at its beginning.
  const order = useRef(sort)
  useLayoutEffect(() => {
    if (order.current === sort) return
    order.current = sort
    setActive(0)
    if (box.current !== null) box.current.scrollTop = 0
  }, [sort])

  const focus = (index: number) => {
    const next = Math.max(0, Math.min(ordered.length - 1, index))
    setActive(next)
    const element = box.current
    if (element === null) return
    const top = next * rowHeight
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowHeight + head > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowHeight + head - element.clientHeight
    setView({ top: element.scrollTop, height: element.clientHeight })
    requestAnimationFrame(() => body.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus({ preventScroll: true }))
  }
  const toggle = (index: number, range: boolean) => {
    if (onSelect === undefined) return
    const next = new Set(selected)
    const row = ordered[index]
    if (row === null || row === undefined) return
    const on = !next.has(rowKey(row))
    for (let at = range ? Math.min(index, anchor.current) : index; at <= (range ? Math.max(index, anchor.current) : index); at++) {
      const one = ordered[at]
      if (one === null || one === undefined) continue
      if (on) next.add(rowKey(one))
      else next.delete(rowKey(one))
    }
    anchor.current = index
    onSelect(next)
  }
  const open = (row: Row | null | undefined) => {
    if (row === null || row === undefined) return
    if (onOpen !== undefined) onOpen(row)
    else if (href !== undefined) navigate(href(row))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target instanceof HTMLElement && event.target.dataset.row === undefined) return
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 2)
    const steps: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focus(now.current + 1),
      ArrowUp: () => focus(now.current - 1),
      j: () => focus(now.current + 1),
      k: () => focus(now.current - 1),
      Home: () => focus(0),
      End: () => focus(ordered.length - 1),
      PageDown: () => focus(now.current + page),
      PageUp: () => focus(now.current - page),
      Enter: () => open(ordered[now.current]),
      ...(onSelect === undefined
        ? {}
        : { x: () => toggle(now.current, false), X: () => toggle(now.current, true), " ": () => toggle(now.current, event.shiftKey) })
    }
    const take = steps[event.key]
    if (take === undefined) return
    event.preventDefault()
    take()
  }
  // Where the focus is elsewhere on the page, the same keys lead back to the row that had it.
  const step = (by: number) => focus(box.current?.contains(document.activeElement) === true ? now.current + by : now.current)
  useShortcuts([
    { keys: "j", says: "Next row", group: "Tables", run: () => step(1) },
    { keys: "k", says: "Row before", group: "Tables", run: () => step(-1) },
    ...(onSelect === undefined
      ? []
      : [
          {
            keys: "x",
            says: "Mark the row; with Shift all up to it",
            group: "Tables",
            run: () => {
              toggle(now.current, false)
              focus(now.current)
            }
          }
        ])
  ])

  if (ordered.length === 0 && empty !== undefined) return <>{empty}</>
  const sorting = sortingOf(sort)
  const width = (column: Column<Row>) => column.width ?? (column.align === "right" ? 96 : 140)
  const total = shown.reduce((sum, column) => sum + width(column), onSelect === undefined ? 0 : 36)
  const loaded = ordered.filter((row): row is NonNullable<typeof row> => row !== null)
  const marked = selected === undefined ? 0 : loaded.filter((row) => selected.has(rowKey(row))).length
  // One row can be reached by Tab: the one that had the focus, or the first in view when that is out of the document.
  const reachable = active >= from && active < to ? active : from + Math.min(8, Math.max(0, to - from - 1))
  let offset = onSelect === undefined ? 0 : 36
  const pinnedAt = shown.map((column, index) => {
    if (column.pinned !== true || shown.slice(0, index).some(({ pinned }) => pinned !== true)) return undefined
    const at = offset
    offset += width(column)
    return at
  })
  const lastPinned = pinnedAt.findLastIndex((at) => at !== undefined)
  return (
    <div class="table-box" ref={box} style={maxHeight === undefined ? {} : { maxHeight }}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows are walked and marked by keyboard, which is what a grid is
        role="grid"
        aria-label={label}
        aria-rowcount={ordered.length + 1}
        {...(onSelect === undefined ? {} : { "aria-multiselectable": true })}
        class="grid"
        style={{ minWidth: `${total}px` }}
        onKeyDown={onKeyDown}
      >
        <colgroup>
          {onSelect === undefined ? null : <col style={{ width: "36px" }} />}
          {shown.map((column) => (
            <col key={column.key} style={{ width: `${width(column)}px` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {onSelect === undefined ? null : (
              <th scope="col" class="mark-cell pinned" style={{ left: "0px" }}>
                <input
                  type="checkbox"
                  aria-label="Mark all loaded rows"
                  checked={marked > 0 && marked === loaded.length}
                  ref={(element) => {
                    if (element !== null) element.indeterminate = marked > 0 && marked < loaded.length
                  }}
                  onChange={(event) => onSelect(event.currentTarget.checked ? new Set(loaded.map(rowKey)) : new Set())}
                />
              </th>
            )}
            {shown.map((column, index) => {
              const by = sorting.find(({ id }) => id === column.key)
              const text = (
                <>
                  {column.title}
                  {column.unit === undefined ? null : <span class="muted"> {column.unit}</span>}
                </>
              )
              return (
                <th
                  key={column.key}
                  scope="col"
                  title={column.hint ?? column.key}
                  class={`${column.align ?? "left"}${pinnedAt[index] === undefined ? "" : " pinned"}${index === lastPinned ? " edge" : ""}`}
                  style={pinnedAt[index] === undefined ? {} : { left: `${pinnedAt[index]}px` }}
                  {...(onSort === undefined || column.sortable === false
                    ? {}
                    : { "aria-sort": by === undefined ? ("none" as const) : by.desc ? ("descending" as const) : ("ascending" as const) })}
                >
                  {onSort === undefined || column.sortable === false ? (
                    text
                  ) : (
                    <button type="button" class="sorter" onClick={() => onSort(nextSort(sort, column.key))}>
                      <span class="sorter-text">{text}</span>
                      {by === undefined ? null : <Icon name={by.desc ? "down" : "up"} />}
                    </button>
                  )}
                </th>
              )
            })}
          </tr>
        </thead>
        {from === 0 ? null : (
          <tbody class="spacer" aria-hidden="true">
            <tr style={{ height: `${from * rowHeight}px` }}>
              <td colSpan={shown.length + (onSelect === undefined ? 0 : 1)} />
            </tr>
          </tbody>
        )}
        <tbody ref={body} onPointerOver={({ target }) => tellCut(target)} onFocusIn={({ target }) => tellCut(target)}>
          {ordered.slice(from, to).map((row, offset) => {
            const index = from + offset
            const key = row === null ? undefined : rowKey(row)
            const isMarked = key !== undefined && selected?.has(key) === true
            const classes = [
              index % 2 === 1 ? "odd" : "",
              isMarked ? "marked" : "",
              row === null ? "unloaded" : href === undefined && onOpen === undefined ? "" : "opens"
            ]
            // Keyed by place, not by what stands there: a row that is loaded later, or sorted anew, keeps the focus that is on it.
            return (
              <tr
                key={index}
                data-row={index}
                data-key={key}
                aria-rowindex={index + 2}
                aria-busy={row === null ? true : undefined}
                {...(onSelect === undefined ? {} : { "aria-selected": isMarked })}
                tabIndex={index === reachable ? 0 : -1}
                class={classes.filter((name) => name !== "").join(" ")}
                style={{ height: `${rowHeight}px` }}
                onFocus={() => setActive(index)}
                onClick={(event) => {
                  if (event.target instanceof Element && event.target.closest("a, button, input, summary, label") !== null) return
                  if (window.getSelection()?.toString() !== "") return
                  open(row)
                }}
              >
                {onSelect === undefined ? null : (
                  <td class="mark-cell pinned" style={{ left: "0px" }}>
                    {key === undefined ? null : (
                      <input
                        type="checkbox"
                        tabIndex={-1}
                        aria-label={`Mark ${key}`}
                        checked={isMarked}
                        onClick={(event) => toggle(index, event.shiftKey)}
                      />
                    )}
                  </td>
                )}
                {shown.map((column, at) => {
                  const content =
                    row === null ? <span class="skeleton" /> : column.show === undefined ? shownValue(column.value(row)) : column.show(row)
                  return (
                    <td
                      key={column.key}
                      class={`${column.align ?? "left"}${pinnedAt[at] === undefined ? "" : " pinned"}${at === lastPinned ? " edge" : ""}`}
                      style={pinnedAt[at] === undefined ? {} : { left: `${pinnedAt[at]}px` }}
                    >
                      {at === 0 && href !== undefined && row !== null ? (
                        <a href={href(row)} tabIndex={-1} class="row-link">
                          {content}
                        </a>
                      ) : (
                        content
                      )}
                    </td>
                  )
                })}
              </tr>
            )
          })}
        </tbody>
        {to >= ordered.length ? null : (
          <tbody class="spacer" aria-hidden="true">
            <tr style={{ height: `${(ordered.length - to) * rowHeight}px` }}>
              <td colSpan={shown.length + (onSelect === undefined ? 0 : 1)} />
            </tr>
          </tbody>
        )}
      </table>
    </div>
  )
}

/** Gives the cells of a row that are cut off their whole text as a title; whatever has a title inside keeps its own. */
const tellCut = (target: EventTarget | null): void => {
  if (!(target instanceof Element)) return
  for (const cell of target.closest("tr")?.querySelectorAll("td") ?? []) {
    const text = cell.textContent ?? ""
    // Inline elements have no width of their own, and one pixel is what is there for those who listen alone.
    const cut = [cell, ...cell.querySelectorAll("*")].some(({ scrollWidth, clientWidth }) => clientWidth > 1 && scrollWidth > clientWidth)
    if (cut && text !== "" && cell.querySelector("[title]") === null) cell.title = text
    else cell.removeAttribute("title")
  }
}

const shownValue = (value: CellValue): ComponentChildren => {
  if (value === null || value === undefined) return <span class="muted">–</span>
  return typeof value === "number" ? number(value) : inline(value)
}

/** Which columns are shown; the choice belongs to the caller, as it stands in the address. */
export const ColumnPicker = ({
  columns,
  hidden,
  onChange
}: {
  readonly columns: ReadonlyArray<{ readonly key: string; readonly title: string; readonly group?: string; readonly pinned?: boolean }>
  readonly hidden: ReadonlyArray<string>
  readonly onChange: (hidden: ReadonlyArray<string>) => void
}) => {
  const [filter, setFilter] = useState("")
  const groups = [...new Set(columns.map(({ group }) => group ?? ""))]
  const found = (title: string) => title.toLowerCase().includes(filter.toLowerCase())
  return (
    <Menu label="Columns" icon="columns">
      {columns.length > 12 ? (
        <input
          type="search"
          aria-label="Find a column"
          placeholder="Find a column"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
      ) : null}
      <div class="picker">
        {groups.map((group) => (
          <fieldset key={group}>
            {group === "" ? null : <legend>{group}</legend>}
            {columns
              .filter((column) => (column.group ?? "") === group && found(`${column.title} ${column.key}`))
              .map((column) => (
                <label key={column.key}>
                  <input
                    type="checkbox"
                    checked={!hidden.includes(column.key)}
                    onChange={(event) =>
                      onChange(event.currentTarget.checked ? hidden.filter((key) => key !== column.key) : [...hidden, column.key])
                    }
                  />
                  {column.title}
                </label>
              ))}
          </fieldset>
        ))}
      </div>
    </Menu>
  )
}
