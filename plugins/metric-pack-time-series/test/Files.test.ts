/** Files that are right and files that are not: everything that is wrong is said at once, with its place. */
import { describe, expect, it } from "vitest"
import { timeSeries, timeSeriesEvents } from "../src/index.ts"
import { scoreFile } from "./support.ts"

const rows = (...lines: ReadonlyArray<string>): string => `[\n${lines.join(",\n")}\n]\n`

describe("a file of numbers", () => {
  it("is scored with the numbers of scikit-learn where nothing else is asked for", () => {
    const scored = scoreFile(
      timeSeries,
      rows(
        '{"sample_id": "a", "target": 1, "prediction": 2}',
        '{"sample_id": "b", "target": 0, "prediction": 0.5}',
        '{"sample_id": "c", "target": 3, "prediction": null}'
      )
    )
    expect(scored.result?.values).toMatchObject({ mae: 0.75, mape: (1 + 0.5 / 2 ** -52) / 2, answered: 2 / 3 })
    expect(scored.signature).toContain("undefined-values=scikit-learn|mape=mean(|error|/max(|target|,2^-52))")
    expect(scored.read?.missing).toEqual([])
  })

  it("is scored strictly where that is asked for", () => {
    const scored = scoreFile(timeSeries, '[{"sample_id":"a","target":0,"prediction":1}]', { undefined_values: "insufficient" })
    expect(scored.result?.values.mape).toEqual({ insufficient: "1 of 1 targets are 0, so there is no error relative to them" })
    expect(scored.signature).toContain("undefined-values=insufficient|")
  })

  it("holds vectors as well", () => {
    const scored = scoreFile(
      timeSeries,
      '[{"sample_id":"a","target":[0,1],"prediction":[1,1]},{"sample_id":"b","target":[2,2],"prediction":null}]'
    )
    expect(scored.result?.values).toMatchObject({ mae: 0.5, "mae/0": 1, "mae/1": 0, answered: 0.5 })
  })

  it("reports every name of the pack", () => {
    expect(Object.keys(timeSeries.files?.names ?? {})).toEqual([
      "mae",
      "mse",
      "rmse",
      "mape",
      "r2",
      "explained_variance",
      "max_error",
      "median_ae",
      "bias",
      "rmse_of_mean",
      "answered"
    ])
    const values = scoreFile(timeSeries, '[{"sample_id":"a","target":0,"prediction":1}]').result?.values ?? {}
    for (const name of Object.keys(timeSeries.files?.names ?? {})) expect(Object.keys(values)).toContain(name)
  })
})

