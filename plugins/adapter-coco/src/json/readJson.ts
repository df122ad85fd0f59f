/**
 * Reads a JSON file of any size whose top level is an object: each of its members is told as one record, or, where it is a list,
 * each element of the list.
 *
 * What is kept is one window of the file, at least as large as one record. Sharp edge: a fault of the syntax ends the reading, because
 * nobody can say what the rest belongs to; everything before it has been told.
 */
import { createHash } from "node:crypto"
import { ApprovedRoots, type FileInfo, type TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { type Json, type JsonCursor, type JsonFault, type JsonPath, JsonStop, jsonCursor } from "./JsonCursor.ts"

export const CHUNK_BYTES = 1 << 20
/** A record, or a member that is no list, has at most so many bytes. */
export const MAX_RECORD_BYTES = 64 << 20

export interface Place {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units. */
  readonly column: number
  readonly byte_offset: number
}

export interface JsonRecord {
  /** Key of the member, and the index where it is a list. */
  readonly path: JsonPath
  readonly value: Json
  /** Bytes of the value in the file. */
  readonly start: number
  readonly length: number
  /** Where the part with this path within the value stands. Only while the record is being told. */
  readonly place: (inner: JsonPath) => Place
}

export interface JsonProblem {
  readonly kind: JsonFault["kind"] | Exclude<JsonStop["why"], "more"> | "empty" | "too-long" | "no-object"
  readonly path: JsonPath
  readonly place: Place
  readonly text: string
}

export interface JsonVisitor {
  readonly onRecord: (record: JsonRecord) => void
  /** Told once for every member, with whether it is a list. */
  readonly onMember: (key: string, isList: boolean) => void
  readonly onProblem: (problem: JsonProblem) => void
  readonly onProgress: (done: number, total: number) => Effect.Effect<void>
}

export interface JsonReading {
  /** SHA-256 of the whole file. */
  readonly sha256: string
  /** The file was read to its end as JSON. */
  readonly whole: boolean
}

interface Spot {
  readonly at: number
  readonly line: number
  readonly column: number
}

/** The spot at `to`, counted on from an earlier one; offsets in `bytes`. */
const countOn = (bytes: Buffer, from: Spot, to: number): Spot => {
  let { at, line, column } = from
  for (;;) {
    const feed = bytes.indexOf(10, at)
    if (feed < 0 || feed >= to) break
    at = feed + 1
    line++
    column = 1
  }
  for (; at < to; at++) {
    const byte = bytes[at] ?? 0
    if (byte < 0x80 || byte >= 0xc0) column += byte >= 0xf0 ? 2 : 1
  }
  return { at, line, column }
}

const [COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [44, 91, 93, 123, 125]
type State = "start" | "first-key" | "key" | "first-element" | "element" | "after-element" | "after-member" | "end"

export const readJson = (file: FileInfo, visitor: JsonVisitor): Effect.Effect<JsonReading, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const hash = createHash("sha256")
    const walk = topLevel(visitor)
    let window: Buffer = Buffer.alloc(0)
    let read = 0
    let going = true
    for (;;) {
      const chunk = yield* roots.read(file.path, read, Math.max(CHUNK_BYTES, going ? window.length : 0))
      read += chunk.length
      hash.update(chunk)
      const last = chunk.length === 0
      if (going) {
        window = Buffer.concat([window, chunk])
        const used = walk.feed(window, last)
        going = used !== undefined
        window = used === undefined ? Buffer.alloc(0) : window.subarray(used)
      }
      yield* visitor.onProgress(read, file.bytes)
      if (last) return { sha256: hash.digest("hex"), whole: going }
    }
  })

interface Walk {
  /** Reads what is whole; returns how many bytes are done with, undefined when nothing more can be read. */
  readonly feed: (window: Buffer, last: boolean) => number | undefined
}

