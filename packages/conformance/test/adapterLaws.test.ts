/** A sound adapter, and one that is broken for each law. */
import {
  Adapter,
  type AdapterSession,
  ApprovedRoots,
  type DatasetScan,
  optionsFrom,
  type RawSample,
  type TrainerError,
  trainerError,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import { Effect, Schema, Stream } from "effect"
import { type AdapterSubject, adapterLaws } from "../src/index.ts"
import { entryOf, proveRed } from "./proveRed.ts"
import { tabular } from "./samples.ts"

const Options = Schema.Struct({ separator: Schema.Literal(" ") })
type Options = typeof Options.Type
type Lines = Adapter<Options>

const readText = Effect.gen(function* () {
  const roots = yield* ApprovedRoots
  const bytes = yield* roots.read("lines.txt", 0, (yield* roots.info("lines.txt")).bytes)
  return { text: new TextDecoder().decode(bytes), bytes: bytes.length, sha256: sha256Hex(bytes) }
})

const linesOf = (text: string) => text.split("\n").filter((line) => line !== "")
const bad = (line: string) => !/^\d+ [01]$/.test(line)

/** One sample per line of `lines.txt`: a number and a class. */
const sound: Lines = Adapter.define<Options>({
  id: "lines",
  decodeOptions: optionsFrom(Options),
  discover: () => Effect.succeed([{ confidence: 0.9, title: "lines", options: { separator: " " }, because: "lines.txt is there" }]),
  validate: () =>
    Effect.map(readText, ({ text, bytes, sha256 }): ValidationReport => {
      const lines = linesOf(text)
      const wrong = lines.filter(bad)
      const diagnostics = wrong.map((line) => ({
        code: "lines/LINE",
        severity: "error" as const,
        message: "is no line",
        file: "lines.txt",
        actual: line
      }))
      if (wrong.length > 0) return { diagnostics, error_count: wrong.length, warning_count: 0 }
      const scan: DatasetScan = {
        content_hash: sha256,
        schema_fingerprint: sha256Hex("lines"),
        modality: "tabular",
        output_type: "class",
        shape: { kind: "tabular", features: [{ name: "x", min: 0, max: 9 }] },
        classes: [0, 1].map((class_id) => ({ class_id, label: String(class_id) })),
        index: lines.map((line, at) => ({ sample_id: `line-${at + 1}`, content_hash: sha256Hex(line) })),
        files: [{ path: "lines.txt", bytes, sha256 }]
      }
      return { diagnostics: [], error_count: 0, warning_count: 0, scan }
    }),
  open: (_, __, scan, datasetVersionId) =>
    Effect.gen(function* () {
      const { text, sha256 } = yield* readText
      if (sha256 !== scan.content_hash)
        return yield* trainerError("integrity", { code: "lines/CHANGED", message: "lines.txt is not the file of the scan" })
      const lines = linesOf(text)
      return {
        stream: (order, from) =>
          Stream.fromIterable(
            order
              .slice(from)
              .map((position): RawSample => ({ position, sample_id: scan.index[position]?.sample_id ?? "", data: lines[position] }))
          ),
        mapToIr: (raw, split) => {
          const [x, label] = String(raw.data).split(" ").map(Number)
          return { ...tabular(raw.sample_id, [x ?? 0], label ?? 0), dataset_version_id: datasetVersionId, split }
        }
      }
    })
})

const subject: AdapterSubject<Options> = {
  adapter: sound,
  options: { separator: " " },
  source: { path: "" },
  files: { "lines.txt": "1 0\n2 1\n3 0\n4 1\n" },
  corrupt: [{ name: "a line without a class", files: { "lines.txt": "1 0\n2\n" }, code: "lines/LINE" }],
  manifest: entryOf("adapter", "lines")
}
const suite = (over: Partial<Lines>, more: Partial<typeof subject> = {}) =>
  adapterLaws({ ...subject, ...more, adapter: { ...sound, ...over } })
const scanning = (over: (scan: DatasetScan) => Partial<DatasetScan>) =>
  suite({
    validate: (source, options) =>
      Effect.map(sound.validate(source, options), (report) =>
        report.scan === undefined ? report : { ...report, scan: { ...report.scan, ...over(report.scan) } }
      )
  })
const opening = (over: (session: AdapterSession) => Partial<AdapterSession>) =>
  suite({ open: (...given) => Effect.map(sound.open(...given), (session) => ({ ...session, ...over(session) })) })
const streaming = (over: (raw: RawSample, at: number) => RawSample) =>
  opening((session) => ({
    stream: (order, from) => Stream.map(Stream.zipWithIndex(session.stream(order, from)), ([raw, at]) => over(raw, from + at))
  }))

let counter = 0
const candidate = { confidence: 0.5, title: "lines", options: { separator: " " }, because: "it may be" }
const tooLate = "resuming too late"

proveRed(
  "adapterLaws",
  () => suite({}),
  [
    [
      "takes options that nobody declared",
      () => suite({ decodeOptions: () => ({ ok: true, value: { separator: " " } }) }),
      "options decode, and an unknown key is refused by name"
    ],
    [
      "puts the worse candidate first",
      () => suite({ discover: () => Effect.succeed([candidate, { ...candidate, confidence: 0.6 }]) }),
      "discover proposes candidates from best to worst whose options decode"
    ],
    [
      "proposes options that it refuses",
      () => suite({ discover: () => Effect.succeed([{ ...candidate, options: { separator: ";" } }]) }),
      "discover proposes candidates from best to worst whose options decode"
    ],
    [
      "fingerprints differently each time",
      () => scanning(() => ({ schema_fingerprint: sha256Hex(String(++counter)) })),
      "the same files are validated to the same report"
    ],
    [
      "hashes no content",
      () => scanning(({ index }) => ({ index: index.map((each) => ({ ...each, content_hash: "none" })) })),
      "ids are unique, and every sample has the SHA-256 of its content"
    ],
    [
      "names a file by a wrong length",
      () => scanning(({ files }) => ({ files: files.map((each) => ({ ...each, bytes: each.bytes + 1 })) })),
      "the scan names the files that it read, with their length and SHA-256"
    ],
    [
      "calls a record by another name than the index",
      () => streaming((raw) => ({ ...raw, sample_id: `${raw.sample_id}!` })),
      "every entry of the index is read once, by its own id"
    ],
    [
      "counts what it has read",
      () => streaming((raw) => ({ ...raw, data: `${++counter} 0` })),
      [
        "two reads give equal samples",
        "another order gives the same samples",
        "reading that starts at n gives the tail from n",
        "who stops early has read the first samples, and others go on reading"
      ]
    ],
    [
      "reads a record by its place in the order",
      () => streaming((raw, at) => ({ ...raw, data: `${at} 0` })),
      "another order gives the same samples"
    ],
    [
      tooLate,
      () => opening((session) => ({ stream: (order, from) => session.stream(order, from > 0 ? from + 1 : 0) })),
      "reading that starts at n gives the tail from n"
    ],
    [
      "is empty after it was left early",
      () =>
        opening((session) => {
          let streams = 0
          return { stream: (order, from) => (++streams > 1 ? Stream.empty : session.stream(order, from)) }
        }),
      "who stops early has read the first samples, and others go on reading"
    ],
    [
      "numbers the samples that it makes",
      () => opening((session) => ({ mapToIr: (raw, split) => ({ ...session.mapToIr(raw, split), metadata: { made: ++counter } }) })),
      "a record is made into the same sample every time, under its own id, version and split"
    ],
    [
      "makes samples of one split only",
      () => opening((session) => ({ mapToIr: (raw) => session.mapToIr(raw, "test") })),
      "a record is made into the same sample every time, under its own id, version and split"
    ],
    [
      "reads files that have changed",
      () =>
        suite({
          open: (source, options, scan, version) =>
            Effect.flatMap(readText as Effect.Effect<{ readonly sha256: string }, TrainerError, ApprovedRoots>, ({ sha256 }) =>
              sound.open(source, options, { ...scan, content_hash: sha256 }, version)
            )
        }),
      "files that are not those of the scan are refused"
    ],
    [
      "does not see a faulty line",
      () =>
        suite({
          validate: (source, options) =>
            Effect.map(sound.validate(source, options), (report) =>
              report.error_count > 0 ? { diagnostics: [], error_count: 0, warning_count: 0 } : report
            )
        }),
      "finds the fault: a line without a class"
    ],
    ["is not what its manifest says", () => suite({}, { manifest: entryOf("adapter", "other") }), "the entry is what its manifest says"]
  ],
  // Reading twice is how every other law of reading looks at the records.
  ["two reads give equal samples"]
)
