/**
 * From the sums of segments to the values of the pack `sequence`: once for a fold, and once for each resample.
 *
 * Sharp edge: without a segment every value is InsufficientData. An empty answer is a segment, and scores what the references say it does.
 */
import type { MetricValue } from "@feagi-trainer/contracts"
import { bleuScore, bleuSignature, smoothValue } from "./Bleu.ts"
import { chrfScore, chrfSignature } from "./Chrf.ts"
import { meanWords, numberOfReferences, type ReferenceCounts, segmentsOf } from "./References.ts"
import { ROUGE_SCORE, rougeNames } from "./Rouge.ts"
import { SACREBLEU } from "./SacreBleu.ts"
import { terScore, terSignature } from "./Ter.ts"
import type { TextOptions } from "./TextOptions.ts"
import { bleuOf, chrfOf, placesOf, rougeOf, type TextSums } from "./TextSums.ts"

export const textNames = ["exact_match", "bleu", "chrf", "ter", ...rougeNames, "abstained"] as const

export const textValues = (options: TextOptions): ((sums: TextSums) => Readonly<Record<string, MetricValue>>) => {
  const places = placesOf(options)
  return ({ sums, references }) => {
    const segments = segmentsOf(references)
    if (segments === 0) return Object.fromEntries(textNames.map((name) => [name, { insufficient: "no segment was scored" }]))
    return {
      exact_match: (sums[places.exact] ?? 0) / segments,
      bleu: bleuScore(options, bleuOf(places, sums)).score,
      chrf: chrfScore(options, chrfOf(places, sums)),
      ter: terScore(sums[places.edits] ?? 0, meanWords(references)),
      ...Object.fromEntries(rougeNames.map((name) => [name, rougeOf(places, sums, name) / segments])),
      abstained: (sums[places.abstained] ?? 0) / segments
    }
  }
}

/** The signatures that depend on how many references there were: sacreBLEU's own, and those of ROUGE in the same form. */
export const textSignatures = (options: TextOptions, references: ReferenceCounts): Readonly<Record<string, string>> => {
  if (references.length === 0) return {}
  const nrefs = numberOfReferences(references)
  const rouge = `nrefs:${nrefs}|case:lc|tok:[a-z0-9]+|stem:no|value:f|refs:best|corpus:mean-of-segments|version:rouge-score-${ROUGE_SCORE}`
  return {
    bleu: bleuSignature(options, references),
    chrf: chrfSignature(options, references),
    ter: terSignature(options, references),
    exact_match: `nrefs:${nrefs}|case:mixed|match:any-reference|no-answer:wrong`,
    ...Object.fromEntries(rougeNames.map((name) => [name, name === "rougeLsum" ? `${rouge}|lines:newline` : rouge]))
  }
}

/** All conventions in one line: of every value, for every number of references. */
export const textSignature = (options: TextOptions): string => {
  const value = smoothValue(options)
  return [
    "sequence:1",
    "abstention=empty,never-exact",
    "exact_match=any-reference",
    `bleu=sacrebleu-${SACREBLEU},tok:${options.tokenize},smooth:${options.smooth_method}${value === undefined ? "" : `[${value}]`},case:${options.lowercase ? "lc" : "mixed"},eff:${options.effective_order ? "yes" : "no"}`,
    `chrf=sacrebleu-${SACREBLEU},nc:${options.chrf_char_order},nw:${options.chrf_word_order},beta:${options.chrf_beta},space:${options.chrf_whitespace ? "yes" : "no"},case:${options.chrf_lowercase ? "lc" : "mixed"},eff:${options.chrf_eps_smoothing ? "no" : "yes"}`,
    `ter=sacrebleu-${SACREBLEU},norm:${options.ter_normalized ? "yes" : "no"},punct:${options.ter_no_punct ? "no" : "yes"},asian:${options.ter_asian_support ? "yes" : "no"},case:${options.ter_case_sensitive ? "mixed" : "lc"}`,
    `rouge=rouge-score-${ROUGE_SCORE},stem:no,f,best-reference,mean-of-segments,lsum-lines:newline`
  ].join("|")
}
