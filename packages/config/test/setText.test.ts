/** Values replaced in a TOML text: what changes, what stays, what is refused. */
import { describe, expect, it } from "vitest"
import { parseDocument, setText } from "../src/index.ts"

const text = [
  "# a comment",
  "seeds = [1, 2] # behind",
  'name = "a"',
  "[learner]",
  'reward = { channel = "pleasure", magnitude = 100.0 }',
  "[[transforms]]",
  "options = {}",
  "[[transforms]]",
  'options = { constant = "zero" }',
  ""
].join("\n")
const set = (...assignments: ReadonlyArray<string>) => setText(text, assignments)
const codes = (answer: ReturnType<typeof setText>) => (answer.ok ? [] : answer.diagnostics.map((each) => each.code))

describe("setting values in a text", () => {
  it("replaces the value letter for letter and nothing else", () => {
    expect(set("seeds=[7]", "learner.reward.magnitude = 5e1", "transforms.1.options.constant='one'")).toEqual({
      ok: true,
      text: text.replace("[1, 2]", "[7]").replace("100.0", "5e1").replace('"zero"', "'one'")
    })
    expect(set()).toEqual({ ok: true, text })
  })

  it("replaces a whole inline table, and keeps the text a document", () => {
    const answer = set('transforms.0.options={ a = "# }" }')
    expect(answer.ok && parseDocument({ text: answer.text, file: "t", format: "toml" })).toMatchObject({ ok: true })
    expect(answer).toEqual({ ok: true, text: text.replace("options = {}", 'options = { a = "# }" }') })
  })

  it("refuses what does not stand there and says what does", () => {
    const answer = set("learner.rewards.magnitude=1")
    expect(answer).toMatchObject({
      ok: false,
      diagnostics: [{ code: "FT1002", field: "learner.rewards.magnitude", expected: "one of reward", help: "did you mean learner.reward?" }]
    })
    expect(codes(set("transforms.2.options={}"))).toEqual(["FT1002"])
    expect(codes(set("name.x=1"))).toEqual(["FT1002"])
  })

  it("refuses a table with a header as one value", () => {
    expect(set("learner={}")).toMatchObject({ ok: false, diagnostics: [{ code: "FT1004", help: "set what is in it: learner.reward" }] })
    expect(codes(set("transforms.0={}"))).toEqual(["FT1004"])
  })

  it("refuses the same place twice, whole and part", () => {
    expect(codes(set('name="b"', 'name="c"'))).toEqual(["FT1005"])
    expect(codes(set("learner.reward={ magnitude = 1.0 }", "learner.reward.magnitude=2.0"))).toEqual(["FT1005"])
  })

  it("says everything that is wrong at once, of assignments and of the text", () => {
    expect(codes(set("name=b", "x=1"))).toEqual(["FT1001", "FT1002"])
    expect(codes(setText("a = ", []))).toEqual(["FT1001"])
  })
})
