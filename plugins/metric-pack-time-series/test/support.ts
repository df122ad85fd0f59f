/** Samples and folds for the tests of this plugin. */
import type { MetricPack, MetricResult, MetricValue, Scored, ScoreFiles } from "@feagi-trainer/contracts"
import { expect } from "vitest"
import { type Event, eventsType } from "../src/Event.ts"
import { timeSeries, timeSeriesEvents } from "../src/index.ts"

export type Numbers = number | ReadonlyArray<number>

const typed = (value: Numbers): { readonly scalar: number } | { readonly vector: ReadonlyArray<number> } =>
  typeof value === "number" ? { scalar: value } : { vector: value }

/** A sample; an answer that is null is an abstention. */
export const sample = (index: number, target: Numbers, prediction: Numbers | null): Scored => ({
  sample_id: `s-${index}`,
  target: typed(target),
  prediction: prediction === null ? { abstain: { reason: "silent" } } : typed(prediction)
})

export const samplesOf = (targets: ReadonlyArray<Numbers>, predictions: ReadonlyArray<Numbers | null>): ReadonlyArray<Scored> =>
  targets.map((target, index) => sample(index, target, predictions[index] ?? null))

export const foldOf = (undefined_values: "insufficient" | "scikit-learn", output_type: "scalar" | "vector") =>
  timeSeries.start({ undefined_values }, { output_type, classes: [] })

export const resultOf = (
  samples: ReadonlyArray<Scored>,
  undefined_values: "insufficient" | "scikit-learn" = "insufficient"
): MetricResult => {
  const vector = samples.some(({ target }) => "vector" in target)
  const fold = foldOf(undefined_values, vector ? "vector" : "scalar")
  return fold.result(samples.reduce(fold.add, fold.empty))
}

export const list = (events: ReadonlyArray<Event>) => ({ custom: { type: eventsType, value: events.map((event) => ({ ...event })) } })

/** A recording whose events are `[start, end, label?]`. */
export type Span = readonly [start: number, end: number, label?: string]
const eventsOf = (spans: ReadonlyArray<Span>): ReadonlyArray<Event> => spans.map(([start, end, label = "x"]) => ({ start, end, label }))

export const recording = (index: number, target: ReadonlyArray<Span>, prediction: ReadonlyArray<Span> | null): Scored => ({
  sample_id: `r-${index}`,
  target: list(eventsOf(target)),
  prediction: prediction === null ? { abstain: { reason: "silent" } } : list(eventsOf(prediction))
})

export const eventsContext = { output_type: { custom: eventsType }, classes: [] }

export const eventResult = (samples: ReadonlyArray<Scored>, options: Parameters<typeof timeSeriesEvents.start>[0]): MetricResult => {
  const fold = timeSeriesEvents.start(options, eventsContext)
  return fold.result(samples.reduce(fold.add, fold.empty))
}

/** |value − expected| ≤ 1e-12 · scale. */
export const close = (value: MetricValue | undefined, expected: number, scale: number, what: string): void => {
  expect(typeof value, `${what} is a number: ${JSON.stringify(value)}`).toBe("number")
  expect(Math.abs((value as number) - expected), `${what}: ${String(value)} against ${expected}`).toBeLessThanOrEqual(1e-12 * scale)
}

export const files = (text: string | Uint8Array): ScoreFiles => ({
  predictions: { name: "predictions.json", bytes: typeof text === "string" ? new TextEncoder().encode(text) : text },
  targets: []
})

/** The result of a file, or the diagnostics as lines. */
export const scoreFile = <Options, State, FileOptions>(
  pack: MetricPack<Options, State, FileOptions>,
  text: string | Uint8Array,
  given: Readonly<Record<string, string>> = {}
) => {
  if (pack.files === undefined) throw new Error("the pack reads no files")
  const options = pack.files.decodeOptions(given)
  if (!options.ok)
    return { refused: options.mistakes.map(({ path, message, suggestion }) => [path.join("."), message, suggestion ?? ""].join(": ")) }
  const read = pack.files.read(files(text), options.value)
  if (!read.ok)
    return {
      refused: read.diagnostics.map(({ code, line, column, message }) => `${code} ${line}:${column} ${message}`),
      diagnostics: read.diagnostics
    }
  const fold = pack.start(read.options, read.context)
  return { result: fold.result(read.scored.reduce(fold.add, fold.empty)), read, signature: pack.signature(read.options) }
}
