import { canonical, fromCanonical } from "@feagi-trainer/determinism"
import { describe, expect, it } from "vitest"
import type { Recording } from "../src/index.ts"
import { create, goOn, makeWorld, recordingOf, replay, runToEnd, type World } from "./support/world.ts"

const recorded = async (world: World): Promise<Recording> => world.run(recordingOf(world, (await world.run(runToEnd(world))).row))

/** The recording with one row of its predictions changed. */
const withRow = (recording: Recording, at: number, change: (said: { [key: string]: unknown }) => void): Recording => ({
  ...recording,
  predictions: recording.predictions.map((row, index) => {
    if (index !== at) return row
    const said = fromCanonical(row.line) as { [key: string]: unknown }
    change(said)
    return { ...row, line: canonical(said) }
  })
})

describe("a replay", () => {
  it("is EQUAL, in the same world and in one that knows nothing of the run", async () => {
    const world = makeWorld()
    const recording = await recorded(world)
    const equal = { verdict: "EQUAL", first: null, changed: [], continued_not_identical: false, brain_mutated: null }
    expect(await world.run(replay(world, recording))).toEqual(equal)
    const elsewhere = makeWorld()
    for (const part of recording.document.split.parts)
      elsewhere.memory.blobs.set(part.ids_sha256, world.memory.blobs.get(part.ids_sha256) ?? new Uint8Array())
    expect(await elsewhere.run(replay(elsewhere, recording))).toEqual(equal)
    expect(elsewhere.memory.writes).toBe(0)
  })

  it("is EQUAL for a run that was paused and resumed", async () => {
    const world = makeWorld()
    const row = await world.run(create(world))
    world.faults.failsAt = "s-021"
    await expect(world.run(goOn(world, row))).rejects.toThrow("the learner failed")
    world.faults.failsAt = undefined
    await world.run(goOn(world, row))
    expect((await world.run(replay(world, await world.run(recordingOf(world, row))))).verdict).toBe("EQUAL")
  })

  it("finds a learner that reads a clock, and says where", async () => {
    const world = makeWorld()
    let now = 0
    world.faults.clock = () => (now >= 50 ? 1 : 0)
    const recording = await recorded(world)
    now = 50
    const { verdict, first } = await world.run(replay(world, recording))
    const row = recording.predictions.find((each) => each.line.includes('"class_id"') && !each.line.includes("abstain"))
    expect(verdict).toBe("DIVERGED")
    expect(first).toMatchObject({ phase: "train", epoch: 0, sample_id: row?.sample_id, tick: row?.tick, field: "prediction" })
    const said = first?.recorded as { readonly class: { readonly class_id: number } } | undefined
    expect(first?.replayed).toMatchObject({ class: { class_id: ((said?.class.class_id ?? 0) + 1) % 3 } })
  })

  it("finds an altered prediction at exactly its sample, wherever it stands", async () => {
    const world = makeWorld()
    const recording = await recorded(world)
    expect(recording.predictions.length).toBe(96)
    for (const at of [1, 40, 72, 95]) {
      const altered = withRow(recording, at, (said) => {
        said.prediction = { class: { class_id: 77, scores: [] } }
      })
      const { verdict, first } = await world.run(replay(world, altered))
      const row = recording.predictions[at]
      expect(verdict).toBe("DIVERGED")
      expect(first).toMatchObject({ phase: row?.phase, epoch: row?.epoch, sample_id: row?.sample_id, tick: row?.tick, field: "prediction" })
      expect(first?.recorded).toEqual({ class: { class_id: 77, scores: [] } })
    }
  })

  it("finds an altered target, tick, order, and a hash that was recorded for a step or a phase", async () => {
    const world = makeWorld()
    const recording = await recorded(world)
    const rows = recording.predictions
    const cases: ReadonlyArray<readonly [string, Recording]> = [
      [
        "target",
        withRow(recording, 5, (said) => {
          said.target = { class: { class_id: 9, label: null } }
        })
      ],
      ["tick", { ...recording, predictions: rows.map((row, at) => (at === 5 ? { ...row, tick: row.tick + 1 } : row)) }],
      [
        "sample_id",
        {
          ...recording,
          predictions: rows
            .map((row, at) => rows[at === 5 ? 6 : at === 6 ? 5 : at] ?? row)
            .map((row, at) => ({ ...row, line: row.line.replace(/"index":\d+/, `"index":${rows[at]?.index}`) }))
        }
      ],
      ["full_hash", { ...recording, steps: recording.steps.map((step, at) => (at === 2 ? { ...step, full_hash: "0" } : step)) }],
      ["learned_hash", { ...recording, phases: recording.phases.map((phase, at) => (at === 0 ? { ...phase, learned_hash: "0" } : phase)) }],
      [
        "learned_hash_before",
        { ...recording, phases: recording.phases.map((phase, at) => (at === 1 ? { ...phase, learned_hash_before: "0" } : phase)) }
      ],
      [
        "predictions_sha256",
        { ...recording, phases: recording.phases.map((phase, at) => (at === 0 ? { ...phase, predictions_sha256: "0" } : phase)) }
      ],
      [
        "scorecard_body_sha256",
        { ...recording, phases: recording.phases.map((phase, at) => (at === 2 ? { ...phase, scorecard_body_sha256: "0" } : phase)) }
      ]
    ]
    for (const [field, altered] of cases) {
      const { verdict, first } = await world.run(replay(world, altered))
      expect([field, verdict, first?.field]).toEqual([field, "DIVERGED", field])
    }
  })

  it("finds a prediction too few and a prediction too many", async () => {
    const world = makeWorld()
    const recording = await recorded(world)
    const rows = recording.predictions
    const last = rows.at(-1)
    if (last === undefined) throw new Error("a run has predictions")
    const fewer = await world.run(replay(world, { ...recording, predictions: rows.slice(0, -1) }))
    expect(fewer.first).toMatchObject({ phase: "test", sample_id: last.sample_id, field: "sample", recorded: null })
    const more = await world.run(replay(world, { ...recording, predictions: [...rows, { ...last, index: 12 }] }))
    expect(more.first).toMatchObject({ phase: "test", sample_id: last.sample_id, field: "sample", replayed: null })
  })

  it("names every input that changed and runs nothing", async () => {
    const world = makeWorld()
    const recording = await recorded(world)
    world.faults.clock = () => {
      throw new Error("nothing may run")
    }
    world.faults.datasetChanged = true
    world.filesSha256 = "e".repeat(64)
    const [part] = recording.document.split.parts
    const bytes = world.memory.blobs.get(part?.ids_sha256 ?? "")
    if (bytes !== undefined) bytes[2] = (bytes[2] ?? 0) ^ 1
    const { verdict, changed } = await world.run(replay(world, recording))
    expect(verdict).toBe("INPUT_CHANGED")
    expect(changed.map((each) => each.input)).toEqual(["plugin toys", `split ${part?.name}`, "dataset shapes@1"])
    expect(changed[0]).toMatchObject({ expected: "f".repeat(64), actual: "e".repeat(64) })
  })

  it("names the dataset when no registered one has the pinned content", async () => {
    const world = makeWorld()
    const recording = await recorded(world)
    world.memory.datasets.length = 0
    expect(await world.run(replay(world, recording))).toMatchObject({
      verdict: "INPUT_CHANGED",
      changed: [{ input: "dataset shapes@1", expected: recording.document.dataset.content_hash }]
    })
  })
})
