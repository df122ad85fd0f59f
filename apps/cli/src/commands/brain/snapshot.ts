/** `brain snapshot`: what the brain of a run learnt becomes a version that other runs begin with. */
import { trainerError } from "@feagi-trainer/contracts"
import { BlobStore, toHex } from "@feagi-trainer/core"
import { Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { findRun } from "../../findRun.ts"
import { json, name, optionalRunId } from "../../flags.ts"
import { checkName } from "../../ids.ts"
import { next } from "../../Out.ts"
import { writing } from "../../services.ts"
import { grow } from "./grow.ts"
import { genomeOf, storeBrain } from "./register.ts"
import { runBrain } from "./runBrain.ts"

export const snapshot = Command.make(
  "snapshot",
  {
    run: optionalRunId,
    phase: Flag.String("phase").pipe(
      Flag.withDescription("Phase at whose end the brain is taken; left out: the last that learns"),
      Flag.optional
    ),
    name,
    json
  },
  (flags) =>
    writing(
      Effect.gen(function* () {
        yield* checkName(flags.name)
        const blobs = yield* BlobStore
        const row = yield* findRun(flags.run)
        const taken = yield* runBrain(row, Option.getOrUndefined(flags.phase))
        const { document, brain, seed, learned_hash, phase } = taken
        if (brain.connectome === undefined)
          return yield* trainerError("usage", {
            code: "FT2605",
            field: "--phase",
            message: `run ${row.run_id} had learnt nothing at its beginning: that brain is the genome`,
            help: "name a phase that was completed"
          })
        const { development } = yield* Effect.scoped(grow({ chosen: taken.chosen, brain, seed }))
        if (development.learned_hash !== learned_hash)
          return yield* trainerError("integrity", {
            code: "FT2606",
            message: `the checkpoint of run ${row.run_id} does not give the brain that the run recorded at the end of phase "${phase}"`,
            expected: learned_hash,
            actual: development.learned_hash,
            help: "the engine or the backend changed since: install the version that the run names"
          })
        const genome = yield* genomeOf(brain.json, undefined)
        const parent = document.brain?.source.registered
        yield* blobs.put(brain.connectome.bytes)
        yield* storeBrain({
          record: {
            name: flags.name,
            genome_sha256: brain.sha256,
            canonical_sha256: genome.canonical_sha256,
            source: `${row.run_id}, phase ${phase}`
          },
          connectome: { sha256: brain.connectome.sha256, seed: toHex(seed), learned_hash },
          lineage: {
            parent: typeof parent === "string" ? parent : null,
            run_id: row.run_id,
            spec_sha256: row.spec_sha256,
            phase,
            dataset_version_id: document.dataset.dataset_version_id,
            dataset_content_hash: document.dataset.content_hash
          },
          development,
          warnings: [],
          genome,
          json: flags.json
        })
        yield* next("feagi-trainer brain show")
      })
    )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer brain snapshot latest --name learnt", description: "Keep the brain as the last learning phase left it" }
  ])
)
