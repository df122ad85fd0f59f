/**
 * The file of the pack `time-series-events`: one JSON array of `{sample_id, target, prediction}`, each a list of `{start, end, label}`.
 *
 * Sharp edge: `prediction: null` is no answer, `[]` is the answer that there is no event. The options of the command line are text; a
 * number in them is a decimal one.
 */
import {
  cappedDiagnostics,
  type Decoded,
  isScoreFields,
  type MetricFiles,
  optionsOfTexts,
  readScoreRows,
  type Scored,
  type ScoreFiles,
  type ScoreMistake,
  scoreDiagnostics
} from "@feagi-trainer/contracts"
import { eventCodes as codes, rowKeys } from "./Codes.ts"
import { eventsType, readEvents } from "./Event.ts"
import { decodeEventOptions, type EventOptions } from "./EventRule.ts"

/** `overlap@1` with an IoU of at least 0.5 where nothing is said, and the signature then says so. A tolerance has a unit, so it has no default. */
const decodeFileOptions = optionsOfTexts((input: unknown): Decoded<EventOptions> => {
  if (!isScoreFields(input)) return decodeEventOptions(input)
  const given: Readonly<Record<string, unknown>> = { rule: "overlap@1", ...input }
  return decodeEventOptions(given.rule === "overlap@1" ? { min_iou: 0.5, ...given } : given)
})

const read = ({ predictions }: ScoreFiles, options: EventOptions) => {
  const list = readScoreRows(predictions, codes, rowKeys)
  if (!list.ok) return { ok: false, diagnostics: cappedDiagnostics(list.diagnostics, codes.more) } as const
  const mistakes: Array<ScoreMistake> = [...list.mistakes]
  const points = options.rule === "point-tolerance@1"
  const scored = list.rows.flatMap(({ offset, fields, sample_id, sound }): ReadonlyArray<Scored> => {
    if (!sound) return []
    const target = readEvents(fields.target, points)
    const prediction = fields.prediction === null ? null : readEvents(fields.prediction, points)
    const at = { code: codes.row, offset, sample_id }
    for (const [side, found] of Object.entries({ target, prediction }))
      if (found !== null && !found.ok)
        for (const { path, ...fault } of found.faults) mistakes.push({ ...at, field: `${side}${path}`, ...fault })
    if (!target.ok || (prediction !== null && !prediction.ok)) return []
    return [
      {
        sample_id,
        target: { custom: { type: eventsType, value: target.events.map((event) => ({ ...event })) } },
        prediction:
          prediction === null
            ? { abstain: { reason: null } }
            : { custom: { type: eventsType, value: prediction.events.map((event) => ({ ...event })) } }
      }
    ]
  })
  if (mistakes.length > 0) return { ok: false, diagnostics: cappedDiagnostics(scoreDiagnostics(list.text, mistakes), codes.more) } as const
  return { ok: true, options, context: { output_type: { custom: eventsType }, classes: [] }, scored, missing: [] } as const
}

export const eventFiles: MetricFiles<EventOptions, EventOptions> = {
  about: {
    predictions:
      'a JSON array of {"sample_id": text, "target": list of {"start": number, "end": number, "label": text}, "prediction": the same, or null where there is no answer}',
    targets: "none: the targets stand beside the predictions"
  },
  targets: "none",
  decodeOptions: decodeFileOptions,
  read,
  names: {
    event_precision: "event_precision",
    event_recall: "event_recall",
    event_f1: "event_f1",
    onset_error: "onset_error",
    true_positives: "true_positives",
    false_positives: "false_positives",
    false_negatives: "false_negatives",
    answered: "answered"
  }
}
