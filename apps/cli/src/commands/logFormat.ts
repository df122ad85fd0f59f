/** `log format`: a raw log as standard records, and back. */
import { closeSync, existsSync, openSync, statSync, writeSync } from "node:fs"
import { resolve } from "node:path"
import { TrainerError, trainerError } from "@feagi-trainer/contracts"
import { fromUtf8, Sha256, toUtf8 } from "@feagi-trainer/determinism"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json } from "../flags.ts"
import { jsonText } from "../jsonText.ts"
import { emit, Out } from "../Out.ts"
import { writeOut } from "../outFiles.ts"
import { chunksOf, longestPiece, rawOf, readRecord, recordsOf } from "../standardLog.ts"

const file = Argument.String("file").pipe(Argument.withDescription("Log file; with --reverse, records that this command wrote"))
const reverse = Flag.Boolean("reverse").pipe(Flag.withDescription("Give the original bytes back"), Flag.withDefault(false))
const out = Flag.String("out").pipe(
  Flag.withMetavar("file"),
  Flag.withDescription("Write to this file, which must not exist, and print how many lines were known"),
  Flag.optional
)

interface Counts {
  lines: number
  unknown: number
  bytes: number
  readonly hash: Sha256
}

function* formatted(path: string, counts: Counts): Generator<Uint8Array> {
  for (const record of recordsOf(chunksOf(path))) {
    counts.lines = record.line
    if (!record.known) counts.unknown += 1
    yield toUtf8(`${jsonText(record, 0)}\n`)
  }
}

/** Lines of text, however long: a record is longer than the piece that it holds. */
function* linesOf(path: string): Generator<Uint8Array> {
  let held: Buffer = Buffer.alloc(0)
  for (const chunk of chunksOf(path)) {
    held = Buffer.concat([held, chunk])
    if (held.length > 16 * longestPiece) throw noRecord(path, 0)
    for (let at = held.indexOf(10); at >= 0; at = held.indexOf(10)) {
      yield held.subarray(0, at)
      held = held.subarray(at + 1)
    }
  }
  if (held.length > 0) yield held
}

const noRecord = (path: string, line: number): TrainerError =>
  trainerError("invalid", {
    code: "FT3460",
    file: path,
    ...(line === 0 ? {} : { line }),
    message: "is no record of a log",
    expected: "a line that  log format  wrote, with raw or raw_base64, and end",
    help: "leave out --reverse to format a raw log"
  })

const textOf = (bytes: Uint8Array): string => {
  try {
    return fromUtf8(bytes)
  } catch {
    return ""
  }
}

function* original(path: string, counts: Counts): Generator<Uint8Array> {
  for (const bytes of linesOf(path)) {
    counts.lines += 1
    const record = readRecord(textOf(bytes))
    if (record === undefined) throw noRecord(path, counts.lines)
    yield rawOf(record)
  }
}

/** Passes on what the work throws as TrainerError; anything else of the system is told with the path. */
const refusing = <A>(path: string, work: () => A): Effect.Effect<A, TrainerError> =>
  Effect.flatten(
    writeOut(path, () => {
      try {
        return Effect.succeed(work())
      } catch (cause) {
        if (cause instanceof TrainerError) return Effect.fail(cause)
        throw cause
      }
    })
  )

const requireFile = (path: string): Effect.Effect<void, TrainerError> =>
  existsSync(path) && statSync(path).isFile()
    ? Effect.void
    : Effect.fail(trainerError("invalid", { code: "FT3461", file: path, message: "is no file that could be read as a log" }))

export const format = Command.make("format", { file, reverse, out, json }, (flags) =>
  Effect.gen(function* () {
    yield* requireFile(flags.file)
    const counts: Counts = { lines: 0, unknown: 0, bytes: 0, hash: new Sha256() }
    const pieces = flags.reverse ? original(flags.file, counts) : formatted(flags.file, counts)
    const target = Option.getOrUndefined(flags.out)
    const write = (sink: (bytes: Uint8Array) => void) => {
      for (const bytes of pieces) {
        counts.bytes += bytes.length
        counts.hash.update(bytes)
        sink(bytes)
      }
    }
    if (target === undefined) {
      const stdout = yield* Out
      const parts: Array<Uint8Array> = []
      yield* refusing(flags.file, () => write((bytes) => void parts.push(bytes)))
      const whole = Buffer.concat(parts)
      // A stream of records has no envelope. Bytes that are no text do not go through a terminal whole: they ask for --out.
      const text = textOf(whole)
      if (flags.reverse && text === "" && whole.length > 0)
        return yield* trainerError("usage", {
          code: "FT3460",
          field: "--out",
          message: "the original is no UTF-8 text; name a file for it",
          expected: "--out FILE"
        })
      return yield* stdout.stdout(text)
    }
    yield* refusing(target, () => {
      const handle = openSync(resolve(target), "wx")
      try {
        write((bytes) => void writeSync(handle, bytes))
      } finally {
        closeSync(handle)
      }
    })
    const data = {
      file: flags.file,
      out: target,
      reverse: flags.reverse,
      lines: counts.lines,
      unknown: flags.reverse ? null : counts.unknown,
      bytes: counts.bytes,
      sha256: counts.hash.hex()
    }
    yield* emit(flags.json, {
      kind: "log-format",
      data,
      human: flags.reverse
        ? `${target}: ${data.bytes} bytes as they were`
        : `${target}: ${data.lines} lines, ${counts.unknown} of them in no form that is known`
    })
  })
).pipe(
  Command.withExamples([
    { command: "feagi-trainer log format feagi.log --out feagi.ndjson", description: "One record for each line" },
    { command: "feagi-trainer log format feagi.ndjson --reverse --out again.log", description: "The same bytes as feagi.log" }
  ])
)
