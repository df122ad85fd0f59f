import { readFileSync } from "node:fs"
import { describeLaws, type MetricFilesCase, manifestLaws, metricPackLaws, protocolLaws } from "@feagi-trainer/conformance"
import type { EntryManifest, EntryOf, OutputType, Rng, Scored } from "@feagi-trainer/contracts"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import { IMAGE_TYPE, type MaskValue } from "../src/CocoImage.ts"
import * as plugin from "../src/index.ts"
import type { IouType } from "../src/Rules.ts"
import { classes, reported } from "./support.ts"

const POINTS = 3
const SIZE = 8

/** Few places, sizes and scores, so that overlaps and scores are often equal. */
const box = (rng: Rng): ReadonlyArray<number> => [10 * rng.below(3), 10 * rng.below(2), 10 + 30 * rng.below(3), 40 + 30 * rng.below(3)]

const mask = (rng: Rng): MaskValue => {
  const [from, length] = [rng.below(3) * SIZE, (1 + rng.below(4)) * SIZE]
  return { size: [SIZE, SIZE], counts: [from, length, SIZE * SIZE - from - length] }
}

const shapes = (rng: Rng, iouType: IouType, count: number) => {
  const rows = Array.from({ length: count }, () => ({
    category: rng.below(2),
    area: 900 + 200 * rng.below(2),
    box: box(rng),
    mask: mask(rng)
  }))
  return {
    category_id: rows.map(({ category }) => category),
    area: rows.map(({ area }) => area),
    bbox: iouType === "segm" ? null : rows.flatMap((row) => row.box),
    masks: iouType === "segm" ? rows.map((row) => row.mask) : null,
    keypoints: iouType === "keypoints" ? rows.flatMap(() => Array.from({ length: 3 * POINTS }, () => rng.below(4))) : null,
    unknown: rng.below(2)
  }
}

const images =
  (iouType: IouType) =>
  (rng: Rng): ReadonlyArray<Scored> =>
    Array.from({ length: rng.below(7) }, (_, index) => {
      const truths = rng.below(4)
      const found = rng.below(6)
      return {
        sample_id: String(index),
        target: plugin.imageTarget({
          ...shapes(rng, iouType, truths),
          image_id: index,
          size: [SIZE, SIZE],
          file: null,
          crowd: Array.from({ length: truths }, () => (rng.below(5) === 0 ? 1 : 0)),
          num_keypoints: iouType === "keypoints" ? Array.from({ length: truths }, () => rng.below(3)) : null,
          id_zero: truths > 0 && index === 0 ? [0] : []
        }),
        prediction:
          rng.below(5) === 0
            ? { abstain: { reason: "silent" } }
            : plugin.imagePrediction({ ...shapes(rng, iouType, found), score: Array.from({ length: found }, () => rng.below(4) / 4) })
      }
    })

const boxSets = (rng: Rng): ReadonlyArray<Scored> =>
  Array.from({ length: rng.below(7) }, (_, index) => {
    const boxes = (count: number) =>
      Array.from({ length: count }, () => {
        const [x = 0, y = 0, width = 0, height = 0] = box(rng)
        return { class_id: rng.below(2), x, y, width, height }
      })
    return {
      sample_id: `image-${index}`,
      target: { bbox_set: boxes(rng.below(4)).map((each) => ({ ...each, crowd: rng.below(5) === 0 })) },
      prediction:
        rng.below(5) === 0
          ? { abstain: { reason: "silent" } }
          : { bbox_set: boxes(rng.below(6)).map((each) => ({ ...each, score: rng.below(4) / 4 })) }
    }
  })

const poses = (rng: Rng): ReadonlyArray<Scored> =>
  Array.from({ length: rng.below(7) }, (_, index) => {
    const points = () => Array.from({ length: POINTS }, () => ({ x: 10 * rng.below(4), y: 10 * rng.below(4) }))
    return {
      sample_id: `person-${index}`,
      target: { keypoints: points().map((each) => ({ ...each, visibility: rng.below(3) })) },
      prediction:
        rng.below(5) === 0
          ? { abstain: { reason: "silent" } }
          : { keypoints: points().map((each) => ({ ...each, score: rng.below(4) / 4 })) }
    }
  })

