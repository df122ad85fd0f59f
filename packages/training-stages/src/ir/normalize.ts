/**
 * From what a caller wrote to a stage config. A training config as struct, as raw map, or the keys of the stage by themselves: the three
 * forms of one config give one stage config and one hash.
 *
 * Writes happen in one order, and the last one wins: the stage's defaults, the fields of the training config in the order of the mapping, its
 * options. Sharp edges: `null` is a field that is left out; a training config beside keys of the stage is refused, for nobody could say
 * which of them wins; where the measures are logged is no part of the hash, for it changes no result.
 */
import { decodeStrict, didYouMean, type Mistake, showValue, TrainerError } from "@feagi-trainer/contracts"
import { canonical, fromCanonical, hashOf } from "@feagi-trainer/determinism"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { TrainingClient } from "../client/TrainingClient.ts"
import { type Dataset, type DatasetKind, datasetKinds, datasetSha256 } from "../data/Dataset.ts"
import type { DatasetStore } from "../port/DatasetStore.ts"
import type { MetricLogger } from "../port/MetricLogger.ts"
import { irMapping, type MappingRow, type Target } from "./mapping.ts"
import { type Finding, type StageConfigError, stageConfigError } from "./StageConfigError.ts"
import type { StageSpec, Values } from "./StageSpec.ts"
import { TrainingConfig, trainingConfigFields } from "./TrainingConfig.ts"

/** The services that a stage works with, as far as they are there. */
export interface StagePorts {
  readonly dataset_store?: DatasetStore["Service"] | undefined
  readonly training_client?: TrainingClient["Service"] | undefined
  /** A stage whose config asks for a log needs it. */
  readonly logger?: MetricLogger["Service"] | undefined
}

/** Who said it: the training config, its options, a key of the stage, or nobody. */
export type Origin = "ir" | "option" | "direct" | "default"

export interface FieldOrigin {
  /** `settings.num_epochs`, `training_config.seed`, `dataset.dataset_ref`. */
  readonly field: string
  readonly value: unknown
  readonly origin: Origin
  /** Where it was written: `training_config.epochs`, `training_config.options.save_every`, `num_epochs`; of a default `default`. */
  readonly from: string
}

export interface StageConfig {
  readonly stage: string
  readonly settings: Values
  /** What the session is opened with, `model_ref` included. */
  readonly training_config: Values
  readonly dataset: { readonly ref: unknown; readonly kind: DatasetKind; readonly sha256: string }
}

export interface NormalizedStage {
  readonly config: StageConfig
  /** SHA-256 (hex) of the canonical config without `log_path` and `logger`. */
  readonly config_sha256: string
  readonly dataset: Dataset
  /** One for each field of the config, in its order. */
  readonly explain: ReadonlyArray<FieldOrigin>
  /** Fields that nobody said anything about. */
  readonly defaults_used: ReadonlyArray<string>
  /** A line for each write, in order; one that replaced another says which. */
  readonly merge_trace: ReadonlyArray<string>
}

interface Write extends FieldOrigin {
  readonly into: Target
  readonly name: string
}

interface Table {
  readonly entries: ReadonlyArray<readonly [key: string, value: unknown]>
  readonly findings: ReadonlyArray<Finding>
}

const at = (base: string, key: string): string => (base === "" ? key : `${base}.${key}`)

const isTable = (value: unknown): value is object => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  if (value instanceof Map || value instanceof TrainingConfig) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** What is said of a value that may not even be JSON. */
const shown = (value: unknown): string => {
  try {
    if (typeof value === "function") return "a function"
    const foreign = typeof value === "object" && value !== null && !Array.isArray(value) && !isTable(value)
    return foreign ? `an object of another kind: ${Object.prototype.toString.call(value)}` : showValue(value)
  } catch {
    return "a value that cannot be shown"
  }
}

/** `:epochs` is `epochs`, as it is written where names are atoms. */
const plainName = (name: string): string => (/^:[A-Za-z_]/.test(name) ? name.slice(1) : name)

