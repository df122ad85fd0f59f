/** DatasetStore: the port that turns the reference of a training config into what there is to learn from. */
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Dataset } from "../data/Dataset.ts"

export class DatasetStore extends Context.Service<
  DatasetStore,
  {
    /** `ref` as it stands in the config: a name, or any JSON that the store understands. */
    readonly resolve: (ref: unknown) => Effect.Effect<Dataset, TrainerError>
  }
>()("@feagi-trainer/training-stages/DatasetStore") {}

/** A store of datasets in memory, by name. */
export const memoryDatasetStore = (datasets: Readonly<Record<string, Dataset>>): DatasetStore["Service"] =>
  DatasetStore.of({
    resolve: (ref) =>
      Effect.suspend(() => {
        const found = typeof ref === "string" && Object.hasOwn(datasets, ref) ? datasets[ref] : undefined
        if (found !== undefined) return Effect.succeed(found)
        return Effect.fail(
          trainerError("missing", {
            code: "training-stages/UNKNOWN-DATASET",
            message: "there is no such dataset",
            field: "dataset_ref",
            expected: `one of ${Object.keys(datasets).sort().join(", ") || "no dataset at all: the store is empty"}`,
            actual: JSON.stringify(ref) ?? String(ref)
          })
        )
      })
  })

export const memoryDatasetStoreLayer = (datasets: Readonly<Record<string, Dataset>>): Layer.Layer<DatasetStore> =>
  Layer.succeed(DatasetStore, memoryDatasetStore(datasets))
