/** How far a run is, phase by phase, why it is in its state, and its key metrics: final where a phase has ended, so far where it goes on. */
import { useQuery } from "../../api.ts"
import { save } from "../../files.ts"
import { number, span } from "../../format.ts"
import { link } from "../../router.ts"
import { Answer, Badge, Button, KeyValue, Panel, Stat, Time } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import type { TabProps } from "./index.tsx"
import {
  isOfWhole,
  isOver,
  isRunning,
  metricNow,
  metricsCsv,
  type RunMetrics,
  type RunStatus,
  reasonOf,
  type Step,
  stepsOf
} from "./model.ts"

const stateWords: Readonly<Record<Step["state"], string>> = {
  done: "done",
  partial: "partial",
  running: "runs now",
  stopped: "stopped here",
  waiting: "to come",
  "left-out": "left out"
}

const Steps = ({ steps, status }: { readonly steps: ReadonlyArray<Step>; readonly status: RunStatus }) => (
  <ol class="steps" aria-label="Phases">
    {steps.map((step) => {
      const here = step.state === "running" || step.state === "stopped"
      return (
        <li key={step.phase} class={`step ${step.state}`} {...(here ? { "aria-current": "step" as const } : {})}>
          <span class="step-sign" aria-hidden="true" />
          <div class="step-body">
            <div class="row">
              <strong>{step.phase}</strong>
              <Badge
                tone={
                  step.state === "partial" || step.state === "stopped"
                    ? "warn"
                    : step.state === "done"
                      ? "good"
                      : step.state === "running"
                        ? "info"
                        : "neutral"
                }
              >
                {stateWords[step.state]}
              </Badge>
            </div>
            {here && step.total !== null ? (
              <progress
                aria-label={`Samples of phase ${step.phase}`}
                max={Math.max(1, step.total)}
                value={Math.min(step.done ?? 0, step.total)}
              />
            ) : null}
            <div class="muted">
              {step.done === null
                ? ""
                : step.total === null || step.done === step.total
                  ? `${number(step.done)} samples`
                  : `${number(step.done)} of ${number(step.total)} samples`}
              {here && status.epoch !== null && status.epochs !== null && status.epochs > 1
                ? `, epoch ${status.epoch} of ${status.epochs}`
                : ""}
            </div>
          </div>
        </li>
      )
    })}
  </ol>
)

/** What a value rests on: a phase that is not scored has the value that ran along with it, and no other. */
const hintOf = (now: ReturnType<typeof metricNow>, phase: RunMetrics["phases"][number], over: boolean): string => {
  if (now.why !== null) return now.why
  if (phase.state === "running") return `${over ? "when the run ended" : "so far"}: ${number(phase.samples)} samples, not final`
  const whole = phase.partial ? "partial: " : ""
  return now.final ? `${whole || "final, "}${number(phase.samples)} samples` : `${whole}at its end; the phase is not scored`
}

/** A metric without a value: a dash, and the reason behind it. */
const Undefined = ({ why }: { readonly why: string | null }) =>
  why === null ? (
    <span class="muted">–</span>
  ) : (
    <details class="undefined">
      <summary>not defined</summary>
      <p>{why}</p>
    </details>
  )