/** Two boxes of which one is found, and a pose that is twenty pixels off. */
const image = { id: 1, width: 200, height: 200 }
const categories = [{ id: 5, name: "cat" }]
const annotation = { image_id: 1, category_id: 5, iscrowd: 0 }
const file = (name: string, value: unknown) => ({ name, bytes: new TextEncoder().encode(JSON.stringify(value)) })
const noNumber = (area: string) => ({ insufficient: `no image has an object of ${area} that has to be found` })
const pose = (shift: number) => [0, 1, 2].flatMap((index) => [50 * index + shift, 50 * index, 2])

const files: ReadonlyArray<MetricFilesCase> = [
  {
    name: "boxes",
    files: {
      predictions: file("results.json", [{ image_id: 1, category_id: 5, bbox: [0, 0, 40, 30], score: 0.5 }]),
      targets: [
        file("truths.json", {
          images: [image],
          categories,
          annotations: [0, 1].map((index) => ({ ...annotation, id: index + 1, bbox: [100 * index, 0, 40, 40], area: 1600 }))
        })
      ]
    },
    options: {},
    // An overlap of 0.75 is enough at six of ten thresholds; 51 of 101 levels of recall are reached.
    values: {
      AP: (0.6 * 51) / 101,
      AP50: 51 / 101,
      AP75: 51 / 101,
      APs: noNumber("up to 32² pixels"),
      APm: (0.6 * 51) / 101,
      AR1: 0.3,
      AR100: 0.3
    },
    tolerance: 1e-15
  },
  {
    name: "a pose",
    files: {
      predictions: file("results.json", [{ image_id: 1, category_id: 5, keypoints: pose(20), score: 0.5 }]),
      targets: [
        file("truths.json", {
          images: [image],
          categories,
          annotations: [{ ...annotation, id: 1, bbox: [0, 0, 100, 100], area: 10_000, keypoints: pose(0), num_keypoints: 3 }]
        })
      ]
    },
    options: { iou_type: "keypoints", oks_sigmas: "0.1,0.1,0.1" },
    // exp(-20² / (2 · 10 000 · 0.2²)) = exp(-0.5) = 0.61 is enough at three of ten thresholds.
    values: { AP: 0.3, AP50: 1, AP75: 0, APm: noNumber("32² to 96² pixels"), APl: 0.3, AR: 0.3, AR50: 1, ARl: 0.3 },
    tolerance: 1e-15
  }
]

const ofImages: OutputType = { custom: IMAGE_TYPE }
const subjects: ReadonlyArray<readonly [IouType, OutputType, (rng: Rng) => ReadonlyArray<Scored>]> = [
  ["bbox", "bbox_set", boxSets],
  ["bbox", ofImages, images("bbox")],
  ["segm", ofImages, images("segm")],
  ["keypoints", ofImages, images("keypoints")],
  ["keypoints", "keypoints", poses]
]

for (const [iou_type, output_type, scored] of subjects) {
  const { directions } = plugin.detection
  describeLaws(
    { describe, it },
    `detection is a metric pack (${iou_type}, ${JSON.stringify(output_type)})`,
    metricPackLaws({
      // A direction is that of a value of some kind; a law asks for those of the kind that is drawn.
      pack: {
        ...plugin.detection,
        directions: Object.fromEntries(Object.entries(directions).filter(([name]) => reported[iou_type].includes(name))),
        ranges: Object.fromEntries(Object.entries(plugin.detection.ranges ?? {}).filter(([name]) => reported[iou_type].includes(name))),
        headline: (plugin.detection.headline ?? []).filter((name) => reported[iou_type].includes(name))
      },
      options: iou_type === "keypoints" ? { iou_type, oks_sigmas: [0.1, 0.2, 0.3] } : { iou_type },
      context: { output_type, classes: output_type === "keypoints" ? [] : classes },
      scored,
      ...(output_type === "bbox_set" ? { files } : {})
    })
  )
}

for (const [index, protocol] of [plugin.detectionHoldout, plugin.detectionTrainTest].entries())
  describeLaws(
    { describe, it },
    `the protocol ${protocol.id}`,
    protocolLaws({
      protocol,
      packs: [plugin.detection as EntryOf["metric-pack"]],
      // As it was written down when it was published; what stands there stays.
      earlier: [JSON.parse(readFileSync(new URL(`../published/${protocol.id}@1.json`, import.meta.url), "utf8"))],
      manifest: manifest.entries[index + 1] as EntryManifest
    })
  )
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
