/** `chronicle`: what the scripts of a project wrote, and whether it is what they wrote. */
import { resolve } from "node:path"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { readEntries, verifyChronicle } from "../chronicle/Chronicle.ts"
import { json } from "../flags.ts"
import { emit } from "../Out.ts"
import { Project } from "../Project.ts"
import { textTable } from "../textTable.ts"

export const root = Flag.String("root").pipe(
  Flag.withMetavar("folder"),
  Flag.withDescription("Folder that paths are relative to and that experiments/, meta/ and data/ lie in; the project's when left out"),
  Flag.optional
)

/** The folder that scripts work in. */
export const rootOf = (given: Option.Option<string>) =>
  Option.isSome(given)
    ? Effect.succeed(resolve(given.value))
    : Effect.flatMap(
        Project,
        Effect.map(({ folder }) => folder)
      )

export const verify = Command.make("verify", { root, json }, (flags) =>
  Effect.gen(function* () {
    const data = yield* verifyChronicle(yield* rootOf(flags.root))
    yield* emit(flags.json, {
      kind: "chronicle-verification",
      data: { ...data, verified: true },
      human: `${data.entries} entries, ${data.files} files: all as they were registered; head ${data.head_sha256}`
    })
  })
).pipe(
  Command.withExamples([{ command: "feagi-trainer chronicle verify", description: "Whether everything that was registered is unchanged" }])
)

export const ls = Command.make("ls", { root, json }, (flags) =>
  Effect.gen(function* () {
    const entries = yield* readEntries(yield* rootOf(flags.root))
    yield* emit(flags.json, {
      kind: "chronicle",
      data: entries,
      human: textTable(
        [
          { title: "SEQ", cell: (each) => each.seq },
          { title: "TIME", cell: (each) => each.recorded_at },
          { title: "SCRIPT", cell: (each) => each.script },
          { title: "BODY", cell: (each) => each.body_sha256.slice(0, 12) },
          { title: "FILES", cell: (each) => 1 + each.artifacts.length }
        ],
        entries,
        "no entry yet"
      )
    })
  })
).pipe(Command.withExamples([{ command: "feagi-trainer chronicle ls", description: "What scripts registered" }]))
