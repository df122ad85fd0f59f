/** FEAGI's encoders without a brain. Sharp edge: nothing fires here, so that the thresholds of a genome play no part. */
import { type BrainBackend, type CoderValue, type Diagnostic, trainerErrors, type Voxel } from "@feagi-trainer/contracts"
import { CoderBench } from "@feagi-trainer/feagi-runtime"
import { Effect } from "effect"
import { countOf, flatValues, wrongCount } from "./ChannelValues.ts"
import { loadedEngine } from "./Engine.ts"
import { callEngine } from "./EngineFailure.ts"
import { boundUnits } from "./Selection.ts"

export const bench: BrainBackend["bench"] = Effect.fnUntraced(function* (inputs) {
  const units = boundUnits(inputs, [])
  if (!units.ok)
    return yield* trainerErrors(
      "invalid",
      units.messages.map((message): Diagnostic => ({ code: "embedded/CODER", severity: "error", message }))
    )
  const { module } = yield* loadedEngine
  const coders = yield* Effect.acquireRelease(
    callEngine(() => CoderBench.open(module, units.value)),
    (each) => Effect.sync(() => each.dispose())
  )
  return {
    voxels: (values: ReadonlyArray<CoderValue>) =>
      callEngine(() => {
        const given = countOf(values)
        if (given !== coders.inputWidth) throw wrongCount("the sample", coders.inputWidth, given)
        const { count, area, x, y, z, potential } = coders.voxels(flatValues(values))
        return Array.from(
          { length: count },
          (_, at): Voxel => ({
            area: coders.areas[area[at] ?? 0] ?? "",
            x: x[at] ?? 0,
            y: y[at] ?? 0,
            z: z[at] ?? 0,
            potential: potential[at] ?? 0
          })
        )
      })
  }
})
