import { adapterLaws, describeLaws, manifestLaws } from "@feagi-trainer/conformance"
import { decodeStrict, PluginManifest } from "@feagi-trainer/contracts"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"
import { cases } from "./cases.ts"

const decoded = decodeStrict(PluginManifest, manifest)
const entry = decoded.ok ? { manifest: decoded.value.entries[0] } : {}

const corrupt = {
  ts: [
    {
      name: "a dimension too few",
      files: { ...cases.ts.files, "Toy_TEST.ts": String(cases.ts.files["Toy_TEST.ts"]).replace(":9,10", "") },
      code: "time-series/CHANNELS"
    }
  ],
  row: [{ name: "a word for a number", files: { "Gun_TRAIN.tsv": "1\tn/a\n" }, code: "time-series/NOT-A-NUMBER" }],
  long: [
    {
      name: "a row that is missing",
      files: { "walks.csv": "series,t,x,y,label,who\nb,0,1,2,run,ann\nb,6,3,4,run,ann\n" },
      code: "time-series/UNEVEN-TIME"
    }
  ],
  wfdb: [{ name: "no annotations", files: { ...cases.wfdb.files, "one80.atr": new Uint8Array(0) }, code: "time-series/ANNOTATIONS-CUT" }]
}

for (const name of ["ts", "row", "long", "wfdb"] as const)
  describeLaws(
    { describe, it },
    `time-series is an adapter of ${name}`,
    adapterLaws({
      adapter: plugin.timeSeries,
      options: cases[name].options,
      source: { path: "" },
      files: cases[name].files,
      corrupt: corrupt[name],
      ...(entry.manifest === undefined ? {} : { manifest: entry.manifest })
    })
  )
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
