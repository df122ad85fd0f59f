/**
 * The facts of a run: one flat record of what its document, its journal and its costs say, as columns of the runs table.
 *
 * They are derived, and may be thrown away at any time. Sharp edges: a value that is missing is absent and never 0; a metric that could not
 * be computed is absent as well; `interrupted` is no fact, because it depends on which processes live.
 */
import { isInsufficient, type MetricValue, outputTypeName } from "@feagi-trainer/contracts"
import type { StoredEvent, TelemetryRow } from "../port/RunJournal.ts"
import type { RunDocument } from "../run/RunDocument.ts"
import { partialPhases, type RunState, stateOf } from "../run/RunState.ts"
import { telemetryOf } from "../run/Telemetry.ts"
import type { Cell } from "./RunColumn.ts"

/** Cells by column, those that are null left out. */
export type RunFacts = ReadonlyMap<string, NonNullable<Cell>>

/** Grows whenever the same run would have other facts: what was kept of an older version is made again. */
export const factsVersion = 2

/** A text that is longer is no choice that somebody made, and no column. */
const longestText = 1000
/** Lists that are longer, and what lies deeper, are data and no choices. */
const longestList = 32
const deepest = 12
const mostParams = 1000

/** Metrics of more classes than this are in the Scorecard alone. */
const mostMetrics = 256

/** Averages over all classes; any other value behind a slash is of one class. */
const averages: ReadonlySet<string> = new Set(["macro", "micro", "weighted"])

export interface FactSources {
  /** Undefined where its blob is missing or damaged. */
  readonly document: RunDocument | undefined
  readonly events: ReadonlyArray<StoredEvent>
  readonly telemetry: ReadonlyArray<TelemetryRow>
}

export const runFacts = ({ document, events, telemetry }: FactSources): RunFacts => {
  const facts = new Map<string, NonNullable<Cell>>()
  const put = (key: string, value: Cell | undefined): void => {
    if (value === undefined || value === null || (typeof value === "number" && !Number.isFinite(value))) return
    if (!facts.has(key)) facts.set(key, Object.is(value, -0) ? 0 : value)
  }
  const state = stateOf(events)
  const scored = state.phases.findLast((phase) => phase.metrics !== undefined)
  put("status", state.status)
  put("phase", state.phases.at(-1)?.phase)
  put("updated", events.at(-1)?.at_wall)
  put(
    "samples",
    state.phases.reduce((sum, phase) => sum + phase.samples, 0)
  )
  put("partial", partialPhases(state.phases).length > 0)
  put("mutated", state.brain_mutated !== undefined)
  put("continued", state.continued.length > 0)
  put("failure", state.failure?.slice(0, longestText))
  put("scorecard", state.phases.findLast((phase) => phase.scorecard_id !== undefined)?.scorecard_id)
  if (document !== undefined) documentFacts(document, scored?.metrics, put)
  metricFacts(state, scored?.metrics, put)
  // All steps as one phase: a figure that one of them lacks is lacking for the run.
  for (const { figures } of telemetryOf(telemetry.map((row) => ({ ...row, phase: "run" }))))
    for (const { name, value } of figures) put(`cost.${name}`, value)
  return facts
}

type Put = (key: string, value: Cell | undefined) => void

const numberOf = (value: MetricValue | undefined): number | undefined => (value === undefined || isInsufficient(value) ? undefined : value)

const documentFacts = (document: RunDocument, metrics: Readonly<Record<string, MetricValue>> | undefined, put: Put): void => {
  const { dataset, protocol, learner, brain } = document
  put("dataset", dataset.dataset_version_id)
  put("modality", dataset.modality)
  put("output_type", outputTypeName(dataset.output_type))
  const template = brain?.source.template
  if (typeof template === "string") put("template", template)
  put("protocol", `${protocol.id}@${protocol.version}`)
  put("learner", learner.kind)
  put("control", controlOf(document.controls))
  put("primary_metric", protocol.primary_metric)
  put(
    "score",
    numberOf(metrics === undefined || !Object.hasOwn(metrics, protocol.primary_metric) ? undefined : metrics[protocol.primary_metric])
  )
  put("plugins", pluginsOf(document))
  let left = mostParams
  for (const [path, value] of Object.entries(choices(document)))
    for (const [key, cell] of leaves(`param.${path}`, value, 0)) {
      if (left === 0) return
      left -= 1
      put(key, cell)
    }
}

