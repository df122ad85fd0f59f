/** What is particular to each operation: places, edges, rates, refusals, and the answers of NumPy. */
import type { IRSample, TimeSeries } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { SeedTree } from "../../../packages/determinism/src/index.ts"
import { opened, refusals, sampleOf } from "../../transform-tabular/test/support.ts"
import { seriesJitter, seriesMinMax, seriesResample, seriesWindow, seriesZNormalise } from "../src/index.ts"
import { naturalLogarithm, normalDeviate } from "../src/normalDeviate.ts"
import { five, other, shape, signal, three } from "./cases.ts"
import oracle from "./oracle/signals.json" with { type: "json" }

const seriesOf = ({ payload }: IRSample): TimeSeries => {
  if (!("time_series" in payload)) throw new Error("no signal")
  return payload.time_series
}
const after = async (subject: Parameters<typeof opened>[0], sample = subject.samples[0] ?? five) =>
  seriesOf(await opened(subject).apply(sample))
/** One channel. */
const mono = (values: ReadonlyArray<number>) => ({
  shape: {
    kind: "time_series",
    channels: [{ name: "x", min: -1e9, max: 1e9 }],
    length: [values.length, values.length],
    sample_rate_hz: 100
  } as const,
  samples: [signal("mono", values, { channel_ids: ["x"] })]
})

describe("series-window", () => {
  const subject = (at: unknown, length: number, pad: unknown = "refuse", most = 5) => ({
    transform: seriesWindow,
    options: { length, at, pad },
    shape: shape(3, most),
    samples: [five]
  })
  it.each<readonly [string, unknown, number, unknown, ReadonlyArray<number>]>([
    ["from the start", "start", 2, "refuse", [-2, 10, -1, 20]],
    ["from the end", "end", 2, "refuse", [1, 40, 2, 0]],
    ["from the centre, nearer to the start", "centre", 2, "refuse", [-1, 20, 0.5, 30]],
    ["from an offset", { offset: 1 }, 2, "refuse", [-1, 20, 0.5, 30]],
    ["behind the end", "start", 6, { value: 7 }, [-2, 10, -1, 20, 0.5, 30, 1, 40, 2, 0, 7, 7]],
    ["before the start", "end", 6, { value: 7 }, [7, 7, -2, 10, -1, 20, 0.5, 30, 1, 40, 2, 0]],
    ["on both sides", "centre", 7, { value: 7 }, [7, 7, -2, 10, -1, 20, 0.5, 30, 1, 40, 2, 0, 7, 7]],
    ["from an offset near the end", { offset: 4 }, 2, { value: 7 }, [2, 0, 7, 7]]
  ])("takes whole points %s", async (_, at, length, pad, expected) => {
    expect((await after(subject(at, length, pad))).samples).toEqual(expected)
  })
  it("widens the range of a channel by what it fills in, only where it does", () => {
    const range = (length: number) => {
      const found = opened(subject("start", length, { value: -5 })).shape()
      return found.ok && found.value.kind === "time_series" ? found.value.channels.map(({ min }) => min) : []
    }
    expect(range(4)).toEqual([-5, -5])
    expect(range(3)).toEqual([-2, 0])
  })
  it("refuses what is too short, at the plan and in the sample's name", async () => {
    expect(refusals(subject({ offset: 2 }, 2))).toEqual(["pad: a signal is shorter than the window"])
    expect(await opened(subject("start", 3)).fault(signal("short", [1, 2, 3, 4]))).toMatchObject({
      code: "series-window/SHORT",
      sample_id: "short"
    })
  })
  it("moves the ends of labelled stretches with their points", async () => {
    const hold_ends = [0n, 2n, 4n].map((sample_index, class_id) => ({ sample_index, class_id }))
    const labelled = signal("labelled", seriesOf(five).samples, { hold_ends })
    const series = await after(subject("centre", 3), labelled)
    expect(series.hold_ends).toEqual([{ sample_index: 1n, class_id: 1 }])
  })
})

