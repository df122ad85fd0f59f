/** A training that goes by optimiser steps, is measured between its epochs and may end before the last of them; learners out of plugins. */
import { TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { documentOf, type RunFile } from "../../src/index.ts"
import {
  create,
  dieAt,
  goOn,
  hashesOf,
  makeWorld,
  planned,
  recordingOf,
  replay,
  runFile,
  runToEnd,
  services,
  view,
  type World
} from "../support/world.ts"

const batched = (batch = 4): World => {
  const world = makeWorld()
  world.faults.batch = batch
  return world
}
const eventsOf = (world: World, type: string) =>
  (world.memory.runs.at(-1)?.events ?? []).flatMap((event) => (event.type === type ? [event.payload] : []))
const refusal = async (change: Partial<Record<keyof RunFile, unknown>>) => {
  const world = makeWorld()
  const error = await world.run(Effect.flip(planned(world, runFile(change))))
  if (!(error instanceof TrainerError)) throw error
  return error.diagnostics
}
const validated = { epochs: 6, validate: { part: "val", every: 2 } }
/** Nothing gets better than the first answer, because nothing that answers alike can be better by 2. */
const stopping = { epochs: 9, validate: { part: "val", every: 1 }, early_stop: { metric: "hits", patience: 2, min_delta: 2 } }

describe("a learner that learns by batches", () => {
  it("is given its batch, a whole one as long as the durable step allows", async () => {
    const world = batched()
    await world.run(runToEnd(world, runFile({ checkpoint_every: 12, training: { epochs: 1 } })))
    const measures = eventsOf(world, "step").map(({ measures }) => measures)
    const step = (first: number) => [0, 1, 2].map((k) => ({ step: first + k, values: { loss: 1 / (first + k), samples: 4 } }))
    expect(measures).toEqual([step(1), step(4), step(7), undefined, undefined])
  })

  it("writes the measures of each step once, whichever commit the run died at", async () => {
    const whole = batched()
    await whole.run(runToEnd(whole))
    const expected = eventsOf(whole, "step").map(({ measures }) => measures)
    for (let n = 1; n < 30; n++) {
      const world = batched()
      const row = await world.run(create(world))
      const died = await dieAt(world, row, n)
      if (!died) return
      await world.run(goOn(world, row))
      expect(eventsOf(world, "step").map(({ measures }) => measures)).toEqual(expected)
    }
    throw new Error("the run never came to its end")
  })

  it("is replayed with its measures, of which the first that differs is named", async () => {
    const world = batched()
    const row = await world.run(create(world))
    await world.run(goOn(world, row))
    const recording = await world.run(recordingOf(world, row))
    expect((await world.run(replay(world, recording))).verdict).toBe("EQUAL")
    const [first, ...rest] = recording.steps
    const [told, ...others] = first?.measures ?? []
    if (first === undefined || told === undefined) throw new Error("nothing was measured")
    const forged = { ...told, values: { ...told.values, loss: 0.5 } }
    const verdict = await world.run(replay(world, { ...recording, steps: [{ ...first, measures: [forged, ...others] }, ...rest] }))
    expect(verdict.first).toMatchObject({ phase: "train", epoch: 0, field: "measures", recorded: forged, replayed: told })
    const lost = await world.run(replay(world, { ...recording, steps: [{ ...first, measures: others }, ...rest] }))
    expect(lost.first?.field).toBe("measures")
  })

  it("leaves the journal of a learner without measures as it was", async () => {
    const world = makeWorld()
    await world.run(runToEnd(world))
    expect(eventsOf(world, "step").filter((payload) => "measures" in payload)).toEqual([])
  })
})

describe("validation between the epochs", () => {
  it("answers the part behind every so many epochs and behind the last, without learning", async () => {
    const world = makeWorld()
    const seen: Array<string> = []
    world.faults.seen = (phase, id) => void seen.push(`${phase} ${id}`)
    const done = await world.run(runToEnd(world, runFile({ training: { ...validated, epochs: 5 } })))
    expect(eventsOf(world, "validated").map(({ epoch, part, samples, stops }) => [epoch, part, samples, stops])).toEqual([
      [1, "val", 12, false],
      [3, "val", 12, false],
      [4, "val", 12, false]
    ])
    expect(seen.filter((each) => each.startsWith("measure"))).toHaveLength(3 * 12 + 12 + 12)
    expect(eventsOf(world, "validated").map(({ metrics }) => metrics)).toEqual([{ hits: 1 }, { hits: 1 }, { hits: 1 }])
    expect(done.state.phases[0]?.validations).toHaveLength(3)
  })

  it("ends the training when nothing got better for as long as was said, and the phases that follow go through", async () => {
    const world = makeWorld()
    const done = await world.run(runToEnd(world, runFile({ training: stopping })))
    expect(done.status).toBe("completed")
    expect(eventsOf(world, "validated").map(({ stops }) => stops)).toEqual([false, false, true])
    expect(done.state.phases.map(({ phase, samples }) => [phase, samples])).toEqual([
      ["train", 3 * 36],
      ["validate", 12],
      ["test", 12]
    ])
  })

  it("goes on identically, wherever it died, and is replayed", async () => {
    const file = runFile({ training: stopping, checkpoint_every: 30 })
    const whole = makeWorld()
    const straight = await whole.run(runToEnd(whole, file))
    const validations = eventsOf(whole, "validated")
    let deaths = 0
    for (let n = 1; n < 40; n++) {
      const world = makeWorld()
      const row = await world.run(create(world, file))
      if (!(await dieAt(world, row, n))) break
      deaths++
      await world.run(goOn(world, row))
      expect(hashesOf(await world.run(view(world, row)))).toEqual(hashesOf(straight))
      expect(eventsOf(world, "validated")).toEqual(validations)
      if (n === 9) expect((await world.run(replay(world, await world.run(recordingOf(world, row))))).verdict).toBe("EQUAL")
    }
    expect(deaths).toBeGreaterThan(12)
  })

  it("is compared by a replay", async () => {
    const world = makeWorld()
    const row = await world.run(create(world, runFile({ training: validated })))
    await world.run(goOn(world, row))
    const recording = await world.run(recordingOf(world, row))
    const forged = recording.phases.map((phase) => ({
      ...phase,
      validations: phase.validations.map((each) => ({ ...each, metrics: { hits: 0.25 } }))
    }))
    const verdict = await world.run(replay(world, { ...recording, phases: forged }))
    expect(verdict.first).toMatchObject({ phase: "train", epoch: 1, field: "validation", replayed: { metrics: { hits: 1 } } })
  })

  it("is refused on a part that is learnt from, judged by at the end, or not there", async () => {
    for (const [part, help] of [
      ["train", "what is learnt from says nothing of what is new"],
      ["test", 'phase "test" judges the run by it: whoever chooses by it judges nothing any more'],
      ["dev", "name a part that the split makes"]
    ]) {
      const [first, ...more] = await refusal({ training: { epochs: 2, validate: { part, every: 1 } } })
      expect(more).toEqual([])
      expect(first).toMatchObject({
        code: "FT2025",
        field: "training.validate.part",
        expected: '"val"',
        actual: JSON.stringify(part),
        help
      })
    }
  })

  it("is needed to stop early, by a metric that the pack has", async () => {
    const found = await refusal({ training: { epochs: 2, early_stop: { metric: "accuracy", patience: 1, min_delta: 0 } } })
    expect(found.map(({ code, field, expected }) => [code, field, expected])).toEqual([
      ["FT2025", "training.early_stop", "a table [training.validate] with part and every"],
      ["FT2025", "training.early_stop.metric", "hits"]
    ])
  })
})

describe("a learner out of a plugin", () => {
  const learner = { kind: "plugged", plugin: "pluggable" }

  it("runs as a family of the program does, and is pinned with the files of its package", async () => {
    const world = makeWorld()
    const row = await world.run(create(world, runFile({ learner })))
    const done = await world.run(goOn(world, row))
    expect(done.status).toBe("completed")
    const document = await world.run(documentOf(row).pipe(Effect.provide(services(world))))
    expect(document.learner).toMatchObject({ kind: "plugged", plugin: { id: "toys#pluggable", version: "1.0.0" } })
    expect(document.packages).toEqual({ toys: "f".repeat(64) })
    const own = makeWorld()
    expect(hashesOf(done).map(({ learned_hash }) => learned_hash)).toEqual(
      hashesOf(await own.run(runToEnd(own))).map(({ learned_hash }) => learned_hash)
    )
    expect((await world.run(replay(world, await world.run(recordingOf(world, row))))).verdict).toBe("EQUAL")
  })

  it("is refused when nobody has it, when none is named, and when it is of another kind", async () => {
    const [absent] = await refusal({ learner: { kind: "plugged", plugin: "nobody" } })
    expect(absent).toMatchObject({ code: "FT1201", field: "learner.plugin" })
    const [unnamed] = await refusal({ learner: { kind: "plugged" } })
    expect(unnamed).toMatchObject({ code: "FT2005", field: "learner.kind", actual: '"plugged"' })
    const [other] = await refusal({ learner: { kind: "gradient", plugin: "pluggable" } })
    expect(other).toMatchObject({ code: "FT2005", field: "learner.kind", expected: '"plugged"', actual: '"gradient"' })
  })
})

describe("a training that goes its own way", () => {
  const own = (steps = 10): World => {
    const world = makeWorld()
    world.faults.own = steps
    return world
  }

  it("is asked for one step after the other, in durable steps, and its answers are kept", async () => {
    const world = own()
    const done = await world.run(runToEnd(world))
    expect(done.status).toBe("completed")
    expect(done.state.phases.map(({ phase, samples }) => [phase, samples])).toEqual([
      ["train", 10],
      ["validate", 12],
      ["test", 12]
    ])
    expect(eventsOf(world, "step").map(({ samples }) => samples)).toEqual([7, 3, 7, 5, 7, 5])
    const rows = world.memory.runs.at(-1)?.predictions.filter(({ phase }) => phase === "train") ?? []
    expect(rows.map(({ sample_id }) => sample_id)).toEqual(Array.from({ length: 10 }, (_, at) => `step-${at + 1}`))
  })

  it("goes on identically, wherever it died, and is replayed", async () => {
    const whole = own()
    const straight = hashesOf(await whole.run(runToEnd(whole)))
    let deaths = 0
    for (let n = 1; n < 30; n++) {
      const world = own()
      const row = await world.run(create(world))
      if (!(await dieAt(world, row, n))) break
      deaths++
      await world.run(goOn(world, row))
      expect(hashesOf(await world.run(view(world, row)))).toEqual(straight)
      if (n === 5) expect((await world.run(replay(world, await world.run(recordingOf(world, row))))).verdict).toBe("EQUAL")
    }
    expect(deaths).toBeGreaterThan(8)
  })

  it("cannot be given permuted labels, and says so", async () => {
    const world = own()
    const file = runFile({ controls: { silent_reward: false, shuffled_labels: true } })
    const error = await world.run(Effect.flip(planned(world, file)))
    expect(error instanceof TrainerError && error.diagnostics).toMatchObject([{ code: "FT2027", field: "controls.shuffled_labels" }])
  })

  it("may read the training part when it is opened, as the plan saw it", async () => {
    const world = own()
    await world.run(runToEnd(world))
    expect(world.faults.read).toBe(36)
  })
})
