/** `run predictions`: what was answered, sample by sample, as a page of what is asked for. */
import { documentOf, RunJournal, readReward } from "@feagi-trainer/core"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type AnswerRow, answerRow } from "../answersOf.ts"
import { findRun } from "../findRun.ts"
import { json, optionalRunId, samples } from "../flags.ts"
import { emit } from "../Out.ts"
import { reading } from "../services.ts"
import { textTable } from "../textTable.ts"

const whole = (name: string, description: string, from: number, to: number, otherwise: number) =>
  Flag.Int(name).pipe(
    Flag.withDescription(description),
    Flag.filter(
      (count) => count >= from && count <= to,
      () => `a whole number from ${from} to ${to}`
    ),
    Flag.withDefault(otherwise)
  )

export const predictions = Command.make(
  "predictions",
  {
    run: optionalRunId,
    phase: Flag.String("phase").pipe(Flag.withDescription("Answers of one phase alone"), Flag.optional),
    epoch: Flag.Int("epoch").pipe(Flag.withDescription("Answers of one epoch alone, counted from 1"), Flag.optional),
    outcome: Flag.Literals("outcome", ["correct", "wrong", "abstained", "unscored"]).pipe(
      Flag.withDescription("unscored: there is nothing to compare with, or right is a matter of degree"),
      Flag.optional
    ),
    truth: Flag.String("truth").pipe(Flag.withDescription("Samples of this class alone"), Flag.optional),
    predicted: Flag.String("predicted").pipe(Flag.withDescription("Answers with this class alone"), Flag.optional),
    sample: samples,
    limit: whole("limit", "Rows to give at the most", 1, 100_000, 100),
    offset: whole("offset", "Rows to leave out at the beginning", 0, Number.MAX_SAFE_INTEGER, 0),
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const journal = yield* RunJournal
        const row = yield* findRun(flags.run)
        const document = yield* documentOf(row)
        const { classes } = document.dataset
        const phase = Option.getOrUndefined(flags.phase)
        const asked = {
          epoch: Option.getOrUndefined(flags.epoch),
          outcome: Option.getOrUndefined(flags.outcome),
          truth: Option.getOrUndefined(flags.truth),
          predicted: Option.getOrUndefined(flags.predicted)
        }
        const asking = new Set(flags.sample)
        const all = yield* journal.predictions(row.run_id, phase)
        const about = asking.size === 0 ? all : all.filter(({ sample_id }) => asking.has(sample_id))
        const keys = Object.entries(asked).filter(([, value]) => value !== undefined)
        const matching =
          keys.length === 0
            ? about
            : about.filter((each) => {
                const answer = answerRow(each, classes)
                return keys.every(([key, value]) => answer[key as keyof typeof asked] === value)
              })
        const page = matching.slice(flags.offset, flags.offset + flags.limit)
        const keyOf = (of: { readonly phase: string; readonly epoch: number; readonly index: number }) =>
          `${of.phase} ${of.epoch} ${of.index}`
        const wanted = new Set(page.map(keyOf))
        const rewards = new Map(
          (yield* journal.rewards(row.run_id, phase)).flatMap((each) => {
            if (!wanted.has(keyOf(each))) return []
            const { raw, shaped } = readReward(each.line)
            return [[keyOf(each), { raw, shaped }] as const]
          })
        )
        const rows = page.map((each) => {
          const reward = rewards.get(keyOf(each))
          return { ...answerRow(each, classes), ...(reward === undefined ? {} : { reward }) }
        })
        yield* emit(flags.json, {
          kind: "run-predictions",
          data: {
            run_id: row.run_id,
            phase: phase ?? null,
            total: all.length,
            matched: matching.length,
            offset: flags.offset,
            classes: classes.map(({ label }) => label),
            rows
          },
          human: predictionsText(rows, matching.length, flags.offset)
        })
      })
    )
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer run predictions latest --phase test --outcome wrong",
      description: "The mistakes on the test part"
    }
  ])
)

const predictionsText = (rows: ReadonlyArray<AnswerRow>, matched: number, offset: number): string =>
  `${textTable(
    [
      { title: "PHASE", cell: (each) => each.phase },
      { title: "EPOCH", cell: (each) => each.epoch },
      { title: "SAMPLE", cell: (each) => each.sample_id },
      { title: "TRUTH", cell: (each) => each.truth },
      { title: "ANSWER", cell: (each) => ("abstain" in each.prediction ? "abstained" : each.predicted) },
      { title: "", cell: (each) => each.outcome }
    ],
    rows,
    "no such answer"
  )}${rows.length === matched ? "" : `${offset + 1} to ${offset + rows.length} of ${matched}; --offset ${offset + rows.length} gives what follows\n`}`
