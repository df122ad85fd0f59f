/** A sound adapter, and one that is broken for each law. */
import {
  type AdapterSession,
  ApprovedRoots,
  contentChanged,
  type DatasetScan,
  IndexSink,
  type RawSample,
  type ScannedEntry
} from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import { Effect, Stream } from "effect"
import { type AdapterSubject, adapterLaws, capabilityLaws } from "../src/index.ts"
import { type Lines, lines, linesSubject, type Options, readFile } from "./lines.ts"
import { entryOf, proveRed } from "./proveRed.ts"

const suite = (over: Partial<Lines>, more: Partial<AdapterSubject<Options>> = {}) =>
  adapterLaws({ ...linesSubject, ...more, adapter: { ...lines, ...over } })
const scanning = (over: (scan: DatasetScan) => Partial<DatasetScan>) =>
  suite({
    validate: (source, options) =>
      Effect.map(lines.validate(source, options), (report) =>
        report.scan === undefined ? report : { ...report, scan: { ...report.scan, ...over(report.scan) } }
      )
  })
/** Entries pass through `over` on their way to the sink. */
const adding = (over: (entries: ReadonlyArray<ScannedEntry>) => ReadonlyArray<ScannedEntry>, size = 256): ReturnType<typeof suite> =>
  suite({
    validate: (source, options) =>
      Effect.gen(function* () {
        const sink = yield* IndexSink
        const all: Array<ScannedEntry> = []
        const report = yield* Effect.provideService(lines.validate(source, options), IndexSink, {
          add: (entries) => Effect.sync(() => void all.push(...entries))
        })
        const passed = over(all)
        for (let at = 0; at < passed.length; at += size) yield* sink.add(passed.slice(at, at + size))
        return report
      })
  })
/** What an adapter of ours says of a file that it cannot read. */
const goneOf = (file: { readonly path: string; readonly sha256: string }) => () =>
  contentChanged({ path: file.path, expected: file.sha256, got: "no file" })
const opening = (over: (session: AdapterSession) => Partial<AdapterSession>) =>
  suite({ open: (...given) => Effect.map(lines.open(...given), (session) => ({ ...session, ...over(session) })) })
const streaming = (over: (raw: RawSample, at: number) => RawSample) =>
  opening((session) => ({
    stream: (order, from) => Stream.map(Stream.zipWithIndex(session.stream(order, from)), ([raw, at]) => over(raw, from + at))
  }))

