/** The report of scored files: numbers, figures with the pictures that they lie over, and what it was made of. */
import { basename, join, resolve } from "node:path"
import type { OverlayImage } from "@feagi-trainer/charts"
import { directionOf, type MetricPack, type ScoreFile, type ScoreFiles } from "@feagi-trainer/contracts"
import { Roots, trainerVersion } from "@feagi-trainer/core"
import { sha256Hex } from "@feagi-trainer/determinism"
import type { FilesScored } from "@feagi-trainer/evaluation"
import { type ReportedFile, type ReportedMetric, type ScoreReport, scoreHtml, scoreMarkdown } from "@feagi-trainer/reports"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { say } from "../../Out.ts"
import { writeFilesOut } from "../../outFiles.ts"
import { maxPictureBytes, withPictures } from "../../pictures.ts"
import type { FileFlags } from "./files.ts"
import type { Scores } from "./Scores.ts"

/** Pictures of a folder by the name that the overlay knows; a picture that is not there leaves its place hatched. */
const picturesOf = (folder: Option.Option<string>) =>
  Effect.gen(function* () {
    if (Option.isNone(folder)) return () => Effect.succeed(undefined)
    const files = yield* (yield* Roots).open(resolve(folder.value))
    return ({ file, sample_id }: OverlayImage) => {
      const name = file ?? sample_id
      return name === undefined
        ? Effect.succeed(undefined)
        : Effect.gen(function* () {
            const { bytes } = yield* files.info(name)
            return bytes > maxPictureBytes ? undefined : yield* files.read(name, 0, bytes)
          }).pipe(Effect.catch(() => Effect.succeed(undefined)))
    }
  })

/** As a shell would read it back. */
const quoted = (word: string): string => (/^[\w./:=,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

const commandOf = (flags: FileFlags): string =>
  [
    "feagi-trainer score",
    `--pack ${quoted(flags.pack)}`,
    `--predictions ${quoted(flags.predictions)}`,
    ...flags.targets.map((each) => `--targets ${quoted(each)}`),
    ...flags.option.map((each) => `--option ${quoted(each)}`),
    ...(Option.isSome(flags.resamples) && Option.isSome(flags.seed)
      ? [`--resamples ${flags.resamples.value} --seed ${flags.seed.value} --confidence ${flags.confidence} --method ${flags.method}`]
      : [])
  ].join(" ")

interface Reported {
  readonly flags: FileFlags
  readonly pack: MetricPack
  readonly files: ScoreFiles
  readonly scored: FilesScored<unknown>
  readonly scores: Scores
}

const methods = { bca: "BCa bootstrap", percentile: "percentile bootstrap" } as const

const reportedMetrics = ({ pack, scores: { metrics, signatures, intervals } }: Reported): ReadonlyArray<ReportedMetric> =>
  Object.entries(pack.files?.names ?? {}).flatMap(([name, shown]) => {
    const value = metrics[shown]
    if (value === undefined) return []
    const interval = intervals?.of[shown]
    const direction = directionOf(pack, name)
    return [
      {
        name: shown,
        value,
        signature: signatures[shown] ?? "",
        ...(direction === undefined ? {} : { direction }),
        ...(interval === undefined || "insufficient" in interval ? {} : { interval: { low: interval.low, high: interval.high } })
      }
    ]
  })

const fileOf = (role: string, { name, bytes }: ScoreFile): ReportedFile => ({ role, name, bytes: bytes.length, sha256: sha256Hex(bytes) })

/** Writes `report.html` and `report.md` into the folder, which is made where it does not exist. */
export const writeScoreReport = (folder: string, reported: Reported) =>
  Effect.gen(function* () {
    const { flags, pack, files, scored, scores } = reported
    const names = pack.files?.names ?? {}
    const report: ScoreReport = {
      schema_version: 1,
      title: basename(flags.predictions),
      trainer_version: trainerVersion,
      pack: scores.pack,
      scored: scores.n,
      missing: scores.missing,
      abstained: scores.abstained,
      metrics: reportedMetrics(reported),
      ...(scores.intervals === undefined
        ? {}
        : {
            intervals: {
              method: methods[scores.intervals.method],
              confidence: scores.intervals.confidence,
              resamples: scores.intervals.resamples,
              seed: scores.intervals.seed,
              wilson: scores.intervals.wilson
            }
          }),
      figures: yield* withPictures(scored.figures, yield* picturesOf(flags.images)),
      files: [fileOf("predictions", files.predictions), ...files.targets.map((each) => fileOf("targets", each))],
      further: Object.entries(scored.values).flatMap(([name, value]) => (Object.hasOwn(names, name) ? [] : [{ name, value }])),
      commands: [commandOf(flags)]
    }
    yield* writeFilesOut(folder, [
      { name: "report.html", text: scoreHtml(report) },
      { name: "report.md", text: scoreMarkdown(report) }
    ])
    yield* say(`report: ${join(folder, "report.html")}  and  ${join(folder, "report.md")}`)
  })
