/** Reports that the tests read: one as a real group gives it, and variations of it. */
import type { MatrixFigure } from "@feagi-trainer/charts"
import { hashOf } from "@feagi-trainer/determinism"
import type { EpochValue, GroupReport, ReportCondition, ReportRun, SeedStatistic } from "../src/index.ts"

const seeds = ["11", "12", "13", "14", "15"]

const confusionOf = (classes: ReadonlyArray<string>, values: ReadonlyArray<ReadonlyArray<number | null>>): MatrixFigure => ({
  kind: "matrix",
  id: "confusion",
  title: "Confusion",
  description: "Truth by prediction.",
  rows: { label: "truth", categories: classes },
  columns: { label: "prediction", categories: [...classes, "abstained"] },
  values
})

interface Outcome {
  readonly accuracy: number
  readonly balanced: number
  readonly curve: ReadonlyArray<number>
  readonly confusion: ReadonlyArray<ReadonlyArray<number>>
}

const outcomes: ReadonlyArray<Outcome> = [
  {
    accuracy: 28 / 30,
    balanced: 28 / 30,
    curve: [0.4083, 0.7167, 0.8417, 0.9],
    confusion: [
      [10, 0, 0, 0],
      [0, 9, 1, 0],
      [0, 1, 9, 0]
    ]
  },
  {
    accuracy: 29 / 30,
    balanced: 29 / 30,
    curve: [0.3917, 0.6917, 0.875, 0.9083],
    confusion: [
      [10, 0, 0, 0],
      [0, 10, 0, 0],
      [0, 1, 9, 0]
    ]
  },
  {
    accuracy: 27 / 30,
    balanced: 27 / 30,
    curve: [0.35, 0.6583, 0.8083, 0.8833],
    confusion: [
      [10, 0, 0, 0],
      [0, 8, 1, 1],
      [0, 1, 9, 0]
    ]
  },
  {
    accuracy: 28 / 30,
    balanced: 28 / 30,
    curve: [0.425, 0.7333, 0.85, 0.9167],
    confusion: [
      [10, 0, 0, 0],
      [0, 9, 1, 0],
      [0, 1, 9, 0]
    ]
  },
  {
    accuracy: 29 / 30,
    balanced: 29 / 30,
    curve: [0.4, 0.7083, 0.8667, 0.925],
    confusion: [
      [10, 0, 0, 0],
      [0, 10, 0, 0],
      [0, 1, 9, 0]
    ]
  }
]

const classes = ["setosa", "versicolor", "virginica"]

const run = (condition: string, seed: string, outcome: Outcome): ReportRun => {
  const spec_sha256 = hashOf({ condition, seed })
  const hash = (what: string) => hashOf({ condition, seed, what })
  const scored = (phase: string, metrics: Readonly<Record<string, number>>) => ({
    phase,
    samples: 30,
    learned_hash: hash("learned"),
    predictions_sha256: hash(`predictions ${phase}`),
    scorecard_id: `sc-${hash(`card ${phase}`).slice(0, 12)}`,
    scorecard_body_sha256: hash(`card ${phase}`),
    metrics
  })
  const perClass = outcome.confusion.flatMap((row, at) => {
    const label = classes[at] ?? ""
    return [[`recall/${label}`, (row[at] ?? 0) / 10] as const, [`support/${label}`, 10] as const]
  })
  return {
    run_id: `r-${spec_sha256.slice(0, 12)}-1`,
    seed,
    status: "completed",
    spec_sha256,
    predictions_sha256: hash("predictions"),
    phases: [
      {
        phase: "train",
        samples: 480,
        learned_hash: hash("learned"),
        predictions_sha256: hash("predictions train"),
        scorecard_id: null,
        scorecard_body_sha256: null,
        metrics: {}
      },
      scored("validate", { accuracy: outcome.accuracy }),
      scored("test", { accuracy: outcome.accuracy, balanced_accuracy: outcome.balanced, ...Object.fromEntries(perClass) })
    ],
    learning_curve: outcome.curve.map((value, index): EpochValue => ({ epoch: index + 1, value })),
    reward_curve: outcome.curve.map((value, index) => ({ epoch: index + 1, raw: value, shaped: value / 2 })),
    cost: ["train", "test"].map((phase) => ({
      phase,
      figures: [
        { name: "wall_seconds", value: 1.25, unit: "s", label: "measured" },
        { name: "bursts", value: 480, unit: "burst", label: "measured" },
        { name: "activation_sparsity", value: 0.875, unit: "1", label: "measured" },
        { name: "energy_joules", value: 2.5e-9, unit: "J", label: "estimated", model: "synops" }
      ]
    })),
    confusion: confusionOf(classes, outcome.confusion)
  }
}

const stat = (n: number, mean: number, stddev: number, ci_low: number, ci_high: number): SeedStatistic => ({
  n,
  mean,
  stddev,
  ci_low,
  ci_high,
  confidence_level: 0.95
})

