/** The pinned metric pack with its options decoded. */
import {
  type MetricContext,
  type MetricPack,
  mistakeDiagnostic,
  type PluginRef,
  type TrainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import { Catalogue } from "../catalogue/Catalogue.ts"
import type { RunDocument } from "./RunDocument.ts"

export interface LoadedPack {
  readonly ref: PluginRef
  readonly pack: MetricPack
  readonly options: unknown
  readonly context: MetricContext
}

export const loadPack = (document: RunDocument): Effect.Effect<LoadedPack, TrainerError, Catalogue> =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const loaded = yield* catalogue.lookup("metric-pack", document.metrics.plugin.id)
    const pack = loaded.entry
    const options = pack.decodeOptions(document.metrics.options)
    if (!options.ok)
      return yield* trainerErrors(
        "invalid",
        options.mistakes.map((each) => mistakeDiagnostic("metrics.options", each))
      )
    const context = { output_type: document.dataset.output_type, classes: document.dataset.classes }
    return { ref: loaded.ref, pack, options: options.value, context }
  })
