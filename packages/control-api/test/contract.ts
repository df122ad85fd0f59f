/**
 * What every client of the control API can rely on, as data: calls, and what has to come of them on any server with at least one run.
 *
 * Each client runs the same list. Sharp edge: expectations name members that have to be there; others may be added.
 */
import type { OperationId } from "../src/index.ts"

export interface ContractCall {
  readonly title: string
  readonly operation: OperationId
  readonly input: Readonly<Record<string, unknown>>
  /** Waits for the result of a job. */
  readonly finish?: true
  readonly expected:
    | { readonly kind: string; readonly data?: unknown; readonly command?: ReadonlyArray<string> }
    | { readonly status: number; readonly reason: string; readonly code: string }
}

const largestSeed = 18_446_744_073_709_551_615n

/** Of a dataset that no store here has; more samples than a double can count. */
const foreignManifest = {
  schema_version: 1,
  dataset_version_id: "orchids@7",
  dataset_asset_id: "ds-0123456789ab",
  dataset_version: "7",
  source_uri: "https://example.org/orchids",
  content_hash: "1".repeat(64),
  schema_fingerprint: "2".repeat(64),
  modality: "tabular",
  output_type: "class",
  splits: [{ id: "train-1", split: "train", sample_count: 9_007_199_254_740_993n }],
  metadata: {}
}

/**
 * @param dataset one that is registered there, with classes
 * @param run one that is there
 * @param revision how many changes were made of its marks; the contract makes one more
 */
export const contract = (dataset: string, run: string, revision = 0): ReadonlyArray<ContractCall> => [
  { title: "health says that it runs", operation: "health", input: {}, expected: { kind: "health", data: { status: "ok" }, command: [] } },
  {
    title: "session says whether runs can be started",
    operation: "session",
    input: {},
    expected: { kind: "session", data: { can_run: { ok: true } } }
  },
  { title: "a command without arguments", operation: "schema.ls", input: {}, expected: { kind: "schemas", command: ["schema", "ls"] } },
  {
    title: "an id in the path",
    operation: "dataset.show",
    input: { dataset },
    expected: { kind: "dataset", data: { dataset_version_id: dataset }, command: ["dataset", "show", dataset] }
  },
  {
    title: "flags by their query, in the order of the table",
    operation: "run.ls",
    input: { limit: 1, sort: "-created" },
    expected: { kind: "run-table", data: { offset: 0 }, command: ["run", "ls", "--table", "--sort=-created", "--limit=1"] }
  },
  {
    title: "a seed with all its digits, there and back",
    operation: "dataset.split",
    input: { dataset, method: "hash", fraction: ["train=0.8", "test=0.2"], seed: largestSeed },
    expected: {
      kind: "dataset-split",
      data: { seed: largestSeed },
      command: ["dataset", "split", dataset, "--method=hash", "--fraction=train=0.8", "--fraction=test=0.2", `--seed=${largestSeed}`]
    }
  },
  {
    title: "a mistake in a run file, with its place",
    operation: "run.plan",
    input: { text: "schema_version = 1\nname = \n", format: "toml" },
    expected: { status: 422, reason: "invalid", code: "FT1001" }
  },
  {
    title: "a run that is not there",
    operation: "run.show",
    input: { run: "r-ffffffffffff-9" },
    expected: { status: 404, reason: "invalid", code: "FT1301" }
  },
  {
    title: "a dataset that is not there",
    operation: "dataset.show",
    input: { dataset: "no-such-thing@1" },
    expected: { status: 404, reason: "invalid", code: "FT2001" }
  },
  {
    title: "a change that is made for what stands",
    operation: "run.mark",
    input: { run, note: `change ${revision}`, if_match: `${run}:${revision}` },
    expected: {
      kind: "run-marks",
      data: { changed: true, note: `change ${revision}`, etag: `${run}:${revision + 1}` },
      command: ["run", "mark", run, `--note=change ${revision}`, `--if-match=${run}:${revision}`]
    }
  },
  {
    title: "a change that is made for what no longer stands",
    operation: "run.mark",
    input: { run, note: "too late", if_match: `${run}:${revision}` },
    expected: { status: 412, reason: "invalid", code: "FT4053" }
  },
  {
    title: "what stands",
    operation: "run.marks",
    input: { run },
    expected: {
      kind: "run-mark-history",
      data: { note: `change ${revision}`, etag: `${run}:${revision + 1}` },
      command: ["run", "marks", run]
    }
  },
  {
    title: "a document in the body",
    operation: "compatibility.manifest",
    input: { manifest: foreignManifest, field: ["class_id"] },
    expected: {
      kind: "dataset-compatibility",
      data: { dataset: "orchids@7" },
      command: ["dataset", "check-compat", "--manifest=-", "--field=class_id"]
    }
  },
  {
    title: "a document that is none",
    operation: "compatibility.manifest",
    input: { manifest: { schema_version: 1 } },
    expected: { status: 422, reason: "invalid", code: "FT2032" }
  },
  {
    title: "a job that is not there",
    operation: "job.show",
    input: { job: "j-0123456789abcdef" },
    expected: { status: 404, reason: "usage", code: "FT6008" }
  },
  {
    title: "a job to its end",
    operation: "artifact.verify",
    input: {},
    finish: true,
    expected: { kind: "store-verification", data: { verified: true }, command: ["artifact", "verify"] }
  },
  {
    title: "a job to its failure",
    operation: "dataset.add",
    input: { path: "no/such/file.csv", adapter: "csv", name: "nothing" },
    finish: true,
    expected: { status: 200, reason: "invalid", code: "FT2203" }
  }
]

/** Where `actual` lacks what `expected` says; members of `actual` that are not expected are fine. */
export const differences = (expected: unknown, actual: unknown, place = "$"): ReadonlyArray<string> => {
  if (typeof expected === "object" && expected !== null && typeof actual === "object" && actual !== null) {
    if (Array.isArray(expected) !== Array.isArray(actual)) return [`${place}: one of the two is a list`]
    if (Array.isArray(expected) && Array.isArray(actual) && expected.length !== actual.length)
      return [`${place}: expected ${expected.length} items, got ${actual.length}`]
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(value, (actual as Readonly<Record<string, unknown>>)[key], `${place}.${key}`)
    )
  }
  return Object.is(expected, actual) ? [] : [`${place}: expected ${String(expected)}, got ${String(actual)}`]
}

/** What a client makes of a call: a document, or a failure. */
export type Outcome =
  | { readonly kind: string; readonly data: unknown; readonly command: ReadonlyArray<string> }
  | { readonly status: number; readonly reason: string; readonly code: string }