/** Values are copied by way of their canonical text, so that nothing of the caller's is kept; `null` and `undefined` say nothing. */
const readTable = (base: string, value: object): Table => {
  const found = new Map<string, unknown>()
  const findings: Array<Finding> = []
  for (const [written, member] of value instanceof Map ? value.entries() : Object.entries(value)) {
    if (typeof written !== "string") {
      findings.push({
        field: base,
        message: "a key is no text",
        expected: "a name",
        actual: shown(written),
        help: "write the name of a field"
      })
      continue
    }
    const key = plainName(written)
    if (found.has(key)) {
      findings.push({
        field: at(base, key),
        message: "is written twice",
        expected: "one value",
        actual: `"${key}" and ":${key}"`,
        help: "keep one of them"
      })
      continue
    }
    if (member === null || member === undefined) continue
    found.set(key, member)
  }
  return { entries: [...found], findings }
}

const nested = (value: unknown): unknown => {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, member]) => [String(key), nested(member)]))
  return Array.isArray(value) ? value.map(nested) : value
}

type Copied = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly finding: Finding }

/** @param atoms whether a text `:adam` means `adam` */
const copied = (field: string, value: unknown, atoms: boolean): Copied => {
  if (atoms && typeof value === "string") return { ok: true, value: plainName(value) }
  try {
    return { ok: true, value: fromCanonical(canonical(nested(value))) }
  } catch (error) {
    const expected = error instanceof Error ? `JSON: ${error.message}` : "JSON"
    return {
      ok: false,
      finding: { field, message: "is no data", expected, actual: shown(value), help: "write numbers, texts, lists and tables" }
    }
  }
}

/** Texts that are names of the caller's own: a colon in front belongs to them. */
const isFree = (name: string) => name === "dataset_ref" || name === "model_ref" || name === "log_path" || name.endsWith("_ref")

const stageTargets = (stage: StageSpec): ReadonlyMap<string, Target> =>
  new Map<string, Target>([
    ["dataset_ref", "dataset"],
    ...Object.keys(stage.settings).map((name) => [name, "settings"] as const),
    ...Object.keys(stage.training_config).map((name) => [name, "training_config"] as const)
  ])

const renamed: ReadonlyMap<string, string> = new Map(irMapping.flatMap(({ ir, field }) => (ir === field ? [] : [[ir, field] as const])))

/** Fields of the stage by their own names. */
const ownWrites = (
  stage: StageSpec,
  base: string,
  origin: Origin,
  table: Table
): { readonly writes: ReadonlyArray<Write>; readonly findings: ReadonlyArray<Finding> } => {
  const targets = stageTargets(stage)
  const findings = [...table.findings]
  const writes = table.entries.flatMap(([name, value]): ReadonlyArray<Write> => {
    const into = targets.get(name)
    if (into === undefined) {
      const instead = renamed.get(name) ?? didYouMean(name, targets.keys())
      findings.push({
        field: at(base, name),
        message: "is unknown here",
        expected: `a field of the stage "${stage.id}": ${[...targets.keys()].join(", ")}`,
        actual: shown(value),
        help: instead === undefined ? "leave it out" : `did you mean "${instead}"?`
      })
      return []
    }
    const copy = copied(at(base, name), value, !isFree(name))
    if (!copy.ok) {
      findings.push(copy.finding)
      return []
    }
    return [{ into, name, field: `${into}.${name}`, value: copy.value, origin, from: at(base, name) }]
  })
  return { writes, findings }
}

const isMapped = (name: string): MappingRow | undefined => irMapping.find(({ ir }) => ir === name)