describe("series-resample", () => {
  const options = { length: 5, method: "linear", sample_rate: "keep" }

  it.each(oracle.map((each) => [`${each.values.length} points as ${each.to}`, each] as const))(
    "gives NumPy's numbers to 1e-12: %s",
    async (_, { values, to, resampled }) => {
      const series = await after({ transform: seriesResample, options: { ...options, length: to }, ...mono(values) })
      expect(series.samples.length).toBe(to)
      for (const [index, value] of series.samples.entries())
        expect(Math.abs(value - (resampled[index] ?? Number.NaN))).toBeLessThanOrEqual(1e-12)
    }
  )
  it("copies a signal of the same length and keeps both ends exactly", async () => {
    const subject = { transform: seriesResample, options, shape: shape(3, 5), samples: [other] }
    expect((await after(subject)).samples).toEqual(seriesOf(other).samples)
    const { samples } = await after({ ...subject, options: { ...options, length: 17 } })
    expect([samples.slice(0, 2), samples.slice(-2)]).toEqual([
      [0.1, 1],
      [0.5, 8]
    ])
  })
  it("says the rate of the new points where there is one", async () => {
    const scaled = { transform: seriesResample, options: { ...options, length: 9, sample_rate: "scale" }, shape: shape(5), samples: [five] }
    expect((await after(scaled)).sample_rate_hz).toBe(200)
    expect(opened(scaled).shape()).toMatchObject({ value: { sample_rate_hz: 200, length: [9, 9] } })
    for (const of of [shape(3, 5), shape(1)])
      expect(refusals({ ...scaled, shape: of })).toEqual(["sample_rate: the new points have no rate that could be said"])
  })
  it("refuses labelled stretches, whose ends would fall between points", async () => {
    const labelled = signal("labelled", seriesOf(three).samples, { hold_ends: [{ sample_index: 2n, class_id: 0 }] })
    const { fault } = opened({ transform: seriesResample, options, shape: shape(3), samples: [three] })
    expect(await fault(labelled)).toMatchObject({ code: "series-resample/STRETCHES", sample_id: "labelled" })
  })
})

describe("series-z-normalise and series-min-max", () => {
  const long = oracle.filter(({ z }) => z !== undefined)
  it.each(long)("give NumPy's numbers to 1e-12", async ({ values, z, scaled }) => {
    const one = await after({ transform: seriesZNormalise, options: { per: "series", constant: "refuse" }, ...mono(values) })
    const two = await after({ transform: seriesMinMax, options: { per: "channel", range: [0, 1], constant: "refuse" }, ...mono(values) })
    for (const index of values.keys()) {
      expect(Math.abs((one.samples[index] ?? 9) - (z?.[index] ?? 0))).toBeLessThanOrEqual(1e-12)
      expect(Math.abs((two.samples[index] ?? 9) - (scaled?.[index] ?? 0))).toBeLessThanOrEqual(1e-12)
    }
  })
  it("scale every channel by itself, or all of them together", async () => {
    const options = { per: "channel", range: [0, 1], constant: "refuse" }
    const subject = { transform: seriesMinMax, options, shape: shape(3, 5), samples: [three] }
    expect((await after(subject)).samples).toEqual([1, 0, 0, 0.5, 0.7, 1])
    const together = await after({ ...subject, options: { ...options, per: "series" } })
    expect([together.samples[2], together.samples[5]]).toEqual([0, 1])
    // −2 + (−0.3 + 2) is −0.30000000000000004 in doubles
    expect(
      (await after({ ...subject, options: { ...options, range: [-2, -0.3] } })).samples.filter((value) => value === -0.3)
    ).toHaveLength(2)
  })
  it("refuse what has one value, naming the channel, or make it one", async () => {
    const flat = signal("flat", [1, 5, 2, 5, 3, 5])
    const z = (constant: string, per = "channel") => ({
      transform: seriesZNormalise,
      options: { per, constant },
      shape: shape(3),
      samples: [flat]
    })
    expect(await opened(z("refuse")).fault(flat)).toMatchObject({
      code: "series-z-normalise/CONSTANT",
      sample_id: "flat",
      message: 'channel "right" has one value'
    })
    expect((await after(z("zero"))).samples.filter((_, index) => index % 2 === 1)).toEqual([0, 0, 0])
    const low = { transform: seriesMinMax, options: { per: "channel", range: [2, 3], constant: "low" }, shape: shape(3), samples: [flat] }
    expect((await after(low)).samples).toEqual([2, 2, 2.5, 2, 3, 2])
    expect(await opened({ ...low, options: { ...low.options, constant: "refuse" } }).fault(flat)).toMatchObject({
      code: "series-min-max/CONSTANT"
    })
    const tenths = mono([0.1, 0.1, 0.1])
    expect((await after({ ...z("zero"), ...tenths })).samples).toEqual([0, 0, 0])
  })
  it("refuse what no double can scale", async () => {
    const huge = mono([-1.7e308, 1.7e308, 1.7e308])
    const subject = { transform: seriesZNormalise, options: { per: "series", constant: "refuse" }, ...huge }
    expect(await opened(subject).fault(huge.samples[0] ?? five)).toMatchObject({ code: "series-z-normalise/RANGE", sample_id: "mono" })
    const span = { transform: seriesMinMax, options: { per: "series", range: [0, 1], constant: "refuse" }, ...huge }
    expect(await opened(span).fault(huge.samples[0] ?? five)).toMatchObject({ code: "series-min-max/RANGE" })
  })
})

