import type { ConformanceReport } from "@feagi-trainer/conformance"
import { learnerLaws } from "@feagi-trainer/conformance"
import { type Diagnostic, trainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { beforeAll, describe, expect, it } from "vitest"
import type { Settings } from "../src/TensorFlow.ts"
import { tfjsWith } from "../src/Tfjs.ts"
import { type Both, lessons, options, requestOf, settings } from "./process/learner.ts"
import { said, withTensorFlow } from "./process/tensorFlow.ts"

/** What the plan asked TensorFlow for, and what it told of it. */
const planned = async (given: Readonly<Record<string, unknown>>) => {
  const asked: Array<Settings> = []
  const learner = tfjsWith((chosen) => {
    asked.push(chosen)
    return Effect.fail(trainerError("missing", { code: "test/NONE", message: "no TensorFlow here" }))
  })
  const plan = await Effect.runPromise(Effect.scoped(Effect.result(learner.plan(requestOf(given)))))
  const diagnostics: ReadonlyArray<Diagnostic> =
    plan._tag === "Failure" ? plan.failure.diagnostics : plan.success.ok ? [] : plan.success.diagnostics
  return { asked, diagnostics }
}

describe("the plan of the learner tfjs", () => {
  it("opens TensorFlow with the settings of the run file", async () => {
    const { asked, diagnostics } = await planned({ ...options, threads: 3, onednn: true })
    expect(asked).toEqual([{ threads: 3, onednn: true }])
    expect(diagnostics).toMatchObject([{ code: "test/NONE" }])
  })

  it("requires both settings", async () => {
    const { asked, diagnostics } = await planned(options)
    expect(asked).toEqual([])
    expect(diagnostics.map(({ field }) => field)).toEqual(["learner.options.threads", "learner.options.onednn"])
  })

  it("reports settings and model at once", async () => {
    const layers = [{ type: "dense", units: 2, bias: true, init: { type: "zeros" } }, { type: "lstm" }]
    const { asked, diagnostics } = await planned({ ...options, ...settings, threads: 0, model: { ...options.model, layers } })
    expect(asked).toEqual([])
    expect(diagnostics.map(({ field }) => field)).toEqual(["learner.options.threads", "learner.options.model.layers.1.type"])
  })

  it("knows no option besides", async () => {
    const { diagnostics } = await planned({ ...options, ...settings, device: "gpu" })
    expect(diagnostics).toMatchObject([{ field: "learner.options.device", message: expect.stringContaining("unknown") }])
  })

  it("refuses options that are no table", async () => {
    const learner = tfjsWith(() => Effect.die(new Error("nothing is to be opened")))
    const request = { ...requestOf({}), section: { kind: "gradient", plugin: "tfjs", options: 3 } }
    const plan = await Effect.runPromise(Effect.scoped(learner.plan(request)))
    expect(plan).toMatchObject({ ok: false, diagnostics: [{ field: "learner.options" }] })
  })
})

withTensorFlow("the learner tfjs", () => {
  let report: ConformanceReport
  let both: Both
  beforeAll(() => {
    report = said("laws") as ConformanceReport
    both = said("both") as Both
  })

  // The names alone: the laws are checked where TensorFlow is.
  const names = learnerLaws({ open: () => Effect.die(new Error("not here")), training: lessons, probes: [] }).map(({ name }) => name)
  for (const name of names)
    it(name, () => {
      expect(report.failed.find(({ law }) => law === name)).toBeUndefined()
      expect(report.passed).toContain(name)
    })

  it("begins, answers and learns as the learner on the kernels of the trainer", () => {
    expect(both.initial[1]).toBe(both.initial[0])
    expect(both.answers[1]).toEqual(both.answers[0])
    expect(both.answers[0]).toHaveLength(2 * lessons.length)
    expect(both.scores).toBeLessThan(1e-5)
    expect(both.measures[1]).toBeCloseTo(both.measures[0], 5)
  })

  it("pins and records what TensorFlow was loaded with", () => {
    expect(both.resolved).toMatchObject({ settings, section: { options: settings } })
    expect(both.fingerprint).toMatchObject({
      "tfjs-node": "4.22.0",
      tensorflow: expect.stringMatching(/^2\.\d+\.\d+$/),
      TF_NUM_INTRAOP_THREADS: "1",
      TF_NUM_INTEROP_THREADS: "1",
      TF_ENABLE_ONEDNN_OPTS: "0"
    })
  })
})
