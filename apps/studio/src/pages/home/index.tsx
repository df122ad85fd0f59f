/** Where one begins: what runs, what was done last, and in an empty project the way to the first result. */
import { useQuery } from "../../api.ts"
import { number, plusMinus, score, span } from "../../format.ts"
import { link } from "../../router.ts"
import { Answer, CopyButton, Icon, Page, Panel, Progress, Stat, Status, Time } from "../../ui/index.ts"
import { type Group, halfWidth, scaleOf, statOf } from "../experiments/groups.ts"
import { Strip } from "../experiments/Strip.tsx"
import { type RunTable, rowsOf } from "../runs/rows.ts"
import "../experiments/style.css"
import "./style.css"

interface RunStatus {
  readonly run_id: string
  readonly name: string
  readonly seed: number | bigint
  readonly status: string
  readonly phase: string | null
  readonly epoch: number | null
  readonly epochs: number | null
  readonly samples_done: number
  readonly samples_total: number | null
  readonly run_samples_done: number
  readonly run_samples_total: number | null
  readonly rate: number | null
  readonly eta_seconds: number | null
}

/** One run that goes on, with how far it is. */
const Running = ({ id }: { readonly id: string }) => {
  const { data } = useQuery<RunStatus>("run.status", { run: id }, { every: 1000, keep: true })
  if (data === undefined) return null
  return (
    <a class="home-running" href={link("/runs/:run", { run: id })}>
      <span class="row">
        <Status status={data.status} />
        <strong>{data.name}</strong>
        <span class="muted">
          seed {String(data.seed)}
          {data.phase === null ? "" : ` · ${data.phase}`}
          {data.epoch === null || data.epochs === null ? "" : ` · epoch ${data.epoch}/${data.epochs}`}
        </span>
      </span>
      <span class="row">
        <Progress done={data.run_samples_done} total={data.run_samples_total} label={`Samples of ${data.name}`} />
        <span class="muted">
          {data.rate === null ? "" : `${number(data.rate, 3)} samples/s`}
          {data.eta_seconds === null ? "" : ` · ${span(data.eta_seconds * 1000)} left`}
        </span>
      </span>
    </a>
  )
}

const Step = ({
  index,
  title,
  done,
  next,
  children,
  href,
  action
}: {
  readonly index: number
  readonly title: string
  readonly done: boolean
  /** What is to be done next. */
  readonly next: boolean
  readonly children: string
  readonly href: string
  readonly action: string
}) => (
  <li class={done ? "home-step done" : "home-step"}>
    <span class="home-step-number">{done ? <Icon name="check" /> : index}</span>
    <div class="grow">
      <h2>{title}</h2>
      <p class="muted">{children}</p>
    </div>
    <a class={next ? "button primary" : "button quiet"} href={href}>
      {action}
    </a>
  </li>
)

/** The way to a first result, in an empty project. */
const FirstSteps = ({ datasets }: { readonly datasets: number }) => (
  <Panel title="From data to a result that replays">
    <ol class="home-steps">
      <Step
        index={1}
        title="Register a dataset"
        done={datasets > 0}
        next={datasets === 0}
        href={datasets > 0 ? "/datasets" : "/new?step=2&source=path"}
        action={datasets > 0 ? "Look at them" : "Add a dataset"}
      >
        A CSV file, a folder of pictures, COCO, a time series or text. It is read, checked and pinned by its hash; nothing leaves this
        machine.
      </Step>
      <Step index={2} title="Describe a run" done={false} next={datasets > 0} href="/new" action="New run">
        Six steps write a run file: data, split, brain, rewards, metrics, seeds. You see the file and the command at every step.
      </Step>
      <Step index={3} title="Compare what came out" done={false} next={false} href="/experiments" action="Experiments">
        Several seeds with an interval, a control that learns from shuffled labels, and a comparison that refuses what cannot be compared.
      </Step>
    </ol>
    <p class="row home-command">
      <span class="muted">Or in a terminal:</span>
      <code>ftr ui --demo</code>
      <CopyButton text="ftr ui --demo" label="Copy" />
      <span class="muted">opens a project with finished runs.</span>
    </p>
  </Panel>
)

