/** `plot fft`: the frequencies in a line of a run, and how they drift from window to window. */
import { trainerError } from "@feagi-trainer/contracts"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { json, optionalRunId } from "../../flags.ts"
import { emitFigures, outputFlags } from "../../plot/emitFigures.ts"
import { largestDrift, spectralDrift } from "../../plot/spectrumFigures.ts"
import { runLines } from "../../runLines.ts"
import { reading } from "../../services.ts"

const least = 4

export const fft = Command.make(
  "fft",
  {
    run: optionalRunId,
    name: Flag.String("name").pipe(Flag.withDescription("The line, as run series lists it")),
    window: Flag.Int("window").pipe(
      Flag.withDescription("Points of one window; left out: a quarter of the line, 4 at least"),
      Flag.filter(
        (count) => count >= least,
        () => `a whole number from ${least}`
      ),
      Flag.optional
    ),
    ...outputFlags,
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const { row, drawn } = yield* runLines(flags.run)
        const [line] = yield* drawn([flags.name])
        const values = line?.y.first(line.y.length) ?? []
        const window = Option.getOrElse(flags.window, () => Math.max(least, Math.floor(values.length / 4)))
        if (values.length < window)
          return yield* trainerError("invalid", {
            code: "FT5504",
            field: "--window",
            message: `the line ${flags.name} of run ${row.run_id} is too short for a spectrum`,
            expected: `${window} points at least`,
            actual: `${values.length} points`
          })
        const { figures, ...found } = spectralDrift(flags.name, values, window)
        const lost = Object.entries(found.energy_drift_db).filter(([, drift]) => drift === null || Math.abs(drift) > largestDrift)
        if (lost.length > 0)
          return yield* trainerError("failed", {
            code: "FT5505",
            message: `a picture does not hold the energy of its samples: ${lost.map(([id, drift]) => `${id} ${drift ?? "silent"} dB`).join(", ")}`,
            expected: `${largestDrift} dB at the most`,
            help: "report it: a bug"
          })
        yield* emitFigures("plot-fft", figures, { run_id: row.run_id, name: flags.name, ...found }, flags)
      })
    )
).pipe(
  Command.withExamples([
    {
      command: "feagi-trainer plot fft latest --name loss/train/loss --window 64 --out loss.svg",
      description: "Three files: spectrum, spectrogram, drift"
    }
  ])
)
