/**
 * All runs: searched, sorted, marked, compared. Everything the table is set to stands in the address. Sharp edge: sorting and searching are
 * the server's, over all runs; only the rows in view are here.
 */
import { argvOf } from "@feagi-trainer/control-api/argv"
import { runTableCsv } from "@feagi-trainer/control-api/run-table"
import { useCallback, useEffect, useMemo, useState } from "preact/hooks"
import { type ApiError, asApiError, cache, call, type Envelope, print, useQuery } from "../../api.ts"
import { copy, save } from "../../files.ts"
import { number, shellLine } from "../../format.ts"
import { useShortcuts } from "../../keys.ts"
import { link, navigate, setSearch, usePlace, useSearch } from "../../router.ts"
import {
  Button,
  ColumnPicker,
  Combobox,
  Diagnostics,
  Empty,
  Failed,
  Icon,
  IconButton,
  Loading,
  Menu,
  Page,
  Table,
  toast
} from "../../ui/index.ts"
import { columnsOf, groupOf } from "./cells.tsx"
import { type ColumnSummary, complete } from "./complete.ts"
import { MarksDialog } from "./MarksDialog.tsx"
import { inShort, type MarkChange, markCommands, saysNothing } from "./marks.ts"
import { type Asked, type Cell, inputOf, only, questionOf, type RunRow, type RunTable, rowsOf, useRows, without } from "./rows.ts"
import "./style.css"
import { builtIn, forgetView, savedViews, saveView } from "./views.ts"

const usual = ["name", "status", "seed", "dataset", "learner", "score", "tags", "created"]
const listOf = (text: string): ReadonlyArray<string> => text.split(",").filter((part) => part !== "")

/** Puts a change of marks into a row of an answer, before the server has said so. */
const marked = (table: RunTable, runs: ReadonlySet<string>, change: MarkChange): RunTable => ({
  ...table,
  rows: table.rows.map((row) =>
    !runs.has(row.run_id)
      ? row
      : {
          ...row,
          cells: row.cells.map((cell, index): Cell => {
            switch (table.columns[index]?.key) {
              case "starred":
                return change.starred ?? cell
              case "archived":
                return change.archived ?? cell
              case "note":
                return change.note ?? cell
              case "tags":
                return [...new Set([...((cell as ReadonlyArray<string> | null) ?? []), ...(change.add_tags ?? [])])]
                  .filter((tag) => change.remove_tags?.includes(tag) !== true)
                  .sort()
              default:
                return cell
            }
          })
        }
  )
})