/** Fields of a training config, in the order of the mapping, then its options. */
const configWrites = (
  stage: StageSpec,
  config: object
): { readonly writes: ReadonlyArray<Write>; readonly findings: ReadonlyArray<Finding> } => {
  const base = "training_config"
  const table = readTable(base, config)
  const findings = [...table.findings]
  const targets = stageTargets(stage)
  const members = new Map(table.entries)
  for (const [name, value] of table.entries)
    if (isMapped(name) === undefined && name !== "options") {
      const instead = targets.has(name) ? undefined : didYouMean(name, trainingConfigFields)
      const way = targets.has(name) ? `put it into ${base}.options` : instead === undefined ? "leave it out" : `did you mean "${instead}"?`
      const expected = `one of ${trainingConfigFields.join(", ")}`
      findings.push({ field: at(base, name), message: "is unknown here", expected, actual: shown(value), help: way })
    }
  const writes = irMapping.flatMap(({ ir, into, field }): ReadonlyArray<Write> => {
    if (!members.has(ir)) return []
    const copy = copied(at(base, ir), members.get(ir), !isFree(ir))
    if (copy.ok) return [{ into, name: field, field: `${into}.${field}`, value: copy.value, origin: "ir", from: at(base, ir) }]
    findings.push(copy.finding)
    return []
  })
  const options = members.get("options")
  if (options === undefined) return { writes, findings }
  if (!isTable(options)) {
    findings.push({
      field: `${base}.options`,
      message: "has the wrong value",
      expected: "a table of options",
      actual: shown(options),
      help: "write {} or leave it out"
    })
    return { writes, findings }
  }
  const own = ownWrites(stage, `${base}.options`, "option", readTable(`${base}.options`, options))
  return { writes: [...writes, ...own.writes], findings: [...findings, ...own.findings] }
}

const findingOf = (mistake: Mistake, write: FieldOrigin): Finding => ({
  field: [write.from, ...mistake.path].join("."),
  message: mistake.message,
  expected: mistake.expected ?? "another value",
  actual: mistake.actual ?? shown(write.value),
  help:
    mistake.suggestion === undefined
      ? `correct it, or leave it out for the default of ${write.field}`
      : `did you mean "${mistake.suggestion}"?`
})

/** The last write of each field, with the default where there is none, each held against its schema. */
const settle = (stage: StageSpec, writes: ReadonlyArray<Write>) => {
  const last = new Map(writes.map((write) => [write.field, write]))
  const findings: Array<Finding> = []
  const explain: Array<Write> = []
  const settleField = (into: Target, name: string, schema: Schema.Codec<unknown, unknown>) => {
    const field = `${into}.${name}`
    const written = last.get(field)
    const note = stage.notes[name]
    if (written === undefined) {
      if (note === undefined || note.default === undefined)
        findings.push({
          field: name,
          message: "is required and missing",
          expected: note?.description ?? "a value",
          actual: "nothing",
          help: `write ${name}`
        })
      else explain.push({ into, name, field, value: note.default, origin: "default", from: "default" })
      return
    }
    const decoded = decodeStrict(schema, written.value)
    if (decoded.ok) explain.push(written)
    else findings.push(...decoded.mistakes.map((mistake) => findingOf(mistake, written)))
  }
  settleField("dataset", "dataset_ref", Schema.Unknown)
  for (const [name, schema] of Object.entries(stage.settings)) settleField("settings", name, schema)
  for (const [name, schema] of Object.entries(stage.training_config)) settleField("training_config", name, schema)
  return { explain, findings }
}

const traceOf = (writes: ReadonlyArray<Write>): ReadonlyArray<string> => {
  const before = new Map<string, Write>()
  return writes.map((write) => {
    const over = before.get(write.field)
    before.set(write.field, write)
    const line = `${write.field} = ${canonical(write.value)} (${write.from})`
    return over === undefined ? line : `${line}, over ${canonical(over.value)} (${over.from})`
  })
}

const missingConfig = (actual: string): StageConfigError =>
  stageConfigError("missing_training_config", [
    {
      field: "training_config",
      message: "there is nothing to make a stage config of",
      expected: "training_config as a struct or a map, or the keys of the stage",
      actual,
      help: 'write {"training_config": {"dataset_ref": …, "model_ref": …}}'
    }
  ])

type Read =
  | { readonly ok: true; readonly writes: ReadonlyArray<Write>; readonly explain: ReadonlyArray<Write> }
  | { readonly ok: false; readonly error: StageConfigError }

const unsupported = (findings: ReadonlyArray<Finding>): Read => ({
  ok: false,
  error: stageConfigError("unsupported_training_config", findings)
})

