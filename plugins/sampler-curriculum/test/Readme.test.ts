import { expect, it } from "vitest"
import { exampleOf } from "../../sampler-stratified/test/readme.ts"
import * as example from "./example.ts"

it("shows an example that runs", () => {
  const { shown, claims } = exampleOf(new URL("./", import.meta.url), "@feagi-trainer/sampler-curriculum")
  expect(shown).toBe(true)
  expect({ ...example }).toEqual(claims)
})
