/** Calls that cannot be understood, answered in the form that they ask for: with --json one document, and always exit code 2. */
import type { HelpDoc } from "effect/cli/HelpDoc"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { asksForJson } from "../src/asksForJson.ts"
import { type Program, wholeProgram } from "../src/assemble.ts"
import type { CommandNode } from "../src/CommandNode.ts"
import { commandTree } from "../src/commandTree.ts"
import { makeProject, type Project } from "./support/project.ts"

type Documented = Pick<Program, "name" | "subcommands">

const find = (command: Documented, [name, ...rest]: ReadonlyArray<string>): Documented | undefined =>
  name === undefined
    ? command
    : find(command.subcommands.flatMap(({ commands }) => commands).find((each) => each.name === name) ?? { name, subcommands: [] }, rest)

const helpOf = (command: Documented | undefined): HelpDoc => Reflect.get(command ?? {}, "buildHelpDoc").call(command, ["x"])

const verbs = (node: CommandNode, path: ReadonlyArray<string> = []): ReadonlyArray<ReadonlyArray<string>> => [
  ...(node.load === undefined || path.length === 0 ? [] : [path]),
  ...node.commands.flatMap((child) => verbs(child, [...path, child.name]))
]

interface Told {
  readonly kind: string
  readonly data: { readonly reason: string; readonly diagnostics: ReadonlyArray<{ readonly code: string; readonly message: string }> }
}

describe("a call that cannot be understood", () => {
  let project: Project
  beforeAll(() => {
    project = makeProject()
  })
  afterAll(() => project.close())

  const refused = async (...argv: ReadonlyArray<string>) => {
    const { code, stdout } = await project.ftr(...argv)
    const documents = stdout === "" ? [] : [JSON.parse(stdout) as Told]
    return [code, ...documents.flatMap(({ kind, data }) => [kind, data.reason, ...data.diagnostics.map(({ message }) => message)])]
  }

  it("is told in one document wherever --json is among its flags, whichever of them is given twice", { timeout: 120_000 }, async () => {
    const program = await wholeProgram()
    let tried = 0
    for (const path of verbs(commandTree)) {
      const { flags } = helpOf(find(program, path))
      if (!flags.some(({ name }) => name === "json")) continue
      // Flags that may be repeated count as needed, with no value as well as with many.
      const once = flags.find(({ type, required }) => type !== "boolean" && !required && !/repeated|by comma/.test(type))
      for (const { name, type } of [...flags.filter((each) => each.name === "json"), ...(once === undefined ? [] : [once])]) {
        const value = type === "boolean" ? [] : ["1"]
        const twice = [`--${name}`, ...value, `--${name}`, ...value]
        const [code, kind, reason] = await refused(...path, ...twice, ...(name === "json" ? [] : ["--json"]))
        expect([path.join(" "), name, code, kind, reason]).toEqual([path.join(" "), name, 2, "error", "usage"])
        tried += 1
      }
    }
    expect(tried).toBeGreaterThan(150)
  })

  it("says which flag is given how often", async () => {
    expect(await refused("run", "ls", "--limit", "1", "--limit", "2", "--limit", "3", "--json")).toEqual([
      2,
      "error",
      "usage",
      "feagi-trainer run ls takes --limit once, and it is given 3 times"
    ])
  })

  it("is told as a document however that is asked for", async () => {
    for (const argv of [
      ["run", "ls", "--json=true", "--nothing"],
      ["run", "ls", "--json=maybe"],
      ["run", "compare", "--format", "json", "--format", "json", "a", "b"],
      ["run", "compare", "--format=json", "a"],
      ["run", "measures", "--format", "json", "--nothing"],
      ["--json", "nothing"],
      ["run", "--json"]
    ])
      expect([argv, ...(await refused(...argv)).slice(0, 3)]).toEqual([argv, 2, "error", "usage"])
  })

  it("is told in words alone where no document is asked for", async () => {
    for (const argv of [
      ["run", "ls", "--nothing"],
      ["run", "ls", "--json=false", "--nothing"],
      ["run", "nothing"]
    ])
      expect([argv, await refused(...argv)]).toEqual([argv, [2]])
  })
})

describe("asksForJson()", () => {
  it("reads what stands before --, and takes no file's format for the answer's", () => {
    expect(asksForJson(["run", "show", "--", "--json"])).toBe(false)
    expect(asksForJson(["run", "plan", "-", "--format", "json"])).toBe(false)
    expect(asksForJson(["run", "compare", "a", "--format", "md"])).toBe(false)
    expect(asksForJson(["run", "show", "--json", "--"])).toBe(true)
  })
})
