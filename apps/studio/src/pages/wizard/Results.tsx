/** Step 6: the scorecards of every scored phase, where each number comes from, and how to take it away. */
import { useCallback, useEffect, useState } from "preact/hooks"
import { urlOf, useQuery } from "../../api.ts"
import { save } from "../../files.ts"
import { inline, number } from "../../format.ts"
import { link } from "../../router.ts"
import { Answer, Badge, Button, Empty, Hash, KeyValue, Panel, Status } from "../../ui/index.ts"
import { runsAreOfText } from "./draft.ts"
import { type RunNow, runsState, withRun } from "./runsState.ts"
import type { StepId } from "./steps.ts"
import type { Wizard } from "./useWizard.ts"

interface Phase {
  readonly phase: string
  readonly samples?: number
  readonly scorecard_id: string | null
  readonly scorecard_body_sha256: string | null
  readonly predictions_sha256: string | null
  readonly connectome_hash?: string | null
  readonly weights_sha256?: string | null
  readonly metrics: Readonly<Record<string, unknown>>
  readonly skipped?: unknown
}
interface RunData {
  readonly run_id: string
  readonly seed: unknown
  readonly status: string
  readonly spec_sha256: string
  readonly predictions_sha256?: string | null
  readonly phases: ReadonlyArray<Phase>
}

export const Results = ({ wizard, goto }: { readonly wizard: Wizard; readonly goto: (step: StepId) => void }) => {
  const { draft, fields, runState } = wizard
  // Seeds that split the data each in their own way are examined on different samples: they have a mean, and no difference sample by sample.
  const ownSplits = fields.at("split.seed")?.value === "per-run"
  const [states, setStates] = useState<Readonly<Record<string, RunNow>>>({})
  const report = useCallback((run: string, now: RunNow) => setStates((before) => withRun(before, run, now)), [])
  // A reload opens this step without the one before it, which counts otherwise.
  const state = runsState(draft.runs, states)
  useEffect(() => {
    if (Object.keys(states).length > 0) runState(state)
  }, [states])
  if (!runsAreOfText(draft))
    return (
      <Panel title="Results">
        <Empty title="Nothing of this run file has run yet" icon="card">
          {draft.group === "" ? null : <p>The runs of {draft.group} were made of an earlier text of the file.</p>}
          <Button tone="primary" onClick={() => goto(5)}>
            Go to step 5, Run
          </Button>
        </Empty>
      </Panel>
    )
  return (
    <>
      {draft.runs.length < 2 ? null : (
        <Panel title={`Group ${draft.group}`}>
          <div class="row">
            {ownSplits ? (
              <a class="button" href={link("/experiments")}>
                Mean and interval over the seeds
              </a>
            ) : (
              <a class="button" href={link("/compare", {}, { runs: draft.runs.join(",") })}>
                Compare the {draft.runs.length} runs
              </a>
            )}
            <a class="button quiet" href={link("/runs", {}, { q: `group_id = "${draft.group}"` })}>
              In the table of runs
            </a>
          </div>
        </Panel>
      )}
      {draft.runs.map((run) => (
        <RunResult key={run} run={run} wizard={wizard} onStatus={report} />
      ))}
    </>
  )
}

const primaryFirst = (metrics: Readonly<Record<string, unknown>>, primary: string): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(metrics).sort(
    ([a], [b]) => Number(b === primary) - Number(a === primary) || Number(a.includes("/")) - Number(b.includes("/"))
  )

/** The metrics that have a value, the primary one first. */
const known = (metrics: Readonly<Record<string, unknown>>, primary: string): ReadonlyArray<readonly [string, unknown]> =>
  primaryFirst(metrics, primary).filter(([, value]) => typeof value === "number")

/** Each number leads to the answers that it was computed from. */
const MetricTable = ({
  run,
  phase,
  metrics,
  primary
}: {
  readonly run: string
  readonly phase: string
  readonly metrics: ReadonlyArray<readonly [string, unknown]>
  readonly primary: string
}) => (
  <table class="plain wizard-metrics">
    <caption class="visually-hidden">Metrics of {phase}</caption>
    <tbody>
      {metrics.map(([name, value]) => (
        <tr key={name} class={name === primary ? "primary" : ""}>
          <th scope="row">{name}</th>
          {typeof value === "number" ? (
            <td class="right">
              <a href={link("/runs/:run", { run }, { tab: "samples", phase })} title="The answers behind this number">
                {number(value)}
              </a>
            </td>
          ) : (
            <td class="muted">{withoutValue(value)}</td>
          )}
        </tr>
      ))}
    </tbody>
  </table>
)

