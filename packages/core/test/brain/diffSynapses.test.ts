import type { CoderSelection, SynapseTable } from "@feagi-trainer/contracts"
import { Random, SeedTree } from "@feagi-trainer/determinism"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { embedded } from "../../../../plugins/feagi-binding/src/EmbeddedBackend.ts"
import { tabularGenome } from "../../../../plugins/feagi-binding/src/TabularGenome.ts"
import { diffSynapses } from "../../src/brain/index.ts"

type Row = readonly [
  from: string,
  source: readonly number[],
  to: string,
  target: readonly number[],
  weight: number,
  potential?: number,
  inhibitory?: number
]

/** A table of rows that stand in canonical order already. */
const tableOf = (areas: ReadonlyArray<string>, rows: ReadonlyArray<Row>): SynapseTable => ({
  areas,
  count: rows.length,
  source_area: Uint32Array.from(rows, ([from]) => areas.indexOf(from)),
  source: Uint32Array.from(rows.flatMap(([, source]) => source)),
  target_area: Uint32Array.from(rows, ([, , to]) => areas.indexOf(to)),
  target: Uint32Array.from(rows.flatMap(([, , , target]) => target)),
  weight: Float32Array.from(rows, (row) => row[4]),
  potential: Float32Array.from(rows, (row) => row[5] ?? 1),
  inhibitory: Uint8Array.from(rows, (row) => row[6] ?? 0)
})

// Ids in the order of their bytes: "a…", "b…".
const [a, b, c] = ["YQAAAAAAAAA=", "YgAAAAAAAAA=", "YwAAAAAAAAA="]

describe("the difference of two tables of synapses", () => {
  it("tells what was added, removed and changed with both weights, and counts the rest", () => {
    const before = tableOf(
      [a, b],
      [
        [a, [0, 0, 0], b, [0, 0, 0], 1],
        [a, [0, 0, 0], b, [1, 0, 0], 2],
        [a, [1, 0, 0], b, [0, 0, 0], 3]
      ]
    )
    const after = tableOf(
      [a, b],
      [
        [a, [0, 0, 0], b, [0, 0, 0], 1],
        [a, [0, 0, 0], b, [1, 0, 0], 2.5],
        [a, [2, 0, 0], b, [0, 0, 0], 4]
      ]
    )
    const found = diffSynapses(before, after, 10)
    expect(found.counts).toEqual({ before: 3, after: 3, same: 1, changed: 1, added: 1, removed: 1 })
    expect(found.totals).toEqual({ absolute: 7.5, signed: 1.5, largest: 4 })
    expect(found.mappings).toEqual([{ from: a, to: b, before: 3, after: 3, same: 1, changed: 1, added: 1, removed: 1 }])
    expect(
      found.top.map(({ change, source, target, before: was, after: is, difference }) => [
        change,
        source.x,
        target.x,
        was?.weight,
        is?.weight,
        difference
      ])
    ).toEqual([
      ["added", 2, 0, undefined, 4, 4],
      ["removed", 1, 0, 3, undefined, -3],
      ["changed", 0, 1, 2, 2.5, 0.5]
    ])
  })

  it("compares areas by id and not by number, and an inhibitory synapse counts against", () => {
    const before = tableOf([a, b], [[a, [0, 0, 0], b, [0, 0, 0], 1, 2, 1]])
    const after = tableOf([a, c, b].toSorted(), [[a, [0, 0, 0], b, [0, 0, 0], 1, 2, 0]])
    expect(diffSynapses(before, after, 1)).toMatchObject({
      counts: { changed: 1, same: 0 },
      totals: { signed: 4 },
      top: [{ before: { inhibitory: true }, after: { inhibitory: false }, difference: 4 }]
    })
  })

  it("matches equal synapses between the same voxels first", () => {
    const between = (...weights: ReadonlyArray<number>) =>
      tableOf(
        [a, b],
        weights.map((weight): Row => [a, [0, 0, 0], b, [0, 0, 0], weight])
      )
    const found = diffSynapses(between(1, 2, 3), between(2, 3, 5), 10)
    expect(found.counts).toMatchObject({ same: 2, changed: 1 })
    expect(found.top).toMatchObject([{ before: { weight: 1 }, after: { weight: 5 } }])
    expect(diffSynapses(between(1, 1), between(1), 10).counts).toMatchObject({ same: 1, removed: 1 })
  })

  it("finds nothing between a table and itself, or between two empty ones", () => {
    const one = tableOf([a, b], [[a, [0, 0, 0], b, [0, 0, 0], 1]])
    expect(diffSynapses(one, one, 5)).toMatchObject({ counts: { same: 1, changed: 0 }, totals: { largest: null }, top: [] })
    expect(diffSynapses(tableOf([], []), tableOf([], []), 5).counts.before).toBe(0)
  })

  it("finds what a search over all pairs finds, however few are told one by one", () => {
    const random = SeedTree.root(5n).child("tables").random()
    for (let round = 0; round < 20; round++) {
      const make = () => {
        const keys = Array.from({ length: 400 }, (_, key) => key).filter(() => random.below(3) > 0)
        return new Map(keys.map((key) => [key, random.below(4)]))
      }
      const [left, right] = [make(), make()]
      const rows = (map: ReadonlyMap<number, number>) =>
        tableOf(
          [a, b],
          [...map].map(([key, weight]): Row => [key < 200 ? a : b, [0, Math.floor((key % 200) / 20), key % 20], b, [0, 0, 0], weight])
        )
      const found = diffSynapses(rows(left), rows(right), 3)
      const both = [...left].filter(([key]) => right.has(key))
      const same = both.filter(([key, weight]) => right.get(key) === weight).length
      expect(found.counts).toEqual({
        before: left.size,
        after: right.size,
        same,
        changed: both.length - same,
        added: right.size - both.length,
        removed: left.size - both.length
      })
      expect(found.top).toHaveLength(3)
      const largest = Math.max(
        ...[...new Set([...left.keys(), ...right.keys()])].map((key) => Math.abs((right.get(key) ?? 0) - (left.get(key) ?? 0)))
      )
      expect(Math.abs(found.top[0]?.difference ?? 0)).toBe(largest)
    }
    expect(random).toBeInstanceOf(Random)
  })
})

