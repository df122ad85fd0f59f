import { expect, it } from "vitest"
import { type Duplicates, isDuplicates } from "../../src/dataset/Duplicates.ts"

const valid: Duplicates = {
  schema_version: 1,
  decoded: [
    [0, 4, 9],
    [1, 2]
  ],
  near: [[3, 5]],
  near_checked: "keys+vectors",
  near_truncated: true
}
const none: Duplicates = { schema_version: 1, decoded: [], near: [], near_checked: "none", near_truncated: false }

it("takes what a registration writes", () => {
  expect(isDuplicates(valid)).toBe(true)
  expect(isDuplicates(none)).toBe(true)
  for (const near_checked of ["keys", "vectors"] as const) expect(isDuplicates({ ...none, near_checked })).toBe(true)
})

it.each([
  ["no object", 7],
  ["null", null],
  ["another version", { ...valid, schema_version: 2 }],
  ["a group of one", { ...valid, decoded: [[0]] }],
  ["a group that is not ascending", { ...valid, decoded: [[4, 0]] }],
  ["a position twice", { ...valid, decoded: [[4, 4]] }],
  ["a negative position", { ...valid, near: [[-1, 2]] }],
  ["a fractional position", { ...valid, near: [[0, 1.5]] }],
  ["a position in text", { ...valid, near: [[0, "1"]] }],
  ["a pair of three", { ...valid, near: [[0, 1, 2]] }],
  ["an unknown check", { ...valid, near_checked: "eyes" }],
  ["pairs that nobody looked for", { ...valid, near_checked: "none", near_truncated: false }],
  ["a list that nobody made and that is cut", { ...none, near_truncated: true }],
  ["no word about the rest", { ...valid, near_truncated: undefined }]
])("refuses %s", (_, value) => expect(isDuplicates(value)).toBe(false))
