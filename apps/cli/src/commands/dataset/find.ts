/** A registered dataset by what a person types: `name@version`, or the latest. */
import { type TrainerError, trainerErrors } from "@feagi-trainer/contracts"
import { findVersion, Registry, type StoredDataset } from "@feagi-trainer/core"
import { fromCanonical } from "@feagi-trainer/determinism"
import { Argument } from "effect/cli"
import * as Effect from "effect/Effect"

export const reference = Argument.String("dataset").pipe(Argument.withDescription("name@version"), Argument.withDefault("latest"))

export const findDataset = (text: string): Effect.Effect<StoredDataset, TrainerError, Registry> =>
  Effect.gen(function* () {
    const registry = yield* Registry
    const datasets = yield* registry.datasets
    const last = datasets.at(-1)
    if (text === "latest" && last !== undefined) return last
    const found = findVersion("dataset", text, datasets, "feagi-trainer dataset add FILE --name NAME")
    return found.ok ? found.value : yield* trainerErrors("invalid", [found.diagnostic])
  })

/** A record as it is shown: where it lies is a fact of this machine and stays out. */
export const row = ({ location: _, ...dataset }: StoredDataset) => ({
  ...dataset,
  adapter_options: fromCanonical(dataset.adapter_options)
})