describe("one learnt synapse among a hundred thousand of the real engine", () => {
  it("is named by its voxels with the weight before and after", async () => {
    const [bins, classes] = [1000, 110]
    const options = {
      bins,
      spacing: "linear",
      tilings: 1,
      initial_weight: 1,
      max_weight: 10,
      learning_rate: 0.25,
      plasticity_window: 1
    } as const
    const selection = (direction: CoderSelection["direction"], dimensions: CoderSelection["channel_dimensions"], properties: object) =>
      ({
        direction,
        binding: { io_type: "", coder_id: "", cortical_area_id: direction === "input" ? "aWluZgEAAAA=" : "b21pcwoAAAA=", properties },
        channels: 1,
        channel_dimensions: dimensions
      }) as CoderSelection
    const unit = { group: 0, layout: {} }
    const flags = { frame_change_handling: "Absolute" }
    const input = selection("input", [1, 1, bins], {
      ...unit,
      unit: "Infrared",
      flags: { ...flags, percentage_neuron_positioning: "Linear" },
      coder: { Percentage: [{ value: bins }, "Linear", false, "D1"] }
    })
    const output = selection("output", [classes, 1, 1], {
      ...unit,
      unit: "MiscData",
      flags,
      coder: { MiscData: { width: classes, height: 1, depth: 1 } }
    })
    const found = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const session = yield* embedded.open({
            options: { max_voxels: 1e6, max_synapses: 1e6, validation: "strict" },
            genome: tabularGenome(options, 1, classes),
            inputs: [input],
            outputs: [output],
            schedule: { hold_bursts: 1, read_burst: 2 },
            seed: new Uint8Array(32)
          })
          const before = yield* session.synapses
          yield* session.present([[0.25]], 0)
          const taught = Array.from({ length: classes }, (_, index) => (index === 42 ? 1 : 0))
          yield* session.feedback([
            { offset: 0, affect: { channel: "pleasure", magnitude: 100 } },
            { offset: 1, represent: true },
            { offset: 1, teach: [taught] }
          ])
          yield* session.rest(3)
          return diffSynapses(before, yield* session.synapses, 20)
        })
      )
    )
    expect(found.counts).toEqual({
      before: bins * classes,
      after: bins * classes,
      same: bins * classes - 1,
      changed: 1,
      added: 0,
      removed: 0
    })
    expect(found.top).toMatchObject([
      {
        change: "changed",
        // FEAGI's Percentage coder lights z = floor((1 − value) · bins): 0.75 · 1000, the bin below the edge that the value stands on.
        source: { area: "aWluZgEAAAA=", x: 0, y: 0, z: 750 },
        target: { area: "b21pcwoAAAA=", x: 42, y: 0, z: 0 },
        before: { weight: 1 },
        after: { weight: 1.25 }
      }
    ])
  }, 60_000)
})
