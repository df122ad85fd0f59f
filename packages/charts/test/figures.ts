/** One figure of each kind, made by arithmetic: what the goldens draw. */
import type { Figure } from "../src/index.ts"

const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index))

/** A sequence without chance: the fractional parts of multiples of the golden ratio. */
const spread = (index: number): number => (index * 0.6180339887498949) % 1

const epochs = Array.from({ length: 21 }, (_, index) => index)
const rise = (epoch: number, top: number, pace: number) => top - (top - 0.1) / (1 + epoch * pace)

export const figures = {
  matrix: {
    kind: "matrix",
    id: "confusion/digits",
    title: "Confusion of the last epoch",
    description: "Truth by prediction for five digits; most samples lie on the diagonal and seven were abstained.",
    rows: { label: "truth", categories: ["zero", "one", "two", "three", "four"] },
    columns: { label: "prediction", categories: ["zero", "one", "two", "three", "four", "abstained"] },
    values: [
      [48, 0, 1, 0, 0, 1],
      [0, 41, 6, 2, 1, 0],
      [2, 5, 33, 6, 0, 4],
      [0, 1, 20, 27, 2, 0],
      [0, 0, 0, 0, null, 2]
    ]
  },
  letters: {
    kind: "matrix",
    id: "confusion/letters",
    title: "Confusion of 26 letters",
    description: "Truth by prediction for 26 letters; neighbours are mistaken for one another.",
    rows: { label: "truth", categories: letters },
    columns: { label: "prediction", categories: [...letters, "abstained"] },
    values: letters.map((_, row) =>
      [...letters, ""].map((_, column) =>
        row === column ? 120 + row * 3 : Math.abs(row - column) === 1 ? row : (row * column) % 11 === 3 ? 2 : 0
      )
    )
  },
  curve: {
    kind: "curve",
    id: "learning-curve",
    title: "Learning curve",
    description: "Accuracy over 20 epochs: the spiking learner reaches 0.93, the reference learner 0.81, chance is 0.1.",
    x: { label: "epoch", scale: "linear" },
    y: { label: "accuracy", scale: "linear" },
    series: [
      {
        name: "spiking learner",
        points: epochs.map((epoch) => [epoch, rise(epoch, 1, 0.6)] as const),
        band: epochs.map((epoch) => [epoch, rise(epoch, 1, 0.6) - 0.05, Math.min(1, rise(epoch, 1, 0.6) + 0.04)] as const)
      },
      { name: "reference learner", points: epochs.map((epoch) => [epoch, epoch === 8 ? null : rise(epoch, 0.9, 0.35)] as const) },
      { name: "majority so far", style: "step", points: epochs.map((epoch) => [epoch, 0.3 + 0.01 * Math.floor(epoch / 5)] as const) },
      {
        name: "single runs",
        style: "points",
        points: epochs.map((epoch) => [epoch, rise(epoch, 0.7, 0.2) + 0.05 * spread(epoch)] as const)
      }
    ],
    reference: [{ label: "chance", y: 0.1 }]
  },
  log: {
    kind: "curve",
    id: "samples-needed",
    title: "Error over the number of training samples",
    description: "The error falls from 0.5 to 0.0005 as the samples grow from 10 to a million; two sizes were not measured.",
    x: { label: "samples", scale: "log" },
    y: { label: "error", unit: "share", scale: "log" },
    series: [
      {
        name: "error",
        points: [
          [10, 0.5],
          [100, 0.2],
          [1000, 0.04],
          [10000, null],
          [100000, 0.002],
          [1000000, 0.0005]
        ]
      }
    ]
  },
  bars: {
    kind: "bars",
    id: "scores",
    title: "Accuracy per benchmark",
    description: "Three learners on four benchmarks with 95 % intervals; the gradient model was not run on gestures.",
    x: { label: "benchmark" },
    y: { label: "accuracy", unit: "share" },
    categories: ["digits", "letters", "gestures", "keywords"],
    series: [
      { name: "spiking", values: [0.93, 0.71, 0.64, 0.5], low: [0.9, 0.66, 0.58, 0.44], high: [0.95, 0.76, 0.7, 0.57] },
      { name: "gradient", values: [0.97, 0.83, null, 0.88], low: [0.95, 0.8, null, 0.85], high: [0.98, 0.86, null, 0.91] },
      { name: "nearest neighbour", values: [0.89, 0.62, 0.41, 0] }
    ],
    reference: [{ label: "chance", y: 0.1 }]
  },
  slanted: {
    kind: "bars",
    id: "change",
    title: "Change of the score against the base",
    description: "Twelve long-named settings, half of them below the base.",
    x: { label: "setting" },
    y: { label: "change", unit: "points" },
    categories: Array.from({ length: 12 }, (_, index) => `plasticity constant ${index} times the default of the engine`),
    series: [
      {
        name: "change",
        values: Array.from({ length: 12 }, (_, index) => (index === 7 ? null : Math.round((spread(index) - 0.5) * 240) / 10))
      }
    ]
  },
  table: {
    kind: "table",
    id: "leaderboard",
    title: "Leaderboard",
    description: "Four learners with score, time and note; one has no time.",
    columns: [
      { key: "learner", label: "learner", align: "left" },
      { key: "score", label: "score", align: "right" },
      { key: "time", label: "time", unit: "s", align: "right" },
      { key: "rank", label: "rank", align: "center" },
      { key: "note", label: "note", align: "left" }
    ],
    rows: [
      ["spiking", 0.931234567, 12.5, 2, "plastic"],
      ["gradient", 0.97, 340, 1, "a note that is much too long to be shown in a column of a table that has others beside it"],
      ["nearest <neighbour>", 0.89, null, 3, "k = 5 & exact"],
      ["majority", 0.1, 0.000012, 4, null]
    ]
  },
  histogram: {
    kind: "histogram",
    id: "latency",
    title: "Bursts until the first output spike",
    description: "Most answers come after 8 to 12 bursts, a few after more than 20.",
    label: "latency",
    unit: "bursts",
    edges: Array.from({ length: 25 }, (_, index) => index * 1.25),
    counts: Array.from({ length: 24 }, (_, index) => Math.max(0, Math.round(220 / (1 + ((index - 8) / 2.5) ** 2)) - 8))
  },
  series: {
    kind: "series",
    id: "recording",
    title: "Input channels with marks",
    description: "Three channels over four seconds; channel b has a gap, and two events are marked.",
    sample_rate_hz: 250,
    channels: [
      { name: "a", unit: "µV", values: Array.from({ length: 1000 }, (_, index) => ((index % 100) - 50) * (index % 200 < 100 ? 1 : -1)) },
      {
        name: "b",
        unit: "µV",
        values: Array.from({ length: 1000 }, (_, index) =>
          index >= 400 && index < 480 ? null : spread(index) * 10 + (index > 600 ? 4 : 0)
        )
      },
      { name: "reward", values: Array.from({ length: 1000 }, (_, index) => (index % 250 === 249 ? 1 : 0)) }
    ],
    marks: [
      { label: "stimulus", at: 200, until: 320 },
      { label: "reward given", at: 249 }
    ]
  },
  overlay: {
    kind: "overlay",
    id: "detections",
    title: "Truth and predictions",
    description: "Two boxes, one skeleton and one mask with a hole over an image that is not included.",
    image: { width: 480, height: 320 },
    shapes: [
      { shape: "box", x: 40, y: 60, width: 120, height: 140, label: "cat", role: "truth" },
      { shape: "box", x: 52, y: 48, width: 124, height: 150, label: "cat", score: 0.87654, role: "prediction" },
      {
        shape: "keypoints",
        label: "hand",
        role: "truth",
        points: [
          { name: "wrist", x: 250, y: 260 },
          { name: "palm", x: 262, y: 200 },
          { name: "thumb", x: 230, y: 170 },
          { name: "index", x: 270, y: 130 },
          { name: "ring", x: null, y: null }
        ],
        edges: [
          [0, 1],
          [1, 2],
          [1, 3],
          [1, 4]
        ]
      },
      {
        shape: "outline",
        label: "cup",
        score: 0.5,
        role: "prediction",
        rings: [
          [
            [330, 80],
            [430, 70],
            [450, 180],
            [380, 230],
            [320, 170]
          ],
          [
            [360, 120],
            [400, 120],
            [400, 160],
            [360, 160]
          ]
        ]
      }
    ]
  },
  tensor: {
    kind: "grid",
    id: "tensor/dense.weight",
    title: "Weights of the first layer",
    description: "A matrix of 24 × 40 weights around zero, largest at two crossing bands; one was not read.",
    x: { label: "input" },
    y: { label: "output" },
    colours: "diverging",
    panels: [
      {
        title: "dense.weight",
        values: Array.from({ length: 24 }, (_, row) =>
          Array.from({ length: 40 }, (_, column) =>
            row === 3 && column === 7
              ? null
              : Math.round(1000 * (spread(row * 40 + column) - 0.5 + (column === 20 ? 1 : 0) - (row === 12 ? 1 : 0))) / 1000
          )
        )
      }
    ]
  },
  slices: {
    kind: "grid",
    id: "voxels/iv00",
    title: "Voxels of a cortical area",
    description: "Five slices of 6 × 8 voxels; the potential grows with the depth.",
    x: { label: "x" },
    y: { label: "y" },
    colours: "sequential",
    unit: "potential",
    reaches: [0, 60],
    panels: Array.from({ length: 5 }, (_, z) => ({
      title: `z ${z}`,
      values: Array.from({ length: 6 }, (_, y) => Array.from({ length: 8 }, (_, x) => ((x * y + z * 7) % 13) * z))
    }))
  },
  raster: {
    kind: "raster",
    id: "raster/sample",
    title: "Spikes of one sample",
    description: "Six areas over 64 bursts; the output area fires behind the input, and the memory area never.",
    x: { label: "burst" },
    length: 64,
    rows: { label: "cortical area", categories: ["input", "middle", "output", "memory", "pain", "pleasure"] },
    events: [
      Array.from({ length: 32 }, (_, index) => index * 2),
      Array.from({ length: 20 }, (_, index) => 3 + index * 3),
      [9, 10, 11, 30, 31, 50],
      [],
      [12],
      [32, 33, 52]
    ]
  }
} as const satisfies Record<string, Figure>
