/** The reference learner keeps every law; for each law there is one that is broken. */
import type { LearnerFamily, LearnerOutput, LearnerPins, LearnerSession } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { clockLearner, type LearnerSubject, learnerLaws, referenceSession } from "../src/index.ts"
import { proveRed } from "./proveRed.ts"
import { tabular } from "./samples.ts"

const classes = ["low", "high"].map((label, class_id) => ({ class_id, label }))
const rows = [1, 9, 2, 8, 3, 7]
const training = rows.map((x, index) => {
  const class_id = index % 2
  return { sample: tabular(`t${index}`, [x], class_id), target: { class: { class_id, label: null } } }
})
const probes = [0, 4, 6, 10].map((x, index) => tabular(`p${index}`, [x], 0))

let sessions = 0
const suite = (over: (session: LearnerSession, number: number) => Partial<LearnerSession>) => {
  const open: LearnerSubject["open"] = () =>
    Effect.sync(() => {
      const session = referenceSession(classes, 1)
      return { ...session, ...over(session, ++sessions) }
    })
  return learnerLaws({ open, training, probes })
}
/** The effect, and then a change of the broken learner's own state. */
const after = <A, E>(effect: Effect.Effect<A, E>, change: () => void) => Effect.tap(effect, () => Effect.sync(change))
const opened = (family: LearnerFamily, seed: Uint8Array) => {
  const request = { shape: { kind: "tabular", features: [{ name: "x", min: 0, max: 10 }] }, output_type: "class", classes, seed } as const
  const lookup = () => Effect.die("no plugin is needed")
  const pins: LearnerPins = { kind: family.kind, resolved: {}, treatment: {}, wire: {}, initial_hash: "" }
  return family.open({ ...request, pins, lookup, controls: { silent_reward: false } })
}

const shifted = (outputs: ReadonlyArray<LearnerOutput>, by: number) => outputs.map((output): LearnerOutput => ({ ...output, scores: [by] }))

const worthless = (outputs: ReadonlyArray<LearnerOutput>, raw: number) =>
  outputs.map((output): LearnerOutput => ({ ...output, reward: { raw, shaped: 0 } }))

const repeats = "the same seed and samples give the same outputs and the same learned hash"
const goesOn = "a session that promises an identical continuation goes on after restore() like the one that was saved"
const worth = "an answer is worth something in training alone, raw and shaped finite"
const counted = "activity is counted from 0 on and never runs backwards"

proveRed("learnerLaws", () => suite(() => ({})), [
  [
    "answers by a clock until its first checkpoint",
    () =>
      suite((session, number) => {
        let noise = number
        return {
          train: (batch) => Effect.map(session.train(batch), (outputs) => shifted(outputs, noise)),
          checkpoint: after(session.checkpoint, () => {
            noise = 0
          }),
          restore: (bytes) =>
            after(session.restore(bytes), () => {
              noise = 0
            })
        }
      }),
    repeats
  ],
  [
    "answers by a clock",
    () => suite((session, number) => ({ train: (batch) => Effect.map(session.train(batch), (outputs) => shifted(outputs, number)) })),
    [repeats, goesOn]
  ],
  [
    "is the clock learner",
    () => {
      let time = 0
      const family = clockLearner(() => ++time)
      return learnerLaws({ open: (seed) => opened(family, seed), training, probes })
    },
    [repeats, goesOn]
  ],
  [
    "leaves the last sample unanswered",
    () => suite((session) => ({ train: (batch) => Effect.map(session.train(batch), (outputs) => outputs.slice(0, -1)) })),
    "every sample is answered, and no sample changes nothing"
  ],
  [
    "has a short hash",
    () => suite((session) => ({ learnedHash: Effect.map(session.learnedHash, (hash) => hash.slice(0, 12)) })),
    "both hashes are SHA-256, and learning changes the learned one"
  ],
  [
    "learns nothing",
    () => suite((session) => ({ learnedHash: Effect.succeed("0".repeat(64)), fullHash: session.fullHash })),
    "both hashes are SHA-256, and learning changes the learned one"
  ],
  [
    "learns from what it is asked",
    () =>
      suite((session) => {
        let frozen = false
        return {
          freeze: after(session.freeze, () => {
            frozen = true
          }),
          predict: (batch) =>
            Effect.tap(session.predict(batch), () =>
              frozen ? Effect.void : session.train(batch.map((sample) => ({ sample, target: { class: { class_id: 0, label: null } } })))
            )
        }
      }),
    "predict keeps the learned hash"
  ],
  [
    "hashes what no checkpoint restores",
    () => suite((_, number) => ({ fullHash: Effect.succeed(String(number).padStart(64, "0")) })),
    "a restored checkpoint has the full hash of the session that it was taken from"
  ],
  [
    "answers differently once it was restored",
    () =>
      suite((session) => {
        let restored = 0
        return {
          predict: (batch) => Effect.map(session.predict(batch), (outputs) => (restored === 0 ? outputs : shifted(outputs, restored))),
          restore: (bytes) =>
            after(session.restore(bytes), () => {
              restored = 1
            })
        }
      }),
    goesOn
  ],
  [
    "keeps what it had learnt when it is restored",
    () =>
      suite((session) => {
        let trained = false
        return {
          train: (batch) =>
            after(session.train(batch), () => {
              trained ||= batch.length > 0
            }),
          restore: (bytes) => (trained ? referenceSession(classes, 1).restore(bytes) : session.restore(bytes))
        }
      }),
    "a restored checkpoint replaces what was learnt before"
  ],
  ["promises something else", () => suite(() => ({ continuation: "perhaps" as "identical" })), goesOn],
  [
    "learns from being saved",
    () =>
      suite((session) => {
        let saved = 0
        return {
          checkpoint: after(session.checkpoint, () => {
            saved = 1
          }),
          restore: (bytes) =>
            after(session.restore(bytes), () => {
              saved = 1
            }),
          learnedHash: Effect.map(session.learnedHash, (hash) => (saved === 0 ? hash : hash.replace(/./, "0")))
        }
      }),
    "a look at hashes, checkpoint and activity teaches nothing"
  ],
  [
    "rewards a prediction",
    () => suite((session) => ({ predict: (batch) => Effect.map(session.predict(batch), (outputs) => worthless(outputs, 1)) })),
    worth
  ],
  [
    "is rewarded with no number",
    () => suite((session) => ({ train: (batch) => Effect.map(session.train(batch), (outputs) => worthless(outputs, Number.NaN)) })),
    worth
  ],
  [
    "counts what is left to do",
    () => suite((session) => ({ activity: Effect.map(session.activity, ({ answers = 0 }) => ({ left: 100 - answers })) })),
    counted
  ],
  ["has done less than nothing", () => suite(() => ({ activity: Effect.succeed({ answers: -1 }) })), counted],
  [
    "takes any bytes for a checkpoint",
    () => suite((session) => ({ restore: (bytes) => Effect.ignore(session.restore(bytes)) })),
    "bytes that are no checkpoint are refused"
  ],
  ["does not freeze", () => suite(() => ({ freeze: Effect.void })), "nothing is learnt after freeze, and answers still come"],
  [
    "starts its clock again for every prediction",
    () =>
      suite((session) => ({
        predict: (batch) => Effect.map(session.predict(batch), (outputs) => outputs.map((output) => ({ ...output, tick: 0 })))
      })),
    "the clock of the learner never runs backwards"
  ]
])
