/** Arithmetic of delivered feedback. What is not known is null and stays null: a sum with an unknown part is unknown. */
import type { DeliveredFeedback } from "@feagi-trainer/contracts"

export const noFeedback: DeliveredFeedback = { affect: {}, teach: 0, represent: 0 }

/** Combines two counts by name; a channel that one side lacks counts 0 there, and a channel that comes to no event is left out. */
const combine = (a: DeliveredFeedback, b: DeliveredFeedback, sign: 1 | -1): DeliveredFeedback => {
  const channels = [...new Set([...Object.keys(a.affect), ...Object.keys(b.affect)])].sort()
  const zero = { count: 0, magnitude: 0 }
  const affect = channels.map((channel) => {
    const left = a.affect[channel] ?? zero
    const right = b.affect[channel] ?? zero
    return [channel, { count: left.count + sign * right.count, magnitude: left.magnitude + sign * right.magnitude }] as const
  })
  return {
    affect: Object.fromEntries(affect.filter(([, { count }]) => count !== 0)),
    teach: a.teach + sign * b.teach,
    represent: a.represent + sign * b.represent
  }
}

export const addFeedback = (a: DeliveredFeedback | null, b: DeliveredFeedback | null): DeliveredFeedback | null =>
  a === null || b === null ? null : combine(a, b, 1)

/** What came between two counts of one session. */
export const feedbackSince = (before: DeliveredFeedback | null, now: DeliveredFeedback | null): DeliveredFeedback | null =>
  before === null || now === null ? null : combine(now, before, -1)

export const affectCount = ({ affect }: DeliveredFeedback): number => Object.values(affect).reduce((sum, { count }) => sum + count, 0)

/** All events of every kind. */
export const feedbackCount = (feedback: DeliveredFeedback): number => affectCount(feedback) + feedback.teach + feedback.represent

/** Such as `3 × pain, 1 taught`. */
export const feedbackText = (feedback: DeliveredFeedback): string => {
  const parts = [
    ...Object.entries(feedback.affect).map(([channel, { count }]) => `${count} × ${channel}`),
    ...(feedback.teach === 0 ? [] : [`${feedback.teach} taught`]),
    ...(feedback.represent === 0 ? [] : [`${feedback.represent} shown again`])
  ]
  return parts.length === 0 ? "nothing" : parts.join(", ")
}
