/**
 * MetricLogger: the port that a stage tells its measures, step by step. What a stage config calls `logger` and `log_path` is handed to
 * it when a training begins; neither changes what is learnt.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { csv, jsonLines, type MetricRecord } from "../log/MetricText.ts"

/** Texts of measures that a logger is asked for. */
export type LoggerKind = "none" | "json_lines" | "csv"

export interface OpenLog {
  readonly write: (record: MetricRecord) => Effect.Effect<void, TrainerError>
  /** No record comes after it. */
  readonly close: Effect.Effect<void, TrainerError>
}

export class MetricLogger extends Context.Service<
  MetricLogger,
  { readonly open: (request: { readonly logger: LoggerKind; readonly log_path: string | "none" }) => Effect.Effect<OpenLog, TrainerError> }
>()("@feagi-trainer/training-stages/MetricLogger") {}

/** A log that nobody reads. */
export const silentLog: OpenLog = { write: () => Effect.void, close: Effect.void }

/**
 * A logger that gathers the records of a training and hands their text over when it closes, with the path that the config names.
 * `none` is handed over to nobody.
 */
export const textLogger = (deliver: (path: string | "none", text: string) => Effect.Effect<void, TrainerError>): MetricLogger["Service"] =>
  MetricLogger.of({
    open: ({ logger, log_path }) =>
      Effect.sync(() => {
        if (logger === "none") return silentLog
        const records: Array<MetricRecord> = []
        return {
          write: (record) => Effect.sync(() => void records.push(record)),
          close: Effect.suspend(() => deliver(log_path, logger === "csv" ? csv(records) : jsonLines(records)))
        }
      })
  })

/** Every record to all of these. */
export const teeLogger = (loggers: ReadonlyArray<MetricLogger["Service"]>): MetricLogger["Service"] =>
  MetricLogger.of({
    open: (request) =>
      Effect.map(
        Effect.forEach(loggers, (logger) => logger.open(request)),
        (logs): OpenLog => ({
          write: (record) => Effect.forEach(logs, (log) => log.write(record), { discard: true }),
          close: Effect.forEach(logs, (log) => log.close, { discard: true })
        })
      )
  })
