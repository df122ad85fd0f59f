import { readFileSync } from "node:fs"
import { describeLaws, type MetricFilesCase, manifestLaws, metricPackLaws, protocolLaws } from "@feagi-trainer/conformance"
import type { EntryManifest, EntryOf, Pose6Dof, Rng, Scored } from "@feagi-trainer/contracts"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"
import { objectPoseType } from "../src/Rows.ts"

/** Turns of whole-numbered quaternions, so that equal errors occur. */
const pose = (rng: Rng): Pose6Dof => {
  const [w, x, y, z] = [1 + rng.below(3), rng.below(3) - 1, rng.below(3) - 1, rng.below(3) - 1] as const
  const length = Math.sqrt(w * w + x * x + y * y + z * z)
  return {
    position: [rng.below(5) / 50, rng.below(3) / 50, 1],
    orientation: { w: w / length, x: x / length, y: y / length, z: z / length }
  }
}

const samples =
  (objects: ReadonlyArray<string>) =>
  (rng: Rng): ReadonlyArray<Scored> =>
    Array.from({ length: rng.below(9) }, (_, index): Scored => {
      const truth = pose(rng)
      const object = objects[rng.below(Math.max(1, objects.length))]
      const value = { object: object ?? "", position: [...truth.position], orientation: { ...truth.orientation } }
      return {
        sample_id: `sample-${index}`,
        target: object === undefined ? { pose6_dof: truth } : { custom: { type: objectPoseType, value } },
        prediction: rng.below(5) === 0 ? { abstain: { reason: "silent" } } : { pose6_dof: rng.below(4) === 0 ? truth : pose(rng) }
      }
    })

const points = [
  [0.05, 0, 0],
  [0, 0.04, 0],
  [0, 0, 0.03],
  [-0.02, -0.01, 0]
]
const half = { position: [0, 0, 0], orientation: { w: 0, x: 0, y: 0, z: 1 } }
const two = { cup: { points }, box: { points, diameter: 0.2, symmetries: [half] } }

const json = (name: string, value: object) => ({ name, bytes: new TextEncoder().encode(JSON.stringify(value)) })

const upright = { position: [0, 0, 1], orientation: { w: 1, x: 0, y: 0, z: 0 } }
const noModel = { insufficient: "no object model is declared, and this value needs its points" }
const files: ReadonlyArray<MetricFilesCase> = [
  {
    name: "two models, one estimate shifted, one turned under its symmetry, one missing",
    files: {
      predictions: json("estimates.json", [
        { sample_id: "1", position: [0, 0.0625, 1], orientation: upright.orientation },
        { sample_id: "2", ...upright, orientation: half.orientation }
      ]),
      targets: [
        json("truths.json", {
          objects: {
            cup: { points: [[0, 0, 0]], diameter: 0.5 },
            box: {
              points: [
                [0.5, 0, 0],
                [-0.5, 0, 0]
              ],
              symmetries: [half]
            }
          },
          samples: [
            { sample_id: "1", object: "cup", ...upright },
            { sample_id: "2", object: "box", ...upright },
            { sample_id: "3", object: "box", ...upright }
          ]
        })
      ]
    },
    options: { add_threshold: "0.25", auc_max: "0.125" },
    values: {
      add: (0.0625 + 1) / 2,
      adds: 0.0625 / 2,
      add_or_adds: 0.0625 / 2,
      mssd: 0.0625 / 2,
      add_recall: 1 / 3,
      adds_recall: 2 / 3,
      rotation_deg: 0,
      translation: 0.0625 / 2,
      // Up to 0.0625 m the first of them, from there one of three.
      add_auc: (0.0625 * (1 / 3) + 0.0625 * (1 / 3)) / 0.125,
      recall_5deg_5cm: 1 / 3,
      recall_2deg_2cm: 1 / 3
    },
    tolerance: 0
  },
  {
    name: "no models",
    files: {
      predictions: json("estimates.json", [{ sample_id: "1", ...upright }]),
      targets: [json("truths.json", [{ sample_id: "1", ...upright }])]
    },
    options: {},
    values: { add: noModel, adds_auc: noModel, add_recall: noModel, rotation_deg: 0, rotation_rad: 0, translation: 0, recall_2deg_2cm: 1 },
    tolerance: 0
  }
]

for (const [about, objects, output_type] of [
  ["without models", {}, "pose6_dof"],
  ["with two models", two, { custom: objectPoseType }]
] as const)
  describeLaws(
    { describe, it },
    `pose is a metric pack ${about}`,
    metricPackLaws({
      pack: plugin.pose,
      options: { objects, add_threshold: 0.1, auc_max: 0.1 },
      context: { output_type, classes: [] },
      scored: samples(Object.keys(objects)),
      files
    })
  )
for (const [index, protocol] of [plugin.poseHoldout, plugin.poseTrainTest].entries())
  describeLaws(
    { describe, it },
    `the protocol ${protocol.id}`,
    protocolLaws({
      protocol,
      packs: [plugin.pose as EntryOf["metric-pack"]],
      // As it was written down when it was published; what stands there stays.
      earlier: [JSON.parse(readFileSync(new URL(`../published/${protocol.id}@1.json`, import.meta.url), "utf8"))],
      manifest: manifest.entries[index + 1] as EntryManifest
    })
  )
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
