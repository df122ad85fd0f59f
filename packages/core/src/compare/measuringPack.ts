/**
 * The metric pack that a run was measured with, or the reason why what is installed is not that one: values that are computed anew stand
 * beside recorded ones, and have to be of the same measure.
 */
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import type { Catalogue } from "../catalogue/Catalogue.ts"
import { type LoadedPack, loadPack } from "../run/loadPack.ts"
import type { RunDocument } from "../run/RunDocument.ts"

/** FT3316 where id, version or signature of the installed pack are not those of the document. */
export const measuringPack = (document: RunDocument): Effect.Effect<LoadedPack, TrainerError, Catalogue> =>
  Effect.gen(function* () {
    const loaded = yield* loadPack(document)
    const { plugin, signature } = document.metrics
    const installed = loaded.pack.signature(loaded.options)
    if (loaded.ref.version !== plugin.version || installed !== signature)
      return yield* trainerError("missing", {
        code: "FT3316",
        field: "metrics",
        message: "the installed metric pack is not the one that the run was measured with",
        expected: `${plugin.id} ${plugin.version}, which computes ${signature}`,
        actual: `${loaded.ref.id} ${loaded.ref.version}, which computes ${installed}`,
        help: "install the version that the run pins, or run again with the one that is here"
      })
    return loaded
  })
