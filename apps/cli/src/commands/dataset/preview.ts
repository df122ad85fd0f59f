/** `dataset preview`: samples as the trainer reads them, of a registered dataset or of a source that is none yet. */
import { existsSync } from "node:fs"
import { ApprovedRoots, type IndexEntry, type IRSample, mistakeDiagnostic, type Split, trainerErrors } from "@feagi-trainer/contracts"
import { type BuiltIndex, Catalogue, openDataset, Roots } from "@feagi-trainer/core"
import { canonical, fromCanonical } from "@feagi-trainer/determinism"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { json } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { type AdapterFlags, refuse, scanSource, sourceOptionFlags } from "../../scanSource.ts"
import { indexing, reading, rootsLayer, withPlugins } from "../../services.ts"
import { findDataset } from "./find.ts"
import { payloadText } from "./payloadText.ts"

const count = Flag.Int("count").pipe(Flag.withAlias("c"), Flag.withDescription("How many samples"), Flag.withDefault(5))
const from = Flag.Int("from").pipe(Flag.withDescription("Position of the first one, from 0"), Flag.withDefault(0))

interface Page {
  readonly from: number
  readonly count: number
}

const pageOf = (index: ReadonlyArray<IndexEntry>, page: Page): ReadonlyArray<IndexEntry> =>
  index.slice(Math.max(0, page.from), Math.max(0, page.from) + Math.max(0, page.count))

const show = (asJson: boolean, dataset: string, entries: ReadonlyArray<IndexEntry>, samples: ReadonlyArray<IRSample>) =>
  emit(asJson, {
    kind: "dataset-preview",
    data: {
      dataset,
      samples: samples.map((sample, at) => ({ ...sample, split: entries[at]?.given_split ?? null, payload: plainPayload(sample) }))
    },
    human: samples.map((sample, at) => sampleText(sample, entries[at]?.given_split)).join("\n")
  })

const registered = (reference: string, page: Page, asJson: boolean) =>
  reading(
    Effect.scoped(
      Effect.gen(function* () {
        const catalogue = yield* Catalogue
        const dataset = yield* findDataset(reference)
        const reader = yield* openDataset(dataset, yield* catalogue.lookup("adapter", dataset.adapter.id))
        const entries = pageOf(reader.index, page)
        const samples = yield* reader.read(
          entries.map(({ sample_id }) => sample_id),
          "preview"
        )
        yield* show(asJson, dataset.dataset_version_id, entries, samples)
      })
    )
  )

const entriesOf = (built: BuiltIndex): ReadonlyArray<IndexEntry> => {
  const pieces: Array<Buffer> = []
  // A piece is good until the next one: it is copied as it comes.
  for (const piece of built.lines()) pieces.push(Buffer.from(piece))
  const lines = Buffer.concat(pieces).toString("utf8").split("\n")
  return lines.flatMap((line) => (line === "" ? [] : [fromCanonical(line) as unknown as IndexEntry]))
}

const inPreview: Split = { custom: "preview" }

/** A source that is not registered is scanned first: only a scan says what its samples are. */
const source = (flags: AdapterFlags, page: Page, asJson: boolean) =>
  withPlugins(
    Effect.scoped(
      Effect.gen(function* () {
        const { adapter, options, outcome, path, root } = yield* scanSource(flags)
        if (outcome.scanned === undefined) return yield* refuse(outcome)
        const decoded = adapter.entry.decodeOptions(options)
        if (!decoded.ok)
          return yield* trainerErrors(
            "invalid",
            decoded.mistakes.map((each) => mistakeDiagnostic("", each))
          )
        const index = entriesOf(outcome.scanned.index)
        const files = yield* (yield* Roots).open(root)
        const session = yield* adapter.entry
          .open({ path }, decoded.value, { ...outcome.scanned.scan, index }, flags.file)
          .pipe(Effect.provideService(ApprovedRoots, files))
        const entries = pageOf(index, page)
        const first = Math.max(0, page.from)
        const raw = yield* Stream.runCollect(
          session.stream(
            entries.map((_, at) => first + at),
            0
          )
        )
        yield* show(
          asJson,
          flags.file,
          entries,
          raw.map((each) => session.mapToIr(each, inPreview))
        )
      })
    ).pipe(Effect.provide(rootsLayer), Effect.provide(indexing))
  )

/** A name with a version is a dataset, whatever lies in the folder. */
const isReference = (text: string): boolean => text === "latest" || /^[a-z0-9][a-z0-9._-]*@\d+$/.test(text)

export const preview = Command.make(
  "preview",
  {
    ...sourceOptionFlags,
    file: Argument.String("dataset").pipe(
      Argument.withDescription("name@version, or a file or folder that is not registered"),
      Argument.withDefault("latest")
    ),
    count,
    from,
    json
  },
  (flags) =>
    !isReference(flags.file) && (Option.isSome(flags.adapter) || existsSync(flags.file))
      ? source({ ...flags, labelMap: Option.none() }, flags, flags.json)
      : registered(flags.file, flags, flags.json)
).pipe(
  Command.withExamples([
    { command: "feagi-trainer dataset preview iris@1 --from 100", description: "Five samples from the middle" },
    {
      command: "feagi-trainer dataset preview iris.csv --adapter csv --label-column species",
      description: "What a file would become, before it is registered"
    }
  ])
)

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
