/**
 * From an engine file to the run file that says the same: one table of what goes where, and nothing else. Sharp edge: `[outputs]` goes
 * nowhere, for a run file holds only what determines a result.
 */
import type { JsonPath, JsonValue } from "@feagi-trainer/determinism"
import { emptyTable, isList, isTable, type MutableTable, type Table, valueAt } from "../Value.ts"
import type { LoadedEngine } from "./loadEngine.ts"

export interface EngineMapping {
  /** Dotted path in the run file. */
  readonly run: string
  /** Dotted path in the engine file; where it is left out there, the run file leaves it out too. Absent for what is the same for all. */
  readonly engine?: string
  /** What is written; the value itself unless said otherwise. `undefined` writes nothing. */
  readonly write?: (value: JsonValue | undefined, engine: JsonValue) => JsonValue | undefined
}

const always = (value: JsonValue) => (): JsonValue => value

/** A tokenizer is the last transform, of all samples. */
const withTokenizer = (transforms: JsonValue | undefined, engine: JsonValue): JsonValue => {
  const tokenizer = valueAt(engine, ["tokenizer"])
  return [...(isList(transforms) ? transforms : []), ...(isTable(tokenizer) ? [{ ...tokenizer, phases: "all" }] : [])]
}

/** Every key of the run file, in the order in which it is written. */
export const engineMapping: ReadonlyArray<EngineMapping> = [
  { run: "schema_version", engine: "schema_version" },
  { run: "name", engine: "engine.name" },
  { run: "protocol", engine: "validation.protocol" },
  { run: "dataset", engine: "dataset.name" },
  { run: "seeds", engine: "engine.seed", write: (seed) => (seed === undefined ? undefined : [seed]) },
  { run: "checkpoint_every", engine: "training.checkpoint_every" },
  { run: "transforms", engine: "dataset.transforms", write: withTokenizer },
  { run: "split", engine: "dataset.splits" },
  { run: "sampler", engine: "training.sampler" },
  { run: "training.epochs", engine: "training.epochs" },
  { run: "training.validate", engine: "training.validate" },
  { run: "training.early_stop", engine: "training.early_stop" },
  { run: "learner.kind", write: always("gradient") },
  { run: "learner.plugin", write: always("gradient") },
  { run: "learner.options.pixels", engine: "dataset.pixels" },
  { run: "learner.options.model", engine: "model" },
  { run: "learner.options.loss", engine: "training.loss" },
  { run: "learner.options.optimiser", engine: "optimizer" },
  { run: "learner.options.schedule", engine: "schedule" },
  { run: "learner.options.batch_size", engine: "training.batch_size" },
  { run: "learner.options.micro_batch", engine: "training.micro_batch" },
  {
    run: "learner.options.clip_norm",
    engine: "training.gradient_clipping",
    write: (clipping) => (isTable(clipping) ? clipping.max_norm : clipping)
  },
  { run: "metrics", engine: "validation.metrics" },
  { run: "controls.silent_reward", write: always(false) },
  { run: "controls.shuffled_labels", write: always(false) }
]

const pathOf = (dotted: string): JsonPath => dotted.split(".")

const put = (table: MutableTable, path: JsonPath, value: JsonValue): void => {
  const [step, ...rest] = path
  const key = String(step)
  if (rest.length === 0) {
    table[key] = value
    return
  }
  const inner: MutableTable = Object.assign(emptyTable(), isTable(table[key]) ? table[key] : {})
  put(inner, rest, value)
  table[key] = inner
}

/** The run file as plain data, for `toToml` or a planner: the same engine file gives the same bytes. */
export const engineToRun = (engine: LoadedEngine): Table => {
  const whole = engine.document.value
  const run = emptyTable()
  for (const { run: to, engine: from, write } of engineMapping) {
    const value = from === undefined ? undefined : valueAt(whole, pathOf(from))
    const written = write === undefined ? value : write(value, whole)
    if (written !== undefined) put(run, pathOf(to), written)
  }
  return run
}
