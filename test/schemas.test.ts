import { describe, expect, it } from "vitest"
import { staleSchemas } from "../scripts/schemas.ts"

describe("the published JSON Schemas", () => {
  it("are those of the sources; npm run schemas writes them", () => {
    expect(staleSchemas()).toEqual([])
  })
})
