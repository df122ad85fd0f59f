/**
 * What the protocols of this plugin have in common: the rules by which poses are judged, and examples that are computed. The models and
 * bounds of ADD are those of the data, so the run file declares them and the signature names them.
 *
 * Sharp edge: a change of anything here changes what the protocols mean; a number that would be another one needs protocols with other ids.
 */
import type { Protocol, TypedPrediction, TypedTarget } from "@feagi-trainer/contracts"

const turned = { w: Math.SQRT1_2, x: 0, y: 0, z: Math.SQRT1_2 }
const upright = { w: 1, x: 0, y: 0, z: 0 }
const target: TypedTarget = { pose6_dof: { position: [0, 0, 1], orientation: upright } }
const prediction = (x: number, orientation: typeof upright): TypedPrediction => ({ pose6_dof: { position: [x, 0, 1], orientation } })

const square = {
  points: [
    [0.5, 0.5, 0],
    [-0.5, 0.5, 0],
    [-0.5, -0.5, 0],
    [0.5, -0.5, 0]
  ],
  diameter: 1.5
}

export const poseRules = {
  output_type: "pose6_dof",
  primary_metric: "recall_5deg_5cm",
  abstention: "counted-as-wrong",
  missing: "refused",
  // Angles are made with the engine's atan2.
  verification_tolerance: 1e-12,
  rules: {
    thresholds: {
      value: {
        recall_5deg_5cm: { degrees: 5, metres: 0.05, strict: true },
        recall_2deg_2cm: { degrees: 2, metres: 0.02, strict: true }
      },
      text: "An estimate is recalled when one symmetry of the object brings both its rotation below the degrees and its translation below the metres; equal to a bound is not below it."
    },
    matching: {
      value: { by: "sample", symmetries: "least-error" },
      text: "A sample has one true pose and one estimate; errors of rotation and translation are the least over the declared symmetries."
    },
    averaging: {
      value: { errors: "answered-samples", recalls: "all-samples" },
      text: "Errors are averaged over the answered samples, recalls and areas over all of them, an abstention being never recalled."
    }
  },
  vectors: [
    {
      name: "a square that is seen a quarter turned, one that is shifted, one without an answer",
      metric_pack: {
        plugin: "@feagi-trainer/metric-pack-pose#pose",
        options: { objects: { square }, add_threshold: 0.1, auc_max: 0.1 }
      },
      classes: [],
      samples: [
        { sample_id: "turned", target, prediction: prediction(0, turned) },
        { sample_id: "shifted", target, prediction: prediction(0.0625, upright) },
        { sample_id: "silent", target, prediction: { abstain: { reason: "silent" } } }
      ],
      values: {
        // Each corner of the turned square is one side away from where it was.
        add: (1 + 0.0625) / 2,
        adds: (0 + 0.0625) / 2,
        rotation_deg: 45,
        translation: 0.03125,
        add_recall: 1 / 3,
        adds_recall: 2 / 3,
        recall_5deg_5cm: 0,
        answered: 2 / 3
      }
    },
    {
      name: "the same with its symmetry declared",
      metric_pack: {
        plugin: "@feagi-trainer/metric-pack-pose#pose",
        options: {
          objects: { square: { ...square, symmetries: [{ position: [0, 0, 0], orientation: turned }] } },
          add_threshold: 0.1,
          auc_max: 0.1
        }
      },
      classes: [],
      samples: [
        { sample_id: "turned", target, prediction: prediction(0, turned) },
        { sample_id: "shifted", target, prediction: prediction(0.0625, upright) }
      ],
      values: { rotation_deg: 0, mssd: 0.03125, add_or_adds: 0.03125, recall_5deg_5cm: 0.5, recall_2deg_2cm: 0.5 }
    }
  ]
} as const satisfies Partial<Protocol>
