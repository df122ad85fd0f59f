import type { ComparedMetric, Comparison } from "@feagi-trainer/control-api/comparison"
import { describe, expect, it } from "vitest"
import { documentText } from "../src/pages/compare/model/documentText.ts"
import { factorsOf } from "../src/pages/compare/model/factors.ts"
import {
  beside,
  cellText,
  confusionCells,
  overlaid,
  readCell,
  rowsOf,
  seriesNames,
  shapeCounts
} from "../src/pages/compare/model/figures.ts"
import { detail, forestOf, isEqual, stepOf } from "../src/pages/compare/model/forest.ts"
import { foundRuns, matching } from "../src/pages/compare/model/runs.ts"
import { listTitle, neighbour, pageOf, samplesOf, shownList } from "../src/pages/compare/model/samples.ts"
import { commandOf, mostRuns, questionOf, readState } from "../src/pages/compare/model/state.ts"
import { differencesOf, stableText, treeOf, treeOfFields } from "../src/pages/compare/model/tree.ts"

const metric = (diff: number, low: number, high: number, verdict: ComparedMetric["verdict"] = "worse"): ComparedMetric => ({
  baseline: 1,
  value: 1 + diff,
  diff,
  interval: { low, high, confidence: 0.95 },
  p: 0.01,
  p_holm: 0.02,
  verdict
})

const none: ComparedMetric = {
  baseline: { insufficient: "no" },
  value: 1,
  diff: { insufficient: "no" },
  interval: { insufficient: "no" },
  p: { insufficient: "no" },
  p_holm: { insufficient: "no" },
  verdict: "insufficient"
}

const comparison = (change: Partial<Comparison>): Comparison => ({
  comparable: false,
  shown: false,
  watermark: null,
  comparison_sha256: "",
  baseline: "a",
  runs: ["a", "b"].map((label) => ({
    label,
    run_id: `r-${label}`,
    spec_sha256: "",
    predictions_sha256: null,
    name: "",
    seed: 1,
    learner: "brain",
    dataset: "iris@1",
    bundle: null
  })),
  identity_differences: [],
  treatment_differences: [],
  across: [],
  undeclared: [],
  phase: "test",
  primary_metric: "accuracy",
  n: 0,
  partial: {},
  comparisons: [],
  slices: [],
  config: [],
  provenance: [],
  ...change
})

describe("the address of a comparison", () => {
  it("puts the baseline first, drops repeated runs, and says which are too many", () => {
    const names = Array.from({ length: 10 }, (_, at) => `r-${at}`)
    const state = readState(`?runs=${names.join(",")},r-1&baseline=r-4`)
    expect(state.runs).toEqual(["r-4", "r-0", "r-1", "r-2", "r-3", "r-5", "r-6", "r-7"])
    expect(state.runs).toHaveLength(mostRuns)
    expect(state.left).toEqual(["r-8", "r-9"])
  })

  it("takes what it does not understand for what is usual", () => {
    const state = readState("?runs=a,b&tab=<script>&list=constructor&page=-3&exploratory=yes")
    expect([state.tab, state.list, state.page, state.exploratory]).toEqual(["metrics", null, 0, false])
  })

  it("asks nothing of one run, and of two what stands in the address and no more", () => {
    expect(questionOf(readState("?runs=a"))).toBeNull()
    expect(questionOf(readState("?runs=a,b"))).toEqual({ runs: ["a", "b"] })
    expect(questionOf(readState("?runs=a,b&across=learner,transforms&exploratory=1&phase=test&slice=group"))).toEqual({
      runs: ["a", "b"],
      across: ["learner", "transforms"],
      exploratory: true,
      phase: "test",
      slice_by: ["group"]
    })
  })

  it("is the same at a prompt, with everything quoted that a shell would take apart", () => {
    expect(commandOf(readState("?runs=a,b&across=x&slice=metadata.site"), "csv")).toBe(
      "ftr run compare a b --across=x --slice-by=metadata.site --format=csv"
    )
    expect(commandOf(readState(`?runs=${encodeURIComponent("a;rm -rf $HOME")},${encodeURIComponent("it's")}`))).toBe(
      "ftr run compare 'a;rm -rf $HOME' 'it'\\''s'"
    )
  })
})

