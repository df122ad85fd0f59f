import type { PredictionRow, RunJournal, StoredEvent } from "@feagi-trainer/core"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { rememberedJournal } from "../src/rememberedJournal.ts"

const event = (seq: number): StoredEvent => ({ seq, type: "step", payload: {}, sha256: "", prev_sha256: "", at_wall: 0 })
const answer = (index: number, phase = "train"): PredictionRow => ({ phase, epoch: 0, index, sample_id: `s${index}`, line: "", tick: 0 })

/** A journal in memory that counts how many rows were read of it. */
const counting = () => {
  const stored = new Map<string, { events: number; predictions: Array<PredictionRow> }>()
  const read = { events: 0, predictions: 0 }
  const of = (run: string) => stored.get(run) ?? { events: 0, predictions: [] }
  const journal = {
    events: (run: string, from = 0) =>
      Effect.sync(() => {
        const found = Array.from({ length: of(run).events - from }, (_, at) => event(from + at))
        read.events += found.length
        return found
      }),
    predictions: (run: string) =>
      Effect.sync(() => {
        read.predictions += of(run).predictions.length
        return [...of(run).predictions]
      }),
    rewards: () => Effect.succeed([])
  } as unknown as typeof RunJournal.Service
  return {
    journal,
    read,
    commit: (run: string, answers: ReadonlyArray<PredictionRow>) => {
      stored.set(run, { events: of(run).events + 1, predictions: [...of(run).predictions, ...answers] })
    }
  }
}

describe("a journal that remembers", () => {
  it("reads of a run that goes on only what is new, and says the same as the journal", () => {
    const { journal, read, commit } = counting()
    const remembered = rememberedJournal(journal)
    for (let step = 1; step <= 5; step++) {
      commit("r", [answer(step)])
      expect(Effect.runSync(remembered.events("r")).map(({ seq }) => seq)).toEqual(Array.from({ length: step }, (_, at) => at))
      expect(Effect.runSync(remembered.events("r", step - 1)).length).toBe(1)
    }
    expect(read.events).toBe(5)
  })

  it("reads answers again when there is a new event, and not before", () => {
    const { journal, read, commit } = counting()
    const remembered = rememberedJournal(journal)
    commit("r", [answer(0), answer(1, "test")])
    expect(Effect.runSync(remembered.predictions("r")).length).toBe(2)
    expect(Effect.runSync(remembered.predictions("r", "test")).map(({ index }) => index)).toEqual([1])
    expect(read.predictions).toBe(2)
    commit("r", [answer(2)])
    expect(Effect.runSync(remembered.predictions("r")).length).toBe(3)
    expect(read.predictions).toBe(5)
  })

  it("forgets the runs that were asked for longest ago when it holds too much, and reads them again", () => {
    const { journal, read, commit } = counting()
    const remembered = rememberedJournal(journal, 25)
    for (const run of ["a", "b", "c"]) for (let step = 0; step < 10; step++) commit(run, [])
    for (const run of ["a", "b", "a", "c", "a"]) Effect.runSync(remembered.events(run))
    expect(read.events).toBe(30)
    expect(Effect.runSync(remembered.events("b")).length).toBe(10)
    expect(read.events).toBe(40)
  })
})
