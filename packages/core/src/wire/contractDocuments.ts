/**
 * Every contract document of a run, in upstream's wire format.
 *
 * Ids of plugins that upstream has under another name are written as upstream's, where the plugin's manifest says so; ours stand
 * beside them under `x_feagi_trainer.plugins`. Scorecards are written as they are stored, because their id is the hash of their body.
 */
import {
  type ContractName,
  decodeDocument,
  encodeDocument,
  type IRSample,
  type MetricStat,
  type PluginRef,
  type ProtocolPhase,
  type TrainerError,
  upstreamReadable
} from "@feagi-trainer/contracts"
import { fromUtf8 } from "@feagi-trainer/determinism"
import { graphHash } from "@feagi-trainer/transforms"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Catalogue } from "../catalogue/Catalogue.ts"
import { BlobStore } from "../port/BlobStore.ts"
import type { Registry } from "../port/Registry.ts"
import type { Roots } from "../port/Roots.ts"
import { RunJournal } from "../port/RunJournal.ts"
import { pinnedDataset, readParts } from "../run/checkPins.ts"
import { openDataset } from "../run/DatasetReader.ts"
import { phaseTotal } from "../run/phaseProgress.ts"
import { part, type RunDocument, specHash, streams } from "../run/RunDocument.ts"
import { documentOf, type RunView } from "../run/runs.ts"
import { readAnswer } from "../run/storedAnswer.ts"
import { readGenomeEvaluation } from "./genomeEvaluation.ts"
import { numbersOf, runEventDocuments } from "./runEventDocuments.ts"

export interface ContractFile {
  readonly contract: ContractName
  /** `<Contract>-NN.json`. */
  readonly file: string
  readonly text: string
  /** What keeps upstream from reading it; null when nothing does. */
  readonly variant: string | null
}

type Document = { readonly contract: ContractName; readonly value: unknown }

/** `stats` are the statistics of the run's group over its seeds, by metric. */
export const contractDocuments = (
  view: RunView,
  stats: Readonly<Record<string, MetricStat>>
): Effect.Effect<ReadonlyArray<ContractFile>, TrainerError, Catalogue | BlobStore | Registry | Roots | RunJournal | Scope.Scope> =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const journal = yield* RunJournal
    const document = yield* documentOf(view.row)
    const upstream = (ref: PluginRef): PluginRef => {
      const provides = catalogue.entries.find((each) => each.id === ref.id)?.manifest.provides ?? {}
      const { upstream_id, upstream_version } = provides
      return typeof upstream_id === "string"
        ? { id: upstream_id, version: typeof upstream_version === "string" ? upstream_version : ref.version }
        : ref
    }
    const tell = runEventDocuments(view.row.run_id, document, { timestamps: "none" })
    const events = (yield* journal.events(view.row.run_id)).flatMap(tell)
    const documents: Array<Document> = [
      manifestOf(document),
      ...pluginSpecsOf(document),
      ...(yield* samplesOf(document)).map((value) => ({ contract: "IRSample" as const, value })),
      ...document.protocol.phases.flatMap((phase) => [
        runSpecOf(view, document, phase.name, phase.split, upstream),
        ...(phase.scored ? [evaluationSpecOf(document, phase.split, upstream)] : [])
      ]),
      ...(yield* journal.predictions(view.row.run_id)).map((row) => predictionOf(view.row.run_id, document, row.line)),
      ...events.map((value) => ({ contract: "RunEvent" as const, value })),
      ...document.protocol.phases.map((phase) => summaryOf(view, document, phase)),
      ...(yield* scorecardsOf(view)),
      ...(yield* genomeEvaluationsOf(view, document)),
      ...Object.values(stats).map((value) => ({ contract: "MetricStat" as const, value }))
    ]
    const counts = new Map<ContractName, number>()
    const totals = new Map<ContractName, number>()
    for (const { contract } of documents) totals.set(contract, (totals.get(contract) ?? 0) + 1)
    return documents.map(({ contract, value }) => {
      const number = counts.get(contract) ?? 0
      counts.set(contract, number + 1)
      const width = Math.max(2, String((totals.get(contract) ?? 1) - 1).length)
      const readable = upstreamReadable(contract, value as never)
      return {
        contract,
        file: `${contract}-${String(number).padStart(width, "0")}.json`,
        text: `${encodeDocument(contract, value as never, { pretty: true })}\n`,
        variant: readable.readable ? null : readable.variant
      }
    })
  })

