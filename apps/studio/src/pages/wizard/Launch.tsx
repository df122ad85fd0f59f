/**
 * Step 5: what will run, and running it. Creating pins every choice and is safe to repeat; the runs then go on in processes of their own,
 * whether this page is open or not.
 */
import { useEffect, useState } from "preact/hooks"
import { call, useAction, useQuery } from "../../api.ts"
import { number, shellLine, span } from "../../format.ts"
import { link } from "../../router.ts"
import { Badge, Button, CopyButton, Dialog, Failed, Hash, Icon, KeyValue, Panel, Progress, Status, toast } from "../../ui/index.ts"
import { isOver, isRunning } from "../run/model.ts"
import { wordsOf } from "./command.ts"
import { fileName, runsAreOfText, seedCount } from "./draft.ts"
import { type RunNow, runsState, withRun } from "./runsState.ts"
import type { StepId } from "./steps.ts"
import type { Wizard } from "./useWizard.ts"

interface Created {
  readonly group_id: string
  readonly run_ids: ReadonlyArray<string>
}

export const Launch = ({ wizard, goto }: { readonly wizard: Wizard; readonly goto: (step: StepId, field?: string) => void }) => {
  const { draft, plan } = wizard
  const create = useAction<Created>("run.create")
  const start = useAction<unknown>("run.start")
  const [workers, setWorkers] = useState("1")
  const made = runsAreOfText(draft)
  const step = wizard.steps[4]
  const blocked = !made && step !== undefined && step.reasons.length > 0
  const file = fileName(draft)
  const words = wordsOf(draft)
  const runs = plan.data?.runs ?? []
  const count = runs.length > 0 ? runs.length : seedCount(draft.seed).ok ? undefined : 0
  const launch = async () => {
    const created = await create.act({ text: draft.text, format: "toml" })
    if (created === undefined) return
    const { group_id, run_ids } = created.data
    wizard.replace({ ...draft, group: group_id, runs: run_ids, ran: draft.text })
    const parallel = Number(workers)
    const started = await start.act({
      run: run_ids.length === 1 ? (run_ids[0] ?? group_id) : group_id,
      ...(parallel > 1 ? { workers: parallel } : {})
    })
    if (started !== undefined) toast(`${run_ids.length} ${run_ids.length === 1 ? "run has" : "runs have"} been started`, { tone: "good" })
  }
  return (
    <>
      <Panel title="Planned runs">
        <KeyValue
          items={[
            ["Runs", count],
            ["Group", plan.data === undefined ? undefined : <code>{plan.data.group_id}</code>],
            ["Dataset", wizard.dataset],
            ["Protocol", String(wizard.fields.at("protocol")?.value ?? "")],
            ["Learner", String(wizard.fields.at("learner.kind")?.value ?? "")],
            ["Seeds", <code>{wizard.fields.at("seeds")?.literal ?? draft.seed}</code>]
          ]}
        />
        {runs.length === 0 ? null : (
          <details>
            <summary>Hashes of the documents, one for each run</summary>
            <ol class="wizard-hashes">
              {runs.map((run) => (
                <li key={run.spec_sha256}>
                  <Hash value={run.spec_sha256} length={24} /> <span class="muted">seed {seedOf(run.document)}</span>
                </li>
              ))}
            </ol>
          </details>
        )}
        <details>
          <summary>The same on the command line</summary>
          <pre class="excerpt">
            {words === null ? `# save the run file as ${file}` : `ftr ${shellLine(words)} > ${file}`}
            {`\nftr run start ${file}${Number(workers) > 1 ? ` --workers=${workers}` : ""}`}
          </pre>
          <CopyButton
            icon="terminal"
            label="Copy"
            text={`${words === null ? "" : `ftr ${shellLine(words)} > ${file}\n`}ftr run start ${file}${Number(workers) > 1 ? ` --workers=${workers}` : ""}\n`}
          />
        </details>
      </Panel>
      {made ? (
        <Runs wizard={wizard} goto={goto} />
      ) : (
        <Panel title="Start">
          {blocked ? (
            <>
              <p>
                <Badge tone="bad">
                  <Icon name="cross" /> cannot start yet
                </Badge>
              </p>
              <ul class="wizard-reasons">
                {step?.reasons.map((reason) => (
                  <li key={`${reason.text} ${reason.field}`}>
                    {reason.text}
                    {reason.goto === 5 ? null : (
                      <>
                        {" "}
                        <Button tone="quiet" onClick={() => goto(reason.goto, reason.field)}>
                          go to step {reason.goto}
                        </Button>
                      </>
                    )}
                  </li>
                ))}
              </ul>
            </>
          ) : null}
          <div class="row">
            {runs.length > 1 ? (
              <label>
                Runs at the same time{" "}
                <select value={workers} onChange={(event) => setWorkers(event.currentTarget.value)}>
                  {[1, 2, 4, 8]
                    .filter((each) => each === 1 || each <= runs.length)
                    .map((each) => (
                      <option key={each} value={String(each)}>
                        {each}
                      </option>
                    ))}
                </select>
              </label>
            ) : null}
            <Button tone="primary" icon="play" disabled={blocked} busy={create.busy || start.busy} onClick={launch}>
              Create and start {runs.length === 0 ? "" : runs.length === 1 ? "the run" : `${runs.length} runs`}
            </Button>
          </div>
          <p class="muted">A run takes one core and the memory of one learner. It goes on when this page is closed.</p>
        </Panel>
      )}
      {create.error === undefined ? null : <Failed error={create.error} title="The runs were not created" />}
      {start.error === undefined ? null : <Failed error={start.error} title="The runs exist, but were not started" />}
    </>
  )
}

