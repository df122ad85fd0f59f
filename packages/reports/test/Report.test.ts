import { canonical } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import { type GroupReport, problemsOfReport, ReportError, reportHtml, reportMarkdown, summaryText } from "../src/index.ts"
import { score } from "../src/Numbers.ts"
import { cleaned, columnsOf } from "../src/Text.ts"
import { readHtml } from "./html.ts"
import { bare, failed, gradient, iris, letters, oneSeed } from "./reports.ts"

const reports = { iris, oneSeed, bare, failed, letters, gradient }
const evil = `"'><img src=x onerror=alert(1)><script>alert(1)</script>]]>&amp;|\`[a](http://b)\u0000\u001b[31m\u202e\ud800\n\n# c\n`

const fixed = new Set(["kind", "role", "direction", "split", "state", "verdict", "confusion.kind"])
const openKeys = new Set(["means", "metrics", "stats", "treatment", "encoding", "reward", "config"])

/** Every text that is not one of a fixed set, and every free key, with something hostile behind it. */
const poisoned = (value: unknown, key = ""): unknown => {
  if (typeof value === "string") return fixed.has(key) ? value : value + evil
  if (Array.isArray(value)) return value.map((each) => poisoned(each, key))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [openKeys.has(key) ? name + evil : name, poisoned(member, name)]))
}
const hostile = poisoned(iris) as GroupReport

const leaves = (value: unknown): ReadonlyArray<unknown> =>
  typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [value]

const tags = new Set(
  "html head meta title link style body a div header h1 h2 p code nav ol li main section strong span dl dt dd table caption thead tbody tfoot tr th td figure figcaption details summary ul pre footer svg desc g path rect text defs pattern clipPath".split(
    " "
  )
)

describe("reportHtml() and reportMarkdown()", () => {
  it("write the golden bytes of a realistic group", async () => {
    await expect(reportHtml(iris)).toMatchFileSnapshot("golden/iris.html")
    await expect(reportMarkdown(iris)).toMatchFileSnapshot("golden/iris.md")
    await expect(summaryText(iris)).toMatchFileSnapshot("golden/iris.txt")
  })

  it("give the same bytes for a report that was stored with sorted keys", () => {
    const stored = JSON.parse(canonical(iris))
    expect(Object.keys(stored)[0]).not.toBe(Object.keys(iris)[0])
    expect(reportHtml(stored)).toBe(reportHtml(iris))
    expect(reportMarkdown(stored)).toBe(reportMarkdown(iris))
    expect(summaryText(stored)).toBe(summaryText(iris))
  })

  it("show no decimal number that does not stand in the input", () => {
    const all = leaves(iris)
    const numbers = new Set(all.flatMap((leaf) => (typeof leaf === "number" ? [score(leaf), String(leaf)] : [])))
    const texts = all.filter((leaf) => typeof leaf === "string").join("\n")
    const shown = readHtml(reportHtml(iris))
      .filter(({ name, within }) => /^(td|dd|p|li|figcaption)$/.test(name) && !within.includes("svg"))
      .flatMap(({ text }) => text.match(/-?\d+\.\d+(e[+-]?\d+)?/g) ?? [])
    expect(shown.length).toBeGreaterThan(60)
    expect(shown.filter((number) => !numbers.has(number) && !texts.includes(number))).toEqual([])
  })
})

