/**
 * `weights`: what a run learnt, checkpoint by checkpoint, and a checkpoint as a file.
 *
 * Sharp edge: a checkpoint is all that its learner goes on from, so that it holds more than weights: of a gradient model the state of the
 * optimiser as well, of a brain its connectome.
 */
import { writeFileSync } from "node:fs"
import { resolve } from "node:path"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import { BlobStore, documentOf, type RunDocument, RunJournal, type RunRow } from "@feagi-trainer/core"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { findRun } from "../findRun.ts"
import { json, optionalRunId } from "../flags.ts"
import { emit } from "../Out.ts"
import { writeOut } from "../outFiles.ts"
import { reading } from "../services.ts"
import { textTable } from "../textTable.ts"
import { checkpointsOf, type LoggedCheckpoint } from "../weightsLog.ts"

/** A run with its checkpoints; FT3318 where none was committed. */
const read = (reference: string) =>
  Effect.gen(function* () {
    const journal = yield* RunJournal
    const row = yield* findRun(reference)
    const document = yield* documentOf(row)
    const checkpoints = checkpointsOf(yield* journal.events(row.run_id))
    if (checkpoints.length === 0)
      return yield* trainerError("invalid", {
        code: "FT3318",
        message: `run ${row.run_id} has committed no checkpoint`,
        expected: "a run behind its first durable step",
        help: `feagi-trainer run resume ${row.run_id}`
      })
    return { row, document, checkpoints }
  })

/** What the learned hash is a hash of. */
const stateOf = ({ learner }: RunDocument): "connectome" | "weights" => (learner.kind === "brain" ? "connectome" : "weights")

/** As many digits of a hash as tell the checkpoints of a run apart. */
const short = (hash: string | null): string | null => hash?.slice(0, 12) ?? null