describe("the factors that a refusal offers", () => {
  it("are none where the benchmark differs", () => {
    const refused = comparison({
      identity_differences: [{ field: "dataset", a: 1, b: 2 }],
      treatment_differences: [{ field: "encoding", a: 1, b: 2, across: false }]
    })
    expect(factorsOf(refused)).toEqual([])
  })

  it("group fields of one object, and leave declared ones out", () => {
    const treatment_differences = [
      { field: "encoding.bins", a: 5, b: 7, across: false },
      { field: "encoding.spacing", a: "x", b: "y", across: false },
      { field: "controls.shuffled_labels", a: false, b: true, across: false },
      { field: "reward.margin", a: 1, b: 2, across: true }
    ]
    expect(factorsOf(comparison({ treatment_differences }))).toEqual([
      { field: "encoding", covers: ["encoding.bins", "encoding.spacing"] },
      { field: "controls.shuffled_labels", covers: ["controls.shuffled_labels"] }
    ])
  })

  it("count what not all learners have to the learner, and nothing else", () => {
    const treatment_differences = [
      { field: "genome", a: "g", across: false },
      { field: "learner", a: "brain", b: "gradient", across: false },
      { field: "transforms", a: "x", b: "y", across: false }
    ]
    expect(factorsOf(comparison({ treatment_differences }))).toEqual([
      { field: "learner", covers: ["learner", "genome"] },
      { field: "transforms", covers: ["transforms"] }
    ])
  })
})

describe("a forest plot", () => {
  it("places zero, differences and intervals on one scale with round ends", () => {
    const [panel, ...rest] = forestOf([
      { name: "accuracy", metric: metric(-0.6, -0.77, -0.43) },
      { name: "mcc", metric: metric(0.1, -0.1, 0.3, "no-difference-shown") }
    ])
    expect(rest).toEqual([])
    expect([panel?.low, panel?.high]).toEqual([-1, 0.5])
    expect(panel?.zero).toBeCloseTo(2 / 3, 12)
    expect(panel?.ticks.map(({ value }) => value)).toEqual([-1, -0.5, 0, 0.5])
    const [first, second] = panel?.marks ?? []
    expect(first?.at).toBeCloseTo((-0.6 + 1) / 1.5, 12)
    expect(first?.low).toBeCloseTo((-0.77 + 1) / 1.5, 12)
    expect(second?.high).toBeCloseTo((0.3 + 1) / 1.5, 12)
  })

  it("has 0 among its ticks, and no tick that is nearly one", () => {
    const [panel] = forestOf([{ name: "average_precision", metric: metric(-0.03705, -0.1204, 0) }])
    expect(panel?.ticks.map(({ value }) => value)).toEqual([-0.15, -0.1, -0.05, 0])
    const [wide] = forestOf([{ name: "accuracy", metric: metric(0.1, -0.31, 0.29) }])
    expect(wide?.ticks.map(({ value }) => value)).toEqual([-0.4, -0.2, 0, 0.2, 0.4])
  })

  it("gives counts a panel of their own, and a mark without a value no place", () => {
    const panels = forestOf([
      { name: "spikes", metric: metric(120, 80, 160, "differs") },
      { name: "accuracy", metric: metric(0.1, 0, 0.2) },
      { name: "brier", metric: none }
    ])
    expect(panels.map(({ marks }) => marks.map(({ name }) => name))).toEqual([["accuracy", "brier"], ["spikes"]])
    expect(panels[0]?.marks[1]).toMatchObject({ at: null, low: null, high: null })
    const [share, small, large] = [2, 2.1, 30].map((far) =>
      forestOf([
        { name: "a", metric: metric(0, 0, 0.5) },
        { name: "b", metric: metric(0, 0, far) }
      ])
    )
    expect([share?.length, small?.length, large?.length]).toEqual([1, 2, 2])
  })

  it("has a scale even where nothing differs", () => {
    const [panel] = forestOf([{ name: "accuracy", metric: metric(0, 0, 0) }])
    expect([panel?.low, panel?.high, panel?.zero]).toEqual([-1, 1, 0.5])
    expect([stepOf(1), stepOf(0.9), stepOf(3), stepOf(0)]).toEqual([0.5, 0.5, 1, 1])
  })

  it("knows values of classes and what is equal in every resample", () => {
    const classes = new Set(["setosa"])
    expect(["recall/setosa", "support/x", "recall/macro", "accuracy"].map((name) => detail(name, classes))).toEqual([
      true,
      true,
      false,
      false
    ])
    expect([isEqual(metric(0, 0, 0)), isEqual(metric(0, -0.1, 0)), isEqual(none)]).toEqual([true, false, false])
  })
})

