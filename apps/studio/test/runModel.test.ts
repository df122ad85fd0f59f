import { describe, expect, it, vi } from "vitest"
import {
  controlsOf,
  isOfWhole,
  type MetricFinal,
  metricNow,
  metricsCsv,
  type RunShown,
  type RunStatus,
  reasonOf,
  stepsOf
} from "../src/pages/run/model.ts"
import { answerWords, drift, holds, saying } from "../src/pages/run/words.ts"
import { throttled } from "../src/throttled.ts"

const status = (more: Partial<RunStatus> = {}): RunStatus => ({
  run_id: "r-1",
  group_id: "g-1",
  name: "iris",
  seed: 1,
  status: "running",
  held: true,
  phase: "validate",
  phase_index: 1,
  phases: ["train", "validate", "test"],
  epoch: 1,
  epochs: 1,
  samples_done: 12,
  samples_total: 30,
  run_samples_done: 912,
  run_samples_total: 960,
  rate: 100,
  eta_seconds: 1,
  last_seq: 3,
  created_at: 0,
  started_at: 0,
  updated_at: 0,
  ended_at: null,
  failure: null,
  pending: null,
  ...more
})
const shown = (more: Partial<RunShown> = {}): RunShown =>
  ({ phases: [{ phase: "train", samples: 900 }], partial: [], brain_mutated: null, continued: [], ...more }) as unknown as RunShown

describe("the phases of a run", () => {
  const states = (now: Partial<RunStatus>, what?: Partial<RunShown>) =>
    stepsOf(status(now), shown(what)).map(({ phase, state, done, total }) => [phase, state, done, total])

  it("lie behind, are under way, or are to come", () => {
    expect(states({})).toEqual([
      ["train", "done", 900, 900],
      ["validate", "running", 12, 30],
      ["test", "waiting", null, null]
    ])
  })

  it("stop where the run stops, and are left out where it ended", () => {
    expect(states({ status: "paused" }).map(([, state]) => state)).toEqual(["done", "stopped", "waiting"])
    expect(states({ status: "cancelled" }).map(([, state]) => state)).toEqual(["done", "stopped", "left-out"])
    expect(states({ status: "completed", phase_index: 2 }).map(([, state]) => state)).toEqual(["done", "done", "done"])
    expect(states({ status: "created", phase_index: null }).map(([, state]) => state)).toEqual(["waiting", "waiting", "waiting"])
  })

  it("are done up to the last one of a run that was ended early, unless they are the one that was", () => {
    const early = { partial: [{ phase: "train", samples_planned: 900, samples_done: 450 }] }
    expect(states({ status: "skipped", phase_index: 2 }, early).map(([, state]) => state)).toEqual(["partial", "done", "done"])
    expect(states({ status: "skipped", phase_index: 0 }, early).map(([, state]) => state)).toEqual(["partial", "left-out", "left-out"])
  })

  it("are partial where they were ended early, with what was planned", () => {
    expect(states({}, { partial: [{ phase: "train", samples_planned: 900, samples_done: 450 }] })[0]).toEqual([
      "train",
      "partial",
      450,
      900
    ])
  })
})

describe("what can be asked of a run", () => {
  it.each([
    ["created", false, ["run.start", "run.stop"]],
    ["running", true, ["run.pause", "run.skip", "run.stop"]],
    ["validating", true, ["run.pause", "run.skip", "run.stop"]],
    ["running", false, ["run.resume", "run.stop"]],
    ["interrupted", false, ["run.resume", "run.stop"]],
    ["paused", false, ["run.resume", "run.stop"]],
    ["failed", false, ["run.resume"]],
    ["completed", false, []],
    ["skipped", false, []],
    ["cancelled", false, []]
  ])("when it is %s, held %s", (now, held, controls) => expect(controlsOf({ status: now, held })).toEqual(controls))
})

describe("why a run is in its state", () => {
  it("is what it was told, until it has done it", () => {
    expect(reasonOf(status({ pending: "pause" }), undefined)).toBe("It will pause behind its current sample.")
    expect(reasonOf(status({ pending: "pause", status: "paused" }), undefined)).toBe("It goes on from the last committed step.")
  })

  it("is its failure, and before all a brain that changed", () => {
    expect(reasonOf(status({ status: "failed", failure: "disk full" }), shown())).toBe("disk full")
    expect(
      reasonOf(
        status({ status: "failed", failure: "disk full" }),
        shown({ brain_mutated: { phase: "test", learned_hash_before: "a", learned_hash: "b" } })
      )
    ).toContain("changed in phase test")
  })

  it("needs no word while it runs", () => expect(reasonOf(status(), shown())).toBe(null))
})

