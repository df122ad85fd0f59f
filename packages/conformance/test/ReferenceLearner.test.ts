/** The reference learner against answers computed by hand, as session and as family. */
import type { IRSample, LearnerFamily, LearnerOutput, LearnerPins } from "@feagi-trainer/contracts"
import { Effect, Stream } from "effect"
import { describe, expect, it } from "vitest"
import { clockLearner, referenceLearner, referenceSession } from "../src/index.ts"
import { tabular } from "./samples.ts"

const classes = ["ant", "bee"].map((label, class_id) => ({ class_id, label }))
const shape = { kind: "tabular", features: [{ name: "x", min: 0, max: 10 }] } as const
const lookup = () => Effect.die("the reference learner needs no plugin")
const seed = new Uint8Array(32)
const lesson = (x: number, class_id: number) => ({ sample: tabular(`t-${x}`, [x], class_id), target: { class: { class_id, label: null } } })
const probe = (x: number): IRSample => tabular(`p-${x}`, [x], 0)
const classOf = ({ answer }: LearnerOutput) => ("class" in answer ? answer.class.class_id : "abstain")
const request = { shape, output_type: "class", classes, seed, lookup } as const
const size = { training_samples: 0, epochs: 1, checkpoint_every: 1, controls: { silent_reward: false } }

const planned = (family: LearnerFamily): LearnerPins => {
  const plan = Effect.runSync(
    Effect.scoped(family.plan({ ...request, ...size, experience: "sample", section: { kind: family.kind }, training: Stream.empty }))
  )
  if (!plan.ok) throw new Error(JSON.stringify(plan.diagnostics))
  return plan.pins
}
const opened = (family: LearnerFamily) =>
  Effect.runSync(Effect.scoped(family.open({ ...request, pins: planned(family), controls: { silent_reward: false } })))

describe("referenceSession()", () => {
  it("abstains before it learnt anything, answers the nearest mean afterwards", () => {
    const session = referenceSession(classes, 1)
    const outputs = Effect.runSync(session.train([lesson(0, 0), lesson(4, 0), lesson(10, 1)]))
    expect(outputs.map(classOf)).toEqual(["abstain", 0, 0])
    // The means are 2 and 10: 5.9 is nearer to 2, 6.1 to 10, and 6 as near to both.
    expect(Effect.runSync(session.predict([5.9, 6.1, 6].map(probe))).map(classOf)).toEqual([0, 1, 0])
  })

  it("scores by the negative squared distance in thousandths, once every class was seen", () => {
    const session = referenceSession(classes, 1)
    Effect.runSync(session.train([lesson(1, 0)]))
    expect(Effect.runSync(session.predict([probe(3)]))[0]).toEqual({ answer: { class: { class_id: 0, scores: [] } }, tick: 2 })
    Effect.runSync(session.train([lesson(2, 0), lesson(4, 1)]))
    expect(Effect.runSync(session.predict([probe(3)]))[0]?.scores).toEqual([-2_250_000, -1_000_000])
  })

  it("has the mean of 0.1, 0.2 and 0.3 at exactly 0.2, where a sum of doubles has not", () => {
    const session = referenceSession(classes, 1)
    Effect.runSync(session.train([lesson(0.1, 0), lesson(0.2, 0), lesson(0.3, 0), lesson(1, 1)]))
    expect(Effect.runSync(session.predict([probe(0.2)]))[0]?.scores?.[0]).toBe(0)
  })

  it("names the sample that it cannot read", () => {
    const session = referenceSession(classes, 1)
    const { diagnostics } = Effect.runSync(Effect.flip(session.predict([tabular("wide", [1, 2], 0)])))
    expect(diagnostics[0]).toMatchObject({ sample_id: "wide", expected: "1 features", actual: "2" })
    expect(Effect.runSync(Effect.flip(session.predict([tabular("wild", [Number.NaN], 0)]))).diagnostics[0].sample_id).toBe("wild")
    expect(Effect.runSync(Effect.flip(session.train([lesson(1, 7)]))).diagnostics[0]).toMatchObject({
      sample_id: "t-1",
      expected: "a class, one of 0, 1"
    })
  })

  it("refuses to learn when it is frozen", () => {
    const session = referenceSession(classes, 1)
    Effect.runSync(session.freeze)
    expect(Effect.runSync(Effect.flip(session.train([lesson(1, 0)]))).diagnostics[0].code).toBe("reference/FROZEN")
  })
})

describe("referenceLearner", () => {
  it("plans what it needs to be opened, and opens as it was planned", () => {
    const pins = planned(referenceLearner)
    expect(pins).toMatchObject({
      kind: "reference",
      resolved: { kind: "reference", features: 1, classes: [0, 1] },
      treatment: { learner: "reference" }
    })
    expect(Effect.runSync(opened(referenceLearner).learnedHash)).toBe(pins.initial_hash)
  })

  it("gives a session of its own to each run of one effect", () => {
    const open = Effect.scoped(referenceLearner.open({ ...request, pins: planned(referenceLearner), controls: { silent_reward: false } }))
    const [one, two] = [Effect.runSync(open), Effect.runSync(open)]
    Effect.runSync(one.train([lesson(1, 0)]))
    expect(Effect.runSync(two.learnedHash)).not.toBe(Effect.runSync(one.learnedHash))
  })

  it("names every reason why it cannot learn, at once", () => {
    const plan = Effect.runSync(
      Effect.scoped(
        referenceLearner.plan({
          ...request,
          ...size,
          experience: "step",
          section: { kind: "reference", rate: 0.1 },
          shape: { kind: "custom", type: "a#b", detail: null },
          output_type: "scalar",
          classes: [],
          training: Stream.empty
        })
      )
    )
    expect(plan.ok ? [] : plan.diagnostics.map(({ field }) => field)).toEqual([
      "learner.rate",
      "dataset",
      "dataset",
      "dataset",
      "learner.kind"
    ])
  })
})

describe("clockLearner()", () => {
  it("learns the same and answers differently when the clock differs", () => {
    const at = (time: number) => {
      const session = opened(clockLearner(() => time))
      Effect.runSync(session.train([lesson(0, 0), lesson(10, 1)]))
      return { learned: Effect.runSync(session.learnedHash), answers: Effect.runSync(session.predict([probe(1), probe(9)])).map(classOf) }
    }
    expect(at(0).answers).toEqual([0, 1])
    expect(at(1).answers).toEqual([1, 0])
    expect(at(0).learned).toBe(at(1).learned)
  })
})
