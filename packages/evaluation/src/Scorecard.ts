/**
 * The Scorecard of a scored phase: its document, its id, and the check that a Scorecard says what its predictions say.
 *
 * The id is a hash of the body, so equal results have equal ids on every machine. The body is the document without what another machine
 * or another attempt would change: `scorecard_id`, `run_id`, `elapsed_ms` and `x_feagi_trainer.envelope`. Sharp edges: a metric without
 * a value is not among `metrics` (the wire knows only numbers) but under `x_feagi_trainer.insufficient` with its reason, and so are
 * statistics over seeds under `insufficient_stats`; the status is part of the body, so a verified copy is another Scorecard with an id of its own.
 */
import {
  type Diagnostic,
  isInsufficient,
  type MetricStat,
  type MetricValue,
  SCHEMA_VERSION,
  type Scorecard,
  type ScorecardExtension,
  showValue
} from "@feagi-trainer/contracts"
import type { JsonValue } from "@feagi-trainer/dataset-contracts"
import { hashOf } from "@feagi-trainer/determinism"
import { isSeedStat, type SeedStat } from "./MetricStat.ts"

/** What the trainer adds to a Scorecard under `x_feagi_trainer`: the extension of the wire and what the evaluation knows. */
export type ScorecardDetails = ScorecardExtension & {
  /** How the metrics were computed, by the metric pack. */
  readonly signature: string
  /** Of the metrics that have one of their own. Absent when there is none. */
  readonly signatures?: Readonly<Record<string, string>>
  readonly scored_samples: number
  readonly abstained_samples: number
  /** Metrics without a value, each with the reason. Absent when there is none. */
  readonly insufficient?: Readonly<Record<string, string>>
  /** Statistics over seeds without a value, each with the reason. Absent when there is none. */
  readonly insufficient_stats?: Readonly<Record<string, string>>
}

type Given = "connectome_hash" | "genome_version_id" | "dataset_asset_id" | "dataset_version" | "dataset_content_hash"
type Named = "evaluation_protocol_version" | "metric_pack" | "split_id" | "backend_fingerprint" | "metadata"
type MaybeGiven = "genome_schema_version" | "sample_draw_seed" | "skip" | "elapsed_ms"

/** Everything a Scorecard is made of, named as in the document. */
export interface ScorecardInputs extends Pick<Scorecard, Given | Named>, Partial<Pick<Scorecard, MaybeGiven>> {
  readonly values: Readonly<Record<string, MetricValue>>
  /** Statistics over the seeds of the run group. */
  readonly seed_stats?: Readonly<Record<string, SeedStat>>
  readonly signature: string
  readonly signatures?: Readonly<Record<string, string>>
  readonly scored_samples: number
  readonly abstained_samples: number
  /** Learner, adapter, reward policy, encoding, controls, across, hashes, envelope. */
  readonly extension: ScorecardExtension
}

/** A Scorecard that has no id yet. */
export type ScorecardDocument = Omit<Scorecard, "scorecard_id" | "x_feagi_trainer"> & { readonly x_feagi_trainer: ScorecardDetails }

const given = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V }

/** The entries that are numbers, and the reasons of the others; both in the order of their names. */
const parted = (values: Readonly<Record<string, MetricValue>>) => {
  const metrics: Record<string, number> = {}
  const insufficient: Record<string, string> = {}
  for (const name of Object.keys(values).sort()) {
    const value = values[name]
    if (value === undefined) continue
    if (isInsufficient(value)) insufficient[name] = value.insufficient
    else metrics[name] = value
  }
  return { metrics, insufficient }
}

const statsOf = (stats: Readonly<Record<string, SeedStat>>) => {
  const metric_stats: Record<string, MetricStat> = {}
  const insufficient: Record<string, string> = {}
  for (const name of Object.keys(stats).sort()) {
    const stat = stats[name]
    if (stat === undefined) continue
    if (isSeedStat(stat)) metric_stats[name] = stat
    else insufficient[name] = stat.insufficient
  }
  return { metric_stats, insufficient }
}

const unlessEmpty = <V>(entries: Readonly<Record<string, V>>): Readonly<Record<string, V>> | undefined =>
  Object.keys(entries).length === 0 ? undefined : entries

/**
 * The document without `scorecard_id`: status `self_reported`, visibility `local`.
 * Throws RangeError on a metric that is NaN or infinite: a Scorecard cannot be read back with one.
 */
export const scorecardBody = (inputs: ScorecardInputs): ScorecardDocument => {
  const { metrics, insufficient } = parted(inputs.values)
  const stats = inputs.seed_stats === undefined ? undefined : statsOf(inputs.seed_stats)
  const wrong = Object.entries(metrics).filter(([, value]) => !Number.isFinite(value))
  if (wrong.length > 0) {
    throw new RangeError(`a Scorecard holds finite numbers only: ${wrong.map(([name, value]) => `${name} is ${value}`).join(", ")}`)
  }
  return {
    schema_version: SCHEMA_VERSION,
    connectome_hash: inputs.connectome_hash,
    genome_version_id: inputs.genome_version_id,
    ...given("genome_schema_version", inputs.genome_schema_version),
    dataset_asset_id: inputs.dataset_asset_id,
    dataset_version: inputs.dataset_version,
    dataset_content_hash: inputs.dataset_content_hash,
    evaluation_protocol_version: inputs.evaluation_protocol_version,
    metric_pack: inputs.metric_pack,
    split_id: inputs.split_id,
    backend_fingerprint: inputs.backend_fingerprint,
    metrics,
    ...given("metric_stats", stats?.metric_stats),
    status: "self_reported",
    visibility: "local",
    ...given("skip", inputs.skip),
    ...given("elapsed_ms", inputs.elapsed_ms),
    ...given("sample_draw_seed", inputs.sample_draw_seed),
    metadata: inputs.metadata,
    x_feagi_trainer: {
      ...inputs.extension,
      signature: inputs.signature,
      ...given("signatures", unlessEmpty(inputs.signatures ?? {})),
      scored_samples: inputs.scored_samples,
      abstained_samples: inputs.abstained_samples,
      ...given("insufficient", unlessEmpty(insufficient)),
      ...given("insufficient_stats", unlessEmpty(stats?.insufficient ?? {}))
    }
  }
}

