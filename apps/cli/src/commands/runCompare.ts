/** `run compare`: may two runs be compared, and by how much do they differ. */
import { isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import { compareRuns, type RunComparison, RunJournal } from "@feagi-trainer/core"
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { json } from "../flags.ts"
import { byId } from "../ids.ts"
import { emit } from "../Out.ts"
import { reading } from "../services.ts"
import { textTable } from "../textTable.ts"

const shown = (value: MetricValue): string => (isInsufficient(value) ? "–" : value.toFixed(4))

const text = (a: string, b: string, comparison: RunComparison): string => {
  const differences = [...comparison.identity_differences, ...comparison.treatment_differences].map(
    (each) => `  ${each.field}: ${JSON.stringify(each.a ?? null)} ↔ ${JSON.stringify(each.b ?? null)}`
  )
  const rows = Object.entries(comparison.metrics).filter(([name]) => !name.startsWith("support/"))
  return [
    ...(comparison.watermark === null ? [] : [comparison.watermark, ""]),
    `a = ${a}\nb = ${b}\nphase ${comparison.phase}${comparison.across.length === 0 ? "" : `, across ${comparison.across.join(", ")}`}`,
    ...(differences.length === 0 ? [] : ["differences:", ...differences]),
    "",
    textTable(
      [
        { title: "METRIC", cell: ([name]) => name },
        { title: "A", cell: ([, each]) => shown(each.a) },
        { title: "B", cell: ([, each]) => shown(each.b) },
        { title: "B − A", cell: ([, each]) => shown(each.diff) },
        {
          title: "95 % INTERVAL",
          cell: ([, each]) => ("insufficient" in each.interval ? "–" : `${each.interval.low.toFixed(4)} … ${each.interval.high.toFixed(4)}`)
        },
        { title: "P", cell: ([, each]) => shown(each.p) },
        { title: "VERDICT", cell: ([, each]) => each.verdict }
      ],
      rows,
      "no metrics are compared"
    )
  ].join("\n")
}

export const compare = Command.make(
  "compare",
  {
    a: Argument.String("a").pipe(Argument.withDescription("Id of a run")),
    b: Argument.String("b").pipe(Argument.withDescription("Id of another run")),
    across: Flag.String("across").pipe(
      Flag.withMetavar("fields"),
      Flag.withDescription("The factors under study, by comma: treatment fields that may differ"),
      Flag.atLeast(0)
    ),
    exploratory: Flag.Boolean("exploratory").pipe(
      Flag.withDescription("Show what cannot be compared, marked as such"),
      Flag.withDefault(false)
    ),
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const journal = yield* RunJournal
        const rows = yield* journal.runs
        const a = yield* byId("run", flags.a, rows, (each) => each.run_id)
        const b = yield* byId("run", flags.b, rows, (each) => each.run_id)
        const across = flags.across.flatMap((each) => each.split(",")).filter((each) => each !== "")
        const comparison = yield* compareRuns(a, b, { across, exploratory: flags.exploratory })
        yield* emit(flags.json, { kind: "comparison", data: comparison, human: text(a.run_id, b.run_id, comparison) })
      })
    )
).pipe(Command.withDescription("Compare two runs on the same samples; exit 4 with every differing field when they may not be compared"))
