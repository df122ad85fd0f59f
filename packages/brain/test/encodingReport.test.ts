import type { CoderSelection, Voxel } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { channelsOf, type EncodedSample, entropyBits, makeEncodingTally } from "../src/index.ts"

const selection = (
  id: string,
  channels: number,
  size: readonly [number, number, number],
  layout: Readonly<Record<string, number>> = {}
): CoderSelection => ({
  direction: "input",
  binding: { io_type: "Percentage", coder_id: "percentage_encoder", cortical_area_id: id, properties: { layout } },
  channels,
  channel_dimensions: size
})

describe("entropy", () => {
  it("is that of Shannon in bits, whatever the counts", () => {
    expect(entropyBits([1, 1, 1, 1])).toBe(2)
    expect(entropyBits([5, 5])).toBe(1)
    // −¾ log₂ ¾ − ¼ log₂ ¼
    expect(entropyBits([3, 1])).toBeCloseTo(0.8112781244591328, 15)
    expect([entropyBits([7]), entropyBits([]), entropyBits([4, 0])]).toEqual([0, 0, 0])
  })
})

describe("the channels of a selection", () => {
  it("carry the features in order where every selection says how many channels one has", () => {
    const found = channelsOf(
      [selection("a", 4, [1, 1, 5], { channels_per_feature: 2 }), selection("b", 1, [3, 1, 5], { channels_per_feature: 1 })],
      3
    )
    expect(found.map(({ area, channel, from, width, feature }) => [area, channel, from, width, feature])).toEqual([
      ["a", 0, 0, 1, 0],
      ["a", 1, 1, 1, 0],
      ["a", 2, 2, 1, 1],
      ["a", 3, 3, 1, 1],
      ["b", 0, 0, 3, 2]
    ])
  })

  it("carry no feature that can be named where one does not say, or the numbers do not add up", () => {
    const named = (inputs: ReadonlyArray<CoderSelection>, features: number | undefined) =>
      channelsOf(inputs, features).map(({ feature }) => feature)
    expect(named([selection("a", 2, [1, 1, 5])], 2)).toEqual([null, null])
    expect(named([selection("a", 2, [1, 1, 5], { channels_per_feature: 1 })], 3)).toEqual([null, null])
    expect(named([selection("a", 2, [1, 1, 5], { channels_per_feature: 1 })], undefined)).toEqual([null, null])
    expect(named([selection("a", 2, [1, 1, 5], { channels_per_feature: 1.5 })], 2)).toEqual([null, null])
  })
})

describe("the report of a code", () => {
  const inputs = [selection("area", 2, [1, 1, 2], { channels_per_feature: 1 })]
  const tally = () => makeEncodingTally({ inputs, channels: channelsOf(inputs, 2), features: ["a", "b"] })
  const at = (x: number, z: number, potential = 1): Voxel => ({ area: "area", x, y: 0, z, potential })
  const sample = (sample_id: string, values: readonly number[], label: string | null, voxels: ReadonlyArray<Voxel>): EncodedSample => ({
    sample_id,
    values,
    label,
    voxels
  })

  it("is what a hand counts", () => {
    const report = tally()
    // a: 0 and 0.2 in one bin, 0.8 and 0.9 in the other; b never changes.
    report.add(sample("s0", [0, 5], "x", [at(0, 1), at(1, 1)]))
    report.add(sample("s1", [0.2, 5], "y", [at(1, 1), at(0, 1)]))
    report.add(sample("s2", [0.8, 5], "y", [at(0, 0), at(1, 1)]))
    report.add(sample("s3", [0.9, 5], "y", [at(0, 0), at(1, 1)]))
    expect(report.result()).toEqual({
      samples: 4,
      rows: "features",
      features: [
        { name: "a", distinct_values: 4, distinct_codes: 2, value_bits: 2, code_bits: 1, lost_bits: 1 },
        { name: "b", distinct_values: 1, distinct_codes: 1, value_bits: 0, code_bits: 0, lost_bits: 0 }
      ],
      sample: { distinct_values: 4, distinct_codes: 2, value_bits: 2, code_bits: 1, lost_bits: 1 },
      collisions: {
        codes: 2,
        contents: 4,
        samples: 4,
        examples: [
          { sample_ids: ["s0", "s1"], samples: 2, labels: ["x", "y"] },
          { sample_ids: ["s2", "s3"], samples: 2, labels: ["y"] }
        ]
      },
      ambiguous: { labelled: 4, by_code: { groups: 1, samples: 2, errors: 1 }, by_content: { groups: 0, samples: 0, errors: 0 } },
      channels: { count: 2, silent: [] },
      voxels: { count: 4, never_lit: 1 },
      active: { least: 2, mean: 2, most: 2 }
    })
  })

  it("tells what no code could answer from what this one cannot", () => {
    const report = tally()
    report.add(sample("s0", [0, 0], "x", [at(0, 1)]))
    report.add(sample("s1", [0, 0], "y", [at(0, 1)]))
    report.add(sample("s2", [0.1, 0], "y", [at(0, 1)]))
    const { ambiguous, collisions } = report.result()
    expect(ambiguous).toEqual({
      labelled: 3,
      by_code: { groups: 1, samples: 3, errors: 1 },
      by_content: { groups: 1, samples: 2, errors: 1 }
    })
    // Two samples of one content are no collision of the code.
    expect(collisions).toMatchObject({ codes: 1, contents: 2, samples: 3, examples: [{ sample_ids: ["s0", "s2"] }] })
  })

  it("counts silent channels, strengths of potentials as codes of their own, and samples that light nothing", () => {
    const report = tally()
    report.add(sample("s0", [1, 1], null, [at(0, 0, 0.5)]))
    report.add(sample("s1", [2, 1], null, [at(0, 0, 0.25)]))
    report.add(sample("s2", [3, 1], null, []))
    const { features, channels, active, ambiguous, voxels } = report.result()
    expect(features[0]).toMatchObject({ distinct_codes: 3, lost_bits: 0 })
    expect(channels).toEqual({ count: 2, silent: [{ index: 1, feature: "b" }] })
    expect([voxels.never_lit, ambiguous]).toEqual([3, null])
    expect(active).toEqual({ least: 0, mean: 2 / 3, most: 1 })
  })

  it("of no sample has no numbers that would look like a measurement", () => {
    const { samples, active, ambiguous, sample: all } = tally().result()
    expect([samples, active, ambiguous, all.value_bits]).toEqual([0, null, null, 0])
  })
})
