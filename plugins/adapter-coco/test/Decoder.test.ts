import { Effect } from "effect"
import { afterAll, describe, expect, it, vi } from "vitest"
import { loadSharp } from "../src/Picture.ts"
import { document, scanFiles, textOf } from "./World.ts"

describe("the decoder of pictures", () => {
  afterAll(() => void vi.doUnmock("sharp"))

  it("is asked for only when pictures are opened, and its absence says how to install it", async () => {
    vi.doMock("sharp", () => {
      throw new Error("Cannot find package 'sharp'")
    })
    const failure = await Effect.runPromise(Effect.flip(loadSharp))
    expect(failure.reason).toBe("missing")
    expect(failure.diagnostics[0]).toMatchObject({ code: "coco/NO-DECODER", help: expect.stringContaining("npm install sharp@0.35.5") })
    expect((await scanFiles({ "a.json": textOf(document()) }, { images: null })).report.error_count).toBe(0)
  })
})