describe("series-jitter", () => {
  const subject = { transform: seriesJitter, options: { std: 0.1 }, shape: shape(5), samples: [five] }

  it("gives the same numbers for the same stream and others for another", async () => {
    const { apply } = opened(subject)
    expect(await apply(five, "a")).toEqual(await apply(five, "a"))
    expect(await apply(five, "a")).not.toEqual(await apply(five, "b"))
  })
  it("stays within the range of every channel", async () => {
    const { samples } = await after({ ...subject, options: { std: 100 } })
    for (const [index, value] of samples.entries()) {
      expect(value).toBeGreaterThanOrEqual(index % 2 === 0 ? -2 : 0)
      expect(value).toBeLessThanOrEqual(index % 2 === 0 ? 2 : 40)
    }
  })
})

describe("normalDeviate()", () => {
  const rng = SeedTree.root("deviates").random()
  const drawn = Array.from({ length: 40_000 }, () => normalDeviate(rng))
  const momentOf = (power: number) => drawn.reduce((sum, value) => sum + value ** power, 0) / drawn.length

  it("has the moments of a normal deviate: 0, 1, 0, 3", () => {
    expect(Math.abs(momentOf(1))).toBeLessThan(0.02)
    expect(Math.abs(momentOf(2) - 1)).toBeLessThan(0.03)
    expect(Math.abs(momentOf(3))).toBeLessThan(0.06)
    expect(Math.abs(momentOf(4) - 3)).toBeLessThan(0.2)
  })
  it("draws two numbers a try and keeps x", () => {
    const given = [1, 1, 0.75, 0.5]
    const scripted = {
      ...rng,
      unit: () => given.shift() ?? Number.NaN,
      below: () => 0,
      shuffle: () => [],
      permutation: () => [],
      fill: () => {}
    }
    expect(normalDeviate(scripted)).toBeCloseTo(0.5 * Math.sqrt((-2 * Math.log(0.25)) / 0.25), 14)
    expect(given).toEqual([])
  })
  it("takes a logarithm that is good to 3e-16 of its size", () => {
    for (let s = 1; s > 1e-300; s *= 0.37) {
      const exact = Math.log(s)
      expect(Math.abs(naturalLogarithm(s) - exact)).toBeLessThanOrEqual(3e-16 * Math.abs(exact))
    }
  })
})

describe("every operation", () => {
  it("refuses a signal of other channels, half a point and what is no number, by the sample's name", async () => {
    const { fault } = opened({ transform: seriesJitter, options: { std: 1 }, shape: shape(5), samples: [five] })
    for (const [broken, expected] of [
      [signal("a", [1, 2], { channel_ids: ["left", "middle"] }), "the channels left, right"],
      [signal("b", [1, 2, 3]), "whole points in time of 2 channels, at least one"],
      [signal("c", []), "whole points in time of 2 channels, at least one"],
      [signal("d", [1, Number.NaN]), "a finite number at point 0"],
      [sampleOf("e"), "payload time_series"]
    ] as const)
      expect(await fault(broken)).toMatchObject({ code: "series-jitter/SAMPLE", sample_id: broken.sample_id, expected })
    for (const transform of [seriesWindow, seriesResample, seriesZNormalise, seriesMinMax, seriesJitter]) {
      const context = { options: {} as never, shape: { kind: "text", length: [1, 2] } as const, fitted: undefined }
      expect(transform.shape(context)).toMatchObject({ ok: false, mistakes: [{ message: `${transform.id} takes signals` }] })
    }
  })
})
