/** `run replay`: execute again from the pins and compare with what was recorded. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { type Diagnostic, trainerErrors } from "@feagi-trainer/contracts"
import { documentOf, isReplayable, type ReplayNotes, type ReplayVerdict, replayRun, viewRun } from "@feagi-trainer/core"
import { Argument, Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { isArchiveName, readRunBundle } from "../bundle.ts"
import { families } from "../families.ts"
import { findRun } from "../findRun.ts"
import { json } from "../flags.ts"
import { emit, say } from "../Out.ts"
import { recordingOf } from "../recording.ts"
import { Stopped } from "../Stopped.ts"
import { reading, withBundle } from "../services.ts"

const target = Argument.String("run").pipe(
  Argument.withDescription("Id of a run, or a bundle: its folder or zip file"),
  Argument.withDefault("latest")
)

export const replayExitCodes = { EQUAL: 0, DIVERGED: 1, INPUT_CHANGED: 6 } as const

/** Something that the replay needs was altered before anything could run: that is a verdict, not a failure. */
const inputChanged = (input: string, diagnostics: ReadonlyArray<Diagnostic>, notes: ReplayNotes): ReplayVerdict => ({
  ...notes,
  verdict: "INPUT_CHANGED",
  first: null,
  changed: diagnostics.map((each) => ({
    input: each.file === undefined ? input : `${input} (${each.file})`,
    message: each.message,
    ...(each.expected === undefined ? {} : { expected: each.expected }),
    ...(each.actual === undefined ? {} : { actual: each.actual })
  }))
})

const replayStored = (reference: string) =>
  reading(
    Effect.gen(function* () {
      const row = yield* findRun(reference)
      const view = yield* viewRun(row)
      const notes = { continued_not_identical: view.state.continued.length > 0, brain_mutated: view.state.brain_mutated?.phase ?? null }
      const opened = yield* documentOf(row).pipe(Effect.result)
      if (opened._tag === "Failure") {
        if (opened.failure.reason !== "integrity") return yield* opened.failure
        return { run_id: row.run_id, verdict: inputChanged("run document", opened.failure.diagnostics, notes) }
      }
      if (!isReplayable(view.state))
        return yield* trainerErrors("invalid", [
          {
            code: "FT3202",
            severity: "error",
            message: `run ${row.run_id} is ${view.status}; only a run that came to its end can be replayed`,
            help: `feagi-trainer run resume ${row.run_id}`
          }
        ])
      const recording = yield* recordingOf(view, opened.success)
      return { run_id: row.run_id, verdict: yield* replayRun(recording, families) }
    })
  )

const replayBundle = (folder: string) =>
  Effect.gen(function* () {
    const read = yield* readRunBundle(folder)
    // What is altered says nothing of the run that can be relied on.
    const notes = { continued_not_identical: false, brain_mutated: null }
    if (!read.ok) return { run_id: folder, verdict: inputChanged("bundle", read.problems, notes) }
    const { recording, layer } = read.bundle
    return { run_id: recording.run_id, verdict: yield* withBundle(replayRun(recording, families), layer) }
  })

const notesText = ({ continued_not_identical, brain_mutated }: ReplayNotes): ReadonlyArray<string> => [
  ...(continued_not_identical
    ? ["  the run was continued and is not identical: its backend does not promise to go on from a checkpoint as it would have"]
    : []),
  ...(brain_mutated === null ? [] : [`  the run changed its brain in phase ${brain_mutated}, which must not learn`])
]

export const replayText = ({ verdict, first, changed, ...notes }: ReplayVerdict): string => {
  if (first !== null)
    return [
      `replay: ${verdict}`,
      `  first divergence: phase ${first.phase}, epoch ${first.epoch ?? "–"}, sample ${first.sample_id ?? "–"}, tick ${first.tick ?? "–"}`,
      `  field     ${first.field}`,
      `  recorded  ${JSON.stringify(first.recorded)}`,
      `  replayed  ${JSON.stringify(first.replayed)}`,
      ...notesText(notes)
    ].join("\n")
  return [
    `replay: ${verdict}`,
    ...notesText(notes),
    ...changed.flatMap((each) => [
      `  ${each.input}: ${each.message}`,
      ...(each.expected === undefined ? [] : [`    expected ${each.expected}`]),
      ...(each.actual === undefined ? [] : [`    actual   ${each.actual}`])
    ])
  ].join("\n")
}

export const replay = Command.make("replay", { run: target, json }, (flags) =>
  Effect.gen(function* () {
    const isBundle = isArchiveName(flags.run) || existsSync(join(flags.run, "bundle.json"))
    const { run_id, verdict } = yield* isBundle ? replayBundle(flags.run) : replayStored(flags.run)
    yield* emit(flags.json, { kind: "replay", data: { run_id, ...verdict }, human: replayText(verdict) })
    if (verdict.verdict === "EQUAL")
      yield* say("every prediction, every reward, every checkpoint, what was learnt and every scorecard are the same bytes")
    const code = replayExitCodes[verdict.verdict]
    if (code !== 0) return yield* Effect.fail(new Stopped(code))
  })
).pipe(Command.withExamples([{ command: "feagi-trainer run replay latest", description: "Prove that the last run gives the same bytes" }]))
