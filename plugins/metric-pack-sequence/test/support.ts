/** Samples, folds and oracle files for the tests of this plugin. */
import { readFileSync } from "node:fs"
import type { MetricResult, Scored } from "@feagi-trainer/contracts"
import { sequence, sequenceTags, TAGS, TEXT } from "../src/index.ts"

const silent = { abstain: { reason: "silent" } } as const

/** An answer to a text; undefined is none. */
export const textSample = (index: number, answer: string | undefined, references: string | ReadonlyArray<string>): Scored => ({
  sample_id: `s-${index}`,
  target: { custom: { type: TEXT, value: references } },
  prediction: answer === undefined ? silent : { custom: { type: TEXT, value: answer } }
})

/** Tags separated by blanks; undefined is no answer. */
export const tagSample = (index: number, answer: string | undefined, truth: string): Scored => ({
  sample_id: `s-${index}`,
  target: { custom: { type: TAGS, value: tagsOf(truth) } },
  prediction: answer === undefined ? silent : { custom: { type: TAGS, value: tagsOf(answer) } }
})

const tagsOf = (tags: string): ReadonlyArray<string> => (tags === "" ? [] : tags.split(" "))

const decoded = <A>(result: { readonly ok: true; readonly value: A } | { readonly ok: false; readonly mistakes: unknown }): A => {
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes))
  return result.value
}

export const textContext = { output_type: { custom: TEXT }, classes: [] } as const
export const tagContext = { output_type: { custom: TAGS }, classes: [] } as const

export const textOptions = (options: object) => decoded(sequence.decodeOptions(options))
export const tagOptions = (options: object) => decoded(sequenceTags.decodeOptions(options))

export const scoreTexts = (samples: ReadonlyArray<Scored>, options: object = {}): MetricResult => {
  const fold = sequence.start(textOptions(options), textContext)
  return fold.result(samples.reduce(fold.add, fold.empty))
}

export const scoreTags = (samples: ReadonlyArray<Scored>, options: object = {}): MetricResult => {
  const fold = sequenceTags.start(tagOptions(options), tagContext)
  return fold.result(samples.reduce(fold.add, fold.empty))
}

export const oracle = <A>(name: string): A => JSON.parse(readFileSync(new URL(`./oracle/${name}.json`, import.meta.url), "utf8")) as A