describe("documents as a tree", () => {
  it("marks what differs up to the root, and leaves out the rest when asked", () => {
    const tree = treeOf([
      { seed: 1, learner: { bins: 5, area: "x" }, parts: [{ n: 1 }, { n: 2 }] },
      { seed: 1, learner: { bins: 7, area: "x" }, parts: [{ n: 1 }, { n: 3 }] }
    ])
    expect([tree.differs, tree.count]).toEqual([true, 2])
    const only = differencesOf(tree)
    expect(only.children.map(({ field }) => field)).toEqual(["learner", "parts"])
    expect(only.children[1]?.children[0]?.children[0]).toMatchObject({ field: "parts.1.n", values: [2, 3] })
  })

  it("knows a member that only one has from one that is null", () => {
    const tree = treeOf([{ x: null }, {}])
    expect(tree.children[0]).toMatchObject({ key: "x", differs: true, values: [null, undefined] })
  })

  it("takes large integers and the order of members for what they are", () => {
    expect(stableText({ b: 1, a: 2n ** 60n })).toBe(stableText({ a: 2n ** 60n, b: 1 }))
    expect(treeOf([{ s: 2n ** 60n }, { s: 2n ** 60n + 1n }]).differs).toBe(true)
  })

  it("is built from dotted names, and a name that is inside and a value itself keeps both", () => {
    const tree = treeOfFields(
      [
        { field: "plugin", a: "x", b: "y" },
        { field: "plugin.version", a: "1", b: "2" }
      ],
      ["a", "b"]
    )
    expect(tree.count).toBe(2)
    expect(tree.children[0]).toMatchObject({ key: "plugin", values: ["x", "y"], count: 2 })
    expect(tree.children[0]?.children[0]).toMatchObject({ key: "version", values: ["1", "2"] })
  })
})

describe("samples that two runs answer differently", () => {
  const changed = (id: string) => ({ sample_id: id, target: 0, baseline: 1, run: 0 })
  const samples = {
    judged_by: "class",
    matched: 60,
    improved: [changed("i")],
    regressed: Array.from({ length: 51 }, (_, at) => changed(`r${at}`)),
    persistent: null,
    unmatched: { baseline_only: ["only"], run_only: [] },
    not_judged: 0,
    mcnemar: null
  }

  it("are told by name of list, also those that one run has alone", () => {
    expect(samplesOf(samples, "improved").map(({ sample_id }) => sample_id)).toEqual(["i"])
    expect(samplesOf(samples, "baseline_only")).toEqual([{ sample_id: "only", target: null, baseline: null, run: null }])
    expect(samplesOf(samples, "persistent")).toEqual([])
    expect(listTitle("regressed", true, "A", "B")).toBe("A right, B wrong")
    expect(listTitle("regressed", false, "A", "B")).toBe("B worse than A")
  })

  it("are shown from the first list that holds any, unless one was chosen", () => {
    expect(shownList(samples, null)).toBe("regressed")
    expect(shownList({ ...samples, regressed: [] }, null)).toBe("improved")
    expect(shownList({ ...samples, regressed: [], improved: [] }, null)).toBe("baseline_only")
    expect(shownList({ ...samples, regressed: [] }, "regressed")).toBe("regressed")
    expect([readState("?list=improved").list, readState("").list, readState("?list=x").list]).toEqual(["improved", null, null])
  })

  it("come in pages, and a page behind the last is the last", () => {
    const rows = samplesOf(samples, "regressed")
    expect(pageOf(rows, 0)).toMatchObject({ page: 0, pages: 3, first: 1, last: 25 })
    expect(pageOf(rows, 99)).toMatchObject({ page: 2, pages: 3, first: 51, last: 51 })
    expect(pageOf([], 0)).toMatchObject({ pages: 1, first: 0, last: 0, rows: [] })
  })

  it("are walked one by one, and the walk ends at the ends", () => {
    const rows = samplesOf(samples, "regressed")
    expect(neighbour(rows, "", 1)).toBe("r0")
    expect(neighbour(rows, "r0", 1)).toBe("r1")
    expect(neighbour(rows, "r0", -1)).toBeUndefined()
    expect(neighbour(rows, "r50", 1)).toBeUndefined()
  })
})

