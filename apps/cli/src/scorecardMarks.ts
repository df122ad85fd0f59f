/** What makes the result of a Scorecard less than that of a run that went through, in words; nothing when nothing does. */
import type { Scorecard } from "@feagi-trainer/contracts"

interface Marked {
  readonly partial?: ReadonlyArray<{ readonly phase: string; readonly samples_planned: number; readonly samples_done: number }>
  readonly continued?: string
}

/** Upstream's `skip` is told as well where a card of another program has nothing else. */
export const scorecardMarks = ({ skip, x_feagi_trainer }: Scorecard): ReadonlyArray<string> => {
  const { partial, continued } = (x_feagi_trainer ?? {}) as Marked
  return [
    ...(partial ?? []).map(
      ({ phase, samples_done, samples_planned }) => `phase ${phase} ended behind ${samples_done} of ${samples_planned} samples`
    ),
    ...(partial === undefined && skip !== undefined ? [`ended behind ${skip.samples_done} of ${skip.samples_planned} samples`] : []),
    ...(continued === undefined ? [] : [`continued, ${continued}`])
  ]
}
