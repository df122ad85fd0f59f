/**
 * A stage: what a caller says, made a stage config, made a loop. The stage knows the training config and the ports; its loop knows neither.
 *
 * `open` gives the loop to whoever wants to drive it step by step, `run` drives it to its end. Sharp edge: a stage is not resumed by
 * itself; restore the loop that `open` gives from the bytes that `run` handed out.
 */
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { SessionConfig, TrainingClient, type TrainingSession } from "../client/TrainingClient.ts"
import type { Dataset } from "../data/Dataset.ts"
import { irMapping } from "../ir/mapping.ts"
import { missingPorts, type NormalizedStage, normalize, type StagePorts } from "../ir/normalize.ts"
import { type StageConfigError, stageConfigError, toTrainerError } from "../ir/StageConfigError.ts"
import type { FieldSchemas, StageSpec, Values } from "../ir/StageSpec.ts"
import { runLoop, type StepReport, type TrainingLoop } from "../loops/Loop.ts"
import { DatasetStore } from "../port/DatasetStore.ts"
import { MetricLogger, type OpenLog, silentLog } from "../port/MetricLogger.ts"

export interface OpenStage {
  readonly normalized: NormalizedStage
  readonly session: TrainingSession
  readonly loop: TrainingLoop
  readonly log: OpenLog
}

export interface StageResult {
  readonly normalized: NormalizedStage
  readonly reports: ReadonlyArray<StepReport>
  /** Who the model is afterwards. */
  readonly weights_sha256: string
  /** Config, dataset, client and what the loop stands on, by hash; plain JSON. */
  readonly provenance: Readonly<Record<string, unknown>>
}

export interface Stage {
  readonly id: string
  readonly spec: StageSpec
  /** JSON Schema (draft 2020-12) of the input of the stage, with every default. */
  readonly describe: () => Readonly<Record<string, unknown>>
  readonly normalize: (input: unknown, ports: StagePorts | undefined) => Effect.Effect<NormalizedStage, StageConfigError>
  readonly open: (input: unknown, ports: StagePorts | undefined) => Effect.Effect<OpenStage, StageConfigError | TrainerError>
  /** The same of what was normalised before, for a caller that has defaults of its own. */
  readonly openNormalized: (normalized: NormalizedStage, ports: StagePorts) => Effect.Effect<OpenStage, TrainerError>
  /** With the ports of the context, as far as they are there. `saved` gets every state that is due. */
  readonly run: (
    input: unknown,
    saved?: (step: number, bytes: Uint8Array) => Effect.Effect<void, TrainerError>
  ) => Effect.Effect<StageResult, StageConfigError | TrainerError>
}

/** How a stage makes its loop of what was normalised. */
export interface StageParts {
  readonly spec: StageSpec
  readonly loop: (request: {
    readonly session: TrainingSession
    readonly client: TrainingClient["Service"]
    readonly settings: Values
    readonly training_config: Values
    readonly dataset: Dataset
  }) => Effect.Effect<TrainingLoop, TrainerError>
}

/** The ports that the context has. */
export const portsOfContext: Effect.Effect<StagePorts> = Effect.gen(function* () {
  const store = yield* Effect.serviceOption(DatasetStore)
  const client = yield* Effect.serviceOption(TrainingClient)
  const logger = yield* Effect.serviceOption(MetricLogger)
  return {
    dataset_store: store._tag === "Some" ? store.value : undefined,
    training_client: client._tag === "Some" ? client.value : undefined,
    logger: logger._tag === "Some" ? logger.value : undefined
  }
})

/** Decodes values that normalisation has already held against these schemas. */
export const settingsOf = <A>(schema: Schema.Codec<A, unknown>, values: Values): A => Schema.decodeUnknownSync(schema)(values)

type Json = Readonly<Record<string, unknown>>

const propertiesOf = (stage: StageSpec, fields: FieldSchemas): Json =>
  Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => {
      const note = stage.notes[name]
      const { schema: document } = Schema.toJsonSchemaDocument(schema)
      const fallback = note?.default === undefined ? {} : { default: note.default }
      return [name, { ...document, description: note?.description ?? name, ...fallback }]
    })
  )

