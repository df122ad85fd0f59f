/** `plot metrics`: the lines of a run: metrics, loss, coherence, rewards, affect, activity. */
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { json, optionalRunId } from "../../flags.ts"
import { emitFigures, outputFlags } from "../../plot/emitFigures.ts"
import { lineFigures } from "../../plot/lineFigures.ts"
import { runLines } from "../../runLines.ts"
import { axes } from "../../series.ts"
import { reading } from "../../services.ts"

/** What a person looks at first: what was measured and optimised, not what it cost. */
const usual = ["metric", "validation", "loss", "measure", "reward"]

export const metrics = Command.make(
  "metrics",
  {
    run: optionalRunId,
    name: Flag.String("name").pipe(
      Flag.withDescription(
        "A line, as run series lists it; may be repeated; all for every one; left out: metrics, losses, measures, rewards"
      ),
      Flag.atLeast(0)
    ),
    x: Flag.Literals("x", axes).pipe(Flag.withDescription("Axis: step, sample, wall (seconds) or epoch"), Flag.withDefault("sample")),
    log: Flag.Boolean("log").pipe(Flag.withDescription("Logarithmic values; those not above 0 are no data"), Flag.withDefault(false)),
    ...outputFlags,
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const { row, available, drawn } = yield* runLines(flags.run)
        const names = flags.name.length > 0 ? flags.name : available.filter(({ group }) => usual.includes(group)).map(({ name }) => name)
        const figures = lineFigures(yield* drawn(names), { run_id: row.run_id, x: flags.x, log: flags.log })
        yield* emitFigures("plot-metrics", figures, { run_id: row.run_id, x: flags.x, names }, flags)
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer plot metrics latest --out run.svg", description: "Metrics and rewards by sample" },
    {
      command: "feagi-trainer plot metrics latest --name measure/train/coherence --out coherence.csv",
      description: "The coherence of a training"
    }
  ])
)
