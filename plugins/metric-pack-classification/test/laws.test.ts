import { readFileSync } from "node:fs"
import { classSamples, describeLaws, type MetricFilesCase, manifestLaws, metricPackLaws, protocolLaws } from "@feagi-trainer/conformance"
import type { EntryManifest, EntryOf, Rng, Scored } from "@feagi-trainer/contracts"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"

const classes = ["a", "b", "c"].map((label, class_id) => ({ class_id, label }))

/** Probabilities in sixteenths for every sample, the abstained ones too: ties, and sums that are exactly 1. */
const probabilities = (rng: Rng): ReadonlyArray<Scored> =>
  classSamples(classes, { scores: true })(rng).map((sample) => {
    const first = rng.below(17)
    const second = rng.below(17 - first)
    return { ...sample, scores: [first, second, 16 - first - second].map((part) => part / 16) }
  })

/** Thirds and sevenths, whose sums depend on their order in doubles. */
const roundedSums = (rng: Rng): ReadonlyArray<Scored> =>
  classSamples(classes, { scores: true })(rng).map((sample) => {
    const parts = classes.map(() => 1 + rng.below(100))
    const total = parts.reduce((sum, part) => sum + part, 0)
    return { ...sample, scores: parts.map((part) => part / total) }
  })

const answers = [
  { sample_id: "1", target: "cat", prediction: "cat", scores: { cat: 0.75, dog: 0.25 } },
  { sample_id: "2", target: "dog", prediction: "cat", scores: { cat: 0.5, dog: 0.5 } },
  { sample_id: "3", target: "dog", prediction: null, scores: { cat: 0.25, dog: 0.75 } }
]
const file = (
  name: string,
  samples: ReadonlyArray<object>,
  options: Readonly<Record<string, string>>,
  values: MetricFilesCase["values"]
) => ({
  name,
  files: { predictions: { name: "answers.json", bytes: new TextEncoder().encode(JSON.stringify(samples)) }, targets: [] },
  options,
  values,
  tolerance: 0
})
const noScores = { insufficient: "no sample comes with scores" }
const shared = {
  accuracy: 1 / 3,
  balanced_accuracy: 0.5,
  macro_precision: 0.25,
  macro_recall: 0.5,
  macro_f1: 1 / 3,
  micro_f1: 0.4,
  mcc: 0.25,
  kappa: 1 - 6 / 7
}
const files: ReadonlyArray<MetricFilesCase> = [
  file("scores by name", answers, { k: "1" }, { ...shared, brier: (0.0625 + 0.25 + 0.0625) / 3, roc_auc: 1, top_k: 2 / 3 }),
  file(
    "no scores",
    answers.map(({ scores: _, ...each }) => each),
    {},
    { ...shared, log_loss: noScores, brier: noScores, roc_auc: noScores, top_k: noScores }
  )
]

for (const undefined_in_macro of ["insufficient", "zero"])
  for (const [name, scored] of [
    ["scores of some samples", classSamples(classes, { scores: true })],
    ["probabilities in sixteenths", probabilities],
    ["probabilities that are rounded", roundedSums]
  ] as const)
    describeLaws(
      { describe, it },
      `classification is a metric pack (undefined_in_macro = ${undefined_in_macro}, ${name})`,
      metricPackLaws({
        pack: plugin.classification,
        options: { undefined_in_macro },
        context: { output_type: "class", classes },
        scored,
        files
      })
    )

for (const [index, protocol] of [plugin.classificationHoldout, plugin.classificationTrainTest].entries())
  describeLaws(
    { describe, it },
    `the protocol ${protocol.id}`,
    protocolLaws({
      protocol,
      packs: [plugin.classification as EntryOf["metric-pack"]],
      // As it was written down when it was published; what stands there stays.
      earlier: [JSON.parse(readFileSync(new URL(`../published/${protocol.id}@1.json`, import.meta.url), "utf8"))],
      manifest: manifest.entries[index + 1] as EntryManifest
    })
  )
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
