/**
 * The laws of a learner: what it learnt is a function of pins, seed and samples, and a checkpoint holds all of it.
 *
 * Sharp edges: a brain resets transient state on both sides of a checkpoint, so outputs are compared after the same checkpoint, never
 * with and without one. A learner that does not promise to go on alike after `restore` is not asked to.
 */
import {
  type IRSample,
  type LearnerOutput,
  type LearnerSample,
  type LearnerSession,
  showValue,
  TrainerError
} from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { breakLaw, expectDifferent, expectSame } from "./Broken.ts"
import type { Law } from "./Law.ts"

export interface LearnerSubject {
  /** A fresh session; the same seed has to give the same learner. */
  readonly open: (seed: Uint8Array) => Effect.Effect<LearnerSession, TrainerError, Scope.Scope>
  /** At least four samples from which something is learnt. */
  readonly training: ReadonlyArray<LearnerSample>
  /** At least one sample to be answered. */
  readonly probes: ReadonlyArray<IRSample>
}

const seedBytes = new Uint8Array(32).fill(7)

/** Counters of what a brain has, which may shrink; all others are of what was done. */
const sizes: ReadonlyArray<string> = ["neurons", "synapses"]

const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)

/** The laws for the learner that `open` gives; each law opens sessions of its own. */
export const learnerLaws = (subject: LearnerSubject): ReadonlyArray<Law> => {
  const { training, probes } = subject
  const half = training.length >> 1
  const open = Effect.suspend(() => subject.open(seedBytes))
  const law = (name: string, check: Effect.Effect<void, TrainerError, Scope.Scope>): Law => ({
    name,
    check: () => Effect.runPromise(Effect.scoped(check))
  })
  const trained = Effect.fnUntraced(function* (samples: ReadonlyArray<LearnerSample>) {
    const session = yield* open
    const outputs = yield* session.train(samples)
    return { session, outputs }
  })

  return [
    law(
      "the same seed and samples give the same outputs and the same learned hash",
      Effect.gen(function* () {
        const one = yield* trained(training)
        const two = yield* trained(training)
        expectSame("the outputs of two sessions", one.outputs, two.outputs)
        expectSame("the learned hash of two sessions", yield* one.session.learnedHash, yield* two.session.learnedHash)
      })
    ),
    law(
      "every sample is answered, and no sample changes nothing",
      Effect.gen(function* () {
        const { session, outputs } = yield* trained(training)
        expectSame("the number of outputs of train()", training.length, outputs.length)
        expectSame("the number of outputs of predict()", probes.length, (yield* session.predict(probes)).length)
        const before = yield* session.learnedHash
        expectSame("the outputs for no sample", [[], []], [yield* session.train([]), yield* session.predict([])])
        expectSame("the learned hash after no sample", before, yield* session.learnedHash)
      })
    ),
    law(
      "both hashes are SHA-256, and learning changes the learned one",
      Effect.gen(function* () {
        const session = yield* open
        const before = yield* session.learnedHash
        for (const hash of [before, yield* session.fullHash])
          if (!isHash(hash)) breakLaw("a hash", "64 lower-case hex digits", showValue(hash))
        yield* session.train(training)
        expectDifferent("the learned hash before and after training", "two hashes", before, yield* session.learnedHash)
      })
    ),
    law(
      "predict keeps the learned hash",
      Effect.gen(function* () {
        const { session } = yield* trained(training)
        const before = yield* session.learnedHash
        yield* session.predict(probes)
        expectSame("the learned hash after predict()", before, yield* session.learnedHash)
      })
    ),
    law(
      "a restored checkpoint has the full hash of the session that it was taken from",
      Effect.gen(function* () {
        const { session } = yield* trained(training.slice(0, half))
        const bytes = yield* session.checkpoint
        const other = yield* open
        // Whoever keeps what it said before would say it again.
        yield* other.fullHash
        yield* other.restore(bytes)
        expectSame("the full hash after restore()", yield* session.fullHash, yield* other.fullHash)
      })
    ),
    law(
      "a session that promises an identical continuation goes on after restore() like the one that was saved",
      Effect.gen(function* () {
        const { session } = yield* trained(training.slice(0, half))
        const promised: string = session.continuation
        if (promised !== "identical" && promised !== "not-identical")
          return breakLaw("continuation", '"identical" or "not-identical"', showValue(promised))
        if (promised === "not-identical") return
        const bytes = yield* session.checkpoint
        const other = yield* open
        yield* other.restore(bytes)
        const rest = training.slice(half)
        const expected: ReadonlyArray<LearnerOutput> = [...(yield* session.train(rest)), ...(yield* session.predict(probes))]
        expectSame("the outputs after restore()", expected, [...(yield* other.train(rest)), ...(yield* other.predict(probes))])
        expectSame("the learned hash, further on", yield* session.learnedHash, yield* other.learnedHash)
      })
    ),
    law(
      "a restored checkpoint replaces what was learnt before",
      Effect.gen(function* () {
        const bytes = yield* (yield* trained(training.slice(0, half))).session.checkpoint
        const { session } = yield* trained(training.slice(half))
        const fresh = yield* open
        yield* fresh.restore(bytes)
        yield* session.restore(bytes)
        expectSame("the learned hash of a session that had learnt something else", yield* fresh.learnedHash, yield* session.learnedHash)
      })
    ),
    law(
      "a look at hashes, checkpoint and activity teaches nothing",
      Effect.gen(function* () {
        const { session } = yield* trained(training.slice(0, half))
        const before = yield* session.learnedHash
        yield* session.fullHash
        yield* session.activity
        yield* session.checkpoint
        expectSame("the learned hash after a look", before, yield* session.learnedHash)
      })
    ),
    law(
      "an answer is worth something in training alone, raw and shaped finite",
      Effect.gen(function* () {
        const { session, outputs } = yield* trained(training)
        for (const { reward } of outputs) {
          if (reward === undefined) continue
          const record: Readonly<Record<string, unknown>> = { ...reward }
          if (!Number.isFinite(record.raw) || !Number.isFinite(record.shaped))
            breakLaw("the reward of an output of train()", "{raw, shaped}, finite numbers", showValue(record))
        }
        for (const { reward } of yield* session.predict(probes))
          if (reward !== undefined)
            breakLaw("the reward of an output of predict()", "none: nobody judges outside of training", showValue(reward))
      })
    ),
    law(
      "activity is counted from 0 on and never runs backwards",
      Effect.gen(function* () {
        const session = yield* open
        let last: Readonly<Record<string, number>> = {}
        const look = Effect.fnUntraced(function* (when: string) {
          const counts = yield* session.activity
          for (const [name, count] of Object.entries(counts)) {
            if (!Number.isFinite(count) || count < 0) breakLaw(`${name} of activity ${when}`, "a finite number from 0", String(count))
            const before = last[name] ?? 0
            if (!sizes.includes(name) && count < before)
              breakLaw(`${name} of activity ${when}`, `at least ${before}, as before`, String(count))
          }
          last = counts
        })
        yield* look("after open()")
        yield* session.train(training)
        yield* look("after train()")
        yield* session.predict(probes)
        yield* look("after predict()")
      })
    ),
    law(
      "bytes that are no checkpoint are refused",
      Effect.gen(function* () {
        const { session } = yield* trained(training)
        const before = yield* session.learnedHash
        const came = yield* Effect.exit(session.restore(Uint8Array.of(1, 2, 3)))
        if (came._tag === "Success") breakLaw("restore() of three bytes", "a TrainerError", "success")
        else if (!came.cause.reasons.some((each) => each._tag === "Fail" && each.error instanceof TrainerError))
          breakLaw("restore() of three bytes", "a TrainerError", String(came.cause))
        expectSame("the learned hash after a refused restore()", before, yield* session.learnedHash)
      })
    ),
    law(
      "nothing is learnt after freeze, and answers still come",
      Effect.gen(function* () {
        const { session } = yield* trained(training.slice(0, half))
        yield* session.freeze
        const before = yield* session.learnedHash
        expectSame("the number of outputs of predict() after freeze", probes.length, (yield* session.predict(probes)).length)
        // Whether a frozen learner refuses to train or answers without learning is its own choice.
        yield* Effect.exit(session.train(training.slice(half)))
        expectSame("the learned hash after freeze, predict() and train()", before, yield* session.learnedHash)
      })
    ),
    law(
      "the clock of the learner never runs backwards",
      Effect.gen(function* () {
        const { session, outputs } = yield* trained(training)
        let last = 0
        for (const { tick } of [...outputs, ...(yield* session.predict(probes))]) {
          if (!(Number.isFinite(tick) && tick >= last)) breakLaw("the tick of an output", `a number from ${last}`, String(tick))
          last = tick
        }
      })
    )
  ]
}
