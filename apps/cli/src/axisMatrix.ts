/**
 * Which plugins of different kinds work together: for every kind of sample and every kind of answer that anything installed knows, who reads
 * it, carries it, answers it and measures it, and where nobody does, why. From manifests alone; no code of a plugin runs.
 *
 * Sharp edge: it says what fits by kind. Whether a certain dataset fits is `dataset check-compat`, which knows its fields as well.
 */
import { type OutputType, outputTypeName, type PluginKind } from "@feagi-trainer/contracts"
import { type CatalogueEntry, checkCompatibility, type DatasetFacts } from "@feagi-trainer/core"

export interface AxisChain {
  readonly modality: string
  readonly output_type: string
  /** Ids of entries that fit, by kind. */
  readonly fits: Readonly<Record<(typeof shownKinds)[number], ReadonlyArray<string>>>
  /** Who can learn it: `brain`, and the ids of learners that are no brain. Empty: nobody. */
  readonly learnt_by: ReadonlyArray<string>
  /** What a run of a brain would lack. */
  readonly missing: ReadonlyArray<{ readonly kind: PluginKind; readonly because: string; readonly help: string }>
}

const shownKinds = ["adapter", "encoder", "decoder", "learner", "reward", "metric-pack", "protocol", "task-template"] as const

const namesOf = (fact: unknown): ReadonlyArray<string> =>
  fact === undefined
    ? []
    : (Array.isArray(fact) ? (fact as ReadonlyArray<unknown>) : [fact]).map((type) => outputTypeName(type as OutputType))

const sorted = (names: Iterable<string>): ReadonlyArray<string> => [...new Set(names)].sort()

const outputsOf = ({ manifest: { provides } }: CatalogueEntry): ReadonlyArray<string> =>
  namesOf(provides.output_types ?? provides.output_type)

const chainOf = (entries: ReadonlyArray<CatalogueEntry>, modality: string, output: string): AxisChain => {
  const verdict = checkCompatibility({ modality, output_type: output, shape: "custom" } as DatasetFacts, entries)
  const yes = (kind: PluginKind) =>
    sorted(verdict.entries.filter((entry) => entry.kind === kind && entry.applies === "yes").map(({ id }) => id))
  const { missing } = verdict
  // Nothing is asked of learners by a dataset: what they take stands in their manifests.
  const learner = entries
    .filter((each) => each.manifest.kind === "learner" && namesOf(each.manifest.provides.modalities).includes(modality))
    .filter((each) => outputsOf(each).includes(output))
    .map(({ id }) => id)
  const fits = Object.fromEntries(shownKinds.map((kind) => [kind, kind === "learner" ? learner : yes(kind)])) as AxisChain["fits"]
  const read = fits.adapter.length > 0
  const judgedAt = fits["metric-pack"].length > 0 && fits.protocol.length > 0
  const lacking = missing.map(({ kind, why, help }) => ({ kind, because: why, help }))
  return {
    modality,
    output_type: output,
    fits,
    learnt_by: [...(read && missing.length === 0 ? ["brain"] : []), ...(read && judgedAt ? learner : [])],
    missing: read
      ? lacking
      : [
          {
            kind: "adapter",
            because: `no installed adapter reads ${modality} with answers of kind ${output}`,
            help: `install a package that offers an adapter for it, and list it under  plugins  in feagi-trainer.toml`
          },
          ...lacking
        ]
  }
}

/** Every pair of a kind of sample and a kind of answer, both by name. */
export const axisMatrix = (entries: ReadonlyArray<CatalogueEntry>): ReadonlyArray<AxisChain> => {
  const of = (...kinds: ReadonlyArray<PluginKind>) => entries.filter(({ manifest }) => kinds.includes(manifest.kind))
  const modalities = sorted(of("adapter", "encoder", "learner").flatMap(({ manifest }) => namesOf(manifest.provides.modalities)))
  const outputs = sorted(of("adapter", "decoder", "learner", "metric-pack", "protocol").flatMap(outputsOf))
  return modalities.flatMap((modality) => outputs.map((output) => chainOf(entries, modality, output)))
}
