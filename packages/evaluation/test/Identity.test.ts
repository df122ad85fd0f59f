/** Which results may be compared: every field counts, and a declared factor covers what it names and nothing else. */
import { describe, expect, it } from "vitest"
import { type Comparand, compareIdentity, comparisonFindings, type IdentityComparison, labelOf } from "../src/index.ts"

const base: Comparand = {
  identity: {
    dataset_content_hash: "d1",
    split_hash: { validate: "v1", test: "t1" },
    protocol: { id: "classification-holdout", version: 1 },
    metric_pack: { id: "classification", version: "0.1.0" }
  },
  treatment: {
    learner: "brain",
    genome_hash: "g1",
    encoding: { scheme: "population_single_spike", bins: 8, properties: { spacing: "linear", gaps: [1, 2] } },
    encoding_note: "x",
    reward_policy: { id: "supervised", config: { magnitude: 0.5 } },
    quantization: null
  }
}

const differing = (side: keyof Comparand, change: object): Comparand => ({ ...base, [side]: { ...base[side], ...change } })

const compared = (b: Comparand, across: ReadonlyArray<string> = [], exploratory = false): IdentityComparison => {
  const result = compareIdentity([base, b], { across, exploratory })
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics))
  return result
}

describe("compareIdentity()", () => {
  it("finds a result comparable with itself, whatever the order of its keys", () => {
    const reordered: Comparand = {
      identity: Object.fromEntries(Object.entries(base.identity).reverse()),
      treatment: Object.fromEntries(Object.entries(base.treatment).reverse())
    }
    expect(compared(reordered)).toEqual({
      ok: true,
      labels: ["a", "b"],
      comparable: true,
      shown: true,
      watermark: null,
      identity_differences: [],
      treatment_differences: [],
      across: [],
      undeclared: []
    })
  })

  it.each([
    [{ dataset_content_hash: "d2" }, "dataset_content_hash"],
    [{ split_hash: { validate: "v1", test: "t2" } }, "split_hash.test"],
    [{ protocol: { id: "classification-holdout", version: 2 } }, "protocol.version"],
    [{ metric_pack: { id: "other", version: "0.1.0" } }, "metric_pack.id"],
    [{ added: 1 }, "added"]
  ])("refuses a difference of identity: %j", (change, field) => {
    const result = compared(differing("identity", change))
    expect(result.comparable).toBe(false)
    expect(result.identity_differences.map((each) => each.field)).toEqual([field])
  })

  it.each([
    [{ learner: "gradient" }, "learner"],
    [{ genome_hash: "g2" }, "genome_hash"],
    [{ encoding: { scheme: "population_single_spike", bins: 9, properties: { spacing: "linear", gaps: [1, 2] } } }, "encoding.bins"],
    [
      { encoding: { scheme: "population_single_spike", bins: 8, properties: { spacing: "log", gaps: [1, 2] } } },
      "encoding.properties.spacing"
    ],
    [
      { encoding: { scheme: "population_single_spike", bins: 8, properties: { spacing: "linear", gaps: [1, 3] } } },
      "encoding.properties.gaps"
    ],
    [{ encoding: null }, "encoding"],
    [{ reward_policy: { id: "supervised", config: { magnitude: 0.25 } } }, "reward_policy.config.magnitude"],
    [{ quantization: { level: "bit8" } }, "quantization"]
  ])("refuses a difference of treatment that is not declared, and allows it when it is: %j", (change, field) => {
    const other = differing("treatment", change)
    expect(compared(other)).toMatchObject({ comparable: false, undeclared: [field] })
    expect(compared(other, [field])).toMatchObject({ comparable: true, undeclared: [], treatment_differences: [{ field, across: true }] })
    const [top] = field.split(".")
    expect(compared(other, [top ?? ""])).toMatchObject({ comparable: true })
  })

  it("covers encoding.* by encoding, but neither encoding_note nor anything else", () => {
    const other = differing("treatment", { encoding: { scheme: "rate", bins: 4 }, encoding_note: "y", learner: "gradient" })
    const result = compared(other, ["encoding"])
    expect(result.treatment_differences).toEqual([
      { field: "encoding.bins", values: { a: 8, b: 4 }, across: true },
      { field: "encoding.properties", values: { a: { spacing: "linear", gaps: [1, 2] } }, across: true },
      { field: "encoding.scheme", values: { a: "population_single_spike", b: "rate" }, across: true },
      { field: "encoding_note", values: { a: "x", b: "y" }, across: false },
      { field: "learner", values: { a: "brain", b: "gradient" }, across: false }
    ])
    expect(result).toMatchObject({ comparable: false, undeclared: ["encoding_note", "learner"] })
    expect(compared(other, ["encoding.bins"]).undeclared).toEqual(["encoding.properties", "encoding.scheme", "encoding_note", "learner"])
  })

  it("tells absent from null", () => {
    const { quantization: _, ...rest } = base.treatment
    expect(compared({ ...base, treatment: rest }).treatment_differences).toEqual([
      { field: "quantization", values: { a: null }, across: false }
    ])
  })

  it("never lets a declared factor excuse a difference of identity", () => {
    const other: Comparand = {
      identity: { ...base.identity, dataset_content_hash: "d2" },
      treatment: { ...base.treatment, learner: "gradient" }
    }
    expect(compared(other, ["learner"])).toMatchObject({ comparable: false, undeclared: [] })
  })

  it("shows an exploration, watermarked and still not comparable", () => {
    const other = differing("identity", { dataset_content_hash: "d2" })
    expect(compared(other)).toMatchObject({ comparable: false, shown: false })
    expect(compared(other, [], true)).toMatchObject({
      comparable: false,
      shown: true,
      watermark: "EXPLORATORY: these results must not be compared"
    })
    expect(compared(base, [], true)).toMatchObject({ comparable: true, watermark: null })
  })

  it("refuses factors that do not exist, all at once, each with the nearest field", () => {
    expect(
      compareIdentity([base, base], { across: ["encodin", "encoding.bin", "protocol.version", "nothing-like-it"], exploratory: false })
    ).toEqual({
      ok: false,
      diagnostics: [
        expect.objectContaining({ code: "FT5101", field: "encodin", help: "did you mean encoding?" }),
        expect.objectContaining({ code: "FT5101", field: "encoding.bin", help: "did you mean encoding.bins?" }),
        expect.objectContaining({
          code: "FT5101",
          field: "nothing-like-it",
          expected:
            "one of encoding, encoding_note, genome_hash, learner, quantization, reward_policy, or a field inside one, such as encoding.bins"
        }),
        expect.objectContaining({ code: "FT5102", field: "protocol.version" })
      ].sort((left, right) => (left.sample.field < right.sample.field ? -1 : 1))
    })
  })

  it("sorts the declared factors and names each once", () => {
    expect(compared(base, ["learner", "encoding", "learner"]).across).toEqual(["encoding", "learner"])
  })

  it("treats keys named like members of Object as fields", () => {
    const odd: Comparand = { ...base, treatment: { ...base.treatment, constructor: "x" } }
    expect(compared(odd).treatment_differences).toEqual([{ field: "constructor", values: { b: "x" }, across: false }])
  })
})

