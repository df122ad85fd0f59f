/** The file that clicks make is the file that the command prints, byte for byte; asked of the program itself. */
import { argvOf } from "@feagi-trainer/control-api/argv"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { makeProject, type Project } from "../../cli/test/support/project.ts"
import { wordsOf } from "../src/pages/wizard/command.ts"
import {
  type Draft,
  emptyDraft,
  seedsLiteral,
  templateInput,
  textTyped,
  textWritten,
  withOption,
  withSet
} from "../src/pages/wizard/draft.ts"
import { readFields, withValueAt } from "../src/pages/wizard/readFields.ts"

describe("the file of the wizard", () => {
  let project: Project
  beforeAll(async () => {
    project = makeProject(["learner-gradient", "transform-tabular"])
    await project.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
  })
  afterAll(() => project.close())

  const chosen: Draft = { ...emptyDraft, template: "tabular-classification", dataset: "iris@1", seed: "1..3" }
  /** What the command prints, and what the operation behind the page answers. */
  const written = async (draft: Draft): Promise<string> => {
    const words = wordsOf(draft)
    const input = templateInput(draft)
    if (words === null || input === null) throw new Error("the draft has no command")
    const printed = await project.ftr(...words)
    expect(printed.stderr).toBe("")
    const { text } = await project.data<{ readonly text: string }>(...argvOf("template.show", input))
    expect(text).toBe(printed.stdout)
    return printed.stdout
  }

  it("is that of the command, with fields and template options set", async () => {
    const plain = await written(chosen)
    const draft = withSet(withSet(chosen, "training.epochs", "3"), "learner.reward.options.margin", "0.05")
    const text = await written(draft)
    const expected = [
      ["training.epochs", "3"],
      ["learner.reward.options.margin", "0.05"]
    ].reduce((now, [path = "", literal = ""]) => withValueAt(now, path, literal), plain)
    expect(text).toBe(expected)
    expect(text).not.toBe(plain)
    const bins = await written(withOption(draft, "bins", "7"))
    expect(readFields(bins).at("brain.generate.bins")?.value).toBe(7)
    expect(readFields(bins).at("learner.binding.encoder.options.scheme.bins")?.value).toBe(7)
    expect(readFields(bins).at("brain.genome_sha256")?.value).not.toBe(readFields(text).at("brain.genome_sha256")?.value)
  })

  it("can be planned as it stands, and names its seeds as they were chosen", async () => {
    const text = await written({ ...chosen, name: "clicks" })
    project.write("clicks.run.toml", text)
    const plan = await project.data<{ readonly runs: ReadonlyArray<unknown> }>("run", "plan", "clicks.run.toml")
    expect(plan.runs.length).toBe(3)
    expect(readFields(text).at("seeds")?.literal).toBe(seedsLiteral(chosen.seed))
    expect(readFields(text).at("name")?.value).toBe("clicks")
  })

  it("of every learner has only fields that the page can find again", async () => {
    for (const draft of [chosen, { ...chosen, template: "tabular-classification-gradient", learner: "gradient" }]) {
      const text = await written(draft)
      const { list, complete } = readFields(text)
      expect(complete).toBe(true)
      for (const field of list) expect(text.slice(field.start, field.end)).toBe(field.literal)
    }
  })

  it("of a text of one's own stands for no command", async () => {
    const input = templateInput(chosen)
    if (input === null) throw new Error("the draft has no input")
    const draft = textWritten(chosen, input, "a = 1\n")
    expect(wordsOf(draft)).not.toBeNull()
    expect(wordsOf(textTyped(draft, "a = 2\n"))).toBeNull()
    expect(wordsOf({ ...chosen, seed: "1\n2" })).toBeNull()
  })

  it("refuses a field that is not in the file, with the nearest one", async () => {
    const words = wordsOf(withSet(chosen, "training.epoch", "3"))
    const said = await project.ftr(...(words ?? []))
    expect(said.code).toBe(3)
    expect(said.stderr).toContain("did you mean training.epochs?")
  })
})