const control = (id: string, title: string, description: string, values: ReadonlyArray<number>, of: SeedStatistic): ReportCondition => ({
  id,
  role: "control",
  title,
  description,
  runs: seeds.map((seed, at): ReportRun => {
    const { confusion: _, ...rest } = run(id, seed, {
      accuracy: values[at] ?? 0,
      balanced: values[at] ?? 0,
      curve: [],
      confusion: []
    })
    return rest
  }),
  stats: { accuracy: of },
  learning_curve: []
})

const recipe: ReportCondition = {
  id: "recipe",
  role: "recipe",
  title: "recipe",
  description: "The brain learns four epochs from rewarded answers and is then tested with plasticity off.",
  runs: seeds.map((seed, at) => run("recipe", seed, outcomes[at] ?? { accuracy: 0, balanced: 0, curve: [], confusion: [] })),
  stats: {
    accuracy: stat(5, 0.94, 0.027889, 0.905372, 0.974628),
    balanced_accuracy: stat(5, 0.94, 0.027889, 0.905372, 0.974628),
    "recall/setosa": stat(5, 1, 0, 1, 1),
    "recall/versicolor": stat(5, 0.92, 0.083666, 0.816116, 1.023884),
    "recall/virginica": stat(5, 0.9, 0, 0.9, 0.9),
    "support/setosa": stat(5, 10, 0, 10, 10),
    "support/versicolor": stat(5, 10, 0, 10, 10),
    "support/virginica": stat(5, 10, 0, 10, 10)
  },
  learning_curve: [
    { epoch: 1, stat: stat(5, 0.395, 0.0278, 0.3605, 0.4295) },
    { epoch: 2, stat: stat(5, 0.70166, 0.0288, 0.66587, 0.73745) },
    { epoch: 3, stat: stat(5, 0.84834, 0.0259, 0.81617, 0.88051) },
    { epoch: 4, stat: stat(5, 0.90666, 0.0159, 0.88692, 0.9264) }
  ]
}

export const iris: GroupReport = {
  schema_version: 1,
  title: "Iris by a spiking brain",
  group_id: "g-5d0f7c1a9b3e",
  trainer_version: "0.1.0",
  question: "Does a rewarded brain learn three kinds of iris from four measurements, and not without the reward or the right labels?",
  dataset: {
    id: "iris@1",
    asset_id: "iris",
    content_hash: hashOf("iris"),
    samples: 150,
    features: 4,
    classes,
    licence: "CC0-1.0"
  },
  protocol: {
    id: "classification-holdout",
    version: 1,
    phases: [
      { name: "train", split: "train", learns: true, scored: false },
      { name: "validate", split: "val", learns: false, scored: true },
      { name: "test", split: "test", learns: false, scored: true }
    ],
    reported_phase: "test",
    split: "shared-by-seeds"
  },
  primary_metric: { name: "accuracy", direction: "higher-is-better", range: [0, 1] },
  further_metrics: ["balanced_accuracy"],
  interval_method: "Student's t over the seeds",
  learning_measure: { label: "online accuracy", description: "Share of training samples answered right before learning from them." },
  learned_state: "connectome",
  conditions: [
    recipe,
    control(
      "shuffled-labels",
      "shuffled labels",
      "The same recipe, trained on labels in shuffled order.",
      [10 / 30, 9 / 30, 12 / 30, 8 / 30, 11 / 30],
      stat(5, 0.333333, 0.052705, 0.267891, 0.398776)
    ),
    control(
      "silent-reward",
      "silent reward",
      "The same recipe, with every reward replaced by silence.",
      [10 / 30, 10 / 30, 9 / 30, 10 / 30, 10 / 30],
      stat(5, 0.326667, 0.014907, 0.308157, 0.345176)
    )
  ],
  baselines: [{ name: "majority baseline", value: 10 / 30, detail: "always answering the most frequent class of the test split." }],
  gates: [
    { name: "learns", bound: "mean accuracy at least 0.9", value: 0.94, passed: true },
    { name: "labels matter", bound: "shuffled labels at most 0.45", value: 0.333333, passed: true }
  ],
  replay: {
    verdict: "EQUAL",
    run_id: recipe.runs[0]?.run_id ?? "",
    compared: ["every prediction", "every checkpoint hash", "every metric"]
  },
  preconditions: [
    { name: "engine module", state: "verified", detail: "SHA-256 of the module equals the one in its manifest" },
    { name: "plasticity off in test", state: "verified", detail: "connectome hash before and after the phase is the same" },
    { name: "burst order", state: "asserted", detail: "single thread" }
  ],
  provenance: [
    {
      title: "Engine and plugins",
      facts: [
        { name: "feagi engine", value: "0.0.53" },
        { name: "engine module", value: hashOf("module") },
        { name: "feagi-binding 0.1.0", value: hashOf("feagi-binding") },
        { name: "metric-pack-classification 0.1.0", value: hashOf("metrics") }
      ]
    },
    {
      title: "Brain and split",
      facts: [
        { name: "genome", value: hashOf("genome") },
        { name: "split train", value: hashOf("train") },
        { name: "split val", value: hashOf("val") },
        { name: "split test", value: hashOf("test") }
      ]
    },
    {
      title: "Schedule and reward",
      facts: [
        { name: "epochs", value: 4 },
        { name: "bursts per sample", value: 12 },
        { name: "reward policy", value: "supervised 1" }
      ]
    }
  ],
  envelope: [
    { name: "node", value: "24.21.0" },
    { name: "platform", value: "linux x64" }
  ],
  treatment: {
    learner: "feagi-brain",
    encoding: { scheme: "population_single_spike", version: 1, bins: 10, spacing: "linear" },
    reward: { policy: "supervised", config: { correct: 1, wrong: -0.5 } },
    areas: ["input", "output"],
    genome_sha256: hashOf("genome")
  },
  commands: ["npm install", "npx ftr group run iris.toml --seeds 11..15", "npx ftr run replay --latest"]
}

