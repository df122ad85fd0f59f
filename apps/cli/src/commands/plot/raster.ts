/** `plot raster`: which cortical areas fire when, while one sample is shown. */
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { activityFlags, findActivity } from "../../findActivity.ts"
import { json, optionalRunId } from "../../flags.ts"
import { rasterFigure } from "../../plot/activityFigures.ts"
import { emitFigures, outputFlags } from "../../plot/emitFigures.ts"
import { reading } from "../../services.ts"

export const raster = Command.make("raster", { run: optionalRunId, ...activityFlags, ...outputFlags, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const { row, found } = yield* findActivity(flags)
      const figure = rasterFigure(row.run_id, found.sample_id, found.trace)
      yield* emitFigures("plot-raster", [figure], { run_id: row.run_id, sample_id: found.sample_id, phase: found.phase }, flags)
    })
  )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer plot raster latest --sample latest --out spikes.svg", description: "Of the last sample" }
  ])
)
