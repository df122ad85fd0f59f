import { beforeAll, expect, it } from "vitest"
import { type ComparedModel, cases } from "./process/models.ts"
import { said, withTensorFlow } from "./process/tensorFlow.ts"

withTensorFlow("a model on TensorFlow", () => {
  let compared: ReadonlyMap<string, ComparedModel> = new Map()
  let again: ReadonlyArray<ComparedModel> = []
  beforeAll(() => {
    const list = said("models") as ReadonlyArray<ComparedModel>
    again = said("models") as ReadonlyArray<ComparedModel>
    compared = new Map(list.map((each) => [each.name, each]))
  })
  const found = (name: string): ComparedModel => {
    const each = compared.get(name)
    if (each === undefined) throw new Error(`nothing was found of ${name}`)
    return each
  }

  for (const { name } of cases) {
    it(`${name}: begins with the same weights, and says the same`, () => {
      const { initial, forward } = found(name)
      expect(initial[1]).toBe(initial[0])
      expect(forward).toBeLessThan(1e-5)
    })

    it(`${name}: learns the same in five steps, with dropout and clipping`, () => {
      const { steps, moved } = found(name)
      expect(steps).toHaveLength(5)
      for (const step of steps) expect(step).toBeLessThan(1e-4)
      expect(moved).toBeGreaterThan(1e-3)
    })

    it(`${name}: ends with the same bits twice, in one process and in two`, () => {
      const { twice } = found(name)
      expect(twice[1]).toBe(twice[0])
      expect(again.find((each) => each.name === name)?.twice).toEqual(twice)
    })
  }
})
