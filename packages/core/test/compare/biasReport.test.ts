/** Groups of samples: their metrics, their gaps, and whether they can be told at all. */
import { canonical } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { type BiasRequest, biasReport, type ComparedRun, storedRun } from "../../src/index.ts"
import { makeWorld, runFile, runToEnd, services, type World } from "../support/world.ts"

interface Told {
  readonly answer: number | null
  readonly target: number
  readonly scores: ReadonlyArray<number>
}

/** A run of the world whose test was answered as told: sample k is `s-k`. */
const runWith = async (world: World, answers: ReadonlyArray<Told>): Promise<ComparedRun> => {
  const { row } = await world.run(
    runToEnd(world, runFile({ split: { method: "stratified", seed: 5, fractions: { train: 0.6, val: 0.2, test: 0.2 } } }))
  )
  const run = await world.run(storedRun(row).pipe(Effect.provide(services(world))))
  const rows = answers.map(({ answer, target, scores }, index) => {
    const place = { phase: "test", epoch: 0, index, sample_id: `s-${index}` }
    const prediction = answer === null ? { abstain: { reason: "silent" } } : { class: { class_id: answer, scores } }
    return { ...place, tick: index, line: canonical({ ...place, prediction, target: { class: { class_id: target, label: null } } }) }
  })
  return { ...run, predictions: () => Effect.succeed(rows) }
}

/** Site A answers all of its six right, site B two of six, C has one sample and two samples have no site. */
const answers: ReadonlyArray<Told> = [
  ...[0, 0, 1, 1, 2, 2].map((target) => ({ target, answer: target, scores: [] })),
  ...[0, 0, 1, 1, 2, 2].map((target, at) => ({ target, answer: at < 2 ? target : null, scores: [] })),
  ...[0, 0, 0].map((target) => ({ target, answer: target, scores: [] }))
]
const sites = new Map(answers.slice(0, 13).map((_, at): [string, string] => [`s-${at}`, at < 6 ? "A" : at < 12 ? "B" : "C"]))

const reported = async (more: Partial<BiasRequest> = {}, told: ReadonlyArray<Told> = answers) => {
  const world = makeWorld()
  const run = await runWith(world, told)
  const field = () => Effect.succeed({ field: "site", values: sites })
  return world.run(Effect.result(biasReport({ run, field, minimum: 2, ...more }).pipe(Effect.provide(services(world)))))
}

const report = async (more: Partial<BiasRequest> = {}, told: ReadonlyArray<Told> = answers) => {
  const outcome = await reported(more, told)
  if (outcome._tag === "Failure") throw outcome.failure
  return outcome.success
}

const refusal = async (more: Partial<BiasRequest>) => {
  const outcome = await reported(more)
  if (outcome._tag === "Success") throw new Error("nothing was refused")
  return outcome.failure.diagnostics
}

describe("biasReport()", () => {
  it("measures groups that are large enough, names the others, and tells the gap with an interval", async () => {
    const { metrics, n, field, phase, primary_metric } = await report()
    expect({ n, field, phase, primary_metric }).toEqual({ n: 15, field: "site", phase: "test", primary_metric: "hits" })
    expect([metrics.groups.A?.n, metrics.groups.A?.values.hits?.value]).toEqual([6, 1])
    expect([metrics.groups.B?.n, metrics.groups.B?.values.hits?.value]).toEqual([6, 1 / 3])
    expect([metrics.small, metrics.ungrouped]).toEqual([{ C: 1 }, 2])
    expect(metrics.disparities.hits).toMatchObject({ smallest: "B", largest: "A", difference: { value: 1 - 1 / 3 } })
    const interval = metrics.disparities.hits?.difference.interval
    if (interval === undefined || "insufficient" in interval) throw new Error("the gap has an interval")
    expect([interval.low, interval.high]).toEqual([1 - 2 / 3, 1])
  })

  it("looks at the selection of every class in turn, or of those that are named", async () => {
    const { classes } = await report()
    expect(classes.map((each) => each.label)).toEqual(["left", "right", "up"])
    const parity = classes.map((each) => each.fairness.demographic_parity_difference.value)
    // Class "left" is given to two of six in A and to two of six in B; the others to nobody in B.
    expect(parity).toEqual([0, 1 / 3, 1 / 3])
    expect((await report({ positive: ["up"] })).classes.map((each) => each.label)).toEqual(["up"])
  })

  it("says that there is no calibration without scores, or with scores that are no probabilities", async () => {
    expect((await report()).calibration).toEqual({ insufficient: "no answer has scores" })
    const spikes = answers.map((each) => ({ ...each, scores: each.answer === null ? [] : [3, 1, 0] }))
    expect((await report({}, spikes)).calibration).toEqual({
      insufficient: "the scores of 11 answers are no probabilities, from 0 to 1 and of sum 1"
    })
  })

  it("tells for each group how sure its answers are and how often they are right", async () => {
    const sure = answers.map((each) => ({ ...each, scores: [0, 1, 2].map((at) => (at === each.answer ? 0.8 : 0.1)) }))
    const { calibration } = await report({}, sure)
    expect(calibration).toMatchObject({
      A: { n: 6, without_score: 0, accuracy: 1 },
      B: { n: 2, without_score: 4, accuracy: 1 }
    })
  })

  it("gives the same report every time", async () => {
    expect(canonical((await report()) as never)).toBe(canonical((await report()) as never))
  })

  it("refuses a class that there is not, a phase that is not scored, and groups that are all too small", async () => {
    expect(await refusal({ positive: ["lft"] })).toMatchObject([{ code: "FT3313", expected: "one of left, right, up", actual: "lft" }])
    expect(await refusal({ phase: "train" })).toMatchObject([{ code: "FT3312" }])
    expect(await refusal({ minimum: 7 })).toMatchObject([{ code: "FT3314", field: "site", actual: "A: 6, B: 6, C: 1" }])
  })
})