describe("compareIdentity() of more than two results", () => {
  const coarse = differing("treatment", { encoding: { scheme: "population_single_spike", bins: 4 } })
  const bins = (count: number) => differing("treatment", { encoding: { ...(base.treatment.encoding as object), bins: count } })

  it("finds a difference in any one of them, with the value of each that has one", () => {
    const result = compareIdentity([base, base, bins(9), coarse], { across: [], exploratory: false })
    if (!result.ok) throw new Error("refused")
    expect(result.labels).toEqual(["a", "b", "c", "d"])
    expect(result.treatment_differences).toEqual([
      { field: "encoding.bins", values: { a: 8, b: 8, c: 9, d: 4 }, across: false },
      {
        field: "encoding.properties",
        values: {
          a: { spacing: "linear", gaps: [1, 2] },
          b: { spacing: "linear", gaps: [1, 2] },
          c: { spacing: "linear", gaps: [1, 2] }
        },
        across: false
      }
    ])
    expect(comparisonFindings(result).map((each) => each.message)).toEqual([
      "not comparable: the runs were not treated alike; a and b have 8, c has 9, d has 4",
      'not comparable: the runs were not treated alike; a, b and c have {"spacing":"linear","gaps":[1,2]}, d has nothing'
    ])
  })

  it("refuses all of them for one of another benchmark, whatever is declared", () => {
    const other = differing("identity", { dataset_content_hash: "d2" })
    const result = compareIdentity([base, bins(9), other], { across: ["encoding"], exploratory: false })
    if (!result.ok) throw new Error("refused")
    expect([result.comparable, result.undeclared]).toEqual([false, []])
    expect(result.identity_differences).toEqual([{ field: "dataset_content_hash", values: { a: "d1", b: "d1", c: "d2" } }])
    expect(comparisonFindings(result)).toMatchObject([
      { help: "run all of them on the same benchmark, or look at them side by side with --exploratory" }
    ])
  })

  it("takes a factor that any one of them has", () => {
    const other = differing("treatment", { dropout: 0.1 })
    expect(compareIdentity([base, base, other], { across: ["dropout"], exploratory: false })).toMatchObject({ comparable: true })
  })

  it("cannot compare one result with nothing", () => {
    expect(() => compareIdentity([base], { across: [], exploratory: false })).toThrow(/at least two results, got 1/)
  })

  it("has a label for every place", () => {
    expect([0, 1, 25, 26, 27, 51, 52, 701, 702].map(labelOf)).toEqual(["a", "b", "z", "aa", "ab", "az", "ba", "zz", "aaa"])
  })
})

