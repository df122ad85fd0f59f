/**
 * The file of the pack `control`: one JSON array of `{sample_id, target, prediction}`, a task and the record of its rollout.
 *
 * Sharp edge: a file is a whole evaluation. Every initial state has its rollout, or, with `prediction: null`, says that there is none;
 * where the option `initial_states` is left out there are as many as there are rows.
 */
import {
  cappedDiagnostics,
  type MetricFiles,
  optionsFrom,
  optionsOfTexts,
  readScoreRows,
  type Scored,
  type ScoreFiles,
  type ScoreMistake,
  scoreDiagnostics,
  type TypedPrediction,
  type TypedTarget
} from "@feagi-trainer/contracts"
import { Schema } from "effect"
import { codes } from "./Codes.ts"
import { episodeType, type Fault, readRecord, readTask } from "./Episode.ts"
import { ControlOptions } from "./Options.ts"

const FileOptions = Schema.Struct({ initial_states: Schema.optionalKey(ControlOptions.fields.initial_states) })
export type ControlFileOptions = typeof FileOptions.Type

interface Begun {
  readonly sample_id: string
  readonly offset: number
  readonly index: number
}

const mostNamed = 5

/** Every configured initial state once. */
const stateMistakes = (begun: ReadonlyArray<Begun>, states: number): ReadonlyArray<ScoreMistake> => {
  const first = new Map<number, string>()
  const mistakes: Array<ScoreMistake> = []
  for (const { sample_id, offset, index } of begun) {
    const at = { code: codes.wrongStates, offset, sample_id, field: "target.initial_state_index", actual: String(index) }
    const other = first.get(index)
    if (index >= states)
      mistakes.push({
        ...at,
        message: "this initial state is not configured",
        expected: `0 to ${states - 1}`,
        help: `number the initial states from 0, or say how many there are: --option initial_states=${index + 1}`
      })
    else if (other !== undefined)
      mistakes.push({
        ...at,
        message: `the rollout "${other}" has consumed this initial state`,
        expected: "one rollout for each initial state"
      })
    else first.set(index, sample_id)
  }
  const missing = states - first.size
  if (missing > 0 && mistakes.length === 0) {
    const named: Array<number> = []
    for (let index = 0; named.length < Math.min(missing, mostNamed); index += 1) if (!first.has(index)) named.push(index)
    mistakes.push({
      code: codes.wrongStates,
      message: `${missing} of ${states} initial states have no rollout`,
      expected: "a row for every initial state",
      actual: `none for ${named.join(", ")}${missing > mostNamed ? ", …" : ""}`,
      help: 'a rollout that did not happen is a row with "prediction": null'
    })
  }
  return mistakes
}

const read = ({ predictions }: ScoreFiles, { initial_states }: ControlFileOptions) => {
  const list = readScoreRows(predictions, codes, { required: ["sample_id", "target", "prediction"], optional: [] })
  if (!list.ok) return { ok: false, diagnostics: cappedDiagnostics(list.diagnostics, codes.more) } as const
  const mistakes: Array<ScoreMistake> = [...list.mistakes]
  const begun: Array<Begun> = []
  const states = initial_states ?? list.rows.length
  const scored = list.rows.flatMap(({ offset, fields, sample_id, sound }): ReadonlyArray<Scored> => {
    if (!sound) return []
    const refuse = (side: string, faults: ReadonlyArray<Fault>): ReadonlyArray<Scored> => {
      for (const { path, ...fault } of faults)
        mistakes.push({ code: codes.wrongRow, offset, sample_id, field: path === "" ? side : `${side}.${path}`, ...fault })
      return []
    }
    const task = readTask(fields.target)
    if (!task.ok) return refuse("target", task.faults)
    begun.push({ sample_id, offset, index: task.value.initial_state_index })
    // What was read strictly is plain JSON, which is what a value of a plugin's type is.
    const target = { custom: { type: episodeType, value: fields.target } } as TypedTarget
    if (fields.prediction === null) return [{ sample_id, target, prediction: { abstain: { reason: null } } }]
    const record = readRecord(fields.prediction, task.value)
    if (!record.ok) return refuse("prediction", record.faults)
    return [{ sample_id, target, prediction: { custom: { type: episodeType, value: fields.prediction } } as TypedPrediction }]
  })
  // Rows that are wrong have no initial state to speak of.
  if (mistakes.length === 0) mistakes.push(...stateMistakes(begun, states))
  if (mistakes.length > 0) return { ok: false, diagnostics: cappedDiagnostics(scoreDiagnostics(list.text, mistakes), codes.more) } as const
  return {
    ok: true,
    options: { initial_states: states },
    context: { output_type: { custom: episodeType }, classes: [] },
    scored,
    missing: []
  } as const
}

export const controlFiles: MetricFiles<ControlOptions, ControlFileOptions> = {
  about: {
    predictions:
      'a JSON array of {"sample_id": text, "target": the task, "prediction": the record of the rollout, or null where there is none}; the README of the pack says what is in them',
    targets: "none: the tasks stand beside the records"
  },
  targets: "none",
  decodeOptions: optionsOfTexts(optionsFrom(FileOptions)),
  read,
  names: {
    return: "return",
    return_std: "return_std",
    success_rate: "success_rate",
    episode_length: "episode_length",
    episode_length_std: "episode_length_std",
    violations: "violations",
    "violations/per_step": "violations_per_step",
    "violations/episodes": "violation_episodes",
    recovery_latency: "recovery_latency",
    recovered: "recovered",
    stability: "stability",
    "cost/total_spikes": "total_spikes",
    "cost/spikes_per_burst": "spikes_per_burst",
    "cost/spike_density": "spike_density",
    answered: "answered"
  }
}
