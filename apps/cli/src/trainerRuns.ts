/** A run as the record of a protocol that was carried out: one seed, its phases, and the chain of hashes through them. */
import { type Diagnostic, trainerErrors } from "@feagi-trainer/contracts"
import { documentOf, phaseChain, type RunView } from "@feagi-trainer/core"
import * as Effect from "effect/Effect"

const named =
  (run_id: string) =>
  (each: Diagnostic): Diagnostic => ({ ...each, message: `${run_id}, ${each.message}` })

/** @returns the record, and what is wrong with its chain */
export const trainerRun = (view: RunView) =>
  Effect.gen(function* () {
    const document = yield* documentOf(view.row)
    const { phases, breaks } = phaseChain(document, view.row.spec_sha256, view.state)
    const data = {
      run_id: view.row.run_id,
      spec_sha256: view.row.spec_sha256,
      name: view.row.name,
      seed: BigInt(view.row.seed),
      status: view.status,
      protocol: { id: document.protocol.id, version: document.protocol.version, plugin: document.protocol.plugin },
      dataset: document.dataset.dataset_version_id,
      initial_hash: document.learner.initial_hash,
      phases,
      chain: breaks.length === 0 ? ("whole" as const) : ("torn" as const)
    }
    const error = breaks.length === 0 ? undefined : trainerErrors("integrity", breaks.map(named(view.row.run_id)))
    return { data, error }
  })

export type TrainerRun = Effect.Success<ReturnType<typeof trainerRun>>["data"]
