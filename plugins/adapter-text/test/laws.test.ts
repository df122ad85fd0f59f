import { type AdapterSubject, adapterLaws, capabilityLaws, describeLaws, manifestLaws } from "@feagi-trainer/conformance"
import { type Adapter, decodeStrict, PluginManifest } from "@feagi-trainer/contracts"
import { describe, it } from "vitest"
import manifest from "../feagi-trainer.plugin.json" with { type: "json" }
import packageJson from "../package.json" with { type: "json" }
import * as plugin from "../src/index.ts"
import { conll, csv, folders, jsonl, lines } from "./World.ts"

const decoded = decodeStrict(PluginManifest, manifest)
if (!decoded.ok) throw new Error(JSON.stringify(decoded.mistakes))
const [entry] = decoded.value.entries
const runner = { describe, it }
const subject = { adapter: plugin.text, manifest: entry }

type Subject = typeof plugin.text extends Adapter<infer Options> ? AdapterSubject<Options> : never

const subjects: Readonly<Record<string, Subject>> = {
  "class-folders": {
    ...subject,
    options: { ...folders, split_folders: true, ignore: ["corpus.md"] },
    source: { path: "corpus" },
    files: {
      "corpus/corpus.md": "about",
      "corpus/test/neg/1.txt": "dull .\r\n",
      "corpus/train/neg/1.txt": "\uFEFFso so",
      "corpus/train/pos/1.txt": "lovely é 😀\n",
      "corpus/train/pos/sub/2.txt": "lovely é 😀\n"
    },
    corrupt: [{ name: "an empty document", files: { "corpus/train/pos/1.txt": "", "corpus/corpus.md": "" }, code: "text/EMPTY-DOCUMENT" }]
  },
  jsonl: {
    ...subject,
    options: { ...jsonl, id_field: "id", group_field: "by", time_field: "at" },
    source: { path: "a.jsonl" },
    files: {
      "a.jsonl": [
        '{"id": 1, "by": "x", "at": 5, "text": "one", "label": "a"}',
        '{"id": 2, "by": "y", "at": 6, "text": "t\\nwo", "label": "b"}',
        "",
        '{"id": 3, "by": "x", "at": 7, "text": "three", "label": "a"}\n'
      ].join("\n")
    },
    corrupt: [{ name: "no JSON", files: { "a.jsonl": "{" }, code: "text/NOT-JSON" }]
  },
  csv: {
    ...subject,
    options: { ...csv, splits: { "train.csv": "train", "test.csv": "test" } },
    source: { path: "" },
    files: { "train.csv": 'label,text\na,"one, or\ntwo"\nb,three\n', "test.csv": "text,label\none,a\none,a" },
    corrupt: [{ name: "a ragged record", files: { "train.csv": "label,text\na\n", "test.csv": "text,label\none,a" }, code: "text/RAGGED" }]
  },
  lines: {
    ...subject,
    options: { ...lines, encoding: "windows-1252", labels: { "quote.tok.gt9.5000": "subjective", "plot.tok.gt9.5000": "objective" } },
    source: { path: "subjectivity" },
    files: {
      "subjectivity/quote.tok.gt9.5000": Buffer.from("a caf\xe9 of a film .\n\x93gem\x94 . \n", "latin1"),
      "subjectivity/plot.tok.gt9.5000": "he dies . \nshe lives . "
    },
    corrupt: [
      {
        name: "an undefined byte",
        files: { "subjectivity/quote.tok.gt9.5000": Uint8Array.of(0x61, 0x81), "subjectivity/plot.tok.gt9.5000": "a" },
        code: "text/BAD-BYTES"
      }
    ]
  },
  conll: {
    ...subject,
    options: conll,
    source: { path: "train.txt" },
    files: { "train.txt": "Confidence NN B-NP\nin IN B-PP\nthe DT B-NP\n\nhe PRP B-NP\nran VBD B-VP\n\n\nYes UH O" },
    corrupt: [{ name: "a line without a tag", files: { "train.txt": "he PRP B-NP\nran VBD\n" }, code: "text/RAGGED" }]
  }
}

for (const [layout, each] of Object.entries(subjects)) describeLaws(runner, `text is an adapter: ${layout}`, adapterLaws(each))
describeLaws(runner, "what text declares is shown", capabilityLaws(entry, Object.values(subjects)))
describeLaws(runner, "the manifest", manifestLaws(manifest, plugin, packageJson))
