import { beforeAll, expect, it } from "vitest"
import type { Compared } from "./process/devices.ts"
import { programs } from "./process/programs.ts"
import { said, withTensorFlow } from "./process/tensorFlow.ts"

withTensorFlow("every operation on TensorFlow is the operation on the kernels of the trainer", () => {
  let compared: ReadonlyMap<string, Compared> = new Map()
  beforeAll(() => {
    const list = said("operations") as ReadonlyArray<Compared>
    compared = new Map(list.map((each) => [each.name, each]))
  })

  for (const { name } of programs)
    it(name, () => {
      const found = compared.get(name)
      expect(found).toBeDefined()
      if (found === undefined) return
      const [one, two] = found.shapes
      expect(two).toBe(one)
      expect(found.value).toBeLessThan(1e-5)
      expect(found.largest).toBeGreaterThan(0)
      for (const gradient of found.gradients) expect(gradient).toBeLessThan(1e-4)
    })
})
