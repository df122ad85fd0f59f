/**
 * Where our reading of upstream's documents differs from upstream's, on purpose. Each difference is named in docs/reference/wire.md.
 * `edges` are files of golden/contracts-edge, `matrix` says which entries of the field matrix it covers.
 */
import type { ContractName } from "../../src/wire/index.ts"
import type { Verdict } from "./verdict.ts"

export interface Difference {
  readonly id: string
  readonly reason: string
  /** Our verdict for each golden the difference touches. */
  readonly edges: Readonly<Record<string, Verdict>>
  /** Documents that no golden holds: what upstream does is known from the parser it uses, ours is tested. */
  readonly examples?: ReadonlyArray<{ readonly name: ContractName; readonly text: string; readonly ours: Verdict }>
  /** Whether it covers a change of a document (`+unknown key at root`, or `missing`/`null` at a pointer), and our verdict there. */
  readonly matrix?: (contract: string, pointer: string, change: string) => Verdict | undefined
}

export const differences: ReadonlyArray<Difference> = [
  {
    id: "unknown-members-kept",
    reason: "a document of a later release, or of another tool, comes back whole",
    edges: {
      "EncodingScheme-01.json": "accept",
      "ImageClassificationScan-00.json": "lossy",
      "MetricStat-02.json": "accept",
      "RunConfig-03.json": "accept",
      "RunConfig-07.json": "accept",
      "RunConfig-08.json": "accept",
      "RunEventKind-00.json": "accept",
      "TypedTarget-07.json": "accept"
    },
    matrix: (contract, _, change) =>
      change === "+unknown key at root" && !["MetadataMap", "Payload", "TypedPrediction", "TypedTarget"].includes(contract)
        ? "accept"
        : undefined
  },
  {
    id: "newer-version-refused",
    reason: "a larger schema_version means something this release does not know",
    edges: { "IRSample-01.json": "reject", "RunEvent-03.json": "reject" }
  },
  {
    id: "one-form-per-value",
    reason: "a struct is an object and a plain variant is a string; the array and object forms serde also takes have no writer",
    edges: {
      "IRSample-30.json": "reject",
      "IRSample-38.json": "reject",
      "IRSample-39.json": "reject",
      "Split-00.json": "reject"
    }
  },
  {
    id: "one-spelling-per-member",
    reason: "the camelCase aliases of two scheduling types are hints in the message, not second names",
    edges: { "ScheduledAction-00.json": "reject", "ScheduledEvent-00.json": "reject" }
  },
  {
    id: "more-run-statuses",
    reason: "a run can be paused and interrupted",
    edges: { "RunSummary-02.json": "accept" }
  },
  {
    id: "duplicate-names-refused",
    reason: "in a map upstream keeps the last of two equal names; one of the two was a mistake",
    edges: {},
    examples: [{ name: "MetadataMap", text: '{"a":1,"a":2}', ours: "reject" }]
  },
  {
    id: "vanishing-numbers-refused",
    reason: "a number too small for a double is not read as 0",
    edges: {},
    examples: [{ name: "TypedTarget", text: '{"scalar":1e-400}', ours: "reject" }]
  },
  {
    id: "large-integers-kept",
    reason: "an integer beyond 64 bits in free JSON or metadata keeps its digits; upstream makes it a float",
    edges: {},
    examples: [{ name: "MetadataMap", text: '{"a":100000000000000000000000001}', ours: "accept" }]
  }
]
