/** `run compare`: may two runs be compared, and by how much do they differ. */
import { formatDiagnostic, isInsufficient, type MetricValue } from "@feagi-trainer/contracts"
import { compareRuns, type RunComparison, RunJournal } from "@feagi-trainer/core"
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { exitCodes } from "../exitCode.ts"
import { json } from "../flags.ts"
import { byId } from "../ids.ts"
import { emit, say } from "../Out.ts"
import { Stopped } from "../Stopped.ts"
import { reading } from "../services.ts"
import { textTable } from "../textTable.ts"

const shown = (value: MetricValue): string => (isInsufficient(value) ? "–" : value.toFixed(4))

const text = (a: string, b: string, comparison: RunComparison): string => {
  const differences = [...comparison.identity_differences, ...comparison.treatment_differences].map(
    (each) => `  ${each.field}: ${JSON.stringify(each.a ?? null)} ↔ ${JSON.stringify(each.b ?? null)}`
  )
  const rows = Object.entries(comparison.metrics).filter(([name]) => !name.startsWith("support/"))
  const early = (["a", "b"] as const).flatMap((side) =>
    comparison.partial[side].map(
      ({ phase, samples_done, samples_planned }) =>
        `PARTIAL: ${side} ended phase ${phase} early, behind ${samples_done} of ${samples_planned} samples`
    )
  )
  return [
    ...(comparison.watermark === null ? [] : [comparison.watermark, ""]),
    ...early,
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
        const compared = yield* compareRuns(a, b, { across, exploratory: flags.exploratory }).pipe(Effect.result)
        if (compared._tag === "Success")
          return yield* emit(flags.json, {
            kind: "comparison",
            data: compared.success,
            human: text(a.run_id, b.run_id, compared.success)
          })
        const refusal = compared.failure
        if (refusal.reason !== "incomparable" || !flags.json) return yield* refusal
        // Scripts get the same document either way: what differs, and that nothing was compared.
        const refused = yield* compareRuns(a, b, { across, exploratory: true })
        yield* emit(true, { kind: "comparison", data: refused, human: "" })
        for (const diagnostic of refusal.diagnostics) yield* say(formatDiagnostic(diagnostic))
        return yield* Effect.fail(new Stopped(exitCodes.incomparable))
      })
    )
).pipe(Command.withDescription("Compare two runs on the same samples; exit 4 with every differing field when they may not be compared"))
