/**
 * What fits to a dataset, from facts alone: what is known of the dataset and what the manifests of the installed plugins say. No plugin
 * is loaded and no sample is read.
 *
 * Sharp edge: a manifest that does not say what is asked makes an `unknown`, never a yes. A yes is not a promise either: options and the
 * shape of the data are looked at by the plan.
 */
import {
  type EntryManifest,
  type Modality,
  type OutputType,
  type PluginKind,
  pluginKinds,
  type SampleShape
} from "@feagi-trainer/contracts"
import { type BindingRegistry, bindingRegistry } from "../binding/registry.ts"
import { textOf } from "./chainMismatches.ts"

export { type Chain, chainMismatches } from "./chainMismatches.ts"

export interface DatasetFacts {
  readonly modality: Modality
  readonly output_type: OutputType
  readonly shape: SampleShape["kind"]
  /** What every sample of the index has: `class_id`, `group`, `time`, `values.<name>`. Left out, it is not known. */
  readonly stream_schema?: { readonly fields: ReadonlyArray<string> }
}

/** An entry as the catalogue knows it. */
export interface KnownEntry {
  /** `<package>#<id>`. */
  readonly id: string
  readonly manifest: EntryManifest
}

export type Applies = "yes" | "no" | "unknown"

export interface EntryFit {
  readonly kind: PluginKind
  readonly id: string
  readonly applies: Applies
  readonly reasons: ReadonlyArray<string>
}

export interface MissingKind {
  readonly kind: PluginKind
  readonly why: string
  readonly help: string
}

export interface Compatibility {
  /** By kind, then by id. */
  readonly entries: ReadonlyArray<EntryFit>
  /** What a run of a brain needs and nothing installed is known to give. */
  readonly missing: ReadonlyArray<MissingKind>
  readonly complete: boolean
}

interface Verdict {
  readonly applies: Applies
  readonly reason: string
}

interface Asked {
  readonly dataset: DatasetFacts
  readonly reach: Reach
}
type Question = (manifest: EntryManifest, asked: Asked) => Verdict

