/** `report`: a run group with its controls as one self-contained page and one Markdown file. */
import { join } from "node:path"
import { type Diagnostic, isInsufficient, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { RunJournal, type RunRow } from "@feagi-trainer/core"
import { type ReportReplay, reportHtml, reportMarkdown, summaryText } from "@feagi-trainer/reports"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json } from "../flags.ts"
import { type Gate, groupReport } from "../groupReport.ts"
import { byId } from "../ids.ts"
import { emit, say } from "../Out.ts"
import { writeFilesOut } from "../outFiles.ts"
import { reading } from "../services.ts"

const bound = (name: string, what: string) => Flag.Finite(name).pipe(Flag.withDescription(what), Flag.optional)

/** All attempts of a group are one experiment: the last attempt of each seed counts. */
const groupOf = (reference: string, rows: ReadonlyArray<RunRow>) =>
  Effect.gen(function* () {
    const latest = rows.at(-1)?.group_id
    const groups = [...new Set(rows.map((row) => row.group_id))]
    const run = rows.find((row) => row.run_id === reference)
    const group =
      reference === "latest" && latest !== undefined
        ? latest
        : (run?.group_id ?? (yield* byId("run group", reference, groups, (each) => each)))
    const bySeed = new Map(rows.filter((row) => row.group_id === group).map((row) => [row.seed, row]))
    return [...bySeed.values()]
  })

export const report = Command.make(
  "report",
  {
    group: Argument.String("group").pipe(
      Argument.withDescription("Id of a run group, of one of its runs, or latest"),
      Argument.withDefault("latest")
    ),
    control: Flag.String("control").pipe(
      Flag.withMetavar("group"),
      Flag.withDescription("A control's run group; may be repeated"),
      Flag.atLeast(0)
    ),
    out: Flag.String("out").pipe(
      Flag.withMetavar("folder"),
      Flag.withDescription("Folder for report.html and report.md"),
      Flag.withDefault(".")
    ),
    failUnder: bound("fail-under", "Exit 5 when the mean of the primary metric is less"),
    failControlsOver: bound("fail-controls-over", "Exit 5 when a control's mean of the primary metric is more"),
    replayed: Flag.String("replayed").pipe(
      Flag.withMetavar("run=verdict"),
      Flag.withDescription("Verdict of a replay to be named in the report, as  run replay  gave it"),
      Flag.optional
    ),
    command: Flag.String("command").pipe(Flag.withDescription("A command that repeats the group; may be repeated"), Flag.atLeast(0)),
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const journal = yield* RunJournal
        const rows = yield* journal.runs
        const gates: ReadonlyArray<Gate> = [
          ...(Option.isSome(flags.failUnder) ? [{ condition: "recipe", bound: "at-least", value: flags.failUnder.value } as const] : []),
          ...(Option.isSome(flags.failControlsOver)
            ? [{ condition: "controls", bound: "at-most", value: flags.failControlsOver.value } as const]
            : [])
        ]
        const made = yield* groupReport({
          recipe: yield* groupOf(flags.group, rows),
          controls: yield* Effect.forEach(flags.control, (each) => groupOf(each, rows)),
          gates,
          replay: Option.isSome(flags.replayed) ? yield* replayOf(flags.replayed.value) : undefined,
          commands: flags.command
        })
        yield* writeFilesOut(flags.out, [
          { name: "report.html", text: reportHtml(made) },
          { name: "report.md", text: reportMarkdown(made) }
        ])
        yield* emit(flags.json, {
          kind: "report",
          data: { html: join(flags.out, "report.html"), markdown: join(flags.out, "report.md"), report: made },
          human: summaryText(made)
        })
        yield* say(`report: ${join(flags.out, "report.html")}  and  ${join(flags.out, "report.md")}`)
        const missed = made.gates.filter((gate) => !gate.passed)
        if (missed.length > 0)
          return yield* trainerErrors(
            "gate",
            missed.map(
              (gate): Diagnostic => ({
                code: "FT5301",
                severity: "error",
                message: `${gate.name} misses its bar`,
                expected: gate.bound,
                actual: isInsufficient(gate.value) ? gate.value.insufficient : String(gate.value)
              })
            )
          )
      })
    )
).pipe(
  Command.withExamples([{ command: "feagi-trainer report latest --out report", description: "Report on the runs that were started last" }])
)

const verdicts = ["EQUAL", "INPUT_CHANGED", "DIVERGED"] as const

const replayOf = (text: string) => {
  const [run_id = "", word] = text.split("=")
  const verdict = verdicts.find((each) => each === word)
  return verdict === undefined
    ? Effect.fail(
        trainerError("usage", {
          code: "FT1311",
          field: "--replayed",
          message: "is no verdict of a replay",
          expected: "RUN=EQUAL",
          actual: text
        })
      )
    : Effect.succeed<ReportReplay>({
        run_id,
        verdict,
        compared: ["every prediction", "the state after every step", "what was learnt", "every scorecard"]
      })
}
