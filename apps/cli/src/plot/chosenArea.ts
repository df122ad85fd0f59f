/** The cortical area that a picture is of: by its id or name, or the one that fired most among those that are not always on. */
import type { TrainerError } from "@feagi-trainer/contracts"
import { trainerError } from "@feagi-trainer/contracts"
import type { SampleActivity } from "@feagi-trainer/core"
import { Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { byId } from "../ids.ts"
import type { Area } from "./activityFigures.ts"

export const areaFlag = Flag.String("area").pipe(
  Flag.withDescription("Id or name of a cortical area; left out: the one with the most firings that is larger than one voxel"),
  Flag.optional
)

export const chosenArea = (trace: SampleActivity["trace"], wanted: Option.Option<string>): Effect.Effect<Area, TrainerError> => {
  if (Option.isSome(wanted)) {
    const named = trace.areas.find(({ name }) => name === wanted.value)
    return named === undefined ? byId("cortical area", wanted.value, trace.areas, ({ id }) => id) : Effect.succeed(named)
  }
  const counts = trace.areas.map(() => 0)
  for (let at = 0; at < trace.count; at++) {
    const area = trace.area[at] ?? 0
    counts[area] = (counts[area] ?? 0) + 1
  }
  const large = trace.areas.map((area, at) => ({ area, count: area.dimensions.reduce((a, b) => a * b, 1) > 1 ? (counts[at] ?? 0) : -1 }))
  const most = large.reduce<(typeof large)[number] | undefined>(
    (best, each) => (best === undefined || each.count > best.count ? each : best),
    undefined
  )
  return most === undefined
    ? trainerError("invalid", { code: "FT5509", message: "the brain has no cortical area to draw" })
    : Effect.succeed(most.area)
}
