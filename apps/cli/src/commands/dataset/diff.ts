/** `dataset diff`: what one version has that another has not. */
import { showValue } from "@feagi-trainer/contracts"
import { diffVersions, readIndex, readScan, type StoredDataset } from "@feagi-trainer/core"
import { Argument, Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { json } from "../../flags.ts"
import { emit } from "../../Out.ts"
import { reading } from "../../services.ts"
import { textTable } from "../../textTable.ts"
import { findDataset } from "./find.ts"

const side = (name: string) => Argument.String(name).pipe(Argument.withDescription("name@version"))

const sideOf = (dataset: StoredDataset) =>
  Effect.gen(function* () {
    const scan = yield* readScan(dataset.scan_sha256)
    const { location: _, ...facts } = dataset
    return { facts, classes: scan.classes, index: yield* readIndex(scan) }
  })

/** Ids that are listed for people. */
const shown = 20

export const diff = Command.make("diff", { before: side("before"), after: side("after"), json }, (flags) =>
  reading(
    Effect.gen(function* () {
      const before = yield* findDataset(flags.before)
      const after = yield* findDataset(flags.after)
      const found = diffVersions(yield* sideOf(before), yield* sideOf(after))
      const { counts } = found
      const rows = [
        ...found.added.map(({ sample_id, label }) => ({ what: "added", sample_id, detail: label ?? "" })),
        ...found.removed.map(({ sample_id, label }) => ({ what: "removed", sample_id, detail: label ?? "" })),
        ...found.changed.map(({ sample_id }) => ({ what: "changed", sample_id, detail: "" })),
        ...found.relabelled.map(({ sample_id, before: was, after: is }) => ({
          what: "relabelled",
          sample_id,
          detail: `${was ?? "no label"} → ${is ?? "no label"}`
        }))
      ]
      yield* emit(flags.json, {
        kind: "dataset-diff",
        data: { before: before.dataset_version_id, after: after.dataset_version_id, ...found },
        human: [
          `${before.dataset_version_id} → ${after.dataset_version_id}: ${counts.added} added, ${counts.removed} removed, ${counts.changed} changed, ${counts.relabelled} relabelled, ${counts.same} the same`,
          ...found.facts.map(({ field, a, b }) => `  ${field}: ${showValue(a)} → ${showValue(b)}`),
          ...(rows.length === 0
            ? []
            : [
                "",
                textTable(
                  [
                    { title: "CHANGE", cell: (each) => each.what },
                    { title: "SAMPLE", cell: (each) => each.sample_id },
                    { title: "", cell: (each) => each.detail }
                  ],
                  rows.slice(0, shown),
                  ""
                ).trimEnd(),
                ...(rows.length > shown ? [`… ${rows.length - shown} more with --json`] : [])
              ])
        ].join("\n")
      })
    })
  )
).pipe(Command.withExamples([{ command: "feagi-trainer dataset diff iris@1 iris@2", description: "Which samples came, went or changed" }]))
