/**
 * What both protocols of this plugin have in common: the rules by which answers are judged, and examples that are computed.
 *
 * Sharp edge: they name no measure, so a run may choose what averages do with undefined values, or bring a pack of its own that says
 * `accuracy`; every example names the pack and the options that it was computed with.
 */
import type { Protocol, ProtocolVector } from "@feagi-trainer/contracts"

const plugin = "@feagi-trainer/metric-pack-classification#classification"
const classes = [
  { class_id: 0, label: "ant" },
  { class_id: 1, label: "bee" },
  { class_id: 2, label: "cat" }
]

type Samples = ProtocolVector["samples"]

const sample = (sample_id: string, truth: number, answer: number | undefined, scores?: ReadonlyArray<number>): Samples[number] => ({
  sample_id,
  target: { class: { class_id: truth, label: null } },
  prediction: answer === undefined ? { abstain: { reason: "silent" } } : { class: { class_id: answer, scores: [] } },
  ...(scores === undefined ? {} : { scores })
})

const silence: Samples = [sample("a", 0, 0), sample("b", 0, undefined), sample("c", 1, 1), sample("d", 1, 0)]

export const classificationRules = {
  output_type: "class",
  primary_metric: "accuracy",
  abstention: "counted-as-wrong",
  missing: "refused",
  verification_tolerance: 0,
  rules: {
    ties: {
      value: { answer: "one-class-or-none", top_k: "later-class-first, of two classes the earlier", ranks: "one-threshold" },
      text: "An answer is one class or none, so accuracy has no ties; among equal scores the later class comes first, of two classes the earlier one, and curves take equal scores as one threshold."
    },
    averaging: {
      value: { accuracy: "all-samples", macro: "declared-classes", balanced_accuracy: "classes-with-samples" },
      text: "Accuracy is over all samples, an abstention being wrong; macro averages are over all declared classes, balanced accuracy over those that have samples."
    }
  },
  vectors: [
    {
      name: "an abstention is wrong, and a false negative of its class",
      metric_pack: { plugin, options: { undefined_in_macro: "zero" } },
      classes,
      samples: silence,
      values: {
        accuracy: 0.5,
        answered: 0.75,
        abstained: 0.25,
        accuracy_answered: 2 / 3,
        balanced_accuracy: 0.5,
        "precision/ant": 0.5,
        "precision/bee": 1,
        "precision/cat": { insufficient: "the class was never predicted" },
        "precision/macro": 0.5,
        "recall/macro": 1 / 3,
        "f1/ant": 0.5,
        "f1/bee": 2 / 3,
        "f1/micro": 4 / 7,
        log_loss: { insufficient: "no sample comes with scores" }
      }
    },
    {
      name: "a declared class that does not occur leaves averages undefined",
      metric_pack: { plugin, options: { undefined_in_macro: "insufficient" } },
      classes,
      samples: silence,
      values: {
        accuracy: 0.5,
        balanced_accuracy: 0.5,
        "recall/macro": { insufficient: "undefined for 1 of 3 classes" },
        "recall/weighted": 0.5
      }
    },
    {
      name: "equal scores: the later class first among three, one threshold in a curve",
      metric_pack: { plugin, options: { undefined_in_macro: "zero", top_k: 1 } },
      classes,
      samples: [
        sample("a", 0, 0, [0.5, 0.25, 0.25]),
        sample("b", 1, 1, [0.25, 0.375, 0.375]),
        sample("c", 2, 1, [0.25, 0.375, 0.375]),
        sample("d", 2, undefined, [0.5, 0, 0.5])
      ],
      values: {
        accuracy: 0.5,
        top_k: 3 / 4,
        "roc_auc/ant": 2.5 / 3,
        "roc_auc/bee": 2.5 / 3,
        "roc_auc/cat": 3.5 / 4,
        "average_precision/ant": 1 / 2,
        "average_precision/cat": 1 / 2 + 1 / 3,
        brier: (0.375 + 0.59375 + 0.59375 + 0.5) / 4
      }
    }
  ]
} as const satisfies Partial<Protocol>
