import { adapterLaws, describeLaws, manifestLaws } from "@feagi-trainer/conformance"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"

const options = { delimiter: "scan", quote: '"', decimal: ".", header: true, label_column: "kind", columns: "scan", classes: "scan" }

describeLaws(
  { describe, it },
  "csv is an adapter",
  adapterLaws({
    adapter: plugin.csv,
    options,
    source: { path: "data.csv" },
    files: { "data.csv": "x,y,kind\n1,2,a\n3.5,-4,b\n5,6e3,a\n1,2,a\n" },
    corrupt: [
      { name: "a ragged row", files: { "data.csv": "x,y,kind\n1,2,a\n3,b\n" }, code: "csv/RAGGED" },
      { name: "a word for a number", files: { "data.csv": "x,y,kind\n1,2,a\n3,n/a,b\n" }, code: "csv/NOT-A-NUMBER" }
    ]
  })
)
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
