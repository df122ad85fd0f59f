/** Names that somebody else gave, in everything that a person reads: shown, and never obeyed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { controlCharacter as control } from "./support/controlCharacter.ts"
import { makeProject, type Project } from "./support/project.ts"

const labels = ["new\nline", "\u001b[31mred\u001b[0m", "\u202eltr", "x".repeat(300), "日本語", "🌸 flower"]

let project: Project
beforeAll(() => {
  project = makeProject()
  const rows = Array.from({ length: 60 }, (_, at) => `${(at % 6) + at / 100},${at},"${labels[at % 6]}"`)
  project.write("h.csv", `a,b,label\n${rows.join("\n")}\n`)
})
afterAll(() => project.close())

describe("a hostile name", () => {
  it("moves no cursor and begins no line, on a terminal or in a pipe", async () => {
    const heard = async (...argv: ReadonlyArray<string>) => {
      for (const said of [await project.ftr(...argv), await project.onTerminal(80, ...argv)]) {
        expect([argv, said.code], said.stderr).toEqual([argv, 0])
        expect([argv, control.test(said.stdout + said.stderr)]).toEqual([argv, false])
        expect([argv, /^line/m.test(said.stdout + said.stderr)]).toEqual([argv, false])
      }
    }
    await heard("dataset", "add", "h.csv", "--adapter", "csv", "--label-column", "label", "--name", "h")
    for (const verb of ["show", "labels", "preview", "check-compat"]) await heard("dataset", verb)
    await heard("dataset", "discover", "h.csv")
    await heard("dataset", "propose-schema", "h.csv", "--adapter", "csv")
    await heard("dataset", "split", "--method", "stratified", "--fraction", "a=0.5", "--fraction", "b=0.5", "--seed", "1")
    const init = await project.ftr("init", "--template", "tabular-classification", "--dataset", "h@1", "--seed", "1")
    expect([init.code, control.test(init.stdout)], init.stderr).toEqual([0, false])
    project.write("h.run.toml", init.stdout)
    await heard("run", "plan", "h.run.toml")
    await heard("run", "start", "h.run.toml", "--set", "training.epochs=1", "--set", 'name="\\u001b[2J\\u202e"')
    await heard("run", "mark", "latest", "--note", "\u001b[2J\u202enote\nline two")
    for (const verb of ["ls", "show", "metrics", "predictions", "figures", "marks", "logs", "events", "groups", "series", "columns"])
      await heard("run", verb)
    for (const argv of [
      ["run", "bias", "latest", "--group-by", "class", "--min-group", "2"],
      ["scorecard", "show"],
      ["query", "SELECT name FROM runs"]
    ])
      await heard(...argv)
  })
})
