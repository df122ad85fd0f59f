/**
 * A comparison for people, in lines of at most 80 columns as far as names and ids allow.
 *
 * Sharp edge: it leaves out what would drown the rest: values per class (the slices show where classes differ), counts of samples, and all
 * but the first samples of a list. `--json` has everything.
 */
import { type ClassLabel, escapeControl, isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import type { AgainstBaseline, RunComparison, SampleChange, SampleChanges, SliceTable } from "@feagi-trainer/core"
import { canonical } from "@feagi-trainer/determinism"
import type { Difference, FamilyMetric } from "@feagi-trainer/evaluation"
import type { ComparedSide } from "./comparedSide.ts"
import { mcNemarData, verdictWord } from "./comparisonData.ts"
import { textTable } from "./textTable.ts"

const columns = 80
/** Samples of a list that are shown. */
const shownSamples = 20

const number = (value: MetricValue | undefined): string => (value === undefined || isInsufficient(value) ? "–" : value.toFixed(4))
const probability = (p: MetricValue): string => (isInsufficient(p) ? "–" : p < 0.001 ? "<.001" : p.toFixed(3))
/** With its sign: a difference. */
const signed = (value: MetricValue): string => (isInsufficient(value) ? "–" : `${value > 0 ? "+" : ""}${value.toFixed(4)}`)
const upper = (label: string): string => label.toUpperCase()

const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text)

/** Texts as they are, everything else as JSON; a hash by its first digits. */
const valueText = (value: unknown): string => {
  const text = typeof value === "string" ? value : canonical(value as never)
  return escapeControl(/^[0-9a-f]{64}$/.test(text) ? `${text.slice(0, 12)}…` : text)
}

/** `seed  a 1, b 2`; where that is too long, a line for each run. */
const differenceText = ({ field, values }: Difference): ReadonlyArray<string> => {
  const sides = Object.entries(values).map(([label, value]) => `${upper(label)} ${valueText(value)}`)
  const line = `  ${field}: ${sides.join(", ")}`
  return line.length <= columns ? [line] : [`  ${cut(field, columns - 3)}`, ...sides.map((side) => `    ${cut(side, columns - 4)}`)]
}

const section = (title: string, differences: ReadonlyArray<Difference>): ReadonlyArray<string> =>
  differences.length === 0 ? [] : ["", title, ...differences.flatMap(differenceText)]

const indented = (table: string): ReadonlyArray<string> =>
  table
    .trimEnd()
    .split("\n")
    .map((line) => `  ${line}`)

const sideRows = (sides: ReadonlyArray<ComparedSide>, { labels, comparable, comparisons, primary_metric }: RunComparison) =>
  sides.map(({ run, bundle }, at) => ({
    label: upper(labels[at] ?? ""),
    run: run.run_id,
    name: run.document.name,
    seed: run.document.seed,
    value:
      at === 0
        ? comparisons[0]?.metrics[primary_metric]?.a
        : comparisons.find((each) => each.run === labels[at])?.metrics[primary_metric]?.b,
    note: [...(at === 0 && comparable ? ["baseline"] : []), ...(bundle === null ? [] : [`in ${bundle}`])].join(", ")
  }))

const runsText = (sides: ReadonlyArray<ComparedSide>, comparison: RunComparison): ReadonlyArray<string> =>
  indented(
    textTable(
      [
        { title: "", cell: (row) => row.label },
        { title: "RUN", cell: (row) => row.run },
        { title: "NAME", cell: (row) => row.name },
        { title: "SEED", cell: (row) => row.seed },
        { title: comparison.primary_metric.toUpperCase(), cell: (row) => number(row.value) },
        { title: "", cell: (row) => row.note }
      ],
      sideRows(sides, comparison),
      ""
    )
  )

/** `recall/setosa` is the value of one class. */
const ofOneClass = (name: string, classes: ReadonlyArray<ClassLabel>): boolean => classes.some(({ label }) => name.endsWith(`/${label}`))

/** One digit less than values: it is where the eye rests, and has to fit beside them. */
const intervalText = (interval: FamilyMetric["interval"]): string =>
  "insufficient" in interval ? "–" : `${interval.low.toFixed(3)} … ${interval.high.toFixed(3)}`

