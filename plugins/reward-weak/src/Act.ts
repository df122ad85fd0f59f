/**
 * Which class the brain is made to act out while the affect is active: none, its own answer, or now and then another one.
 *
 * The label is never among the choices, so that reward is all that a brain hears of it. Exploration is a schedule and no chance: of
 * every `every` outcomes the last one is answered with the next class of the list, in turn. Sharp edge: the schedule counts outcomes,
 * so an order of samples with the same period explores the same classes on the same samples; sample in random order.
 */

import type { Feedback } from "@feagi-trainer/contracts"
import { AffectOffset } from "@feagi-trainer/contracts"
import { Schema } from "effect"

const None = Schema.Struct({ mode: Schema.Literal("none") })
const Answer = Schema.Struct({
  mode: Schema.Literal("answer"),
  /** Burst in which the sample is presented again with the class forced. */
  at: AffectOffset
})
const Explore = Schema.Struct({
  mode: Schema.Literal("explore"),
  at: AffectOffset,
  every: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
  /** Ids of the classes that are tried, in turn. */
  classes: Schema.Array(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))).check(
    Schema.makeFilter((classes) => classes.length > 0 && new Set(classes).size === classes.length, {
      expected: "at least one class id, each once"
    })
  )
})

/** For policies whose judgement is of the answer alone. */
export const PlainAct = Schema.Union([None, Answer])
export const Act = Schema.Union([None, Answer, Explore])
export type Act = typeof Act.Type

/** An act is after the affect: the affect of burst t acts in the plasticity pass of t + 1. */
export const inTime = ({ affect_at, act }: { readonly affect_at: number; readonly act: Act }): boolean =>
  act.mode === "none" || act.at > affect_at
export const inTimeExpected = "an act after the affect: act.at > affect_at"

/**
 * The class that counts as chosen after so many outcomes: the explored one when it is its turn, else the answer; nothing when the
 * brain did not answer.
 */
export const chosen = (act: Act, outcomes: number, answer: number | undefined): number | undefined => {
  if (act.mode !== "explore" || outcomes % act.every !== act.every - 1) return answer
  return act.classes[Math.floor(outcomes / act.every) % act.classes.length]
}

/** The sample again with the class forced, if there is one and it is to be acted out. */
export const actEvents = (act: Act, class_id: number | undefined): ReadonlyArray<Feedback> =>
  act.mode === "none" || class_id === undefined
    ? []
    : [
        { offset: act.at, represent: true },
        { offset: act.at, teach: { value: { class: { class_id, label: null } } } }
      ]
