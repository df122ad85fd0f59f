/** `dataset labels`: the classes of a dataset, how many samples each has, and what the label map made them from. */
import { BlobStore, type LabelMap, readScan } from "@feagi-trainer/core"
import { fromCanonical, fromUtf8 } from "@feagi-trainer/determinism"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { reading } from "../../services.ts"
import { textTable } from "../../textTable.ts"
import { findDataset, reference } from "./find.ts"

export const labels = Command.make("labels", { dataset: reference, json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const blobs = yield* BlobStore
      const dataset = yield* findDataset(flags.dataset)
      const scan = yield* readScan(dataset.scan_sha256)
      const map = scan.label_map
      const classes = scan.classes.map(({ class_id, label }) => ({
        class_id,
        label,
        samples: scan.summary.class_counts[class_id] ?? 0,
        from: scan.source_classes.flatMap((each) =>
          (map === null ? each.class_id : map.rank[each.class_id]) === class_id ? [each.label] : []
        )
      }))
      const document = map === null ? null : (fromCanonical(fromUtf8(yield* blobs.get(map.sha256))) as unknown as LabelMap)
      yield* emit(flags.json, {
        kind: "dataset-labels",
        data: {
          dataset: dataset.dataset_version_id,
          classes,
          label_map:
            map === null ? null : { name: map.name, version: map.version, sha256: map.sha256, kind: document?.kind, map: document?.map }
        },
        human: [
          ...(map === null ? [] : [`mapped by ${map.name} ${map.version} (${map.sha256.slice(0, 12)})`, ""]),
          textTable(
            [
              { title: "CLASS", cell: (each) => each.class_id },
              { title: "LABEL", cell: (each) => each.label },
              { title: "SAMPLES", cell: (each) => each.samples },
              ...(map === null ? [] : [{ title: "MADE FROM", cell: (each: (typeof classes)[number]) => each.from.join(", ") }])
            ],
            classes,
            "the dataset has no classes"
          )
        ].join("\n")
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer dataset labels iris@1", description: "How often each class occurs" }]))
