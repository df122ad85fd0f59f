/**
 * Codes for a number in spikes. All of them are known; only one is in FEAGI's core, and none stands in for another.
 */
import type { Decoded, Mistake } from "@feagi-trainer/contracts"
import { Schema } from "effect"

/** Version of the schemes: rule of the bins and of the range. A change of either is another version. */
export const SCHEME_VERSION = "1"

export const availableSchemes = ["population_single_spike"] as const
export const unavailableSchemes = ["rate", "temporal", "value"] as const

/** A scheme that is known and not there; undefined for every other value, which the schema judges. */
export const unavailableScheme = (written: unknown, path: ReadonlyArray<string>): Mistake | undefined =>
  unavailableSchemes.some((name) => name === written)
    ? {
        path,
        problem: "invalid",
        message: `encoding scheme "${String(written)}" is not available in FEAGI core; available: ${availableSchemes.join(", ")}`
      }
    : undefined

const schemeOf = (input: unknown): unknown => {
  if (typeof input !== "object" || input === null || !("scheme" in input)) return undefined
  const { scheme } = input
  return typeof scheme === "object" && scheme !== null && "scheme" in scheme ? scheme.scheme : undefined
}

/** A known scheme that FEAGI's core lacks, written as `scheme.scheme` of options, is told as such beside every other mistake. */
export const unavailableSchemeIn = <A>(input: unknown, decoded: Decoded<A>): Decoded<A> => {
  const unavailable = unavailableScheme(schemeOf(input), ["scheme", "scheme"])
  if (unavailable === undefined || decoded.ok) return decoded
  return { ok: false, mistakes: [unavailable, ...decoded.mistakes.filter(({ path }) => path.join(".") !== "scheme.scheme")] }
}

/** Binary digits that a 32-bit number can be halved into; FEAGI's encoder fires every voxel beyond. */
const MOST_DIGITS = 149

/** Of a scheme with fractional spacing: no more bins than there are digits. */
export const mostFractional = Schema.makeFilter<{ readonly bins: number; readonly spacing: "linear" | "fractional" }>(
  ({ bins, spacing }) => spacing === "linear" || bins <= MOST_DIGITS,
  { expected: `at most ${MOST_DIGITS} bins with spacing "fractional"` }
)
