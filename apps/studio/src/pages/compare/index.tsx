/**
 * Compare: may runs be compared, by how much do they differ, where, and what else is not the same. Sharp edge: runs that must not be compared
 * get no number here, however the address is written; what is shown is what the server compared.
 */
import { type Comparison, comparisonCsv, comparisonMarkdown } from "@feagi-trainer/control-api/comparison"
import { Fragment } from "preact"
import { useQuery } from "../../api.ts"
import { copy, save } from "../../files.ts"
import { shellLine } from "../../format.ts"
import { useShortcuts } from "../../keys.ts"
import { setSearch, usePlace } from "../../router.ts"
import { Button, Empty, Failed, Hash, Loading, Menu, Page, Tabs } from "../../ui/index.ts"
import { Differences } from "./Differences.tsx"
import { Figures } from "./Figures.tsx"
import { Metrics } from "./Metrics.tsx"
import { documentText } from "./model/documentText.ts"
import { upper } from "./model/letters.ts"
import { commandOf, questionOf, readState } from "./model/state.ts"
import { RunPicker } from "./RunPicker.tsx"
import { Samples } from "./Samples.tsx"
import { Slices } from "./Slices.tsx"
import { Verdict } from "./Verdict.tsx"
import "./compare.css"

const Export = ({ comparison, search }: { readonly comparison: Comparison; readonly search: string }) => {
  const state = readState(search)
  const name = `comparison-${comparison.comparison_sha256.slice(0, 12)}`
  return (
    <Menu label="Export" icon="download">
      <Button
        tone="quiet"
        title={commandOf(state, "json")}
        onClick={() => save(`${name}.json`, documentText("comparison", comparison), "application/json")}
      >
        JSON, everything
      </Button>
      <Button tone="quiet" title={commandOf(state, "csv")} onClick={() => save(`${name}.csv`, comparisonCsv(comparison), "text/csv")}>
        CSV, everything as a table
      </Button>
      <Button
        tone="quiet"
        title={commandOf(state, "md")}
        onClick={() => save(`${name}.md`, comparisonMarkdown(comparison), "text/markdown")}
      >
        Markdown, a page to read
      </Button>
      <Button tone="quiet" onClick={() => copy(comparisonMarkdown(comparison), "Copied as Markdown")}>
        Copy as Markdown
      </Button>
    </Menu>
  )
}

export default function ComparePage() {
  const { search } = usePlace()
  const state = readState(search)
  const question = questionOf(state)
  const none = useQuery("session", {}).data?.runs === 0
  const query = useQuery<Comparison>("run.compare", question)
  const setRuns = (runs: ReadonlyArray<string>) =>
    setSearch({ runs: runs.join(","), baseline: null, against: null, page: null, sample: null, cell: null }, { push: true })
  useShortcuts([
    {
      keys: "d",
      says: "Differences of settings and origins",
      group: "Compare",
      run: () => setSearch({ tab: "differences", sample: null, cell: null })
    }
  ])
  const comparison = query.data
  const against = comparison?.comparisons.find(({ run }) => run === state.against) ?? comparison?.comparisons[0]
  return (
    <Page
      title="Compare"
      command={question === null ? [] : query.command.length > 0 ? query.command : commandOf(state).split(" ").slice(1)}
      actions={comparison === undefined ? null : <Export comparison={comparison} search={search} />}
    >
      <div class="compare-page">
        {none && state.runs.length === 0 ? null : <RunPicker state={state} setRuns={setRuns} />}
        {question === null ? (
          none ? (
            <Empty title="No run yet" icon="compare">
              <p>Two runs or more are compared sample by sample: by how much they differ, where, and whether that is more than chance.</p>
              <a class="button primary" href="/new">
                Make the first run
              </a>
            </Empty>
          ) : (
            <Empty title={state.runs.length === 0 ? "Choose runs to compare" : "Choose one more run"} icon="compare">
              <p>
                Add two to eight runs above, or mark them in the <a href="/runs">runs table</a> and press <kbd>c</kbd>. The first one is the
                baseline that all others are held against.
              </p>
            </Empty>
          )
        ) : query.state === "failed" ? (
          <>
            <Failed error={query.error} again={query.again} />
            {state.across.length === 0 && state.slice.length === 0 ? null : (
              <Button onClick={() => setSearch({ across: null, slice: null })}>Compare without declared factors and slices</Button>
            )}
          </>
        ) : comparison === undefined ? (
          <Loading what="Comparing sample by sample" />
        ) : (
          <>
            <Verdict comparison={comparison} state={state} />
            {against === undefined ? (
              <details class="what-else" open={state.all || state.tab === "differences"}>
                <summary>
                  What else differs, without keeping the runs from being compared:{" "}
                  {comparison.config.length + comparison.provenance.length === 0
                    ? "nothing"
                    : `${comparison.config.length + comparison.provenance.length} fields`}
                </summary>
                <Differences comparison={comparison} state={state} />
              </details>
            ) : (
              <Tabs
                label="Parts of the comparison"
                value={state.tab}
                onChange={(tab) => setSearch({ tab: tab === "metrics" ? null : tab, sample: null, cell: null })}
                tabs={[
                  { id: "metrics", title: "Metrics", badge: Object.keys(against.metrics).length },
                  {
                    id: "samples",
                    title: "Disagreements",
                    badge: against.samples.improved.length + against.samples.regressed.length
                  },
                  { id: "slices", title: "Slices", badge: comparison.slices.length },
                  { id: "figures", title: "Figures" },
                  { id: "differences", title: "Configuration", badge: comparison.config.length + comparison.provenance.length }
                ]}
              >
                {state.tab === "metrics" ? (
                  <Metrics comparison={comparison} against={against} state={state} />
                ) : state.tab === "samples" ? (
                  <Samples comparison={comparison} against={against} state={state} />
                ) : state.tab === "slices" ? (
                  <Slices comparison={comparison} state={state} />
                ) : state.tab === "figures" ? (
                  <Figures comparison={comparison} />
                ) : (
                  <Differences comparison={comparison} state={state} />
                )}
              </Tabs>
            )}
            <p class="muted compare-foot">
              {comparison.runs.map(({ label, run_id, name, seed }, index) => (
                <Fragment key={label}>
                  {index === 0 ? "" : " · "}
                  {upper(label)} = {run_id} (<bdi>{name}</bdi>, seed {String(seed)})
                </Fragment>
              ))}
              . What was found has the hash <Hash value={comparison.comparison_sha256} />: two people who see the same hash saw the same.{" "}
              <code class="nowrap">ftr {shellLine(query.command)}</code>
            </p>
          </>
        )}
      </div>
    </Page>
  )
}
