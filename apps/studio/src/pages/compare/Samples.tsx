/**
 * Where two runs answer differently, sample by sample: who is right alone, whether that is more than chance (McNemar), and both answers to a
 * sample beside its data. Sharp edge: the chosen sample stands in the address, so that a colleague sees the same one.
 */
import type { ChangedSample, Comparison, RunAgainstBaseline } from "@feagi-trainer/control-api/comparison"
import { useMemo } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { inline, number } from "../../format.ts"
import { useShortcuts } from "../../keys.ts"
import { setSearch } from "../../router.ts"
import { Badge, Button, type Column, Empty, Panel, Table } from "../../ui/index.ts"
import { Against, pText } from "./Metrics.tsx"
import { upper } from "./model/letters.ts"
import { listTitle, neighbour, pageOf, samplesOf, shownList } from "./model/samples.ts"
import { type CompareState, lists } from "./model/state.ts"
import { SampleDetail } from "./SampleDetail.tsx"

export interface ClassId {
  readonly class_id: number
  readonly label: string
}

/** Names of classes by id, from the dataset of the baseline; empty while they are not known. */
export const useClasses = (dataset: string | undefined): ReadonlyMap<number, string> => {
  const query = useQuery<{ readonly classes?: ReadonlyArray<ClassId> }>("dataset.show", dataset === undefined ? null : { dataset })
  const classes = query.data?.classes
  return useMemo(() => new Map((classes ?? []).map(({ class_id, label }) => [class_id, label])), [classes])
}

const McNemarTable = ({ against, baseline }: { readonly against: RunAgainstBaseline; readonly baseline: string }) => {
  const { samples, run } = against
  const { mcnemar, matched, improved, regressed, persistent } = samples
  if (mcnemar === null) return null
  const [a, b] = [upper(baseline), upper(run)]
  const both = matched - improved.length - regressed.length - (persistent?.length ?? 0)
  return (
    <div class="mcnemar">
      <table class="plain contingency">
        <caption>Right and wrong in both runs</caption>
        <thead>
          <tr>
            <td />
            <th scope="col" class="right">
              {b} right
            </th>
            <th scope="col" class="right">
              {b} wrong
            </th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{a} right</th>
            <td class="right">{both}</td>
            <td class="right strong">{mcnemar.only_baseline_right}</td>
          </tr>
          <tr>
            <th scope="row">{a} wrong</th>
            <td class="right strong">{mcnemar.only_run_right}</td>
            <td class="right">{persistent?.length ?? 0}</td>
          </tr>
        </tbody>
      </table>
      <p>
        <strong>McNemar p {pText(mcnemar.p)}</strong>
        <br />
        <span class="muted">
          Exact test over the {mcnemar.only_baseline_right + mcnemar.only_run_right} samples that only one of the two got right: how likely
          so uneven a share is when both are equally good.
        </span>
      </p>
    </div>
  )
}

export const Samples = ({
  comparison,
  against,
  state
}: {
  readonly comparison: Comparison
  readonly against: RunAgainstBaseline
  readonly state: CompareState
}) => {
  const { samples } = against
  const byClass = samples.judged_by === "class"
  const classes = useClasses(comparison.runs[0]?.dataset)
  const [a, b] = [upper(comparison.baseline), upper(against.run)]
  const shown = shownList(samples, state.list)
  const counted = lists
    .map((list) => ({ list, count: samplesOf(samples, list).length }))
    .filter(
      ({ list, count }) =>
        count > 0 || list === "regressed" || list === "improved" || (list === "persistent" && samples.persistent !== null)
    )
  const rows = samplesOf(samples, shown)
  const page = pageOf(rows, state.page)
  const answer = (value: number | null): string =>
    byClass ? (value === null ? "no answer" : (classes.get(value) ?? String(value))) : value === null ? "–" : number(value)
  const columns = useMemo(
    (): ReadonlyArray<Column<ChangedSample>> => [
      { key: "sample", title: "Sample", value: (row) => row.sample_id, width: 200 },
      ...(byClass
        ? [{ key: "is", title: "Is", value: (row: ChangedSample) => (row.target === null ? null : answer(row.target)), width: 130 }]
        : []),
      {
        key: "a",
        title: `${a} says`,
        value: (row) => (shown === "baseline_only" || shown === "run_only" ? null : answer(row.baseline)),
        width: 130
      },
      {
        key: "b",
        title: `${b} says`,
        value: (row) => (shown === "baseline_only" || shown === "run_only" ? null : answer(row.run)),
        width: 130
      }
    ],
    [classes, byClass, a, b, shown]
  )
  const choose = (sample: string | undefined): void => {
    if (sample === undefined) return
    const at = rows.findIndex((row) => row.sample_id === sample)
    setSearch({ sample, page: at < 25 ? null : Math.floor(at / 25) + 1 })
  }
  useShortcuts([
    { keys: "n", says: "Next disagreement", group: "Compare", run: () => choose(neighbour(rows, state.sample, 1)) },
    { keys: "p", says: "Disagreement before", group: "Compare", run: () => choose(neighbour(rows, state.sample, -1)) }
  ])
  return (
    <>
      <Panel title={`Where ${b} and ${a} disagree`} actions={<Against comparison={comparison} chosen={against.run} />}>
        <McNemarTable against={against} baseline={comparison.baseline} />
        <p class="muted">
          {samples.matched} samples answered by both{byClass ? "" : `, each judged by its own ${samples.judged_by}`}
          {samples.not_judged === 0 ? "" : `; ${samples.not_judged} cannot be judged alone`}.
        </p>
        <fieldset class="segments">
          <legend>Samples</legend>
          {counted.map(({ list, count }) => (
            <label key={list} class={list === shown ? "chosen" : ""}>
              <input
                type="radio"
                name="list"
                class="visually-hidden"
                checked={list === shown}
                onChange={() => setSearch({ list, page: null, sample: null })}
              />
              {listTitle(list, byClass, a, b)} <Badge>{count}</Badge>
            </label>
          ))}
        </fieldset>
        {rows.length === 0 ? (
          <Empty title="No such sample" />
        ) : (
          <>
            <Table
              label={listTitle(shown, byClass, a, b)}
              rows={page.rows}
              columns={columns}
              rowKey={(row) => row.sample_id}
              onOpen={(row) => choose(row.sample_id)}
              selected={new Set([state.sample])}
            />
            {page.pages < 2 ? null : (
              <nav class="row pager" aria-label="Pages of samples">
                <Button icon="left" disabled={page.page === 0} onClick={() => setSearch({ page: page.page === 1 ? null : page.page })}>
                  Before
                </Button>
                <span>
                  {page.first} … {page.last} of {rows.length}
                </span>
                <Button icon="right" disabled={page.page === page.pages - 1} onClick={() => setSearch({ page: page.page + 2 })}>
                  Next
                </Button>
              </nav>
            )}
          </>
        )}
      </Panel>
      {state.sample === "" ? (
        <p class="muted">
          Open a row to see both answers beside the sample; <kbd>n</kbd> and <kbd>p</kbd> walk from one disagreement to the next.
        </p>
      ) : (
        <SampleDetail
          sample={state.sample}
          phase={comparison.phase}
          dataset={comparison.runs[0]?.dataset ?? ""}
          sides={comparison.runs
            .filter(({ label }) => label === comparison.baseline || label === against.run)
            .map(({ label, run_id, bundle }) => ({ label, run_id, bundle }))}
          onClose={() => setSearch({ sample: null })}
        />
      )}
    </>
  )
}

/** Any value of an answer as a line. */
export const answerText = (value: unknown): string => inline(value)
