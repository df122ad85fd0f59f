/** `scorecard`: the portable results, and whether they say what was predicted. */
import { decodeDocument, type Scorecard, type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import {
  BlobStore,
  documentOf,
  idsOf,
  loadPack,
  partialPhases,
  RunJournal,
  readParts,
  Scorecards,
  scorePhase,
  viewRun
} from "@feagi-trainer/core"
import { fromUtf8, Json } from "@feagi-trainer/determinism"
import { scorecardBodySha256, verifyScorecard } from "@feagi-trainer/evaluation"
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { json } from "../flags.ts"
import { byId } from "../ids.ts"
import { emit } from "../Out.ts"
import { scorecardMarks } from "../scorecardMarks.ts"
import { reading } from "../services.ts"
import { textTable } from "../textTable.ts"

const id = Argument.String("scorecard").pipe(
  Argument.withDescription("Id of a scorecard, a unique beginning of it, or latest"),
  Argument.withDefault("latest")
)

const rows = Effect.flatMap(Scorecards, (scorecards) => scorecards.list)

const read = (sha256: string): Effect.Effect<Scorecard, TrainerError, BlobStore> =>
  Effect.gen(function* () {
    const blobs = yield* BlobStore
    const decoded = decodeDocument("Scorecard", fromUtf8(yield* blobs.get(sha256)))
    if (!decoded.ok)
      return yield* trainerErrors(
        "integrity",
        decoded.problems.map((each) => ({ code: "FT5203", severity: "error", field: each.path, message: each.message }))
      )
    return decoded.value
  })

const ls = Command.make("ls", { json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const found = yield* rows
      const cards = yield* Effect.forEach(found, (row) =>
        Effect.map(read(row.document_sha256), (card) => ({
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
            { title: "MARKS", cell: (each) => (each.marks.length === 0 ? null : each.marks.join("; ")) }
          ],
          cards,
          "no scorecard yet"
        )
      })
    })
  )
).pipe(Command.withDescription("List scorecards, oldest first"))

const show = Command.make("show", { scorecard: id, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const row = yield* byId("scorecard", flags.scorecard, yield* rows, (each) => each.scorecard_id)
      const blobs = yield* BlobStore
      const text = fromUtf8(yield* blobs.get(row.document_sha256))
      const card = yield* read(row.document_sha256)
      yield* emit(flags.json, {
        kind: "scorecard",
        data: { run_id: row.run_id, phase: row.phase, body_sha256: row.body_sha256, ...(Json.parseOrThrow(text) as object) },
        human: [
          `${card.scorecard_id}  ${row.phase} of ${row.run_id}  ${card.status}, ${card.visibility}`,
          ...scorecardMarks(card).map((mark) => `  NOT WHOLE: ${mark}`),
          `  body      ${row.body_sha256}`,
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

const verify = Command.make("verify", { scorecard: id, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const journal = yield* RunJournal
      const row = yield* byId("scorecard", flags.scorecard, yield* rows, (each) => each.scorecard_id)
      const card = yield* read(row.document_sha256)
      const run = yield* byId("run", row.run_id, yield* journal.runs, (each) => each.run_id)
      const document = yield* documentOf(run)
      const phase = document.protocol.phases.find((each) => each.name === row.phase)
      if (phase === undefined)
        return yield* trainerErrors("integrity", [
          { code: "FT5204", severity: "error", message: `the run of this scorecard has no phase "${row.phase}"` }
        ])
      const predictions = yield* journal.predictions(row.run_id, row.phase)
      const parts = yield* readParts(document)
      const { state } = yield* viewRun(run)
      const partial = partialPhases(state.phases)
      // A phase that was ended early is scored over what it had met: the first samples of its part.
      const met = partial.find((each) => each.phase === phase.name)?.samples_done
      const scored = yield* scorePhase(
        document,
        phase,
        predictions,
        idsOf(parts, phase.split).slice(0, met),
        yield* loadPack(document),
        card.connectome_hash,
        { partial, continued_not_identical: state.continued.length > 0 }
      )
      const problems = [
        ...verifyScorecard(card, scored.metrics, document.protocol.verification_tolerance),
        ...(scorecardBodySha256(card) === row.body_sha256
          ? []
          : [{ code: "FT5205", severity: "error" as const, message: "the stored hash of the body is another", expected: row.body_sha256 }])
      ]
      if (problems.length > 0) return yield* trainerErrors("integrity", problems)
      yield* emit(flags.json, {
        kind: "scorecard-verification",
        data: { scorecard_id: card.scorecard_id, verified: true, predictions: predictions.length },
        human: `${card.scorecard_id}: says what its ${predictions.length} predictions give`
      })
    })
  )
).pipe(Command.withDescription("Compute a scorecard again from the stored predictions; exit 6 when it says something else"))

export const scorecard = Command.make("scorecard").pipe(
  Command.withDescription("List, show and verify scorecards"),
  Command.withSubcommands([ls, show, verify])
)