export const log = Command.make("log", { run: optionalRunId, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const { row, document, checkpoints } = yield* read(flags.run)
      const state = stateOf(document)
      const steps = checkpoints.some(({ optimiser_step }) => optimiser_step !== null)
      const ends = checkpoints.flatMap(({ phase, learned_hash }) => (learned_hash === null ? [] : [[phase, learned_hash] as const]))
      const width = Math.max(...["beginning", ...ends.map(([phase]) => phase)].map((name) => name.length))
      yield* emit(flags.json, {
        kind: "weights-log",
        data: { run_id: row.run_id, learner: document.learner.kind, state, initial_hash: document.learner.initial_hash, checkpoints },
        human: [
          textTable(
            [
              { title: "STEP", cell: (each) => each.step },
              { title: "PHASE", cell: (each) => each.phase },
              { title: "EPOCH", cell: (each) => each.epoch },
              { title: "SAMPLES", cell: (each) => each.samples },
              ...(steps ? [{ title: "OPTIMISER STEP", cell: (each: LoggedCheckpoint) => each.optimiser_step }] : []),
              { title: "CHECKPOINT", cell: (each) => short(each.checkpoint_sha256) },
              { title: "PARENT", cell: (each) => short(each.parent) }
            ],
            checkpoints,
            "no checkpoint yet"
          ),
          `Hash of the ${state}`,
          ...[["beginning", document.learner.initial_hash] as const, ...ends].map(([name, hash]) => `  ${name.padEnd(width)}  ${hash}`)
        ].join("\n")
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer weights log latest", description: "Of the run that was started last" }]))

interface Wanted {
  readonly step: number | undefined
  readonly phase: string | undefined
}

const missing = (row: RunRow, field: string, message: string, expected: string, help?: string) =>
  trainerError("usage", {
    code: "FT3319",
    field,
    message: `run ${row.run_id} ${message}`,
    expected,
    help: help ?? `feagi-trainer weights log ${row.run_id}`
  })

/** The step that was named, the end of the phase that was named, or the end of the last phase that learns. */
const chosen = (
  row: RunRow,
  document: RunDocument,
  checkpoints: ReadonlyArray<LoggedCheckpoint>,
  { step, phase }: Wanted
): Effect.Effect<LoggedCheckpoint, TrainerError> => {
  if (step !== undefined) {
    const found = checkpoints.find((each) => each.step === step)
    if (found !== undefined) return Effect.succeed(found)
    const meant = checkpoints.find((each) => each.optimiser_step === step)
    return missing(
      row,
      "--step",
      `has no durable step ${step}`,
      `1 to ${checkpoints.length}, as  weights log  numbers them`,
      meant === undefined ? undefined : `optimiser step ${step} is durable step ${meant.step}:  --step ${meant.step}`
    )
  }
  const learning = new Set(document.protocol.phases.filter(({ learns }) => learns).map(({ name }) => name))
  const ends = checkpoints.filter(({ learned_hash }) => learned_hash !== null)
  const found = ends.findLast((each) => (phase === undefined ? learning.has(each.phase) : each.phase === phase))
  if (found !== undefined) return Effect.succeed(found)
  const names = ends.map((each) => each.phase).join(", ")
  return missing(
    row,
    "--phase",
    phase === undefined ? "has completed no phase that learns" : `has completed no phase "${phase}"`,
    names === "" ? "--step with a number that  weights log  shows" : `one of ${names}, or --step with a number that  weights log  shows`
  )
}

/** Whether these bytes begin as a safetensors file does: the length of a JSON header, which fits, and the header. */
const isSafetensors = (bytes: Uint8Array): boolean => {
  if (bytes.length < 10) return false
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  return length >= 2n && length <= BigInt(bytes.length - 8) && bytes[8] === 0x7b
}

const formatOf = (document: RunDocument, bytes: Uint8Array): "connectome-checkpoint" | "safetensors" | "learner-checkpoint" => {
  if (document.learner.kind === "brain") return "connectome-checkpoint"
  return isSafetensors(bytes) ? "safetensors" : "learner-checkpoint"
}

const formatTexts = {
  "connectome-checkpoint": "a connectome checkpoint: what the brain learnt, and what it goes on from",
  safetensors: "a safetensors file: weights, and the state of the optimiser",
  "learner-checkpoint": "a checkpoint in the form of its learner"
} as const

export const exportWeights = Command.make(
  "export",
  {
    run: optionalRunId,
    out: Flag.String("out").pipe(Flag.withMetavar("file"), Flag.withDescription("File to write; it must not exist")),
    step: Flag.Int("step").pipe(Flag.withDescription("Number of a durable step, as  weights log  shows it"), Flag.optional),
    phase: Flag.String("phase").pipe(
      Flag.withDescription("Phase at whose end the checkpoint is taken; left out: the last that learns"),
      Flag.optional
    ),
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        if (Option.isSome(flags.step) && Option.isSome(flags.phase))
          return yield* trainerError("usage", {
            code: "FT3319",
            field: "--step",
            message: "--step and --phase both name a checkpoint",
            expected: "one of them"
          })
        const { row, document, checkpoints } = yield* read(flags.run)
        const found = yield* chosen(row, document, checkpoints, {
          step: Option.getOrUndefined(flags.step),
          phase: Option.getOrUndefined(flags.phase)
        })
        // The store gives no bytes but those that have this hash.
        const bytes = yield* (yield* BlobStore).get(found.checkpoint_sha256)
        yield* writeOut(flags.out, () => writeFileSync(resolve(flags.out), bytes, { flag: "wx" }))
        const format = formatOf(document, bytes)
        yield* emit(flags.json, {
          kind: "weights-export",
          data: { run_id: row.run_id, file: flags.out, format, bytes: bytes.length, ...found },
          human: `${found.checkpoint_sha256}  ${flags.out}\n${bytes.length} bytes, ${formatTexts[format]}`
        })
      })
    )
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer weights export latest --out model.safetensors",
      description: "What the last run had learnt when its training ended"
    }
  ])
)
