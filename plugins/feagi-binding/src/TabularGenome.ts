/**
 * The genome of a table classifier: a sensory area (features · tilings × 1 × bins), a motor area with one voxel per class, and one plastic
 * mapping from all to all that learns only under the modulators `pleasure` (+100) and `pain` (−100).
 *
 * A synapse contributes weight · PSP. With PSP = 1 / (voxels that can fire at once · max_weight) no potential leaves [0, 1], where
 * FEAGI's MiscData decoder would clamp it.
 */
import { areaId } from "./CorticalId.ts"
import { genomeText } from "./Genome.ts"
import type { TabularOptions } from "./TabularOptions.ts"

/** Any potential at all makes an output fire: its potential is the score. */
const OUTPUT_THRESHOLD = 1e-6

/** Postsynaptic potential of the sensory area. Fractional spacing can light every bin of a feature, linear exactly one. */
export const potentialOf = ({ bins, spacing, tilings, max_weight }: TabularOptions, features: number): number =>
  1 / (features * tilings * (spacing === "linear" ? 1 : bins) * max_weight)

export const tabularGenome = (options: TabularOptions, features: number, classes: number): string => {
  const output = areaId("omis", "MiscData", 0)
  const rule = {
    morphology_id: "all_to_all",
    morphology_scalar: [1, 1, 1],
    postSynapticCurrent_multiplier: options.initial_weight,
    plasticity_flag: true,
    plasticity_mode: "stdp",
    plasticity_window: options.plasticity_window,
    plasticity_constant: 1,
    ltp_multiplier: 1,
    // A class that stays silent beside a firing input is not at fault: only pairs that fire together change.
    ltd_multiplier: 0,
    plasticity_eta: options.learning_rate,
    max_weight: options.max_weight,
    modulators: ["pleasure", "pain"]
  }
  return genomeText({
    id: `tabular-classification-1-${features}x${options.tilings}x${options.bins}x${classes}`,
    title: "Tabular classification",
    description: `${features} features in ${options.tilings} x ${options.bins} bins, ${classes} classes, learning by reward`,
    areas: [
      {
        id: areaId("iinf", "Percentage", 0, options.spacing === "linear" ? "Linear" : "Fractional"),
        name: "features",
        group: "IPU",
        size: [features * options.tilings, 1, options.bins],
        mappings: { [output]: [rule] },
        cortex: {},
        neurons: { "pstcr_-f": potentialOf(options, features) }
      },
      {
        id: output,
        name: "classes",
        group: "OPU",
        size: [classes, 1, 1],
        mappings: {},
        cortex: {},
        neurons: { "fire_t-f": OUTPUT_THRESHOLD }
      }
    ],
    modulators: [
      { name: "pleasure", magnitude_percent: 100, follows: null },
      { name: "pain", magnitude_percent: -100, follows: null }
    ],
    morphologies: {}
  })
}
