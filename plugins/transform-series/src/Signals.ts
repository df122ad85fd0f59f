/** Signals and their shape, as the operations of this package need them; what they cannot take is named, with the sample. */
import {
  type IRSample,
  type Mistake,
  type SampleShape,
  type Selected,
  type TimeSeries,
  type TimeSeriesShape,
  type TrainerError,
  trainerError
} from "@feagi-trainer/contracts"

export const mistake = (path: Mistake["path"], message: string, expected: string, actual: string): Mistake => ({
  path,
  problem: "invalid",
  message,
  expected,
  actual
})

export const refused = (...mistakes: ReadonlyArray<Mistake>): { readonly ok: false; readonly mistakes: ReadonlyArray<Mistake> } => ({
  ok: false,
  mistakes
})

export const signalShape = (operation: string, shape: SampleShape): Selected<TimeSeriesShape> => {
  if (shape.kind !== "time_series")
    return refused(mistake([], `${operation} takes signals`, "time_series samples", `${shape.kind} samples`))
  return shape.channels.length === 0
    ? refused(mistake([], `${operation} takes signals`, "at least one channel", "none"))
    : { ok: true, value: shape }
}

export const sampleFault = (
  operation: string,
  code: string,
  sample: IRSample,
  message: string,
  expected: string,
  actual: string,
  help?: string
): TrainerError =>
  trainerError("invalid", {
    code: `${operation}/${code}`,
    sample_id: sample.sample_id,
    message,
    expected,
    actual,
    ...(help === undefined ? {} : { help })
  })

export interface Signal {
  readonly series: TimeSeries
  readonly channels: number
  /** Points in time. */
  readonly length: number
}

/** The signal of a sample, whole points in time of finite numbers, or why there is none. */
export const readSignal = (operation: string, shape: SampleShape, sample: IRSample): Signal | TrainerError => {
  const fault = (expected: string, actual: string) =>
    sampleFault(operation, "SAMPLE", sample, "is no signal of this shape", expected, actual)
  if (shape.kind !== "time_series" || !("time_series" in sample.payload))
    return fault("payload time_series", Object.keys(sample.payload).join(", "))
  const series = sample.payload.time_series
  const names = shape.channels.map(({ name }) => name)
  if (series.channel_ids.length !== names.length || series.channel_ids.some((name, index) => name !== names[index]))
    return fault(`the channels ${names.join(", ")}`, series.channel_ids.join(", "))
  const channels = names.length
  if (series.samples.length === 0 || series.samples.length % channels !== 0)
    return fault(`whole points in time of ${channels} channels, at least one`, `${series.samples.length} numbers`)
  const at = series.samples.findIndex((value) => !Number.isFinite(value))
  if (at >= 0) return fault(`a finite number at point ${Math.floor(at / channels)}`, String(series.samples[at]))
  return { series, channels, length: series.samples.length / channels }
}

/** The sample with other numbers in the same channels; what else is said of the signal stays. */
export const withSignal = (sample: IRSample, series: TimeSeries): IRSample => ({ ...sample, payload: { time_series: series } })
