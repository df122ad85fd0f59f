/**
 * The protocols of this plugin: scalars, vectors and events, each with a part to look at (`…-holdout`) and without one
 * (`…-train-test`), for data whose source declares two parts.
 *
 * Sharp edge: they are compared by id and version, and they fix the metric pack with its options: another rule for events, or another
 * threshold, is another protocol.
 */
import type { Protocol, ProtocolVector } from "@feagi-trainer/contracts"
import { type Event, eventsType } from "./Event.ts"

type Phases = Protocol["phases"]

const trainTest: Phases = [
  { name: "train", split: "train", learns: true, scored: false },
  { name: "test", split: "test", learns: false, scored: true }
]
const holdout: Phases = trainTest.flatMap((phase) =>
  phase.name === "test" ? [{ name: "validate", split: "val", learns: false, scored: true }, phase] : [phase]
)

/** An example, measured by the pack of its protocol. */
type Example = Omit<ProtocolVector, "metric_pack">

interface Given extends Pick<Protocol, "output_type" | "primary_metric" | "abstention" | "rules"> {
  readonly metric_pack: ProtocolVector["metric_pack"]
  readonly examples: ReadonlyArray<Example>
}

const protocol = (id: string, phases: Phases, { examples, ...given }: Given): Protocol => ({
  kind: "protocol",
  spec: 1,
  id,
  version: 1,
  phases,
  missing: "refused",
  verification_tolerance: 0,
  ...given,
  vectors: examples.map((example) => ({ ...example, metric_pack: given.metric_pack }))
})

const numeric = {
  primary_metric: "mae",
  abstention: "counted-apart",
  metric_pack: {
    plugin: "@feagi-trainer/metric-pack-time-series#time-series",
    options: { undefined_values: "insufficient" }
  }
} as const

const numericThresholds = {
  value: { variance_needs_samples: 2 },
  text: "R² and explained variance need two answered samples whose targets differ; MAPE needs every target to differ from 0."
} as const

const scalarExamples: ReadonlyArray<Example> = [
  {
    name: "four answers and an abstention",
    classes: [],
    samples: [
      { sample_id: "a", target: { scalar: 1 }, prediction: { scalar: 2 } },
      { sample_id: "b", target: { scalar: 2 }, prediction: { scalar: 2 } },
      { sample_id: "c", target: { scalar: 3 }, prediction: { scalar: 1 } },
      { sample_id: "d", target: { scalar: 4 }, prediction: { scalar: 5 } },
      { sample_id: "e", target: { scalar: 9 }, prediction: { abstain: { reason: "silent" } } }
    ],
    // Errors 1, 0, −2, 1; targets around 2.5 with squares 5.
    values: {
      mae: 1,
      mse: 1.5,
      rmse: Math.sqrt(1.5),
      median_ae: 1,
      max_error: 2,
      bias: 0,
      r2: 1 - 6 / 5,
      explained_variance: 1 - 6 / 5,
      answered: 0.8,
      abstained: 0.2
    }
  },
  {
    name: "targets that are one number, zero",
    classes: [],
    samples: [
      { sample_id: "a", target: { scalar: 0 }, prediction: { scalar: 0 } },
      { sample_id: "b", target: { scalar: 0 }, prediction: { scalar: 1 } }
    ],
    values: {
      mae: 0.5,
      mape: { insufficient: "2 of 2 targets are 0, so there is no error relative to them" },
      r2: { insufficient: "all targets are the same number, so there is no variance to explain" }
    }
  }
]

const vectorExamples: ReadonlyArray<Example> = [
  {
    name: "two outputs, one of them right",
    classes: [],
    samples: [
      { sample_id: "a", target: { vector: [1, 10] }, prediction: { vector: [1, 14] } },
      { sample_id: "b", target: { vector: [3, 20] }, prediction: { vector: [3, 18] } }
    ],
    // The second output has errors 4 and −2.
    values: { mae: 1.5, "mae/0": 0, "mae/1": 3, mse: 5, rmse: Math.sqrt(10) / 2, max_error: 4, r2: (1 + (1 - 20 / 50)) / 2 }
  }
]

const scalar: Given = {
  output_type: "scalar",
  ...numeric,
  rules: {
    thresholds: numericThresholds,
    averaging: {
      value: "samples",
      text: "Every answered sample counts the same; what was abstained from stands in `answered` and in no error."
    }
  },
  examples: scalarExamples
}

const vector: Given = {
  output_type: "vector",
  ...numeric,
  rules: {
    thresholds: numericThresholds,
    averaging: {
      value: "uniform-over-outputs",
      text: "Each value is computed for every output over the answered samples and averaged over the outputs, RMSE too; max_error is the largest of all."
    }
  },
  examples: vectorExamples
}

const list = (...events: ReadonlyArray<Event>) => ({ custom: { type: eventsType, value: events.map((event) => ({ ...event })) } })

const events: Given = {
  output_type: eventsType,
  primary_metric: "event_f1",
  abstention: "counted-as-wrong",
  metric_pack: {
    plugin: "@feagi-trainer/metric-pack-time-series#time-series-events",
    options: { rule: "overlap@1", min_iou: 0.5 }
  },
  rules: {
    thresholds: {
      value: { min_iou: 0.5 },
      text: "An event counts as found when its overlap with a true one is at least half of their union."
    },
    matching: {
      value: "overlap@1",
      text: "Within a recording and a label, events are matched one to one, the pair with the largest intersection over union first."
    },
    ties: {
      value: ["earlier-target", "earlier-prediction"],
      text: "Of pairs with equal overlap the one whose true event is earlier comes first, then the one whose answer is."
    },
    averaging: {
      value: "pooled",
      text: "Pairs, spurious and missed events of all recordings and labels are counted together before any division."
    }
  },
  examples: [
    {
      name: "one found, one missed, one too many, one recording without an answer",
      classes: [],
      samples: [
        {
          sample_id: "a",
          target: list({ start: 0, end: 4, label: "beat" }, { start: 10, end: 12, label: "beat" }),
          prediction: list({ start: 1, end: 4, label: "beat" }, { start: 20, end: 21, label: "beat" })
        },
        { sample_id: "b", target: list({ start: 5, end: 6, label: "noise" }), prediction: { abstain: { reason: "silent" } } }
      ],
      values: {
        event_precision: 1 / 2,
        event_recall: 1 / 3,
        event_f1: 2 / 5,
        "event_recall/noise": 0,
        onset_error: 1,
        answered: 0.5
      }
    },
    {
      name: "an overlap of exactly the threshold counts",
      classes: [],
      samples: [
        { sample_id: "a", target: list({ start: 0, end: 2, label: "x" }), prediction: list({ start: 0, end: 1, label: "x" }) },
        { sample_id: "b", target: list({ start: 0, end: 4, label: "x" }), prediction: list({ start: 0, end: 1.75, label: "x" }) }
      ],
      values: { true_positives: 1, false_positives: 1, false_negatives: 1 }
    }
  ]
}

export const scalarHoldout = protocol("time-series-scalar-holdout", holdout, scalar)
export const scalarTrainTest = protocol("time-series-scalar-train-test", trainTest, scalar)
export const vectorHoldout = protocol("time-series-vector-holdout", holdout, vector)
export const vectorTrainTest = protocol("time-series-vector-train-test", trainTest, vector)
export const eventsHoldout = protocol("time-series-events-holdout", holdout, events)
export const eventsTrainTest = protocol("time-series-events-train-test", trainTest, events)
