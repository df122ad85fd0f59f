/** `plot voxels`: the slices of one cortical area, by how often each voxel fired while one sample was shown. */
import { trainerError } from "@feagi-trainer/contracts"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { activityFlags, findActivity } from "../../findActivity.ts"
import { json, optionalRunId } from "../../flags.ts"
import { voxelFigure } from "../../plot/activityFigures.ts"
import { areaFlag, chosenArea } from "../../plot/chosenArea.ts"
import { emitFigures, outputFlags } from "../../plot/emitFigures.ts"
import { reading } from "../../services.ts"

export const voxels = Command.make(
  "voxels",
  {
    run: optionalRunId,
    ...activityFlags,
    area: areaFlag,
    burst: Flag.Int("burst").pipe(Flag.withDescription("One burst, from 1; left out: all of them together"), Flag.optional),
    ...outputFlags,
    json
  },
  (flags) =>
    reading(
      Effect.gen(function* () {
        const { row, found } = yield* findActivity(flags)
        const area = yield* chosenArea(found.trace, flags.area)
        const burst = Option.getOrUndefined(flags.burst)
        if (burst !== undefined && !(burst >= 1 && burst <= found.trace.bursts))
          return yield* trainerError("usage", {
            code: "FT5510",
            field: "--burst",
            message: "is no burst that was looked at",
            expected: `1 to ${found.trace.bursts}`,
            actual: String(burst)
          })
        const figure = voxelFigure(row.run_id, found.sample_id, found.trace, area, burst)
        yield* emitFigures(
          "plot-voxels",
          [figure],
          { run_id: row.run_id, sample_id: found.sample_id, area: area.id, burst: burst ?? null },
          flags
        )
      })
    )
).pipe(
  Command.withExamples([{ command: "feagi-trainer plot voxels latest --sample latest --out voxels.png", description: "The busiest area" }])
)
