import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { compareRuns, fieldValues, type RunRow, recordedRun, storedRun } from "../src/index.ts"
import {
  askBehind,
  compared as comparedRows,
  create,
  goOn,
  makeWorld,
  recordingOf,
  runFile,
  runToEnd,
  services,
  type World
} from "./support/world.ts"

const none = { across: [], exploratory: false }
const split = (seed: number) => ({ method: "stratified", seed, fractions: { train: 0.6, val: 0.2, test: 0.2 } })
/** The learner's treatment of a run: what two runs must not differ in by accident. */
const treated = (treatment: object, more: object = {}) => runFile({ split: split(5), learner: { kind: "toy", treatment }, ...more })
const plain = { genome: "aa", "encoding.bins": 5, "encoding.scheme": "single", "reward.config": { pain: 1 } }

const twoRuns = async (
  world: World,
  a: ReturnType<typeof runFile>,
  b: ReturnType<typeof runFile>,
  seeds: readonly [bigint, bigint] = [1n, 1n]
) => [(await world.run(runToEnd(world, a, seeds[0]))).row, (await world.run(runToEnd(world, b, seeds[1]))).row] as const

interface Options {
  readonly across: ReadonlyArray<string>
  readonly exploratory: boolean
  readonly phase?: string
}

const compared = (world: World, rows: ReadonlyArray<RunRow>, options: Options = none) =>
  world.run(Effect.result(comparedRows(world, rows, options)))

const success = async (world: World, rows: ReadonlyArray<RunRow>, options: Options = none) => {
  const outcome = await compared(world, rows, options)
  if (outcome._tag === "Failure") throw outcome.failure
  return outcome.success
}

/** Fields that a refusal names. */
const refused = async (world: World, rows: ReadonlyArray<RunRow>, across: ReadonlyArray<string> = []) => {
  const outcome = await compared(world, rows, { across, exploratory: false })
  if (outcome._tag === "Success") throw new Error("the comparison was not refused")
  return {
    reason: outcome.failure.reason,
    fields: outcome.failure.diagnostics.map((each) => each.field),
    help: outcome.failure.diagnostics.map((each) => each.help),
    diagnostics: outcome.failure.diagnostics
  }
}