const without = (fields: object, names: ReadonlyArray<string>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))

/** What is hashed: the document without `scorecard_id`, `run_id`, `elapsed_ms` and `x_feagi_trainer.envelope`. */
export const hashedBody = (document: object): Readonly<Record<string, unknown>> => {
  const body = without(document, ["scorecard_id", "run_id", "elapsed_ms"])
  const extension = body.x_feagi_trainer
  return typeof extension === "object" && extension !== null ? { ...body, x_feagi_trainer: without(extension, ["envelope"]) } : body
}

/** SHA-256 (hex) of the canonical JSON of {@link hashedBody}. */
export const scorecardBodySha256 = (document: object): string => hashOf(hashedBody(document))

/** `sc-` and the first 12 hex digits of {@link scorecardBodySha256}. */
export const scorecardId = (document: object): string => `sc-${scorecardBodySha256(document).slice(0, 12)}`

/** The Scorecard with its id. */
export const scorecardOf = (inputs: ScorecardInputs): Scorecard => {
  const body = scorecardBody(inputs)
  return { ...body, scorecard_id: scorecardId(body) }
}

/** What a verified Scorecard says of how it came about, under `x_feagi_trainer.verification`. It is part of the body. */
export interface Verification {
  /** Id and body of the self-reported Scorecard. */
  readonly verifies: string
  readonly body_sha256: string
  readonly method: "replay"
  readonly verdict: "EQUAL"
}

/** Where and when it was verified: outside of the body, so that all who verify a Scorecard come to the same one. */
export interface VerifiedWhere {
  /** Unix milliseconds. */
  readonly created_at: bigint
  /** The store that replayed, and the store that executed. */
  readonly verified_in: string
  readonly origin: string
}

/** The verified Scorecard of a self-reported one whose replay was EQUAL: a document of its own with an id of its own; the old one stays. */
export const verifiedScorecard = (document: Scorecard, where: VerifiedWhere): Scorecard => {
  const { scorecard_id, x_feagi_trainer, ...rest } = document
  const verification: Verification = {
    verifies: scorecard_id,
    body_sha256: scorecardBodySha256(document),
    method: "replay",
    verdict: "EQUAL"
  }
  const body = { ...rest, status: "verified" as const, x_feagi_trainer: { ...x_feagi_trainer, verification, envelope: { ...where } } }
  return { ...body, scorecard_id: scorecardId(body) }
}

const error = (code: string, message: string, more: Omit<Partial<Diagnostic>, "code" | "message" | "severity">): Diagnostic => ({
  code,
  severity: "error",
  message,
  ...more
})

const insufficientOf = (document: Scorecard): Readonly<Record<string, unknown>> => {
  const extension: unknown = document.x_feagi_trainer
  const found: unknown = typeof extension === "object" && extension !== null ? Reflect.get(extension, "insufficient") : undefined
  return typeof found === "object" && found !== null ? (found as Readonly<Record<string, unknown>>) : {}
}

/**
 * Everything in which a Scorecard differs from what its predictions give: an id that is not its body's, a metric that is another number,
 * is missing, is there without a source, or has a number where there was too little data. `tolerance` is the protocol's
 * `verification_tolerance`, the largest difference that still counts as the same. Empty when the Scorecard holds.
 */
export const verifyScorecard = (
  document: Scorecard,
  recomputed: Readonly<Record<string, MetricValue>>,
  tolerance: number
): ReadonlyArray<Diagnostic> => {
  const id = scorecardId(document)
  const { metrics, insufficient } = parted(recomputed)
  const claimed = insufficientOf(document)
  const names = [...new Set([...Object.keys(document.metrics), ...Object.keys(claimed), ...Object.keys(recomputed)])].sort()
  const said = (name: string): JsonValue | undefined => {
    if (Object.hasOwn(document.metrics, name)) return document.metrics[name]
    return Object.hasOwn(claimed, name) ? "insufficient" : undefined
  }
  const found = (name: string): JsonValue | undefined => {
    if (Object.hasOwn(metrics, name)) return metrics[name]
    return Object.hasOwn(insufficient, name) ? "insufficient" : undefined
  }
  return [
    ...(document.scorecard_id === id
      ? []
      : [
          error("FT5201", "the id of the Scorecard is not that of its body: the document was changed after it was made", {
            field: "scorecard_id",
            expected: id,
            actual: document.scorecard_id,
            help: "take the Scorecard from where the run wrote it"
          })
        ]),
    ...names.flatMap((name) => {
      const ours = found(name)
      const theirs = said(name)
      const equal = typeof ours === "number" && typeof theirs === "number" ? Math.abs(ours - theirs) <= tolerance : ours === theirs
      return equal
        ? []
        : [
            error("FT5202", "the Scorecard does not say what its predictions give", {
              field: `metrics.${name}`,
              expected: ours === undefined ? "no such metric" : showValue(ours),
              actual: theirs === undefined ? "absent" : showValue(theirs)
            })
          ]
    })
  ]
}
