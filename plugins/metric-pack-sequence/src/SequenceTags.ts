/**
 * The metric pack `sequence-tags`: a tag for each token of a sequence. Exact match, token accuracy, F1 of tags, and precision, recall and F1
 * of the spans that the tags describe.
 *
 * Sharp edges: an answer has a tag for every token, or it is refused by the id of its sample. A sequence without an answer is wrong in
 * every token and finds no span. Where the dataset declares classes, a tag that is none of them is refused.
 */
import {
  cappedDiagnostics,
  type Diagnostic,
  isAbstain,
  type MetricContext,
  type MetricFiles,
  MetricPack,
  optionsOfTexts,
  type Scored,
  showValue
} from "@feagi-trainer/contracts"
import { wordsOf } from "./Blanks.ts"
import { tagCodes } from "./Codes.ts"
import { readLines } from "./Lines.ts"
import { tagFault } from "./Spans.ts"
import { tagAtoms } from "./TagAtoms.ts"
import { countTags, mergeTags, noTags, TagCounts } from "./TagCounts.ts"
import { tagFigures } from "./TagFigures.ts"
import { decodeTagOptions, type TagOptions } from "./TagOptions.ts"
import { tagSignature, tagValues } from "./TagValues.ts"

/** Output type of samples whose answer is a list of tags, and type of their targets and answers. */
export const TAGS = "@feagi-trainer/metric-pack-sequence#tags"

/** Output type of labelled sequences out of the adapter `text`: places of tokens, and a class for each. */
export const TOKEN_LABELS = "@feagi-trainer/adapter-text#token-labels"

const typeOf = ({ output_type }: MetricContext): string => {
  if (typeof output_type !== "string" && [TAGS, TOKEN_LABELS].includes(output_type.custom)) return output_type.custom
  throw new RangeError(`the metric pack sequence-tags scores output types ${TAGS} and ${TOKEN_LABELS}, not ${JSON.stringify(output_type)}`)
}

const isTags = (value: unknown): value is ReadonlyArray<string> => Array.isArray(value) && value.every((tag) => typeof tag === "string")

interface Labels {
  readonly spans: ReadonlyArray<readonly [number, number]>
  readonly labels: ReadonlyArray<number>
}

const isLabels = (value: unknown): value is Labels => {
  if (typeof value !== "object" || value === null || !("spans" in value) || !("labels" in value)) return false
  const { spans, labels } = value
  return Array.isArray(spans) && Array.isArray(labels) && spans.length === labels.length
}

const plural = (count: number): string => (count === 1 ? "1 tag" : `${count} tags`)

type Reader = (scored: Scored) => TagCounts

/** Reads targets and answers of one output type, under the classes that are declared. */
const readerOf = ({ spans: scheme }: TagOptions, context: MetricContext): Reader => {
  const type = typeOf(context)
  const labels = new Map(context.classes.map(({ class_id, label }) => [class_id, label]))
  const declared = new Set(labels.values())

  const tagsOf = (id: string, side: string, held: Scored["target"] | Scored["prediction"]): ReadonlyArray<string> => {
    const refuse = (problem: string): never => {
      throw new RangeError(`sample "${id}": its ${side} ${problem}`)
    }
    if (!("custom" in held) || held.custom.type !== type)
      return refuse(`is ${showValue(held)}, expected {custom: {type: "${type}", value}}`)
    const { value } = held.custom
    const labelOf = (id: number): string =>
      labels.get(id) ?? refuse(`is of class ${id}, which is none of the ${labels.size} declared classes`)
    const named = ({ labels: ids }: Labels): ReadonlyArray<string> => ids.map(labelOf)
    const tags = type === TAGS ? value : isLabels(value) ? named(value) : refuse(`is ${showValue(value)}, expected as many labels as spans`)
    if (!isTags(tags)) return refuse(`is ${showValue(value)}, expected a list of tags`)
    for (const [at, tag] of tags.entries()) {
      const fault = tagFault(tag, scheme)
      if (fault !== undefined) refuse(`has tag ${at + 1} ${showValue(tag)}, expected ${fault}; spans = "none" reads no spans`)
      if (declared.size > 0 && !declared.has(tag))
        refuse(`has tag ${at + 1} ${showValue(tag)}, which is none of the ${declared.size} declared classes`)
    }
    return tags
  }

  return ({ sample_id, target, prediction }) => {
    const truth = tagsOf(sample_id, "target", target)
    if (isAbstain(prediction)) return countTags(scheme, truth, undefined)
    const answer = tagsOf(sample_id, "prediction", prediction)
    if (answer.length !== truth.length)
      throw new RangeError(
        `sample "${sample_id}": its prediction has ${plural(answer.length)}, expected ${truth.length}, one for each token`
      )
    return countTags(scheme, truth, answer)
  }
}

