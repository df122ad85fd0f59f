/** `run series`: the lines of a run, thinned so that they draw the same picture. */
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json, optionalRunId } from "../flags.ts"
import { emit } from "../Out.ts"
import { runLines } from "../runLines.ts"
import { axes, lineWithin } from "../series.ts"
import { reading } from "../services.ts"
import { textTable } from "../textTable.ts"

export const series = Command.make(
  "series",
  {
    run: optionalRunId,
    name: Flag.String("name").pipe(
      Flag.withDescription("A line to give, as the list names it; may be repeated; all gives every one"),
      Flag.atLeast(0)
    ),
    maxPoints: Flag.Int("max-points").pipe(
      Flag.withDescription("Points of one line at the most; smallest and largest stay exact"),
      Flag.filter(
        (count) => count >= 4 && count <= 1_000_000,
        () => "a whole number from 4 to 1000000"
      ),
      Flag.withDefault(1000)
    ),
    x: Flag.Literals("x", axes).pipe(
      Flag.withDescription("step: steps of the phase; sample: its samples; wall: seconds since the run began; epoch: with fractions"),
      Flag.withDefault("sample")
    ),
    from: Flag.Finite("from").pipe(
      Flag.withDescription("First x that is looked at; what lies before is left out but for one point"),
      Flag.optional
    ),
    to: Flag.Finite("to").pipe(
      Flag.withDescription("Last x that is looked at; what lies behind is left out but for one point"),
      Flag.optional
    ),
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const { row, view, last_seq, available, drawn } = yield* runLines(flags.run)
        const lines = (yield* drawn(flags.name)).map((each) => {
          const window = {
            from: Option.getOrElse(flags.from, () => Number.NEGATIVE_INFINITY),
            to: Option.getOrElse(flags.to, () => Number.POSITIVE_INFINITY)
          }
          const { line, points, range } = lineWithin(each, flags.x, { ...window, most: flags.maxPoints })
          return { name: each.name, x: line.x, y: line.y, points, range, thinned: line.x.length < points }
        })
        yield* emit(flags.json, {
          kind: "run-series",
          data: { run_id: row.run_id, status: view.status, last_seq, x: flags.x, available, series: lines },
          verbatim: flags.name.length > 0,
          human:
            flags.name.length === 0
              ? textTable(
                  [
                    { title: "LINE", cell: (each) => each.name },
                    { title: "POINTS", cell: (each) => each.points },
                    { title: "UNIT", cell: (each) => each.unit }
                  ],
                  available,
                  "nothing is recorded yet"
                )
              : lines
                  .map(({ name, x, y }) => [`# ${name} by ${flags.x}`, ...x.map((at, index) => `${at}\t${y[index]}`)].join("\n"))
                  .join("\n\n")
        })
      })
    )
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer run series latest --name all --max-points 400 --json",
      description: "Everything, as it is drawn 100 pixels wide"
    }
  ])
)
