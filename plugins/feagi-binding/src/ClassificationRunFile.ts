/**
 * The run file of the classification templates as commented TOML: every value that determines the result, none left to a default.
 * What a template adds is its transforms and the lines of its own options. Sharp edge: genome and encoder both say bins, spacing and
 * tilings; whoever changes one changes both, or planning refuses.
 */
import { escapeControl, type TaskTemplate } from "@feagi-trainer/contracts"
import type { TabularOptions } from "./TabularOptions.ts"

/** What a run file chooses beside the genome; picked by mean validation accuracy, see the README. */
export interface Recipe {
  readonly epochs: number
  readonly margin: number
  readonly fractions: Readonly<Record<"train" | "val" | "test", number>>
  readonly checkpoint_every: number
}

/** What makes one template's run file another than the next one's. */
export interface RunFileOf {
  readonly template: string
  readonly version: number
  readonly recipe: Recipe
  /** Of a sample, in words: `4 features`. */
  readonly what: string
  /** TOML of the transforms, without the line break at its end. */
  readonly transforms: string
  /** Lines of `[brain.generate]` before those of every table. */
  readonly generate: string
}

/** How the data are split: as their source declares, when it declares what a protocol needs, else by dealing out every class. */
const splitOf = (parts: ReadonlyArray<string>, { fractions }: Recipe): { readonly protocol: string; readonly split: string } => {
  const declares = (...names: ReadonlyArray<string>) => names.length === parts.length && names.every((name) => parts.includes(name))
  const given = `[split]
# The parts that the source of the data declares. No chance: the seed is not used.
method = "given"
seed = 0`
  if (declares("train", "test"))
    return {
      protocol: `# Learn on train, be judged on test.
protocol = "classification-train-test@1"`,
      split: given
    }
  return {
    protocol: `# Learn on train, look at val, be judged on test.
protocol = "classification-holdout@1"`,
    split: declares("train", "val", "test")
      ? given
      : `[split]
# Every class is dealt out by itself; "per-run": every seed makes its own split.
method = "stratified"
seed = "per-run"
fractions = { train = ${fractions.train}, val = ${fractions.val}, test = ${fractions.test} }`
  }
}

/** A TOML basic string. */
export const quoted = (text: string): string => JSON.stringify(text).replace(/\u007f/g, "\\u007f")

/** A TOML float, which needs a point; an exponent as JavaScript writes it is TOML as well. */
const float = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value))

type RunFileRequest = Parameters<TaskTemplate<TabularOptions>["runFile"]>[1]

export const classificationRunFile = (of: RunFileOf, options: TabularOptions, request: RunFileRequest): string => {
  const { epochs, margin, checkpoint_every } = of.recipe
  const { protocol, split } = splitOf(request.parts, of.recipe)
  return `# A FEAGI brain that learns to classify ${escapeControl(request.dataset)}: ${request.samples} samples, ${of.what}, ${request.classes.length} classes.
# Nothing that determines the result has a default: every value is written here and can be changed here.
schema_version = 1
name = ${quoted(request.name)}

${protocol}
dataset = ${quoted(request.dataset)}

# One run per seed. A seed decides split, order of the samples and what the engine draws.
seeds = [${request.seeds.join(", ")}]

# Samples per durable step. A checkpoint brings the neurons to rest, so that this is part of the result.
checkpoint_every = ${checkpoint_every}

${of.transforms}

${split}

# A fresh order of all training samples in every epoch.
[sampler]
plugin = "random"
options = {}

[training]
epochs = ${epochs}

[learner]
kind = "brain"

# The real engine in this process. What grows beyond these limits is refused before it grows.
[learner.backend]
plugin = "embedded"
options = { max_voxels = 1000000, max_synapses = 5000000, validation = "strict" }

# FEAGI's Percentage coder: the range of a feature is divided into bins, and the bin of the value fires. A feature has as many
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
constant_feature = "keep"

# One voxel per class in FEAGI's MiscData coder: the largest potential is the answer, silence is an abstention.
[learner.binding.decoder]
plugin = "misc-class"
options = { area = "omis", group = 0 }

# When the right class does not lead by more than the margin: pleasure for the right class, pain for the strongest other.
[learner.reward]
plugin = "supervised"

[learner.reward.options]
# Channels are the genome's reward modulators, magnitudes their strength in percent.
reinforce = { channel = "pleasure", magnitude = 100.0 }
suppress = { channel = "pain", magnitude = 100.0 }
# In units of the scores, which lie between 0 and 1.
margin = ${float(margin)}
# The class fires together with the sample, so that its synapses are the ones that change.
teach = true
# Bursts after the reading. An affect acts in the burst after its own.
timing = { reinforce = 0, reinforce_present = 1, suppress = 2, suppress_present = 3 }

# The sample is injected in burst 1; what it makes fire is read in burst 2.
[learner.schedule]
hold_bursts = 1
read_burst = 2
settle_bursts = 0

# The genome is made from these options and must have this hash.
[brain]
genome_sha256 = ${quoted(request.genome_sha256)}

[brain.generate]
template = ${quoted(of.template)}
version = ${of.version}
${of.generate}# Voxels per channel, how values lie on them, and channels per feature.
bins = ${options.bins}
spacing = ${quoted(options.spacing)}
tilings = ${options.tilings}
# Every synapse starts with this weight and stays between 0 and max_weight.
initial_weight = ${float(options.initial_weight)}
max_weight = ${float(options.max_weight)}
# Change of a weight by one rewarded firing of both sides.
learning_rate = ${float(options.learning_rate)}
# Bursts in which both sides must have fired; 1 pairs what fires together.
plasticity_window = ${options.plasticity_window}

[metrics]
plugin = "classification"
# A macro average that needs a value 0 / 0 is itself undefined; "zero" would count it as 0.
options = { undefined_in_macro = "insufficient" }

# Two controls, run beside the real thing: without affect events, and with permuted training labels.
[controls]
silent_reward = false
shuffled_labels = false
`
}
