/** What everything rests on, in one line: project, store, plugins, engine, and whether a run could start; beside it what runs right now. */
import type { Data } from "@feagi-trainer/control-api/client"
import { type Query, useQuery } from "./api.ts"
import { number } from "./format.ts"
import { Button, Menu, Status } from "./ui/Basics.tsx"

/** How the project stands: asked when a run changes, and now and then for what nobody announces, such as a server that is gone. */
const useSession = (): Query<Data<"session">> => useQuery("session", {}, { every: 3000 })

/** Says above a page that the server is gone, or that it does not let this browser in. */
export const ServerBanner = () => {
  const { error, again } = useSession()
  if (error?.status === 0)
    return (
      <div class="banner tone-bad" role="alert">
        <span>The server does not answer. What you see may be out of date; runs that were started go on.</span>
        <Button tone="quiet" onClick={again}>
          Try again
        </Button>
      </div>
    )
  if (error?.status === 401 || error?.status === 403)
    return (
      <div class="banner tone-bad" role="alert">
        <span>
          This browser is not let in. Open the address with its token that <code>ftr ui</code> printed.
        </span>
      </div>
    )
  return null
}

const Condition = ({ ok, name, value }: { readonly ok: boolean | null; readonly name: string; readonly value: string }) => (
  <span class={`condition tone-${ok === null ? "neutral" : ok ? "good" : "warn"}`}>
    <span class="status-sign" aria-hidden="true" />
    <span class="condition-name">{name}</span> {value}
  </span>
)

interface RunStatus {
  readonly run_id: string
  readonly name: string
  readonly seed: number | bigint
  readonly status: string
  readonly phase: string | null
  readonly samples_done: number
  readonly samples_total: number | null
}

/** The run that goes on right now, with a link to its page. */
const ActiveRun = ({ id, more }: { readonly id: string; readonly more: number }) => {
  const { data } = useQuery<RunStatus>("run.status", { run: id }, { every: 1000, keep: true })
  const name = data?.name ?? id
  return (
    <a class="active-run" href={`/runs/${encodeURIComponent(id)}`} title="Running now">
      <Status status={data?.status ?? "running"} />
      <strong>{name}</strong>
      {data === undefined ? null : (
        <>
          <span class="muted">seed {String(data.seed)}</span>
          {data.phase === null ? null : <span class="muted">{data.phase}</span>}
          {data.samples_total === null || data.samples_total === 0 ? null : (
            <progress max={data.samples_total} value={Math.min(data.samples_done, data.samples_total)} aria-label="Samples of this phase" />
          )}
        </>
      )}
      {more > 0 ? <span class="muted">+{more}</span> : null}
    </a>
  )
}

export const SessionStrip = () => {
  const { data } = useSession()
  if (data === undefined) return <div class="strip" />
  const [run] = data.running
  const last = data.project.split(/[\\/]/).findLast((part) => part !== "")
  return (
    <div class="strip">
      <section class="conditions" aria-label="Preconditions of a run">
        <span class="project" title={`Project ${data.project}, store ${data.store.path}`}>
          {last ?? data.project}
        </span>
        <Condition ok={data.plugins > 0} name="plugins" value={number(data.plugins)} />
        <Condition ok={data.datasets > 0} name="datasets" value={number(data.datasets)} />
        <Condition ok={null} name="runs" value={number(data.runs)} />
        {data.engine.state === "not-configured" ? null : (
          <Condition ok={data.engine.state === "up"} name="engine" value={data.engine.state} />
        )}
        {data.can_run.ok ? (
          <Condition ok={true} name="" value="ready to run" />
        ) : (
          <Menu label="not ready" icon="warning">
            <ul class="reasons">
              {data.can_run.reasons.map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
          </Menu>
        )}
      </section>
      {run === undefined ? null : <ActiveRun id={run} more={data.running.length - 1} />}
    </div>
  )
}
