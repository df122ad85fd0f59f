import { readFileSync } from "node:fs"
import { describeLaws, type MetricFilesCase, manifestLaws, metricPackLaws, protocolLaws } from "@feagi-trainer/conformance"
import type { EntryManifest, EntryOf, Rng, Scored } from "@feagi-trainer/contracts"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"

const classes = ["a", "b", "c"].map((label, class_id) => ({ class_id, label }))

/** Up to six small masks: ignored and unpredicted pixels, whole abstentions, a class that is rare. */
const masks = (rng: Rng): ReadonlyArray<Scored> =>
  Array.from({ length: rng.below(7) }, (_, index): Scored => {
    const width = 1 + rng.below(4)
    const height = 1 + rng.below(3)
    const labels = (special: number) => Array.from({ length: width * height }, () => [0, 0, 0, 1, 1, 2, special][rng.below(7)] ?? 0)
    return {
      sample_id: `sample-${index}`,
      target: { segmentation_mask: { width, height, labels: labels(255), ignore_label: 255 } },
      prediction:
        rng.below(5) === 0
          ? { abstain: { reason: "silent" } }
          : { segmentation_mask: { width, height, labels: labels(254), unpredicted_label: 254 } }
    }
  })

const json = (name: string, samples: ReadonlyArray<object>) => ({ name, bytes: new TextEncoder().encode(JSON.stringify(samples)) })

const target = { sample_id: "1", width: 2, height: 2, labels: [0, 0, 1, 1] }
const files: ReadonlyArray<MetricFilesCase> = [
  {
    name: "runs, ignored and unpredicted pixels, one sample without a line",
    files: {
      predictions: json("answers.json", [
        {
          sample_id: "1",
          width: 2,
          height: 2,
          rle: [
            [0, 3],
            [7, 1]
          ],
          unpredicted_label: 7
        }
      ]),
      targets: [json("truths.json", [target, { ...target, sample_id: "2", ignore_label: 1 }])]
    },
    options: {},
    // Class 0: 2 of 4 pixels and one false alarm; class 1: 0 of 2.
    values: {
      miou: (2 / 5 + 0) / 2,
      pixel_accuracy: 2 / 6,
      mean_accuracy: (2 / 4 + 0) / 2,
      dice: (4 / 7 + 0) / 2,
      fw_iou: (4 * (2 / 5)) / 6,
      unpredicted: 3 / 6
    },
    tolerance: 0
  },
  {
    name: "a declared class that does not occur counts as 1",
    files: { predictions: json("answers.json", [target]), targets: [json("truths.json", [target])] },
    options: { classes: "0:road,1:car,5:tree", empty_class: "one" },
    values: { miou: 1, dice: 1, mean_accuracy: 1, pixel_accuracy: 1, fw_iou: 1, unpredicted: 0 },
    tolerance: 0
  }
]

for (const empty_class of ["excluded", "insufficient", "zero", "one"])
  describeLaws(
    { describe, it },
    `segmentation is a metric pack (empty_class = ${empty_class})`,
    metricPackLaws({
      pack: plugin.segmentation,
      options: { empty_class },
      context: { output_type: "segmentation_mask", classes },
      scored: masks,
      files
    })
  )
for (const [index, protocol] of [plugin.segmentationHoldout, plugin.segmentationTrainTest].entries())
  describeLaws(
    { describe, it },
    `the protocol ${protocol.id}`,
    protocolLaws({
      protocol,
      packs: [plugin.segmentation as EntryOf["metric-pack"]],
      // As it was written down when it was published; what stands there stays.
      earlier: [JSON.parse(readFileSync(new URL(`../published/${protocol.id}@1.json`, import.meta.url), "utf8"))],
      manifest: manifest.entries[index + 1] as EntryManifest
    })
  )
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
