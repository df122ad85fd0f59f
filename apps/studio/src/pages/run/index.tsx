/** One run: how far it is and why, what can be asked of it, and everything that it recorded, tab by tab; the tab stands in the address. */
import type { ComponentType } from "preact"
import { useEffect, useState } from "preact/hooks"
import { useQuery } from "../../api.ts"
import { useShortcuts } from "../../keys.ts"
import type { PageProps } from "../../pages.ts"
import { link, useSearch } from "../../router.ts"
import { Badge, CopyButton, Failed, Loading, Page, Status, Tabs } from "../../ui/index.ts"
import { ControlProblem, Controls, type Problem } from "./Controls.tsx"
import { type Connection, type LiveRun, useLiveRun } from "./live.ts"
import type { RunDocument, RunShown, RunStatus } from "./model.ts"
import { OverviewTab } from "./OverviewTab.tsx"
import "./run.css"

export interface TabProps {
  readonly run: string
  readonly status: RunStatus
  readonly shown: RunShown | undefined
  readonly document: RunDocument | undefined
  readonly connection: Connection
}

type Loader = () => Promise<{ readonly default: ComponentType<TabProps> }>

const lazy: Readonly<Record<string, Loader>> = {
  metrics: () => import("./MetricsTab.tsx"),
  activity: () => import("./ActivityTab.tsx"),
  samples: () => import("./SamplesTab.tsx"),
  figures: () => import("./FiguresTab.tsx"),
  config: () => import("./ConfigTab.tsx"),
  provenance: () => import("./ProvenanceTab.tsx"),
  logs: () => import("./LogsTab.tsx")
}
const loaded = new Map<string, ComponentType<TabProps>>([["overview", OverviewTab]])

const tabs = [
  { id: "overview", title: "Overview" },
  { id: "metrics", title: "Metrics" },
  { id: "activity", title: "Activity" },
  { id: "samples", title: "Samples" },
  { id: "figures", title: "Figures" },
  { id: "config", title: "Config" },
  { id: "provenance", title: "Provenance" },
  { id: "logs", title: "Logs" }
]

/** A tab whose chunk comes when it is chosen for the first time. */
const TabOutlet = ({ id, props }: { readonly id: string; readonly props: TabProps }) => {
  const [, redraw] = useState(0)
  const [failure, setFailure] = useState<unknown>(undefined)
  useEffect(() => {
    setFailure(undefined)
    const load = lazy[id]
    if (loaded.has(id) || load === undefined) return
    let left = false
    load().then(
      (module) => {
        loaded.set(id, module.default)
        if (!left) redraw((count) => count + 1)
      },
      (error: unknown) => {
        if (!left) setFailure(error)
      }
    )
    return () => {
      left = true
    }
  }, [id])
  if (failure !== undefined) return <Failed error={failure} again={() => window.location.reload()} title="This tab could not be loaded" />
  const Shown = loaded.get(id)
  return Shown === undefined ? <Loading what="Opening the tab" /> : <Shown {...props} />
}

const connections: Readonly<
  Record<Exclude<Connection, "ended">, { readonly text: string; readonly tone: "neutral" | "good" | "warn"; readonly title: string }>
> = {
  connecting: { text: "connecting", tone: "neutral", title: "The events of the run are being asked for" },
  live: { text: "live", tone: "good", title: "What changes is shown at once" },
  waiting: { text: "reconnecting", tone: "warn", title: "The server does not answer; the page goes on from the last event when it does" }
}

/** Notes on what makes the run less than one that went through. */
const Marks = ({ shown }: { readonly shown: RunShown | undefined }) => {
  if (shown === undefined) return null
  const continued = Array.isArray(shown.continued) ? shown.continued.length > 0 : shown.continued === true
  return (
    <>
      {shown.partial.length === 0 ? null : (
        <Badge
          tone="warn"
          title={shown.partial.map((each) => `${each.phase}: ${each.samples_done} of ${each.samples_planned} samples`).join(", ")}
        >
          partial
        </Badge>
      )}
      {shown.brain_mutated === null ? null : <Badge tone="bad">brain mutated</Badge>}
      {continued ? (
        <Badge tone="warn" title="It went on from a checkpoint of a backend that does not promise to go on alike">
          continued, not identical
        </Badge>
      ) : null}
    </>
  )
}

export default function RunPage({ params }: PageProps) {
  const run = params.run ?? ""
  const live = useLiveRun(run)
  if (live.status.data === undefined)
    return (
      <Page title={run} crumbs={[{ label: "Runs", href: "/runs" }]}>
        {live.status.state === "failed" ? (
          <>
            <Failed error={live.status.error} again={live.status.again} />
            <a href="/runs">All runs</a>
          </>
        ) : (
          <Loading what="Opening the run" />
        )}
      </Page>
    )
  return <OpenRun live={live} status={live.status.data} />
}

const OpenRun = ({ live, status }: { readonly live: LiveRun; readonly status: RunStatus }) => {
  const run = status.run_id
  const [problem, setProblem] = useState<Problem | null>(null)
  const [chosen, choose] = useSearch("tab", "overview")
  const shown = useQuery<RunShown>("run.show", { run, document: true, telemetry: true })
  const tab = tabs.some(({ id }) => id === chosen) ? chosen : "overview"
  useShortcuts(
    tabs.map(({ id, title }, index) => ({ keys: String(index + 1), says: title, group: "Tabs of the run", run: () => choose(id) }))
  )
  const connection = live.connection === "ended" ? undefined : connections[live.connection]
  const props: TabProps = { run, status, shown: shown.data, document: shown.data?.document, connection: live.connection }
  return (
    <Page
      title={`${status.name}, seed ${status.seed}`}
      heading={
        <>
          <bdi>{status.name}</bdi>, seed {String(status.seed)}
        </>
      }
      crumbs={[
        { label: "Runs", href: "/runs" },
        { label: status.group_id, href: link("/runs", {}, { q: `group:${status.group_id}` }) }
      ]}
      beside={
        <>
          <Status status={status.status} />
          <Marks shown={shown.data} />
          {connection === undefined ? null : (
            <Badge tone={connection.tone} title={connection.title}>
              {connection.text}
            </Badge>
          )}
        </>
      }
      actions={<Controls status={status} onProblem={setProblem} />}
      command={["run", "show", run]}
      files={{ name: run, json: shown.data }}
    >
      <div class="run-id row">
        <CopyButton text={run} label={run} what="Copied the id of the run" />
        <a href={link("/compare", {}, { runs: run })}>Compare</a>
      </div>
      {problem === null ? null : <ControlProblem problem={problem} onClose={() => setProblem(null)} />}
      {live.status.state === "failed" ? <Failed error={live.status.error} again={live.status.again} title="Not up to date" /> : null}
      {shown.state === "failed" ? <Failed error={shown.error} again={shown.again} title="The record of the run could not be read" /> : null}
      <Tabs label="Parts of the run" tabs={tabs} value={tab} onChange={choose}>
        <TabOutlet id={tab} props={props} />
      </Tabs>
    </Page>
  )
}