describe("a file that is wrong", () => {
  it("is refused with all mistakes in the order of its lines", () => {
    const { refused } = scoreFile(
      timeSeries,
      rows(
        '{"sample_id": "a", "target": 1, "prediction": 2}',
        '{"sample_id": "b", "target": "1", "prediction": 2}',
        '{"sample_id": "c", "target": 1, "predicton": 2}',
        '{"sample_id": "a", "target": 1, "prediction": 2}',
        '{"sample_id": 5, "target": 1, "prediction": 2}',
        "7",
        '{"sample_id": "d", "target": [1, 2], "prediction": [1, 2]}',
        '{"sample_id": "e", "target": 1, "prediction": [1]}',
        '{"sample_id": "f", "target": 1, "target": 1, "prediction": true}'
      )
    )
    expect(refused).toEqual([
      "time-series/WRONG-ROW 3:1 this is no target",
      'time-series/WRONG-ROW 4:1 "prediction" is required and missing',
      'time-series/WRONG-ROW 4:1 unknown key "predicton"',
      "time-series/WRONG-ROW 5:1 two rows have the same id",
      "time-series/WRONG-ROW 6:1 this is no id",
      "time-series/WRONG-ROW 7:1 a row is no object",
      "time-series/WRONG-ROW 8:1 this target is unlike the first one",
      "time-series/WRONG-ROW 9:1 this answer is unlike its target",
      "time-series/NOT-JSON 10:33 a key is given twice in one object"
    ])
  })

  it("is told with sample, field, what was expected, what came and the way out", () => {
    const { diagnostics } = scoreFile(
      timeSeries,
      rows('{"sample_id": "c", "target": 1, "predicton": 2}', '{"sample_id": "d", "target": 1, "prediction": "2"}')
    )
    expect(diagnostics?.[1]).toEqual({
      code: "time-series/WRONG-ROW",
      severity: "error",
      file: "predictions.json",
      line: 2,
      column: 1,
      sample_id: "c",
      field: "predicton",
      message: 'unknown key "predicton"',
      help: 'did you mean "prediction"?'
    })
    expect(diagnostics?.[2]).toMatchObject({
      sample_id: "d",
      field: "prediction",
      expected: "a number, or null for no answer",
      actual: '"2"'
    })
  })

  it("is sent to the other pack when it holds events", () => {
    const events = scoreFile(timeSeries, '[{"sample_id":"a","target":[{"start":0,"end":1,"label":"x"}],"prediction":[]}]')
    expect(events.diagnostics?.[0]?.help).toBe("events are scored by --pack time-series-events")
  })

  it.each([
    ["nothing", "", "time-series/NOT-JSON undefined:undefined the file is empty"],
    ["an empty list", "[]", "time-series/WRONG-ROW 1:1 the list is empty"],
    ["an object", '{"a": 1}', "time-series/WRONG-ROW 1:1 the file is no list"],
    ["NaN", '[\n  {"target": NaN}]', "time-series/NOT-JSON 2:14 JSON has no NaN and no infinity"],
    ["an infinite number", "[1e999]", "time-series/NOT-JSON 1:2 this number is too large"],
    ["a comma too many", "[1,]", "time-series/NOT-JSON 1:4 this is no JSON"],
    ["a second value", "[1] [2]", "time-series/NOT-JSON 1:5 this is no JSON"],
    ["an open string", '["abc]', "time-series/NOT-JSON 1:2 this is no JSON"],
    ["a byte order mark", "\ufeff[]", "time-series/NOT-TEXT 1:1 the file begins with a byte order mark"]
  ])("is refused: %s", (_, text, message) => {
    expect(scoreFile(timeSeries, text).refused).toEqual([message])
  })

  it("is refused when it is not UTF-8", () => {
    expect(scoreFile(timeSeries, Uint8Array.from([0x5b, 0xff, 0x5d])).refused).toEqual(["time-series/NOT-TEXT 1:2 the line is not UTF-8"])
  })

  it("is told a hundred times and then counted", () => {
    const { diagnostics } = scoreFile(timeSeries, JSON.stringify(Array.from({ length: 130 }, () => 1)))
    expect(diagnostics).toHaveLength(101)
    expect(diagnostics?.at(-1)).toMatchObject({ code: "time-series/MORE", message: "and 30 more", count: 30 })
  })

  it.each([
    [timeSeries, { undefined_value: "insufficient" }, 'undefined_value: unknown key "undefined_value": undefined_values'],
    [timeSeries, { undefined_values: "zero" }, "undefined_values: has the wrong value: "],
    [timeSeriesEvents, { min_iuo: "0.5" }, 'min_iuo: unknown key "min_iuo": min_iou'],
    [timeSeriesEvents, { min_iou: "half" }, "min_iou: has the wrong value: "],
    [timeSeriesEvents, { min_iou: "1.5" }, "min_iou: has the wrong value: "],
    [timeSeriesEvents, { rule: "point-tolerance@1" }, "tolerance: is required and missing: the rule point-tolerance@1 needs it: "],
    [
      timeSeriesEvents,
      { tolerance: "1" },
      'tolerance: "tolerance" says nothing under the rule overlap@1; delete it or choose the other rule: '
    ]
  ])("is not read with an option that is wrong: %#", (pack, given, message) => {
    const decoded = pack.files?.decodeOptions(given)
    expect(decoded?.ok).toBe(false)
    if (decoded?.ok === false)
      expect(decoded.mistakes.map((each) => [each.path.join("."), each.message, each.suggestion ?? ""].join(": "))).toEqual([message])
  })
})

