import { describe, expect, it } from "vitest"
import { type Comparison, comparisonColumns, comparisonCsv, comparisonMarkdown } from "../src/comparison.ts"

const sides = ["a", "b"].map((label) => ({
  label,
  run_id: `r-${label}`,
  spec_sha256: label.repeat(64),
  predictions_sha256: null,
  name: label === "a" ? "iris" : 'x|"<b>,\n=1',
  seed: 2n ** 63n,
  learner: "brain",
  dataset: "iris@1",
  bundle: null
}))

const comparison: Comparison = {
  comparable: true,
  shown: true,
  watermark: null,
  comparison_sha256: "0".repeat(64),
  baseline: "a",
  runs: sides,
  identity_differences: [],
  treatment_differences: [{ field: "encoding", a: { bins: 5 }, across: true }],
  across: ["encoding"],
  undeclared: [],
  phase: "test",
  primary_metric: "accuracy",
  n: 30,
  partial: { a: [], b: [{ phase: "train", samples_done: 7, samples_planned: 90 }] },
  comparisons: [
    {
      run: "b",
      metrics: {
        accuracy: {
          baseline: 0.1 + 0.2,
          value: 1,
          diff: 0.7,
          interval: { low: 0.5, high: 0.9, confidence: 0.95 },
          p: 0.0004,
          p_holm: 0.0008,
          verdict: "better"
        },
        brier: {
          baseline: { insufficient: "no probabilities" },
          value: 0.5,
          diff: { insufficient: "no probabilities" },
          interval: { insufficient: "no probabilities" },
          p: { insufficient: "no probabilities" },
          p_holm: { insufficient: "no probabilities" },
          verdict: "insufficient"
        }
      },
      samples: {
        judged_by: "class",
        matched: 30,
        improved: [{ sample_id: "s,1", target: 2, baseline: null, run: 2 }],
        regressed: [],
        persistent: [],
        unmatched: { baseline_only: ["s-9"], run_only: [] },
        not_judged: 0,
        mcnemar: { only_baseline_right: 0, only_run_right: 1, p: 1 }
      }
    }
  ],
  slices: [{ by: "class", metric: "accuracy", slices: [{ slice: null, n: 3, values: { a: 0, b: 1 }, errors: null }] }],
  config: [{ field: "seed", a: "1", b: "2" }],
  provenance: []
}

/** Reads what RFC 4180 says, by hand: what a spreadsheet would make of it. */
const cellsOf = (text: string): ReadonlyArray<ReadonlyArray<string>> => {
  const rows: Array<Array<string>> = [[""]]
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const row = rows.at(-1) ?? []
    const char = text[at] ?? ""
    if (quoted && char === '"' && text[at + 1] === '"') {
      row[row.length - 1] += '"'
      at++
    } else if (char === '"') quoted = !quoted
    else if (char === "," && !quoted) row.push("")
    else if (char === "\n" && !quoted) rows.push([""])
    else row[row.length - 1] += char
  }
  return rows.slice(0, -1)
}

describe("a comparison as CSV", () => {
  it("has as many cells in every row as there are columns, whatever names hold", () => {
    const rows = cellsOf(comparisonCsv(comparison))
    expect(rows[0]).toEqual([...comparisonColumns])
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([comparisonColumns.length]))
    expect(rows.map(([record]) => record)).toEqual([
      "record",
      "comparison",
      "run",
      "run",
      "treatment",
      "metric",
      "metric",
      "mcnemar",
      "slice",
      "improved",
      "baseline_only",
      "config"
    ])
    expect(rows.find(([record]) => record === "improved")?.[2]).toBe("s,1")
  })

  it("keeps every digit, and leaves empty what has no value", () => {
    const rows = cellsOf(comparisonCsv(comparison)).filter(([record]) => record === "metric")
    const [accuracy, brier] = rows.map((row) => Object.fromEntries(comparisonColumns.map((column, at) => [column, row[at]])))
    expect(accuracy).toMatchObject({ baseline: "0.30000000000000004", p: "0.0004", p_holm: "0.0008", confidence: "0.95", n: "30" })
    expect(brier).toMatchObject({ baseline: "", value: "0.5", diff: "", low: "", p: "" })
  })

  it("says of a field that a run does not have nothing, and of a declared one that it is", () => {
    const [row] = cellsOf(comparisonCsv(comparison)).filter(([record]) => record === "treatment")
    expect(row?.slice(1, 5)).toEqual(["r-b", "encoding", '{"bins":5}', ""])
    expect(row?.[11]).toBe("declared")
  })
})

describe("a comparison as Markdown", () => {
  it("cannot be broken out of by a name", () => {
    const text = comparisonMarkdown(comparison)
    expect(text).toContain('x\\|"&lt;b&gt;, =1')
    expect(text).not.toContain("<b>")
  })

  it("says the verdict, what was ended early, and McNemar's p", () => {
    const text = comparisonMarkdown(comparison)
    expect(text).toContain("**Comparable**: one benchmark, treated alike but for encoding. Phase test, 30 samples in all runs.")
    expect(text).toContain("**Partial**: B ended phase train early, behind 7 of 90 samples.")
    expect(text).toContain("McNemar: only the baseline right 0, only the run right 1, p 1.000.")
    expect(text).toContain("| brier | – | 0.5000 | – | – | – | – | insufficient |")
  })

  it("has no number of runs that must not be compared, and a watermark where they are shown all the same", () => {
    const refused = { ...comparison, comparable: false, comparisons: [], slices: [], watermark: "EXPLORATORY: no" }
    expect(comparisonMarkdown({ ...refused, shown: true })).toContain("> **EXPLORATORY: no**")
    const text = comparisonMarkdown({ ...refused, shown: false })
    expect(text).not.toContain("EXPLORATORY")
    expect(text).toContain("**Not comparable.**")
    expect(comparisonCsv({ ...refused, shown: false }).split("\n")[1]).toContain(",refused,")
  })
})