export default function HomePage() {
  const session = useQuery("session", {})
  const running = session.data?.running ?? []
  // A project without a run may not have a store to ask.
  const any = (session.data?.runs ?? 0) > 0
  const recent = useQuery<RunTable>(
    "run.ls",
    !any
      ? null
      : {
          sort: "-updated",
          columns: "name,seed,status,dataset,primary_metric,score,updated",
          limit: 8
        }
  )
  const groups = useQuery<ReadonlyArray<Group>>("group.ls", any ? {} : null)
  const newest = (groups.data ?? []).toSorted((a, b) => (a.created < b.created ? 1 : -1)).slice(0, 6)
  const scale = scaleOf(newest)
  const failed = (groups.data ?? []).reduce((sum, { statuses }) => sum + (statuses.failed ?? 0), 0)
  const interrupted = (groups.data ?? []).reduce((sum, { statuses }) => sum + (statuses.interrupted ?? 0) + (statuses.paused ?? 0), 0)
  return (
    <Page
      title={session.data === undefined ? "Home" : (session.data.project.split(/[\\/]/).findLast((part) => part !== "") ?? "Home")}
      actions={
        <a class="button primary" href="/new">
          <Icon name="plus" />
          New run
        </a>
      }
    >
      <Answer query={session} what="Reading the project">
        {(project) =>
          project.runs === 0 ? (
            <FirstSteps datasets={project.datasets} />
          ) : (
            <>
              <div class="stats">
                <Stat label="Runs" value={project.runs} hint={<a href="/runs">all of them</a>} />
                <Stat label="Experiments" value={groups.data?.length ?? "–"} hint={<a href="/experiments">with all seeds</a>} />
                <Stat label="Running now" value={running.length} {...(running.length > 0 ? { tone: "info" as const } : {})} />
                <Stat
                  label="Waiting to go on"
                  value={interrupted}
                  {...(interrupted > 0
                    ? { tone: "warn" as const, hint: <a href="/runs?q=status:interrupted+or+status:paused">see why</a> }
                    : {})}
                />
                <Stat
                  label="Failed"
                  value={failed}
                  {...(failed > 0 ? { tone: "bad" as const, hint: <a href="/runs?q=status:failed">see why</a> } : {})}
                />
                <Stat label="Datasets" value={project.datasets} hint={<a href="/datasets">look at them</a>} />
              </div>
              {running.length === 0 ? null : (
                <Panel title="Running now">
                  <div class="stack">
                    {running.map((id) => (
                      <Running key={id} id={id} />
                    ))}
                  </div>
                </Panel>
              )}
              <div class="home-columns">
                <Panel title="Newest experiments" actions={<a href="/experiments">All</a>}>
                  <Answer query={groups}>
                    {() => (
                      <ul class="home-list">
                        {newest.map((group) => (
                          <li key={group.group_id}>
                            <a href={`/runs?q=group:${group.group_id}`} class="home-name">
                              <strong>{group.name}</strong>
                              <span class="muted">
                                {group.dataset} · {group.learner} · {group.done}/{group.runs} seeds
                              </span>
                            </a>
                            <Strip group={group} scale={scale} width={140} />
                            <span class="home-score">
                              {statOf(group) === null ? (
                                <span class="muted">no score yet</span>
                              ) : (
                                <>
                                  {plusMinus(statOf(group)?.mean, halfWidth(group))}
                                  <span class="muted">{group.primary_metric}</span>
                                </>
                              )}
                            </span>
                          </li>
                        ))}
                      </ul>
                    )}
                  </Answer>
                </Panel>
                <Panel title="Recent runs" actions={<a href="/runs">All</a>}>
                  <Answer query={recent}>
                    {(table) => (
                      <ul class="home-list">
                        {rowsOf(table).map(({ id, cells }) => (
                          <li key={id}>
                            <a href={link("/runs/:run", { run: id })} class="home-name">
                              <strong>{String(cells.name ?? id)}</strong>
                              <span class="muted">
                                seed {String(cells.seed)} · {String(cells.dataset ?? "")}
                              </span>
                            </a>
                            <Status status={String(cells.status)} />
                            <span class="home-score">
                              {score(cells.score)}
                              <span class="muted">
                                <Time at={cells.updated as string | number} />
                              </span>
                            </span>
                          </li>
                        ))}
                      </ul>
                    )}
                  </Answer>
                </Panel>
              </div>
            </>
          )
        }
      </Answer>
    </Page>
  )
}
