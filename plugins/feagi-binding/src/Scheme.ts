/**
 * Codes for a number in spikes. All of them are known; only one is in FEAGI's core, and none stands in for another.
 */
import type { Mistake } from "@feagi-trainer/contracts"

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
