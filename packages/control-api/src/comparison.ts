/**
 * A comparison of runs as a table and as a page of text: what `run compare --format csv` and `--format md` print, and what the web interface
 * saves, made by the same code from the same data.
 *
 * Sharp edge: the CSV says all that the JSON says of values and samples, digit for digit; the Markdown is for reading, rounds to four digits
 * and counts samples in place of listing them.
 */

/** A value of a metric, or why there is none. */
export type Value = number | { readonly insufficient: string }

export interface ComparedRun {
  readonly label: string
  readonly run_id: string
  readonly spec_sha256: string
  readonly predictions_sha256: string | null
  readonly name: string
  readonly seed: number | bigint | string
  readonly learner: string
  readonly dataset: string
  readonly bundle: string | null
}

/** A field in which not all agree: beside `field` a member for each run that has it, by label. */
export type FieldDifference = { readonly field: string } & { readonly [label: string]: unknown }

export interface ComparedMetric {
  readonly baseline: Value
  readonly value: Value
  readonly diff: Value
  readonly interval: { readonly low: number; readonly high: number; readonly confidence: number } | { readonly insufficient: string }
  readonly p: Value
  readonly p_holm: Value
  readonly verdict: "better" | "worse" | "no-difference-shown" | "differs" | "insufficient"
}

/** One sample in two runs: class ids where samples are judged by class (null: no answer), else values of the metric. */
export interface ChangedSample {
  readonly sample_id: string
  readonly target: number | null
  readonly baseline: number | null
  readonly run: number | null
}

/** McNemar's exact test over the samples that only one of two runs got right. */
export interface McNemar {
  readonly only_baseline_right: number
  readonly only_run_right: number
  readonly p: number
}

export interface ComparedSamples {
  readonly judged_by: string
  readonly matched: number
  readonly improved: ReadonlyArray<ChangedSample>
  readonly regressed: ReadonlyArray<ChangedSample>
  readonly persistent: ReadonlyArray<ChangedSample> | null
  readonly unmatched: { readonly baseline_only: ReadonlyArray<string>; readonly run_only: ReadonlyArray<string> }
  readonly not_judged: number
  /** Null where samples are not judged by class. */
  readonly mcnemar: McNemar | null
}

export interface RunAgainstBaseline {
  readonly run: string
  readonly metrics: Readonly<Record<string, ComparedMetric>>
  readonly samples: ComparedSamples
}

export interface SliceTable {
  readonly by: string
  readonly metric: string
  readonly slices: ReadonlyArray<{
    readonly slice: string | null
    readonly n: number
    readonly values: Readonly<Record<string, Value>>
    readonly errors: Readonly<Record<string, number>> | null
  }>
}

/** `data` of kind `comparison`. */
export interface Comparison {
  readonly comparable: boolean
  readonly shown: boolean
  readonly watermark: string | null
  readonly comparison_sha256: string
  readonly baseline: string
  readonly runs: ReadonlyArray<ComparedRun>
  readonly identity_differences: ReadonlyArray<FieldDifference>
  readonly treatment_differences: ReadonlyArray<FieldDifference>
  readonly across: ReadonlyArray<string>
  readonly undeclared: ReadonlyArray<string>
  readonly phase: string
  readonly primary_metric: string
  readonly n: number
  readonly partial: Readonly<Record<string, ReadonlyArray<{ phase: string; samples_done: number; samples_planned: number }>>>
  readonly comparisons: ReadonlyArray<RunAgainstBaseline>
  readonly slices: ReadonlyArray<SliceTable>
  readonly config: ReadonlyArray<FieldDifference>
  readonly provenance: ReadonlyArray<FieldDifference>
}

/** The columns of the CSV; what a record does not have is an empty cell. */
export const comparisonColumns = [
  "record",
  "run",
  "field",
  "baseline",
  "value",
  "diff",
  "low",
  "high",
  "confidence",
  "p",
  "p_holm",
  "verdict",
  "n"
] as const

type Column = (typeof comparisonColumns)[number]
type Row = Readonly<Partial<Record<Column, string | number | bigint | null | undefined>>>

/** All digits of a value; nothing where it is insufficient. */
const digits = (value: Value | null | undefined): number | undefined => (typeof value === "number" ? value : undefined)

/** Texts as they are, everything else as JSON. Undefined where the run has no such field. */
const jsonOf = (value: unknown): string | undefined =>
  value === undefined || typeof value === "string"
    ? value
    : typeof value === "bigint"
      ? String(value)
      : JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? Number(inner) : inner))

