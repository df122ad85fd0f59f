/**
 * The events of a run as a hash chain: appending, and reading with every link checked.
 *
 * Sharp edge: the chain alone does not know where it ends; the head in the table of runs does.
 */
import type { TrainerError } from "@feagi-trainer/contracts"
import type { NewEvent, StoredEvent } from "@feagi-trainer/core"
import { CanonicalError, canonical, fromCanonical, JsonSyntaxError, Sha256, sha256Hex } from "@feagi-trainer/determinism"
import { type Database, integerAt, type Row, textAt } from "./Database.ts"
import { type Head, headOf, rowOf, storableText } from "./Runs.ts"
import { storeError } from "./StoreError.ts"

/** What precedes the first event of a run. */
export const genesis = "0".repeat(64)

/** SHA-256 (hex) over the 64 digits of `prev_sha256` followed by the canonical JSON of `{seq, type, payload}`. */
export const eventSha256 = (prev_sha256: string, event: Pick<StoredEvent, "seq" | "type" | "payload">): string =>
  sha256Hex(prev_sha256 + canonical({ seq: event.seq, type: event.type, payload: event.payload }))

/**
 * SHA-256 (hex) over the canonical JSON of every payload in order, each followed by a line feed. It holds no seq, type, time or run id, so
 * a run and its replay have the same one.
 */
export const journalBodySha256 = (events: Iterable<Pick<StoredEvent, "payload">>): string => {
  const hash = new Sha256()
  for (const { payload } of events) hash.update(`${canonical(payload)}\n`)
  return hash.hex()
}

/** @param of whose event it is, for the message: `run r-…` */
export const canonicalOr = (of: string, event: NewEvent): string => {
  try {
    return canonical(event.payload)
  } catch (cause) {
    if (!(cause instanceof CanonicalError)) throw cause
    throw storeError("FT4026", { message: `event "${event.type}" of ${of} cannot be stored: ${cause.message}` })
  }
}

/** Appends events behind the head. Inside of a transaction. */
export const appendEvents = (
  database: Database,
  run_id: string,
  head: Head,
  events: ReadonlyArray<NewEvent>,
  at_wall: number
): ReadonlyArray<StoredEvent> => {
  let prev_sha256 = head.head_sha256
  return events.map(({ type, payload }, offset) => {
    const seq = head.events + offset
    storableText("the type of an event", type)
    const text = canonicalOr(`run ${run_id}`, { type, payload })
    const sha256 = eventSha256(prev_sha256, { seq, type, payload })
    database.run(
      "INSERT INTO events (run_id, seq, prev_sha256, sha256, type, payload, at_wall) VALUES (?, ?, ?, ?, ?, ?, ?)",
      run_id,
      seq,
      prev_sha256,
      sha256,
      type,
      text,
      at_wall
    )
    const stored: StoredEvent = { seq, type, payload, sha256, prev_sha256, at_wall }
    prev_sha256 = sha256
    return stored
  })
}

const broken = (database: Database, run_id: string, seq: number, message: string): TrainerError =>
  storeError("FT4023", { message: `run ${run_id}, event ${seq}: ${message}`, file: database.file, field: `events[${seq}]` })

/** Reads the chain from event `from` on, up to its first break. What precedes is taken as it stands. */
export const readChain = (
  database: Database,
  run_id: string,
  from = 0
): { readonly events: ReadonlyArray<StoredEvent>; readonly breach: TrainerError | undefined } => {
  const head = headOf(rowOf(database, run_id))
  const events: Array<StoredEvent> = []
  if (from > head.events) return { events, breach: undefined }
  let prev = before(database, run_id, from)
  for (const row of database.all("SELECT * FROM events WHERE run_id = ? AND seq >= ? ORDER BY seq", run_id, from)) {
    const expected = from + events.length
    const found = integerAt(row, "seq")
    if (found !== expected) return { events, breach: broken(database, run_id, expected, `is missing; the next one there is ${found}`) }
    const event = eventOf(row)
    if (event === undefined)
      return { events, breach: broken(database, run_id, found, "was altered: its payload is no canonical JSON object") }
    if (event.prev_sha256 !== prev) return { events, breach: broken(database, run_id, found, "does not follow the event before it") }
    if (eventSha256(prev, event) !== event.sha256)
      return { events, breach: broken(database, run_id, found, "was altered: its hash does not fit") }
    events.push(event)
    prev = event.sha256
  }
  if (from + events.length !== head.events) {
    return {
      events,
      breach: broken(database, run_id, from + events.length, `the chain ends before it, but the run has ${head.events} events`)
    }
  }
  return {
    events,
    breach: prev === head.head_sha256 ? undefined : broken(database, run_id, head.events - 1, "is not the head that the run names")
  }
}

/** The hash that event `from` has to follow. */
const before = (database: Database, run_id: string, from: number): string => {
  if (from === 0) return genesis
  const row = database.get("SELECT sha256 FROM events WHERE run_id = ? AND seq = ?", run_id, from - 1)
  if (row === undefined) throw broken(database, run_id, from - 1, "is missing")
  return textAt(row, "sha256")
}

/** The event of a row; undefined when its payload is not the canonical JSON of an object. */
export const eventOf = (row: Row): StoredEvent | undefined => {
  const text = textAt(row, "payload")
  const payload = objectOf(text)
  if (payload === undefined) return undefined
  return {
    seq: integerAt(row, "seq"),
    type: textAt(row, "type"),
    payload,
    sha256: textAt(row, "sha256"),
    prev_sha256: textAt(row, "prev_sha256"),
    at_wall: integerAt(row, "at_wall")
  }
}

const objectOf = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value = fromCanonical(text)
    return isObject(value) && canonical(value) === text ? value : undefined
  } catch (cause) {
    if (cause instanceof CanonicalError || cause instanceof JsonSyntaxError) return undefined
    throw cause
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
