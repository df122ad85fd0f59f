/**
 * Takes the series of a scan one by one: checks labels and channels, keeps ranges, and hands entries to the host.
 *
 * What it keeps does not grow with the number of series. Sharp edge: `flush` has to run now and then, because handing on may wait.
 */
import { type IndexSink, type ScannedEntry, showValue, type TimeSeriesShape, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import type { Details, Findings } from "./Findings.ts"
import type { Classes } from "./Labels.ts"
import { decodedHash, nearKey, type SeriesRecord } from "./Series.ts"

/** Entries that are handed over at once. */
const BATCH = 256

/** Where a series was found. */
export interface Found {
  readonly content_hash: string
  readonly at: ReadonlyArray<number>
  readonly file: string
  readonly line?: number
  readonly given_split: string | null
  readonly values?: Readonly<Record<string, number>>
  readonly place: () => Omit<Details, "message">
}

export interface Collector {
  readonly add: (record: SeriesRecord, found: Found) => void
  readonly flush: Effect.Effect<void, TrainerError>
  readonly count: () => number
  readonly shape: (channels: ReadonlyArray<string>, sample_rate_hz: number) => TimeSeriesShape
}

export const collector = (classes: Classes, found: Findings, sink: IndexSink["Service"]): Collector => {
  let count = 0
  let pending: Array<ScannedEntry> = []
  const length = { min: Number.POSITIVE_INFINITY, max: 0 }
  const ranges: Array<{ min: number; max: number }> = []

  const measure = ({ channels, values }: SeriesRecord): void => {
    while (ranges.length < channels) ranges.push({ min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY })
    values.forEach((value, at) => {
      const range = ranges[at % channels]
      if (range === undefined) return
      if (value < range.min) range.min = value
      if (value > range.max) range.max = value
    })
    length.min = Math.min(length.min, values.length / channels)
    length.max = Math.max(length.max, values.length / channels)
  }

  return {
    add: (record, { content_hash, at, file, line, given_split, values, place }) => {
      count++
      const { target, id, group, time } = record
      if (typeof target === "string" && !classes.accepts(target, place)) return
      // From the first error on there will be no scan, so that nobody waits for entries.
      if (found.errors() > 0) return
      measure(record)
      const key = nearKey(record)
      pending.push({
        ...(id === undefined ? {} : { sample_id: id }),
        content_hash,
        decoded_hash: decodedHash(record),
        ...(typeof target === "string" ? { label: target } : {}),
        ...(group === undefined ? {} : { group }),
        ...(given_split === null ? {} : { given_split }),
        ...(time === undefined ? {} : { time }),
        values: { length: record.values.length / record.channels, ...(typeof target === "number" ? { target } : {}), ...values },
        at,
        ...(key === undefined ? {} : { near: { key } }),
        file,
        ...(line === undefined ? {} : { line })
      })
    },
    flush: Effect.gen(function* () {
      const entries = pending
      pending = []
      for (let from = 0; from < entries.length; from += BATCH) yield* sink.add(entries.slice(from, from + BATCH))
    }),
    count: () => count,
    shape: (channels, sample_rate_hz) => ({
      kind: "time_series",
      channels: channels.map((name, at) => ({ name, min: ranges[at]?.min ?? 0, max: ranges[at]?.max ?? 0 })),
      length: [length.max === 0 ? 0 : length.min, length.max],
      sample_rate_hz
    })
  }
}

export const noRecords = (found: Findings, file: string, what: string): void =>
  found.error("NO-RECORDS", undefined, () => ({
    message: `there is no ${what} in ${showValue(file)}`,
    file,
    help: "check how the file was made"
  }))
