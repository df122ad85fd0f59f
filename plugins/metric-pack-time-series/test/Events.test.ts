/** Matched events against mir_eval and against the definition, whose answers were computed once by oracle/events.py. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { decodeEventOptions, intersectionOverUnion } from "../src/EventRule.ts"
import { timeSeriesEvents } from "../src/index.ts"
import { close, eventResult, eventsContext, recording, type Span } from "./support.ts"

interface Overlap {
  readonly about: string
  readonly min_iou: number
  readonly target: ReadonlyArray<Span>
  readonly prediction: ReadonlyArray<Span>
  readonly matched: number
  readonly most: number
  readonly onset_error: number | null
  /** Of the cases from a public archive: the range-based recall of aeon. */
  readonly recall?: number
}
interface Onset {
  readonly about: string
  readonly tolerance: number
  readonly target: ReadonlyArray<number>
  readonly prediction: ReadonlyArray<number>
  readonly matched: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

const { overlaps, onsets } = JSON.parse(readFileSync(new URL("./oracle/events.json", import.meta.url), "utf8")) as {
  readonly overlaps: ReadonlyArray<Overlap>
  readonly onsets: ReadonlyArray<Onset>
}

const overlapping = (min_iou: number) => ({ rule: "overlap@1", min_iou }) as const
const disjoint = (spans: ReadonlyArray<Span>): boolean =>
  spans.every(([start, end], index) => spans.every((other, at) => at <= index || other[0] >= end || other[1] <= start))

describe("time-series-events against its oracles", () => {
  it("has 157 cases of overlap@1 and 97 of point-tolerance@1", () => {
    expect([overlaps.length, onsets.length]).toEqual([157, 97])
  })

  it.each(overlaps)("matches by overlap@1 as it is defined: $about", ({ min_iou, target, prediction, matched, onset_error }) => {
    const { values } = eventResult([recording(0, target, prediction)], overlapping(min_iou))
    expect([values.true_positives, values.false_positives, values.false_negatives]).toEqual([
      matched,
      prediction.length - matched,
      target.length - matched
    ])
    if (onset_error === null) expect(values.onset_error).toEqual({ insufficient: "no event was matched" })
    else close(values.onset_error, onset_error, 1, "onset_error")
  })

  it("is a best assignment wherever events of a side are disjoint and min_iou is above 0.5, and in 8 other cases is not", () => {
    const unique = overlaps.filter(({ min_iou, target, prediction }) => min_iou > 0.5 && disjoint(target) && disjoint(prediction))
    expect(unique.length).toBeGreaterThan(20)
    for (const { matched, most } of unique) expect(matched).toBe(most)
    expect(overlaps.filter(({ matched, most }) => matched < most)).toHaveLength(8)
    expect(overlaps.filter(({ matched, most }) => matched > most)).toHaveLength(0)
  })

  it("finds the anomaly of a public series as aeon's range-based recall does, beside more and more false alarms", () => {
    const real = overlaps.flatMap(({ min_iou, target, prediction, recall }) =>
      recall === undefined ? [] : [{ recall, values: eventResult([recording(0, target, prediction)], overlapping(min_iou)).values }]
    )
    expect(real.map(({ values }) => values.event_recall)).toEqual(real.map(({ recall }) => recall))
    expect(real.map(({ values }) => values.false_positives)).toEqual([51, 23, 9, 0])
    expect(real.at(-1)?.values).toMatchObject({ event_precision: 1, event_recall: 1, event_f1: 1, onset_error: 2 })
  })

  it.each(onsets)("matches starts as mir_eval does: $about", ({ tolerance, target, prediction, matched, precision, recall, f1 }) => {
    const points = (starts: ReadonlyArray<number>): ReadonlyArray<Span> => starts.map((start) => [start, start])
    const { values } = eventResult([recording(0, points(target), points(prediction))], { rule: "point-tolerance@1", tolerance })
    expect(values.true_positives).toBe(matched)
    close(values.event_precision, precision, 1, "event_precision")
    close(values.event_recall, recall, 1, "event_recall")
    close(values.event_f1, f1, 1, "event_f1")
  })
})

describe("overlap@1, by hand", () => {
  it("knows intersection over union", () => {
    const event = (start: number, end: number) => ({ start, end, label: "x" })
    expect(intersectionOverUnion(event(0, 4), event(1, 4))).toBe(0.75)
    expect(intersectionOverUnion(event(0, 1), event(1, 2))).toBe(0)
    expect(intersectionOverUnion(event(0, 8), event(2, 4))).toBe(0.25)
  })

  it("prefers, of equal overlaps, the earlier true event and then the earlier answer", () => {
    // Half of [0, 4) twice: the earlier answer starts with it.
    const answers = eventResult(
      [
        recording(
          0,
          [[0, 4]],
          [
            [2, 4],
            [0, 2]
          ]
        )
      ],
      overlapping(0.5)
    )
    expect([answers.values.true_positives, answers.values.onset_error]).toEqual([1, 0])
    // The answer is half of each: the earlier true event starts with it.
    const targets = eventResult(
      [
        recording(
          0,
          [
            [2, 4],
            [0, 2]
          ],
          [[0, 4]]
        )
      ],
      overlapping(0.5)
    )
    expect([targets.values.true_positives, targets.values.onset_error]).toEqual([1, 0])
  })

  it("never matches over labels or over recordings", () => {
    const { values } = eventResult([recording(0, [[0, 1, "a"]], [[0, 1, "b"]]), recording(1, [[0, 1, "b"]], [])], overlapping(0.5))
    expect([values.true_positives, values.false_positives, values.false_negatives]).toEqual([0, 1, 2])
    expect(values["event_precision/a"]).toEqual({ insufficient: "no event was predicted" })
    expect(values["event_recall/a"]).toBe(0)
    expect(values["event_f1/b"]).toBe(0)
  })

  it("counts an answer without events and an abstention as missed, and only the first as answered", () => {
    const samples = [
      recording(0, [[0, 1]], []),
      recording(
        1,
        [
          [0, 1],
          [2, 3]
        ],
        null
      ),
      recording(2, [[5, 6]], [[5, 6]])
    ]
    const { values } = eventResult(samples, overlapping(0.5))
    expect([values.false_negatives, values.answered, values.abstained]).toEqual([3, 2 / 3, 1 / 3])
    expect(values.event_recall).toBe(0.25)
    expect(values.event_precision).toBe(1)
    expect(values.event_f1).toBe(0.4)
  })

  it("has no value where nothing is there", () => {
    const { values, figures } = eventResult([recording(0, [], [])], overlapping(0.5))
    expect(values.event_precision).toEqual({ insufficient: "no event was predicted" })
    expect(values.event_recall).toEqual({ insufficient: "no target has an event" })
    expect(values.event_f1).toEqual({ insufficient: "there is no event, neither true nor predicted" })
    expect(values.answered).toBe(1)
    expect(figures).toEqual([])
  })

  it("draws the recording with the least id, and a row per label", () => {
    const { figures } = eventResult(
      [
        recording(1, [[0, 1]], []),
        recording(
          0,
          [
            [0, 50],
            [150, 200, "y"]
          ],
          [[0, 100]]
        )
      ],
      overlapping(0.5)
    )
    expect(figures.map(({ id }) => id)).toEqual(["events", "labels"])
    const [series, table] = figures
    if (series?.kind !== "series" || table?.kind !== "table") throw new Error("expected a series and a table")
    expect(series.title).toBe("Events of r-0")
    expect(series.channels.map(({ values }) => values.reduce<number>((total, each) => total + (each ?? 0), 0))).toEqual([100, 100])
    expect(series.marks).toEqual([
      { label: "x", at: 0, until: 49 },
      { label: "y", at: 150, until: 199 }
    ])
    expect(table.rows).toEqual([
      ["x", 1, 0, 1, 1, 0.5, 2 / 3],
      ["y", 0, 0, 1, null, 0, 0]
    ])
  })
})

describe("point-tolerance@1, by hand", () => {
  it("lets ends say nothing", () => {
    const { values } = eventResult([recording(0, [[1, 2]], [[1.25, 90]])], { rule: "point-tolerance@1", tolerance: 0.25 })
    expect([values.true_positives, values.onset_error]).toEqual([1, 0.25])
  })
})

describe("a rule and its bound", () => {
  it.each([
    [{ rule: "overlap@1" }, "min_iou is required and missing: the rule overlap@1 needs it"],
    [{ rule: "point-tolerance@1", min_iou: 0.5 }, "tolerance is required and missing: the rule point-tolerance@1 needs it"],
    [{ rule: "overlap@1", min_iou: 0.5, tolerance: 1 }, '"tolerance" says nothing under the rule overlap@1'],
    [{ rule: "overlap@1", min_iou: 0 }, "min_iou has the wrong value"],
    [{ rule: "overlap@2", min_iou: 0.5 }, "rule has the wrong value"]
  ])("are refused when they do not belong together: %j", (options, message) => {
    const decoded = decodeEventOptions(options)
    expect(decoded.ok).toBe(false)
    if (!decoded.ok) expect(decoded.mistakes.map((each) => `${each.path.join(".")} ${each.message}`).join("\n")).toContain(message)
  })

  it("stand in the signature", () => {
    expect(timeSeriesEvents.signature(overlapping(0.5))).toBe(
      "time-series-events:1|rule=overlap@1,min_iou=0.5,greedy-by-iou,ties=earlier-target,earlier-prediction|one-to-one,same-label,same-recording|pooled=all-recordings,all-labels|abstention=every-event-missed|onset_error=mean-of-pairs"
    )
    expect(timeSeriesEvents.signature({ rule: "point-tolerance@1", tolerance: 0.15 })).toContain("rule=point-tolerance@1,tolerance=0.15,")
  })

  it("refuses an event of no length under overlap@1 and takes it under point-tolerance@1", () => {
    const point = recording(7, [[1, 1]], [])
    expect(() => eventResult([point], overlapping(0.5))).toThrow('sample "r-7": in its target [0] the event ends before it begins')
    expect(eventResult([point], { rule: "point-tolerance@1", tolerance: 0 }).values.false_negatives).toBe(1)
  })

  it("refuses a label that the dataset does not declare", () => {
    const fold = timeSeriesEvents.start(overlapping(0.5), { ...eventsContext, classes: [{ class_id: 0, label: "beat" }] })
    expect(() => fold.add(fold.empty, recording(3, [], [[0, 1, "noise"]]))).toThrow(
      'sample "r-3": its prediction has an event "noise", which is none of the 1 declared classes'
    )
  })

  it("refuses an output type that is not that of events", () => {
    expect(() => timeSeriesEvents.start(overlapping(0.5), { output_type: "scalar", classes: [] })).toThrow('not "scalar"')
  })
})
