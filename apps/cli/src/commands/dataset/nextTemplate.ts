/** The task template that a dataset of this kind can begin with, judged from manifests alone. */
import { Catalogue, checkCompatibility, factsOf } from "@feagi-trainer/core"
import * as Effect from "effect/Effect"

export const nextTemplate = (scan: Parameters<typeof factsOf>[0]): Effect.Effect<string | undefined, never, Catalogue> =>
  Effect.gen(function* () {
    const { entries } = yield* Catalogue
    const fit = checkCompatibility(factsOf(scan), entries)
    const template = fit.entries.find(({ kind, applies }) => kind === "task-template" && applies === "yes")
    return entries.find(({ id }) => id === template?.id)?.manifest.id
  })
