/**
 * Task template `time-series-classification`: from registered series with class labels to a genome and a complete run file.
 *
 * A series becomes a table: every channel is resampled to one length, brought to mean 0 and deviation 1, and laid out as one feature
 * per point. Sharp edge: what tells classes apart by their level or scale alone is gone after that; change `per` in the transforms then.
 */
import { type BrainTemplate, type Mistake, optionsFrom, type Selected, type TaskRequest, TaskTemplate } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { classificationRunFile } from "./ClassificationRunFile.ts"
import { classFaults } from "./classFaults.ts"
import { refused } from "./Tabular.ts"
import { tabularGenome } from "./TabularGenome.ts"
import { consistent, tabularFields } from "./TabularOptions.ts"
import { percentageEncoder, tabularBursts, tabularLines } from "./TabularRunFile.ts"

const TEMPLATE_ID = "time-series-classification"

const count = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_536 }))

export const SeriesOptions = Schema.Struct({
  /** Points of every resampled channel, and channels: features are points times channels. */
  points: count,
  channels: count,
  ...tabularFields
}).check(...consistent)
export type SeriesOptions = typeof SeriesOptions.Type

/** Most points that the defaults ask for. */
const wanted = 64

const defaultsFor = (points: number, channels: number): SeriesOptions => ({
  points: Math.min(points, wanted),
  channels,
  bins: 8,
  spacing: "linear",
  tilings: 4,
  initial_weight: 1,
  max_weight: 4,
  learning_rate: 0.02,
  plasticity_window: 1
})

/** Every reason why this template is not for that dataset. */
const faultsOf = (request: TaskRequest): ReadonlyArray<Mistake> => [
  ...(request.shape.kind === "time_series"
    ? []
    : [
        {
          path: [],
          problem: "invalid" as const,
          message: `template ${TEMPLATE_ID} is for time series`,
          expected: "time series",
          actual: `${request.shape.kind} samples`
        }
      ]),
  ...classFaults(TEMPLATE_ID, request)
]

const transformsOf = ({ points }: SeriesOptions): string =>
  `# Resampled to one length, every channel brought to mean 0 and deviation 1, and laid out as one feature per point.
[[transforms]]
plugin = "series-resample"
version = 1
phases = "all"
options = { length = ${points}, method = "linear", sample_rate = "keep" }

[[transforms]]
plugin = "series-z-normalise"
version = 1
phases = "all"
options = { per = "channel", constant = "zero" }

[[transforms]]
plugin = "flatten"
version = 1
phases = "all"
options = { range = "declared" }`

export const timeSeriesClassification: BrainTemplate<SeriesOptions> = TaskTemplate.brain<SeriesOptions>({
  id: TEMPLATE_ID,
  version: 1,
  decodeOptions: optionsFrom(SeriesOptions),
  defaults: (request): Selected<SeriesOptions> => {
    const faults = faultsOf(request)
    return faults.length > 0 || request.shape.kind !== "time_series"
      ? refused(faults)
      : { ok: true, value: defaultsFor(request.shape.length[1], request.shape.channels.length) }
  },
  genome: (options, request) => {
    const { shape } = request
    const faults = faultsOf(request)
    if (faults.length > 0 || shape.kind !== "time_series") return refused(faults)
    if (shape.channels.length !== options.channels)
      return refused([
        {
          path: ["channels"],
          problem: "invalid",
          message: "is not the number of channels of the data",
          expected: String(shape.channels.length),
          actual: String(options.channels)
        }
      ])
    return { ok: true, value: tabularGenome(options, options.points * options.channels, request.classes.length) }
  },
  runFile: (options, request) =>
    classificationRunFile(
      {
        template: TEMPLATE_ID,
        version: 1,
        recipe: { epochs: 10, margin: 0.03, fractions: { train: 0.6, val: 0.2, test: 0.2 }, checkpoint_every: 1000 },
        what: `${options.points} points of ${options.channels} channels after resampling`,
        transforms: transformsOf(options),
        encoder: percentageEncoder(options),
        bursts: tabularBursts,
        generate: `# Points of every resampled channel, and channels: one feature for each point of each.
points = ${options.points}
channels = ${options.channels}
${tabularLines(options)}`
      },
      request
    )
})
