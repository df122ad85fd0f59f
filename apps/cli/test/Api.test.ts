/** Every operation of the control API stands for a command that is there, with flags that it takes. */
import { routes } from "@feagi-trainer/control-api/routes"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { makeProject, type Project } from "./support/project.ts"

let project: Project
beforeAll(() => {
  project = makeProject()
})
afterAll(() => project.close())

const operations = Object.entries(routes).filter(([, { words }]) => words.length > 0)

describe("the table of operations", () => {
  it.each(operations)("%s", async (_, { words, fields }) => {
    const all: ReadonlyArray<string> = words
    const path = all.filter((word) => !word.startsWith("-"))
    const { code, stdout } = await project.ftr(...path, "--help")
    expect(code).toBe(0)
    expect(stdout).toContain(`feagi-trainer ${path.join(" ")} `)
    const flags = [...all, ...Object.values(fields).map(({ argv }) => argv)].filter((word) => word.startsWith("--"))
    const taken = [...stdout.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag]) => flag)
    expect(flags.filter((flag) => !taken.includes(flag.split("=")[0]))).toEqual([])
    // What stands behind the words is what the usage line asks for; standard input has the place of a file.
    const places = Object.values(fields).filter(({ argv }) => argv === "position").length + (all.includes("-") ? 1 : 0)
    const usage = /^ {2}feagi-trainer .*$/m.exec(stdout)?.[0] ?? ""
    const asked = (usage.match(/<[^>]+>/g) ?? []).filter((each) => each !== "<subcommand>")
    expect(places).toBeGreaterThanOrEqual(asked.filter((each) => !usage.includes(`[${each}`)).length)
    expect(places).toBeLessThanOrEqual(asked.length)
  })
})
