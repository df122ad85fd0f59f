/** Whole runs as a store holds them, made up: documents, journals, costs; one by one through the journal, or thousands at once. */
import { DatabaseSync } from "node:sqlite"
import {
  documentBytes,
  type NewEvent,
  type RunDocument,
  runFacts,
  type StoredEvent,
  specHash,
  type TelemetryRow
} from "@feagi-trainer/core"
import { canonical } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { eventSha256, type StoreShape } from "../src/index.ts"

const hash = (digit: string): string => digit.repeat(64)

export const runDocument = (over: Partial<RunDocument> = {}): RunDocument => ({
  schema_version: 1,
  kind: "run",
  name: "iris",
  seed: "1",
  protocol: {
    kind: "protocol",
    spec: 1,
    id: "holdout",
    version: 2,
    output_type: "class",
    phases: [
      { name: "train", split: "train", learns: true, scored: false },
      { name: "validate", split: "val", learns: false, scored: true },
      { name: "test", split: "test", learns: false, scored: true }
    ],
    primary_metric: "accuracy",
    abstention: "counted-as-wrong",
    missing: "refused",
    verification_tolerance: 0,
    plugin: { id: "packs#holdout", version: "1.0.0" }
  },
  dataset: {
    name: "iris",
    version: 3,
    dataset_asset_id: "ds-0",
    dataset_version_id: "iris@3",
    content_hash: hash("1"),
    schema_fingerprint: hash("2"),
    modality: "tabular",
    output_type: "class",
    scan_sha256: hash("3"),
    sample_count: 150,
    adapter: { plugin: { id: "adapters#csv", version: "1.0.0" }, options: { delimiter: "," } },
    shape: { kind: "tabular", features: [{ name: "x", min: 0, max: 1 }] },
    classes: [
      { class_id: 0, label: "left" },
      { class_id: 1, label: "right" }
    ]
  },
  split: {
    method: "stratified",
    seed: "18446744073709551615",
    fractions: { train: 0.6, val: 0.2, test: 0.2 },
    parts: [{ name: "train", split_id: "train@1", split_hash: hash("4"), count: 90, ids_sha256: hash("5") }],
    leaks: { exact: 0, decoded: 0, group: 0, near: 0 }
  },
  transforms: [],
  input_shape: { kind: "tabular", features: [{ name: "x", min: -1, max: 1 }] },
  benchmark: null,
  sampler: { plugin: { id: "samplers#random", version: "1.0.0" }, options: { replacement: false } },
  training: { epochs: 40 },
  learner: {
    kind: "gradient",
    plugin: { id: "learners#gradient", version: "1.0.0" },
    resolved: {
      section: { kind: "gradient", options: { batch_size: 32, "odd.name": "x", layers: [{ units: 64 }, { units: 3 }] } },
      parameters: 2499
    },
    treatment: {},
    wire: {},
    initial_hash: hash("a")
  },
  brain: null,
  metrics: { plugin: { id: "packs#classification", version: "1.0.0" }, options: {}, signature: "classification:1" },
  controls: { silent_reward: false, shuffled_labels: true },
  checkpoint_every: 3200,
  packages: {},
  ...over
})

/** From the first event behind `created` to the end, with these metrics in the phase `test`. */
export const wholeRun = (accuracy: number, more: Readonly<Record<string, unknown>> = {}): ReadonlyArray<NewEvent> => {
  const scored = (phase: string, metrics: Readonly<Record<string, unknown>>): NewEvent => ({
    type: "phase-scored",
    payload: { phase, metrics, signature: "s", scorecard_id: `sc-${phase}`, scorecard_body_sha256: "b", scorecard_sha256: "c" }
  })
  const step = (phase: string, samples: number): NewEvent => ({
    type: "step",
    payload: {
      phase,
      cursor: { phase: 0, epoch: 0, next: samples },
      samples,
      checkpoint_sha256: "no blob",
      full_hash: hash("f"),
      feedback: null
    }
  })
  return [
    { type: "running", payload: { resumed: false } },
    { type: "phase-started", payload: { phase: "validate", index: 1, learned_hash: hash("a") } },
    step("validate", 30),
    scored("validate", { accuracy: accuracy / 2 }),
    { type: "phase-started", payload: { phase: "test", index: 2, learned_hash: hash("a") } },
    step("test", 30),
    scored("test", { accuracy, "f1/macro": { insufficient: "no class was met" }, ...more }),
    { type: "completed", payload: {} }
  ]
}

