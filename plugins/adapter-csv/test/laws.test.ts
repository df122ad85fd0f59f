import { adapterLaws, describeLaws, manifestLaws } from "@feagi-trainer/conformance"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"

const cut = { delimiter: "scan", quote: '"', decimal: ".", header: true }

describeLaws(
  { describe, it },
  "csv is an adapter",
  adapterLaws({
    adapter: plugin.csv,
    options: { ...cut, label_column: "kind", columns: "scan", classes: "scan" },
    source: { path: "data.csv" },
    files: { "data.csv": "x,y,kind\n1,2,a\n3.5,-4,b\n5,6e3,a\n1,2,a\n" },
    corrupt: [
      { name: "a ragged row", files: { "data.csv": "x,y,kind\n1,2,a\n3,b\n" }, code: "csv/RAGGED" },
      { name: "a word for a number", files: { "data.csv": "x,y,kind\n1,2,a\n3,n/a,b\n" }, code: "csv/NOT-A-NUMBER" }
    ]
  })
)
describeLaws(
  { describe, it },
  "csv is an adapter of several files with every type of column",
  adapterLaws({
    adapter: plugin.csv,
    options: {
      ...cut,
      files: ["one.csv", "two.csv"],
      file_split: { "two.csv": "test" },
      label_column: null,
      target_column: "price",
      id_column: "id",
      time_column: "when",
      time_format: "unix-s",
      values_columns: ["weight"],
      columns: {
        city: { type: "category", as: "one-hot", values: "scan" },
        size: { type: "category", as: "index", values: ["S", "M", "L"] },
        open: { type: "boolean", true: ["yes"], false: ["no"] },
        rooms: { type: "integer", missing: { texts: [""], policy: "drop-row" } }
      }
    },
    source: { path: "shop" },
    files: {
      "shop/one.csv": "id,city,size,open,rooms,weight,when,price\na,Rom,S,yes,1,0.5,17,9.5\nb,Bern,L,no,,1,18,8\nc,Bern,L,no,3,1,18,8\n",
      "shop/two.csv": 'id,city,size,open,rooms,weight,when,price\nd,"Rom",M,yes,2,2,19,-1\n'
    },
    corrupt: [
      {
        name: "a value that is not declared, in the second file",
        files: {
          "shop/one.csv": "id,city,size,open,rooms,weight,when,price\na,Rom,S,yes,1,0.5,17,9.5\n",
          "shop/two.csv": "id,city,size,open,rooms,weight,when,price\nd,Rom,XL,yes,2,2,19,-1\n"
        },
        code: "csv/UNKNOWN-VALUE"
      }
    ]
  })
)
describeLaws({ describe, it }, "the manifest", manifestLaws(manifest, plugin, packageJson))