/** Why a metric has no value; no data never is a number. */
const withoutValue = (value: unknown): string =>
  typeof value === "object" && value !== null && "insufficient" in value ? `no value: ${String(value.insufficient)}` : inline(value)

const RunResult = ({
  run,
  wizard,
  onStatus
}: {
  readonly run: string
  readonly wizard: Wizard
  readonly onStatus: (run: string, now: RunNow) => void
}) => {
  const shown = useQuery<RunData>("run.show", { run })
  const protocols = useQuery<ReadonlyArray<{ readonly id: string; readonly version: number; readonly primary_metric?: string }>>(
    "protocol.ls",
    {}
  )
  const protocol = String(wizard.fields.at("protocol")?.value ?? "")
  const primary = protocols.data?.find(({ id, version }) => `${id}@${version}` === protocol)?.primary_metric ?? ""
  const status = shown.data?.status
  const isScored = shown.data?.phases.some(({ scorecard_id }) => scorecard_id !== null) ?? false
  useEffect(() => {
    if (status !== undefined) onStatus(run, { status, scored: isScored })
  }, [run, status, isScored])
  const file = useQuery<{ readonly text: string; readonly format: string }>("run.file", { run })
  return (
    <Panel
      title={<code>{run}</code>}
      actions={
        <a class="button quiet" href={link("/runs/:run", { run })}>
          Open the run
        </a>
      }
    >
      <Answer query={shown}>
        {(data) => {
          const scored = data.phases.filter(({ scorecard_id }) => scorecard_id !== null)
          return (
            <div class="stack">
              <div class="row">
                <Status status={data.status} /> <span class="muted">seed {String(data.seed)}</span>
              </div>
              {scored.length === 0 ? <p class="muted">No phase has been scored yet.</p> : null}
              <div class="columns">
                {scored.map((phase, index) => (
                  <section key={phase.phase} class="wizard-scorecard" aria-label={`Scorecard of ${phase.phase}`}>
                    <h3>
                      {phase.phase} {index === scored.length - 1 ? <Badge tone="info">the benchmark</Badge> : null}
                    </h3>
                    <MetricTable run={run} phase={phase.phase} metrics={known(phase.metrics, primary).slice(0, 6)} primary={primary} />
                    <details>
                      <summary>All {Object.keys(phase.metrics).length} metrics</summary>
                      <MetricTable run={run} phase={phase.phase} metrics={primaryFirst(phase.metrics, primary)} primary={primary} />
                    </details>
                    <div class="row">
                      <a href={link("/scorecards/:id", { id: phase.scorecard_id ?? "" })}>Scorecard</a>
                      <a href={link("/runs/:run", { run }, { tab: "samples", phase: phase.phase })}>
                        {phase.samples === undefined ? "Predictions behind it" : `${phase.samples} predictions behind it`}
                      </a>
                      <a href={urlOf("scorecard.show", { scorecard: phase.scorecard_id ?? "" })} download={`${phase.scorecard_id}.json`}>
                        Save as JSON
                      </a>
                    </div>
                  </section>
                ))}
              </div>
              <details>
                <summary>Provenance</summary>
                <KeyValue
                  items={[
                    ["Document of the run", <Hash value={data.spec_sha256} length={32} />],
                    ...data.phases.flatMap((phase) => [
                      [`${phase.phase}: predictions`, <Hash value={phase.predictions_sha256} length={32} />] as const,
                      [
                        `${phase.phase}: ${phase.connectome_hash == null ? "weights" : "connectome"}`,
                        <Hash value={phase.connectome_hash ?? phase.weights_sha256} length={32} />
                      ] as const,
                      ...(phase.scorecard_body_sha256 === null
                        ? []
                        : [[`${phase.phase}: scorecard`, <Hash value={phase.scorecard_body_sha256} length={32} />] as const])
                    ])
                  ]}
                />
              </details>
              <div class="row">
                <a class="button quiet" href={urlOf("run.show", { run, document: true })} download={`${run}.json`}>
                  Save the run as JSON
                </a>
                <Button
                  tone="quiet"
                  disabled={file.data === undefined}
                  onClick={() => save(`${run}.run.${file.data?.format ?? "toml"}`, file.data?.text ?? "")}
                >
                  Save its run file
                </Button>
              </div>
            </div>
          )
        }}
      </Answer>
    </Panel>
  )
}
