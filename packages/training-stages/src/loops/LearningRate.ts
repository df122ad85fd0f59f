/**
 * Learning rates of a training whose length is known: a name is a schedule from `learning_rate` down to 0 over all its steps, and a
 * warm-up takes its steps from the beginning of them. The schedules are those of the gradient package.
 */
import { type ScheduleSpec, scheduleOf } from "@feagi-trainer/gradient"
import * as Schema from "effect/Schema"

const Name = Schema.Literals(["constant", "linear", "cosine"])
const WarmUp = Schema.Struct({
  type: Schema.Literal("warm-up"),
  /** Optimiser steps of the ramp. */
  steps: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  followed_by: Name
})

/** `constant`, `linear`, `cosine`, or `{type: "warm-up", steps, followed_by}`. */
export const LearningRateSchedule = Schema.Union([Name, WarmUp])
export type LearningRateSchedule = typeof LearningRateSchedule.Type

const specOf = (schedule: LearningRateSchedule, learning_rate: number, steps: number): ScheduleSpec => {
  if (schedule === "constant") return { type: "constant", learning_rate }
  if (typeof schedule === "string") return { type: schedule, learning_rate, end: 0, steps }
  const rest = specOf(schedule.followed_by, learning_rate, Math.max(0, steps - schedule.steps))
  // biome-ignore lint/suspicious/noThenProperty: the schedule behind a warm-up is called so
  return { type: "warm-up", steps: schedule.steps, then: rest }
}

/** The learning rate of an optimiser step, from 0, in a training of `steps` of them. */
export const learningRateOf = (schedule: LearningRateSchedule, learningRate: number, steps: number): ((step: number) => number) =>
  scheduleOf(specOf(schedule, learningRate, steps))
