/**
 * The run file back out of a run: planned on the same project it gives the same `spec_sha256`.
 *
 * Sharp edge: a run document holds one seed and what was resolved, not what stood in the file: comments and the other seeds are not in it.
 */
import { type Catalogue, type RunDocument, streams } from "@feagi-trainer/core"
import { type JsonValue, SeedTree } from "@feagi-trainer/determinism"

type Entries = (typeof Catalogue.Service)["entries"]

/** An entry as a person would name it: by its id alone where one package has it. */
const shortName = (id: string, kind: string, entries: Entries): string => {
  const alone = id.slice(id.indexOf("#") + 1)
  return entries.filter(({ manifest }) => manifest.kind === kind && manifest.id === alone).length === 1 ? alone : id
}

/** The parts are dealt out in the order in which the file names them; a document in canonical form keeps it only in its list of parts. */
const inOrder = (fractions: Readonly<Record<string, number>>, parts: RunDocument["split"]["parts"]): Readonly<Record<string, number>> =>
  Object.fromEntries(parts.flatMap(({ name }) => (fractions[name] === undefined ? [] : [[name, fractions[name]]])))

/** In the order in which templates write it. */
export const runFileOf = (document: RunDocument, entries: Entries): Readonly<Record<string, JsonValue>> => {
  const { protocol, split, learner, brain, benchmark, sampler, metrics } = document
  const seed = BigInt(document.seed)
  const perRun = SeedTree.root(seed).child(streams.split).u64() === BigInt(split.seed)
  const { plugin: _, ...source } = brain?.source ?? {}
  const file = {
    schema_version: 1,
    name: document.name,
    protocol: `${protocol.id}@${protocol.version}`,
    dataset: document.dataset.dataset_version_id,
    seeds: [seed],
    checkpoint_every: document.checkpoint_every,
    transforms: document.transforms.map(({ plugin, version, phases, options, fit }) => ({
      plugin: shortName(plugin.id, "transform", entries),
      version,
      phases,
      options,
      ...(fit === null ? {} : { fit_on: fit.part })
    })),
    split: {
      method: split.method,
      seed: perRun ? "per-run" : BigInt(split.seed),
      ...(split.fractions === null ? {} : { fractions: inOrder(split.fractions, split.parts) })
    },
    sampler: { plugin: shortName(sampler.plugin.id, "sampler", entries), options: sampler.options },
    training: document.training,
    // The table as it was written, which every family pins.
    learner: learner.resolved.section,
    ...(brain === null
      ? {}
      : { brain: { genome_sha256: brain.genome_sha256, ...("registered" in source ? source : { generate: source }) } }),
    metrics: { plugin: shortName(metrics.plugin.id, "metric-pack", entries), options: metrics.options },
    ...(benchmark === null ? {} : { benchmark }),
    controls: document.controls
  }
  return file as unknown as Readonly<Record<string, JsonValue>>
}
