/**
 * By how much the runs differ: every metric a row with its difference and interval, drawn in the row itself, so that drawing and numbers can
 * never say different things. Sharp edge: an interval that includes 0 shows no difference, which is not equality, and the word says so.
 */
import type { ComparedMetric, Comparison, RunAgainstBaseline, Value } from "@feagi-trainer/control-api/comparison"
import { number } from "../../format.ts"
import { setSearch } from "../../router.ts"
import { Badge, Button, Icon, Panel } from "../../ui/index.ts"
import { Scroll } from "../../ui/Scroll.tsx"
import { detail, type ForestPanel, type ForestRow, forestOf, isEqual } from "./model/forest.ts"
import { upper } from "./model/letters.ts"
import type { CompareState } from "./model/state.ts"

export const verdictWords = {
  better: { icon: "up", word: "better", tone: "good" },
  worse: { icon: "down", word: "worse", tone: "bad" },
  differs: { icon: "compare", word: "differs", tone: "info" },
  "no-difference-shown": { icon: "", word: "none shown", tone: "neutral" },
  insufficient: { icon: "", word: "no interval", tone: "neutral" }
} as const

const shown = (value: Value): string => (typeof value === "number" ? number(value) : "–")
const reason = (value: Value): string | undefined => (typeof value === "number" ? undefined : value.insufficient)
export const signed = (value: Value): string =>
  typeof value === "number" ? `${value > 0 ? "+" : value < 0 ? "−" : ""}${number(Math.abs(value))}` : "–"
export const pText = (value: Value): string => (typeof value === "number" ? (value < 0.001 ? "< .001" : value.toFixed(3)) : "–")
const minus = (value: number): string => `${value < 0 ? "−" : ""}${number(Math.abs(value))}`
export const intervalText = ({ interval }: ComparedMetric): string =>
  "insufficient" in interval ? "–" : `${minus(interval.low)} … ${minus(interval.high)}`

const width = 240
const inset = 8
const x = (share: number): number => inset + share * (width - 2 * inset)

const Axis = ({ panel }: { readonly panel: ForestPanel }) => (
  <svg class="forest-axis" viewBox={`0 0 ${width} 18`} width={width} height={18} aria-hidden="true">
    {panel.ticks.map(({ value, at }) => (
      <text key={value} x={x(at)} y={13} text-anchor={at < 0.02 ? "start" : at > 0.98 ? "end" : "middle"}>
        {value > 0 ? `+${value}` : String(value).replace("-", "−")}
      </text>
    ))}
  </svg>
)

const Mark = ({ panel, name }: { readonly panel: ForestPanel; readonly name: string }) => {
  const mark = panel.marks.find((each) => each.name === name)
  return (
    <svg class="forest-mark" viewBox={`0 0 ${width} 22`} width={width} height={22} aria-hidden="true">
      {panel.ticks.map(({ value, at }) => (
        <line key={value} class="forest-tick" x1={x(at)} x2={x(at)} y1={0} y2={22} />
      ))}
      <line class="forest-zero" x1={x(panel.zero)} x2={x(panel.zero)} y1={0} y2={22} />
      {mark === undefined || mark.low === null || mark.high === null ? null : (
        <g class={`forest-interval ${mark.verdict}`}>
          <line x1={x(mark.low)} x2={x(mark.high)} y1={11} y2={11} />
          <line x1={x(mark.low)} x2={x(mark.low)} y1={7} y2={15} />
          <line x1={x(mark.high)} x2={x(mark.high)} y1={7} y2={15} />
        </g>
      )}
      {mark === undefined || mark.at === null ? null : mark.verdict === "no-difference-shown" || mark.verdict === "insufficient" ? (
        <circle class={`forest-point open ${mark.verdict}`} cx={x(mark.at)} cy={11} r={4} />
      ) : (
        <rect class={`forest-point ${mark.verdict}`} x={x(mark.at) - 4} y={7} width={8} height={8} />
      )}
    </svg>
  )
}

const Row = ({ row, panel, primary }: { readonly row: ForestRow; readonly panel: ForestPanel; readonly primary: boolean }) => {
  const { name, metric } = row
  const { icon, word, tone } = verdictWords[metric.verdict]
  return (
    <tr class={primary ? "primary" : ""}>
      <th scope="row">
        {name}
        {primary ? (
          <>
            {" "}
            <Badge tone="info">decides</Badge>
          </>
        ) : null}
      </th>
      <td class="right" title={reason(metric.baseline)}>
        {shown(metric.baseline)}
      </td>
      <td class="right" title={reason(metric.value)}>
        {shown(metric.value)}
      </td>
      <td class="right" title={reason(metric.diff)}>
        {signed(metric.diff)}
      </td>
      <td class="forest-cell">
        <Mark panel={panel} name={name} />
      </td>
      <td class="right nowrap" title={"insufficient" in metric.interval ? metric.interval.insufficient : undefined}>
        {intervalText(metric)}
      </td>
      <td class="right" title={reason(metric.p)}>
        {pText(metric.p)}
      </td>
      <td class="right" title={reason(metric.p_holm)}>
        {pText(metric.p_holm)}
      </td>
      <td>
        <span class={`forest-word tone-${tone} nowrap`}>
          {icon === "" ? null : <Icon name={icon} />} {word}
        </span>
      </td>
    </tr>
  )
}