it("a metric is final, so far, or not defined for a reason; never a number in its place", () => {
  const metric = { name: "accuracy", last: 0.5, min: 0, max: 1, points: 3 }
  expect(metricNow({ ...metric, final: 0.9 })).toEqual({ value: 0.9, final: true, why: null })
  expect(metricNow({ ...metric, final: null })).toEqual({ value: 0.5, final: false, why: null })
  expect(metricNow({ ...metric, final: { insufficient: "no sample" } })).toEqual({ value: null, final: true, why: "no sample" })
})

it("averages are of the whole, values of a class are not", () => {
  expect(["accuracy", "f1/macro", "f1/setosa"].map(isOfWhole)).toEqual([true, true, false])
})

describe("what was learnt in a phase", () => {
  it.each([
    ["a", "b", true, "learnt"],
    ["a", "a", true, "nothing learnt"],
    ["a", "a", false, "unchanged"],
    ["a", "b", false, "drifted"],
    ["a", null, false, "not ended"]
  ])("from %s to %s, learning %s, is %s", (before, after, learns, text) => expect(drift(before, after, learns).text).toBe(text))
})

it("an answer is its class, its silence, or its kind", () => {
  const labels = [{ class_id: 2, label: "virginica" }]
  expect(answerWords({ class: { class_id: 2 } }, labels)).toBe("virginica")
  expect(answerWords({ class: { class_id: 9 } }, labels)).toBe("class 9")
  expect(answerWords({ abstain: { reason: "silence" } }, labels)).toBe("none: silence")
  expect(answerWords({ bbox_set: [] }, labels)).toBe("bbox set")
  expect(answerWords(null, labels)).toBe("none")
})

it("a field is found by its name or by a value below it", () => {
  const tree = { plugin: { id: "misc-class", bins: 5 } }
  expect([
    holds("decoder", tree, ""),
    holds("decoder", tree, "misc"),
    holds("decoder", tree, "bins"),
    holds("decoder", tree, "reward")
  ]).toEqual([true, true, true, false])
})

it("an event says its plain values first, no hash, and of a nested one what there is", () => {
  expect(
    saying({
      cursor: { epoch: 0, next: 90 },
      phase: "train",
      checkpoint_sha256: "ab",
      feedback: { affect: { pain: {} }, teach: 2 },
      preconditions: [1, 2]
    })
  ).toBe("phase train · cursor epoch 0, next 90 · feedback teach 2, affect (pain) · 2 preconditions")
})

it("of many calls the first comes at once and the last for certain", () => {
  vi.useFakeTimers()
  try {
    let calls = 0
    const { call, stop } = throttled(() => {
      calls++
    }, 20)
    for (let at = 0; at < 10; at++) call()
    expect(calls).toBe(1)
    vi.advanceTimersByTime(20)
    expect(calls).toBe(2)
    vi.advanceTimersByTime(100)
    expect(calls).toBe(2)
    call()
    call()
    expect(calls).toBe(3)
    stop()
    vi.advanceTimersByTime(100)
    expect(calls).toBe(3)
  } finally {
    vi.useRealTimers()
  }
})

it("the metrics of a run are a table that says what is final and why there is no value", () => {
  const metric = (name: string, final: MetricFinal, last: number | null) => ({ name, final, last, min: last, max: last, points: 1 })
  const phases = [
    { phase: "train", state: "running", samples: 90, partial: false, metrics: [metric("accuracy", null, 0.1 + 0.2)] },
    {
      phase: "test",
      state: "done",
      samples: 30,
      partial: true,
      metrics: [metric("accuracy", 1, 1), metric("brier", { insufficient: "no scores, so none" }, null)]
    }
  ] as const
  expect(metricsCsv({ phases }).split("\r\n")).toEqual([
    "phase,metric,value,final,samples,partial,insufficient",
    "train,accuracy,0.30000000000000004,false,90,false,",
    "test,accuracy,1,true,30,true,",
    'test,brier,,true,30,true,"no scores, so none"',
    ""
  ])
})
