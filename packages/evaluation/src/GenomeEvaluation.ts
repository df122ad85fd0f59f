/**
 * Upstream's record of what a genome was worth (`GenomeEvaluation` of its evolutionary crate), written beside the Scorecards of a brain:
 * which genome, under which key it may be compared, from which Scorecards, and how fit.
 *
 * Two genomes are comparable when their keys are equal, so that the key holds everything but genome and seed. Sharp edge: fitness is a value
 * of the validation part, never of the test part: a search that looked at the test would have nothing left to be tested on.
 */
import { type Diagnostic, type GenomeEvaluation, type MetricValue, SCHEMA_VERSION } from "@feagi-trainer/contracts"
import { hashOf } from "@feagi-trainer/determinism"

/** What the validation part says of the genome. */
export type FitnessEvidence =
  /** The protocol scores no validation part. */
  | { readonly kind: "no-validation" }
  /** It does, and it was not reached, or ended early. */
  | { readonly kind: "unfinished" }
  | { readonly kind: "scored"; readonly value: MetricValue }

/** Everything a record is made of, named as in the document. */
export interface GenomeEvaluationInputs {
  /** SHA-256 (hex) of the genome as it was given. */
  readonly genome_sha256: string
  readonly key: Omit<GenomeEvaluation["key"], "run_config_hash">
  /** Every choice but genome and seed, as JSON data; its hash is `run_config_hash`. */
  readonly config: unknown
  readonly scorecard_ids: ReadonlyArray<string>
  readonly evidence: FitnessEvidence
  /** Whether a template of ours made the genome, or it came as a file. */
  readonly origin: "manual" | "imported"
  /** What the brain had learnt before; absent where it began from the genome alone. */
  readonly pinned_connectome?: string
  readonly spec_sha256: string
}

const fitnessOf = (evidence: FitnessEvidence): GenomeEvaluation["fitness"] => {
  if (evidence.kind === "no-validation") return { status: "no_fitness_split" }
  // A metric that had too little data is no fitness of 0.
  if (evidence.kind === "unfinished" || typeof evidence.value !== "number") return { status: "incomplete" }
  return { status: "scored", value: evidence.value, n: 1 }
}

/** The record, with `ge-` and 12 hex digits of its own hash as id: equal evaluations have equal ids on every machine. */
export const genomeEvaluationOf = (inputs: GenomeEvaluationInputs): GenomeEvaluation => {
  const body = {
    schema_version: SCHEMA_VERSION,
    genome_hash: `sha256:${inputs.genome_sha256}`,
    key: { ...inputs.key, run_config_hash: `sha256:${hashOf(inputs.config)}` },
    scorecard_ids: inputs.scorecard_ids,
    fitness: fitnessOf(inputs.evidence),
    lineage: { origin: inputs.origin, generation: 0n, parents: [] },
    ...(inputs.pinned_connectome === undefined ? {} : { pinned_connectome: inputs.pinned_connectome }),
    x_feagi_trainer: { spec_sha256: inputs.spec_sha256 }
  }
  return { ...body, evaluation_id: `ge-${hashOf(body).slice(0, 12)}` }
}

const contentHash = /^sha256:[0-9a-f]{64}$/

type Found = Array<Diagnostic>

const wrong = (found: Found, field: string, message: string, expected: string, actual: unknown): void => {
  found.push({ code: "FT5215", severity: "error", field, message, expected, actual: String(actual) })
}

const checkTexts = (found: Found, { evaluation_id, key, scorecard_ids, pinned_connectome }: GenomeEvaluation): void => {
  const texts: Readonly<Record<string, string>> = {
    evaluation_id,
    "key.experiment_id": key.experiment_id,
    "key.dataset_asset_id": key.dataset_asset_id,
    "key.dataset_version": key.dataset_version,
    "key.dataset_content_hash": key.dataset_content_hash,
    "key.evaluation_protocol_version": key.evaluation_protocol_version,
    "key.metric_pack.id": key.metric_pack.id,
    "key.metric_pack.version": key.metric_pack.version,
    "key.reward_policy.id": key.reward_policy.id,
    "key.reward_policy.version": key.reward_policy.version,
    "key.fitness.metric": key.fitness.metric,
    "key.fitness.split_id": key.fitness.split_id,
    "key.feagi_core_version": key.feagi_core_version,
    ...Object.fromEntries(scorecard_ids.map((id, index) => [`scorecard_ids[${index}]`, id])),
    ...(pinned_connectome === undefined ? {} : { pinned_connectome })
  }
  for (const [field, text] of Object.entries(texts))
    if (text.trim() === "") wrong(found, field, "says nothing", "a text", JSON.stringify(text))
}