const controlOf = ({ shuffled_labels, silent_reward }: RunDocument["controls"]): string =>
  [shuffled_labels ? ["shuffled labels"] : [], silent_reward ? ["silent reward"] : []].flat().join(", ") || "none"

/** Everything that was chosen, under the names of the run file where it has one. Hashes, ids and what follows from a choice are left out. */
const choices = (document: RunDocument): Readonly<Record<string, unknown>> => {
  const { dataset, split, sampler, transforms, learner, brain, metrics } = document
  const resolved = learner.resolved as Readonly<Record<string, unknown>>
  const { plugin: _, ...source } = (brain?.source ?? {}) as Readonly<Record<string, unknown>>
  return {
    dataset: { samples: dataset.sample_count, classes: dataset.classes.length, adapter: shortId(dataset.adapter.plugin.id) },
    split: {
      method: split.method,
      seed: split.seed,
      fractions: split.fractions,
      counts: Object.fromEntries(split.parts.map(({ name, count }) => [name, count])),
      leaks: split.leaks
    },
    transforms: transforms.map(({ plugin, phases, options }) => ({ plugin: shortId(plugin.id), version: plugin.version, phases, options })),
    sampler: { plugin: shortId(sampler.plugin.id), options: sampler.options },
    training: document.training,
    checkpoint_every: document.checkpoint_every,
    // What the run file says of the learner stands in its section; what else was resolved follows from it.
    learner: "section" in resolved ? resolved.section : resolved,
    ...("parameters" in resolved ? { parameters: resolved.parameters } : {}),
    ...(brain === null ? {} : { brain: { ...source, genome_sha256: brain.genome_sha256 } }),
    metrics: { plugin: shortId(metrics.plugin.id), options: metrics.options },
    controls: document.controls,
    ...(document.benchmark === null ? {} : { benchmark: document.benchmark })
  }
}

const shortId = (id: string): string => id.slice(id.indexOf("#") + 1)

/** Every plugin that the document names anywhere, by its full id. */
const pluginsOf = (document: RunDocument): ReadonlyArray<string> => {
  const found = new Set<string>()
  const look = (value: unknown, depth: number): void => {
    if (typeof value !== "object" || value === null || depth > deepest) return
    if ("id" in value && "version" in value && typeof value.id === "string" && /^@?[^\s#]+#[^\s#]+$/.test(value.id)) found.add(value.id)
    for (const inner of Object.values(value)) look(inner, depth + 1)
  }
  look(document, 0)
  return [...found].sort()
}

/** A name in a path; one that holds a dot itself is put in quotes. */
const step = (name: string): string => (name === "" || /[."\s]/.test(name) ? JSON.stringify(name) : name)

const leaves = function* (path: string, value: unknown, depth: number): Iterable<readonly [key: string, cell: NonNullable<Cell>]> {
  if (value === null || value === undefined || depth > deepest) return
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") yield [path, value]
  else if (typeof value === "string") {
    if (value.length <= longestText) yield [path, value]
  } else if (Array.isArray(value)) {
    if (value.length > longestList) return
    for (const [index, inner] of value.entries()) yield* leaves(`${path}.${index}`, inner, depth + 1)
  } else if (typeof value === "object")
    for (const [name, inner] of Object.entries(value)) yield* leaves(`${path}.${step(name)}`, inner, depth + 1)
}

const ofOneClass = (name: string): boolean => name.includes("/") && !averages.has(name.slice(name.indexOf("/") + 1))

const metricFacts = (state: RunState, last: Readonly<Record<string, MetricValue>> | undefined, put: Put): void => {
  const told = (prefix: string, metrics: Readonly<Record<string, MetricValue>>): void => {
    const names = Object.keys(metrics)
    const shown = names.length > mostMetrics ? names.filter((name) => !ofOneClass(name)) : names
    for (const name of shown) put(`${prefix}${name}`, numberOf(metrics[name]))
  }
  if (last !== undefined) told("metric.", last)
  for (const { phase, metrics } of state.phases) if (metrics !== undefined) told(`metric.${phase}.`, metrics)
}