describe("reportHtml()", () => {
  for (const [name, report] of Object.entries(reports)) {
    const elements = readHtml(reportHtml(report))
    it(`writes ${name} as well-formed HTML of known elements with ids of their own`, () => {
      expect([...new Set(elements.map((each) => each.name))].filter((each) => !tags.has(each))).toEqual([])
      const ids = elements.flatMap(({ attributes }) => attributes.id ?? [])
      expect(ids.length).toBeGreaterThan(10)
      expect(new Set(ids).size).toBe(ids.length)
      for (const { attributes } of elements) {
        for (const key of ["aria-labelledby", "aria-describedby"]) if (attributes[key] !== undefined) expect(ids).toContain(attributes[key])
        if (attributes.href?.startsWith("#") === true) expect(ids).toContain(attributes.href.slice(1))
      }
    })

    it(`writes ${name} so that a screen reader finds its way`, () => {
      expect(elements.find((each) => each.name === "html")?.attributes.lang).toBe("en")
      for (const landmark of ["header", "nav", "main", "footer", "h1"])
        expect(elements.filter((each) => each.name === landmark).length).toBe(1)
      for (const { attributes } of elements.filter((each) => each.name === "th")) expect(attributes.scope).toMatch(/^(row|col)$/)
      const count = (each: string, inside: string) =>
        elements.filter((other) => other.name === each && other.within.includes(inside)).length
      const figures = elements.filter((each) => each.name === "figure").length
      expect(figures).toBeGreaterThan(0)
      for (const part of ["svg", "figcaption", "details", "table"]) expect(count(part, "figure")).toBe(figures)
      expect(elements.filter((each) => each.name === "table").length).toBe(elements.filter((each) => each.name === "caption").length)
    })

    it(`writes ${name} so that it runs nothing and loads nothing`, () => {
      const policy = elements.find(({ attributes }) => attributes["http-equiv"] === "Content-Security-Policy")?.attributes.content
      expect(policy).toContain("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
      for (const { attributes } of elements) {
        expect(Object.keys(attributes).filter((key) => /^on|^src|^action|^xlink|^srcset|^data$/.test(key))).toEqual([])
        if (attributes.href !== undefined) expect(attributes.href).toMatch(/^(#[a-z]+|data:,)$/)
      }
      const html = reportHtml(report)
      expect(html.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:|@import/)
      for (const [, target] of html.matchAll(/url\(([^)]*)\)/g)) expect(target).toMatch(/^#/)
    })
  }

  it("makes every hostile text harmless", () => {
    const html = reportHtml(hostile)
    const elements = readHtml(html)
    expect([...new Set(elements.map(({ name }) => name))].filter((name) => !tags.has(name))).toEqual([])
    expect(elements.find(({ name }) => name === "h1")?.text).toBe(cleaned(`${iris.title}${evil}`))
    expect(elements.filter(({ name, text }) => name === "th" && text === cleaned(`setosa${evil}`)).length).toBeGreaterThan(1)
    for (const { attributes } of elements) expect(Object.keys(attributes).filter((key) => key.startsWith("on"))).toEqual([])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\ud800-\udfff]/.exec(html)).toBe(null)
  })

  it("keeps every hash whole, so that it can be copied", () => {
    const hashes = readHtml(reportHtml(iris)).filter(({ attributes }) => attributes.class === "hash")
    expect(hashes.length).toBeGreaterThan(50)
    for (const { text, attributes } of hashes) {
      expect(text).toMatch(/^[0-9a-f]{64}$/)
      expect(attributes.title).toBe(text)
    }
  })

  it("says nothing of classes where there are none, nor of values where a sample is no row of numbers", () => {
    const { features: _, ...dataset } = iris.dataset
    const html = reportHtml({ ...iris, dataset: { ...dataset, classes: [] } })
    for (const absent of ['id="confusion"', 'id="classes"', "values per sample"]) {
      expect(html).not.toContain(absent)
      expect(reportHtml(iris)).toContain(absent)
    }
  })

  it("has the values of a segmentation for every class, and how many pixels it has", () => {
    const renamed = { recall: "iou", support: "pixels" }
    const text = Object.entries(renamed).reduce((all, [from, to]) => all.replaceAll(`"${from}/`, `"${to}/`), JSON.stringify(iris))
    const rows = (markdown: string) =>
      markdown.split("\n").filter((line) => line.startsWith("| class |") || line.startsWith("| setosa | 10 |"))
    const [head, row] = rows(reportMarkdown(JSON.parse(text)))
    expect(head).toBe("| class | pixels | iou |")
    expect(row).toBe(rows(reportMarkdown(iris))[1])
    expect(row).toMatch(/^\| setosa \| 10 \| [01]\.\d{4}/)
  })

  it("draws what an optimiser told of its steps, the loss before all others, and none of it for a brain", () => {
    const html = reportHtml(gradient)
    const titles = (text: string) => [...text.matchAll(/<caption>((?:Training|Validation): [^<]*): data</g)].map((match) => match[1])
    expect(titles(html)).toEqual([
      "Training: online accuracy per epoch",
      "Validation: accuracy by epoch",
      "Training: loss by optimiser step",
      "Training: learning rate by optimiser step",
      "Training: gradient norm by optimiser step",
      "Training: coherence by optimiser step",
      "Training: weight decay by optimiser step"
    ])
    expect(titles(reportHtml(bare))).toEqual(["Training: online accuracy per epoch"])
    expect(html).toContain("A point is the mean over 2 steps, at the last of them. The axis is logarithmic.")
    expect(html).toContain("The training ended early because it got no better: seed 12 behind epoch 2.")
    const tables = readHtml(html).filter(({ name, within }) => name === "table" && within.includes("figure"))
    const rows = (title: string) =>
      tables
        .find(({ text }) => text.startsWith(title))
        ?.text.split("\n")
        .slice(1)
        .filter(Boolean)
    expect(rows("Training: loss")).toEqual(["22.52.5", "40.50.5", "50.0156250.015625"])
    // It begins where there is a value: the first window has none.
    expect(rows("Training: coherence")).toEqual(["40.1250", "50.250.125"])
    expect(rows("Validation")).toEqual(["10.50.5", "20.750.75"])
  })

  it("says that no reward was recorded of a brain only: nothing else learns by one", () => {
    const words = "No reward was recorded."
    expect([reportHtml(bare).includes(words), reportHtml(gradient).includes(words)]).toEqual([true, false])
    expect([reportMarkdown(bare).includes(words), reportMarkdown(gradient).includes(words)]).toEqual([true, false])
    expect([summaryText(bare), summaryText(gradient)].map((text) => text.includes("silent reward"))).toEqual([true, false])
  })

  it("draws a measure with a hostile name without harm", () => {
    const html = reportHtml(poisoned(gradient) as GroupReport)
    expect([...new Set(readHtml(html).map(({ name }) => name))].filter((name) => !tags.has(name))).toEqual([])
    expect(readHtml(html).filter(({ name, text }) => name === "caption" && text.includes(cleaned(`weight decay${evil}`)))).toHaveLength(1)
  })

  it("adds the confusion matrices of the seeds and leaves a cell unknown that is unknown in one", () => {
    const rows = (report: GroupReport) =>
      readHtml(reportHtml(report))
        .filter(({ name, text, within }) => name === "tr" && within.includes("figure") && /^(setosa|versicolor|virginica)/.test(text))
        .map(({ text }) => text)
    expect(rows(iris)).toEqual(["setosa50000", "versicolor04631", "virginica05450"])
    const [recipe, ...controls] = iris.conditions
    const [first, ...others] = recipe?.runs ?? []
    if (recipe === undefined || first?.confusion === undefined) throw new Error("the sample has no confusion matrix")
    const values = [[null, 0, 0, 0], ...first.confusion.values.slice(1)]
    const gap = { ...recipe, runs: [{ ...first, confusion: { ...first.confusion, values } }, ...others] }
    expect(rows({ ...iris, conditions: [gap, ...controls] })[0]).toBe("setosano data000")
  })

  it("draws 26 classes and says in words what is missing in each", () => {
    const elements = readHtml(reportHtml(letters))
    expect(
      elements.filter(({ name, text, attributes }) => name === "td" && attributes.class === "num" && text === "no data no value was kept")
        .length
    ).toBe(26)
    expect(elements.find(({ attributes }) => attributes.id?.startsWith("figure-confusion") === true)?.name).toBe("svg")
  })
})

describe("reportMarkdown()", () => {
  const columns = (line: string): number => line.replace(/\\./g, "").split("|").length

  for (const [name, report] of Object.entries({ ...reports, hostile })) {
    it(`writes ${name} as tables whose rows are as long as their heads, without HTML and links`, () => {
      const text = reportMarkdown(report)
      const body = text.replace(/^(`{3,})sh\n[\s\S]*?\n\1$/gm, "")
      expect(/[<>]|(?<!\\)\]\(|[^\\]:\/\//.exec(body)).toBe(null)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.exec(text)).toBe(null)
      let head = 0
      let tables = 0
      for (const [index, line] of body.split("\n").entries()) {
        if (!line.startsWith("|")) head = 0
        else if (head === 0) [head, tables] = [columns(line), tables + 1]
        else expect(columns(line), `line ${index + 1}: ${line}`).toBe(head)
      }
      expect(tables).toBeGreaterThan(5)
      expect(body.split("\n").filter((line) => line.startsWith("## ")).length).toBe(12)
    })
  }

  it("tells the same verdict and caveats as the HTML file", () => {
    const text = reportMarkdown(iris)
    expect(text).toContain("Mean test accuracy **0.9400** over 5 seeds, 95 % interval 0.9054 to 0.9746; replay **EQUAL**")
    expect(text).toContain(
      "The interval lies above the majority baseline (0.3333), the interval of the control shuffled labels (0.2679 to 0.3988) and the interval of the control silent reward (0.3082 to 0.3452)."
    )
    expect(text).toContain("All seeds share one split")
    expect(text).toContain("Each seed is scored on 30 samples, so its accuracy moves in steps of one in 30.")
  })
})

describe("what a run records beside its answers", () => {
  it("is a curve of the reward, raw and shaped where they differ", () => {
    const text = reportMarkdown(iris)
    expect(text).toContain("Training: mean reward per epoch")
    expect(text).toContain("seed 11, raw")
    expect(text).toContain("seed 15, shaped")
    const [recipe, ...others] = iris.conditions
    if (recipe === undefined) throw new Error("the sample has a recipe")
    const runs = recipe.runs.map((each) => ({
      ...each,
      reward_curve: (each.reward_curve ?? []).map(({ epoch, raw }) => ({ epoch, raw, shaped: raw }))
    }))
    const same = reportMarkdown({ ...iris, conditions: [{ ...recipe, runs }, ...others] })
    expect(same).toContain("Here both are the same")
    expect(same).not.toContain("seed 15, shaped")
  })

  it("is what it cost, by phase and seed, with unit, label and the model of an estimate", () => {
    const text = reportMarkdown(iris)
    expect(text).toContain("## What it cost")
    expect(text).toContain("| wall_seconds | 1.25 | 1.25 | 1.25 | 1.25 | 1.25 | s | measured |")
    expect(text).toContain("| activation_sparsity | 0.875 | 0.875 | 0.875 | 0.875 | 0.875 | share | measured |")
    expect(text).toContain("| J | estimated (synops) |")
  })

  it("is no data where one seed lacks a figure, and nothing of it stands among the metrics", () => {
    const [recipe, ...others] = iris.conditions
    if (recipe === undefined) throw new Error("the sample has a recipe")
    const runs = recipe.runs.map((each, at) =>
      at === 0 ? { ...each, cost: (each.cost ?? []).map(({ phase, figures }) => ({ phase, figures: figures.slice(0, 1) })) } : each
    )
    const text = reportMarkdown({ ...iris, conditions: [{ ...recipe, runs }, ...others] })
    expect(text).toContain("| bursts | no data | 480 |")
    expect(text.split("## What it cost")[0]).not.toMatch(/wall_seconds|activation_sparsity|energy_joules/)
    expect(summaryText(iris)).not.toMatch(/wall_seconds|energy_joules/)
  })
})

describe("a report with less data", () => {
  it("of one seed says that there is no interval, and draws no whisker", () => {
    const text = reportMarkdown(oneSeed)
    expect(text).toContain("The test accuracy is **0.9333** with one seed, so there is no interval; replay **EQUAL**")
    expect(text).toContain("There is one seed, which says nothing about others.")
    expect(text).not.toContain("0.9333 to 0.9333")
    expect(text).not.toContain("mean accuracy, low")
    expect(summaryText(oneSeed)).toContain("none, one seed")
  })

  it("without controls, baseline, gates and replay says so and invents nothing", () => {
    const text = reportMarkdown(bare)
    for (const words of [
      "not replayed.",
      "No control was run.",
      "No baseline was given.",
      "No gate was set.",
      "No reward was recorded.",
      "No telemetry was recorded.",
      "No run was replayed.",
      "No treatment was recorded.",
      "No command was recorded.",
      "No control was run, so the result is not set against a learner that cannot learn."
    ])
      expect(text).toContain(words)
    const summary = summaryText(bare)
    expect(summary).toContain("shuffled labels and silent reward: not run")
    expect(summary).toContain("not replayed")
    expect(summary).not.toContain("baseline")
  })

  it("with a failed run has no mean, names the reason and the run", () => {
    const text = reportMarkdown(failed)
    expect(text).toContain("**No mean test accuracy**: 1 of 5 seeds has no value; replay **EQUAL**")
    expect(text).toContain('Not every run completed: seed 13 of "recipe" is failed.')
    expect(text).toContain("| 13 | no data (the run did not reach phase test, its status is failed) |")
    expect(summaryText(failed)).toMatch(/^13 +no data \[1\] /m)
    expect(summaryText(failed)).toMatch(/^\[1\] +the run did not reach phase test, its status is failed$/m)
    expect(summaryText(failed)).toMatch(/^gate learns +FAILED: no data \[2\], wanted/m)
  })

  it("with a run that was ended early says of which seed, and how far it came, where the limits are told", () => {
    const [recipe, ...others] = iris.conditions
    if (recipe === undefined) throw new Error("the sample has a recipe")
    const mark = "phase train was ended early, behind 90 of 480 samples"
    const runs = recipe.runs.map((each, at) => (at === 1 ? { ...each, status: "skipped", marks: [mark] } : each))
    for (const text of [reportMarkdown, reportHtml].map((write) => write({ ...iris, conditions: [{ ...recipe, runs }, ...others] }))) {
      expect(text).toContain("Not every run completed: seed 12 of ")
      expect(text).toContain(mark)
    }
    expect(reportMarkdown(iris)).not.toContain("ended early")
  })

  it("shows the interquartile mean of the seeds where it was computed, why there is none where it could not be, and no such row elsewhere", () => {
    const [recipe, ...others] = iris.conditions
    if (recipe === undefined) throw new Error("the sample has a recipe")
    const given = { ...iris, conditions: [{ ...recipe, iqm: { accuracy: 0.8125 } }, ...others] }
    for (const text of [reportMarkdown(given), reportHtml(given)]) {
      expect(text).toMatch(/interquartile mean[^\n]*0\.8125[^\n]*not computed/)
    }
    expect(reportMarkdown(iris)).not.toContain("interquartile mean")
  })

  it("calls overlap of intervals overlap", () => {
    const conditions = iris.conditions.map((condition) =>
      condition.id === "silent-reward"
        ? { ...condition, stats: { accuracy: { n: 5, mean: 0.8, stddev: 0.1, ci_low: 0.68, ci_high: 0.92, confidence_level: 0.95 } } }
        : condition
    )
    expect(reportMarkdown({ ...iris, conditions })).toContain("; it overlaps the interval of the control silent reward (0.6800 to 0.9200).")
  })
})

describe("summaryText()", () => {
  it("keeps to 80 columns, without control characters, whatever the names are", () => {
    const [recipe, control] = iris.conditions
    if (recipe === undefined || control === undefined) throw new Error("the sample has no control")
    const many: GroupReport = {
      ...iris,
      title: `${"宽".repeat(60)} 🧠 ${"long ".repeat(40)}`,
      conditions: [
        recipe,
        ...Array.from({ length: 7 }, (_, index) => ({ ...control, id: `c${index}`, title: `控制 ${index} ${"x".repeat(40)}` }))
      ]
    }
    for (const report of [...Object.values(reports), hostile, many]) {
      const text = summaryText(report)
      expect(Math.max(...text.split("\n").map(columnsOf))).toBeLessThanOrEqual(80)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.exec(text)).toBe(null)
      expect(text.endsWith("\n")).toBe(true)
    }
    expect(summaryText(many).match(/^mean /gm)?.length).toBe(4)
  })
})

describe("problemsOfReport()", () => {
  it("finds nothing in the samples", () => {
    for (const report of Object.values(reports)) expect(problemsOfReport(report)).toEqual([])
  })

  it("lists everything that would make the report say something false", () => {
    const [recipe, control] = iris.conditions
    if (recipe === undefined || control === undefined) throw new Error("the sample has no control")
    const wrong: GroupReport = {
      ...iris,
      title: " ",
      dataset: { ...iris.dataset, samples: Number.NaN, classes: ["a", "a"] },
      protocol: { ...iris.protocol, reported_phase: "train" },
      conditions: [
        recipe,
        { ...recipe, runs: recipe.runs.slice(1).concat(recipe.runs[1] ?? []), learning_curve: [...recipe.learning_curve].reverse() },
        { ...control, stats: {} }
      ]
    }
    const paths = problemsOfReport(wrong).map(({ path }) => path)
    for (const path of [
      "dataset.samples",
      "title",
      "conditions",
      "conditions[1]",
      "dataset.classes[1]",
      "protocol.reported_phase",
      'conditions[0].stats["accuracy"].n',
      "conditions[1].runs[4]",
      "conditions[1].learning_curve[1].epoch",
      "conditions[2].stats"
    ])
      expect(paths).toContain(path)
    for (const write of [reportHtml, reportMarkdown, summaryText]) expect(() => write(wrong)).toThrow(ReportError)
    expect(() => reportHtml(wrong)).toThrow("dataset.samples: expected a finite number, got NaN")
  })

  it("refuses a mean over other seeds than those that have a value", () => {
    const [recipe, ...controls] = iris.conditions
    if (recipe === undefined) throw new Error("the sample has no recipe")
    const fewer = { ...iris, conditions: [{ ...recipe, runs: recipe.runs.slice(1) }, ...controls] }
    expect(problemsOfReport(fewer)[0]).toEqual({
      path: 'conditions[0].stats["accuracy"].n',
      expected: "4, the runs with a value in phase test",
      actual: "5"
    })
  })
})

describe("problemsOfReport() of a model with an optimiser", () => {
  it("finds steps out of order, epochs that repeat, and seeds whose windows differ", () => {
    const [recipe] = gradient.conditions
    const [first, second] = recipe?.runs ?? []
    if (recipe === undefined || first?.training === undefined || second?.training === undefined)
      throw new Error("the sample is not trained")
    const wrong: GroupReport = {
      ...gradient,
      conditions: [
        {
          ...recipe,
          runs: [
            { ...first, validations: [...(first.validations ?? []), ...(first.validations ?? [])] },
            { ...second, training: { ...second.training, window: 3, windows: second.training.windows.toReversed() } }
          ]
        }
      ]
    }
    expect(problemsOfReport(wrong).map(({ path }) => path)).toEqual([
      "conditions[0].runs[0].validations[2].epoch",
      "conditions[0].runs[1].training.window",
      "conditions[0].runs[1].training.windows[1].step",
      "conditions[0].runs[1].training.windows[2].step"
    ])
  })
})

describe("score()", () => {
  it("never rounds to 0 or 1 what is neither", () => {
    expect([0, 1, 0.99999, 0.00001, -0.99999, 0.5, 1234567, 1.00001].map(score)).toEqual([
      "0.0000",
      "1.0000",
      "0.99999",
      "1.000e-5",
      "-0.99999",
      "0.5000",
      "1.235e+6",
      "1.00001"
    ])
  })
})
