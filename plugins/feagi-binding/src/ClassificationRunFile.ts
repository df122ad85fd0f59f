/**
 * The run file of the classification templates as commented TOML: every value that determines the result, none left to a default.
 * What a template adds is its transforms, its encoder, its bursts and the lines of its own options. Sharp edge: genome and encoder both
 * say how large the input area is; whoever changes one changes both, or planning refuses.
 */
import { escapeControl, type TaskRequest } from "@feagi-trainer/contracts"

/** What a run file chooses beside the genome; picked by mean validation accuracy, see the README. */
export interface Recipe {
  readonly epochs: number
  readonly margin: number
  readonly fractions: Readonly<Record<"train" | "val" | "test", number>>
  readonly checkpoint_every: number
}

/** When a sample is shown, read, taught and rewarded. */
export interface Bursts {
  /** Comment on the offsets of the feedback, in lines of TOML. */
  readonly timingSays: string
  readonly timing: Readonly<Record<"reinforce" | "reinforce_present" | "suppress" | "suppress_present", number>>
  readonly scheduleSays: string
  readonly schedule: Readonly<Record<"hold_bursts" | "read_burst" | "settle_bursts", number>>
}

/** What makes one template's run file another than the next one's. Texts are TOML without the line break at their end. */
export interface RunFileOf {
  readonly template: string
  readonly version: number
  readonly recipe: Recipe
  /** Of a sample, in words: `4 features`. */
  readonly what: string
  readonly transforms: string
  /** `[learner.binding.encoder]` and its options. */
  readonly encoder: string
  readonly bursts: Bursts
  /** Lines of `[brain.generate]` behind template and version. */
  readonly generate: string
}

/** What init knows when it asks for the run file. */
export type RunFileRequest = TaskRequest & {
  readonly name: string
  readonly seeds: ReadonlyArray<bigint>
  readonly genome_sha256: string
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
export const float = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value))

/** A TOML table of whole numbers in one line. */
const inline = (table: Readonly<Record<string, number>>): string =>
  `{ ${Object.entries(table)
    .map(([key, value]) => `${key} = ${value}`)
    .join(", ")} }`

/** The options that say how synapses learn; `which` of them, as a sentence begins. */
export const learningLines = (
  which: string,
  options: Readonly<Record<"initial_weight" | "max_weight" | "learning_rate", number>>
): string =>
  `# ${which} starts with this weight and stays between 0 and max_weight.
initial_weight = ${float(options.initial_weight)}
max_weight = ${float(options.max_weight)}
# Change of a weight by one rewarded firing of both sides.
learning_rate = ${float(options.learning_rate)}`

export const classificationRunFile = (of: RunFileOf, request: RunFileRequest): string => {
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

${of.encoder}

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
${of.bursts.timingSays}
timing = ${inline(of.bursts.timing)}

${of.bursts.scheduleSays}
[learner.schedule]
hold_bursts = ${of.bursts.schedule.hold_bursts}
read_burst = ${of.bursts.schedule.read_burst}
settle_bursts = ${of.bursts.schedule.settle_bursts}

# The genome is made from these options and must have this hash.
[brain]
genome_sha256 = ${quoted(request.genome_sha256)}

[brain.generate]
template = ${quoted(of.template)}
version = ${of.version}
${of.generate}

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
