/** Files that no run wrote, read by the metric pack that knows their form. */
import { resolve } from "node:path"
import { type InsufficientData, type MetricValue, type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { Catalogue } from "@feagi-trainer/core"
import { scoreFiles } from "@feagi-trainer/evaluation"
import { readFileLimited } from "@feagi-trainer/store"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { emit } from "../../Out.ts"
import { rootsLayer, withPlugins } from "../../services.ts"
import { drawnIntervals, type IntervalFlags } from "./intervals.ts"
import { writeScoreReport } from "./report.ts"
import { type ScoreIntervals, type Scores, scoresText } from "./Scores.ts"

/** Largest file of predictions or targets that is read: 2 GiB - 1, the most that one read gives. */
const maxFileBytes = 2 ** 31 - 1

/** More ids than this are counted, not listed. */
const listed = 100

export interface FileFlags extends IntervalFlags {
  readonly pack: string
  readonly predictions: string
  readonly targets: ReadonlyArray<string>
  readonly option: ReadonlyArray<string>
  readonly report: Option.Option<string>
  readonly images: Option.Option<string>
  readonly all: boolean
  readonly json: boolean
}

/** `name=value`, the value as it stands: what it means is the reader's to say. */
const optionTexts = (options: ReadonlyArray<string>): Effect.Effect<Readonly<Record<string, string>>, TrainerError> => {
  const wrong = options.filter((each) => !/^[A-Za-z][\w-]*=/.test(each))
  if (wrong.length > 0)
    return trainerErrors(
      "usage",
      wrong.map((actual) => ({
        code: "FT1304",
        severity: "error",
        field: "--option",
        message: "takes one key",
        expected: "key=value",
        actual
      }))
    )
  const entries = options.map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)] as const)
  const repeated = entries.map(([name]) => name).find((name, at, names) => names.indexOf(name) !== at)
  return repeated === undefined
    ? Effect.succeed(Object.fromEntries(entries))
    : trainerError("usage", { code: "FT1304", field: "--option", message: `${repeated} is given more than once` })
}

const readFile = (name: string) => Effect.map(readFileLimited(resolve(name), maxFileBytes), (bytes) => ({ name, bytes }))

/** The intervals under the names that are reported, and under all names of the pack where those are asked for. */
const underReportedNames = (
  intervals: ScoreIntervals | undefined,
  names: Readonly<Record<string, string>>,
  values: Readonly<Record<string, MetricValue>>,
  all: boolean
): ScoreIntervals | undefined => {
  if (intervals === undefined) return undefined
  const none: InsufficientData = { insufficient: "the metric pack has no value of resamples for it" }
  const reported = Object.entries(names).flatMap(([name, shown]) =>
    Object.hasOwn(values, name) ? [[shown, intervals.of[name] ?? none] as const] : []
  )
  const wilson = intervals.wilson.flatMap((name) => names[name] ?? (all ? [name] : []))
  return { ...intervals, wilson, of: Object.fromEntries([...(all ? Object.entries(intervals.of) : []), ...reported]) }
}

export const scoreOfFiles = (flags: FileFlags) =>
  withPlugins(
    Effect.gen(function* () {
      const catalogue = yield* Catalogue
      const { ref, entry } = yield* catalogue.lookup("metric-pack", flags.pack)
      const options = yield* optionTexts(flags.option)
      const files = { predictions: yield* readFile(flags.predictions), targets: yield* Effect.forEach(flags.targets, readFile) }
      const scored = scoreFiles(entry, files, options)
      if (!scored.ok) {
        const usage = scored.diagnostics.every(({ code }) => code === "FT5009" || code === "FT5010")
        return yield* trainerErrors(usage ? "usage" : "invalid", scored.diagnostics)
      }
      const { values, metrics, signatures, n, missing, abstained } = scored
      const { options: used, context, scored: samples } = scored.read
      const drawn = yield* drawnIntervals(flags, { pack: entry, options: used, context, samples }, values)
      const intervals = underReportedNames(drawn, entry.files?.names ?? {}, values, flags.all)
      const data: Scores = {
        pack: `${ref.id}@${ref.version}`,
        metrics,
        signatures,
        n,
        missing: missing.length,
        abstained,
        ...(intervals === undefined ? {} : { intervals })
      }
      if (Option.isSome(flags.report)) yield* writeScoreReport(flags.report.value, { flags, pack: entry, files, scored, scores: data })
      yield* emit(flags.json, {
        kind: "score",
        data: {
          ...data,
          ...(missing.length === 0 ? {} : { missing_ids: missing.slice(0, listed) }),
          ...(flags.all ? { values } : {})
        },
        human: scoresText(flags.predictions, flags.all ? { ...data, metrics: { ...metrics, ...values } } : data),
        warnings:
          missing.length === 0
            ? []
            : [
                {
                  code: "FT5011",
                  severity: "warning",
                  file: flags.predictions,
                  message: `there is no prediction for ${missing.length} of ${n} targets; they are scored as if they had been abstained from`,
                  actual: missing.slice(0, 5).join(", ")
                }
              ]
      })
    }).pipe(Effect.provide(rootsLayer))
  )
