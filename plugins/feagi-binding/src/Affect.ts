/**
 * Affect channels of a genome: its modulators of type `synaptic.reward`, by name. `pleasure` and `hope` strengthen (a positive
 * magnitude_percent), `pain` and `fear` weaken (a negative one); any other name is a channel of whatever sign the genome gives it.
 *
 * Sharp edge: a modulator that is not graded has one strength, that of the genome. Any other magnitude is refused, never rounded.
 */
import { type AffectChannel, type Diagnostic, didYouMean, type TrainerError, trainerError } from "@feagi-trainer/contracts"
import type { BrainModulator, Target } from "@feagi-trainer/feagi-runtime"

export type AffectChannels = ReadonlyMap<string, BrainModulator>

const signs: Readonly<Record<string, 1 | -1>> = { pleasure: 1, hope: 1, pain: -1, fear: -1 }

/** The channels, and a finding for every reserved name whose sign contradicts it. */
export const affectChannels = (
  modulators: ReadonlyArray<BrainModulator>
): { readonly channels: AffectChannels; readonly diagnostics: ReadonlyArray<Diagnostic> } => {
  const rewards = modulators.filter(({ type }) => type === "synaptic.reward")
  const diagnostics = rewards.flatMap(({ name, magnitudePercent }): ReadonlyArray<Diagnostic> => {
    const sign = signs[name]
    if (sign === undefined || Math.sign(magnitudePercent) === sign) return []
    return [
      {
        code: "embedded/AFFECT-SIGN",
        severity: "error",
        field: "brain",
        message: `the genome's modulator "${name}" has the wrong sign for an affect of that name`,
        expected: `magnitude_percent ${sign === 1 ? "> 0" : "< 0"}`,
        actual: String(magnitudePercent),
        help: "give the modulator another name or the other sign"
      }
    ]
  })
  return { channels: new Map(rewards.map((modulator) => [modulator.name, modulator])), diagnostics }
}

/** Largest magnitude in percent, and the potential that gives it; no potential where that magnitude is the only one. */
const strengthOf = ({ magnitudePercent, graded, fullScalePotential }: BrainModulator) => ({
  full: Math.abs(magnitudePercent),
  scale: graded ? fullScalePotential : null
})

/** What a brain says of its channels, so that a plan knows which magnitudes it takes. */
export const affectFacts = (channels: AffectChannels): ReadonlyArray<AffectChannel> =>
  [...channels.values()].map((modulator) => {
    const { full, scale } = strengthOf(modulator)
    return { name: modulator.name, limit: full, graded: scale !== null }
  })

/**
 * The voxel to fire for an affect. `magnitude` counts in percent, as modulators do. A graded modulator acts with
 * `magnitude_percent / 100 · min(potential / full scale, 1)`, which is solved for the potential.
 */
export const affectTarget = (channels: AffectChannels, channel: string, magnitude: number): Target | TrainerError => {
  const modulator = channels.get(channel)
  if (modulator === undefined) {
    const names = [...channels.keys()]
    const near = didYouMean(channel, names)
    return trainerError("invalid", {
      code: "embedded/AFFECT-UNKNOWN",
      field: "learner.reward.options",
      message: `the genome has no affect channel "${channel}"`,
      expected: names.length === 0 ? "a genome with modulators of type synaptic.reward" : `one of ${names.join(", ")}`,
      ...(near === undefined ? {} : { help: `did you mean "${near}"?` })
    })
  }
  const { full, scale } = strengthOf(modulator)
  const fits = scale === null ? magnitude === full : magnitude > 0 && magnitude <= full
  if (!fits)
    return trainerError("invalid", {
      code: "embedded/AFFECT-MAGNITUDE",
      field: "learner.reward.options",
      message: `the genome cannot give affect "${channel}" this magnitude`,
      expected: scale === null ? `${full}: its modulator is not graded and has one strength` : `a number above 0 and at most ${full}`,
      actual: String(magnitude),
      help: scale === null ? `write magnitude = ${full}, or make modulator "${channel}" graded in the genome` : `write at most ${full}`
    })
  const voxel = scale === null ? ([0, 0, 0] as const) : ([0, 0, 0, (scale * magnitude) / full] as const)
  return { area: modulator.driver, voxels: [voxel] }
}