const writesOf = (stage: StageSpec, table: Table) => {
  const config = table.entries.find(([key]) => key === "training_config")
  if (config === undefined) return ownWrites(stage, "", "direct", table)
  const beside = table.entries.filter(([key]) => key !== "training_config")
  const mixed = beside.map(
    ([key, value]): Finding => ({
      field: key,
      message: "stands beside a training config",
      expected: "training_config alone, or keys of the stage alone",
      actual: shown(value),
      help: stageTargets(stage).has(key) ? `put it into training_config.options.${key}` : "leave it out"
    })
  )
  if (!isTable(config[1])) {
    const help = "write a TrainingConfig or a map of its fields"
    const finding = {
      field: "training_config",
      message: "has the wrong value",
      expected: "a struct or a map",
      actual: shown(config[1]),
      help
    }
    return { writes: [], findings: [...table.findings, ...mixed, finding] }
  }
  const { writes, findings } = configWrites(stage, config[1])
  return { writes, findings: [...table.findings, ...mixed, ...findings] }
}

const readUnguarded = (stage: StageSpec, input: unknown): Read => {
  if (input === null || input === undefined) return { ok: false, error: missingConfig("nothing") }
  if (!isTable(input) || input instanceof TrainingConfig) {
    const help = "write {training_config: …} around it"
    return unsupported([{ message: "the input of a stage is a table", expected: "a table", actual: shown(input), help }])
  }
  const table = readTable("", input)
  if (table.entries.length === 0 && table.findings.length === 0) return { ok: false, error: missingConfig(shown(input)) }
  const { writes, findings } = writesOf(stage, table)
  const settled = settle(stage, writes)
  const all = [...findings, ...settled.findings]
  if (all.length > 0) return unsupported(all)
  return { ok: true, writes, explain: settled.explain }
}

/** A value whose members throw when they are looked at is a config that cannot be read. */
const read = (stage: StageSpec, input: unknown): Read => {
  try {
    return readUnguarded(stage, input)
  } catch (error) {
    const actual = error instanceof Error ? `an error when it was read: ${error.message}` : "an error when it was read"
    return unsupported([
      { message: "the config cannot be read", expected: "plain data", actual, help: "write numbers, texts, lists and tables" }
    ])
  }
}

const portNames = ["dataset_store", "training_client"] as const
const portHelp = { dataset_store: "provide a DatasetStore", training_client: "provide a TrainingClient" } as const

/** A finding for each of these ports that is not there, and for the logger where the config asks for one. */
export const missingPorts = (
  ports: StagePorts | undefined,
  names: ReadonlyArray<(typeof portNames)[number]>,
  wantsLog: boolean
): ReadonlyArray<Finding> => [
  ...names.flatMap(
    (name): ReadonlyArray<Finding> =>
      ports?.[name] === undefined
        ? [
            {
              field: `ports.${name}`,
              message: "the stage has no such port",
              expected: "a service",
              actual: "nothing",
              help: portHelp[name]
            }
          ]
        : []
  ),
  ...(wantsLog && ports?.logger === undefined
    ? [
        {
          field: "ports.logger",
          message: "the config asks for a log",
          expected: "a service",
          actual: "nothing",
          help: 'provide a MetricLogger, or set logger to "none"'
        }
      ]
    : [])
]

const notResolved = (stage: StageSpec, ref: unknown, finding: Finding): StageConfigError =>
  stageConfigError("dataset_resolution_failed", [
    { field: "dataset_ref", expected: `a dataset of kind ${stage.datasets.join(" or ")}`, actual: shown(ref), ...finding }
  ])

const reasonsOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  if (error instanceof TrainerError) return error.message
  return error instanceof Error ? `${error.name}: ${error.message}` : shown(error)
}

const kindOf = (dataset: unknown): unknown => (typeof dataset === "object" && dataset !== null ? Reflect.get(dataset, "kind") : undefined)

