/** `scorecard ls` and `scorecard show`. */
import { BlobStore } from "@feagi-trainer/core"
import { fromUtf8, Json } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { json } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { scorecardMarks } from "../../scorecardMarks.ts"
import { reading } from "../../services.ts"
import { textTable } from "../../textTable.ts"
import { allCards, findCard, linkMarks, readCard, scorecardId } from "./cards.ts"

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
).pipe(Command.withDescription("List scorecards, oldest first, each followed by those that verify it"))

export const show = Command.make("show", { scorecard: scorecardId, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const row = yield* findCard(flags.scorecard)
      const blobs = yield* BlobStore
      const text = fromUtf8(yield* blobs.get(row.document_sha256))
      const card = yield* readCard(row.document_sha256)
      const { run_id, phase, body_sha256, verifies, verified_by, superseded_by, supersedes } = row
      yield* emit(flags.json, {
        kind: "scorecard",
        data: {
          run_id,
          phase,
          body_sha256,
          links: { verifies, verified_by, superseded_by, supersedes },
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
              { title: "VALUE", cell: ([, value]) => value.toFixed(6) }
            ],
            Object.entries(card.metrics).filter(([name]) => !name.startsWith("support/")),
            "no metric has a value"
          )
        ].join("\n")
      })
    })
  )
).pipe(Command.withDescription("Show a scorecard"))
