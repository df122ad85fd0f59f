/** A sound package, and one that is broken for each law. */
import { manifestLaws } from "../src/index.ts"
import { entryOf, proveRed } from "./proveRed.ts"

const entry = { ...entryOf("metric-pack", "share"), export: "share" }
const manifest = { schema_version: 1, entries: [entry] }
const exported = { kind: "metric-pack", id: "share", spec: 1 }
const module = { share: exported, helper: () => 1 }
const packageJson = {
  name: "share",
  version: "1.0.0",
  feagiTrainer: "./feagi-trainer.plugin.json",
  files: ["src", "feagi-trainer.plugin.json"],
  keywords: ["feagi-trainer-plugin"],
  scripts: { test: "node --test" },
  peerDependencies: { effect: "~4.1.0", "@feagi-trainer/contracts": "^0.1.0" }
}

proveRed(
  "manifestLaws",
  () => manifestLaws(manifest, module, packageJson),
  [
    [
      "has an empty list of entries",
      () => manifestLaws({ schema_version: 1, entries: [] }, {}, packageJson),
      [
        "the manifest is complete and has no unknown key",
        "an id occurs once for each kind",
        "every entry of the manifest is exported as what it says",
        "every exported entry is in the manifest",
        "the options of every entry are a closed object"
      ]
    ],
    [
      "offers an id twice",
      () => manifestLaws({ ...manifest, entries: [entry, entry] }, module, packageJson),
      "an id occurs once for each kind"
    ],
    [
      "exports another id",
      () => manifestLaws(manifest, { share: { ...exported, id: "shares" } }, packageJson),
      "every entry of the manifest is exported as what it says"
    ],
    [
      "exports an entry that it does not list",
      () => manifestLaws(manifest, { ...module, more: { ...exported, id: "more" } }, packageJson),
      "every exported entry is in the manifest"
    ],
    [
      "takes any option",
      () =>
        manifestLaws(
          { ...manifest, entries: [{ ...entry, options_schema: { ...entry.options_schema, additionalProperties: true } }] },
          module,
          packageJson
        ),
      "the options of every entry are a closed object"
    ],
    [
      "does not publish its manifest",
      () => manifestLaws(manifest, module, { ...packageJson, files: ["src"] }),
      "package.json names the manifest and publishes it"
    ],
    [
      "brings its own copy of effect",
      () => manifestLaws(manifest, module, { ...packageJson, dependencies: { effect: "4.1.0" } }),
      "contracts and effect are peers, so that there is one copy of them"
    ],
    [
      "runs a script when it is installed",
      () => manifestLaws(manifest, module, { ...packageJson, scripts: { postinstall: "node evil.js" } }),
      "the package can be found by its keyword and installed without running anything"
    ]
    // Every law about the entries reads the manifest first.
  ],
  ["the manifest is complete and has no unknown key"]
)