describe("comparing two runs", () => {
  it("compares runs of other seeds, orders and epochs, on the same samples", async () => {
    const world = makeWorld()
    const rows = await twoRuns(world, treated(plain), treated(plain, { training: { epochs: 1 }, checkpoint_every: 9 }), [1n, 2n])
    const outcome = await compared(world, rows)
    if (outcome._tag === "Failure") throw outcome.failure
    expect(outcome.success).toMatchObject({
      comparable: true,
      identity_differences: [],
      treatment_differences: [],
      phase: "test",
      watermark: null
    })
    expect(outcome.success.comparisons.map(({ run, metrics }) => [run, metrics.hits])).toMatchObject([["b", { a: 1, b: 1, diff: 0 }]])
  })

  it("gives the same interval every time", async () => {
    const world = makeWorld()
    const rows = await twoRuns(world, treated(plain), treated(plain, { controls: { silent_reward: false, shuffled_labels: true } }))
    const options = { across: ["controls.shuffled_labels"], exploratory: false }
    const [one, two] = [await compared(world, rows, options), await compared(world, rows, options)]
    expect(one._tag).toBe("Success")
    expect(JSON.stringify(two)).toBe(JSON.stringify(one))
  })

  it("refuses any difference of treatment, each field by name with both values", async () => {
    for (const [b, more, fields] of [
      [{ ...plain, "reward.config": { pain: 2 } }, {}, ["reward.config.pain"]],
      [{ ...plain, "encoding.bins": 7, genome: "bb" }, {}, ["encoding.bins", "genome"]],
      [plain, { controls: { silent_reward: true, shuffled_labels: false } }, ["controls.silent_reward"]],
      [plain, { controls: { silent_reward: true, shuffled_labels: true } }, ["controls.shuffled_labels", "controls.silent_reward"]]
    ] as const) {
      const world = makeWorld()
      const outcome = await refused(world, await twoRuns(world, treated(plain), treated(b, more)))
      expect(outcome.reason).toBe("incomparable")
      expect([...outcome.fields].sort()).toEqual(fields)
    }
    const world = makeWorld()
    const { diagnostics } = await refused(world, await twoRuns(world, treated(plain), treated({ ...plain, "encoding.bins": 7 })))
    expect(JSON.stringify(diagnostics)).toMatch(/5.*7/)
  })

  it("allows exactly the declared factor and refuses the rest", async () => {
    const world = makeWorld()
    const rows = await twoRuns(world, treated(plain), treated({ ...plain, "encoding.bins": 7, "encoding.scheme": "rate", genome: "bb" }))
    expect((await refused(world, rows, ["encoding"])).fields).toEqual(["genome"])
    expect((await refused(world, rows, ["genome"])).fields).toEqual(["encoding.bins", "encoding.scheme"])
    const both = await compared(world, rows, { across: ["encoding", "genome"], exploratory: false })
    if (both._tag === "Failure") throw both.failure
    expect(both.success.comparable).toBe(true)
    expect(both.success.treatment_differences.map((each) => [each.field, each.across])).toEqual([
      ["encoding.bins", true],
      ["encoding.scheme", true],
      ["genome", true]
    ])
  })

  it("takes a factor that does not exist for a slip, and suggests the field that was meant", async () => {
    const world = makeWorld()
    const outcome = await refused(world, await twoRuns(world, treated(plain), treated({ ...plain, genome: "bb" })), ["genom"])
    expect(outcome.reason).toBe("usage")
    expect(outcome.help.join()).toContain("genome")
  })

  it("never compares other splits, protocols or data, whatever is declared", async () => {
    const world = makeWorld()
    const rows = await twoRuns(world, treated(plain), treated({ ...plain, genome: "bb" }, { split: split(6) }))
    const outcome = await refused(world, rows, ["genome"])
    expect(outcome.reason).toBe("incomparable")
    expect([...outcome.fields].sort()).toEqual(["split.test", "split.train", "split.val"])
  })

  it("shows an incomparable pair on request, watermarked and without a single number", async () => {
    const world = makeWorld()
    const rows = await twoRuns(world, treated(plain), treated(plain, { split: split(6) }))
    const outcome = await compared(world, rows, { across: [], exploratory: true })
    if (outcome._tag === "Failure") throw outcome.failure
    expect(outcome.success.comparable).toBe(false)
    expect(outcome.success.watermark).toMatch(/explorat/i)
    expect([outcome.success.comparisons, outcome.success.slices, outcome.success.n]).toEqual([[], [], 0])
    expect(outcome.success.identity_differences.length).toBe(3)
  })

  it("shows what differs and keys nothing: choices apart from versions", async () => {
    const world = makeWorld()
    const rows = await twoRuns(world, treated(plain), treated(plain, { training: { epochs: 1 }, checkpoint_every: 9 }), [1n, 2n])
    expect((await success(world, rows)).settings).toEqual([
      { field: "checkpoint_every", values: { a: 7, b: 9 } },
      { field: "seed", values: { a: "1", b: "2" } },
      { field: "training.epochs", values: { a: 2, b: 1 } }
    ])
    world.filesSha256 = "e".repeat(64)
    const [again] = await twoRuns(world, treated(plain), treated(plain))
    expect((await success(world, [rows[0], again])).provenance).toEqual([
      { field: "packages.toys", values: { a: "f".repeat(64), b: "e".repeat(64) } }
    ])
  })

  it("shows the nodes of two transform graphs, of which the treatment knows only a hash", async () => {
    const world = makeWorld()
    const centred = { transforms: [{ plugin: "centre", version: 1, phases: "all", options: {}, fit_on: "train" }] }
    const rows = await twoRuns(world, treated(plain), treated(plain, centred))
    const { settings, treatment_differences } = await success(world, rows, { across: ["transforms"], exploratory: false })
    expect(treatment_differences.map((each) => each.field)).toEqual(["transforms"])
    expect(settings).toMatchObject([{ field: "transforms.0", values: { b: { plugin: { id: "toys#centre" }, fit: { part: "train" } } } }])
  })
})