/** Quoted where a comma, a quote or the end of a line would be taken for one of the file, as RFC 4180 says. */
const csvCell = (cell: string | number | bigint | null | undefined): string => {
  if (cell === undefined || cell === null) return ""
  const text = String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const verdictWord = ({ comparable, shown }: Comparison): string => (comparable ? "comparable" : shown ? "exploratory" : "refused")

/**
 * One row for each thing that was found, as its `record` says: `comparison`, `run`, `identity`, `treatment`, `metric`, `mcnemar`, `slice`,
 * `improved`, `regressed`, `persistent`, `baseline_only`, `run_only`, `config`, `provenance`. Lines end with a line feed.
 */
export const comparisonCsv = (comparison: Comparison): string => {
  const { runs } = comparison
  const [first] = runs
  const idOf = (label: string): string => runs.find((each) => each.label === label)?.run_id ?? label
  const others = runs.slice(1)
  const fields = (record: string, differences: ReadonlyArray<FieldDifference>, verdict?: (each: FieldDifference) => string) =>
    differences.flatMap((each) =>
      others.map(
        ({ label, run_id }): Row => ({
          record,
          run: run_id,
          field: each.field,
          baseline: jsonOf(each[first?.label ?? ""]),
          value: jsonOf(each[label]),
          verdict: verdict?.(each)
        })
      )
    )
  const samples = ({ run, samples: found }: RunAgainstBaseline): ReadonlyArray<Row> => {
    const changed = (record: string, list: ReadonlyArray<ChangedSample>) =>
      list.map((each): Row => ({ record, run: idOf(run), field: each.sample_id, baseline: each.baseline, value: each.run }))
    const alone = (record: string, list: ReadonlyArray<string>) => list.map((field): Row => ({ record, run: idOf(run), field }))
    return [
      ...changed("improved", found.improved),
      ...changed("regressed", found.regressed),
      ...changed("persistent", found.persistent ?? []),
      ...alone("baseline_only", found.unmatched.baseline_only),
      ...alone("run_only", found.unmatched.run_only)
    ]
  }
  const metrics = ({ run, metrics: found, samples: { matched, mcnemar } }: RunAgainstBaseline): ReadonlyArray<Row> => [
    ...Object.entries(found).map(
      ([field, each]): Row => ({
        record: "metric",
        run: idOf(run),
        field,
        baseline: digits(each.baseline),
        value: digits(each.value),
        diff: digits(each.diff),
        ...("insufficient" in each.interval ? {} : each.interval),
        p: digits(each.p),
        p_holm: digits(each.p_holm),
        verdict: each.verdict,
        n: comparison.n
      })
    ),
    ...(mcnemar === null
      ? []
      : [
          {
            record: "mcnemar",
            run: idOf(run),
            baseline: mcnemar.only_baseline_right,
            value: mcnemar.only_run_right,
            p: mcnemar.p,
            n: matched
          } satisfies Row
        ])
  ]
  const slices = comparison.slices.flatMap(({ by, slices: found }) =>
    found.flatMap((each) =>
      others.map(
        ({ label, run_id }): Row => ({
          record: "slice",
          run: run_id,
          field: `${by}=${each.slice ?? ""}`,
          baseline: digits(each.values[first?.label ?? ""]),
          value: digits(each.values[label]),
          n: each.n
        })
      )
    )
  )
  const rows: ReadonlyArray<Row> = [
    {
      record: "comparison",
      field: comparison.phase,
      value: comparison.comparison_sha256,
      verdict: verdictWord(comparison),
      n: comparison.n
    },
    ...runs.map(({ run_id, label, spec_sha256 }): Row => ({ record: "run", run: run_id, field: label, value: spec_sha256 })),
    ...fields("identity", comparison.identity_differences),
    ...fields("treatment", comparison.treatment_differences, (each) => (each.across === true ? "declared" : "undeclared")),
    ...comparison.comparisons.flatMap(metrics),
    ...slices,
    ...comparison.comparisons.flatMap(samples),
    ...fields("config", comparison.config),
    ...fields("provenance", comparison.provenance)
  ]
  return [comparisonColumns as ReadonlyArray<string>, ...rows.map((row) => comparisonColumns.map((column) => csvCell(row[column])))]
    .map((cells) => `${cells.join(",")}\n`)
    .join("")
}

/** Nothing in a name can start markup: HTML becomes entities, Markdown is escaped by backslash, control characters are left out. */
const plain = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, " ")
    .replace(/[\\`*_[\]|~#$!]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .trim()

const four = (value: Value | null | undefined): string => (typeof value === "number" ? value.toFixed(4) : "–")
const signed = (value: Value): string => (typeof value === "number" ? `${value > 0 ? "+" : ""}${value.toFixed(4)}` : "–")
const probability = (value: Value): string => (typeof value === "number" ? (value < 0.001 ? "<.001" : value.toFixed(3)) : "–")
const upper = (label: string): string => label.toUpperCase()
const shownWord = (verdict: ComparedMetric["verdict"]): string => (verdict === "no-difference-shown" ? "no" : verdict)

/** A hash by its first digits: the whole one is in the other formats. */
const shortValue = (value: unknown): string => {
  const text = jsonOf(value)
  if (text === undefined) return "–"
  return plain(/^[0-9a-f]{64}$/.test(text) ? `${text.slice(0, 12)}…` : text)
}

type Align = "left" | "right"

const table = (head: ReadonlyArray<readonly [title: string, align: Align]>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head.map(([title]) => title), head.map(([, align]) => (align === "left" ? ":--" : "--:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n")

const fieldsTable = (
  title: string,
  differences: ReadonlyArray<FieldDifference>,
  runs: ReadonlyArray<ComparedRun>
): ReadonlyArray<string> =>
  differences.length === 0
    ? []
    : [
        `## ${title}`,
        table(
          [["field", "left"], ...runs.map(({ label }) => [upper(label), "left"] as const)],
          differences.map((each) => [plain(each.field), ...runs.map(({ label }) => shortValue(each[label]))])
        )
      ]

const samplesLine = ({ samples }: RunAgainstBaseline): string => {
  const { matched, improved, regressed, persistent, mcnemar } = samples
  const both = persistent === null ? "" : `, ${persistent.length} wrong in both`
  const test =
    mcnemar === null
      ? ""
      : ` McNemar: only the baseline right ${mcnemar.only_baseline_right}, only the run right ${mcnemar.only_run_right}, p ${probability(mcnemar.p)}.`
  return `${matched} samples in both: ${improved.length} improved, ${regressed.length} regressed${both}.${test}`
}

/** A page of GitHub-flavoured Markdown: the verdict, the runs, the metrics, where they differ, and what else is not the same. */
export const comparisonMarkdown = (comparison: Comparison): string => {
  const { runs, comparisons, across, comparable, shown, watermark, primary_metric, phase, n } = comparison
  const [first] = runs
  const verdict = comparable
    ? `**Comparable**: one benchmark${across.length === 0 ? ", one treatment" : `, treated alike but for ${across.map(plain).join(", ")}`}. Phase ${plain(phase)}, ${n} samples in all runs.`
    : shown
      ? "**Not comparable**, shown for exploration only."
      : "**Not comparable.**"
  const primaryOf = (label: string): Value | undefined =>
    label === first?.label
      ? comparisons[0]?.metrics[primary_metric]?.baseline
      : comparisons.find(({ run }) => run === label)?.metrics[primary_metric]?.value
  const parts: ReadonlyArray<string> = [
    "# Comparison of runs",
    ...(watermark === null || !shown ? [] : [`> **${plain(watermark)}**`]),
    verdict,
    ...Object.entries(comparison.partial).flatMap(([label, phases]) =>
      phases.map(
        (each) =>
          `**Partial**: ${upper(label)} ended phase ${plain(each.phase)} early, behind ${each.samples_done} of ${each.samples_planned} samples.`
      )
    ),
    table(
      [
        ["", "left"],
        ["run", "left"],
        ["name", "left"],
        ["learner", "left"],
        ["dataset", "left"],
        ["seed", "right"],
        [plain(primary_metric), "right"]
      ],
      runs.map((each) => [
        upper(each.label),
        plain(each.run_id),
        plain(each.name),
        plain(each.learner),
        plain(each.dataset),
        String(each.seed),
        four(primaryOf(each.label))
      ])
    ),
    ...fieldsTable("Benchmark: differs, and makes them incomparable", comparison.identity_differences, runs),
    ...fieldsTable("Treatment", comparison.treatment_differences, runs),
    ...comparisons.flatMap((each) => [
      `## ${upper(each.run)} against ${upper(first?.label ?? "")}`,
      table(
        [
          ["metric", "left"],
          [upper(first?.label ?? ""), "right"],
          [upper(each.run), "right"],
          ["difference", "right"],
          ["95 % interval", "right"],
          ["p", "right"],
          ["p (Holm)", "right"],
          ["shown", "left"]
        ],
        Object.entries(each.metrics).map(([name, metric]) => [
          plain(name),
          four(metric.baseline),
          four(metric.value),
          signed(metric.diff),
          "insufficient" in metric.interval ? "–" : `${metric.interval.low.toFixed(4)} … ${metric.interval.high.toFixed(4)}`,
          probability(metric.p),
          probability(metric.p_holm),
          shownWord(metric.verdict)
        ])
      ),
      samplesLine(each)
    ]),
    ...comparison.slices.flatMap(({ by, metric, slices }) => [
      `## ${plain(metric)} by ${plain(by)}`,
      table(
        [[plain(by), "left"], ["samples", "right"], ...runs.map(({ label }) => [upper(label), "right"] as const)],
        slices.map((each) => [
          each.slice === null ? "(no value)" : plain(each.slice),
          String(each.n),
          ...runs.map(({ label }) => four(each.values[label]))
        ])
      )
    ]),
    ...fieldsTable("Configuration", comparison.config, runs),
    ...fieldsTable("Provenance", comparison.provenance, runs),
    `comparison_sha256 ${comparison.comparison_sha256}`
  ]
  return `${parts.join("\n\n")}\n`
}
