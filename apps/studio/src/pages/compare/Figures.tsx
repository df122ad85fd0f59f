/**
 * The figures of the runs together: confusion matrices side by side, each cell leading to its samples, and curves over each other. Sharp
 * edge: at most as many curves as can be told apart are drawn at once, so of many classes one is chosen.
 */
import type { Figure as FigureData, MatrixFigure } from "@feagi-trainer/charts"
import type { Comparison } from "@feagi-trainer/control-api/comparison"
import { useEffect, useState } from "preact/hooks"
import { asApiError, call, useQuery } from "../../api.ts"
import { number, percent } from "../../format.ts"
import { setSearch, useSearch } from "../../router.ts"
import { Answer, Empty, Failed, Figure, IconButton, Loading, NormalisedChoice, normalisedBy, Panel, useNormalised } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import {
  beside,
  cellText,
  confusionCells,
  type FigureRow,
  overlaid,
  type RunFigures,
  readCell,
  rowsOf,
  seriesNames
} from "./model/figures.ts"
import { upper } from "./model/letters.ts"
import { type Predictions, SampleDetail, type Side } from "./SampleDetail.tsx"
import { answerText } from "./Samples.tsx"

interface RunFiguresData {
  readonly phases: ReadonlyArray<{ readonly phase: string; readonly figures: ReadonlyArray<FigureData> }>
}

type Fetched =
  | { readonly state: "loading" }
  | { readonly state: "failed"; readonly error: unknown }
  | { readonly state: "done"; readonly figures: ReadonlyArray<RunFigures> }

/** The figures of all runs that lie in this store; asked together, as the page needs them together. */
const useFigures = (sides: ReadonlyArray<Side>, phase: string): Fetched => {
  const [now, setNow] = useState<Fetched>({ state: "loading" })
  const key = sides.map(({ run_id }) => run_id).join(",")
  useEffect(() => {
    const abort = new AbortController()
    setNow({ state: "loading" })
    Promise.all(
      sides
        .filter(({ bundle }) => bundle === null)
        .map(async ({ label, run_id }): Promise<RunFigures> => {
          const { data } = await call<RunFiguresData>("run.figures", { run: run_id, phase }, { signal: abort.signal })
          return { label: upper(label), figures: data.phases.filter((each) => each.phase === phase).flatMap(({ figures }) => figures) }
        })
    ).then(
      (figures) => setNow({ state: "done", figures }),
      (error: unknown) => {
        if (!abort.signal.aborted) setNow({ state: "failed", error: asApiError(error) })
      }
    )
    return () => abort.abort()
  }, [key, phase])
  return now
}

