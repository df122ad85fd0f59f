/** The activity of one sample by what a person types: a run, a sample, a phase, a number of bursts. */
import { documentOf, idsOf, readParts, sampleActivity } from "@feagi-trainer/core"
import { Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { families } from "./families.ts"
import { findRun } from "./findRun.ts"
import { byId } from "./ids.ts"

export const activityFlags = {
  sample: Flag.String("sample").pipe(Flag.withDescription("Id of a sample, a unique beginning of it, or latest")),
  phase: Flag.String("phase").pipe(
    Flag.withDescription("Phase that the sample is in; left out: the first of the protocol that has it"),
    Flag.optional
  ),
  bursts: Flag.Int("bursts").pipe(
    Flag.withDescription("Bursts to look at, 1 to 10000; left out: as many as a sample takes in the run"),
    Flag.filter(
      (count) => count >= 1 && count <= 10_000,
      () => "a whole number from 1 to 10000"
    ),
    Flag.optional
  )
}

interface Asked {
  readonly run: string
  readonly sample: string
  readonly phase: Option.Option<string>
  readonly bursts: Option.Option<number>
}

export const findActivity = (asked: Asked) =>
  Effect.gen(function* () {
    const row = yield* findRun(asked.run)
    const document = yield* documentOf(row)
    const parts = yield* readParts(document)
    const ids = document.protocol.phases.flatMap(({ split }) => idsOf(parts, split))
    const sample_id = yield* byId("sample", asked.sample, [...new Set(ids)], (each) => each)
    const found = yield* sampleActivity({
      row,
      sample_id,
      phase: Option.getOrUndefined(asked.phase),
      bursts: Option.getOrUndefined(asked.bursts),
      families
    })
    return { row, document, found }
  })
