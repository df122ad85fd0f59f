/**
 * Plan: from a run file and a seed to the immutable run document, or to every mismatch at once.
 *
 * Nothing is written. What a run will need besides the document (the id lists of the split, a generated genome) is returned as
 * blobs, so that starting the run stores exactly what was planned.
 */
import {
  type Diagnostic,
  type EntryKind,
  type LearnerFamily,
  type LearnerOpenRequest,
  type LearnerPins,
  type LoadedEntry,
  type MetricContext,
  type MetricPack,
  mistakeDiagnostic,
  outputTypeName,
  type TrainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { canonicalBytes, fromCanonical, fromUtf8, SeedTree, toUtf8 } from "@feagi-trainer/determinism"
import { planGraph } from "@feagi-trainer/transforms"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { learntBefore, learntBeforeDiagnostics } from "../brain/learntBefore.ts"
import { Catalogue } from "../catalogue/Catalogue.ts"
import { chainMismatches } from "../dataset/chainMismatches.ts"
import { leakageOf, leakDiagnostics } from "../dataset/leakage.ts"
import type { BlobStore } from "../port/BlobStore.ts"
import { Registry } from "../port/Registry.ts"
import type { Roots } from "../port/Roots.ts"
import { readDuplicates, readIndex, readScan } from "../registry/RegisteredScan.ts"
import { preconditionsOf, unfitForBenchmark } from "./benchmark.ts"
import { openDataset } from "./DatasetReader.ts"
import { finding } from "./finding.ts"
import { findVersion, versioned } from "./findVersion.ts"
import { familyOfSection } from "./learnerFamily.ts"
import { makeParts } from "./makeParts.ts"
import { otherMeasure } from "./otherMeasure.ts"
import { type RunDocument, specHash, streams } from "./RunDocument.ts"
import type { RunFile } from "./RunFile.ts"
import { resolveGenome } from "./resolveGenome.ts"
import { entriesById, samplerItems } from "./samplerItems.ts"
import { transformOne } from "./transformed.ts"
import { validationMistakes } from "./validationMistakes.ts"

export interface PlannedRun {
  readonly document: RunDocument
  readonly spec_sha256: string
  readonly blobs: ReadonlyArray<Uint8Array>
  /** What a person should know and nothing refuses: leaks, and samples that the brain knows already, outside of a benchmark. */
  readonly warnings: ReadonlyArray<Diagnostic>
}

export interface PlanRequest {
  readonly file: RunFile
  readonly seed: bigint
  readonly families: ReadonlyArray<LearnerFamily>
}

export const plan = (
  request: PlanRequest
): Effect.Effect<PlannedRun, TrainerError, Catalogue | Registry | BlobStore | Roots | Scope.Scope> =>
  Effect.gen(function* () {
    const { file, seed } = request
    const catalogue = yield* Catalogue
    const registry = yield* Registry
    const found: Array<Diagnostic> = []
    const add = (diagnostic: Diagnostic) => void found.push(diagnostic)

    const lookup = <Kind extends EntryKind>(kind: Kind, field: string, reference: string) =>
      finding(field, found, catalogue.lookup(kind, reference))
    const protocolName = versioned(file.protocol)
    const protocolEntry = yield* lookup("protocol", "protocol", protocolName.name)
    const protocol = protocolEntry?.entry
    if (protocol !== undefined && String(protocol.version) !== protocolName.version)
      add({
        code: "FT2004",
        severity: "error",
        field: "protocol",
        message: `protocol ${protocol.id} is installed in another version`,
        expected: `${protocol.id}@${protocol.version}`,
        actual: file.protocol
      })
    const samplerEntry = yield* lookup("sampler", "sampler.plugin", file.sampler.plugin)
    const sampler = samplerEntry?.entry
    const samplerOptions = sampler?.decodeOptions(file.sampler.options)
    if (samplerOptions?.ok === false) found.push(...samplerOptions.mistakes.map((each) => mistakeDiagnostic("sampler.options", each)))
    const packEntry = yield* lookup("metric-pack", "metrics.plugin", file.metrics.plugin)
    const pack = packEntry?.entry
    const packOptions = pack?.decodeOptions(file.metrics.options)
    if (packOptions?.ok === false) found.push(...packOptions.mistakes.map((each) => mistakeDiagnostic("metrics.options", each)))

    if (protocol?.metric_pack !== undefined && packEntry !== undefined) found.push(...otherMeasure(protocol.metric_pack, packEntry, file))

    const foundFamily = yield* finding("learner.plugin", found, familyOfSection(file.learner, request.families, catalogue.lookup))
    const family = foundFamily?.family

    const dataset = findVersion(
      "dataset",
      file.dataset,
      yield* registry.datasets,
      `feagi-trainer dataset add FILE --adapter csv --name ${versioned(file.dataset).name}`
    )
    if (!dataset.ok) {
      add({ ...dataset.diagnostic, field: "dataset" })
      return yield* trainerErrors("invalid", found)
    }
    const stored = dataset.value
    const adapterEntry = yield* lookup("adapter", "dataset", stored.adapter.id)
    const scan = yield* readScan(stored.scan_sha256)
    const index = yield* readIndex(scan)

    found.push(...chainMismatches({ protocol, pack, dataset_version_id: stored.dataset_version_id, output_type: scan.output_type }))
    if (pack !== undefined && packOptions?.ok === true)
      startable(pack, packOptions.value, { output_type: scan.output_type, classes: scan.classes }, add)
    const root = SeedTree.root(seed)
    const splitSeed = file.split.seed === "per-run" ? root.child(streams.split).u64() : BigInt(file.split.seed)
    const waivers = file.benchmark?.waivers ?? []
    const parts = makeParts(
      file.split,
      { classes: scan.classes, index },
      splitSeed,
      waivers.some(({ leak }) => leak === "exact")
    )
    const leakage = parts.ok ? leakageOf({ index, duplicates: yield* readDuplicates(scan), parts: parts.parts }) : undefined
    const leaks = leakage === undefined ? [] : leakDiagnostics(leakage, waivers)
    if (file.benchmark !== undefined) found.push(...leaks.filter(({ severity }) => severity === "error"))
    if (!parts.ok) found.push(...parts.diagnostics)
    else
      for (const phase of protocol?.phases ?? [])
        if (!parts.parts.some((each) => each.name === phase.split && each.count > 0))
          add({
            code: "FT2006",
            severity: "error",
            field: file.split.method === "given" ? "split" : `split.fractions.${phase.split}`,
            message: `phase "${phase.name}" of ${file.protocol} needs a part "${phase.split}", which the split does not make`,
            actual: `parts ${parts.parts.map((each) => each.name).join(", ")}`
          })
    if (file.controls.shuffled_labels && scan.classes.length === 0)
      add({
        code: "FT2007",
        severity: "error",
        field: "controls.shuffled_labels",
        message: "labels can be shuffled only where the dataset declares classes"
      })

    if (protocol !== undefined && pack !== undefined && parts.ok)
      found.push(...validationMistakes(file.training, { protocol, pack, parts: parts.parts }))

    const training = parts.ok ? parts.parts.find((each) => each.name === protocol?.phases.find((phase) => phase.learns)?.split) : undefined
    if (sampler !== undefined && samplerOptions?.ok === true && training !== undefined)
      for (const mistake of sampler.check?.(samplerOptions.value, {
        index: samplerItems(training.ids, entriesById(index)),
        epochs: file.training.epochs
      }) ?? [])
        add(mistakeDiagnostic("sampler.options", mistake))
    const reader = adapterEntry === undefined ? undefined : yield* openDataset(stored, adapterEntry)
    const graph =
      parts.ok && reader !== undefined
        ? yield* planGraph({
            nodes: file.transforms,
            shape: scan.shape,
            lookup: catalogue.lookup,
            parts: parts.parts,
            learns: training?.name ?? "",
            samples: (name) => {
              const wanted = parts.parts.find((each) => each.name === name)
              return wanted === undefined ? Stream.empty : reader.stream(wanted.ids, wanted.name)
            }
          })
        : undefined
    if (graph?.ok === false) found.push(...graph.diagnostics)
    const transformed = graph?.ok === true ? graph.graph.output : undefined
    const brains = yield* registry.brains
    const brain = yield* resolveGenome(file, stored, scan, transformed, brains, found)
    const { registered } = file.brain ?? {}
    const began = registered === undefined || brain === undefined ? undefined : findVersion("brain", registered, brains, "")
    const learnt = began?.ok === true ? yield* finding("brain.registered", found, learntBefore(began.value, brains)) : undefined
    const scored = new Set(protocol?.phases.flatMap((phase) => (phase.scored ? [phase.split] : [])))
    const remembered =
      learnt === undefined || registered === undefined || !parts.ok
        ? []
        : learntBeforeDiagnostics(
            registered,
            learnt,
            parts.parts.filter(({ name }) => scored.has(name))
          )
    if (file.benchmark !== undefined) found.push(...remembered)
    const learntFrom =
      training === undefined || reader === undefined || graph?.ok !== true
        ? Stream.empty
        : reader
            .stream(training.ids, training.name)
            .pipe(Stream.mapEffect((sample) => transformOne(graph.graph, root, sample, "measure", 0)))
    // The learner is asked even when something else is wrong, so that its mismatches are listed with the others.
    const askable = file.brain === undefined || brain !== undefined
    const learner =
      askable && parts.ok && family !== undefined && protocol !== undefined && reader !== undefined && graph?.ok === true
        ? yield* family.plan({
            section: file.learner,
            experience: "sample",
            ...(brain === undefined ? {} : { genome: brain.input }),
            shape: graph.graph.output,
            output_type: scan.output_type,
            classes: scan.classes,
            training: learntFrom,
            training_samples: training?.count ?? 0,
            epochs: file.training.epochs,
            checkpoint_every: file.checkpoint_every,
            controls: { silent_reward: file.controls.silent_reward },
            seed: root.child(streams.engine).seed(),
            lookup: catalogue.lookup
          })
        : undefined
    if (learner?.ok === false) found.push(...learner.diagnostics)
    if (learner?.ok === true && learner.pins.own_steps !== undefined && file.controls.shuffled_labels)
      add({
        code: "FT2027",
        severity: "error",
        field: "controls.shuffled_labels",
        message: "a training that goes its own way is not given the labels by the run, so that they cannot be permuted",
        expected: "false",
        actual: "true",
        help: "permute the labels in the data, and register them as another dataset"
      })
    if (file.benchmark !== undefined)
      found.push(
        ...indeterminate(
          [
            protocolEntry,
            samplerEntry,
            packEntry,
            adapterEntry,
            ...(graph?.ok === true ? graph.pinned.map(({ plugin }) => ({ ref: plugin })) : []),
            ...(foundFamily?.plugin === undefined ? [] : [{ ref: foundFamily.plugin }]),
            ...(learner?.ok === true ? learnerRefs(learner.pins) : [])
          ],
          catalogue
        )
      )
    if (file.benchmark !== undefined && learner?.ok === true && graph?.ok === true && family !== undefined)
      found.push(
        ...(yield* unfitLearner(family, {
          pins: learner.pins,
          training: learntFrom,
          ...(brain === undefined ? {} : { genome: brain.input }),
          shape: graph.graph.output,
          output_type: scan.output_type,
          classes: scan.classes,
          seed: root.child(streams.engine).seed(),
          controls: { silent_reward: file.controls.silent_reward },
          lookup: catalogue.lookup
        }))
      )
    if (
      found.length > 0 ||
      !parts.ok ||
      leakage === undefined ||
      graph?.ok !== true ||
      learner?.ok !== true ||
      protocol === undefined ||
      protocolEntry === undefined ||
      sampler === undefined ||
      samplerEntry === undefined ||
      pack === undefined ||
      packEntry === undefined ||
      packOptions?.ok !== true ||
      adapterEntry === undefined
    )
      return yield* trainerErrors("invalid", found)

    const pins: LearnerPins = foundFamily?.plugin === undefined ? learner.pins : { ...learner.pins, plugin: foundFamily.plugin }
    // Rules and examples are of the protocol and not of a run: id and version lead to them.
    const { rules: _rules, vectors: _vectors, ...pinnedProtocol } = protocol
    const document: RunDocument = {
      schema_version: 1,
      kind: "run",
      name: file.name,
      seed: String(seed),
      protocol: { ...pinnedProtocol, plugin: protocolEntry.ref },
      dataset: {
        name: stored.name,
        version: stored.version,
        dataset_asset_id: stored.dataset_asset_id,
        dataset_version_id: stored.dataset_version_id,
        content_hash: stored.content_hash,
        schema_fingerprint: stored.schema_fingerprint,
        modality: stored.modality,
        output_type: scan.output_type,
        scan_sha256: stored.scan_sha256,
        sample_count: stored.sample_count,
        adapter: { plugin: adapterEntry.ref, options: fromCanonical(stored.adapter_options) as Record<string, unknown> },
        shape: scan.shape,
        classes: scan.classes
      },
      split: {
        method: file.split.method,
        seed: String(splitSeed),
        fractions: file.split.fractions ?? null,
        parts: parts.parts.map(({ ids: _, ...pinned }) => pinned),
        leaks: {
          exact: leakage.exact.pairs,
          decoded: leakage.decoded.pairs,
          group: leakage.group.pairs,
          near: leakage.near.pairs
        }
      },
      transforms: graph.pinned,
      input_shape: graph.graph.output,
      benchmark: file.benchmark ?? null,
      sampler: { plugin: samplerEntry.ref, options: file.sampler.options },
      training: file.training,
      learner: pins,
      brain: brain?.pinned ?? null,
      metrics: { plugin: packEntry.ref, options: file.metrics.options, signature: pack.signature(packOptions.value) },
      controls: file.controls,
      checkpoint_every: file.checkpoint_every,
      packages: packagesOf(
        [
          protocolEntry,
          samplerEntry,
          packEntry,
          adapterEntry,
          ...graph.pinned.map(({ plugin }) => ({ ref: plugin })),
          ...learnerRefs(pins)
        ],
        catalogue
      )
    }
    const blobs = [
      ...parts.parts.map((each) => canonicalBytes(each.ids)),
      ...graph.blobs,
      ...(brain === undefined ? [] : [toUtf8(brain.input.json)])
    ]
    // What is written must be what is read back: the document is its own canonical form from here on.
    const settled = fromCanonical(fromUtf8(canonicalBytes(document))) as unknown as RunDocument
    const warnings = [...leaks, ...remembered].map((each): Diagnostic => ({ ...each, severity: "warning" }))
    return { document: settled, spec_sha256: specHash(settled), blobs, warnings }
  })

/** Plugins whose manifest does not promise the same result every time: a benchmark cannot be made of them. */
const indeterminate = (
  entries: ReadonlyArray<Pick<LoadedEntry, "ref"> | undefined>,
  catalogue: typeof Catalogue.Service
): ReadonlyArray<Diagnostic> =>
  entries.flatMap((each): ReadonlyArray<Diagnostic> => {
    const entry = catalogue.entries.find(({ id }) => id === each?.ref.id)
    if (entry === undefined || entry.manifest.deterministic) return []
    return [
      {
        code: "FT2017",
        severity: "error",
        field: "benchmark",
        message: `${entry.manifest.kind} ${entry.id} does not declare that it is deterministic`,
        expected: "deterministic plugins only, in a benchmark",
        help: "choose another plugin, or take the table [benchmark] out of the run file"
      }
    ]
  })

/** Opens the learner once to hear what it promises, which its pins do not hold. */
const unfitLearner = (
  family: LearnerFamily,
  request: LearnerOpenRequest
): Effect.Effect<ReadonlyArray<Diagnostic>, TrainerError, Scope.Scope> =>
  Effect.map(family.open(request), (session) =>
    unfitForBenchmark({ continuation: session.continuation, preconditions: preconditionsOf(session) })
  )

/** A pack that does not start for this dataset says so now, not after the training. */
const startable = (pack: MetricPack, options: unknown, context: MetricContext, add: (diagnostic: Diagnostic) => void): void => {
  // Another output type is said already.
  const { output_type } = context
  if (!pack.output_types.includes(outputTypeName(output_type))) return
  try {
    pack.start(options, context)
  } catch (error) {
    add({
      code: "FT2016",
      severity: "error",
      field: "metrics.plugin",
      message: `metric pack ${pack.id} does not start for this dataset: ${error instanceof Error ? error.message : String(error)}`
    })
  }
}

/** The plugin that a learner is, and those that it pinned under `plugins`. */
const learnerRefs = ({ plugin, resolved }: LearnerPins): ReadonlyArray<Pick<LoadedEntry, "ref">> => [
  ...(plugin === undefined ? [] : [{ ref: plugin }]),
  ...Object.values((resolved.plugins ?? {}) as Readonly<Record<string, LoadedEntry["ref"]>>).map((ref) => ({ ref }))
]

const packagesOf = (
  entries: ReadonlyArray<Pick<LoadedEntry, "ref">>,
  catalogue: typeof Catalogue.Service
): Readonly<Record<string, string>> => {
  const names = [...new Set(entries.map((each) => each.ref.id.split("#")[0] ?? ""))].sort()
  return Object.fromEntries(names.map((name) => [name, catalogue.packages.find((each) => each.name === name)?.files_sha256 ?? ""]))
}
