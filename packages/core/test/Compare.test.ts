import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { compareRuns, type RunRow } from "../src/index.ts"
import { makeWorld, runFile, runToEnd, services, type World } from "./support/world.ts"

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

const compared = (
  world: World,
  [a, b]: readonly [RunRow, RunRow],
  options: { across: ReadonlyArray<string>; exploratory: boolean } = none
) => world.run(Effect.result(compareRuns(a, b, options).pipe(Effect.provide(services(world)))))

/** Fields that a refusal names. */
const refused = async (world: World, rows: readonly [RunRow, RunRow], across: ReadonlyArray<string> = []) => {
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
    expect(outcome.success.metrics.hits).toMatchObject({ a: 1, b: 1, diff: 0 })
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
    expect(outcome.success.metrics).toEqual({})
    expect(outcome.success.identity_differences.length).toBe(3)
  })
})