const checkFitness = (found: Found, { fitness }: GenomeEvaluation): void => {
  if (fitness.status !== "scored") return
  const { value, n, interval } = fitness
  if (!Number.isFinite(value)) wrong(found, "fitness.value", "is no finite number", "a finite number", value)
  if (n < 1) wrong(found, "fitness.n", "counts no run", "at least 1", n)
  if (n === 1 && interval !== undefined) wrong(found, "fitness.interval", "one run has no interval over runs", "none", "an interval")
  if (n > 1 && interval === undefined)
    wrong(found, "fitness.interval", "several runs need an interval over them", "low, high and level", "nothing")
  if (interval === undefined) return
  const { low, high, level } = interval
  if (!(Number.isFinite(low) && Number.isFinite(high) && low <= value && value <= high))
    wrong(found, "fitness.interval", "does not contain the value", `low ≤ ${value} ≤ high`, `${low} to ${high}`)
  if (!(level > 0 && level < 1)) wrong(found, "fitness.interval.level", "is no level", "above 0 and below 1", level)
}

const checkLineage = (found: Found, { lineage, genome_hash }: GenomeEvaluation): void => {
  const { origin, generation, parents } = lineage
  const needed = { manual: "none", imported: "none", mutation: "exactly one", crossover: "two or more" }[origin]
  const isRoot = origin === "manual" || origin === "imported"
  const counts = isRoot ? parents.length === 0 : origin === "mutation" ? parents.length === 1 : parents.length >= 2
  if (!counts) wrong(found, "lineage.parents", `a genome of origin ${origin} has another number of parents`, needed, parents.length)
  if (isRoot ? generation !== 0n : generation < 1n)
    wrong(found, "lineage.generation", `a genome of origin ${origin} is of another generation`, isRoot ? "0" : "1 or later", generation)
  if (new Set(parents).size < parents.length)
    wrong(found, "lineage.parents", "names a parent twice", "different parents", parents.join(", "))
  if (parents.includes(genome_hash)) wrong(found, "lineage.parents", "names the genome itself", "other genomes", genome_hash)
  for (const [index, parent] of parents.entries())
    if (!contentHash.test(parent))
      wrong(found, `lineage.parents[${index}]`, "is no content hash", "sha256: and 64 lower-case hex digits", parent)
}

/** Every rule of upstream that a record breaks, with the field; empty when it is valid. */
export const genomeEvaluationProblems = (document: GenomeEvaluation): ReadonlyArray<Diagnostic> => {
  const found: Found = []
  const { schema_version, genome_hash, key, scorecard_ids } = document
  if (Number(schema_version) !== SCHEMA_VERSION)
    wrong(found, "schema_version", "is of another form", String(SCHEMA_VERSION), schema_version)
  for (const [field, hash] of Object.entries({ genome_hash, "key.run_config_hash": key.run_config_hash }))
    if (!contentHash.test(hash)) wrong(found, field, "is no content hash", "sha256: and 64 lower-case hex digits", hash)
  if (scorecard_ids.length === 0) wrong(found, "scorecard_ids", "names no Scorecard", "at least one", 0)
  const twice = scorecard_ids.filter((id, index) => scorecard_ids.indexOf(id) < index)
  if (twice.length > 0) wrong(found, "scorecard_ids", "names a Scorecard twice", "different ids", twice.join(", "))
  checkTexts(found, document)
  checkFitness(found, document)
  checkLineage(found, document)
  return found
}