const Confusion = ({ label, figure, chosen }: { readonly label: string; readonly figure: MatrixFigure; readonly chosen: string }) => {
  const cells = confusionCells(figure)
  return (
    <Scroll label={`${figure.title}, run ${label}`}>
      <table class="plain confusion">
        <caption>
          {label}: {figure.rows.label} in rows, {figure.columns.label} in columns
          {figure.normalised === undefined ? "" : `, share of the ${figure.normalised} first`}
        </caption>
        <thead>
          <tr>
            <th scope="col" class="muted">
              {figure.rows.label} \ {figure.columns.label}
            </th>
            {figure.columns.categories.map((name) => (
              <th key={name} scope="col" class="right">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {figure.rows.categories.map((truth, row) => (
            <tr key={truth}>
              <th scope="row">{truth}</th>
              {figure.columns.categories.map((predicted, column) => {
                const cell = cells[row]?.[column]
                const text = cellText(label.toLowerCase(), truth, predicted)
                const count = cell?.count ?? null
                return (
                  <td
                    key={predicted}
                    class={`right${truth === predicted ? " diagonal" : ""}${text === chosen ? " chosen" : ""}`}
                    style={{ "--share": String(cell?.share ?? 0) }}
                  >
                    {count === null || count === 0 ? (
                      <span class="muted">{count ?? "–"}</span>
                    ) : (
                      <button
                        type="button"
                        class="cell"
                        aria-pressed={text === chosen}
                        onClick={() => setSearch({ cell: text === chosen ? null : text, sample: null })}
                      >
                        <span class="visually-hidden">
                          Run {label}, {truth} answered as {predicted}:{" "}
                        </span>
                        {figure.normalised === undefined ? number(count) : percent(cell?.share)}
                        <span class="muted nowrap"> {figure.normalised === undefined ? percent(cell?.share) : number(count)}</span>
                      </button>
                    )}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

const abstained = (name: string): boolean => name === "abstained" || name === "no answer"

const CellSamples = ({
  text,
  sides,
  phase,
  dataset
}: {
  readonly text: string
  readonly sides: ReadonlyArray<Side>
  readonly phase: string
  readonly dataset: string
}) => {
  const cell = readCell(text)
  const side = sides.find(({ label }) => label === cell?.label)
  const [sample] = useSearch("sample")
  const query = useQuery<Predictions>(
    "run.predictions",
    cell === undefined || side === undefined
      ? null
      : {
          run: side.run_id,
          phase,
          truth: cell.truth,
          ...(abstained(cell.predicted) ? { outcome: "abstained" } : { predicted: cell.predicted }),
          limit: 200
        }
  )
  if (cell === undefined || side === undefined) return null
  return (
    <>
      <Panel
        title={`${upper(cell.label)}: ${cell.truth} answered as ${cell.predicted}`}
        actions={<IconButton icon="cross" label="Close the samples" onClick={() => setSearch({ cell: null, sample: null })} />}
      >
        <Answer query={query} what="Samples">
          {(data) =>
            data.rows.length === 0 ? (
              <Empty title="No such sample" />
            ) : (
              <>
                <ul class="sample-list">
                  {data.rows.map((row) => (
                    <li key={row.sample_id}>
                      <button
                        type="button"
                        class="quiet mono"
                        aria-pressed={row.sample_id === sample}
                        onClick={() => setSearch({ sample: row.sample_id })}
                      >
                        {row.sample_id}
                      </button>
                      <span class="muted"> {answerText(row.predicted)}</span>
                    </li>
                  ))}
                </ul>
                {data.matched > data.rows.length ? (
                  <p class="muted">
                    The first {data.rows.length} of {data.matched}.
                  </p>
                ) : null}
              </>
            )
          }
        </Answer>
      </Panel>
      {sample === "" ? null : (
        <SampleDetail sample={sample} phase={phase} dataset={dataset} sides={sides} onClose={() => setSearch({ sample: null })} />
      )}
    </>
  )
}

const most = 8

const Curves = ({ row }: { readonly row: FigureRow }) => {
  const names = seriesNames(row)
  const param = `series.${row.id}`
  const [chosen, setChosen] = useSearch(param)
  const many = names.length * row.sides.length > most
  const bars = row.kind === "bars"
  const shown = chosen !== "" && names.includes(chosen) ? [chosen] : many || bars ? names.slice(0, 1) : names
  const figure = bars ? beside(row, shown[0] ?? "") : overlaid(row, shown)
  return (
    <Panel
      title={row.title}
      actions={
        names.length < 2 ? undefined : (
          <label class="row">
            {bars ? "Value" : "Curve"}
            <select value={shown.length === 1 ? shown[0] : ""} onChange={(event) => setChosen(event.currentTarget.value)}>
              {many || bars ? null : <option value="">all</option>}
              {names.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )
      }
    >
      {figure === undefined ? <Empty title="Nothing to draw" /> : <Figure figure={figure} />}
    </Panel>
  )
}

const SideBySide = ({ row, cell }: { readonly row: FigureRow; readonly cell: string }) => {
  const [normalised] = useNormalised()
  const sides = row.sides.map(({ label, figure }) => ({ label, figure: normalisedBy(normalised, figure) }))
  return (
    <Panel title={row.title} actions={row.kind === "matrix" ? <NormalisedChoice /> : undefined}>
      <div class="side-by-side">
        {sides.map(({ label, figure }) =>
          figure.kind === "matrix" ? (
            <Confusion key={label} label={label} figure={figure} chosen={cell} />
          ) : (
            <div key={label}>
              <h3>{label}</h3>
              <Figure figure={{ ...figure, id: `${figure.id}-${label}` }} />
            </div>
          )
        )}
      </div>
    </Panel>
  )
}

export const Figures = ({ comparison }: { readonly comparison: Comparison }) => {
  const [cell] = useSearch("cell")
  const sides: ReadonlyArray<Side> = comparison.runs.map(({ label, run_id, bundle }) => ({ label, run_id, bundle }))
  const fetched = useFigures(sides, comparison.phase)
  if (fetched.state === "loading") return <Loading what="Figures" />
  if (fetched.state === "failed") return <Failed error={fetched.error} />
  const rows = rowsOf(fetched.figures).filter(({ kind }) => kind !== "overlay")
  if (rows.length === 0) return <Empty title="The metric pack of these runs draws no figure" />
  const matrices = rows.filter(({ kind }) => kind === "matrix")
  const rest = rows.filter(({ kind }) => kind !== "matrix")
  return (
    <>
      {matrices.map((row) => (
        <SideBySide key={row.id} row={row} cell={cell} />
      ))}
      {cell === "" ? null : <CellSamples text={cell} sides={sides} phase={comparison.phase} dataset={comparison.runs[0]?.dataset ?? ""} />}
      <div class="compare-figures">
        {rest.map((row) =>
          row.kind === "curve" || row.kind === "bars" ? <Curves key={row.id} row={row} /> : <SideBySide key={row.id} row={row} cell="" />
        )}
      </div>
    </>
  )
}
