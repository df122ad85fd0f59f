/**
 * The metric pack `control`: rollouts of a learner in an environment, one for each configured initial state.
 *
 * Sharp edges: two rollouts from one initial state, and a rollout from a state that is not configured, are refused, because either turns
 * a measurement into a choice. An abstained rollout is a failed one and has no return.
 */
import { type MetricContext, MetricPack, type MetricResult, type Scored } from "@feagi-trainer/contracts"
import { controlFiles } from "./ControlFiles.ts"
import { episodeType } from "./Episode.ts"
import { addEpisode, Episodes, entriesOf, mergeEpisodes, noEpisodes } from "./Episodes.ts"
import { episodesFigure, returnsFigure } from "./Figures.ts"
import { type ControlOptions, decodeControlOptions } from "./Options.ts"
import { summarise } from "./Summarise.ts"
import { signatureOf, signaturesOf } from "./signatures.ts"
import { valuesOf } from "./Values.ts"

const requireType = ({ output_type }: MetricContext): void => {
  if (typeof output_type === "string" || output_type.custom !== episodeType)
    throw new RangeError(`the metric pack control scores output type ${episodeType}, not ${JSON.stringify(output_type)}`)
}

const resultOf = (options: ControlOptions, episodes: Episodes): MetricResult => {
  const entries = entriesOf(episodes)
  const values = valuesOf(entries)
  return {
    values,
    figures: entries.length === 0 ? [] : [returnsFigure(entries, values.return), episodesFigure(entries)],
    signatures: signaturesOf(
      options,
      entries.map(({ summary }) => summary)
    )
  }
}

/** One atom per rollout. */
const atomsOf = ({ initial_states }: ControlOptions, samples: ReadonlyArray<Scored>) => {
  const summaries = samples.map((sample) => summarise(sample, initial_states))
  const entries = entriesOf(summaries.reduce(addEpisode, noEpisodes))
  const atomAt = new Map(entries.map(({ summary }, atom) => [summary.initial_state_index, atom]))
  return {
    count: entries.length,
    atomOf: Uint32Array.from(summaries, ({ initial_state_index }) => atomAt.get(initial_state_index) ?? 0),
    values: (multiplicity: Uint32Array) =>
      valuesOf(entries.map(({ summary }, atom) => ({ summary, times: multiplicity[atom] ?? 0 })).filter(({ times }) => times > 0))
  }
}

export const control = MetricPack.define({
  id: "control",
  output_types: [episodeType],
  decodeOptions: decodeControlOptions,
  state: Episodes,
  signature: signatureOf,
  // Whether a long rollout is a good one is a matter of the task, so lengths have no direction.
  directions: {
    return: "higher-is-better",
    return_std: "lower-is-better",
    success_rate: "higher-is-better",
    violations: "lower-is-better",
    recovery_latency: "lower-is-better",
    recovered: "higher-is-better",
    stability: "higher-is-better",
    cost: "lower-is-better",
    answered: "higher-is-better",
    abstained: "lower-is-better"
  },
  start: (options: ControlOptions, context) => {
    requireType(context)
    return {
      empty: noEpisodes,
      add: (episodes: Episodes, scored) => addEpisode(episodes, summarise(scored, options.initial_states)),
      merge: mergeEpisodes,
      result: (episodes: Episodes) => resultOf(options, episodes)
    }
  },
  atoms: (options: ControlOptions, context, samples) => {
    requireType(context)
    return atomsOf(options, samples)
  },
  files: controlFiles
})