const manifestOf = (document: RunDocument): Document => ({
  contract: "DatasetManifest",
  value: {
    schema_version: 1,
    dataset_version_id: document.dataset.dataset_version_id,
    dataset_asset_id: document.dataset.dataset_asset_id,
    dataset_version: String(document.dataset.version),
    // A location is a fact of one machine; the content hash is what identifies the data.
    source_uri: `sha256:${document.dataset.content_hash}`,
    content_hash: document.dataset.content_hash,
    schema_fingerprint: document.dataset.schema_fingerprint,
    modality: document.dataset.modality,
    output_type: document.dataset.output_type,
    splits: document.split.parts.map((each) => ({ id: each.split_id, split: splitOf(each.name), sample_count: BigInt(each.count) })),
    metadata: { name: document.dataset.name, classes: document.dataset.classes.map((each) => each.label) }
  }
})

/** What each plugin was asked to do; a learner without coders has no encoder and no decoder. */
const pluginSpecsOf = (document: RunDocument): ReadonlyArray<Document> => {
  const { encoder_spec, decoder_spec } = document.learner.wire
  const spec = (contract: ContractName, fields: object): Document => ({ contract, value: { schema_version: 1, ...fields } })
  return [
    spec("AdapterSpec", {
      ...document.dataset.adapter,
      modality: document.dataset.modality,
      output_type: document.dataset.output_type
    }),
    spec("SamplerSpec", {
      ...document.sampler,
      seed: BigInt(document.seed),
      stream: "run/sampler/epoch-{epoch}",
      epochs: document.training.epochs
    }),
    ...(typeof encoder_spec === "object" && encoder_spec !== null ? [spec("EncoderSpec", encoder_spec)] : []),
    ...(typeof decoder_spec === "object" && decoder_spec !== null ? [spec("DecoderSpec", decoder_spec)] : [])
  ]
}

const splitOf = (name: string) => (name === "train" || name === "val" || name === "test" ? name : { custom: name })

const samplesOf = (document: RunDocument) =>
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const dataset = yield* pinnedDataset(document)
    if (dataset === undefined) return [] as ReadonlyArray<IRSample>
    const adapter = yield* catalogue.lookup("adapter", document.dataset.adapter.plugin.id)
    const reader = yield* openDataset(dataset, adapter)
    const samples: Array<IRSample> = []
    for (const [name, ids] of yield* readParts(document)) samples.push(...(yield* reader.read(ids, name)))
    return samples as ReadonlyArray<IRSample>
  })

const runSpecOf = (
  view: RunView,
  document: RunDocument,
  phase: string,
  split: string,
  upstream: (ref: PluginRef) => PluginRef
): Document => {
  const { plugin, kind, initial_hash } = document.learner
  const wire = document.learner.wire as {
    readonly binding?: unknown
    readonly reward_policy?: { readonly plugin: PluginRef; readonly config: unknown }
    readonly config?: unknown
    readonly execution_mode: string
    readonly backend: string
    readonly present?: unknown
  }
  const { reward_policy } = wire
  // A learner without a brain is the variant of ours, which upstream cannot read.
  const learns =
    reward_policy === undefined
      ? { learner: { kind, plugin, config: wire.config ?? null } }
      : {
          binding: wire.binding,
          reward_policy: { plugin: upstream(reward_policy.plugin), config: reward_policy.config },
          genome_version_id: document.brain?.genome_sha256 ?? null
        }
  const before = view.state.phases.find((each) => each.phase === phase)?.learned_hash_before ?? initial_hash
  return {
    contract: "RunSpec",
    value: {
      schema_version: 1,
      run_id: view.row.run_id,
      dataset_version_id: document.dataset.dataset_version_id,
      split_id: part(document, split).split_id,
      adapter: upstream(document.dataset.adapter.plugin),
      sampler: { plugin: upstream(document.sampler.plugin), seed: BigInt(document.seed) },
      transform_graph_version: document.transforms.length === 0 ? null : graphHash(document.transforms),
      ...learns,
      metric_pack: upstream(document.metrics.plugin),
      evaluation_protocol_version: `${document.protocol.id}@${document.protocol.version}`,
      connectome_hash: before,
      execution_mode: wire.execution_mode,
      backend: wire.backend,
      quantization: null,
      x_feagi_trainer: {
        phase,
        epochs: document.training.epochs,
        sampler_stream: streams.sampler(0),
        ...(wire.present === undefined ? {} : { present: wire.present }),
        checkpoint_every: document.checkpoint_every,
        controls: document.controls,
        spec_sha256: specHash(document),
        plugins: {
          adapter: document.dataset.adapter.plugin,
          sampler: document.sampler.plugin,
          ...(reward_policy === undefined ? { learner: plugin } : { reward_policy: reward_policy.plugin }),
          metric_pack: document.metrics.plugin
        }
      }
    }
  }
}

