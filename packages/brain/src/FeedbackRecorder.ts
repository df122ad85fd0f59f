/**
 * A brain whose feedback is counted where it is delivered. Whoever holds the recorded brain has no way past the count, so that "nothing was
 * delivered while the brain was measured" is a fact and not a promise. Sharp edge: feedback that the brain refused is not counted.
 */
import type { BrainFeedback, BrainSession, DeliveredFeedback, TrainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"

export interface RecordedBrain {
  readonly brain: BrainSession
  /** Since the session was opened. */
  readonly delivered: Effect.Effect<DeliveredFeedback>
  /** What was delivered while `work` went on. */
  readonly deliveredIn: (work: Effect.Effect<void, TrainerError>) => Effect.Effect<DeliveredFeedback, TrainerError>
}

/** Counts of a list of events. Magnitudes are added in the order of the list. */
const tally = (events: ReadonlyArray<BrainFeedback>): DeliveredFeedback => {
  const affect: Record<string, { count: number; magnitude: number }> = {}
  let teach = 0
  let represent = 0
  for (const event of events) {
    if ("teach" in event) teach += 1
    else if ("represent" in event) represent += 1
    else {
      const { channel, magnitude } = event.affect
      const before = affect[channel] ?? { count: 0, magnitude: 0 }
      affect[channel] = { count: before.count + 1, magnitude: before.magnitude + magnitude }
    }
  }
  return { affect, teach, represent }
}

const none: DeliveredFeedback = { affect: {}, teach: 0, represent: 0 }

const plus = (a: DeliveredFeedback, b: DeliveredFeedback): DeliveredFeedback => {
  const affect: Record<string, { readonly count: number; readonly magnitude: number }> = { ...a.affect }
  for (const [channel, { count, magnitude }] of Object.entries(b.affect)) {
    const before = affect[channel] ?? { count: 0, magnitude: 0 }
    affect[channel] = { count: before.count + count, magnitude: before.magnitude + magnitude }
  }
  return { affect, teach: a.teach + b.teach, represent: a.represent + b.represent }
}

export const recordFeedback = (session: BrainSession): RecordedBrain => {
  let all = none
  let since = none
  const brain: BrainSession = {
    info: session.info,
    preconditions: session.preconditions,
    continuation: session.continuation,
    present: (batch, settle_bursts) => session.present(batch, settle_bursts),
    feedback: (events) =>
      Effect.map(session.feedback(events), () => {
        const given = tally(events)
        all = plus(all, given)
        since = plus(since, given)
      }),
    freeze: (on) => session.freeze(on),
    rest: (bursts) => session.rest(bursts),
    bursts: session.bursts,
    activity: session.activity,
    checkpoint: session.checkpoint,
    restore: (bytes) => session.restore(bytes),
    hash: (part) => session.hash(part),
    weights: (from, to) => session.weights(from, to),
    synapses: session.synapses,
    explain: (values) => session.explain(values),
    ...(session.trace === undefined ? {} : { trace: session.trace })
  }
  return {
    brain,
    delivered: Effect.sync(() => all),
    deliveredIn: (work) =>
      Effect.suspend(() => {
        since = none
        return Effect.map(work, () => since)
      })
  }
}
