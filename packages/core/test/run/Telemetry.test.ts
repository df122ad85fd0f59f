import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import {
  energyModel,
  type HostReading,
  HostUsage,
  type PhaseTelemetry,
  type RunRow,
  type TelemetryRow,
  telemetryOf
} from "../../src/index.ts"
import { create, dieAt, goOn, hashesOf, makeWorld, planned, recordingOf, replay, runToEnd, type World } from "../support/world.ts"

/** A machine on which every reading finds the clock a quarter of a second later and a little more memory in use. */
const machine = () => {
  let readings = 0
  return Effect.provideService(HostUsage, {
    read: Effect.sync((): HostReading => {
      readings += 1
      return {
        wall_seconds: readings / 4,
        cpu_user_seconds: readings / 8,
        cpu_system_seconds: readings / 16,
        rss_peak_bytes: 1000 + readings
      }
    })
  })
}
const onMachine = (world: World, row: RunRow) => world.run(goOn(world, row).pipe(machine()))
const rowsOf = (world: World): ReadonlyArray<TelemetryRow> => world.memory.runs[0]?.telemetry ?? []
const values = ({ figures }: PhaseTelemetry) => Object.fromEntries(figures.map(({ name, value }) => [name, value]))

describe("telemetry", () => {
  it("is one row for each durable step: what the host and the learner say that it cost", async () => {
    const world = makeWorld()
    await onMachine(world, await world.run(create(world)))
    const rows = rowsOf(world)
    expect(rows.map(({ samples }) => samples)).toEqual([7, 7, 7, 7, 7, 1, 7, 7, 7, 7, 7, 1, 7, 5, 7, 5])
    const { bytes_written, rss_peak_bytes, ...first } = rows[0]?.figures ?? {}
    expect(first).toEqual({
      wall_seconds: 0.25,
      cpu_user_seconds: 0.125,
      cpu_system_seconds: 0.0625,
      bursts: 7,
      spikes: 21,
      synaptic_events: 210,
      neurons: 12
    })
    const checkpoint = world.memory.blobs.get(
      String(world.memory.runs[0]?.events.find(({ type }) => type === "step")?.payload.checkpoint_sha256)
    )
    const lines = (world.memory.runs[0]?.predictions ?? []).slice(0, 7).reduce((sum, { line }) => sum + line.length, 0)
    expect(bytes_written).toBe(lines + (checkpoint?.length ?? 0))
    expect(rss_peak_bytes).toBe(1002)
  })

  it("adds up by phase, each figure with its unit and its label, and energy as an estimate of a named model", async () => {
    const world = makeWorld()
    await onMachine(world, await world.run(create(world)))
    const phases = telemetryOf(rowsOf(world))
    expect(phases.map(({ phase, samples, steps }) => [phase, samples, steps])).toEqual([
      ["train", 72, 12],
      ["validate", 12, 2],
      ["test", 12, 2]
    ])
    const [train] = phases
    if (train === undefined) throw new Error("there is a training")
    expect(values(train)).toMatchObject({
      wall_seconds: 3,
      cpu_user_seconds: 1.5,
      rss_peak_bytes: 1013,
      bursts: 72,
      spikes: 216,
      synaptic_events: 2160,
      neurons: 12,
      samples_per_second: 24,
      bursts_per_second: 24,
      activation_sparsity: 1 - 216 / (72 * 12),
      synaptic_events_per_sample: 30,
      energy_joules: 2160 * 0.9e-12
    })
    for (const { name, label, model, unit } of train.figures) {
      expect(unit).not.toBe("")
      expect([name, label, model]).toEqual(name === "energy_joules" ? [name, "estimated", energyModel] : [name, "measured", undefined])
    }
  })

  it("has no figure that nobody measured, and none of a phase in which one step lacks it", async () => {
    const world = makeWorld()
    await world.run(runToEnd(world))
    const [train] = telemetryOf(rowsOf(world))
    expect(Object.keys(values(train as PhaseTelemetry))).toEqual([
      "bytes_written",
      "bursts",
      "spikes",
      "synaptic_events",
      "neurons",
      "activation_sparsity",
      "synaptic_events_per_sample",
      "energy_joules"
    ])
    const row = (figures: TelemetryRow["figures"]): TelemetryRow => ({ phase: "train", samples: 1, figures })
    const [partly] = telemetryOf([row({ bursts: 3, spikes: 4 }), row({ bursts: 3 })])
    expect(values(partly as PhaseTelemetry)).toEqual({ bursts: 6 })
    const [still] = telemetryOf([row({ bursts: 0, neurons: 4, spikes: 0, wall_seconds: 0 })])
    expect(Object.keys(values(still as PhaseTelemetry))).toEqual(["wall_seconds", "bursts", "spikes", "neurons"])
    expect(telemetryOf([])).toEqual([])
  })

  it("is in no hash, event, prediction or Scorecard: a run that is measured is the run that is not", async () => {
    const [bare, measured] = [makeWorld(), makeWorld()]
    const expected = await bare.run(runToEnd(bare))
    const row = await measured.run(create(measured))
    const seen = await onMachine(measured, row)
    expect(hashesOf(seen)).toEqual(hashesOf(expected))
    expect(measured.memory.runs[0]?.events).toEqual(bare.memory.runs[0]?.events)
    expect(measured.memory.scorecards).toEqual(bare.memory.scorecards)
    const { document } = await measured.run(planned(measured))
    const texts = [JSON.stringify(document), ...[...measured.memory.blobs.values()].map((bytes) => new TextDecoder().decode(bytes))]
    for (const text of [...texts, JSON.stringify(measured.memory.runs[0]?.events)])
      expect(text).not.toMatch(/wall_seconds|cpu_user|rss_peak|energy_joules|synaptic_events/)
    expect((await measured.run(replay(measured, await measured.run(recordingOf(measured, row))))).verdict).toBe("EQUAL")
  })

  it("counts every committed step once, whichever commit the run died at", async () => {
    const whole = makeWorld()
    await whole.run(runToEnd(whole))
    const expected = telemetryOf(rowsOf(whole))
    const commits = whole.memory.runs[0]?.events.length ?? 0
    for (let n = 1; n < commits; n++) {
      const world = makeWorld()
      const row = await world.run(create(world))
      expect(await dieAt(world, row, n), `commit ${n}`).toBe(true)
      await world.run(goOn(world, row))
      const { events = [] } = world.memory.runs[0] ?? {}
      expect(rowsOf(world).length, `commit ${n}`).toBe(events.filter(({ type }) => type === "step").length)
      // The toy's clock goes on where the checkpoint left it, so that a session that was restored counts its bursts from there.
      const figures = (phases: ReadonlyArray<PhaseTelemetry>) => phases.map(({ phase, samples, steps }) => [phase, samples, steps])
      expect(figures(telemetryOf(rowsOf(world))), `commit ${n}`).toEqual(figures(expected))
      expect(
        telemetryOf(rowsOf(world)).map((each) => values(each).bursts),
        `commit ${n}`
      ).toEqual([72, 12, 12])
    }
  })
})