const shownText = (verdict: FamilyMetric["verdict"]): string => (verdict === "no-difference-shown" ? "no" : verdictWord(verdict))

/** `equal: a, b, c`, broken between names. */
const namesText = (title: string, names: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (names.length === 0) return []
  const lines: Array<string> = []
  let line = `${title}: `
  for (const [at, name] of names.entries()) {
    const word = at === names.length - 1 ? name : `${name}, `
    if (line.length + word.trimEnd().length > columns) {
      lines.push(line.trimEnd())
      line = "  "
    }
    line += word
  }
  return [...lines, line]
}

/** The same in both, in every resample. */
const isEqual = ({ diff, interval }: FamilyMetric): boolean =>
  diff === 0 && !("insufficient" in interval) && interval.low === 0 && interval.high === 0

const metricsText = (
  { run, metrics }: AgainstBaseline,
  { labels, primary_metric }: RunComparison,
  classes: ReadonlyArray<ClassLabel>
): ReadonlyArray<string> => {
  const all = Object.entries(metrics)
  const told = all.filter(([name]) => name === primary_metric || !(name.startsWith("support/") || ofOneClass(name, classes)))
  const first = told.filter(([name]) => name === primary_metric)
  const others = told.filter(([name]) => name !== primary_metric)
  const equal = others.filter(([, each]) => isEqual(each))
  const without = others.filter(([, each]) => each.verdict === "insufficient")
  const rows = [...first, ...others.filter((each) => !equal.includes(each) && !without.includes(each))]
  const names = (entries: typeof all): ReadonlyArray<string> => entries.map(([name]) => name)
  return [
    ...textTable(
      [
        { title: "METRIC", cell: ([name]) => name },
        { title: upper(labels[0] ?? ""), cell: ([, each]) => number(each.a) },
        { title: upper(run), cell: ([, each]) => number(each.b) },
        { title: `${upper(run)} − ${upper(labels[0] ?? "")}`, cell: ([, each]) => signed(each.diff) },
        { title: "95 % INTERVAL", cell: ([, each]) => intervalText(each.interval) },
        { title: "P", cell: ([, each]) => probability(each.p_holm) },
        { title: "SHOWN", cell: ([, each]) => shownText(each.verdict) }
      ],
      rows,
      "the pack gives no value"
    )
      .trimEnd()
      .split("\n"),
    ...namesText("equal", names(equal)),
    ...namesText("without an interval", names(without)),
    ...(all.length === told.length ? [] : [`${all.length - told.length} values of classes and counts: with --json`])
  ]
}

const answerText = (answer: number | null, judged_by: string, classes: ReadonlyMap<number, string>): string => {
  if (answer === null) return judged_by === "class" ? "no answer" : "–"
  return judged_by === "class" ? (classes.get(answer) ?? String(answer)) : answer.toFixed(4)
}

const listText = (
  title: string,
  list: ReadonlyArray<SampleChange>,
  { judged_by }: SampleChanges,
  labels: readonly [string, string],
  classes: ReadonlyMap<number, string>
): ReadonlyArray<string> => {
  if (list.length === 0) return []
  const hidden = list.length - shownSamples
  return [
    `${title}: ${list.length}`,
    ...indented(
      textTable<SampleChange>(
        [
          { title: "SAMPLE", cell: (each) => each.sample_id },
          ...(judged_by === "class" ? [{ title: "IS", cell: (each: SampleChange) => answerText(each.target, judged_by, classes) }] : []),
          { title: upper(labels[0]), cell: (each) => answerText(each.baseline, judged_by, classes) },
          { title: upper(labels[1]), cell: (each) => answerText(each.run, judged_by, classes) }
        ],
        list.slice(0, shownSamples),
        ""
      )
    ),
    ...(hidden > 0 ? [`  … and ${hidden} more, with --json`] : [])
  ]
}

const mcNemarText = (samples: SampleChanges, [baseline, run]: readonly [string, string]): ReadonlyArray<string> => {
  const found = mcNemarData(samples)
  return found === null
    ? []
    : [
        `right in ${upper(baseline)} alone ${found.only_baseline_right}, in ${upper(run)} alone ${found.only_run_right}: McNemar p ${probability(found.p)}`
      ]
}

