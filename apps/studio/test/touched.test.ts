/** What a change makes out of date, and documents as text with all their digits. */
import { describe, expect, it } from "vitest"
import { cache, type OperationId, print, touched } from "../src/api.ts"

/** How often each of some answers is asked for again behind an operation. */
const asksAfter = (operation: OperationId, ids: ReadonlyArray<OperationId>): ReadonlyArray<OperationId> => {
  const again: Array<OperationId> = []
  for (const id of ids) cache.read(id, `${operation} ${id}`, () => Promise.resolve(id))
  touched(operation)
  for (const id of ids)
    cache.read(id, `${operation} ${id}`, () => {
      again.push(id)
      return Promise.resolve(id)
    })
  return again
}
const answered = () => new Promise((resolve) => setTimeout(resolve, 0))

describe("an operation", () => {
  it.each([
    ["run.mark", ["run.ls", "run.show", "run.columns", "group.ls", "session"]],
    ["run.start", ["run.ls", "run.status", "run.series", "group.ls", "session"]],
    ["dataset.add", ["dataset.ls", "template.ls", "session", "job.ls"]],
    ["scorecard.supersede", ["scorecard.ls", "scorecard.show"]],
    ["brain.add", ["brain.ls", "brain.show"]],
    ["run.plan", []],
    ["run.compare", []],
    ["compatibility", []],
    ["dataset.split", []]
  ] as ReadonlyArray<readonly [OperationId, ReadonlyArray<OperationId>]>)(
    "%s makes %j out of date, and nothing of others",
    async (operation, stale) => {
      const all: ReadonlyArray<OperationId> = [
        ...new Set<OperationId>([...stale, "run.ls", "dataset.ls", "scorecard.ls", "brain.ls", "plugin.ls", "schema.ls"])
      ]
      for (const id of all) cache.read(id, `${operation} ${id}`, () => Promise.resolve(id))
      await answered()
      expect(asksAfter(operation, all)).toEqual(stale)
      await answered()
    }
  )
})

describe("a document as text", () => {
  it("has every digit of an integer, and texts that look like one as texts", () => {
    expect(print({ seed: 18_446_744_073_709_551_615n, negative: -9_007_199_254_740_993n, text: "18446744073709551615", small: 7 }, 0)).toBe(
      '{"seed":18446744073709551615,"negative":-9007199254740993,"text":"18446744073709551615","small":7}'
    )
  })
})