const describe = (stage: StageSpec): Json => {
  const dataset_ref = { description: "What to learn from, as the dataset store knows it." }
  const own: Json = { dataset_ref, ...propertiesOf(stage, stage.settings), ...propertiesOf(stage, stage.training_config) }
  const required = Object.keys(own).filter((name) => name === "dataset_ref" || stage.notes[name]?.default === undefined)
  const mapped = irMapping.flatMap(({ ir, field }) => (Object.hasOwn(own, field) ? [[ir, own[field]] as const] : []))
  const options = {
    description: "Fields of the stage by their own names; they win.",
    type: "object",
    properties: own,
    additionalProperties: false
  }
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: stage.title,
    type: "object",
    oneOf: [
      {
        title: "a training config",
        type: "object",
        properties: {
          training_config: { type: "object", properties: { ...Object.fromEntries(mapped), options }, additionalProperties: false }
        },
        required: ["training_config"],
        additionalProperties: false
      },
      { title: "the keys of the stage", type: "object", properties: own, required, additionalProperties: false }
    ]
  }
}

const openWith = (parts: StageParts) =>
  Effect.fn("Stage.open")(function* (normalized: NormalizedStage, ports: StagePorts) {
    const { settings, training_config } = normalized.config
    const client = ports.training_client
    const { logger } = settings
    const wantsLog = logger === "json_lines" || logger === "csv"
    // Of what normalize() looked at, the caller may have given less.
    if (client === undefined || (wantsLog && ports.logger === undefined))
      return yield* toTrainerError(stageConfigError("missing_ports", missingPorts(ports, ["training_client"], wantsLog)))
    const session = yield* client.startSession({
      model_ref: training_config.model_ref,
      training_config: sessionConfigOf(training_config)
    })
    const loop = yield* parts.loop({ session, client, settings, training_config, dataset: normalized.dataset })
    const log =
      ports.logger === undefined || !wantsLog ? silentLog : yield* ports.logger.open({ logger, log_path: String(settings.log_path) })
    return { normalized, session, loop, log }
  })

/** The part of a training config that every client knows. */
export const sessionConfigOf = (training_config: Values): SessionConfig =>
  settingsOf(SessionConfig, Object.fromEntries(Object.keys(SessionConfig.fields).map((name) => [name, training_config[name]])))

export const makeStage = (parts: StageParts): Stage => {
  const { spec } = parts
  const openNormalized = openWith(parts)
  const open: Stage["open"] = (input, ports) =>
    Effect.flatMap(normalize(spec, input, ports), (normalized) => openNormalized(normalized, ports ?? {}))
  return {
    id: spec.id,
    spec,
    describe: () => describe(spec),
    normalize: (input, ports) => normalize(spec, input, ports),
    open,
    openNormalized,
    run: Effect.fn("Stage.run")(function* (input, saved = () => Effect.void) {
      const { normalized, session, loop, log } = yield* open(input, yield* portsOfContext)
      const reports: Array<StepReport> = []
      yield* runLoop(loop, {
        saved,
        logged: (report) => {
          reports.push(report)
          return log.write({ step: report.step, metrics: report.metrics })
        }
      })
      yield* log.close
      const weights_sha256 = yield* session.weightsSha256
      const provenance = {
        stage: spec.id,
        config_sha256: normalized.config_sha256,
        dataset_sha256: normalized.config.dataset.sha256,
        defaults_used: normalized.defaults_used,
        client: session.fingerprint,
        ...(yield* loop.provenance)
      }
      return { normalized, reports, weights_sha256, provenance }
    })
  }
}

/** A failure for a dataset whose kind normalisation should have refused. */
export const wrongDataset = (stage: string, dataset: Dataset): TrainerError =>
  trainerError("invalid", {
    code: "training-stages/UNFIT",
    message: `the stage "${stage}" cannot learn from this dataset`,
    expected: "one of the kinds of its spec",
    actual: dataset.kind
  })
