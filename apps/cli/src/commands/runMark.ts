/**
 * `run mark` and `run marks`: tags, a note, a star and the archive, beside a run that itself never changes.
 *
 * Sharp edge: a value that begins with a hyphen has to be joined to its flag, `--tag=-old`, as everywhere on this command line.
 */
import { trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { applyMark, type MarkChange, type Marks, marksTag, noMarks, UserMarks } from "@feagi-trainer/core"
import { isTag } from "@feagi-trainer/store"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { findRun } from "../findRun.ts"
import { json, optionalRunId, runId } from "../flags.ts"
import { emit } from "../Out.ts"
import { stored } from "../services.ts"
import { textTable } from "../textTable.ts"

/** FT1386 for every tag that is none. */
const tagsOf = (given: ReadonlyArray<string>) => {
  const wrong = given.filter((tag) => !isTag(tag))
  return wrong.length === 0
    ? Effect.succeed(given)
    : Effect.fail(
        trainerErrors(
          "usage",
          wrong.map((tag) => ({
            code: "FT1386",
            severity: "error" as const,
            field: "--tag",
            message: "is no tag",
            expected: "a letter or digit, then up to 62 letters, digits, dots, underscores, hyphens and slashes",
            actual: JSON.stringify(tag.slice(0, 80))
          }))
        )
      )
}

const marksText = (marks: Marks): string =>
  [
    marks.starred ? "  starred" : "",
    marks.archived ? "  archived" : "",
    marks.tags.length === 0 ? "  no tags" : `  tags   ${marks.tags.join(" ")}`,
    marks.note === null ? "" : `  note   ${marks.note.replaceAll("\n", "\n         ")}`
  ]
    .filter((line) => line !== "")
    .join("\n")

/** What was said, as documents have it; `etag` is the name of this state, for `--if-match`. */
const marksData = (run_id: string, marks: Marks) => ({ ...marks, etag: marksTag(run_id, marks) })

const yesOrNo = (name: string, what: string) => Flag.Boolean(name).pipe(Flag.withDescription(what), Flag.optional)

export const mark = Command.make(
  "mark",
  {
    run: runId,
    tag: Flag.String("tag").pipe(Flag.withDescription("Give it a tag; --tag=-old takes one away; may be repeated"), Flag.atLeast(0)),
    untag: Flag.String("untag").pipe(Flag.withMetavar("tag"), Flag.withDescription("Take a tag away; may be repeated"), Flag.atLeast(0)),
    note: Flag.String("note").pipe(
      Flag.withMetavar("text"),
      Flag.withDescription("Write about it, in place of what was written; an empty text takes the note away"),
      Flag.optional
    ),
    star: yesOrNo("star", "Star it, or with --no-star no more"),
    archive: yesOrNo("archive", "Out of sight of  run ls, or with --no-archive back; nothing is deleted"),
    ifMatch: Flag.String("if-match").pipe(
      Flag.withMetavar("etag"),
      Flag.withDescription("Change nothing unless its marks are still those of this etag, which  run marks --json  gives"),
      Flag.optional
    ),
    json
  },
  (flags) =>
    stored(
      Effect.gen(function* () {
        const { run_id } = yield* findRun(flags.run)
        const add_tags = yield* tagsOf(flags.tag.filter((tag) => !tag.startsWith("-")).map((tag) => tag.replace(/^\+/, "")))
        const remove_tags = [...flags.untag, ...flags.tag.filter((tag) => tag.startsWith("-")).map((tag) => tag.slice(1))]
        const change: MarkChange = {
          ...(add_tags.length === 0 ? {} : { add_tags }),
          ...(remove_tags.length === 0 ? {} : { remove_tags }),
          ...(Option.isNone(flags.note) ? {} : { note: flags.note.value === "" ? null : flags.note.value }),
          ...(Option.isNone(flags.star) ? {} : { starred: flags.star.value }),
          ...(Option.isNone(flags.archive) ? {} : { archived: flags.archive.value })
        }
        if (Object.keys(change).length === 0)
          return yield* trainerError("usage", {
            code: "FT1387",
            message: "nothing is said of the run",
            expected: "--tag, --untag, --note, --star or --archive",
            help: `to read what was said:  feagi-trainer run marks ${run_id}`
          })
        const service = yield* UserMarks
        const { marks, changed } = yield* service.mark(run_id, change, Option.getOrUndefined(flags.ifMatch))
        yield* emit(flags.json, {
          kind: "run-marks",
          data: { run_id, changed, ...marksData(run_id, marks) },
          human: `${run_id}${changed ? "" : "  nothing to change"}\n${marksText(marks)}`
        })
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer run mark latest --tag baseline --note 'the bar to clear'", description: "Mark the run that was made last" }
  ])
)

/** A change in words. */
export const changeText = (change: MarkChange): string =>
  [
    ...(change.add_tags ?? []).map((tag) => `+${tag}`),
    ...(change.remove_tags ?? []).map((tag) => `-${tag}`),
    ...(change.starred === undefined ? [] : [change.starred ? "starred" : "no longer starred"]),
    ...(change.archived === undefined ? [] : [change.archived ? "archived" : "out of the archive"]),
    ...(change.note === undefined ? [] : [change.note === null ? "note taken away" : `note: ${change.note}`])
  ].join(", ")

export const marks = Command.make("marks", { run: optionalRunId, json }, (flags) =>
  stored(
    Effect.gen(function* () {
      const { run_id } = yield* findRun(flags.run)
      const service = yield* UserMarks
      const history = yield* service.history(run_id)
      yield* emit(flags.json, {
        kind: "run-mark-history",
        data: {
          run_id,
          ...marksData(run_id, history.reduce(applyMark, noMarks)),
          changes: history.map((entry) => ({ ...entry, at: new Date(entry.at_wall).toISOString() }))
        },
        human: textTable(
          [
            { title: "NO", cell: (row) => row.revision },
            { title: "WHEN", cell: (row) => new Date(row.at_wall).toISOString().slice(0, 16).replace("T", " ") },
            { title: "CHANGE", cell: ({ change }) => changeText(change) }
          ],
          history,
          `nothing was said of ${run_id}`
        )
      })
    })
  )
).pipe(
  Command.withExamples([{ command: "feagi-trainer run marks latest", description: "Its tags, note and star, and who changed them when" }])
)
