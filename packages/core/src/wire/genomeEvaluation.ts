/**
 * The `GenomeEvaluation` of a run with a brain, from its run document and its events. A run without a brain, or without a Scorecard, has
 * none.
 */
import type { BackendKind, GenomeEvaluation, PluginRef, TrainerError } from "@feagi-trainer/contracts"
import { fromUtf8, Json } from "@feagi-trainer/determinism"
import { type FitnessEvidence, genomeEvaluationOf } from "@feagi-trainer/evaluation"
import * as Effect from "effect/Effect"
import type { Catalogue } from "../catalogue/Catalogue.ts"
import { BlobStore } from "../port/BlobStore.ts"
import { loadPack } from "../run/loadPack.ts"
import { type RunDocument, specHash } from "../run/RunDocument.ts"
import { type PhaseState, partialPhases } from "../run/RunState.ts"

export type Objective = GenomeEvaluation["key"]["fitness"]["objective"]

const validation = "val"

const evidenceOf = (document: RunDocument, phases: ReadonlyArray<PhaseState>): FitnessEvidence => {
  const declared = document.protocol.phases.findLast(({ split, learns, scored }) => split === validation && scored && !learns)
  if (declared === undefined) return { kind: "no-validation" }
  const value = phases.find(({ phase }) => phase === declared.name)?.metrics?.[document.protocol.primary_metric]
  // What was learnt until a phase was ended early is not what the run was to learn.
  if (value === undefined || partialPhases(phases).length > 0) return { kind: "unfinished" }
  return { kind: "scored", value }
}

/** Every choice of the run but seed and genome. What was fitted to the data, or grew of the genome, is no choice. */
const configOf = ({ protocol, dataset, split, transforms, sampler, training, learner, metrics, ...rest }: RunDocument) => {
  const { genome: _, connectome: __, ...treatment } = learner.treatment
  return {
    protocol,
    dataset: { adapter: dataset.adapter, dataset_version_id: dataset.dataset_version_id, content_hash: dataset.content_hash },
    split: { method: split.method, fractions: split.fractions, parts: split.parts.map(({ name, split_hash }) => ({ name, split_hash })) },
    transforms: transforms.map(({ fit, ...node }) => ({ ...node, fitted: fit !== null })),
    sampler,
    training,
    learner: { kind: learner.kind, treatment, section: learner.resolved.section ?? null },
    metrics,
    controls: rest.controls,
    checkpoint_every: rest.checkpoint_every,
    packages: rest.packages
  }
}

/** From everything that is known of a run; see {@link readObjective} and {@link genomeSchemaVersion}. */
export const genomeEvaluationOfRun = (
  document: RunDocument,
  phases: ReadonlyArray<PhaseState>,
  objective: Objective,
  genome_schema_version: number
): GenomeEvaluation | undefined => {
  const { brain, dataset, protocol, learner, metrics } = document
  const scorecard_ids = phases.flatMap(({ scorecard_id }) => scorecard_id ?? [])
  if (brain === null || scorecard_ids.length === 0) return undefined
  const wire = learner.wire as {
    readonly backend: BackendKind
    readonly core_version?: string
    readonly reward_policy: { readonly plugin: PluginRef }
  }
  return genomeEvaluationOf({
    genome_sha256: brain.genome_sha256,
    key: {
      experiment_id: document.name,
      dataset_asset_id: dataset.dataset_asset_id,
      dataset_version: String(dataset.version),
      dataset_content_hash: dataset.content_hash,
      evaluation_protocol_version: `${protocol.id}@${protocol.version}`,
      metric_pack: metrics.plugin,
      reward_policy: wire.reward_policy.plugin,
      fitness: {
        metric: protocol.primary_metric,
        // A protocol without the part says so in `fitness.status`; the key has to name one.
        split_id: document.split.parts.find(({ name }) => name === validation)?.split_id ?? validation,
        objective
      },
      genome_schema_version,
      feagi_core_version: wire.core_version ?? "none",
      backend: wire.backend
    },
    config: configOf(document),
    scorecard_ids,
    evidence: evidenceOf(document, phases),
    origin: typeof brain.source.template === "string" ? "manual" : "imported",
    ...(brain.connectome === undefined ? {} : { pinned_connectome: brain.connectome.learned_hash }),
    spec_sha256: specHash(document)
  })
}

/** `genome_schema_version` of a genome; undefined where it says none. */
export const genomeSchemaVersion = (genome: Uint8Array): number | undefined => {
  const value = Json.parseOrThrow(fromUtf8(genome))
  const version: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "genome_schema_version") : undefined
  return typeof version === "number" && Number.isSafeInteger(version) && version >= 0 ? version : undefined
}

/** The record of a run of the store in the context; undefined where the run has no brain, or its metric no direction. */
export const readGenomeEvaluation = (
  document: RunDocument,
  phases: ReadonlyArray<PhaseState>
): Effect.Effect<GenomeEvaluation | undefined, TrainerError, BlobStore | Catalogue> =>
  Effect.gen(function* () {
    if (document.brain === null || phases.every(({ scorecard_id }) => scorecard_id === undefined)) return undefined
    const blobs = yield* BlobStore
    const version = genomeSchemaVersion(yield* blobs.get(document.brain.genome_sha256))
    const { pack } = yield* loadPack(document)
    const { primary_metric } = document.protocol
    const direction = pack.directions[primary_metric] ?? pack.directions[primary_metric.split("/")[0] ?? primary_metric]
    if (version === undefined || direction === undefined) return undefined
    return genomeEvaluationOfRun(document, phases, direction === "higher-is-better" ? "maximize" : "minimize", version)
  })
