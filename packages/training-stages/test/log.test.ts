import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { csv, jsonLines, type MetricRecord, readCsv, readJsonLines, teeLogger, textLogger } from "../src/index.ts"

const records: ReadonlyArray<MetricRecord> = [
  { step: 1, metrics: { loss: 0.1 + 0.2, "eval/nll": -0, 'odd, "name"\nof two lines': 5e-324 } },
  { step: 2, metrics: { loss: Number.NaN, big: 2 ** 60, huge: 1.7976931348623157e308 } },
  { step: 3, metrics: {} },
  { step: 4, metrics: { loss: Number.NEGATIVE_INFINITY, __proto__x: 1e21 } }
]

describe("the measures as text", () => {
  it("JSON lines and CSV say the same to the bit", () => {
    expect(readJsonLines(jsonLines(records))).toEqual(records)
    expect(readCsv(csv(records))).toEqual(records)
    expect(jsonLines(readCsv(csv(records)))).toBe(jsonLines(records))
    expect(csv(readJsonLines(jsonLines(records)))).toBe(csv(records))
  })

  it("keeps what a step does not have apart from 0", () => {
    const two = [records[0], { step: 2, metrics: { loss: 0 } }].flatMap((record) => record ?? [])
    expect(csv(two)).toBe('step,eval/nll,loss,"odd, ""name""\nof two lines"\n1,-0,0.30000000000000004,5e-324\n2,,0,\n')
    expect(Object.hasOwn(readCsv(csv(two))[1]?.metrics ?? {}, "eval/nll")).toBe(false)
  })

  it("is nothing but a header, or nothing, of no steps", () => {
    expect([csv([]), jsonLines([])]).toEqual(["step\n", ""])
    expect([readCsv("step\n"), readJsonLines("")]).toEqual([[], []])
  })

  it.each([
    ["a word for a number", "step,loss\n1,low\n", 'line 2: expected a number, got "low"'],
    ["a cell too many", "step,loss\n1,2,3\n", "line 2: expected 2 cells, got 3"],
    ["another first column", "loss\n1\n", 'line 1: expected a first column "step", got "loss"'],
    ["an open quote", 'step,"loss\n1,2\n', "expected cells"]
  ])("refuses %s", (_, text, message) => {
    expect(() => readCsv(text)).toThrow(message)
  })

  it("refuses a line that is no record", () => {
    expect(() => readJsonLines('{"metrics":{},"step":1}\n{"step":2}\n')).toThrow('line 2: expected {"metrics": {…}, "step": n}')
    expect(() => readJsonLines('{"metrics":{"loss":"low"},"step":1}\n')).toThrow('line 1: expected a number for "loss", got "low"')
  })
})

describe("loggers", () => {
  it("hand over one text when they close, in the form that the config names, and none for none", () => {
    const delivered: Array<readonly [string, string]> = []
    const logger = textLogger((path, text) => Effect.sync(() => void delivered.push([path, text])))
    const write = (kind: "none" | "csv" | "json_lines") =>
      Effect.runSync(
        Effect.gen(function* () {
          const log = yield* teeLogger([logger, logger]).open({ logger: kind, log_path: `${kind}.txt` })
          for (const record of records) yield* log.write(record)
          yield* log.close
        })
      )
    for (const kind of ["none", "csv", "json_lines"] as const) write(kind)
    expect(delivered).toEqual([
      ["csv.txt", csv(records)],
      ["csv.txt", csv(records)],
      ["json_lines.txt", jsonLines(records)],
      ["json_lines.txt", jsonLines(records)]
    ])
  })
})
