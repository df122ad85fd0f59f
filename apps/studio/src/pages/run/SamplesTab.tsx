/**
 * Every answer of a run with its truth: found by phase, outcome and class, from a cell of the confusion matrix, or by going from error to
 * error with `n`. The sample that is open stands in the address.
 */
import { useEffect, useMemo, useState } from "preact/hooks"
import { call, urlOf, useQuery } from "../../api.ts"
import { save } from "../../files.ts"
import { number } from "../../format.ts"
import { useShortcuts } from "../../keys.ts"
import { link, setSearch, useSearch } from "../../router.ts"
import {
  Answer,
  Badge,
  Button,
  type Column,
  Empty,
  Hash,
  KeyValue,
  NormalisedChoice,
  Panel,
  Table,
  tableCsv,
  toast,
  useNormalised
} from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import type { TabProps } from "./index.tsx"

export interface Prediction {
  readonly phase: string
  readonly epoch: number
  readonly index: number
  readonly sample_id: string
  readonly tick: number
  readonly truth: string | null
  readonly predicted: string | null
  readonly outcome: "correct" | "wrong" | "abstained" | "unscored" | string
  readonly scores?: Readonly<Record<string, number>>
  readonly reward?: { readonly raw: number; readonly shaped: number }
  readonly prediction: unknown
  readonly target: unknown
}
export interface Predictions {
  readonly phase: string | null
  readonly total: number
  readonly matched: number
  readonly offset: number
  readonly classes: ReadonlyArray<string>
  readonly rows: ReadonlyArray<Prediction>
}
interface MatrixFigure {
  readonly kind: string
  readonly rows: { readonly label: string; readonly categories: ReadonlyArray<string> }
  readonly columns: { readonly label: string; readonly categories: ReadonlyArray<string> }
  readonly values: ReadonlyArray<ReadonlyArray<number | null>>
  readonly title: string
}
interface Figures {
  readonly phases: ReadonlyArray<{ readonly phase: string; readonly figures: ReadonlyArray<MatrixFigure> }>
}

const page = 200

const Outcome = ({ outcome }: { readonly outcome: string }) => (
  <Badge tone={outcome === "correct" ? "good" : outcome === "wrong" ? "bad" : "warn"}>{outcome}</Badge>
)

const best = ({ scores, predicted }: Prediction): number | null =>
  scores === undefined || predicted === null ? null : (scores[predicted] ?? null)

const columns: ReadonlyArray<Column<Prediction>> = [
  { key: "index", title: "#", align: "right", width: 64, value: ({ index }) => index },
  { key: "sample_id", title: "sample", width: 220, value: ({ sample_id }) => sample_id },
  { key: "truth", title: "truth", value: ({ truth }) => truth },
  { key: "predicted", title: "answer", value: ({ predicted }) => predicted },
  { key: "outcome", title: "outcome", value: ({ outcome }) => outcome, show: ({ outcome }) => <Outcome outcome={outcome} /> },
  { key: "score", title: "score", align: "right", value: best },
  { key: "reward", title: "reward", align: "right", value: ({ reward }) => reward?.shaped ?? null },
  { key: "tick", title: "tick", align: "right", value: ({ tick }) => tick }
]

