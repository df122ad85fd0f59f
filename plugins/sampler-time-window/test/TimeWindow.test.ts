import { epochRng } from "@feagi-trainer/conformance"
import type { SamplerItem } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { timeWindow } from "../src/index.ts"
import type { Options } from "../src/Options.ts"

/** One episode for each text, one sample for each letter of it; samples of all episodes take turns in time. */
const indexOf = (...lengths: ReadonlyArray<number>): ReadonlyArray<SamplerItem> =>
  lengths
    .flatMap((length, episode) => Array.from({ length }, (_, at) => ({ group: `episode-${episode}`, time: at * 100 + episode })))
    .map((item, position) => ({ position, sample_id: `s${position}`, ...item }))

const options: Options = { length: 3, stride: 3, order: "time", incomplete: "keep" }
const planned = (over: Partial<Options>, index: ReadonlyArray<SamplerItem>, epoch = 0) =>
  timeWindow.plan({ ...options, ...over }, { index, rng: epochRng("plan", epoch), epoch })

describe("time-window", () => {
  it("cuts an episode into windows side by side, each sample once", () => {
    expect(planned({}, indexOf(7))).toEqual({ order: [0, 1, 2, 3, 4, 5, 6], draws: "permutation" })
  })

  it("drops what is left of an episode, and says so", () => {
    expect(planned({ incomplete: "drop" }, indexOf(7))).toEqual({
      order: [0, 1, 2, 3, 4, 5],
      draws: { subset: "the 6 of 7 samples that are in windows of 3 consecutive samples of one episode, one from every 3" }
    })
  })

  it("overlaps windows, and says that samples are repeated", () => {
    expect(planned({ stride: 2, incomplete: "drop" }, indexOf(6))).toEqual({
      order: [0, 1, 2, 2, 3, 4],
      draws: {
        weighted:
          "each sample once for every window that it is in, 5 of 6 in any: windows of 3 consecutive samples of one episode, one from every 2"
      }
    })
    expect(planned({ stride: 2 }, indexOf(6)).order).toEqual([0, 1, 2, 2, 3, 4, 4, 5])
  })

  it("leaves a pause between windows that are further apart than they are long", () => {
    expect(planned({ length: 2, stride: 4 }, indexOf(8))).toMatchObject({ order: [0, 1, 4, 5], draws: { subset: expect.any(String) } })
  })

  it("never crosses from one episode to the next, for random episodes and windows", () => {
    for (let round = 0; round < 300; round++) {
      const rng = epochRng("episodes", round)
      const index = rng.shuffle(indexOf(...Array.from({ length: 1 + rng.below(6) }, () => 1 + rng.below(12))))
      const of = new Map(index.map((item) => [item.position, item]))
      const length = 1 + rng.below(5)
      const stride = 1 + rng.below(5)
      const order = round % 2 === 0 ? ("time" as const) : ("shuffled-windows" as const)
      const given = { length, stride, order, incomplete: "drop" } as const
      if ((timeWindow.check?.(given, { index, epochs: 1 }) ?? []).length > 0) continue
      const positions = planned(given, index, round).order
      expect(positions.length % length).toBe(0)
      for (let start = 0; start < positions.length; start += length) {
        const window = positions.slice(start, start + length).map((position) => of.get(position))
        expect(new Set(window.map((item) => item?.group)).size).toBe(1)
        const times = window.map((item) => item?.time ?? 0)
        expect(times).toEqual(times.map((_, at) => (times[0] ?? 0) + at * 100))
        expect(((times[0] ?? 0) - ((times[0] ?? 0) % 100)) % (stride * 100)).toBe(0)
      }
      // Every sample is in as many windows as begin within its last `length` places and fit in.
      const sizes = Map.groupBy(index, ({ group }) => group)
      for (const { position, group, time = 0 } of index) {
        const place = Math.floor(time / 100)
        const starts = Array.from({ length: place + 1 }, (_, start) => start).filter(
          (start) => start % stride === 0 && start > place - length && start + length <= (sizes.get(group)?.length ?? 0)
        )
        expect(positions.filter((each) => each === position)).toHaveLength(starts.length)
      }
    }
  })

  it("replays windows in the order in which they began, of all episodes", () => {
    // Episode 1 begins one millisecond after episode 0; the second window of each 300 milliseconds later.
    expect(planned({}, indexOf(6, 6)).order).toEqual([0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11])
  })

  it("shuffles windows and leaves the order within them", () => {
    const { order, draws } = planned({ order: "shuffled-windows" }, indexOf(9, 9, 9))
    expect(draws).toBe("permutation")
    const windows = Array.from({ length: 9 }, (_, at) => order.slice(at * 3, at * 3 + 3))
    for (const [first = 0, ...rest] of windows) expect(rest).toEqual([first + 1, first + 2])
    expect(windows.map(([first]) => first)).not.toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24])
    expect(planned({ order: "shuffled-windows" }, indexOf(9, 9, 9), 1).order).not.toEqual(order)
  })

  it("goes by time, not by the places in the split, and by the id where times are equal", () => {
    const index = [
      { position: 0, sample_id: "d", group: "g", time: 20 },
      { position: 1, sample_id: "b", group: "g", time: 10 },
      { position: 2, sample_id: "a", group: "g", time: 10 },
      { position: 3, sample_id: "c", group: "g", time: 5 }
    ]
    expect(planned({ length: 4, stride: 4 }, index).order).toEqual([3, 2, 1, 0])
  })

  it("begins with the episode whose name comes first where two begin at once", () => {
    const index = ["b", "a"].map((group, position) => ({ position, sample_id: `s${position}`, group, time: 0 }))
    expect(planned({}, index).order).toEqual([1, 0])
  })

  it("names all samples without a time and all without an episode, at once", () => {
    const index = indexOf(6).map(({ position, sample_id, ...rest }, at) => ({
      ...{ position, sample_id },
      ...(at < 4 ? {} : { group: rest.group ?? "" }),
      ...(at === 5 ? {} : { time: at === 4 ? Number.NaN : (rest.time ?? 0) })
    }))
    expect(timeWindow.check?.(options, { index, epochs: 1 })).toEqual([
      {
        path: [],
        problem: "missing",
        message: "the sampler time-window needs the time of every sample; 2 of 6 have none",
        expected: "a time in every entry of the index",
        actual: 'none in "s4", "s5"'
      },
      {
        path: [],
        problem: "missing",
        message: "the sampler time-window needs the episode of every sample; 4 of 6 have none",
        expected: "a group in every entry of the index",
        actual: 'none in "s0", "s1", "s2", …'
      }
    ])
    expect(() => planned({}, index)).toThrow("needs the time of every sample")
  })

  it("refuses windows for which every episode is too short, where they would be dropped", () => {
    const index = indexOf(3, 5)
    expect(timeWindow.check?.({ ...options, length: 6, incomplete: "drop" }, { index, epochs: 1 })).toEqual([
      {
        path: ["length"],
        problem: "invalid",
        message: "no episode is long enough for a window, so that nothing would be visited",
        expected: 'at most 5, the samples of the longest episode, or incomplete = "keep"',
        actual: "6"
      }
    ])
    expect(timeWindow.check?.({ ...options, length: 6 }, { index, epochs: 1 })).toEqual([])
    expect(() => planned({ length: 6, incomplete: "drop" }, index)).toThrow("no episode is long enough")
  })
})
