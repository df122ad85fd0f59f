/**
 * What the run files of the templates that make tables share: FEAGI's Percentage coder, two bursts for a sample, and the lines of the
 * options. Sharp edge: bins, spacing and tilings stand in the encoder and in the genome's options, and planning refuses a pair that differs.
 */
import { type Bursts, learningLines, quoted } from "./ClassificationRunFile.ts"
import type { TabularOptions } from "./TabularOptions.ts"

export const percentageEncoder = (options: TabularOptions): string =>
  `# FEAGI's Percentage coder: the range of a feature is divided into bins, and the bin of the value fires. A feature has as many
# channels as there are tilings, each with its bins shifted a little, so that near values share spikes.
[learner.binding.encoder]
plugin = "percentage"

[learner.binding.encoder.options]
# bins, spacing and tilings are also those of the genome, see [brain.generate].
scheme = { scheme = "population_single_spike", bins = ${options.bins}, spacing = ${quoted(options.spacing)}, tilings = ${options.tilings} }
# Sensory unit (Infrared, group 0) whose area the genome has.
area = "iinf"
group = 0
# Smallest and largest value of each feature in the training samples; or write [[low, high], ...], one pair per feature.
range = "train"
# Samples of val and test may lie outside of that range: "clip" takes its nearer end, "refuse" ends the run.
out_of_range = "clip"
# A feature with one value in all training samples: "keep" leaves it in (it tells nothing), "refuse" ends the run.
constant_feature = "keep"`

export const tabularBursts: Bursts = {
  timingSays: "# Bursts after the reading. An affect acts in the burst after its own.",
  timing: { reinforce: 0, reinforce_present: 1, suppress: 2, suppress_present: 3 },
  scheduleSays: "# The sample is injected in burst 1; what it makes fire is read in burst 2.",
  schedule: { hold_bursts: 1, read_burst: 2, settle_bursts: 0 }
}

export const tabularLines = (options: TabularOptions): string =>
  `# Voxels per channel, how values lie on them, and channels per feature.
bins = ${options.bins}
spacing = ${quoted(options.spacing)}
tilings = ${options.tilings}
${learningLines("Every synapse", options)}
# Bursts in which both sides must have fired; 1 pairs what fires together.
plasticity_window = ${options.plasticity_window}`