const seedOf = (document: Readonly<Record<string, unknown>>): string => {
  const { seed } = document
  return typeof seed === "object" && seed !== null && "value" in seed ? String(seed.value) : String(seed ?? "")
}

interface RunStatus {
  readonly run_id: string
  readonly seed?: unknown
  readonly status: string
  readonly held?: unknown
  readonly phase: string | null
  readonly epoch: number | null
  readonly epochs?: number | null
  readonly run_samples_done?: number
  readonly run_samples_total?: number
  readonly samples_done: number
  readonly samples_total: number
  readonly rate: number | null
  readonly eta_seconds?: number | null
  readonly failure: unknown
}

const Runs = ({ wizard, goto }: { readonly wizard: Wizard; readonly goto: (step: StepId) => void }) => {
  const { draft } = wizard
  const [states, setStates] = useState<Readonly<Record<string, RunNow>>>({})
  const [asking, setAsking] = useState(false)
  const start = useAction<unknown>("run.start")
  const statusOf = (run: string): string => states[run]?.status ?? ""
  const open = draft.runs.filter((run) => !isOver(statusOf(run)))
  const [patient, setPatient] = useState(true)
  // Runs that were just started are still "created" for a moment, and those of a group that wait for their turn are so for longer.
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), 15_000)
    return () => clearTimeout(timer)
  }, [])
  const moving = draft.runs.some((run) => isRunning(statusOf(run)))
  const resting = ["paused", "interrupted", ...(patient ? [] : ["created"])]
  const idle = moving ? [] : draft.runs.filter((run) => resting.includes(statusOf(run)))
  const state = runsState(draft.runs, states)
  const { runState } = wizard
  useEffect(() => runState(state), [state.total, state.finished, state.failed])
  const cancelAll = () => {
    setAsking(false)
    Promise.allSettled(open.map((run) => call("run.stop", { run }))).then((answers) => {
      const refused = answers.filter(({ status }) => status === "rejected").length
      toast(refused === 0 ? "The runs end behind their present step" : `${refused} of the runs could not be stopped`, {
        tone: refused === 0 ? "neutral" : "bad"
      })
    })
  }
  return (
    <Panel
      title={draft.runs.length === 1 ? "Run" : `Runs of ${draft.group}`}
      actions={
        <>
          <a class="button quiet" href={link("/runs", {}, { q: `group_id = "${draft.group}"` })}>
            In the table
          </a>
          {idle.length === 0 ? null : (
            <Button
              icon="play"
              busy={start.busy}
              onClick={() => start.act({ run: draft.runs.length === 1 ? (draft.runs[0] ?? "") : draft.group })}
            >
              Go on
            </Button>
          )}
          {open.length === 0 ? null : (
            <Button tone="danger" icon="stop" onClick={() => setAsking(true)}>
              Cancel {open.length === 1 ? "the run" : `${open.length} runs`}
            </Button>
          )}
        </>
      }
    >
      <ul class="wizard-runs">
        {draft.runs.map((run) => (
          <RunLine key={run} run={run} onStatus={(now) => setStates((before) => withRun(before, run, now))} />
        ))}
      </ul>
      {start.error === undefined ? null : <Failed error={start.error} />}
      <div class="row">
        {state.finished > 0 ? (
          <Button tone="primary" icon="right" onClick={() => goto(6)}>
            Results
          </Button>
        ) : null}
      </div>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={open.length === 1 ? "Cancel the run?" : `Cancel ${open.length} runs?`}
        footer={
          <div class="row">
            <Button tone="danger" onClick={cancelAll}>
              Cancel {open.length === 1 ? "it" : "them"}
            </Button>
            <Button onClick={() => setAsking(false)}>Let {open.length === 1 ? "it" : "them"} run</Button>
          </div>
        }
      >
        <p>
          What was learnt up to the present step stays, with its events. A cancelled run cannot be resumed; to go on later, pause it on its
          own page instead.
        </p>
      </Dialog>
    </Panel>
  )
}