describe("a file of CSV", () => {
  const csv = { format: "csv" }

  it("has the numbers of the same rows in JSON, to the last bit", () => {
    const text = 'sample_id,target,prediction\r\n"a ""1"", x",0.1,-2.5e-1\r\nb,3,\r\nc,1,1\r\n'
    const json =
      '[{"sample_id":"a \\"1\\", x","target":0.1,"prediction":-0.25},{"sample_id":"b","target":3,"prediction":null},{"sample_id":"c","target":1,"prediction":1}]'
    const read = scoreFile(timeSeries, text, csv)
    expect(read.read?.scored).toEqual(scoreFile(timeSeries, json).read?.scored)
    expect(read.result).toEqual(scoreFile(timeSeries, json).result)
    expect(read.result?.values.answered).toBe(2 / 3)
  })

  it("holds vectors in numbered columns, with or without an end of the last line", () => {
    const text = "sample_id,target/0,target/1,prediction/0,prediction/1\na,1,2,1,4\nb,1,2,,"
    const { values } = scoreFile(timeSeries, text, csv).result ?? {}
    expect([values?.["mae/0"], values?.["mae/1"], values?.answered]).toEqual([0, 2, 0.5])
    expect(scoreFile(timeSeries, `${text}\n`, csv).result?.values).toEqual(values)
  })

  it("is known by its name", () => {
    const bytes = new TextEncoder().encode("sample_id,target,prediction\na,1,1\n")
    const read = timeSeries.files?.read({ predictions: { name: "folder/Answers.CSV", bytes }, targets: [] }, {})
    expect(read?.ok).toBe(true)
  })

  it.each([
    ["another header", "id,target,prediction\na,1,1", ["time-series/NOT-CSV 1:1 the first line is no header"]],
    ["a header of an odd vector", "sample_id,target/0,target/1,prediction/0\n", ["time-series/NOT-CSV 1:1 the first line is no header"]],
    ["nothing", "", ["time-series/NOT-CSV undefined:undefined the file is empty"]],
    ["no row", "sample_id,target,prediction\n", ["time-series/WRONG-ROW 1:1 the file has no row"]],
    ["a stray quote", 'sample_id,target,prediction\na,1,"1"2\n', ["time-series/NOT-CSV 2:8 this is no CSV"]],
    [
      "every line of it",
      "sample_id,target,prediction\na,1,nan\nb,1\n,1,1\nc, 1,1\na,1e999,1\n\nd,,1\n",
      [
        "time-series/WRONG-ROW 2:1 this is no number",
        "time-series/WRONG-ROW 3:1 a line has another number of cells",
        "time-series/WRONG-ROW 4:1 this is no id",
        "time-series/WRONG-ROW 5:1 this is no number",
        "time-series/WRONG-ROW 6:1 this is no number",
        "time-series/WRONG-ROW 6:1 two rows have the same id",
        "time-series/WRONG-ROW 7:1 a line has another number of cells",
        "time-series/WRONG-ROW 8:1 this is no number"
      ]
    ],
    ["half an answer", "sample_id,target/0,target/1,prediction/0,prediction/1\na,1,2,1,\n", ["time-series/WRONG-ROW 2:1 this is no number"]]
  ])("is refused: %s", (_, text, messages) => {
    expect(scoreFile(timeSeries, text, csv).refused).toEqual(messages)
  })
})

describe("a file of events", () => {
  const text = rows(
    '{"sample_id": "a", "target": [{"start": 0, "end": 2, "label": "x"}], "prediction": [{"start": 0, "end": 1, "label": "x"}]}',
    '{"sample_id": "b", "target": [{"start": 0, "end": 2, "label": "x"}], "prediction": null}'
  )

  it("is scored by overlap@1 at 0.5 where nothing is said, and the signature says so", () => {
    const scored = scoreFile(timeSeriesEvents, text)
    expect(scored.result?.values).toMatchObject({ event_precision: 1, event_recall: 0.5, event_f1: 2 / 3, onset_error: 0 })
    expect(scored.signature).toContain("rule=overlap@1,min_iou=0.5,")
  })

  it("is scored by the rule that is asked for", () => {
    expect(scoreFile(timeSeriesEvents, text, { min_iou: "0.75" }).result?.values.true_positives).toBe(0)
    const points = scoreFile(timeSeriesEvents, text, { rule: "point-tolerance@1", tolerance: "1e-3" })
    expect(points.result?.values.true_positives).toBe(1)
    expect(points.signature).toContain("tolerance=0.001")
  })

  it("is refused with every event that is wrong", () => {
    const { diagnostics } = scoreFile(
      timeSeriesEvents,
      rows(
        '{"sample_id": "a", "target": [{"start": 2, "end": 1, "label": "x"}, 3], "prediction": [{"start": 0, "label": "", "score": 1}]}',
        '{"sample_id": "b", "target": {}, "prediction": []}'
      )
    )
    expect(diagnostics?.map(({ line, field, message }) => `${line} ${field} ${message}`)).toEqual([
      "2 target[0] the event ends before it begins",
      "2 target[1] this is no event",
      "2 prediction[0].end this is no time",
      "2 prediction[0].label this is no label",
      "2 prediction[0].score an event has no such key",
      "3 target this is no list of events"
    ])
  })
})
