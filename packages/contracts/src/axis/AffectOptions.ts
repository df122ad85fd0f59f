/**
 * What reward policies that speak in affects have in common: a channel with a magnitude, an offset, and how a judgement becomes a share of
 * the magnitude. They stand here so that an option of one name means one thing in every policy.
 *
 * Sharp edge: a modulator that is not graded has one strength. On such a brain only `whole` can be delivered; a graded magnitude is
 * refused by the plan.
 */
import * as Schema from "effect/Schema"
import type { AffectUse, Feedback } from "./RewardPolicy.ts"

/** Largest magnitude of an affect. FEAGI's modulators count in percent. */
export const LARGEST_AFFECT = 100
/** Largest offset in bursts: feedback that comes later belongs to what comes next. */
export const LAST_AFFECT_OFFSET = 16

export const AffectOption = Schema.Struct({
  /** The name of a modulator of the brain, `pleasure` say. */
  channel: Schema.String.check(
    Schema.isPattern(/^[A-Za-z_][A-Za-z0-9_.-]*$/, { expected: "a channel name: letters, digits, . _ -, not starting with a digit" })
  ),
  magnitude: Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(LARGEST_AFFECT))
})
export type AffectOption = typeof AffectOption.Type

/** Bursts from the end of the reading. An affect that fires in burst t is active in the plasticity pass of burst t + 1. */
export const AffectOffset = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: LAST_AFFECT_OFFSET }))

const Graded = Schema.Struct({
  mode: Schema.Literal("graded"),
  /** What is judged by this much or more gets the whole magnitude. */
  full: Schema.Finite.check(Schema.isGreaterThan(0))
})
const Whole = Schema.Struct({
  mode: Schema.Literal("whole"),
  /** What is judged by no more than this gets nothing. */
  above: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))
})

/** How a judgement becomes a share of the magnitude: in proportion, or all of it. */
export const AffectStrength = Schema.Union([Graded, Whole])
export type AffectStrength = typeof AffectStrength.Type

/** Share of the magnitude from -1 to 1, with the sign of the judgement; 0 is no event. */
export const affectShare = (strength: AffectStrength, judgement: number): number => {
  if (strength.mode === "whole") return Math.abs(judgement) > strength.above ? Math.sign(judgement) : 0
  return Math.max(-1, Math.min(1, judgement / strength.full))
}

/** One affect for a share other than 0: on the first channel above it, on the second one below. */
export const affectFeedback = (up: AffectOption, down: AffectOption, share: number, offset: number): ReadonlyArray<Feedback> => {
  const { channel, magnitude } = share > 0 ? up : down
  const strength = Math.abs(share) * magnitude
  // A share that is too small for a number of its own is none.
  return strength === 0 ? [] : [{ offset, affect: { channel, magnitude: strength } }]
}

/**
 * The channels of a policy, by the names of their options. A graded strength gives any share of the magnitude, the whole one nothing less
 * than all of it.
 */
export const affectUses = (affects: Readonly<Record<string, AffectOption>>, mode: AffectStrength["mode"]): ReadonlyArray<AffectUse> =>
  Object.entries(affects).map(([name, { channel, magnitude }]) => ({
    channel,
    least: mode === "graded" ? 0 : magnitude,
    limit: magnitude,
    path: [name]
  }))
