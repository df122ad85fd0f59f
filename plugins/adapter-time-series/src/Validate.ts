/**
 * The full scan of any layout: parts are resolved, every series is decoded once, every problem is counted.
 *
 * Sharp edge: `content_hash` is made of the hashes of the files in the order of the parts, and not of their names: the same bytes under
 * other names are the same data.
 */
import { hash } from "node:crypto"
import { type ApprovedRoots, IndexSink, Progress, type Source, type TrainerError, type ValidationReport } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { collector } from "./Collector.ts"
import { findings } from "./Findings.ts"
import { classesOf } from "./Labels.ts"
import { type Scanning, scanLines } from "./LinedScan.ts"
import type { Options, Part } from "./Options.ts"
import { resolveParts, sourceFiles } from "./Parts.ts"
import { scanWfdb } from "./Wfdb.ts"

/** The classes that the options say; absent when a file has to. */
const declaredClasses = (options: Options): ReadonlyArray<string> | undefined => {
  if (options.classes !== "scan") return options.classes ?? undefined
  return options.layout === "wfdb" ? [...new Set(Object.values(options.labels))].sort() : undefined
}

/** SHA-256 of what code that reads the samples depends on: channels, rate, target and classes, and what was done to missing values. */
export const fingerprintOf = (options: Options, channels: ReadonlyArray<string>, rate: number, classes: ReadonlyArray<string>): string => {
  const target = options.layout === "wfdb" ? "class" : options.target
  const window = options.layout === "wfdb" ? [options.window.pre_samples, options.window.post_samples] : null
  return hash("sha256", JSON.stringify(["time_series", options.layout, channels, rate, target, classes, options.missing, window]))
}

const resolvedOptions = (
  options: Options,
  parts: ReadonlyArray<Part>,
  channels: ReadonlyArray<string>,
  labels: ReadonlyArray<string>
): Readonly<Record<string, unknown>> => {
  if (options.layout === "wfdb") return { ...options, parts, channels, classes: labels }
  const found = { parts, classes: options.target === "class" ? labels : null }
  if (options.layout === "ts") return { ...options, ...found }
  const group_column = options.group_column ?? null
  return options.form === "row"
    ? { ...options, ...found, group_column, id_column: options.id_column ?? null }
    : { ...options, ...found, group_column, time: options.time ?? null }
}

export const validate = (
  source: Source,
  options: Options
): Effect.Effect<ValidationReport, TrainerError, ApprovedRoots | IndexSink | Progress> =>
  Effect.gen(function* () {
    const sink = yield* IndexSink
    const progress = yield* Progress
    const found = findings()
    const files = yield* sourceFiles(source)
    const parts = resolveParts(files, options, found)
    const classes = classesOf(declaredClasses(options), found)
    const collected = collector(classes, found, sink)
    const scanning: Scanning = { folder: files.folder, parts, found, classes, collected, progress }
    const scanned =
      options.layout === "wfdb"
        ? yield* scanWfdb(options, scanning)
        : { ...(yield* scanLines(options, scanning)), sample_rate_hz: options.sample_rate_hz }
    const isClass = options.layout === "wfdb" || options.target === "class"
    if (isClass && found.errors() === 0) classes.end(scanned.files[0]?.path ?? source.path)
    const counted = { diagnostics: found.diagnostics(), error_count: found.errors(), warning_count: found.warnings() }
    if (found.errors() > 0) return counted
    const labels = isClass ? classes.labels() : []
    return {
      ...counted,
      scan: {
        content_hash: hash("sha256", scanned.files.map(({ sha256 }) => sha256).join("\n")),
        schema_fingerprint: fingerprintOf(options, scanned.channels, scanned.sample_rate_hz, labels),
        modality: "time_series",
        output_type: isClass ? "class" : "scalar",
        shape: collected.shape(scanned.channels, scanned.sample_rate_hz),
        classes: labels.map((label, class_id) => ({ class_id, label })),
        files: scanned.files
      },
      resolved_options: resolvedOptions(options, parts, scanned.channels, labels)
    }
  })