let counter = 0
/** The line with another number and its own class. */
const renumbered = ({ data }: RawSample, x: number) => `${x}${String(data).slice(1)}`
const candidate = { confidence: 0.5, title: "lines", options: { separator: " " }, because: "it may be" }
const [mapping, fitting] = [
  "a record is made into the same sample every time, under its own id, version and split",
  "every sample has the modality, output type, shape and classes of the scan"
]
const [changed, gone, meanwhile] = [
  "a file that changed is refused by its path",
  "a file that is gone is refused by its path",
  "a file that changes while it is read is refused, or read as it was"
]

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
      ["the same files are validated to the same report", "the order in which a folder lists its files changes nothing"]
    ],
    [
      "takes files as they are listed",
      () =>
        suite({
          discover: () =>
            Effect.gen(function* () {
              const listed = yield* (yield* ApprovedRoots).list("")
              return [{ ...candidate, title: listed.map(({ path }) => path).join() }]
            })
        }),
      "the order in which a folder lists its files changes nothing"
    ],
    [
      "looks for a configuration beside the root",
      () => suite({ discover: () => Effect.andThen(Effect.ignore(readFile("../lines.json")), Effect.succeed([candidate])) }),
      "nothing outside of the root is asked for"
    ],
    ["adds everything at once", () => adding((all) => all, 10_000), "entries come in batches of at most 4096"],
    [
      "hashes no content",
      () => adding((all) => all.map((each) => ({ ...each, content_hash: "none" }))),
      "ids are unique, and every sample has the SHA-256 of its content"
    ],
    [
      "says an id twice",
      () => adding((all) => all.map((each) => ({ ...each, sample_id: "s" }))),
      "ids are unique, and every sample has the SHA-256 of its content"
    ],
    [
      "has signatures of two lengths",
      () => adding((all) => all.map((each, at) => ({ ...each, near: { vector: at === 0 ? [1] : [1, 2] } }))),
      "near signatures are of one length, and of two samples one is as near as the other"
    ],
    [
      "finds two samples near from one side only",
      () =>
        opening(() => ({
          near: { sketch: ({ position }) => Effect.succeed(position), same: (left, right) => Number(left) < Number(right) }
        })),
      "near signatures are of one length, and of two samples one is as near as the other"
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
      () => streaming((raw) => ({ ...raw, data: renumbered(raw, ++counter % 10) })),
      [
        "two reads give equal samples",
        "another order gives the same samples",
        "reading that starts at n gives the tail from n, for every n",
        "who stops early has read the first samples, and others go on reading",
        meanwhile
      ]
    ],
    [
      "reads a record by its place in the order",
      () => streaming((raw, at) => ({ ...raw, data: renumbered(raw, at) })),
      "another order gives the same samples"
    ],
    [
      "goes on one too late",
      () => opening((session) => ({ stream: (order, from) => session.stream(order, from > 2 ? from + 1 : from) })),
      "reading that starts at n gives the tail from n, for every n"
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
      "reads ahead after everybody has left",
      () =>
        suite({
          open: (...given) =>
            Effect.gen(function* () {
              const session = yield* lines.open(...given)
              const ahead = Effect.provideService(Effect.andThen(Effect.yieldNow, readFile("a.txt")), ApprovedRoots, yield* ApprovedRoots)
              return {
                ...session,
                stream: (order: ReadonlyArray<number>, from: number) =>
                  Stream.ensuring(session.stream(order, from), Effect.forkDetach(Effect.ignore(ahead)))
              }
            })
        }),
      "nothing is read after an early stop"
    ],
    [
      "numbers the samples that it makes",
      () => opening((session) => ({ mapToIr: (raw, split) => ({ ...session.mapToIr(raw, split), metadata: { made: ++counter } }) })),
      mapping
    ],
    ["makes samples of one split only", () => opening((session) => ({ mapToIr: (raw) => session.mapToIr(raw, "test") })), mapping],
    [
      "promises a range that a sample is not in",
      () => scanning(() => ({ shape: { kind: "tabular", features: [{ name: "x", min: 2, max: 9 }] } })),
      fitting
    ],
    [
      "promises a picture",
      () => scanning(() => ({ shape: { kind: "image", values: "uint8", width: [1, 1], height: [1, 1], channels: [1, 1] } })),
      fitting
    ],
    ["promises text", () => scanning(() => ({ shape: { kind: "text", length: [1, 9] } })), fitting],
    [
      "sorts the order that it is handed",
      () =>
        opening((session) => ({
          stream: (order, from) => {
            // The list belongs to somebody else.
            Object.assign(order, { seen: true })
            return session.stream(order, from)
          }
        })),
      "source, options, scan and order are left as they are"
    ],
    [
      "reads files that have changed",
      () =>
        suite({
          open: (source, options, scan, version) =>
            Effect.gen(function* () {
              const files = yield* Effect.forEach(scan.files, (file) => Effect.mapError(readFile(file.path), goneOf(file)))
              return yield* lines.open(source, options, { ...scan, files }, version)
            })
        }),
      changed
    ],
    [
      "says of a changed file what only itself understands",
      () =>
        suite({
          open: (source, options, scan, version) =>
            Effect.gen(function* () {
              for (const file of scan.files) {
                const { sha256 } = yield* Effect.mapError(readFile(file.path), goneOf(file))
                if (sha256 !== file.sha256) return yield* contentChanged({ path: "the file", expected: file.sha256, got: sha256 })
              }
              return yield* lines.open(source, options, scan, version)
            })
        }),
      changed
    ],
    [
      "lets through what the host says of a file that is gone",
      () =>
        suite({
          open: (source, options, scan, version) =>
            Effect.andThen(
              Effect.forEach(scan.files, ({ path }) => readFile(path)),
              lines.open(source, options, scan, version)
            )
        }),
      gone
    ],
    [
      "reads again what it has verified before",
      () =>
        suite({
          open: (source, options, scan, version) =>
            Effect.gen(function* () {
              const session = yield* lines.open(source, options, scan, version)
              const roots = yield* ApprovedRoots
              const again = (raw: RawSample) => {
                const [file = 0, row = 0] = scan.index[raw.position]?.at ?? []
                return Effect.map(readFile(scan.files[file]?.path ?? ""), (now) => ({ ...raw, data: now.lines[row] }))
              }
              return {
                ...session,
                stream: (order: ReadonlyArray<number>, from: number) =>
                  Stream.mapEffect(session.stream(order, from), (raw) => Effect.provideService(again(raw), ApprovedRoots, roots))
              }
            })
        }),
      meanwhile
    ],
    [
      "does not see a faulty line",
      () =>
        suite({
          validate: (source, options) =>
            Effect.map(lines.validate(source, options), (report) =>
              report.error_count > 0 ? { diagnostics: [], error_count: 0, warning_count: 0 } : report
            )
        }),
      "finds the fault: a line without a class"
    ],
    [
      "is not what its manifest says",
      () => suite({}, { manifest: { ...linesSubject.manifest, id: "other" } }),
      "the entry is what its manifest says"
    ],
    [
      "shows what its manifest does not declare",
      () => suite({}, { manifest: entryOf("adapter", "lines", { modalities: ["tabular"], output_types: ["scalar"] }) }),
      "modality and output type of the scan are those that the manifest provides"
    ]
  ],
  // Reading twice is how every other law of reading looks at the records, and validating twice how the order of files is seen.
  ["two reads give equal samples", "the same files are validated to the same report"]
)

const declared = (provides: Readonly<Record<string, unknown>>) => capabilityLaws(entryOf("adapter", "lines", provides), [linesSubject])
const sound = { modalities: ["tabular"], output_types: ["class"] }

const capabilities = ["the modality tabular", "the output type class"].map((what) => `${what} is shown by a dataset that is read whole`)

proveRed(
  "capabilityLaws",
  () => declared(sound),
  [
    [
      "declares no output type",
      () => declared({ modalities: ["tabular"] }),
      "the manifest declares modalities and output types, and no dataset shows another one"
    ],
    [
      "declares a modality that no dataset shows",
      () => declared({ ...sound, modalities: ["tabular", "image"] }),
      "the modality image is shown by a dataset that is read whole"
    ],
    [
      "declares an output type of its own that no dataset shows",
      () => declared({ ...sound, output_types: ["class", { custom: "a#b" }] }),
      'the output type {"custom":"a#b"} is shown by a dataset that is read whole'
    ],
    ["has no dataset at all", () => capabilityLaws(linesSubject.manifest, []), capabilities]
  ],
  // One dataset shows both.
  capabilities
)
