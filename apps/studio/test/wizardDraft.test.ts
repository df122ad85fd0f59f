/** The draft and the steps: what a click changes, what survives a reload, and what stands between a reader and the next step. */
import { describe, expect, it } from "vitest"
import type { Diagnostic } from "../src/api.ts"
import {
  type Draft,
  emptyDraft,
  fileName,
  keyOfWord,
  literalOfWord,
  outOfDate,
  readDraft,
  runsAreOfText,
  seedCount,
  setOf,
  startedAgain,
  storedDraft,
  templateInput,
  textTyped,
  textWritten,
  withDataset,
  withOption,
  withSet,
  withTemplate
} from "../src/pages/wizard/draft.ts"
import { type Knowledge, stepOf, stepOfField, stepsOf } from "../src/pages/wizard/steps.ts"

const chosen: Draft = { ...emptyDraft, template: "tabular-classification", dataset: "iris@1", seed: "1..3", name: "iris" }
const inputOf = (draft: Draft) => {
  const input = templateInput(draft)
  if (input === null) throw new Error("there is no input yet")
  return input
}
const written = (draft: Draft, text: string): Draft => textWritten(draft, inputOf(draft), text)

describe("the draft", () => {
  it("asks for no text before template, dataset and seeds are there", () => {
    expect(templateInput(emptyDraft)).toBeNull()
    expect(templateInput({ ...chosen, dataset: "" })).toBeNull()
    expect(templateInput({ ...chosen, seed: " " })).toBeNull()
    expect(templateInput(chosen)).toEqual({ template: "tabular-classification", dataset: "iris@1", seed: "1..3", name: "iris" })
  })

  it("keeps the words of its command in the order in which they came, a second value in the place of the first", () => {
    const draft = withOption(
      withSet(withSet(withSet(chosen, "training.epochs", "3"), "sampler.plugin", '"random"'), "training.epochs", "5"),
      "bins",
      "7"
    )
    expect(inputOf(draft)).toMatchObject({ set: ["training.epochs=5", 'sampler.plugin="random"'], option: ["bins=7"] })
    expect(setOf(draft, "sampler.plugin")).toBe('"random"')
    expect(setOf(draft, "sampler")).toBeUndefined()
  })

  it("parts a word at the equals sign behind its key, quoted or not", () => {
    expect(keyOfWord('a."b=c".d="e=f"')).toBe('a."b=c".d')
    expect(literalOfWord('a."b=c".d="e=f"')).toBe('"e=f"')
  })

  it("takes the text of its command and drops one that came for an earlier choice", () => {
    const asked = inputOf(chosen)
    const draft = written(chosen, "old = 1\n")
    expect(draft).toMatchObject({ text: "old = 1\n", origin: "template" })
    expect(outOfDate(draft)).toBe(false)
    const changed = withSet(draft, "training.epochs", "3")
    expect(outOfDate(changed)).toBe(true)
    expect(textWritten(changed, asked, "late")).toBe(changed)
  })

  it("never overwrites what was typed by hand", () => {
    const typed = textTyped(written(chosen, "a = 1\n"), "a = 2\n")
    expect(typed.origin).toBe("hand")
    expect(outOfDate(withSet(typed, "a", "3"))).toBe(false)
    expect(textWritten(typed, inputOf(typed), "a = 1\n")).toBe(typed)
    expect(outOfDate(startedAgain(typed))).toBe(true)
  })

  it("forgets options and fields of another template, and keeps dataset, seeds and name", () => {
    const draft = withTemplate(withOption(withSet(chosen, "x", "1"), "bins", "3"), "image-classification", "gradient")
    expect(draft).toMatchObject({ option: [], set: [], dataset: "iris@1", seed: "1..3", name: "iris", learner: "gradient" })
    expect(withTemplate(draft, "image-classification", "gradient")).toBe(draft)
    expect(withDataset(draft, "iris@1")).toBe(draft)
  })

  it("survives being stored, and what is no draft is none", () => {
    const draft = { ...withSet(chosen, "a", '"\u2028<script>"'), runs: ["r-1"] }
    expect(readDraft(storedDraft(draft))).toEqual(draft)
    for (const wrong of [
      null,
      "",
      "{",
      "null",
      "[]",
      '{"version":2}',
      JSON.stringify({ ...draft, set: [1] }),
      JSON.stringify({ ...draft, origin: "x" })
    ])
      expect(readDraft(wrong)).toBeNull()
  })

  it("knows whether runs were made of the text that is shown", () => {
    const made = { ...written(chosen, "a = 1\n"), group: "g-1", runs: ["r-1"], ran: "a = 1\n" }
    expect(runsAreOfText(made)).toBe(true)
    expect(runsAreOfText(textTyped(made, "a = 2\n"))).toBe(false)
  })

  it("names its file after the runs, without anything a shell would read", () => {
    expect(fileName(chosen)).toBe("iris.run.toml")
    expect(fileName({ ...chosen, name: "../a b;$(x)" })).toBe("a-b-x-.run.toml")
    expect(fileName(emptyDraft)).toBe("new.run.toml")
  })
})

