import { expect, it } from "vitest"
import * as example from "./example.ts"
import { exampleOf } from "./readme.ts"

it("shows an example that runs", () => {
  const { shown, claims } = exampleOf(new URL("./", import.meta.url), "@feagi-trainer/sampler-stratified")
  expect(shown).toBe(true)
  expect({ ...example }).toEqual(claims)
})
