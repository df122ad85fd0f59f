/** `scorecard ls` and `scorecard show`. */
import { BlobStore, documentOf, measuringPack, RunJournal } from "@feagi-trainer/core"
import { fromUtf8, Json } from "@feagi-trainer/determinism"
import { metricIntervals } from "@feagi-trainer/evaluation"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { findRun } from "../../findRun.ts"
import { json } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { scorecardMarks } from "../../scorecardMarks.ts"
import { reading } from "../../services.ts"
import { draws, scoredRows } from "../../summaries/session.ts"
import { textTable } from "../../textTable.ts"
import { allCards, type Card, findCard, linkMarks, readCard, scorecardId } from "./cards.ts"

export const ls = Command.make("ls", { json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const cards = yield* Effect.forEach(yield* allCards, (row) =>
        Effect.map(readCard(row.document_sha256), (card) => ({
          ...row,
          metrics: card.metrics,
          status: card.status,
          marks: scorecardMarks(card)
        }))
      )
      yield* emit(flags.json, {
        kind: "scorecards",
        data: cards,
        human: textTable(
          [
            { title: "SCORECARD", cell: (each) => each.scorecard_id },
            { title: "RUN", cell: (each) => each.run_id },
            { title: "PHASE", cell: (each) => each.phase },
            { title: "ACCURACY", cell: (each) => (each.metrics.accuracy === undefined ? null : each.metrics.accuracy.toFixed(4)) },
            { title: "STATUS", cell: (each) => each.status },
            { title: "MARKS", cell: (each) => [...each.marks, ...linkMarks(each)].join("; ") || null }
          ],
          cards,
          "no scorecard yet"
        )
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer scorecard ls", description: "Every scorecard, oldest first" }]))

const intervals = Flag.Boolean("intervals").pipe(
  Flag.withDescription("With a 95 % interval of every value, by resampling the samples: the same draws as of run summaries"),
  Flag.withDefault(false)
)

const intervalText = (interval: ReturnType<typeof metricIntervals>[string] | undefined): string | null =>
  interval === undefined || "insufficient" in interval ? null : `${interval.low.toFixed(6)} … ${interval.high.toFixed(6)}`

/** The card has values only; how sure they are is computed from the answers that it was computed from. */
const intervalsOf = (row: Card) =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const run = yield* findRun(row.run_id)
    const { pack, options, context } = yield* measuringPack(yield* documentOf(run))
    return metricIntervals({ ...draws, pack, options, context, samples: scoredRows(yield* journal.predictions(row.run_id, row.phase)) })
  })

export const show = Command.make("show", { scorecard: scorecardId, intervals, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const row = yield* findCard(flags.scorecard)
      const blobs = yield* BlobStore
      const text = fromUtf8(yield* blobs.get(row.document_sha256))
      const card = yield* readCard(row.document_sha256)
      const found = flags.intervals ? yield* intervalsOf(row) : undefined
      const { run_id, phase, body_sha256, verifies, verified_by, superseded_by, supersedes } = row
      yield* emit(flags.json, {
        kind: "scorecard",
        data: {
          run_id,
          phase,
          body_sha256,
          links: { verifies, verified_by, superseded_by, supersedes },
          ...(found === undefined ? {} : { intervals: found }),
          ...(Json.parseOrThrow(text) as object)
        },
        human: [
          `${card.scorecard_id}  ${phase} of ${run_id}  ${card.status}, ${card.visibility}`,
          ...scorecardMarks(card).map((mark) => `  NOT WHOLE: ${mark}`),
          ...linkMarks(row).map((mark) => `  ${mark}`),
          `  body      ${body_sha256}`,
          `  learned   ${card.connectome_hash}`,
          `  dataset   ${card.dataset_asset_id}, content ${card.dataset_content_hash.slice(0, 16)}, split ${card.split_id}`,
          `  protocol  ${card.evaluation_protocol_version}, ${card.metric_pack.id} ${card.metric_pack.version}`,
          "",
          textTable(
            [
              { title: "METRIC", cell: ([name]) => name },
              { title: "VALUE", cell: ([, value]) => value.toFixed(6) },
              ...(found === undefined
                ? []
                : [{ title: "95 % INTERVAL", cell: ([name]: readonly [string, number]) => intervalText(found[name]) }])
            ],
            Object.entries(card.metrics).filter(([name]) => !name.startsWith("support/")),
            "no metric has a value"
          )
        ].join("\n")
      })
    })
  )
).pipe(
  Command.withExamples([{ command: "feagi-trainer scorecard show latest --intervals", description: "Its metrics with their intervals" }])
)
