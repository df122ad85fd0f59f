/** Plans every seed of a run file before anything is written: one that does not fit stops all. */
import { plan } from "@feagi-trainer/core"
import { Effect } from "effect"
import { located } from "./locate.ts"
import type { ReadRunFile } from "./readRunFile.ts"
import { families } from "./services.ts"

export const planAll = (read: ReadRunFile) =>
  Effect.forEach(read.file.seeds, (seed) =>
    Effect.scoped(plan({ file: read.file, seed: BigInt(seed), families })).pipe(located(read.document))
  )