const samplesText = ({ run, samples }: AgainstBaseline, baseline: string, classes: ReadonlyMap<number, string>): ReadonlyArray<string> => {
  const { judged_by, improved, regressed, persistent, unmatched, not_judged, matched } = samples
  const alone = unmatched.baseline_only.length + unmatched.run_only.length
  const judged = judged_by === "class" ? "" : `, each by its own ${judged_by}`
  const lists = [
    { title: judged_by === "class" ? "regressed (wrong now)" : "regressed", list: regressed },
    { title: judged_by === "class" ? "improved (right now)" : "improved", list: improved },
    { title: "persistent errors (wrong in both)", list: persistent ?? [] }
  ]
  return [
    "",
    `${matched} samples in both${judged}: ${improved.length} improved, ${regressed.length} regressed${
      persistent === null ? "" : `, ${persistent.length} wrong in both`
    }${not_judged === 0 ? "" : `, ${not_judged} that cannot be judged alone`}${alone === 0 ? "" : `; ${alone} in one run only`}`,
    ...mcNemarText(samples, [baseline, run]),
    ...lists.flatMap(({ title, list }) => listText(title, list, samples, [baseline, run], classes))
  ]
}

const sliceText = ({ by, metric, slices }: SliceTable, labels: ReadonlyArray<string>): ReadonlyArray<string> => [
  "",
  `${metric} by ${by}`,
  ...indented(
    textTable(
      [
        { title: by.toUpperCase(), cell: (each) => each.slice ?? "(no value)" },
        { title: "SAMPLES", cell: (each) => each.n },
        ...labels.map((label) => ({ title: upper(label), cell: (each: SliceTable["slices"][number]) => number(each.values[label]) })),
        ...(slices.every((each) => each.errors !== null)
          ? labels.map((label) => ({
              title: `ERRORS ${upper(label)}`,
              cell: (each: SliceTable["slices"][number]) => each.errors?.[label] ?? null
            }))
          : [])
      ],
      slices,
      "no samples"
    )
  )
]

const partialText = ({ labels, partial }: RunComparison): ReadonlyArray<string> =>
  labels.flatMap((label) =>
    (partial[label] ?? []).map(
      ({ phase, samples_done, samples_planned }) =>
        `PARTIAL: ${upper(label)} ended phase ${phase} early, behind ${samples_done} of ${samples_planned} samples`
    )
  )

const againstText = (each: AgainstBaseline, comparison: RunComparison, classes: ReadonlyArray<ClassLabel>): ReadonlyArray<string> => {
  const baseline = comparison.labels[0] ?? ""
  return [
    "",
    `${upper(each.run)} against ${upper(baseline)}`,
    ...metricsText(each, comparison, classes),
    ...samplesText(each, baseline, new Map(classes.map(({ class_id, label }) => [class_id, label])))
  ]
}

/** The verdict on comparability, then the numbers, then where they come from, then what else is not the same. */
export const comparisonText = (sides: ReadonlyArray<ComparedSide>, comparison: RunComparison): string => {
  const classes = sides[0]?.run.document.dataset.classes ?? []
  const { comparable, across, labels, phase, n } = comparison
  const verdict = comparable
    ? `comparable: one benchmark${across.length === 0 ? ", one treatment" : `, treated alike but for ${across.join(", ")}`}`
    : "not comparable"
  return [
    ...(comparison.watermark === null ? [] : [comparison.watermark, ""]),
    ...partialText(comparison),
    verdict,
    ...(comparable ? [`phase ${phase}, ${n} samples in all runs`] : []),
    ...runsText(sides, comparison),
    ...comparison.comparisons.flatMap((each) => againstText(each, comparison, classes)),
    ...(comparable
      ? [
          "",
          `The interval is of the difference (paired bootstrap), p of a paired permutation${labels.length > 2 ? "," : "."}`,
          ...(labels.length > 2 ? [`corrected for comparing ${labels.length - 1} runs (Holm).`] : []),
          'SHOWN "no": the interval includes 0, or p is 0.05 or more. It is not equality.'
        ]
      : []),
    ...comparison.slices.flatMap((each) => sliceText(each, labels)),
    ...section("benchmark: differs, and makes them incomparable", comparison.identity_differences),
    ...section("treatment", comparison.treatment_differences),
    ...section("configuration", comparison.settings),
    ...section("provenance", comparison.provenance)
  ].join("\n")
}