/** Three runs of one benchmark: the second learns nothing useful, the third learns from labels that are not its own. */
const threeRuns = async (world: World) => {
  const learnt = (await world.run(runToEnd(world, treated(plain)))).row
  world.faults.silent = true
  const silent = (await world.run(runToEnd(world, treated(plain), 2n))).row
  world.faults.silent = false
  const again = (await world.run(runToEnd(world, treated(plain), 3n))).row
  return [learnt, silent, again] as const
}

describe("comparing more than two runs", () => {
  it("holds every other run against the first, with p corrected over the runs", async () => {
    const world = makeWorld()
    const found = await success(world, await threeRuns(world))
    expect([found.labels, found.n, found.primary_metric]).toEqual([["a", "b", "c"], 12, "hits"])
    expect(found.comparisons.map(({ run, metrics }) => [run, metrics.hits?.a, metrics.hits?.b, metrics.hits?.verdict])).toEqual([
      ["b", 1, 0, "a-better"],
      ["c", 1, 1, "no-difference-shown"]
    ])
    const [worse] = found.comparisons
    expect(worse?.metrics.hits?.p_holm).toBe(2 * Number(worse?.metrics.hits?.p))
  })

  it("refuses all of them when one is of another benchmark, and says which has what", async () => {
    const world = makeWorld()
    const rows = await twoRuns(world, treated(plain), treated(plain), [1n, 2n])
    const other = (await world.run(runToEnd(world, treated(plain, { split: split(6) })))).row
    const outcome = await refused(world, [...rows, other])
    expect([...outcome.fields].sort()).toEqual(["split.test", "split.train", "split.val"])
    expect(outcome.diagnostics[0]?.message).toMatch(/; a and b have "[0-9a-f]{64}", c has "[0-9a-f]{64}"$/)
  })

  it("lists the samples that got worse, and none that did not", async () => {
    const world = makeWorld()
    const found = await success(world, await threeRuns(world))
    const [worse, same] = found.comparisons.map((each) => each.samples)
    expect(worse).toMatchObject({ judged_by: "class", matched: 12, improved: [], persistent: [], not_judged: 0 })
    expect(worse?.regressed.length).toBe(12)
    expect(worse?.regressed.every(({ target, baseline, run }) => target === baseline && run === null)).toBe(true)
    expect(same).toMatchObject({ improved: [], regressed: [], persistent: [] })
  })

  it("cuts the primary metric into classes and scored phases, for every run", async () => {
    const world = makeWorld()
    const { slices } = await success(world, await threeRuns(world))
    const side = { values: { a: 1, b: 0, c: 1 } }
    expect(slices).toEqual([
      {
        by: "class",
        metric: "hits",
        slices: ["left", "right", "up"].map((slice) => ({ slice, n: 4, ...side, errors: { a: 0, b: 4, c: 0 } }))
      },
      {
        by: "phase",
        metric: "hits",
        slices: ["validate", "test"].map((slice) => ({ slice, n: 12, ...side, errors: { a: 0, b: 12, c: 0 } }))
      }
    ])
  })

  it("compares the phase that is asked for, and names the scored ones for a slip", async () => {
    const world = makeWorld()
    const rows = await twoRuns(world, treated(plain), treated(plain), [1n, 2n])
    const validated = await success(world, rows, { ...none, phase: "validate" })
    const tested = await success(world, rows)
    expect([validated.phase, tested.phase]).toEqual(["validate", "test"])
    const outcome = await compared(world, rows, { ...none, phase: "train" })
    if (outcome._tag === "Success") throw new Error("train is not scored")
    expect(outcome.failure.diagnostics).toMatchObject([{ code: "FT3312", expected: "one of validate, test", actual: "train" }])
  })

  it("compares a run with a record of another one, as a bundle brings it", async () => {
    const world = makeWorld()
    const rows = await twoRuns(world, treated(plain), treated(plain), [1n, 2n])
    const stored = await success(world, rows)
    const recording = await world.run(recordingOf(world, rows[1]))
    const mixed = await world.run(
      Effect.flatMap(storedRun(rows[0]), (first) => compareRuns([first, recordedRun(recording, [])], none)).pipe(
        Effect.provide(services(world))
      )
    )
    expect(mixed).toEqual(stored)
  })

  it("compares what all runs met when one was ended early and that was declared", async () => {
    const world = makeWorld()
    const whole = (await world.run(runToEnd(world, treated(plain, { checkpoint_every: 5 })))).row
    const row = await world.run(create(world, treated(plain, { checkpoint_every: 5 })))
    // 72 answers in training and 12 in validation; then the test is left behind its first step.
    await world.run(goOn(world, row, askBehind(world, 72 + 12 + 5, "skip")))
    expect((await refused(world, [whole, row])).fields).toEqual(["skip"])
    const found = await success(world, [whole, row], { across: ["skip"], exploratory: false })
    const samples = found.comparisons[0]?.samples
    expect(found.n).toBeGreaterThan(0)
    expect(found.n).toBeLessThan(12)
    expect([samples?.matched, samples?.unmatched.baseline_only.length, samples?.unmatched.run_only]).toEqual([found.n, 12 - found.n, []])
    expect(found.slices.map((each) => each.by)).toEqual(["class"])
  })
})