describe("seeds", () => {
  it("are counted, and refused with what was expected", () => {
    expect(seedCount("7")).toEqual({ ok: true, count: 1 })
    expect(seedCount("1..5")).toEqual({ ok: true, count: 5 })
    expect(seedCount("1,2,18446744073709551615")).toEqual({ ok: true, count: 3 })
    for (const wrong of ["", "5..1", "1..20000", "-1", "a", "18446744073709551616", "1,1", "1,01"])
      expect(seedCount(wrong).ok, wrong).toBe(false)
  })
})

const finding = (field: string | undefined): Diagnostic => ({
  code: "FT1004",
  severity: "error",
  message: "has the wrong value",
  expected: "1",
  actual: "2",
  ...(field === undefined ? {} : { field })
})
const known: Knowledge = {
  refused: [],
  judgement: { state: "fits", blocks: [], warnings: [] },
  cannotRun: [],
  runs: null,
  online: true
}
const states = (draft: Draft, knowledge: Knowledge) => stepsOf(draft, knowledge).map((step) => step.state)

describe("the steps", () => {
  it("say what is missing first, and where", () => {
    const steps = stepsOf(emptyDraft, { ...known, judgement: { state: "none", blocks: [], warnings: [] } })
    expect(steps.map((step) => step.state)).toEqual(["blocked", "blocked", "blocked", "open", "blocked", "blocked"])
    expect(steps[0]?.reasons).toEqual([{ text: "choose a task template", goto: 1, field: "template" }])
    expect(steps[2]?.reasons.map((reason) => reason.goto)).toEqual([1])
  })

  it("are open up to the launch when the server finds nothing", () => {
    expect(states(written(chosen, "a = 1\n"), known)).toEqual(["done", "done", "done", "done", "open", "blocked"])
  })

  it("are blocked where the server's finding can be mended, and nowhere else before the launch", () => {
    const draft = written(chosen, "a = 1\n")
    const blocked = (field: string | undefined) =>
      states(draft, { ...known, judgement: { state: "blocked", blocks: [finding(field)], warnings: [] } })
    expect(blocked("learner.reward.options.margin")).toEqual(["done", "done", "blocked", "blocked", "blocked", "blocked"])
    expect(blocked("split.fractions")).toEqual(["done", "blocked", "blocked", "open", "blocked", "blocked"])
    expect(blocked("protocol")).toEqual(["blocked", "done", "blocked", "open", "blocked", "blocked"])
    expect(blocked(undefined)).toEqual(["done", "done", "blocked", "open", "blocked", "blocked"])
  })

  it("name the finding in the server's words", () => {
    const steps = stepsOf(written(chosen, "a = 1\n"), {
      ...known,
      judgement: { state: "blocked", blocks: [finding("training.epochs")], warnings: [] }
    })
    expect(steps[3]?.reasons).toEqual([
      { text: "training.epochs: has the wrong value: expected 1, got 2", goto: 4, field: "training.epochs" }
    ])
  })

  it("keep the launch shut while the server is away or says no", () => {
    const draft = written(chosen, "a = 1\n")
    expect(stepsOf(draft, { ...known, online: false })[4]?.reasons[0]?.text).toContain("does not answer")
    expect(stepsOf(draft, { ...known, cannotRun: ["no plugin is listed"] })[4]?.reasons).toEqual([{ text: "no plugin is listed", goto: 5 }])
  })

  it("open the results once a run has finished", () => {
    const draft = { ...written(chosen, "a = 1\n"), group: "g-1", runs: ["r-1", "r-2"], ran: "a = 1\n" }
    expect(states(draft, { ...known, runs: { total: 2, finished: 0, failed: 0 } })[5]).toBe("blocked")
    expect(states(draft, { ...known, runs: { total: 2, finished: 1, failed: 0 } })[5]).toBe("open")
    expect(states(draft, { ...known, runs: { total: 2, finished: 2, failed: 0 } })[5]).toBe("done")
  })

  it("are named by the address, and anything else is the first", () => {
    expect([stepOf("3"), stepOf("7"), stepOf(""), stepOf("x")]).toEqual([3, 1, 1, 1])
    expect(stepOfField("--seed")).toBe(1)
    expect(stepOfField("transforms.0.options")).toBe(2)
  })
})