const files: MetricFiles<TagOptions, TagOptions> = {
  about: {
    predictions: "UTF-8 text, one sequence on each line, its tags separated by blanks",
    targets: "UTF-8 text with as many lines, and on each line as many tags"
  },
  targets: "one",
  decodeOptions: optionsOfTexts(decodeTagOptions, ["spans"]),
  read: (given, options) => {
    const read = readLines(tagCodes, given)
    if (!read.ok) return read
    const [lines = []] = read.targets
    const target = given.targets[0]?.name ?? ""
    const sides = [
      { file: given.predictions.name, tags: read.predictions.map(wordsOf) },
      { file: target, tags: lines.map(wordsOf) }
    ] as const
    const [answers, truths] = sides
    const unread = sides.flatMap(({ file, tags }) =>
      tags.flatMap((line, at) =>
        line.flatMap((tag, place): ReadonlyArray<Diagnostic> => {
          const expected = tagFault(tag, options.spans)
          if (expected === undefined) return []
          const found = {
            code: "sequence-tags/NOT-A-SPAN-TAG",
            severity: "error",
            message: `tag ${place + 1} of the line says nothing about spans`
          } as const
          return [
            {
              ...found,
              file,
              line: at + 1,
              sample_id: `line-${at + 1}`,
              expected,
              actual: tag,
              help: "add --option spans=none if the tags describe no spans"
            }
          ]
        })
      )
    )
    const counts = truths.tags.flatMap((line, at): ReadonlyArray<Diagnostic> => {
      const own = answers.tags[at]?.length ?? 0
      if (own === line.length) return []
      return [
        {
          code: "sequence-tags/TAG-COUNT",
          severity: "error",
          message: `line ${at + 1} has ${plural(own)} in ${answers.file} and ${line.length} in ${truths.file}`,
          file: answers.file,
          line: at + 1,
          sample_id: `line-${at + 1}`,
          expected: plural(line.length),
          actual: plural(own),
          help: "a token without a guess still needs a tag, such as O"
        }
      ]
    })
    if (unread.length + counts.length > 0) return { ok: false, diagnostics: cappedDiagnostics([...counts, ...unread], tagCodes.more) }
    const custom = (value: ReadonlyArray<string>) => ({ custom: { type: TAGS, value } })
    return {
      ok: true,
      options,
      context: { output_type: { custom: TAGS }, classes: [] },
      scored: truths.tags.map((tags, at) => ({
        sample_id: `line-${at + 1}`,
        target: custom(tags),
        prediction: custom(answers.tags[at] ?? [])
      })),
      missing: []
    }
  },
  names: {
    exact_match: "exact_match",
    token_accuracy: "token_accuracy",
    "f1/micro": "micro_f1",
    "f1/macro": "macro_f1",
    "f1/weighted": "weighted_f1",
    span_precision: "span_precision",
    span_recall: "span_recall",
    "span_f1/micro": "span_f1",
    "span_f1/macro": "span_macro_f1",
    "span_f1/weighted": "span_weighted_f1"
  }
}

export const sequenceTags = MetricPack.define<TagOptions, TagCounts, TagOptions>({
  id: "sequence-tags",
  output_types: [TAGS, TOKEN_LABELS],
  decodeOptions: decodeTagOptions,
  state: TagCounts,
  signature: ({ spans }) => tagSignature(spans),
  directions: {
    exact_match: "higher-is-better",
    token_accuracy: "higher-is-better",
    f1: "higher-is-better",
    span_precision: "higher-is-better",
    span_recall: "higher-is-better",
    span_f1: "higher-is-better",
    abstained: "lower-is-better"
  },
  ranges: {
    exact_match: [0, 1],
    token_accuracy: [0, 1],
    f1: [0, 1],
    span_precision: [0, 1],
    span_recall: [0, 1],
    span_f1: [0, 1],
    abstained: [0, 1]
  },
  headline: ["span_f1/micro", "token_accuracy", "f1/macro", "exact_match"],
  start: (options, context) => {
    const read = readerOf(options, context)
    const values = tagValues(options.spans)
    return {
      empty: noTags,
      add: (counts, scored) => mergeTags(counts, read(scored)),
      merge: mergeTags,
      result: (counts) => ({ values: values(counts), figures: tagFigures(options.spans, counts) })
    }
  },
  atoms: (options, context, samples) => tagAtoms(samples.map(readerOf(options, context)), tagValues(options.spans)),
  files
})
