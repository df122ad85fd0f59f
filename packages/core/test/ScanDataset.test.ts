/** From files to what a registration stores: what only the whole scan tells, and what is refused. */
import { Adapter, type LoadedEntry, optionsFrom, Progress, type RootFiles, type ScannedEntry, trainerError } from "@feagi-trainer/contracts"
import { sha256Hex } from "@feagi-trainer/determinism"
import { Effect, Schema } from "effect"
import { describe, expect, it } from "vitest"
import { indexerLayer } from "../../store/src/index.ts"
import { type LabelMap, type ScanOutcome, scanDataset } from "../src/index.ts"

const file = "numbers.txt"
const text = "1 2 3"

const roots = (content: string): RootFiles => ({
  info: (path) => Effect.succeed({ path, bytes: content.length }),
  read: (_, offset, length) => Effect.sync(() => new TextEncoder().encode(content).subarray(offset, offset + length)),
  list: () => Effect.succeed([])
})

interface World {
  readonly entries: ReadonlyArray<ScannedEntry>
  readonly same?: (left: number, right: number) => boolean
  readonly modality?: "tabular" | "image"
  readonly content?: string
  readonly labelMap?: LabelMap
}

/** How often a sketch was made, and of which position. */
const scan = async (world: World): Promise<{ readonly outcome: ScanOutcome; readonly sketched: ReadonlyArray<number> }> => {
  const sketched: Array<number> = []
  const adapter = Adapter.async<object>({
    id: "numbers",
    decodeOptions: optionsFrom(Schema.Struct({ note: Schema.optionalKey(Schema.String) })),
    discover: async () => [],
    validate: async (_, __, ___, add) => {
      for (const entry of world.entries) await add([entry])
      return {
        diagnostics: [],
        error_count: 0,
        warning_count: 0,
        scan: {
          content_hash: sha256Hex(text),
          schema_fingerprint: sha256Hex("schema"),
          modality: world.modality ?? "tabular",
          output_type: "class",
          shape: { kind: "tabular", features: [{ name: "x", min: 0, max: 9 }] },
          classes: ["a", "b"].map((label, class_id) => ({ class_id, label })),
          files: [{ path: file, bytes: text.length, sha256: sha256Hex(text) }]
        }
      }
    },
    open: async (_, __, { index }) => ({
      stream: async function* (order, from) {
        for (const position of order.slice(from)) {
          const entry = index[position]
          if (entry === undefined) throw trainerError("failed", { code: "test/NONE", message: "no such sample" })
          yield { position, sample_id: entry.sample_id, data: position }
        }
      },
      mapToIr: () => {
        throw new Error("nothing is mapped while a dataset is scanned")
      },
      ...(world.same === undefined
        ? {}
        : {
            near: {
              sketch: async ({ position }) => {
                sketched.push(position)
                return position
              },
              same: (left, right) => world.same?.(Number(left), Number(right)) ?? false
            }
          })
    })
  })
  const loaded: LoadedEntry<"adapter"> = {
    ref: { id: "test#numbers", version: "1.0.0" },
    manifest: {
      kind: "adapter",
      id: "numbers",
      spec: 1,
      title: "",
      options_schema: {},
      provides: {},
      requires: {},
      deterministic: true,
      capabilities: { fs: true, net: false, child_process: false },
      export: "numbers"
    },
    entry: adapter
  }
  const outcome = await Effect.runPromise(
    scanDataset({
      adapter: loaded,
      options: {},
      source: { path: file },
      files: roots(world.content ?? text),
      labelMap: world.labelMap
    }).pipe(Effect.scoped, Effect.provide(indexerLayer), Effect.provideService(Progress, { report: () => Effect.void }))
  )
  return { outcome, sketched }
}

const entry = (k: number, more: Partial<ScannedEntry> = {}): ScannedEntry => ({
  content_hash: sha256Hex(`${k}`),
  label: k % 2 === 0 ? "a" : "b",
  ...more
})
const codes = ({ outcome }: { readonly outcome: ScanOutcome }) => outcome.report.diagnostics.map(({ code }) => code)

describe("a scan", () => {
  it("asks the adapter about samples with near vectors alone, and keeps what it confirms", async () => {
    const at = [0, 0.5, 9, 9.5, 40]
    const { outcome, sketched } = await scan({
      entries: at.map((x, k) => entry(k, { near: { vector: [x, 0] } })),
      same: (left) => left === 0
    })
    expect(outcome.scanned?.duplicates).toMatchObject({ near: [[0, 1]], near_checked: "vectors", near_truncated: false })
    expect([...sketched].sort()).toEqual([0, 1, 2, 3])
  })

  it("does not tell equal content as near", async () => {
    const entries = [entry(1, { near: { key: "k" } }), entry(1, { near: { key: "k" } }), entry(2, { near: { key: "k" } })]
    const vectors = [1, 1, 2].map((k) => entry(k, { near: { vector: [0] } }))
    expect((await scan({ entries: vectors })).outcome.scanned?.duplicates.near).toEqual([
      [0, 2],
      [1, 2]
    ])
    const { outcome } = await scan({ entries })
    expect(outcome.scanned?.duplicates).toMatchObject({
      near: [
        [0, 2],
        [1, 2]
      ],
      near_checked: "keys"
    })
  })

  it("tells what declared parts give away of each other", async () => {
    const entries = [
      entry(1, { given_split: "train", group: "g" }),
      entry(1, { given_split: "test" }),
      entry(2, { given_split: "test", group: "g" })
    ]
    const { outcome } = await scan({ entries })
    expect(outcome.scanned?.scan.given_leakage).toMatchObject({
      exact: { pairs: 1 },
      group: { pairs: 1 },
      near: { pairs: 0 },
      near_checked: "none"
    })
    expect((await scan({ entries: [entry(1)] })).outcome.scanned?.scan.given_leakage).toBeNull()
  })

  it("hashes every file in pieces, and names one that changed meanwhile", async () => {
    const { outcome } = await scan({ entries: [entry(1)] })
    expect(outcome.scanned?.hashes.files).toMatchObject([{ path: file, bytes: 5, sha256: sha256Hex(text), chunks: [sha256Hex(text)] }])
    await expect(scan({ entries: [entry(1)], content: "1 2 4" })).rejects.toMatchObject({ diagnostics: [{ code: "FT2110", file }] })
  })

  it("refuses bytes that are of another kind than the modality, with everything else that is wrong", async () => {
    const found = await scan({ entries: [entry(1, { sample_id: "x" }), entry(2, { sample_id: "x" })], modality: "image" })
    expect(codes(found)).toEqual(["FT2210", "FT2421"])
    expect(found.outcome.scanned).toBeUndefined()
  })

  it("counts the classes of the label map, and pins it in the schema", async () => {
    const labelMap: LabelMap = { schema_version: 1, name: "one", version: 1, kind: "merge", classes: ["all"], map: { a: "all", b: "all" } }
    const { outcome } = await scan({ entries: [entry(1), entry(2), entry(3)], labelMap })
    const plain = await scan({ entries: [entry(1), entry(2), entry(3)] })
    expect(outcome.scanned?.scan).toMatchObject({ classes: [{ class_id: 0, label: "all" }], summary: { class_counts: [3] } })
    expect(plain.outcome.scanned?.scan.summary.class_counts).toEqual([1, 2])
    expect(outcome.scanned?.scan.schema_fingerprint).not.toBe(plain.outcome.scanned?.scan.schema_fingerprint)
    expect(outcome.scanned?.scan.source_fingerprint).toBe(plain.outcome.scanned?.scan.schema_fingerprint)
  })
})