const evaluationSpecOf = (document: RunDocument, split: string, upstream: (ref: PluginRef) => PluginRef): Document => ({
  contract: "EvaluationSpec",
  value: {
    schema_version: 1,
    metric_pack: upstream(document.metrics.plugin),
    evaluation_protocol_version: `${document.protocol.id}@${document.protocol.version}`,
    split_id: part(document, split).split_id,
    verification_tolerance: document.protocol.verification_tolerance,
    metadata: {},
    x_feagi_trainer: { plugins: { metric_pack: document.metrics.plugin }, signature: document.metrics.signature }
  }
})

const predictionOf = (run_id: string, document: RunDocument, line: string): Document => {
  const answer = readAnswer(line)
  return {
    contract: "PredictionRecord",
    value: {
      schema_version: 1,
      run_id,
      sample_id: answer.sample_id,
      output_type: document.dataset.output_type,
      prediction: answer.prediction,
      target: answer.target,
      timestamp: null,
      metadata: { phase: answer.phase, epoch: answer.epoch, index: answer.index }
    }
  }
}

const summaryOf = (view: RunView, document: RunDocument, declared: ProtocolPhase): Document => {
  const phase = view.state.phases.find((each) => each.phase === declared.name)
  const completed = phase?.predictions_sha256 !== undefined
  const early = phase?.skipped !== undefined
  const mutated = view.state.brain_mutated?.phase === declared.name ? view.state.brain_mutated : undefined
  return {
    contract: "RunSummary",
    value: {
      schema_version: 1,
      run_id: view.row.run_id,
      status: completed ? (early ? "skipped" : "completed") : view.status,
      total_samples: BigInt(phaseTotal(document, declared)),
      // Set for what was ended early only; a phase that was left out behind it has met nothing.
      ...((completed && early) || (!completed && view.status === "skipped") ? { processed_samples: BigInt(phase?.samples ?? 0) } : {}),
      evaluated_samples: declared.scored ? BigInt(phase?.samples ?? 0) : 0n,
      metrics: phase?.metrics === undefined ? {} : numbersOf(phase.metrics),
      started_at: null,
      completed_at: null,
      scorecard_id: phase?.scorecard_id ?? null,
      metadata: {},
      x_feagi_trainer: {
        phase: declared.name,
        spec_sha256: specHash(document),
        ...(phase?.predictions_sha256 === undefined ? {} : { predictions_sha256: phase.predictions_sha256 }),
        ...(phase?.learned_hash === undefined ? {} : { learned_sha256: phase.learned_hash }),
        ...(typeof phase?.rewards_sha256 === "string" ? { rewards_sha256: phase.rewards_sha256 } : {}),
        ...(phase === undefined || phase.feedback === null ? {} : { feedback: phase.feedback }),
        ...(mutated === undefined ? {} : { brain_mutated: mutated }),
        ...(view.state.continued.length === 0 ? {} : { continued: "not-identical" })
      }
    }
  }
}

/** At most one: what the Scorecards of the run say of its genome. */
const genomeEvaluationsOf = (view: RunView, document: RunDocument) =>
  Effect.map(
    readGenomeEvaluation(document, view.state.phases),
    (value): ReadonlyArray<Document> => (value === undefined ? [] : [{ contract: "GenomeEvaluation", value }])
  )

const scorecardsOf = (view: RunView) =>
  Effect.gen(function* () {
    const blobs = yield* BlobStore
    const found: Array<Document> = []
    for (const phase of view.state.phases) {
      if (phase.scorecard_sha256 === undefined) continue
      const text = fromUtf8(yield* blobs.get(phase.scorecard_sha256))
      const scorecard = decodeDocument("Scorecard", text)
      if (scorecard.ok) found.push({ contract: "Scorecard", value: scorecard.value })
    }
    return found
  })
