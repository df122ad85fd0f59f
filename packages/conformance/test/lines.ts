/** A sound adapter: every line of the `.txt` files of a folder is a sample, a number and a class. */
import {
  Adapter,
  ApprovedRoots,
  contentChanged,
  type DatasetScan,
  IndexSink,
  optionsFrom,
  type RawSample,
  type ScannedEntry,
  type TrainerError,
  type ValidationReport
} from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import { Effect, Schema, Stream } from "effect"
import { entryOf } from "./proveRed.ts"
import { tabular } from "./samples.ts"

const Options = Schema.Struct({ separator: Schema.Literal(" ") })
export type Options = typeof Options.Type
export type Lines = Adapter<Options>

interface TextFile {
  readonly path: string
  readonly lines: ReadonlyArray<string>
  readonly bytes: number
  readonly sha256: string
}

export const readFile = (path: string): Effect.Effect<TextFile, TrainerError, ApprovedRoots> =>
  Effect.gen(function* () {
    const roots = yield* ApprovedRoots
    const bytes = yield* roots.read(path, 0, (yield* roots.info(path)).bytes)
    const lines = new TextDecoder().decode(bytes).split("\n")
    return { path, lines: lines.filter((line) => line !== ""), bytes: bytes.length, sha256: sha256Hex(bytes) }
  })

const pathsOf: Effect.Effect<ReadonlyArray<string>, TrainerError, ApprovedRoots> = Effect.gen(function* () {
  const listed = yield* (yield* ApprovedRoots).list("")
  return listed
    .map(({ path }) => path)
    .filter((path) => path.endsWith(".txt"))
    .sort()
})

/** Checks that the file is the one of the scan. */
export const verified = (path: string, scan: DatasetScan): Effect.Effect<TextFile, TrainerError, ApprovedRoots> => {
  const expected = scan.files.find((file) => file.path === path)?.sha256 ?? ""
  return readFile(path).pipe(
    Effect.mapError(() => contentChanged({ path, expected, got: "no file" })),
    Effect.filterOrFail(
      ({ sha256 }) => sha256 === expected,
      ({ sha256 }) => contentChanged({ path, expected, got: sha256 })
    )
  )
}

export const lines: Lines = Adapter.define<Options>({
  id: "lines",
  decodeOptions: optionsFrom(Options),
  discover: () =>
    Effect.map(pathsOf, (paths) => [
      { confidence: 0.9, title: `lines of ${paths.join(", ")}`, options: { separator: " " }, because: "there are .txt files" }
    ]),
  validate: () =>
    Effect.gen(function* () {
      const sink = yield* IndexSink
      const files = yield* Effect.forEach(yield* pathsOf, readFile)
      const entries = files.flatMap((file, at) =>
        file.lines.map((line, row): ScannedEntry & { readonly text: string } => ({
          text: line,
          content_hash: sha256Hex(line),
          label: line.slice(-1),
          at: [at, row],
          near: { key: line, vector: [Number.parseInt(line, 10)] },
          file: file.path,
          line: row + 1
        }))
      )
      const diagnostics = entries
        .filter(({ text }) => !/^\d+ [01]$/.test(text))
        .map(({ text, file = "", line = 0 }) => ({
          code: "lines/LINE",
          severity: "error" as const,
          message: "is no line",
          ...{ file, line, actual: text }
        }))
      if (diagnostics.length > 0) return { diagnostics, error_count: diagnostics.length, warning_count: 0 } satisfies ValidationReport
      for (let at = 0; at < entries.length; at += 256) yield* sink.add(entries.slice(at, at + 256).map(({ text: _, ...entry }) => entry))
      const scan: DatasetScan = {
        content_hash: sha256Hex(files.map(({ sha256 }) => sha256).join()),
        schema_fingerprint: sha256Hex("lines"),
        modality: "tabular",
        output_type: "class",
        shape: { kind: "tabular", features: [{ name: "x", min: 0, max: 9 }] },
        classes: [0, 1].map((class_id) => ({ class_id, label: String(class_id) })),
        files: files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }))
      }
      return { diagnostics: [], error_count: 0, warning_count: 0, scan } satisfies ValidationReport
    }),
  open: (_, __, scan, datasetVersionId) =>
    Effect.map(
      Effect.forEach(scan.files, ({ path }) => verified(path, scan)),
      (files) => ({
        stream: (order, from) =>
          Stream.fromIterable(
            order.slice(from).map((position): RawSample => {
              const [file = 0, row = 0] = scan.index[position]?.at ?? []
              return { position, sample_id: scan.index[position]?.sample_id ?? "", data: files[file]?.lines[row] }
            })
          ),
        mapToIr: (raw, split) => {
          const [x, label] = String(raw.data).split(" ").map(Number)
          return { ...tabular(raw.sample_id, [x ?? 0], label ?? 0), dataset_version_id: datasetVersionId, split }
        },
        near: {
          sketch: (raw) => Effect.succeed(String(raw.data).at(0)),
          same: (left, right) => left === right
        }
      })
    )
})

export const linesSubject = {
  adapter: lines,
  options: { separator: " " },
  source: { path: "" },
  files: { "a.txt": "1 0\n2 1\n", "b.txt": "3 0\n4 1\n2 1\n", "readme.md": "no data" },
  large: { "a.txt": Array.from({ length: 5000 }, (_, at) => `${at % 10} ${at % 2}\n`).join("") },
  corrupt: [{ name: "a line without a class", files: { "a.txt": "1 0\n2\n" }, code: "lines/LINE" }],
  manifest: entryOf("adapter", "lines", { modalities: ["tabular"], output_types: ["class"] })
}
