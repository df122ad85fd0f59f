/**
 * The config of a stage as a run has it: normalised as everywhere, with the defaults that a run gives, and without the fields that the
 * run file decides.
 *
 * The seed of a stage that names none comes from the seed of the run, so that each seed of the run file is a training of its own. Sharp edge:
 * a seed that is written wins, and then all runs of the file train alike.
 */
import { type Diagnostic, trainerError } from "@feagi-trainer/contracts"
import {
  type Dataset,
  irMapping,
  type NormalizedStage,
  normalize,
  type StageConfigCode,
  type StageConfigError,
  type StagePorts,
  type StageSpec
} from "@feagi-trainer/training-stages"
import { Effect, Result } from "effect"
import { refusal, type Section } from "./Section.ts"

/** Its own name in the config of a stage in a run. */
const trainingPart = "training"

const codes: Readonly<Record<StageConfigCode, string>> = {
  missing_training_config: "stages/NO-TRAINING-CONFIG",
  missing_ports: "stages/NO-PORTS",
  dataset_resolution_failed: "stages/NO-DATASET",
  unsupported_training_config: "stages/TRAINING-CONFIG"
}

const durable = "leave it out: checkpoint_every of the run file says after how many steps a state is kept"
const measured = "leave it out: the phases of the protocol, and training.validate of the run file, measure what was not learnt from"
const journal = "leave it out: the journal keeps the measures of every step"

/** Fields that the run file decides, by their names in either form, with the way out. */
const ofTheRun: Readonly<Record<string, string>> = {
  dataset_ref: "leave it out: dataset of the run file names the data, and its training part is learnt from",
  checkpoint_every: durable,
  save_every: durable,
  eval_every: measured,
  eval_episodes: measured,
  log_path: journal,
  logger: journal
}

type Table = Readonly<Record<string, unknown>>
const isTable = (value: unknown): value is Table => typeof value === "object" && value !== null && !Array.isArray(value)

interface Stripped {
  readonly table: Table
  readonly found: ReadonlyArray<Diagnostic>
}

const strip = (base: string, table: Table, decided: Readonly<Record<string, string>>): Stripped => ({
  table: Object.fromEntries(Object.entries(table).filter(([name]) => !Object.hasOwn(decided, name))),
  found: Object.entries(table)
    .filter(([name]) => Object.hasOwn(decided, name))
    .map(([name, value]) =>
      refusal("stages/RUN-DECIDES", `${base}.${name}`, "is decided by the run and not by its stage", {
        expected: "nothing",
        actual: JSON.stringify(value),
        help: decided[name] ?? "leave it out"
      })
    )
})

/** The input of normalisation: what a person wrote, without what the run decides. */
const inputOf = (section: Section): { readonly input: Table; readonly found: ReadonlyArray<Diagnostic> } => {
  const decided = {
    ...ofTheRun,
    ...(section.teacher === undefined ? {} : { teacher_ref: "leave it out, or leave [learner.teacher] out: there is one teacher" })
  }
  const options = strip("learner.options", section.options ?? {}, decided)
  const { training_config } = section
  if (training_config === undefined) return { input: options.table, found: options.found }
  const config = strip("learner.training_config", training_config, decided)
  const { options: inner } = config.table
  const own = isTable(inner) ? strip("learner.training_config.options", inner, decided) : undefined
  return {
    input: { ...options.table, training_config: own === undefined ? config.table : { ...config.table, options: own.table } },
    found: [...options.found, ...config.found, ...(own?.found ?? [])]
  }
}

/** Where a field stands in the run file, by what normalisation calls it. */
const placeOf = (section: Section, field: string | undefined): string => {
  if (field === undefined || field.startsWith("ports.")) return "learner"
  if (field.startsWith("learner.")) return field
  if (/^training_config(\.|$)/.test(field)) return `learner.${field}`
  if (section.training_config === undefined || Object.hasOwn(section.options ?? {}, field)) return `learner.options.${field}`
  const row = irMapping.find((each) => each.field === field)
  return `learner.training_config.${row === undefined ? `options.${field}` : row.ir}`
}

/** The same diagnostic at its place in the run file. */
export const placed = (section: Section, diagnostic: Diagnostic): Diagnostic => ({
  ...diagnostic,
  field: placeOf(section, diagnostic.field)
})

/** What a stage's config failed with, with the codes of this plugin. `at` finds the place of a field. */
export const configDiagnostics = (error: StageConfigError, at: (field: string | undefined) => string): ReadonlyArray<Diagnostic> =>
  error.diagnostics.map((each) => ({ ...each, code: codes[error.code], field: at(each.field) }))

const specOfRun = (spec: StageSpec, seed: number, hasTeacher: boolean): StageSpec => {
  const note = (name: string, value: unknown, description = spec.notes[name]?.description ?? name) =>
    name in spec.settings || name in spec.training_config || name === "dataset_ref" ? { [name]: { description, default: value } } : {}
  return {
    ...spec,
    notes: {
      ...spec.notes,
      ...note("dataset_ref", trainingPart, "The training part of the run."),
      ...note("seed", seed),
      ...note("save_every", 0),
      ...note("eval_every", 0),
      ...(hasTeacher ? note("teacher_ref", "teacher") : {})
    }
  }
}

export type RunConfig =
  | { readonly ok: true; readonly normalized: NormalizedStage }
  | { readonly ok: false; readonly diagnostics: ReadonlyArray<Diagnostic> }

/** A store that has nothing: what it fails with is not told, because what is wrong with the samples is told elsewhere. */
const noData = trainerError("missing", { code: "stages/NO-DATASET", message: "the samples were not read" })

/**
 * The normalised config of the section over these data. Without data it is never whole, and only what is wrong with the config is told.
 *
 * @param seed of the training, where the config says none: an integer from 0 to 2^53 - 1
 */
export const runConfig = (
  spec: StageSpec,
  section: Section,
  request: { readonly dataset: Dataset | undefined; readonly seed: number; readonly client: NonNullable<StagePorts["training_client"]> }
): Effect.Effect<RunConfig> =>
  Effect.gen(function* () {
    const { dataset, seed, client } = request
    const { input, found } = inputOf(section)
    const ports: StagePorts = {
      dataset_store: { resolve: () => (dataset === undefined ? Effect.fail(noData) : Effect.succeed(dataset)) },
      training_client: client
    }
    const result = yield* Effect.result(normalize(specOfRun(spec, seed, section.teacher !== undefined), input, ports))
    if (Result.isSuccess(result)) return found.length > 0 ? { ok: false, diagnostics: found } : { ok: true, normalized: result.success }
    const untold = dataset === undefined && result.failure.code === "dataset_resolution_failed"
    const more = untold ? [] : configDiagnostics(result.failure, (field) => placeOf(section, field))
    return { ok: false, diagnostics: [...found, ...more] }
  })

/** The seed of a training out of the 32 bytes of a run: an integer of 48 bits. */
export const seedOf = (bytes: Uint8Array): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return view.getUint32(0) * 2 ** 16 + view.getUint16(4)
}
