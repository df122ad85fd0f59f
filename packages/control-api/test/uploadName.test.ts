/** One rule for the path that is agreed to and the path that is written. */
import { describe, expect, it } from "vitest"
import { tameName, uploadName } from "../src/uploadName.ts"

describe("the name of an upload", () => {
  it("has each character replaced that a shell could take for something else, and keeps its ending", () => {
    expect(["my data (1).csv", ".htaccess", "-rf", "...", "ä.csv", `${"x".repeat(200)}.csv`].map(tameName)).toEqual([
      "my_data__1_.csv",
      "htaccess",
      "rf",
      "file",
      "csv",
      `${"x".repeat(96)}.csv`
    ])
  })

  it("is none where it would be a folder, or nothing", () => {
    expect(["", ".", "..", "a/b", "a\\b", "a\nb", "x".repeat(256)].map(tameName)).toEqual(Array.from({ length: 7 }, () => undefined))
  })

  it("stands behind the beginning of the hash", () => {
    expect(uploadName("0123456789abcdef".repeat(4), "a.csv")).toBe("0123456789ab-a.csv")
  })
})
