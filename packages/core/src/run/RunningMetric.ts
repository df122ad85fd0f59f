/**
 * The protocol's primary metric over the answers of an epoch so far, for people who watch. It is computed when somebody asks, from the
 * same answers that are stored, and it never fails a run: a pack that cannot score is heard when the phase is scored.
 */
import { isInsufficient } from "@feagi-trainer/contracts"
import type { ShownMetric } from "../port/RunObserver.ts"
import type { LoadedPack } from "./loadPack.ts"
import { type StoredAnswer, scoredAnswer } from "./storedAnswer.ts"

export type Answered = Pick<StoredAnswer, "sample_id" | "prediction" | "target">

/** Answers that are kept until somebody asks; more are folded in, so that an epoch of any size takes the same memory. */
const kept = 1024

export interface RunningMetric {
  /** `epoch` names where the answers belong; another name begins anew. */
  readonly see: (epoch: string, answers: ReadonlyArray<Answered>) => void
  readonly value: () => ShownMetric | undefined
}

export const runningMetric = ({ pack, options, context }: LoadedPack, name: string): RunningMetric => {
  let current = ""
  let waiting: Array<Answered> = []
  let folded: { readonly fold: ReturnType<typeof pack.start>; readonly state: unknown } | undefined

  const catchUp = (): void => {
    const fold = folded?.fold ?? pack.start(options, context)
    const state = waiting.reduce((before, answer) => {
      const scored = scoredAnswer(answer)
      return scored === undefined ? before : fold.add(before, scored)
    }, folded?.state ?? fold.empty)
    waiting = []
    folded = { fold, state }
  }
  /** What cannot be scored is dropped here; it is stored all the same. */
  const attempt = <A>(work: () => A): A | undefined => {
    try {
      return work()
    } catch {
      waiting = []
      return undefined
    }
  }

  return {
    see: (epoch, answers) => {
      if (epoch !== current) {
        current = epoch
        waiting = []
        folded = undefined
      }
      waiting.push(...answers)
      if (waiting.length >= kept) attempt(catchUp)
    },
    value: () =>
      attempt(() => {
        catchUp()
        const value = folded?.fold.result(folded.state).values[name]
        return value === undefined || isInsufficient(value) ? undefined : { name, value }
      })
  }
}