const KeyMetrics = ({ data, run, over }: { readonly data: RunMetrics; readonly run: string; readonly over: boolean }) => {
  const phases = data.phases.filter(({ metrics }) => metrics.length > 0)
  const names = [...new Set(phases.flatMap(({ metrics }) => metrics.map(({ name }) => name)))].filter(isOfWhole)
  const sorted = names.toSorted((a, b) => Number(b === data.primary_metric) - Number(a === data.primary_metric))
  const primary = phases.flatMap((phase) => {
    const metric = phase.metrics.find(({ name }) => name === data.primary_metric)
    return metric === undefined ? [] : [{ phase, now: metricNow(metric) }]
  })
  if (phases.length === 0)
    return (
      <p class="muted">
        {over
          ? "No metric: the run ended before its first committed step."
          : "No metric yet: the first comes behind the first committed step."}
      </p>
    )
  return (
    <>
      <div class="stats">
        {primary.map(({ phase, now }) => (
          <Stat
            key={phase.phase}
            label={`${data.primary_metric ?? ""}, ${phase.phase}`}
            value={now.value === null ? "–" : number(now.value)}
            hint={hintOf(now, phase, over)}
            {...(phase.partial || phase.state === "running" ? { tone: "warn" as const } : {})}
          />
        ))}
      </div>
      <Scroll label="Metrics by phase">
        <table class="plain">
          <caption class="visually-hidden">Metrics by phase; a value so far is marked</caption>
          <thead>
            <tr>
              <th scope="col">metric</th>
              {phases.map((phase) => (
                <th key={phase.phase} scope="col" class="right">
                  {phase.phase}
                  {phase.partial ? " (partial)" : phase.state === "running" ? (over ? " (not final)" : " (so far)") : ""}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((name) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {phases.map((phase) => {
                  const metric = phase.metrics.find((each) => each.name === name)
                  const now = metric === undefined ? undefined : metricNow(metric)
                  return (
                    <td key={phase.phase} class="right">
                      {now === undefined ? (
                        <span class="muted">–</span>
                      ) : now.value === null ? (
                        <Undefined why={now.why} />
                      ) : (
                        <a
                          href={link("/runs/:run", { run }, { tab: "samples", phase: phase.phase })}
                          title="The answers behind this number"
                        >
                          {number(now.value)}
                          {phase.state === "running" && !over ? " …" : ""}
                        </a>
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  )
}

export const OverviewTab = ({ run, status, shown }: TabProps) => {
  const metrics = useQuery<RunMetrics>("run.metrics", { run })
  const table = metrics.data
  const reason = reasonOf(status, shown)
  const moving = isRunning(status.status)
  const whole = status.run_samples_total
  const over = isOver(status.status)
  const took = status.started_at === null || status.ended_at === null ? null : status.ended_at - status.started_at
  const rate = over ? (took === null || took <= 0 ? null : (1000 * status.run_samples_done) / took) : moving ? status.rate : null
  return (
    <div class="run-halves">
      <div>
        {reason === null ? null : <p class={`reason tone-${status.failure !== null || shown?.brain_mutated ? "bad" : "warn"}`}>{reason}</p>}
        <Panel title="Progress">
          <Steps steps={stepsOf(status, shown)} status={status} />
          <div class="stats">
            <Stat
              label="samples of the run"
              value={number(status.run_samples_done)}
              hint={whole === null ? "how many there will be is not known" : `of ${number(whole)}`}
            />
            <Stat
              label="rate"
              value={rate === null ? "–" : number(rate, 3)}
              {...(rate === null ? {} : { unit: "samples/s" })}
              hint={over ? "from start to end, pauses included" : moving ? "over the last steps" : "it does not run"}
            />
            {over ? (
              <Stat label="took" value={took === null ? "–" : span(took)} hint="pauses included" />
            ) : (
              <Stat
                label="time left"
                value={!moving || status.eta_seconds === null ? "–" : span(status.eta_seconds * 1000)}
                hint="at this rate"
              />
            )}
          </div>
          <KeyValue
            items={[
              ["created", <Time key="created" at={status.created_at} />],
              ["started", <Time key="started" at={status.started_at} />],
              [isOver(status.status) ? "ended" : "last step", <Time key="last" at={over ? status.ended_at : status.updated_at} />]
            ]}
          />
        </Panel>
      </div>
      <Panel
        title="Key metrics"
        actions={
          table === undefined ? null : (
            <Button tone="quiet" icon="download" onClick={() => save(`${run}-metrics.csv`, metricsCsv(table), "text/csv")}>
              CSV
            </Button>
          )
        }
      >
        <Answer query={metrics} what="Reading the metrics">
          {(data) => <KeyMetrics data={data} run={run} over={over} />}
        </Answer>
      </Panel>
    </div>
  )
}