/** One seed: there is no spread, and the wire gives an interval of no width. */
export const oneSeed: GroupReport = {
  ...iris,
  conditions: [
    {
      ...recipe,
      runs: recipe.runs.slice(0, 1),
      stats: { accuracy: stat(1, 28 / 30, 0, 28 / 30, 28 / 30), balanced_accuracy: stat(1, 28 / 30, 0, 28 / 30, 28 / 30) },
      learning_curve: []
    }
  ]
}

/** No control, no baseline, no replay, no gate, no reward, no telemetry. */
export const bare: GroupReport = (() => {
  const { replay: _, ...rest } = iris
  return {
    ...rest,
    conditions: [{ ...recipe, runs: recipe.runs.map(({ reward_curve: _rewards, cost: _cost, ...each }) => each) }],
    baselines: [],
    gates: [],
    preconditions: [],
    provenance: [],
    envelope: [],
    treatment: {},
    commands: []
  }
})()

/** One seed failed before the test phase, so no statistic was made of the others. */
export const failed: GroupReport = {
  ...iris,
  conditions: [
    {
      ...recipe,
      runs: recipe.runs.map((each, index) => {
        if (index !== 2) return each
        const { confusion: _, ...rest } = each
        return { ...rest, status: "failed", predictions_sha256: null, phases: each.phases.slice(0, 1) }
      }),
      stats: { accuracy: { insufficient: "1 of 5 seeds has no value" } }
    },
    ...iris.conditions.slice(1)
  ],
  gates: [{ name: "learns", bound: "mean accuracy at least 0.9", value: { insufficient: "1 of 5 seeds has no value" }, passed: false }]
}

/** Twenty-six classes. */
export const letters: GroupReport = (() => {
  const names = Array.from({ length: 26 }, (_, index) => `letter ${String.fromCharCode(65 + index)}`)
  const values = names.map((_, row) =>
    names.map((__, column) => (row === column ? 20 + (row % 7) : (row * 5 + column * 3) % 23 === 0 ? 2 : 0))
  )
  return {
    ...iris,
    title: "Letters",
    dataset: { ...iris.dataset, classes: names },
    conditions: [
      {
        ...recipe,
        runs: recipe.runs.map((each) => ({
          ...each,
          confusion: confusionOf(
            names,
            values.map((row) => [...row, 1])
          )
        })),
        stats: {
          ...recipe.stats,
          ...Object.fromEntries(names.flatMap((name) => [[`recall/${name}`, { insufficient: "no value was kept" }]]))
        }
      }
    ]
  }
})()

/** A model with an optimiser in place of the brain: windows of two steps, the second seed ended early, and no reward. */
export const gradient: GroupReport = {
  ...bare,
  learned_state: "weights",
  conditions: [
    {
      ...recipe,
      runs: recipe.runs.slice(0, 2).map(
        ({ reward_curve: _, ...each }, seed): ReportRun => ({
          ...each,
          training: {
            steps: 5,
            window: 2,
            windows: [2, 4, 5].map((step, at) => ({
              step,
              means: {
                accuracy: 0.25 * (at + 1),
                learning_rate: 0.001 * (at + 1),
                loss: [2.5, 0.5, 0.015625][at] ?? 0,
                ...(at === 0 ? {} : { coherence: 0.125 * (at - seed), gradient_norm: 3 - at }),
                weight_decay: 0.0625
              }
            }))
          },
          validations: [0.5, 0.75].map((value, at) => ({ epoch: at + 1, part: "val", value, stops: seed === 1 && at === 1 }))
        })
      ),
      stats: Object.fromEntries(Object.entries(recipe.stats).map(([name, value]) => [name, "n" in value ? { ...value, n: 2 } : value])),
      learning_curve: []
    }
  ]
}