export const checkCompatibility = (dataset: DatasetFacts, installed: ReadonlyArray<KnownEntry>): Compatibility => {
  const known = installed.toSorted((a, b) => kindOrder(a) - kindOrder(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  const reach = reachOf(payloadOf(dataset), known)
  const alone = known.flatMap((entry): ReadonlyArray<Judged> => {
    const asks = questions[entry.manifest.kind]
    return asks === undefined ? [] : [{ entry, verdicts: asks.map((ask) => ask(entry.manifest, { dataset, reach })) }]
  })
  const entries = alone.map(({ entry, verdicts }): EntryFit => {
    const all = [...verdicts, ...needsOf(entry.manifest, alone)]
    return { kind: entry.manifest.kind, id: entry.id, applies: worst(all), reasons: all.map((each) => each.reason) }
  })
  const registry = bindingRegistry(known)
  const missing = chainKinds.flatMap((kind) => missingOf(kind, entries, dataset, registry))
  return { entries, missing, complete: missing.length === 0 }
}

const kindOrder = ({ manifest }: KnownEntry): number => pluginKinds.indexOf(manifest.kind)

/** What an encoder is given: the form of the payload, where it has one that is known. */
const payloadOf = ({ modality, shape }: DatasetFacts): string => (shape === "custom" ? modality : shape)

/** A fact that is one thing or a list of things; undefined when the manifest does not say. */
const listOf = (fact: unknown): ReadonlyArray<string> | undefined =>
  fact === undefined ? undefined : Array.isArray(fact) ? fact.map(textOf) : [textOf(fact)]

/** What all of these facts allow; undefined when none is said. */
const common = (...facts: ReadonlyArray<unknown>): ReadonlyArray<string> | undefined =>
  facts
    .map(listOf)
    .reduce((all, list) => (list === undefined ? all : all === undefined ? list : all.filter((each) => list.includes(each))), undefined)

const modalitiesOf = ({ provides, requires }: EntryManifest) => listOf(provides.from) ?? common(provides.modalities, requires.modalities)

const fits = (taken: ReadonlyArray<string> | undefined, wanted: string, what: "modalities" | "output types"): Verdict => {
  if (taken === undefined) return { applies: "unknown", reason: `does not say which ${what} it takes` }
  if (taken.includes(wanted)) return { applies: "yes", reason: `takes ${wanted}` }
  return { applies: "no", reason: `takes ${taken.join(", ") || "nothing"}, not ${wanted}` }
}

const modality: Question = (manifest, { dataset }) => fits(modalitiesOf(manifest), dataset.modality, "modalities")

const outputType: Question = ({ provides, requires }, { dataset }) =>
  fits(common(provides.output_types ?? provides.output_type, requires.output_types), textOf(dataset.output_type), "output types")

/** The payload as it is, or as transforms make it. */
const payload: Question = (manifest, { dataset, reach }) => {
  const taken = modalitiesOf(manifest)
  const direct = fits(taken, payloadOf(dataset), "modalities")
  if (direct.applies !== "no") return direct
  const [made, by] = [...reach.made].find(([each]) => taken?.includes(each)) ?? []
  if (made !== undefined) return { applies: "yes", reason: `takes ${made}, which the data is after ${by?.join(", then ")}` }
  if (reach.silent.length === 0) return direct
  return { applies: "unknown", reason: `${direct.reason}; what the data is after ${reach.silent.join(" or ")} is not said` }
}

const fields: Question = ({ provides }, { dataset: { stream_schema } }) => {
  const needed = listOf(provides.needs) ?? []
  if (needed.length === 0) return { applies: "yes", reason: "needs nothing but samples" }
  if (stream_schema === undefined)
    return { applies: "unknown", reason: `needs ${needed.join(", ")}, and it is not said what the samples have` }
  const lacking = needed.filter((need) => !stream_schema.fields.some((field) => field === need || field.startsWith(`${need}.`)))
  if (lacking.length === 0) return { applies: "yes", reason: `needs ${needed.join(", ")}` }
  return { applies: "no", reason: `needs ${lacking.join(", ")}, which the samples do not have` }
}

/** What is asked of the entries of a kind; the other kinds do not depend on the dataset. */
const questions: Partial<Readonly<Record<PluginKind, ReadonlyArray<Question>>>> = {
  adapter: [modality, outputType],
  transform: [payload],
  encoder: [payload],
  decoder: [outputType],
  reward: [outputType],
  protocol: [outputType],
  "metric-pack": [outputType],
  "task-template": [modality, outputType],
  "brain-backend": [],
  sampler: [fields]
}

interface Reach {
  /** What the payload can become, and the transforms that make it, shortest way first. */
  readonly made: ReadonlyMap<string, ReadonlyArray<string>>
  /** Transforms that could take part and do not say what they make. */
  readonly silent: ReadonlyArray<string>
}

const reachOf = (start: string, known: ReadonlyArray<KnownEntry>): Reach => {
  const made = new Map<string, ReadonlyArray<string>>([[start, []]])
  const silent = new Set<string>()
  const transforms = known.filter(({ manifest }) => manifest.kind === "transform")
  // A map is gone through in the order of insertion, also through what is inserted meanwhile.
  for (const [from, way] of made)
    for (const { id, manifest } of transforms) {
      // An augmentation keeps the shape, so that it makes nothing of anything.
      if (manifest.provides.phases === "train" || !modalitiesOf(manifest)?.includes(from)) continue
      const to = listOf(manifest.provides.to)
      if (to === undefined) silent.add(id)
      for (const each of to ?? []) if (!made.has(each)) made.set(each, [...way, id])
    }
  return { made, silent: [...silent] }
}

interface Judged {
  readonly entry: KnownEntry
  readonly verdicts: ReadonlyArray<Verdict>
}

/** What an entry requires of other entries: one of a kind by its id, or one that provides a fact. */
const needsOf = ({ requires }: EntryManifest, others: ReadonlyArray<Judged>): ReadonlyArray<Verdict> =>
  Object.entries(requires).flatMap(([key, value]) => {
    if (key === "modalities" || key === "output_types") return []
    const kind = pluginKinds.find((each) => each === (key === "backend" ? "brain-backend" : key))
    const what = kind === undefined ? `something with ${key} = ${textOf(value)}` : `the ${kind} "${textOf(value)}"`
    const found = others.filter(({ entry: { id, manifest } }) =>
      kind === undefined
        ? manifest.provides[key] !== undefined && textOf(manifest.provides[key]) === textOf(value)
        : manifest.kind === kind && (manifest.id === value || id === value)
    )
    if (found.length === 0) return [{ applies: "no", reason: `needs ${what}, which is not installed` }]
    const applies = best(found.map(({ verdicts }) => worst(verdicts)))
    const but = { yes: "", no: ", which does not fit", unknown: ", of which it is not known whether it fits" }[applies]
    return [{ applies, reason: `needs ${what}${but}` }]
  })

const ranks: ReadonlyArray<Applies> = ["yes", "unknown", "no"]
const best = (all: ReadonlyArray<Applies>): Applies => ranks.find((each) => all.includes(each)) ?? "no"
const worst = (verdicts: ReadonlyArray<Verdict>): Applies =>
  ranks.findLast((each) => verdicts.some(({ applies }) => applies === each)) ?? "yes"

/** What a run of a brain cannot do without. */
const chainKinds = ["encoder", "decoder", "reward", "metric-pack", "brain-backend", "protocol"] as const

const missingOf = (
  kind: (typeof chainKinds)[number],
  entries: ReadonlyArray<EntryFit>,
  dataset: DatasetFacts,
  registry: BindingRegistry
): ReadonlyArray<MissingKind> => {
  const all = entries.filter((entry) => entry.kind === kind)
  if (all.some(({ applies }) => applies === "yes")) return []
  const silent = all.filter(({ applies }) => applies === "unknown").map(({ id }) => id)
  const why =
    all.length === 0
      ? "none is installed"
      : silent.length > 0
        ? `none is known to fit; ${silent.join(", ")} may`
        : `none of those installed fits: ${all.map(({ id, reasons }) => `${id} ${reasons.join(" and ")}`).join("; ")}`
  const known = unavailableFor(kind, dataset, registry)
  if (known !== undefined)
    return [{ kind, why: `${known.subject} cannot be had: ${known.because}`, help: `${known.entry} declares it as unavailable` }]
  const wanted = {
    encoder: `an encoder for ${payloadOf(dataset)}, or a transform to what an encoder takes`,
    decoder: `a decoder for ${textOf(dataset.output_type)}`,
    reward: `a reward policy for ${textOf(dataset.output_type)}`,
    "metric-pack": `a metric pack for ${textOf(dataset.output_type)}`,
    "brain-backend": "a brain backend",
    protocol: `a protocol for ${textOf(dataset.output_type)}`
  }[kind]
  return [{ kind, why, help: `install a package that offers ${wanted}, and list it under  plugins  in feagi-trainer.toml` }]
}

/** What an encoder or decoder knows of and declares that nobody can have: no package to look for then. */
const unavailableFor = (kind: (typeof chainKinds)[number], dataset: DatasetFacts, { unavailable }: BindingRegistry) => {
  if (kind !== "encoder" && kind !== "decoder") return undefined
  const [direction, subject] = kind === "encoder" ? (["in", payloadOf(dataset)] as const) : (["out", textOf(dataset.output_type)] as const)
  return unavailable.find((each) => each.direction === direction && each.subject === subject)
}
