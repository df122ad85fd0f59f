/** The laws of metric packs, of protocols and of manifests for both packs. */
import { readFileSync } from "node:fs"
import { describeLaws, manifestLaws, metricPackLaws, protocolLaws } from "@feagi-trainer/conformance"
import type { EntryManifest, EntryOf, Rng, Scored } from "@feagi-trainer/contracts"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"
import { tagContext, tagSample, textContext, textSample } from "./support.ts"

const words = ["the", "cat", "sat", "on", "it.", "Größe", "猫", "😀", "1,000", "&quot;x&quot;"]
const tags = ["O", "B-A", "I-A", "B-B", "I-B"]

const sentence = (rng: Rng, from: ReadonlyArray<string>, length: number): string =>
  Array.from({ length }, () => from[rng.below(from.length)] ?? "").join(" ")

const texts = (rng: Rng): ReadonlyArray<Scored> =>
  Array.from({ length: rng.below(9) }, (_, index) => {
    const references = Array.from({ length: 1 + rng.below(3) }, () => sentence(rng, words, rng.below(9)))
    const answer = rng.below(3) === 0 ? (references[0] ?? "") : sentence(rng, words, rng.below(9))
    return textSample(index, rng.below(5) === 0 ? undefined : answer, references.length === 1 ? (references[0] ?? "") : references)
  })

const tagged = (rng: Rng): ReadonlyArray<Scored> =>
  Array.from({ length: rng.below(9) }, (_, index) => {
    const length = rng.below(7)
    const truth = sentence(rng, tags, length)
    return tagSample(index, rng.below(5) === 0 ? undefined : rng.below(3) === 0 ? truth : sentence(rng, tags, length), truth)
  })

const file = (name: string, text: string) => ({ name, bytes: new TextEncoder().encode(text) })

const textFiles = {
  name: "two segments, two references",
  files: {
    predictions: file("answers.txt", "the cat sat on the mat\n\n"),
    targets: [file("one.txt", "the cat sat on a mat\r\nyes\r\n"), file("two.txt", "a cat sat on the mat\nno\n")]
  },
  options: { ter_case_sensitive: "true" },
  // sacreBLEU 2.6.0 and rouge-score 0.1.2 of the same files.
  values: {
    bleu: 80.87648627794573,
    chrf: 84.67576923912506,
    ter: 200 / 7,
    rouge1: 5 / 12,
    rouge2: 2 / 5,
    rougeL: 5 / 12,
    rougeLsum: 5 / 12,
    exact_match: 0
  },
  tolerance: 1e-9
}

const tagFiles = {
  name: "two sequences",
  files: { predictions: file("answers.txt", "B-A I-A O\nB-B"), targets: [file("targets.txt", "B-A I-A O\nO\n")] },
  options: { spans: "IOB2" },
  values: { exact_match: 1 / 2, token_accuracy: 3 / 4, micro_f1: 3 / 4, span_precision: 1 / 2, span_recall: 1, span_f1: 2 / 3 },
  tolerance: 0
}

for (const options of [{}, { chrf_word_order: 2, tokenize: "char", smooth_method: "add-k", ter_normalized: true }])
  describeLaws(
    { describe, it },
    `sequence is a metric pack ${JSON.stringify(options)}`,
    metricPackLaws({ pack: plugin.sequence, options, context: textContext, scored: texts, files: [textFiles] })
  )
for (const spans of ["conlleval", "IOB2"])
  describeLaws(
    { describe, it },
    `sequence-tags is a metric pack (spans = ${spans})`,
    metricPackLaws({ pack: plugin.sequenceTags, options: { spans }, context: tagContext, scored: tagged, files: [tagFiles] })
  )
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))

for (const [index, protocol] of [
  plugin.sequenceHoldout,
  plugin.sequenceTrainTest,
  plugin.spansHoldout,
  plugin.spansTrainTest,
  plugin.tokenTagsHoldout,
  plugin.tokenTagsTrainTest
].entries())
  describeLaws(
    { describe, it },
    `the protocol ${protocol.id}`,
    protocolLaws({
      protocol,
      packs: [plugin.sequence as EntryOf["metric-pack"], plugin.sequenceTags as EntryOf["metric-pack"]],
      // As it was written down when it was published; what stands there stays.
      earlier: [JSON.parse(readFileSync(new URL(`../published/${protocol.id}@1.json`, import.meta.url), "utf8"))],
      manifest: manifest.entries[index + 2] as EntryManifest
    })
  )
