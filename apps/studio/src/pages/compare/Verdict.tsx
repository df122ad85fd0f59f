/**
 * May these runs be compared: the first thing to be read, and where not, every field in the way with the value of every run, and what can be
 * done about it. Sharp edge: a treatment may be declared as the factor under study, a benchmark never.
 */
import type { Comparison, FieldDifference } from "@feagi-trainer/control-api/comparison"
import { useState } from "preact/hooks"
import { setSearch } from "../../router.ts"
import { Badge, Button, Dialog, Field, Icon } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import { intervalText, pText, signed, verdictWords } from "./Metrics.tsx"
import { factorsOf } from "./model/factors.ts"
import { upper } from "./model/letters.ts"
import type { CompareState } from "./model/state.ts"
import { Value } from "./Tree.tsx"

export const FieldTable = ({
  caption,
  differences,
  comparison,
  declared = false
}: {
  readonly caption: string
  readonly differences: ReadonlyArray<FieldDifference>
  readonly comparison: Comparison
  readonly declared?: boolean
}) => (
  <Scroll label={caption}>
    <table class="plain field-table">
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Field</th>
          {comparison.runs.map(({ label }) => (
            <th key={label} scope="col">
              {upper(label)}
            </th>
          ))}
          {declared ? <th scope="col">Declared</th> : null}
        </tr>
      </thead>
      <tbody>
        {differences.map((each) => (
          <tr key={each.field}>
            <th scope="row">
              <code>{each.field}</code>
            </th>
            {comparison.runs.map(({ label }) => (
              <td key={label}>
                <Value value={each[label]} />
              </td>
            ))}
            {declared ? <td>{each.across === true ? "yes" : "no"}</td> : null}
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
)

const Declare = ({
  fields,
  onClose,
  state
}: {
  readonly fields: ReadonlyArray<string> | undefined
  readonly onClose: () => void
  readonly state: CompareState
}) => {
  const [because, setBecause] = useState(state.because)
  const list = fields ?? []
  return (
    <Dialog
      open={fields !== undefined}
      onClose={onClose}
      title="Declare the factor under study"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            tone="primary"
            onClick={() => {
              setSearch({ across: [...new Set([...state.across, ...list])].join(","), because, exploratory: null }, { push: true })
              onClose()
            }}
          >
            Declare and compare
          </Button>
        </>
      }
    >
      <p>
        The runs were treated differently in <strong>{list.join(", ")}</strong>. Declared as the factor under study, that difference is what
        the comparison measures; everything else still has to be the same.
      </p>
      <Field label="Why is this what you study?" hint="Stands in the link to this view, for whoever reads it.">
        {(wiring) => (
          <textarea {...wiring} rows={2} maxLength={300} value={because} onInput={(event) => setBecause(event.currentTarget.value)} />
        )}
      </Field>
    </Dialog>
  )
}

const findings = {
  better: "is better than",
  worse: "is worse than",
  differs: "differs from",
  "no-difference-shown": "shows no difference from",
  insufficient: "cannot be told from"
} as const

/** What was found, in the one metric that decides, for every run against the baseline. */
const Findings = ({ comparison }: { readonly comparison: Comparison }) => {
  const { primary_metric: primary, comparisons } = comparison
  const baseline = upper(comparison.baseline)
  return (
    <ul class="findings" aria-label="What was found">
      {comparisons.map(({ run, metrics: { [primary]: metric } }) => {
        if (metric === undefined) return null
        const { icon, tone } = verdictWords[metric.verdict]
        const [p, name] = comparisons.length > 1 ? [metric.p_holm, "p (Holm)"] : [metric.p, "p"]
        return (
          <li key={run}>
            <strong class={`tone-${tone}`}>
              {icon === "" ? null : <Icon name={icon} />} {upper(run)} {findings[metric.verdict]} {baseline} in {primary}
            </strong>{" "}
            {"insufficient" in metric.interval ? (
              <span class="muted">{metric.interval.insufficient}</span>
            ) : (
              <span class="muted nowrap">
                {upper(run)} − {baseline} = {signed(metric.diff)}, 95 % interval {intervalText(metric)}, {name} {pText(p)}
              </span>
            )}
          </li>
        )
      })}
    </ul>
  )
}

export const Verdict = ({ comparison, state }: { readonly comparison: Comparison; readonly state: CompareState }) => {
  const [declaring, setDeclaring] = useState<ReadonlyArray<string> | undefined>(undefined)
  const { comparable, shown, watermark, identity_differences: benchmark, treatment_differences: treatment } = comparison
  const factors = factorsOf(comparison)
  const open = treatment.filter((each) => each.across !== true)
  const partial = Object.entries(comparison.partial).flatMap(([label, phases]) => phases.map((phase) => ({ label, ...phase })))
  const tone = comparable ? "good" : shown ? "warn" : "bad"
  return (
    <section class={`verdict tone-${tone}`} aria-labelledby="verdict">
      {shown && watermark !== null ? (
        <p class="watermark" role="alert">
          {watermark}
        </p>
      ) : null}
      <div class="row">
        <Icon name={comparable ? "check" : shown ? "warning" : "cross"} />
        <h2 id="verdict">{comparable ? "Comparable" : shown ? "Not comparable: shown for exploration only" : "Not comparable"}</h2>
        {comparable ? (
          <span class="muted">
            phase {comparison.phase}, {comparison.n} samples in all runs
          </span>
        ) : null}
      </div>
      <p>
        {comparable
          ? comparison.across.length === 0
            ? "One benchmark, one treatment: what differs is chance, seeds and settings."
            : "One benchmark, treated alike but for what was declared:"
          : benchmark.length > 0
            ? `The runs are of different benchmarks: ${benchmark.length === 1 ? "one field differs" : `${benchmark.length} fields differ`}. No declaration makes results of two benchmarks comparable.`
            : `The runs were not treated alike in ${open.length === 1 ? "one field" : `${open.length} fields`}. If that is what you study, declare it.`}
      </p>
      {comparable ? <Findings comparison={comparison} /> : null}
      {comparison.across.length === 0 ? null : (
        <ul class="chips" aria-label="Declared factors">
          {comparison.across.map((field) => (
            <li key={field}>
              <Badge tone="info">across {field}</Badge>
              <button
                type="button"
                class="icon"
                aria-label={`Withdraw ${field}`}
                onClick={() => setSearch({ across: state.across.filter((each) => each !== field).join(",") }, { push: true })}
              >
                <Icon name="cross" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {state.because === "" ? null : (
        <p class="because">
          <span class="muted">Why:</span> {state.because}
        </p>
      )}
      {partial.map((each) => (
        <p key={`${each.label} ${each.phase}`} class="tone-warn" role="note">
          <Icon name="warning" /> Partial: {upper(each.label)} ended phase {each.phase} early, behind {each.samples_done} of{" "}
          {each.samples_planned} samples.
        </p>
      ))}
      {factors.length === 0 ? null : (
        <div class="row factors">
          {factors.length < 2 ? null : (
            <Button tone="primary" onClick={() => setDeclaring(factors.map(({ field }) => field))}>
              Declare all {factors.length}
            </Button>
          )}
          {factors.map((factor) => (
            <Button
              key={factor.field}
              {...(factors.length < 2 ? { tone: "primary" as const } : {})}
              title={factor.covers.join("\n")}
              onClick={() => setDeclaring([factor.field])}
            >
              Declare {factor.field}
              {factor.covers.length > 1 ? ` (${factor.covers.length} fields)` : ""}
            </Button>
          ))}
        </div>
      )}
      {comparable || shown ? null : (
        <div class="row">
          <Button onClick={() => setSearch({ exploratory: true }, { push: true })}>Show side by side, marked as exploratory</Button>
        </div>
      )}
      {shown && !comparable ? (
        <div class="row">
          <Button onClick={() => setSearch({ exploratory: null }, { push: true })}>Leave the exploratory view</Button>
        </div>
      ) : null}
      {benchmark.length === 0 ? null : (
        <FieldTable caption="Benchmark: differs, and makes the runs incomparable" differences={benchmark} comparison={comparison} />
      )}
      {treatment.length === 0 ? null : open.length === 0 || treatment.length > 12 ? (
        <details open={open.length > 0}>
          <summary>Treatment: {treatment.length === 1 ? "one field differs" : `${treatment.length} fields differ`}</summary>
          <FieldTable caption="Treatment" differences={treatment} comparison={comparison} declared />
        </details>
      ) : (
        <FieldTable caption="Treatment" differences={treatment} comparison={comparison} declared />
      )}
      <Declare key={`${declaring?.join(",") ?? ""}`} fields={declaring} state={state} onClose={() => setDeclaring(undefined)} />
    </section>
  )
}
