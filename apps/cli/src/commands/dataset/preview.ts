/** `dataset preview`: the first samples as the trainer reads them. */
import type { IRSample } from "@feagi-trainer/contracts"
import { Catalogue, openDataset } from "@feagi-trainer/core"
import { canonical } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { json } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { reading } from "../../services.ts"
import { findDataset, reference } from "./find.ts"
import { payloadText } from "./payloadText.ts"

const count = Flag.Int("count").pipe(Flag.withAlias("c"), Flag.withDescription("How many samples"), Flag.withDefault(5))
const from = Flag.Int("from").pipe(Flag.withDescription("Position of the first one, from 0"), Flag.withDefault(0))

export const preview = Command.make("preview", { dataset: reference, count, from, json }, (flags) =>
  reading(
    Effect.scoped(
      Effect.gen(function* () {
        const catalogue = yield* Catalogue
        const dataset = yield* findDataset(flags.dataset)
        const reader = yield* openDataset(dataset, yield* catalogue.lookup("adapter", dataset.adapter.id))
        const entries = reader.index.slice(Math.max(0, flags.from), Math.max(0, flags.from) + Math.max(0, flags.count))
        const samples = yield* reader.read(
          entries.map(({ sample_id }) => sample_id),
          "preview"
        )
        yield* emit(flags.json, {
          kind: "dataset-preview",
          data: {
            dataset: dataset.dataset_version_id,
            samples: samples.map((sample, at) => ({ ...sample, split: entries[at]?.given_split ?? null, payload: plainPayload(sample) }))
          },
          human: samples.map((sample, at) => sampleText(sample, entries[at]?.given_split)).join("\n")
        })
      })
    )
  )
).pipe(Command.withDescription("Show the first samples as the trainer reads them"))

/** Bytes are a list of numbers in a document. */
const plainPayload = ({ payload }: IRSample): unknown => ("bytes" in payload ? { bytes: Array.from(payload.bytes) } : payload)

const sampleText = (sample: IRSample, part: string | undefined): string => {
  const target = sample.target === null ? "no target" : canonical(sample.target)
  const shown = target.length > 100 ? `${target.slice(0, 97)}...` : target
  return [
    `${sample.sample_id}${part === undefined ? "" : `  (${part})`}  ${shown}`,
    ...payloadText(sample).map((line) => `  ${line}`),
    ""
  ].join("\n")
}