describe("the metric pack of a comparison", () => {
  it("has to be the one that the runs were measured with", async () => {
    const world = makeWorld()
    const rows = await twoRuns(world, treated(plain), treated(plain), [1n, 2n])
    const other = { plugin: { id: "toys#hits", version: "2.0.0" }, signature: "hits:2" }
    const error = await world.run(
      Effect.flatMap(Effect.forEach(rows, storedRun), (runs) =>
        Effect.flip(
          compareRuns(
            runs.map((run) => ({ ...run, document: { ...run.document, metrics: { ...run.document.metrics, ...other } } })),
            none
          )
        )
      ).pipe(Effect.provide(services(world)))
    )
    expect([error.reason, error.diagnostics]).toMatchObject([
      "missing",
      [{ code: "FT3316", expected: "toys#hits 2.0.0, which computes hits:2", actual: "toys#hits 1.0.0, which computes hits:1" }]
    ])
  })
})

describe("values of samples", () => {
  const valuesOf = async (world: World, field: string) => {
    const row = (await world.run(runToEnd(world, treated(plain)))).row
    return world.run(
      Effect.result(
        Effect.flatMap(storedRun(row), ({ document }) => fieldValues(document, field, ["s-000", "s-004"])).pipe(
          Effect.provide(services(world))
        )
      )
    )
  }

  it("come from the index or from the data, joined by the id of the sample", async () => {
    const world = makeWorld()
    const [classes, feature] = [await valuesOf(world, "class"), await valuesOf(world, "feature.x")]
    if (classes._tag === "Failure" || feature._tag === "Failure") throw new Error("refused")
    expect([...classes.success.values]).toEqual([
      ["s-000", "left"],
      ["s-004", "right"]
    ])
    expect([...feature.success.values]).toEqual([
      ["s-000", "0"],
      ["s-004", "1.4"]
    ])
  })

  it("are refused for a field that no sample has, with those that there are", async () => {
    const outcome = await valuesOf(makeWorld(), "x")
    if (outcome._tag === "Success") throw new Error("there is no field x")
    expect(outcome.failure.diagnostics).toMatchObject([
      { code: "FT3310", expected: "one of class, feature.x, feature.y", actual: "x", help: "did you mean feature.x?" }
    ])
  })
})