describe("comparisonFindings()", () => {
  it("gives one finding per field in the way, with both values and the way out", () => {
    const other: Comparand = {
      identity: { ...base.identity, dataset_content_hash: "d2" },
      treatment: { ...base.treatment, learner: "gradient", genome_hash: "g2" }
    }
    expect(comparisonFindings(compared(other, ["genome_hash"]))).toEqual([
      {
        code: "FT5103",
        severity: "error",
        field: "dataset_content_hash",
        message: 'not comparable: the two results are of different benchmarks; a has "d1", b has "d2"',
        help: "run both on the same benchmark, or look at them side by side with --exploratory"
      },
      {
        code: "FT5104",
        severity: "error",
        field: "learner",
        message: 'not comparable: the two runs were not treated alike; a has "brain", b has "gradient"',
        help: "if this is the factor under study, declare it: --across learner"
      }
    ])
    expect(comparisonFindings(compared(base))).toEqual([])
  })
})

describe("a comparison across learners", () => {
  const model: Comparand = { identity: base.identity, treatment: { learner: "gradient", model: "m1", quantization: null } }

  it("covers what only one kind of learner has, and nothing that both have", () => {
    const whole = compared(model, ["learner"])
    expect(whole.comparable).toBe(true)
    expect(whole.treatment_differences.map(({ field, across }) => [field, across])).toEqual([
      ["encoding", true],
      ["encoding_note", true],
      ["genome_hash", true],
      ["learner", true],
      ["model", true],
      ["reward_policy", true]
    ])
    const quantised: Comparand = { ...model, treatment: { ...model.treatment, quantization: "int8" } }
    expect(compared(quantised, ["learner"]).undeclared).toEqual(["quantization"])
  })

  it("covers nothing more where the learners are alike, or where the learner was not declared", () => {
    const { encoding_note: _, ...treatment } = base.treatment
    expect(compared({ ...base, treatment }, ["learner"]).undeclared).toEqual(["encoding_note"])
    expect(compared(model).undeclared).toContain("genome_hash")
    expect(comparisonFindings(compared(model)).map(({ field }) => field)).toEqual(["learner"])
  })
})
