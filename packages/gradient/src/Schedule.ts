/**
 * Learning rates as functions of the step, from 0. A schedule is a pure function of its description: nothing has to be saved, and a
 * resumed training reads the rate of its next step. Computed in doubles from + − × ÷ alone.
 *
 * Sharp edge: a step here is an optimiser step, counted from 0, while Adam counts from 1. Behind its `steps` a schedule stays at its end.
 */

import { didYouMean, showValue } from "@feagi-trainer/contracts"
import { cosPi } from "@feagi-trainer/determinism"
import * as Schema from "effect/Schema"
import { decodeOrThrow, SpecError, within } from "./SpecProblem.ts"

const Rate = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))
const Steps = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

const Constant = Schema.Struct({ type: Schema.Literal("constant"), learning_rate: Rate })
const Linear = Schema.Struct({ type: Schema.Literal("linear"), learning_rate: Rate, end: Rate, steps: Steps })
const Cosine = Schema.Struct({ type: Schema.Literal("cosine"), learning_rate: Rate, end: Rate, steps: Steps })

/** Description of a schedule. `type` chooses the kind; a further kind brings its own fields. */
export interface ScheduleSpec {
  readonly type: string
  readonly [option: string]: unknown
}

/** The learning rate of a step, which counts from 0. */
export type Schedule = (step: number) => number

/** How one kind of schedule is decoded and opened. `scheduleOf` opens a schedule inside of it. */
export interface ScheduleKind {
  readonly type: string
  readonly schema: Schema.Codec<unknown, unknown>
  readonly open: (spec: unknown, scheduleOf: (spec: unknown) => Schedule) => Schedule
}

/** Makes a kind of schedule; its options are decoded strictly before `open` sees them. */
export const defineSchedule = <S>(
  type: string,
  schema: Schema.Codec<S, unknown>,
  open: (spec: S, inner: (spec: unknown) => Schedule) => Schedule
): ScheduleKind => ({ type, schema, open: (spec, inner) => open(decodeOrThrow(`schedule of type "${type}"`, schema, spec), inner) })

/** The same rate at every step. */
export const constant = defineSchedule(
  "constant",
  Constant,
  ({ learning_rate }) =>
    () =>
      learning_rate
)

/** Rate r(s) = start + (end − start)·s / steps, and `end` from step `steps` on. With `steps` 0 it is `end` at once. */
export const linear = defineSchedule("linear", Linear, ({ learning_rate, end, steps }) => (step) => {
  if (step >= steps) return end
  return learning_rate + ((end - learning_rate) * step) / steps
})

/**
 * Rate r(s) = end + ½·(start − end)·(1 + cos(π·s / steps)), and `end` from step `steps` on: Loshchilov and Hutter, "SGDR: Stochastic
 * Gradient Descent with Warm Restarts", ICLR 2017, equation 5, without restarts. With `steps` 0 it is `end` at once.
 */
export const cosine = defineSchedule("cosine", Cosine, ({ learning_rate, end, steps }) => (step) => {
  if (step >= steps) return end
  if (step === 0) return learning_rate
  return end + 0.5 * (learning_rate - end) * (1 + cosPi(step / steps))
})

// biome-ignore lint/suspicious/noThenProperty: a schedule is data that nobody awaits, and "then" is what it says
const WarmUp = Schema.Struct({ type: Schema.Literal("warm-up"), steps: Steps, then: Schema.Unknown })

/**
 * A ramp before another schedule: rate r(s) = then(0)·(s + 1) / (steps + 1) for the first `steps` steps, then(s − steps) behind them, so no
 * step is spent at rate 0 and none twice at the full rate (the gradual warm-up of Goyal et al., "Accurate, Large Minibatch SGD", 2017,
 * §2.2).
 */
export const warmUp = defineSchedule("warm-up", WarmUp, ({ steps, then }, inner) => {
  const after = within("then", () => inner(then))
  const full = after(0)
  return (step) => (step < steps ? (full * (step + 1)) / (steps + 1) : after(step - steps))
})

/** The schedules that come with the package, by type. */
export const scheduleKinds: ReadonlyMap<string, ScheduleKind> = new Map([constant, linear, cosine, warmUp].map((kind) => [kind.type, kind]))

/**
 * The schedule that `spec` describes: constant, linear, cosine, warm-up, or one of `kinds`.
 * Throws {@link SpecError} with every mistake; the schedule itself throws `RangeError` on a step that is no integer of at least 0.
 */
export const scheduleOf = (spec: ScheduleSpec, kinds: ReadonlyMap<string, ScheduleKind> = scheduleKinds): Schedule => {
  const open = (inner: unknown): Schedule => {
    const type = typeof inner === "object" && inner !== null && "type" in inner ? inner.type : undefined
    const kind = typeof type === "string" ? kinds.get(type) : undefined
    if (kind === undefined) throw unknownType("schedule", type, kinds.keys())
    return kind.open(inner, open)
  }
  const rate = open(spec)
  return (step) => {
    if (Number.isSafeInteger(step) && step >= 0) return rate(step)
    throw new RangeError(`a schedule is asked for a step that is an integer of at least 0, not ${step}`)
  }
}

/** The error for a `type` that no kind has, with the nearest one. */
export const unknownType = (what: string, type: unknown, known: Iterable<string>): SpecError => {
  const names = [...known]
  const near = typeof type === "string" ? didYouMean(type, names) : undefined
  return new SpecError(what, [
    {
      path: ["type"],
      message: type === undefined ? "is required and missing" : "has the wrong value",
      expected: `one of ${names.map((name) => `"${name}"`).join(", ")}`,
      actual: showValue(type),
      ...(near === undefined ? {} : { help: `did you mean "${near}"?` })
    }
  ])
}