const RunLine = ({ run, onStatus }: { readonly run: string; readonly onStatus: (now: RunNow) => void }) => {
  const [ended, setEnded] = useState(false)
  const status = useQuery<RunStatus>("run.status", { run }, ended ? {} : { every: 1000 })
  // A run that was cancelled may have scored a phase before.
  const shown = useQuery<{ readonly phases: ReadonlyArray<{ readonly scorecard_id: string | null }> }>("run.show", ended ? { run } : null)
  const scored = shown.data?.phases.some(({ scorecard_id }) => scorecard_id !== null) ?? false
  const now = status.data
  useEffect(() => {
    if (now === undefined) return
    onStatus({ status: now.status, scored })
    setEnded(isOver(now.status))
  }, [now?.status, scored])
  return (
    <li>
      <div class="row">
        <a href={link("/runs/:run", { run })}>
          <code>{run}</code>
        </a>
        {now === undefined ? (
          <span class="muted">{status.state === "failed" ? status.error?.message : "…"}</span>
        ) : (
          <Status status={now.status} />
        )}
        {now?.seed === undefined ? null : <span class="muted">seed {String(now.seed)}</span>}
        {now?.phase == null ? null : (
          <span class="muted">
            {now.phase}
            {now.epoch === null || now.epoch === undefined ? "" : `, epoch ${now.epoch}${now.epochs ? ` of ${now.epochs}` : ""}`}
          </span>
        )}
        {now?.rate == null ? null : <span class="muted">{number(now.rate, 3)} samples/s</span>}
        {now?.eta_seconds == null ? null : <span class="muted">about {span(now.eta_seconds * 1000)} left</span>}
        <a class="button quiet" href={link("/runs/:run", { run }, { tab: "metrics" })}>
          Live view<span class="visually-hidden"> of {run}</span>
        </a>
      </div>
      {now === undefined ? null : (
        <Progress
          label={`Samples of ${run}`}
          done={now.run_samples_done ?? now.samples_done}
          total={now.run_samples_total ?? now.samples_total}
        />
      )}
      {now?.failure == null ? null : (
        <p class="field-error">{typeof now.failure === "string" ? now.failure : JSON.stringify(now.failure)}</p>
      )}
    </li>
  )
}
