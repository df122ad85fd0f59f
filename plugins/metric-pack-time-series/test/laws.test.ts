import { readFileSync } from "node:fs"
import { describeLaws, type MetricFilesCase, manifestLaws, metricPackLaws, protocolLaws } from "@feagi-trainer/conformance"
import { PluginManifest, type Rng, type Scored } from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"
import { eventsContext, files, recording, type Span, sample } from "./support.ts"

/** Thirds and tenths do not sum without rounding; few values make equal rows likely. */
const number = (rng: Rng): number => (rng.below(13) - 6) / (rng.below(2) === 0 ? 3 : 10)

const scalars = (rng: Rng): ReadonlyArray<Scored> =>
  Array.from({ length: rng.below(13) }, (_, index) => sample(index, number(rng), rng.below(5) === 0 ? null : number(rng)))

const vectors = (rng: Rng): ReadonlyArray<Scored> => {
  const vector = () => [number(rng), number(rng), number(rng)]
  return Array.from({ length: rng.below(13) }, (_, index) => sample(index, vector(), rng.below(5) === 0 ? null : vector()))
}

const recordings = (rng: Rng): ReadonlyArray<Scored> => {
  const spans = (): ReadonlyArray<Span> =>
    Array.from({ length: rng.below(5) }, () => {
      const start = rng.below(40) / 3
      return [start, start + (1 + rng.below(9)) / 3, rng.below(3) === 0 ? "y" : "x"]
    })
  return Array.from({ length: rng.below(9) }, (_, index) => recording(index, spans(), rng.below(5) === 0 ? null : spans()))
}

const { entries } = Schema.decodeUnknownSync(PluginManifest)(manifest)
const entryOf = (kind: string, id: string) => {
  const found = entries.find((each) => each.kind === kind && each.id === id)
  if (found === undefined) throw new Error(`the manifest has no ${kind} ${id}`)
  return found
}

const numberFiles: ReadonlyArray<MetricFilesCase> = [
  {
    name: "two numbers",
    files: files('[{"sample_id":"a","target":1,"prediction":2},{"sample_id":"b","target":3,"prediction":null}]'),
    options: {},
    values: { mae: 1, rmse: 1, answered: 0.5, r2: { insufficient: "one sample has no variance; at least 2 are needed" } },
    tolerance: 0
  },
  {
    name: "two numbers as CSV",
    files: files("sample_id,target,prediction\na,1,2\nb,3,5\n"),
    options: { format: "csv", undefined_values: "insufficient" },
    values: { mae: 1.5, bias: 1.5, r2: 1 - 5 / 2 },
    tolerance: 0
  }
]
const eventFiles: ReadonlyArray<MetricFilesCase> = [
  {
    name: "one recording",
    files: files('[{"sample_id":"a","target":[{"start":0,"end":2,"label":"x"}],"prediction":[{"start":0.5,"end":2,"label":"x"}]}]'),
    options: { rule: "overlap@1" },
    values: { event_f1: 1, onset_error: 0.5, true_positives: 1 },
    tolerance: 0
  }
]

for (const undefined_values of ["insufficient", "scikit-learn"])
  for (const [output_type, scored] of [
    ["scalar", scalars],
    ["vector", vectors]
  ] as const)
    describeLaws(
      { describe, it },
      `time-series is a metric pack (${output_type}, undefined_values = ${undefined_values})`,
      metricPackLaws({
        pack: plugin.timeSeries,
        options: { undefined_values },
        context: { output_type, classes: [] },
        scored,
        files: numberFiles,
        manifest: entryOf("metric-pack", "time-series")
      })
    )
for (const options of [
  { rule: "overlap@1", min_iou: 0.25 },
  { rule: "point-tolerance@1", tolerance: 1 }
])
  describeLaws(
    { describe, it },
    `time-series-events is a metric pack (${options.rule})`,
    metricPackLaws({
      pack: plugin.timeSeriesEvents,
      options,
      context: eventsContext,
      scored: recordings,
      files: eventFiles,
      manifest: entryOf("metric-pack", "time-series-events")
    })
  )

for (const value of Object.values(plugin))
  if (value.kind === "protocol")
    describeLaws(
      { describe, it },
      `${value.id} is a protocol`,
      protocolLaws({
        protocol: structuredClone(value),
        packs: [plugin.timeSeries, plugin.timeSeriesEvents],
        // As it was written down when it was published; what stands there stays.
        earlier: [JSON.parse(readFileSync(new URL(`../published/${value.id}@1.json`, import.meta.url), "utf8"))],
        manifest: entryOf("protocol", value.id)
      })
    )
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
