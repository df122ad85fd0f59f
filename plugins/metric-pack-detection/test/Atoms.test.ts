import { readFileSync } from "node:fs"
import type { Scored } from "@feagi-trainer/contracts"
import { describe, expect, it } from "vitest"
import { detection } from "../src/index.ts"
import type { IouType } from "../src/Rules.ts"
import { readText } from "./support.ts"

interface Case {
  readonly name: string
  readonly iou_type: IouType
  readonly truths: unknown
  readonly results: unknown
}
const { cases } = JSON.parse(readFileSync(new URL("./oracle/coco-statistics.json", import.meta.url), "utf8")) as {
  readonly cases: ReadonlyArray<Case>
}

/** 0, 1, 2 or 3 of every image, another one for every case. */
const timesOf = (count: number, seed: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, index) => (index * 7 + seed * 5 + 2) % 4)

describe("atoms", () => {
  it("give for a multiset of images, to the last bit, what the images repeated give", () => {
    let repeated = 0
    for (const [seed, { name, iou_type, truths, results }] of cases.entries()) {
      const read = readText(JSON.stringify(results), JSON.stringify(truths), { iou_type })
      if (!read.ok || detection.atoms === undefined) throw new Error(name)
      const atoms = detection.atoms(read.options, read.context, read.scored)
      expect(atoms.count).toBe(read.scored.length)
      const times = timesOf(read.scored.length, seed)
      const multiplicity = new Uint32Array(atoms.count)
      for (const [index, atom] of atoms.atomOf.entries()) multiplicity[atom] = (multiplicity[atom] ?? 0) + (times[index] ?? 0)
      const samples = read.scored.flatMap((sample, index): ReadonlyArray<Scored> => Array.from({ length: times[index] ?? 0 }, () => sample))
      const fold = detection.start(read.options, read.context)
      expect(atoms.values(multiplicity), name).toEqual(fold.result(samples.reduce(fold.add, fold.empty)).values)
      repeated += times.filter((each) => each > 1).length
    }
    expect(repeated).toBeGreaterThan(300)
  })

  it("keep the detections of a repeated image together where scores are equal", () => {
    const box = { class_id: 0, x: 0, y: 0, width: 40, height: 40 }
    const sample: Scored = {
      sample_id: "a",
      target: { bbox_set: [box] },
      prediction: {
        bbox_set: [
          { ...box, x: 300, score: 0.5 },
          { ...box, score: 0.5 }
        ]
      }
    }
    const context = { output_type: "bbox_set", classes: [{ class_id: 0, label: "cat" }] } as const
    const atoms = detection.atoms?.({ iou_type: "bbox" }, context, [sample])
    // wrong, right, wrong, right: precision 1/2 and 2/4, where wrong, wrong, right, right would give 1/3 and 2/4.
    expect(atoms?.values(Uint32Array.of(2)).AP50).toBeCloseTo(0.5, 12)
    expect(atoms?.values(Uint32Array.of(0)).AP50).toEqual({ insufficient: "no image has an object of any size that has to be found" })
  })
})