const Forest = ({
  caption,
  first,
  second,
  rows,
  head,
  primary
}: {
  readonly caption: string
  readonly first: string
  readonly second: string
  readonly rows: ReadonlyArray<ForestRow>
  /** What a row is. */
  readonly head: string
  readonly primary: string
}) => (
  <>
    {forestOf(rows).map((panel, index) => (
      <Scroll key={`${index}`} label={caption}>
        <table class="plain forest">
          <caption>{index === 0 ? caption : `${caption}, larger numbers`}</caption>
          <thead>
            <tr>
              <th scope="col">{head}</th>
              <th scope="col" class="right">
                {first}
              </th>
              <th scope="col" class="right">
                {second}
              </th>
              <th scope="col" class="right">
                {second} − {first}
              </th>
              <th scope="col">
                <span class="visually-hidden">Drawing of the interval</span>
                <Axis panel={panel} />
              </th>
              <th scope="col" class="right">
                95 % interval
              </th>
              <th scope="col" class="right">
                p
              </th>
              <th scope="col" class="right" title="Corrected for the number of runs that are compared with the baseline">
                p (Holm)
              </th>
              <th scope="col">Difference</th>
            </tr>
          </thead>
          <tbody>
            {rows
              .filter(({ name }) => panel.marks.some((mark) => mark.name === name))
              .map((row) => (
                <Row key={row.name} row={row} panel={panel} primary={row.name === primary} />
              ))}
          </tbody>
        </table>
      </Scroll>
    ))}
  </>
)

/** Chooses which run is held against the baseline, where there are several. */
export const Against = ({ comparison, chosen }: { readonly comparison: Comparison; readonly chosen: string }) =>
  comparison.comparisons.length < 2 ? null : (
    <fieldset class="segments">
      <legend>Against {upper(comparison.baseline)}</legend>
      {comparison.comparisons.map(({ run }) => (
        <label key={run} class={run === chosen ? "chosen" : ""}>
          <input
            type="radio"
            name="against"
            class="visually-hidden"
            checked={run === chosen}
            onChange={() => setSearch({ against: run, page: null, sample: null })}
          />
          {upper(run)}
        </label>
      ))}
    </fieldset>
  )

export const Metrics = ({
  comparison,
  against,
  state
}: {
  readonly comparison: Comparison
  readonly against: RunAgainstBaseline
  readonly state: CompareState
}) => {
  const { primary_metric: primary, comparisons } = comparison
  const baseline = upper(comparison.baseline)
  const run = upper(against.run)
  const classes = new Set(
    comparison.slices
      .filter(({ by }) => by === "class")
      .flatMap(({ slices }) => slices.flatMap(({ slice }) => (slice === null ? [] : [slice])))
  )
  const all = Object.entries(against.metrics).map(([name, metric]): ForestRow => ({ name, metric }))
  const first = all.filter(({ name }) => name === primary)
  const others = all.filter(({ name }) => name !== primary && (state.every || !detail(name, classes)))
  const equal = state.every ? [] : others.filter(({ metric }) => isEqual(metric))
  const without = state.every ? [] : others.filter(({ metric }) => metric.verdict === "insufficient")
  const rows = [...first, ...others.filter((row) => !equal.includes(row) && !without.includes(row))]
  const hidden = all.length - first.length - others.length
  const primaries = comparisons.flatMap(({ run: label, metrics }): ReadonlyArray<ForestRow> => {
    const metric = metrics[primary]
    const name = comparison.runs.find((each) => each.label === label)?.run_id ?? label
    return metric === undefined ? [] : [{ name: `${upper(label)} · ${name}`, metric }]
  })
  return (
    <>
      {comparisons.length < 2 ? null : (
        <Panel title={`${primary} of every run`}>
          <Forest
            caption={`${primary}, each run against ${baseline}`}
            first={baseline}
            second="Run"
            rows={primaries}
            head="Run"
            primary=""
          />
        </Panel>
      )}
      <Panel
        title={`${run} against ${baseline}`}
        actions={
          <>
            <Against comparison={comparison} chosen={against.run} />
            <Button aria-pressed={state.every} onClick={() => setSearch({ every: !state.every })}>
              {state.every ? "Fewer metrics" : `All ${all.length} metrics`}
            </Button>
          </>
        }
      >
        <Forest
          caption={`Metrics of ${run} against ${baseline}`}
          first={baseline}
          second={run}
          rows={rows}
          head="Metric"
          primary={primary}
        />
        {equal.length === 0 ? null : <p class="muted">Equal in every resample: {equal.map(({ name }) => name).join(", ")}.</p>}
        {without.length === 0 ? null : <p class="muted">Without an interval: {without.map(({ name }) => name).join(", ")}.</p>}
        {hidden === 0 ? null : <p class="muted">{hidden} values of single classes and counts are left out.</p>}
        <details class="reading">
          <summary>How to read this</summary>
          <ul>
            <li>
              The runs answered the same samples, so they are compared sample by sample. The interval is that of the difference (paired
              bootstrap), p that of a paired permutation
              {comparisons.length > 1 ? `, corrected for comparing ${comparisons.length} runs (Holm)` : ""}.
            </li>
            <li>“None shown”: the interval includes 0, or p is 0.05 or more. It is not equality.</li>
            <li>One metric decides: {primary}, which the protocol named before anybody had seen a result.</li>
          </ul>
        </details>
      </Panel>
    </>
  )
}
