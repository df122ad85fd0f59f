/**
 * Diagnostics from a file of JSON lines: `{"schema_version":1,"kind":"diagnostics"}`, then one event on each line, each line ended.
 *
 * Sharp edge: strict. A line that was cut, an event that is out of its sequence, a key that nobody reads: the file is refused with every
 * line that is wrong, because what is skipped in silence is missed by nobody.
 */
import {
  type Diagnostic,
  DiagnosticsEvent,
  type DiagnosticsRecord,
  decodeStrict,
  type Mistake,
  type RootFiles,
  showValue,
  type TrainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { canonical, Json, type Positions, sha256Hex } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { shownPath } from "./SafePath.ts"
import { storeCodes, storeError } from "./StoreError.ts"
import { strictText } from "./strictText.ts"

const Header = Schema.Struct({ schema_version: Schema.Literal(1), kind: Schema.Literal("diagnostics") })

const maxBytes = 64 * 1024 * 1024

/** More mistakes than a person reads; the rest is counted by the number of lines that there are. */
const maxMistakes = 100

type Refusal = Omit<Diagnostic, "severity" | "code" | "file">

const told = (mistake: Mistake, line: number, positions: Positions): Refusal => {
  const at = mistake.problem === "missing" ? mistake.path.slice(0, -1) : mistake.path
  const place = mistake.problem === "unknown-key" ? positions.ofKey(at) : positions.of(at)
  return {
    line,
    column: place?.column ?? 1,
    ...(mistake.path.length === 0 ? {} : { field: mistake.path.join(".") }),
    message: mistake.message,
    ...(mistake.expected === undefined ? {} : { expected: mistake.expected }),
    ...(mistake.actual === undefined ? {} : { actual: mistake.actual }),
    ...(mistake.suggestion === undefined ? {} : { help: `did you mean "${mistake.suggestion}"?` })
  }
}

const readLine = <A>(
  schema: Schema.Codec<A, unknown>,
  text: string,
  line: number
): { readonly ok: true; readonly value: A } | { readonly ok: false; readonly refusals: ReadonlyArray<Refusal> } => {
  const parsed = Json.parse(text)
  if (!parsed.ok) return { ok: false, refusals: parsed.problems.map(({ message, column }) => ({ line, column, message })) }
  const decoded = decodeStrict(schema, parsed.value)
  if (!decoded.ok) return { ok: false, refusals: decoded.mistakes.map((mistake) => told(mistake, line, parsed.positions)) }
  const fractional = ["sequence", "step"].filter((key) => parsed.positions.isFloatText([key]))
  if (fractional.length === 0) return { ok: true, value: decoded.value }
  return {
    ok: false,
    refusals: fractional.map((field) => ({
      line,
      column: parsed.positions.of([field])?.column ?? 1,
      field,
      message: "has the wrong value",
      expected: "an integer, written as one"
    }))
  }
}

const readEvents = (text: string): { readonly events: ReadonlyArray<DiagnosticsEvent>; readonly refusals: ReadonlyArray<Refusal> } => {
  const refusals: Array<Refusal> = []
  const events: Array<DiagnosticsEvent> = []
  const [first, ...rest] = text.replace(/\n$/, "").split("\n")
  const header = readLine(Header, first ?? "", 1)
  // what follows another header is another document, of which nothing can be said
  if (!header.ok)
    return {
      events,
      refusals:
        text === ""
          ? [{ line: 1, message: "the file is empty", expected: canonical({ schema_version: 1, kind: "diagnostics" }) }]
          : header.refusals
    }
  let sequence = 0
  let step = 0
  for (const [index, each] of rest.entries()) {
    if (refusals.length >= maxMistakes) break
    const line = index + 2
    const read = readLine(DiagnosticsEvent, each, line)
    if (!read.ok) {
      refusals.push(...read.refusals)
      // it stands for the event that belongs there, so that the next one is not called lost as well
      sequence += 1
      continue
    }
    const event = read.value
    if (event.sequence !== sequence)
      refusals.push({
        line,
        field: "sequence",
        message: event.sequence > sequence ? "events before this one are missing" : "the event is out of its sequence",
        expected: String(sequence),
        actual: showValue(event.sequence)
      })
    sequence = event.sequence + 1
    if (event.step < step)
      refusals.push({ line, field: "step", message: "the steps go back", expected: `at least ${step}`, actual: showValue(event.step) })
    step = Math.max(step, event.step)
    events.push(event)
  }
  if (!text.endsWith("\n"))
    refusals.push({
      line: text.split("\n").length,
      message: "the last line has no end: the file was cut, or is still written to",
      expected: "a line feed after every line"
    })
  return { events, refusals }
}

/**
 * Reads `path` under an approved root. Fails with FT4048 and every line that is wrong, and with FT4050 when `pinned` is not its SHA-256.
 *
 * @param pinned SHA-256 (64 hex digits) that the file must have; left out where it is read for the first time
 */
export const diagnosticsFile = (files: RootFiles, path: string, pinned?: string): Effect.Effect<DiagnosticsRecord, TrainerError> =>
  Effect.gen(function* () {
    const file = shownPath(path)
    const { bytes: size } = yield* files.info(path)
    if (size > maxBytes)
      return yield* storeError("FT4044", { message: "is too large", file, expected: `at most ${maxBytes} bytes`, actual: `${size} bytes` })
    const bytes = yield* files.read(path, 0, size)
    const sha256 = sha256Hex(bytes)
    if (pinned !== undefined && pinned !== sha256)
      return yield* storeError("FT4050", {
        message: "the diagnostics are not those that were pinned",
        file,
        expected: pinned,
        actual: sha256
      })
    const { events, refusals } = readEvents(yield* strictText(bytes, "FT4048", file))
    if (refusals.length > 0)
      return yield* trainerErrors(
        storeCodes.FT4048.reason,
        refusals.map((each) => ({ severity: "error", code: "FT4048", file, help: storeCodes.FT4048.help, ...each }))
      )
    const byStep = Map.groupBy(events, (event) => event.step)
    return { sha256, events, at: (step) => byStep.get(step) ?? [] }
  })
