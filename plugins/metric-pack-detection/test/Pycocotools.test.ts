import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import type { IouType } from "../src/Rules.ts"
import { reported, scoreText } from "./support.ts"

interface Case {
  readonly name: string
  readonly iou_type: IouType
  readonly truths: unknown
  readonly results: unknown
  /** Twelve or ten numbers, -1 for "no category has a truth there". */
  readonly stats: ReadonlyArray<number>
}

const stored = JSON.parse(readFileSync(new URL("./oracle/coco-statistics.json", import.meta.url), "utf8")) as {
  readonly versions: Readonly<Record<string, string>>
  readonly cases: ReadonlyArray<Case>
}

const BOUND = 1e-9

/** Every number that is further away than the bound, or that only one side has. */
const differences = ({ name, iou_type, truths, results, stats }: Case): ReadonlyArray<string> => {
  const { values } = scoreText(JSON.stringify(results), JSON.stringify(truths), iou_type)
  return reported[iou_type].flatMap((key, index) => {
    const expected = stats[index] ?? Number.NaN
    const actual = values[key]
    const same = expected === -1 ? typeof actual === "object" : typeof actual === "number" && Math.abs(actual - expected) <= BOUND
    return same ? [] : [`${name}: ${key} is ${JSON.stringify(actual)}, pycocotools says ${expected}`]
  })
}

describe(`pycocotools ${stored.versions.pycocotools}`, () => {
  it("is the version that the cases were computed by", () => {
    expect(stored.versions.pycocotools).toBe("2.0.11")
    expect(stored.cases.length).toBeGreaterThanOrEqual(200)
    expect(new Set(stored.cases.map(({ name }) => name)).size).toBe(stored.cases.length)
    const statistics = stored.cases.reduce((sum, { stats }) => sum + stats.length, 0)
    expect(statistics).toBe(stored.cases.reduce((sum, { iou_type }) => sum + reported[iou_type].length, 0))
  })
  for (const iouType of ["bbox", "segm", "keypoints"] as const)
    it(`gives every number of the ${iouType} cases within ${BOUND}`, () => {
      expect(stored.cases.filter(({ iou_type }) => iou_type === iouType).flatMap(differences)).toEqual([])
    })
})