/** The dataset with its hash, or the one error of its resolution. An interruption stays one. */
const resolve = (
  stage: StageSpec,
  store: DatasetStore["Service"],
  ref: unknown
): Effect.Effect<{ readonly dataset: Dataset; readonly sha256: string }, StageConfigError> =>
  Effect.suspend(() => store.resolve(ref)).pipe(
    Effect.catchCause((cause) =>
      Cause.hasInterrupts(cause)
        ? Effect.interrupt
        : Effect.fail(
            notResolved(stage, ref, { message: `the store failed: ${reasonsOf(cause)}`, help: "name a dataset that the store has" })
          )
    ),
    Effect.flatMap((dataset) =>
      Effect.suspend(() => {
        try {
          const kind = kindOf(dataset)
          if (!stage.datasets.some((known) => known === kind)) {
            const actual = datasetKinds.some((known) => known === kind) ? `one of kind ${String(kind)}` : shown(dataset)
            return Effect.fail(
              notResolved(stage, ref, {
                message: `the stage "${stage.id}" cannot learn from it`,
                actual,
                help: "name another dataset, or take another stage"
              })
            )
          }
          return Effect.succeed({ dataset, sha256: datasetSha256(dataset) })
        } catch (error) {
          const why = error instanceof Error ? error.message : shown(error)
          return Effect.fail(notResolved(stage, ref, { message: `what the store gave is no dataset: ${why}`, help: "mend the store" }))
        }
      })
    )
  )

const valuesOf = (explain: ReadonlyArray<Write>, into: Target): Values =>
  Object.fromEntries(explain.filter((write) => write.into === into).map(({ name, value }) => [name, value]))

/**
 * The stage config of an input, with where each field of it comes from. Total: for any input it gives a config or a
 * {@link StageConfigError}, in this order: no config, an unsupported one, no ports, no dataset.
 *
 * @param input `{training_config: TrainingConfig}`, `{training_config: map}`, or a table of the stage's own keys
 */
export const normalize = (
  stage: StageSpec,
  input: unknown,
  ports: StagePorts | undefined
): Effect.Effect<NormalizedStage, StageConfigError> =>
  Effect.gen(function* () {
    const result = read(stage, input)
    if (!result.ok) return yield* result.error
    const { writes, explain } = result
    const settings = valuesOf(explain, "settings")
    const missing = missingPorts(ports, portNames, settings.logger !== undefined && settings.logger !== "none")
    const store = ports?.dataset_store
    if (missing.length > 0 || store === undefined) return yield* stageConfigError("missing_ports", missing)
    const ref = valuesOf(explain, "dataset").dataset_ref
    const { dataset, sha256 } = yield* resolve(stage, store, ref)
    const config: StageConfig = {
      stage: stage.id,
      settings,
      training_config: valuesOf(explain, "training_config"),
      dataset: { ref, kind: dataset.kind, sha256 }
    }
    const hashed = Object.fromEntries(Object.entries(settings).filter(([name]) => name !== "log_path" && name !== "logger"))
    return {
      config,
      config_sha256: hashOf({ ...config, settings: hashed }),
      dataset,
      explain: explain.map(({ field, value, origin, from }) => ({ field, value, origin, from })),
      defaults_used: explain.filter(({ origin }) => origin === "default").map(({ field }) => field),
      merge_trace: traceOf(writes)
    }
  })

/** A normalised config as text for people: a line for each field, then the trace of the writes. */
export const explainText = ({ config, config_sha256, explain, defaults_used, merge_trace }: NormalizedStage): string => {
  const widest = Math.max(...explain.map(({ field }) => field.length))
  const lines = explain.map(({ field, value, origin, from }) => {
    const where = origin === "default" ? "default" : `${origin}: ${from}`
    return `  ${field.padEnd(widest)}  ${canonical(value)}  (${where})`
  })
  const defaults = defaults_used.length === 0 ? "none" : defaults_used.join(", ")
  return [
    `${config.stage} ${config_sha256}`,
    ...lines,
    `defaults used: ${defaults}`,
    "writes, the last one wins:",
    ...merge_trace.map((line) => `  ${line}`),
    ""
  ].join("\n")
}
