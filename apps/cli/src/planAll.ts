/** Plans every seed of a run file before anything is written: one that does not fit stops all, and so do more workers than it can have. */
import { plan } from "@feagi-trainer/core"
import * as Effect from "effect/Effect"
import { families } from "./families.ts"
import { located } from "./locate.ts"
import type { ReadRunFile } from "./readRunFile.ts"
import { checkFileWorkers } from "./workers/checkWorkers.ts"

export const planAll = (read: ReadRunFile, workers: number) =>
  Effect.andThen(
    checkFileWorkers(read.file, workers),
    Effect.forEach(read.file.seeds, (seed) => Effect.scoped(plan({ file: read.file, seed: BigInt(seed), families })))
  ).pipe(located(read.document))
