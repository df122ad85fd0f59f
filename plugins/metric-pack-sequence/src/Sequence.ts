/**
 * The metric pack `sequence`: texts against reference texts. Exact match, BLEU, chrF, TER and ROUGE.
 *
 * Sharp edges: a target is a text or a list of texts, each of which would be right. A sample without an answer counts as an empty text that
 * is never an exact match: it shortens BLEU, is all edits in TER, and is 0 in ROUGE.
 */
import {
  isAbstain,
  type MetricContext,
  type MetricFiles,
  MetricPack,
  optionsOfTexts,
  type Scored,
  showValue,
  type TypedTarget
} from "@feagi-trainer/contracts"
import { textCodes } from "./Codes.ts"
import { readLines } from "./Lines.ts"
import { textAtoms } from "./TextAtoms.ts"
import { textFigures } from "./TextFigures.ts"
import { decodeTextOptions, type TextOptions } from "./TextOptions.ts"
import { measure, mergeText, noText, type Segment, TextSums } from "./TextSums.ts"
import { textSignature, textSignatures, textValues } from "./TextValues.ts"

/** Output type of samples whose answer is a text, and type of their targets and answers. */
export const TEXT = "@feagi-trainer/metric-pack-sequence#text"

const refuse = (sampleId: string, side: string, expected: string, value: unknown): never => {
  throw new RangeError(`sample "${sampleId}": its ${side} is ${showValue(value)}, expected ${expected}`)
}

const customValue = (sampleId: string, side: string, value: TypedTarget | Exclude<Scored["prediction"], { abstain: unknown }>): unknown =>
  "custom" in value && value.custom.type === TEXT ? value.custom.value : refuse(sampleId, side, `{custom: {type: "${TEXT}", value}}`, value)

const isTexts = (value: unknown): value is ReadonlyArray<string> =>
  Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "string")

const segmentOf = ({ sample_id, target, prediction }: Scored): Segment => {
  const wanted = customValue(sample_id, "target", target)
  const references = typeof wanted === "string" ? [wanted] : wanted
  if (!isTexts(references)) return refuse(sample_id, "target", "a text or a list of at least one text", wanted)
  if (isAbstain(prediction)) return { answer: undefined, references }
  const answer = customValue(sample_id, "prediction", prediction)
  return typeof answer === "string" ? { answer, references } : refuse(sample_id, "prediction", "a text", answer)
}

const checkContext = ({ output_type }: MetricContext): void => {
  if (typeof output_type === "string" || output_type.custom !== TEXT)
    throw new RangeError(`the metric pack sequence scores output type ${TEXT}, not ${JSON.stringify(output_type)}`)
}

const files: MetricFiles<TextOptions, TextOptions> = {
  about: {
    predictions: "UTF-8 text, one segment on each line; an empty line is an answer without words",
    targets: "UTF-8 text with as many lines, line n a reference for line n; given again for each further reference"
  },
  targets: "one-or-more",
  decodeOptions: optionsOfTexts(decodeTextOptions, ["tokenize", "smooth_method"]),
  read: (given, options) => {
    const read = readLines(textCodes, given)
    if (!read.ok) return read
    const custom = (value: string | ReadonlyArray<string>) => ({ custom: { type: TEXT, value } })
    return {
      ok: true,
      options,
      context: { output_type: { custom: TEXT }, classes: [] },
      scored: read.predictions.map((answer, at) => ({
        sample_id: `line-${at + 1}`,
        target: custom(read.targets.map((lines) => lines[at] ?? "")),
        prediction: custom(answer)
      })),
      missing: []
    }
  },
  names: {
    bleu: "bleu",
    chrf: "chrf",
    ter: "ter",
    rouge1: "rouge1",
    rouge2: "rouge2",
    rougeL: "rougeL",
    rougeLsum: "rougeLsum",
    exact_match: "exact_match"
  }
}

export const sequence = MetricPack.define<TextOptions, TextSums, TextOptions>({
  id: "sequence",
  output_types: [TEXT],
  decodeOptions: decodeTextOptions,
  state: TextSums,
  signature: textSignature,
  directions: {
    exact_match: "higher-is-better",
    bleu: "higher-is-better",
    chrf: "higher-is-better",
    ter: "lower-is-better",
    rouge1: "higher-is-better",
    rouge2: "higher-is-better",
    rougeL: "higher-is-better",
    rougeLsum: "higher-is-better",
    abstained: "lower-is-better"
  },
  // TER has no upper end.
  ranges: {
    exact_match: [0, 1],
    bleu: [0, 100],
    chrf: [0, 100],
    rouge1: [0, 1],
    rouge2: [0, 1],
    rougeL: [0, 1],
    rougeLsum: [0, 1],
    abstained: [0, 1]
  },
  shares: ["exact_match", "abstained"],
  headline: ["chrf", "bleu", "ter", "rougeL", "exact_match"],
  start: (options, context) => {
    checkContext(context)
    const of = measure(options)
    const values = textValues(options)
    return {
      empty: noText(options),
      add: (sums, scored) => mergeText(sums, of(segmentOf(scored))),
      merge: mergeText,
      result: (sums) => ({
        values: values(sums),
        figures: textFigures(options, sums),
        signatures: textSignatures(options, sums.references)
      })
    }
  },
  atoms: (options, context, samples) => {
    checkContext(context)
    return textAtoms(options, segmentOf, samples)
  },
  files
})
