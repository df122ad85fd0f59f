/**
 * Plugin packages of the project, for those that a reader has not installed. A test holds the list to the packages themselves; whatever else
 * is installed is told by the server alone.
 */
import type { PackageRow } from "./plugins.ts"

export interface FirstParty {
  readonly name: string
  readonly what: string
  /** Kinds of its entries. */
  readonly kinds: ReadonlyArray<string>
}

export const firstParty: ReadonlyArray<FirstParty> = [
  {
    name: "@feagi-trainer/adapter-coco",
    what: "Adapter for COCO annotations: boxes, masks and keypoints over a folder of pictures.",
    kinds: ["adapter"]
  },
  {
    name: "@feagi-trainer/adapter-csv",
    what: "Adapter for CSV and TSV tables: streaming, declared schema, every error with file, line and column.",
    kinds: ["adapter"]
  },
  {
    name: "@feagi-trainer/adapter-image-folder",
    what: "Adapter for folders of pictures: classes, masks, and the idx files of MNIST.",
    kinds: ["adapter"]
  },
  {
    name: "@feagi-trainer/adapter-text",
    what: "Adapter for text: folders, JSON Lines and tables; classes and labelled sequences.",
    kinds: ["adapter"]
  },
  {
    name: "@feagi-trainer/adapter-time-series",
    what: "Adapter for time series: .ts files of UCR and UEA, tables, and windows of WFDB records.",
    kinds: ["adapter"]
  },
  {
    name: "@feagi-trainer/env-cartpole",
    what: "The cart-pole environment: balance a pole on a cart that moves left or right.",
    kinds: ["environment"]
  },
  {
    name: "@feagi-trainer/feagi-binding",
    what: "FEAGI brains: embedded backend, encoder and decoder selectors, task templates.",
    kinds: ["brain-backend", "decoder", "encoder", "task-template"]
  },
  {
    name: "@feagi-trainer/learner-gradient",
    what: "A gradient model as a learner: the same run, protocol, journal and replay as a brain.",
    kinds: ["learner", "task-template"]
  },
  {
    name: "@feagi-trainer/learner-stages",
    what: "Training stages as a learner: supervised, RL, DPO and distillation as runs.",
    kinds: ["learner"]
  },
  {
    name: "@feagi-trainer/learner-tfjs-node",
    what: "The gradient learner over TensorFlow: the same models on @tensorflow/tfjs-node.",
    kinds: ["learner"]
  },
  {
    name: "@feagi-trainer/metric-pack-classification",
    what: "Accuracy, precision, recall, F1, MCC, kappa, ROC-AUC, average precision, log loss, Brier and calibration; equal to scikit-learn; abstention counted.",
    kinds: ["metric-pack", "protocol"]
  },
  {
    name: "@feagi-trainer/metric-pack-control",
    what: "Cumulative reward, success rate, episode length, constraint violations, recovery latency and stability of episodes; cost in spikes.",
    kinds: ["metric-pack", "protocol"]
  },
  {
    name: "@feagi-trainer/metric-pack-detection",
    what: "Average precision and recall of boxes, masks and keypoints by the rules of COCO; equal to pycocotools.",
    kinds: ["metric-pack", "protocol"]
  },
  {
    name: "@feagi-trainer/metric-pack-pose",
    what: "ADD, ADD-S, geodesic rotation error and translation error of 6-DoF poses, with symmetries.",
    kinds: ["metric-pack", "protocol"]
  },
  {
    name: "@feagi-trainer/metric-pack-segmentation",
    what: "Intersection over union, pixel accuracy and Dice per class, over all pixels of a set; unpredicted pixels counted.",
    kinds: ["metric-pack", "protocol"]
  },
  {
    name: "@feagi-trainer/metric-pack-sequence",
    what: "Exact match, F1 of tags and spans, BLEU, chrF, TER and ROUGE; equal to sacreBLEU and rouge-score, with their signatures.",
    kinds: ["metric-pack", "protocol"]
  },
  {
    name: "@feagi-trainer/metric-pack-time-series",
    what: "Errors of regression and forecasts, and precision and recall of events under a versioned matching rule.",
    kinds: ["metric-pack", "protocol"]
  },
  {
    name: "@feagi-trainer/reward-episodic",
    what: "Reward policies for episodes: discounted return with potential-based shaping, and the outcome alone.",
    kinds: ["reward"]
  },
  {
    name: "@feagi-trainer/reward-supervised",
    what: "Reward policy for labelled data: explicit magnitudes, channels, teaching and timing.",
    kinds: ["reward"]
  },
  {
    name: "@feagi-trainer/reward-weak",
    what: "Reward policies that teach no label: correctness, margin, prediction error.",
    kinds: ["reward"]
  },
  {
    name: "@feagi-trainer/sampler-curriculum",
    what: "Sampler that begins with the easy samples and admits harder ones epoch by epoch.",
    kinds: ["sampler"]
  },
  {
    name: "@feagi-trainer/sampler-random",
    what: "Sampler that visits the samples in a fresh seeded permutation every epoch.",
    kinds: ["sampler"]
  },
  {
    name: "@feagi-trainer/sampler-sequential",
    what: "Sampler that visits the samples in the order of the split.",
    kinds: ["sampler"]
  },
  {
    name: "@feagi-trainer/sampler-stratified",
    what: "Sampler that balances the classes within every stretch of an epoch.",
    kinds: ["sampler"]
  },
  {
    name: "@feagi-trainer/sampler-time-window",
    what: "Sampler that replays windows of consecutive samples and never crosses an episode.",
    kinds: ["sampler"]
  },
  {
    name: "@feagi-trainer/transform-image",
    what: "Transforms of pictures: decode, resize, crop, normalise, mask, flip, rotate, and seeded augmentation.",
    kinds: ["transform"]
  },
  {
    name: "@feagi-trainer/transform-series",
    what: "Transforms of time series: windows, resampling, normalisation.",
    kinds: ["transform"]
  },
  {
    name: "@feagi-trainer/transform-tabular",
    what: "Transforms to and of tables: flatten, scaling fitted on one part of the split.",
    kinds: ["transform"]
  },
  {
    name: "@feagi-trainer/transform-text",
    what: "Transforms of text: normal form, case, and a hook for tokens.",
    kinds: ["transform"]
  }
]

/** Those that the project file does not list, of one kind or of all. */
export const notListed = (packages: ReadonlyArray<Pick<PackageRow, "name">>, kind?: string): ReadonlyArray<FirstParty> =>
  firstParty.filter(({ name, kinds }) => !packages.some((each) => each.name === name) && (kind === undefined || kinds.includes(kind)))