export const costs: ReadonlyArray<TelemetryRow> = [
  { phase: "train", samples: 2, figures: { wall_seconds: 0.25, bursts: 7 } },
  { phase: "test", samples: 2, figures: { wall_seconds: 0.5 } }
]

/** A run through the journal, with a document that is stored; gives its id. */
export const addRun = (
  store: StoreShape,
  document: RunDocument,
  events: ReadonlyArray<NewEvent>,
  telemetry: ReadonlyArray<TelemetryRow> = []
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const document_sha256 = yield* store.blobs.put(documentBytes(document))
      const { run_id } = yield* store.journal.create({
        group_id: `g-${document.name.length}`,
        name: document.name,
        seed: document.seed,
        spec_sha256: specHash(document),
        document_sha256
      })
      const lease = yield* store.journal.acquire(run_id)
      yield* store.journal.commit(lease, events, [], { telemetry })
      return run_id
    })
  )

/** So many runs of one stored document in one transaction, behind the back of an opened store, as the journal would have written them. */
export const addRuns = (
  folder: string,
  count: number,
  document_sha256: string,
  eventsOf: (number: number) => ReadonlyArray<NewEvent>
): void => {
  const database = new DatabaseSync(`${folder}/store.sqlite`)
  database.exec("PRAGMA synchronous = OFF; BEGIN")
  const addRow = database.prepare(
    "INSERT INTO runs (run_id, attempt, group_id, name, seed, spec_sha256, document_sha256, created_at, events, head_sha256, predictions) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, 0)"
  )
  const addEvent = database.prepare(
    "INSERT INTO events (run_id, seq, prev_sha256, sha256, type, payload, at_wall) VALUES (?, ?, ?, ?, ?, ?, ?)"
  )
  for (let number = 0; number < count; number += 1) {
    const spec_sha256 = number.toString(16).padStart(12, "0") + "0".repeat(52)
    const run_id = `r-${spec_sha256.slice(0, 12)}-1`
    const row = { group_id: `g-${Math.floor(number / 5)}`, name: `run ${number}`, seed: String(number % 5), spec_sha256, document_sha256 }
    const events = [{ type: "created", payload: row }, ...eventsOf(number)]
    let prev_sha256 = "0".repeat(64)
    const stored = events.map((event, seq): StoredEvent => {
      const sha256 = eventSha256(prev_sha256, { ...event, seq })
      const made = { ...event, seq, sha256, prev_sha256, at_wall: 1_750_000_000_000 + number * 1000 + seq }
      prev_sha256 = sha256
      return made
    })
    addRow.run(
      run_id,
      row.group_id,
      row.name,
      row.seed,
      spec_sha256,
      document_sha256,
      1_750_000_000_000 + number * 1000,
      events.length,
      prev_sha256
    )
    for (const { seq, sha256, prev_sha256: prev, type, payload, at_wall } of stored)
      addEvent.run(run_id, seq, prev, sha256, type, canonical(payload), at_wall)
  }
  database.exec("COMMIT")
  database.close()
}

/** What the facts of a run have to be, straight from its record. */
export const factsFromRecord = (store: StoreShape, run_id: string, document: RunDocument) =>
  Effect.gen(function* () {
    return runFacts({ document, events: yield* store.journal.events(run_id), telemetry: yield* store.journal.telemetry(run_id) })
  })