describe("figures of several runs", () => {
  const curve = (height: number) =>
    ({
      kind: "curve",
      id: "roc",
      title: "ROC",
      description: "d",
      x: { label: "x", scale: "linear" },
      y: { label: "y", scale: "linear" },
      series: [
        { name: "setosa", points: [[0, height]] },
        { name: "chance", points: [[0, 1]] }
      ]
    }) as const
  const matrix = {
    kind: "matrix",
    id: "confusion",
    title: "Confusion",
    description: "d",
    rows: { label: "truth", categories: ["a", "b"] },
    columns: { label: "prediction", categories: ["a", "b"] },
    values: [
      [3, 1],
      [0, 0]
    ]
  } as const

  it("belong together by kind and id, and curves lie over each other under the names of the runs", () => {
    const rows = rowsOf([
      { label: "A", figures: [matrix, curve(0.5)] },
      { label: "B", figures: [curve(0.7)] }
    ])
    expect(rows.map(({ id, sides }) => [id, sides.map(({ label }) => label)])).toEqual([
      ["confusion", ["A"]],
      ["roc", ["A", "B"]]
    ])
    const [, roc] = rows
    if (roc === undefined) throw new Error("there are two")
    expect(seriesNames(roc)).toEqual(["setosa", "chance"])
    // What all runs share is drawn once.
    expect(overlaid(roc, ["setosa", "chance"])?.series.map(({ name }) => name)).toEqual(["A · setosa", "A, B · chance", "B · setosa"])
    expect(overlaid(roc, ["unknown"])).toBeUndefined()
  })

  it("stand beside each other as bars on one scale, by name of the category and never by place", () => {
    const bars = (categories: ReadonlyArray<string>, values: ReadonlyArray<number>) =>
      ({
        kind: "bars",
        id: "per-class",
        title: "Recall",
        description: "d",
        x: { label: "class" },
        y: { label: "v" },
        categories,
        series: [{ name: "recall", values }]
      }) as const
    const [row] = rowsOf([
      { label: "A", figures: [bars(["a", "b"], [1, 2])] },
      { label: "B", figures: [bars(["b", "c"], [3, 4])] }
    ])
    if (row === undefined) throw new Error("there is one")
    const found = beside(row, "recall")
    expect(found?.categories).toEqual(["a", "b", "c"])
    expect(found?.series).toEqual([
      { name: "A", values: [1, 2, null] },
      { name: "B", values: [null, 3, 4] }
    ])
    expect(beside(row, "precision")).toBeUndefined()
  })

  it("share a confusion matrix by its rows, and an empty row has no share", () => {
    expect(confusionCells(matrix)).toEqual([
      [
        { count: 3, share: 0.75 },
        { count: 1, share: 0.25 }
      ],
      [
        { count: 0, share: null },
        { count: 0, share: null }
      ]
    ])
  })

  it("share a confusion matrix by its columns where that is asked for", () => {
    expect(confusionCells({ ...matrix, normalised: "column" }).map((row) => row.map(({ share }) => share))).toEqual([
      [1, 1],
      [0, 0]
    ])
  })

  it("name a cell in the address whatever the classes are called", () => {
    const text = cellText("b", "a~b <i>", "50 %")
    expect(readCell(text)).toEqual({ label: "b", truth: "a~b <i>", predicted: "50 %" })
    expect([readCell("x"), readCell("a~%~b")]).toEqual([undefined, undefined])
  })

  it("say in words what is drawn over a picture", () => {
    const box = { shape: "box", x: 0, y: 0, width: 1, height: 1 } as const
    const overlay = {
      kind: "overlay",
      id: "o",
      title: "t",
      description: "d",
      image: { width: 1, height: 1 },
      shapes: [
        { ...box, role: "truth", label: "cat, missed" },
        { ...box, role: "truth" },
        { ...box, role: "prediction", label: "dog, wrong", score: 0.5 }
      ]
    } as const
    expect(shapeCounts(overlay)).toBe("2 of the truth (solid), 1 of them missed; 1 predicted (dashed), 1 of them wrong")
  })
})

describe("the run picker", () => {
  const table = {
    columns: [{ key: "name" }, { key: "seed" }, { key: "status" }, { key: "primary_metric" }, { key: "score" }],
    rows: [
      { run_id: "r-2", cells: ["iris", 2n ** 60n, "completed", "accuracy", 0.9] },
      { run_id: "r-1", cells: ["digits", 1, "running", null, null] },
      { cells: [] }
    ]
  }

  it("reads the runs table by its columns, large seeds with all digits", () => {
    expect(foundRuns(table)).toEqual([
      { run_id: "r-2", name: "iris", seed: "1152921504606846976", status: "completed", score: "accuracy 0.9000" },
      { run_id: "r-1", name: "digits", seed: "1", status: "running", score: "" }
    ])
    expect([foundRuns(undefined), foundRuns({ rows: "no" })]).toEqual([[], []])
  })

  it("finds a run by every word that is typed, and never one that is there already", () => {
    const runs = foundRuns(table)
    const ids = (typed: string, taken: ReadonlyArray<string> = []) => matching(runs, typed, taken).map(({ run_id }) => run_id)
    expect([ids("IRIS completed"), ids("seed 1"), ids("iris running"), ids("", ["r-1"])]).toEqual([["r-2"], ["r-2", "r-1"], [], ["r-2"]])
  })
})

describe("a saved document", () => {
  it("is what the command line writes: two spaces, all digits, one line feed at the end", () => {
    expect(documentText("comparison", { seed: 2n ** 63n, n: 0.1 })).toBe(
      '{\n  "schema_version": 1,\n  "kind": "comparison",\n  "data": {\n    "seed": 9223372036854775808,\n    "n": 0.1\n  },\n  "warnings": []\n}\n'
    )
  })
})
