/** `run summaries`: the five files that a training session leaves behind, for people and for programs. */
import { join } from "node:path"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { findRuns } from "../findRun.ts"
import { json, minGroup } from "../flags.ts"
import { emit } from "../Out.ts"
import { writeFilesOut } from "../outFiles.ts"
import { reading } from "../services.ts"
import { sessionOf } from "../summaries/session.ts"
import { sessionFiles } from "../summaries/sessionFiles.ts"

/** The last attempt of every seed of a group, or one run. */
const sessionRows = (reference: string) =>
  Effect.gen(function* () {
    const rows = yield* findRuns(reference)
    return [...new Map(rows.map((row) => [row.seed, row])).values()]
  })

export const summaries = Command.make(
  "summaries",
  {
    run: Argument.String("run").pipe(
      Argument.withDescription("Id of a run, a unique beginning of it, latest, or the id of a run group"),
      Argument.withDefault("latest")
    ),
    out: Flag.String("out").pipe(
      Flag.withMetavar("folder"),
      Flag.withDescription("Folder for the files; files of these names are replaced")
    ),
    groupBy: Flag.String("group-by").pipe(
      Flag.withMetavar("field"),
      Flag.withDescription("Tell the metrics of each group of this field as well, as  run bias  does"),
      Flag.optional
    ),
    minGroup,
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const grouped = Option.isSome(flags.groupBy) ? { field: flags.groupBy.value, minimum: flags.minGroup } : undefined
        const files = sessionFiles(yield* sessionOf(yield* sessionRows(flags.run), grouped))
        yield* writeFilesOut(flags.out, files)
        yield* emit(flags.json, {
          kind: "summaries",
          data: files.map(({ name, body_sha256 }) => ({ file: join(flags.out, name), body_sha256 })),
          human: files.map(({ name, body_sha256 }) => `${body_sha256.slice(0, 16)}  ${join(flags.out, name)}`).join("\n")
        })
      })
    )
).pipe(
  Command.withExamples([{ command: "feagi-trainer run summaries latest --out summaries", description: "Of the run that was started last" }])
)