/** The confusion matrix as a table whose cells lead to their samples. */
const Confusion = ({
  matrix,
  run,
  phase,
  truth,
  predicted
}: {
  readonly matrix: MatrixFigure
  readonly run: string
  readonly phase: string
  readonly truth: string
  readonly predicted: string
}) => {
  const [share] = useNormalised()
  const sums = {
    row: matrix.values.map((row) => row.reduce<number>((sum, value) => sum + (value ?? 0), 0)),
    column: matrix.columns.categories.map((_, column) => matrix.values.reduce((sum, row) => sum + (row[column] ?? 0), 0))
  }
  const most = Math.max(1, ...matrix.values.flat().map((value) => value ?? 0))
  const told = (value: number | null, row: number, column: number): string => {
    if (value === null) return "–"
    if (share !== "row" && share !== "column") return number(value)
    const all = share === "row" ? sums.row[row] : sums.column[column]
    return all === undefined || all === 0 ? "–" : `${((100 * value) / all).toFixed(1)} %`
  }
  return (
    <Panel title={`Confusion, ${phase}`} actions={<NormalisedChoice />}>
      <p class="muted">
        Rows are the {matrix.rows.label}, columns the {matrix.columns.label}; a cell leads to its samples.
      </p>
      <Scroll label="Confusion matrix">
        <table class="confusion">
          <caption class="visually-hidden">Confusion matrix</caption>
          <thead>
            <tr>
              <td />
              {matrix.columns.categories.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matrix.rows.categories.map((name, row) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {matrix.columns.categories.map((answer, column) => {
                  const value = matrix.values[row]?.[column] ?? null
                  const abstained = answer === "abstained"
                  const chosen = truth === name && (abstained ? false : predicted === answer)
                  const deep = (value ?? 0) / most
                  return (
                    <td
                      key={answer}
                      class={`${name === answer ? "right-answer" : "wrong-answer"} deep-${Math.ceil(deep * 5)}${chosen ? " chosen" : ""}`}
                    >
                      <a
                        href={link(
                          "/runs/:run",
                          { run },
                          { tab: "samples", phase, truth: name, ...(abstained ? { outcome: "abstained" } : { predicted: answer }) }
                        )}
                        aria-label={`${number(value)} of ${name} answered as ${answer}`}
                        {...(chosen ? { "aria-current": "true" as const } : {})}
                      >
                        {told(value, row, column)}
                      </a>
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Panel>
  )
}

/** A sample in front of the reader: what it is, what was answered, and its picture where it is one. */
const Opened = ({ row, run, document }: { readonly row: Prediction; readonly run: string; readonly document: TabProps["document"] }) => {
  const [broken, setBroken] = useState(false)
  useEffect(() => setBroken(false), [row.sample_id])
  const dataset = document?.dataset
  const isPicture = dataset?.modality === "image" || dataset?.modality === "video"
  const scores = Object.entries(row.scores ?? {}).toSorted(([, a], [, b]) => b - a)
  const strongest = Math.max(...scores.map(([, score]) => score), Number.MIN_VALUE)
  return (
    <Panel
      title={`Sample ${row.sample_id}`}
      actions={
        <>
          {document?.brain === null || document === undefined ? null : (
            <a class="button" href={link("/runs/:run", { run }, { tab: "activity", sample: row.sample_id, phase: row.phase })}>
              Activity of the brain
            </a>
          )}
          <Button tone="quiet" icon="cross" onClick={() => setSearch({ sample: null })}>
            Close
          </Button>
        </>
      }
    >
      {isPicture && dataset !== undefined && !broken ? (
        <img
          class="sample-picture"
          alt={`Sample ${row.sample_id}`}
          src={urlOf("dataset.picture", { dataset: dataset.dataset_version_id, sample: row.sample_id })}
          onError={() => setBroken(true)}
        />
      ) : null}
      {broken ? <p class="muted">The dataset has no picture of this sample that a browser can show.</p> : null}
      <KeyValue
        items={[
          ["truth", row.truth ?? (row.target === null ? "none" : JSON.stringify(row.target))],
          ["answer", row.predicted ?? JSON.stringify(row.prediction)],
          ["outcome", <Outcome key="outcome" outcome={row.outcome} />],
          ["phase", `${row.phase}, epoch ${row.epoch}, place ${row.index}`],
          row.reward === undefined ? null : ["reward", `raw ${number(row.reward.raw)}, shaped ${number(row.reward.shaped)}`],
          ["id", <Hash key="id" value={row.sample_id} length={40} />]
        ]}
      />
      {scores.length === 0 ? null : (
        <ul class="scores" aria-label="Scores">
          {scores.slice(0, 12).map(([name, score]) => (
            <li key={name}>
              <span>{name}</span>
              <meter min={0} max={Math.max(strongest, 1e-12)} value={Math.max(0, score)} aria-label={`Score of ${name}`} />
              <span class="numeric">{number(score)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

export default function SamplesTab({ run, status, document }: TabProps) {
  const scored = document?.protocol.phases.filter((phase) => phase.scored === true).map(({ name }) => name) ?? []
  const reached = status.phases.slice(0, (status.phase_index ?? -1) + 1)
  const fallback = reached.findLast((name) => scored.includes(name)) ?? reached.at(-1) ?? ""
  const [phase] = useSearch("phase", fallback)
  const [outcome] = useSearch("outcome")
  const [truth] = useSearch("truth")
  const [predicted] = useSearch("predicted")
  const [offsetText] = useSearch("offset", "0")
  const [sample] = useSearch("sample")
  const offset = Math.max(0, Math.floor(Number(offsetText) || 0))
  const filter = {
    run,
    phase,
    ...(outcome === "" ? {} : { outcome }),
    ...(truth === "" ? {} : { truth }),
    ...(predicted === "" ? {} : { predicted })
  }
  const list = useQuery<Predictions>("run.predictions", phase === "" ? null : { ...filter, limit: page, offset }, { keep: true })
  const figures = useQuery<Figures>("run.figures", scored.includes(phase) ? { run, phase } : null)
  const matrix = figures.data?.phases.find((each) => each.phase === phase)?.figures.find(({ kind }) => kind === "matrix")
  const here = list.data?.rows.find(({ sample_id }) => sample_id === sample)
  // A link may name a sample that the filter or the page of answers does not hold.
  const elsewhere = useQuery<Predictions>(
    "run.predictions",
    sample === "" || list.data === undefined || here !== undefined ? null : { run, phase, sample: [sample], limit: 1 }
  )
  const open = here ?? elsewhere.data?.rows[0]
  const classes = list.data?.classes ?? []

  const nextError = async (by: 1 | -1) => {
    // The errors of the phase, whatever is filtered here; at most one page of them is asked for at a time.
    try {
      const { data } = await call<Predictions>("run.predictions", { run, phase, outcome: "wrong", limit: 1000 })
      const at = data.rows.findIndex(({ sample_id }) => sample_id === sample)
      const next = data.rows[at < 0 ? (by > 0 ? 0 : data.rows.length - 1) : (at + by + data.rows.length) % data.rows.length]
      if (next === undefined) return toast(`No answer of phase ${phase} is wrong`)
      setSearch({ tab: "samples", phase, outcome: "wrong", truth: null, predicted: null, offset: null, sample: next.sample_id })
    } catch {
      toast("The errors could not be read", { tone: "bad" })
    }
  }
  useShortcuts([
    { keys: "n", says: "Next error", group: "Samples of the run", run: () => void nextError(1) },
    { keys: "N", says: "Error before", group: "Samples of the run", run: () => void nextError(-1) }
  ])
  const set = (name: string) => (event: { readonly currentTarget: HTMLSelectElement }) =>
    setSearch({ [name]: event.currentTarget.value, offset: null, sample: null })
  const filtered = outcome !== "" || truth !== "" || predicted !== ""
  const table = useMemo(() => {
    const rows = list.data?.rows ?? []
    return columns.filter(
      ({ key, value }) => ["index", "sample_id", "truth", "predicted", "outcome"].includes(key) || rows.some((row) => value(row) !== null)
    )
  }, [list.data])
  if (phase === "") return <Empty title="No answer yet">The first answers come behind the first committed step.</Empty>
  return (
    <div class="stack">
      {/* biome-ignore lint/a11y/useSemanticElements: a search form would send itself */}
      <div class="toolbar row" role="group" aria-label="Which answers are shown">
        <label>
          phase{" "}
          <select value={phase} onChange={set("phase")}>
            {reached.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
        <label>
          outcome{" "}
          <select value={outcome} onChange={set("outcome")}>
            <option value="">all</option>
            {["correct", "wrong", "abstained"].map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
        {classes.length === 0
          ? null
          : (
              [
                ["truth", truth],
                ["predicted", predicted]
              ] as const
            ).map(([name, value]) => (
              <label key={name}>
                {name === "truth" ? "truth" : "answer"}{" "}
                <select value={value} onChange={set(name)}>
                  <option value="">all</option>
                  {classes.map((each) => (
                    <option key={each} value={each}>
                      {each}
                    </option>
                  ))}
                </select>
              </label>
            ))}
        {filtered ? (
          <Button tone="quiet" icon="cross" onClick={() => setSearch({ outcome: null, truth: null, predicted: null, offset: null })}>
            Show all
          </Button>
        ) : null}
        <Button icon="right" title="n" onClick={() => void nextError(1)}>
          Next error
        </Button>
      </div>
      <div class={open === undefined ? "" : "run-split"}>
        <div class="stack">
          {matrix === undefined ? null : <Confusion matrix={matrix} run={run} phase={phase} truth={truth} predicted={predicted} />}
          <Answer query={list} what="Reading the answers">
            {(data) => (
              <Panel
                title={filtered ? `${number(data.matched)} of ${number(data.total)} answers` : `${number(data.total)} answers`}
                actions={
                  <Button
                    tone="quiet"
                    icon="download"
                    onClick={() => save(`${run}-${phase}.csv`, tableCsv(columns, data.rows), "text/csv")}
                  >
                    CSV of these
                  </Button>
                }
              >
                {data.rows.length === 0 ? (
                  <Empty title="No such answer">{filtered ? "No answer of this phase is like that." : "None is committed yet."}</Empty>
                ) : (
                  <Table
                    label="Answers"
                    rows={data.rows}
                    columns={table}
                    rowKey={(row) => `${row.epoch} ${row.index}`}
                    href={(row) => linkHere({ sample: row.sample_id })}
                  />
                )}
                {data.matched > page ? (
                  <div class="row">
                    <Button disabled={offset === 0} onClick={() => setSearch({ offset: Math.max(0, offset - page) || null })}>
                      Before
                    </Button>
                    <span class="muted">
                      {number(offset + 1)} to {number(Math.min(data.matched, offset + page))} of {number(data.matched)}
                    </span>
                    <Button disabled={offset + page >= data.matched} onClick={() => setSearch({ offset: offset + page })}>
                      Behind
                    </Button>
                  </div>
                ) : null}
              </Panel>
            )}
          </Answer>
        </div>
        {open === undefined ? null : <Opened row={open} run={run} document={document} />}
      </div>
    </div>
  )
}

/** This view with something else open. */
const linkHere = (changes: Readonly<Record<string, string>>): string => {
  const search = new URLSearchParams(window.location.search)
  for (const [name, value] of Object.entries(changes)) search.set(name, value)
  return `${window.location.pathname}?${search}`
}
