/**
 * Tags, notes, stars and the archive on SQLite: a list of changes for each run, of which the marks of now are a fold.
 *
 * Sharp edge: nothing is overwritten. Two programs that write different notes both find theirs in the history, and the later one shows.
 */
import { TrainerError } from "@feagi-trainer/contracts"
import {
  applyMark,
  effectiveChange,
  type MarkChange,
  type MarkEntry,
  type Marks,
  marksTag,
  noMarks,
  type UserMarks
} from "@feagi-trainer/core"
import { CanonicalError, canonical, fromCanonical, JsonSyntaxError, sha256Hex } from "@feagi-trainer/determinism"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Database, integerAt, type Row, textAt } from "./Database.ts"
import { rowOf, storableText } from "./Runs.ts"
import { attempt, storeError } from "./StoreError.ts"

export interface MarkStore {
  readonly service: UserMarks["Service"]
  /** Every mark that was altered. */
  readonly inspect: () => ReadonlyArray<TrainerError>
}

/** Over every other column of the row. */
const hashOf = (run_id: string, revision: number, change: string, at_wall: number): string =>
  sha256Hex(canonical([run_id, revision, change, at_wall]))

const altered = (database: Database, run_id: string, revision: number): TrainerError =>
  storeError("FT4051", { message: `mark ${revision} of run ${run_id} was altered or removed`, file: database.file })

const changeOf = (text: string): MarkChange | undefined => {
  try {
    return fromCanonical(text) as MarkChange
  } catch (cause) {
    if (cause instanceof CanonicalError || cause instanceof JsonSyntaxError) return undefined
    throw cause
  }
}

/** @param expected the revision that follows the one before it */
const entryOf = (database: Database, row: Row, expected: number): MarkEntry => {
  const [run_id, revision, text, at_wall] = [
    textAt(row, "run_id"),
    integerAt(row, "revision"),
    textAt(row, "change"),
    integerAt(row, "at_wall")
  ]
  const change = changeOf(text)
  if (revision !== expected || change === undefined || hashOf(run_id, revision, text, at_wall) !== textAt(row, "sha256"))
    throw altered(database, run_id, expected)
  return { revision, change, at_wall }
}

const history = (database: Database, run_id: string): ReadonlyArray<MarkEntry> =>
  database.all("SELECT * FROM run_marks WHERE run_id = ? ORDER BY revision", run_id).map((row, index) => entryOf(database, row, index + 1))

const all = (database: Database): ReadonlyMap<string, Marks> => {
  const marks = new Map<string, Marks>()
  for (const row of database.all("SELECT * FROM run_marks ORDER BY run_id, revision")) {
    const run_id = textAt(row, "run_id")
    const before = marks.get(run_id) ?? noMarks
    marks.set(run_id, applyMark(before, entryOf(database, row, before.revision + 1)))
  }
  return marks
}

/** Letters and digits of any script, then also `.`, `_`, `-` and `/`: what can be typed behind `tag:` without quotes. */
const tagPattern = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._/-]{0,62}$/u
const longestNote = 10_000

/** Whether a tag is one. */
export const isTag = (text: string): boolean => tagPattern.test(text)

/** Why a change cannot be kept, if so. */
export const markProblem = (change: MarkChange): TrainerError | undefined => {
  const wrong = change.add_tags?.find((tag) => !isTag(tag))
  if (wrong !== undefined)
    return storeError("FT4052", {
      field: "tag",
      message: "is no tag",
      expected: "a letter or digit, then up to 62 letters, digits, dots, underscores, hyphens and slashes",
      actual: JSON.stringify(wrong.slice(0, 80))
    })
  if (change.note !== undefined && change.note !== null && change.note.length > longestNote)
    return storeError("FT4052", {
      field: "note",
      message: "is too long",
      expected: `at most ${longestNote} characters`,
      actual: String(change.note.length)
    })
  return undefined
}

/** What stands, in a line: all of it but the end of a long note. */
const standing = (marks: Marks): string => {
  const { note, tags, starred, archived } = marks
  const shown = note === null ? "no note" : `note ${JSON.stringify(note.length > 200 ? `${note.slice(0, 197)}...` : note)}`
  const tagged = tags.length === 0 ? "no tags" : `tags ${tags.join(" ")}`
  return [shown, tagged, ...(starred ? ["starred"] : []), ...(archived ? ["archived"] : [])].join(", ")
}

const changedMeanwhile = (run_id: string, marks: Marks, ifMatch: string): TrainerError =>
  storeError("FT4053", {
    message: `something else was said of ${run_id} meanwhile; nothing was changed`,
    expected: ifMatch,
    actual: `${marksTag(run_id, marks)}: ${standing(marks)}`
  })

const mark = (database: Database, run_id: string, change: MarkChange, ifMatch: string | undefined, now: number) =>
  database.write("mark a run", () => {
    rowOf(database, run_id)
    const refused = markProblem(change)
    if (refused !== undefined) throw refused
    if (typeof change.note === "string") storableText("a note", change.note)
    const before = history(database, run_id).reduce(applyMark, noMarks)
    if (ifMatch !== undefined && ifMatch !== marksTag(run_id, before)) throw changedMeanwhile(run_id, before, ifMatch)
    const effective = effectiveChange(before, change)
    if (effective === undefined) return { marks: before, changed: false }
    const revision = before.revision + 1
    const text = canonical(effective)
    database.run(
      "INSERT INTO run_marks (run_id, revision, change, at_wall, sha256) VALUES (?, ?, ?, ?, ?)",
      run_id,
      revision,
      text,
      now,
      hashOf(run_id, revision, text, now)
    )
    return { marks: applyMark(before, { revision, change: effective }), changed: true }
  })

export const openMarks = (database: Database): MarkStore => ({
  inspect: () =>
    database.all("SELECT DISTINCT run_id FROM run_marks ORDER BY run_id").flatMap((row) => {
      try {
        history(database, textAt(row, "run_id"))
        return []
      } catch (cause) {
        if (cause instanceof TrainerError) return [cause]
        throw cause
      }
    }),
  service: {
    mark: (run_id, change, ifMatch) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => attempt(() => mark(database, run_id, change, ifMatch, now))),
    all: attempt(() => all(database)),
    history: (run_id) =>
      attempt(() => {
        rowOf(database, run_id)
        return history(database, run_id)
      })
  }
})