/** The machine of the top level. It keeps its state between windows; values are read by a cursor of the window. */
const topLevel = (visitor: JsonVisitor): Walk => {
  let state: State = "start"
  let base = 0
  let spot: Spot = { at: 0, line: 1, column: 1 }
  let key = ""
  let index = 0
  const keys = new Set<string>()
  /** Path of the record that is being read. */
  let inside: JsonPath = []

  const placeOf = (window: Buffer, at: number): Place => {
    const { line, column } = countOn(window, spot, at)
    return { line, column, byte_offset: base + at }
  }
  const record = (window: Buffer, cursor: JsonCursor, faults: Array<JsonFault>, path: JsonPath): void => {
    inside = path
    cursor.peek()
    const from = cursor.at
    const value = cursor.value()
    inside = []
    const length = cursor.at - from
    spot = countOn(window, spot, from)
    for (const { kind, path: inner, at, text } of faults.splice(0))
      visitor.onProblem({ kind, path: [...path, ...inner], place: placeOf(window, at), text })
    visitor.onRecord({
      path,
      value,
      start: base + from,
      length,
      place: (inner) => {
        const finder = jsonCursor(window, true, [])
        finder.at = from
        return placeOf(window, finder.find(inner))
      }
    })
  }

  /** One step of the top level; the state changes only when the step is done. */
  const step = (window: Buffer, last: boolean, cursor: JsonCursor, faults: Array<JsonFault>): void => {
    switch (state) {
      case "start": {
        if (window.length < 3 && !last) throw new JsonStop("more", 0, [], "the beginning tells how the text is encoded")
        if (window.length >= 2 && (window.readUInt16BE(0) === 0xfeff || window.readUInt16BE(0) === 0xfffe))
          throw new JsonStop("utf8", 0, [], "the file begins like UTF-16")
        if (window.length >= 3 && window.readUIntBE(0, 3) === 0xefbbbf) cursor.at = 3
        spot = { at: cursor.at, line: 1, column: 1 }
        if (cursor.peek() === OPEN_LIST) throw new JsonStop("syntax", cursor.at, [], NO_OBJECT)
        cursor.take(OPEN_OBJECT, "an object")
        state = "first-key"
        return
      }
      case "first-key":
        if (cursor.peek() === CLOSE_OBJECT) {
          cursor.at++
          state = "end"
          return
        }
        member(window, cursor, faults)
        return
      case "key":
        member(window, cursor, faults)
        return
      case "first-element":
        if (cursor.peek() === CLOSE_LIST) {
          cursor.at++
          state = "after-member"
          return
        }
        record(window, cursor, faults, [key, index])
        state = "after-element"
        return
      case "element":
        record(window, cursor, faults, [key, index])
        state = "after-element"
        return
      case "after-element": {
        const more = cursor.peek() === COMMA
        cursor.take(more ? COMMA : CLOSE_LIST, "a comma or ]")
        index++
        state = more ? "element" : "after-member"
        return
      }
      case "after-member": {
        const more = cursor.peek() === COMMA
        cursor.take(more ? COMMA : CLOSE_OBJECT, "a comma or }")
        state = more ? "key" : "end"
        return
      }
      case "end":
        cursor.peek()
        throw new JsonStop("syntax", cursor.at, [], "something stands behind the end of the document")
    }
  }

  const member = (window: Buffer, cursor: JsonCursor, faults: Array<JsonFault>): void => {
    cursor.peek()
    const keyAt = cursor.at
    const name = cursor.string()
    cursor.take(58, "a colon")
    const isList = cursor.peek() === OPEN_LIST
    const again = keys.has(name) ? placeOf(window, keyAt) : undefined
    if (isList) cursor.at++
    else record(window, cursor, faults, [name])
    if (again !== undefined) visitor.onProblem({ kind: "duplicate-key", path: [name], place: again, text: name })
    keys.add(name)
    visitor.onMember(name, isList)
    key = name
    index = 0
    state = isList ? "first-element" : "after-member"
  }

  const pathOf = ({ why, path }: JsonStop): JsonPath => {
    if (inside.length > 0) return why === "more" || why === "depth" ? inside : [...inside, ...path]
    return state === "after-element" || state === "after-member" ? [key] : []
  }

  const advance = (window: Buffer, used: number): number => {
    spot = { ...countOn(window, spot, used), at: 0 }
    base += used
    return used
  }

  return {
    feed: (window, last) => {
      const faults: Array<JsonFault> = []
      const cursor = jsonCursor(window, last, faults)
      for (;;) {
        const done = cursor.at
        inside = []
        try {
          step(window, last, cursor, faults)
        } catch (caught) {
          if (!(caught instanceof JsonStop)) throw caught
          faults.length = 0
          if (state === "end" && (caught.why === "more" || caught.why === "truncated")) return advance(window, window.length)
          if (caught.why === "more" && window.length - done <= MAX_RECORD_BYTES) return advance(window, done)
          visitor.onProblem({
            kind: kindOf(caught, state === "start" && window.every((byte) => byte <= 32)),
            path: pathOf(caught),
            place: placeOf(window, caught.why === "more" ? done : Math.max(caught.at, spot.at)),
            text: caught.message
          })
          return undefined
        }
      }
    }
  }
}

const kindOf = ({ why, message }: JsonStop, blank: boolean): JsonProblem["kind"] => {
  if (why === "more") return "too-long"
  if (message === NO_OBJECT) return "no-object"
  return why === "truncated" && blank ? "empty" : why
}

const NO_OBJECT = "the file holds a list"