export default function RunsPage() {
  const { search } = usePlace()
  const [where] = useSearch("q")
  const [draft, setDraft] = useState(where)
  const [sort, setSort] = useSearch("sort", "-created")
  const [columnText] = useSearch("cols")
  const [pinText] = useSearch("pin")
  const [markedText] = useSearch("sel")
  const [archivedText, setArchived] = useSearch("archived")
  const [editing, setEditing] = useState<ReadonlyArray<RunRow> | null>(null)
  const [views, setViews] = useState(savedViews)
  const [viewName, setViewName] = useState("")
  useEffect(() => setDraft(where), [where])

  const pins = useMemo(() => listOf(pinText), [pinText])
  const chosen = useMemo(() => (columnText === "" ? usual : listOf(columnText)), [columnText])
  const asked: Asked = useMemo(
    () => ({ where: without(where, pins), sort, columns: chosen, archived: archivedText === "1" }),
    [where, pins, sort, chosen, archivedText]
  )
  const session = useQuery("session", {})
  const empty = session.data?.runs === 0
  const ready = !empty
  const { rows, query, columns, onNeed } = useRows(asked, ready)
  const pinnedQuery = useQuery<RunTable>(
    "run.ls",
    !ready || pins.length === 0 ? null : inputOf({ ...asked, where: only(pins), archived: true }, 0, pins.length),
    { keep: true }
  )
  const summary = useQuery<ReadonlyArray<ColumnSummary>>("run.columns", ready ? {} : null)
  const known = summary.data ?? []
  const all: ReadonlyArray<RunRow | null> = useMemo(
    () => [...(pins.length === 0 || pinnedQuery.data === undefined ? [] : rowsOf(pinnedQuery.data)), ...rows],
    [pins, pinnedQuery.data, rows]
  )
  const before = all.length - rows.length
  const need = useCallback((from: number, to: number) => onNeed(Math.max(0, from - before), Math.max(0, to - before)), [onNeed, before])
  const selected = useMemo(() => new Set(listOf(markedText)), [markedText])
  const select = useCallback((next: ReadonlySet<string>) => setSearch({ sel: [...next].join(",") }), [])

  /** Gives back the refusal of a change that was made for other marks than those that stand. */
  const mark = async (runs: ReadonlyArray<RunRow>, change: MarkChange, undo?: MarkChange): Promise<ApiError | undefined> => {
    if (saysNothing(change)) return undefined
    let stale: ApiError | undefined
    const ids = new Set(runs.map(({ id }) => id))
    cache.change<Envelope<RunTable>>("run.ls", (answer) => ({ ...answer, data: marked(answer.data, ids, change) }))
    try {
      for (const run of ids) await call("run.mark", { run, ...change })
      const what =
        change.archived === true
          ? "Archived"
          : change.archived === false
            ? "Brought back"
            : change.starred === undefined
              ? "Saved"
              : change.starred
                ? "Starred"
                : "Star taken away"
      const lines = markCommands(ids, change)
      const command = inShort(lines)
      toast(`${what}${ids.size > 1 ? ` ${ids.size} runs` : ""}`, {
        ...(command === undefined ? {} : { command }),
        actions: [
          ...(undo === undefined ? [] : [{ label: "Undo", run: () => void mark(runs, undo) }]),
          ...(command === undefined ? [] : [{ label: "Copy", run: () => copy(lines.join("\n"), "Copied the command") }])
        ]
      })
    } catch (error) {
      const known = asApiError(error)
      if (known.status === 412) stale = known
      else toast(known.diagnostics[0]?.message ?? "That could not be saved", { tone: "bad" })
    }
    cache.invalidate("run.ls", "run.columns", "run.show", "group.ls")
    return stale
  }
  const pin = (row: RunRow) =>
    setSearch({ pin: (pins.includes(row.id) ? pins.filter((id) => id !== row.id) : [...pins, row.id]).join(",") })
  const tableColumns = useMemo(
    () =>
      columnsOf(
        chosen.flatMap((key) => columns.find((column) => column.key === key) ?? []),
        new Set(pins),
        {
          star: (row) => void mark([row], { starred: row.cells.starred !== true }),
          pin,
          edit: (row) => setEditing([row])
        },
        window.matchMedia("(max-width: 760px)").matches
      ),
    [columns, chosen, pins]
  )
  const selectedRows = all.filter((row): row is RunRow => row !== null && selected.has(row.id))
  const compare = (tab?: string) => {
    if (selected.size < 2)
      toast(`Mark two or more runs with x, then ${tab === undefined ? "compare them with c" : "see what differs with d"}`)
    else navigate(link("/compare", {}, { runs: [...selected].join(","), ...(tab === undefined ? {} : { tab }) }))
  }
  /** The row that has the focus, or those that are marked. */
  const meant = (): ReadonlyArray<RunRow> => {
    const id = document.activeElement?.closest<HTMLElement>("[data-key]")?.dataset.key
    const row = all.find((one) => one !== null && one.id === id)
    return selectedRows.length > 0 ? selectedRows : row === null || row === undefined ? [] : [row]
  }
  useShortcuts([
    { keys: "c", says: "Compare the marked runs", group: "Runs", run: () => compare() },
    { keys: "d", says: "Differences of the marked runs: settings and origins", group: "Runs", run: () => compare("differences") },
    { keys: "e", says: "Tags and note", group: "Runs", run: () => meant().length > 0 && setEditing(meant()) },
    {
      keys: "s",
      says: "Star",
      group: "Runs",
      run: () => {
        const list = meant()
        void mark(list, { starred: !list.every(({ cells }) => cells.starred === true) })
      }
    },
    { keys: "p", says: "Pin to the top", group: "Runs", run: () => meant().slice(0, 1).forEach(pin) },
    { keys: "y", says: "Archive", group: "Runs", run: () => void mark(meant(), { archived: true }, { archived: false }) },
    { keys: "Escape", says: "Unmark all rows", group: "Runs", run: () => setSearch({ sel: null }) }
  ])

  const submit = (text: string) => setSearch({ q: text.trim(), sel: null }, { push: true })
  const question = questionOf({ ...asked, where })
  /** As `run ls --format csv` and `--json` print it: the rows of this table, pinned ones where they belong. */
  const exported = async (format: "csv" | "json") => {
    try {
      const { command: _, ...document } = await call<RunTable>("run.ls", question)
      if (format === "csv") save("runs.csv", runTableCsv(document.data), "text/csv")
      else save("runs.json", `${print(document)}\n`, "application/json")
    } catch (error) {
      toast(asApiError(error).diagnostics[0]?.message ?? "The runs could not be read", { tone: "bad" })
    }
  }
  const command = argvOf("run.ls", question)
  const pickable = useMemo(
    () =>
      known
        .filter(({ runs, key }) => (runs > 0 || usual.includes(key)) && key !== "name")
        .map(({ key, title }) => ({ key, title, group: groupOf(key) })),
    [known]
  )
  const diagnostics = query.error?.diagnostics ?? []

  return (
    <Page
      title="Runs"
      command={command}
      actions={
        <>
          <Menu label="Save" icon="download">
            <Button tone="quiet" onClick={() => void exported("csv")}>
              All matching rows as CSV
            </Button>
            <Button tone="quiet" onClick={() => void exported("json")}>
              All matching rows as JSON
            </Button>
          </Menu>
          <a class="button primary" href="/new">
            <Icon name="plus" />
            New run
          </a>
        </>
      }
    >
      {empty ? (
        <Empty title="No run yet" icon="runs">
          <p>A run trains and tests a brain, or another learner, on one dataset with one seed, and replays to the same bytes.</p>
          <a class="button primary" href="/new">
            Make the first run
          </a>
        </Empty>
      ) : (
        <>
          <search class="runs-bar">
            <Combobox
              label="Condition on runs"
              value={draft}
              onInput={setDraft}
              onSubmit={submit}
              suggest={(text, caret) => complete(text, caret, known)}
              placeholder="metric.accuracy > 0.9 and tag:baseline        press / to search"
              invalid={diagnostics.length > 0 && query.error?.status === 400}
              mono
            />
            <Button icon="search" onClick={() => submit(draft)}>
              Search
            </Button>
            <Menu label="Views" icon="link">
              <div class="runs-views">
                {[...builtIn, ...views].map((view) => (
                  <div class="runs-view" key={view.name}>
                    <a href={`/runs${view.search}`} aria-current={view.search === search ? "true" : undefined}>
                      {view.name}
                    </a>
                    {builtIn.includes(view) ? null : (
                      <IconButton
                        icon="cross"
                        label={`Forget the view ${view.name}`}
                        onClick={() => {
                          forgetView(view.name)
                          setViews(savedViews())
                        }}
                      />
                    )}
                  </div>
                ))}
                <form
                  onSubmit={(event) => {
                    event.preventDefault()
                    event.stopPropagation()
                    if (viewName.trim() === "") return
                    saveView({ name: viewName.trim(), search })
                    setViews(savedViews())
                    setViewName("")
                    toast(`This view is now called “${viewName.trim()}” in this browser; its link says the same to others`)
                  }}
                >
                  <input
                    type="text"
                    aria-label="Name of the present view"
                    placeholder="Name this view"
                    value={viewName}
                    onInput={(event) => setViewName(event.currentTarget.value)}
                  />
                  <Button type="submit">Keep</Button>
                </form>
              </div>
            </Menu>
            <ColumnPicker
              columns={pickable}
              hidden={pickable.filter(({ key }) => !chosen.includes(key)).map(({ key }) => key)}
              onChange={(hidden) => {
                const shown = [...chosen.filter((key) => !hidden.includes(key))]
                for (const { key } of pickable) if (!hidden.includes(key) && !shown.includes(key)) shown.push(key)
                setSearch({ cols: shown.join(",") === usual.join(",") ? null : shown.join(",") })
              }}
            />
            <label class="check">
              <input
                type="checkbox"
                checked={archivedText === "1"}
                onChange={(event) => setArchived(event.currentTarget.checked ? "1" : null)}
              />
              Archived
            </label>
          </search>
          {diagnostics.length > 0 ? (
            query.error?.status === 400 ? (
              <Diagnostics list={diagnostics} />
            ) : (
              <Failed error={query.error} again={query.again} />
            )
          ) : null}
          {query.warnings.length > 0 ? <Diagnostics list={query.warnings} /> : null}
          {query.data === undefined ? (
            query.state === "failed" ? null : (
              <Loading what="Reading the runs" />
            )
          ) : (
            <>
              <div class="runs-count" role="status">
                {query.data.matched + before === query.data.total
                  ? `${number(query.data.total)} ${query.data.total === 1 ? "run" : "runs"}`
                  : `${number(query.data.matched + before)} of ${number(query.data.total)} runs`}
                {query.data.archived_hidden > 0 ? `, ${number(query.data.archived_hidden)} archived not shown` : ""}
                {pins.length > 0 ? `, ${before} pinned` : ""}
              </div>
              <Table
                label="Runs"
                rows={all}
                columns={tableColumns}
                rowKey={(row) => row.id}
                href={(row) => link("/runs/:run", { run: row.id })}
                manual
                sort={sort}
                onSort={(next) => setSort(next === "" ? null : next)}
                selected={selected}
                onSelect={select}
                onNeed={need}
                maxHeight="calc(100vh - 236px)"
                empty={
                  <Empty title="No run meets this condition" icon="search">
                    <p>
                      <a href="/runs">Show all {number(query.data.total)} runs</a>
                    </p>
                  </Empty>
                }
              />
            </>
          )}
          {selected.size === 0 ? null : (
            <section class="runs-marked" aria-label="Marked runs">
              <strong>{selected.size} marked</strong>
              <Button tone="primary" icon="compare" onClick={() => compare()} disabled={selected.size < 2}>
                Compare
              </Button>
              <Button icon="tag" onClick={() => setEditing(selectedRows)}>
                Tag
              </Button>
              <Button icon="star" onClick={() => void mark(selectedRows, { starred: true })}>
                Star
              </Button>
              <Button icon="archive" onClick={() => void mark(selectedRows, { archived: true }, { archived: false })}>
                Archive
              </Button>
              <Button tone="quiet" onClick={() => setSearch({ sel: null })}>
                Unmark
              </Button>
              <code class="muted visually-hidden">ftr {shellLine(["run", "compare", ...selected])}</code>
            </section>
          )}
        </>
      )}
      <MarksDialog runs={editing} onClose={() => setEditing(null)} onSave={mark} />
    </Page>
  )
}
