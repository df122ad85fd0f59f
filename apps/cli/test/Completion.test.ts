/** Completion as a shell asks for it, and as the shells that are here do with what they get. */
import { spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs"
import { delimiter } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { CommandNode } from "../src/CommandNode.ts"
import { commandTree } from "../src/commandTree.ts"
import { completions } from "../src/completion/candidates.ts"
import { completionScript } from "../src/completion/scripts.ts"
import { irisProject, mainFile, type Project } from "./support/project.ts"

let project: Project
let runs: ReadonlyArray<string>
beforeAll(async () => {
  project = await irisProject("1,2")
  const created = await project.data<{ readonly run_ids: ReadonlyArray<string> }>("run", "create", "x.run.toml")
  runs = created.run_ids.toReversed()
  mkdirSync(project.path("bin"))
  for (const name of ["ftr", "feagi-trainer"]) {
    writeFileSync(project.path("bin", name), `#!/bin/sh\nexec "${process.execPath}" "${mainFile}" "$@"\n`)
    chmodSync(project.path("bin", name), 0o755)
  }
})
afterAll(() => project.close())

const shell = (command: string, ...argv: ReadonlyArray<string>) =>
  spawnSync(command, argv, {
    cwd: project.folder,
    encoding: "utf8",
    env: { ...process.env, PATH: `${project.path("bin")}${delimiter}${process.env.PATH}`, HOME: project.folder }
  })
const has = (command: string): boolean => spawnSync(command, ["-c", "true"]).status === 0

/** What the program offers for the last word. */
const offered = async (...words: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const said = await completions(words, { folder: project.folder, environment: {} })
  return said.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")[0] ?? ""]))
}

describe("__complete", () => {
  it("knows every command, at every depth", async () => {
    const walk = async (node: CommandNode, path: ReadonlyArray<string>): Promise<void> => {
      if (node.commands.length === 0) return
      const found = (await completions([...path, ""], { folder: project.folder, environment: {} }))
        .split("\n")
        .map((line) => line.split("\t")[0])
      expect(found).toEqual([...node.commands.map(({ name }) => name), ""])
      for (const child of node.commands) await walk(child, [...path, child.name])
    }
    await walk(commandTree, [])
  })

  it("knows flags, and the values of those that have a few", async () => {
    expect(await offered("run", "ls", "--w")).toEqual(["--where"])
    expect(await offered("run", "ls", "--format", "")).toEqual(["csv", "tsv", "ndjson", "md"])
    expect(await offered("run", "ls", "--format=t")).toEqual(["--format=tsv"])
  })

  it("knows what the project has a name for, the newest first, wherever it is asked for", async () => {
    expect(await offered("run", "show", "")).toEqual(["latest", ...runs])
    expect(await offered("run", "compare", runs[0] ?? "", "r-")).toEqual(runs)
    expect(await offered("run", "series", "--name", "x", "r-")).toEqual(runs)
    expect(await offered("dataset", "show", "")).toEqual(["iris@1"])
    expect(await offered("template", "ls", "--dataset", "i")).toEqual(["iris@1"])
    expect(await offered("plugin", "info", "random")).toEqual(["random"])
    expect(await offered("dataset", "add", "--adapter", "")).toEqual(["csv"])
  })

  it("says nothing where it knows nothing, and makes nothing", async () => {
    expect(await offered("run", "start", "")).toEqual([])
    expect(await offered("nope", "")).toEqual([])
    const before = project.read("feagi-trainer.toml")
    project.write("feagi-trainer.toml", "[[[")
    expect(await offered("dataset", "show", "")).toEqual(["iris@1"])
    project.write("feagi-trainer.toml", before)
    expect(await completions(["run", "show", ""], { folder: project.folder, environment: { FEAGI_TRAINER_STORE: "nowhere" } })).toBe("")
    expect(existsSync(project.path("nowhere"))).toBe(false)
  })
})

describe("the scripts", () => {
  it("are for bash, zsh and fish ours, and of another shell none", async () => {
    for (const name of ["bash", "zsh", "fish"]) {
      const said = await project.spawn(["completion", name]).ended
      expect([name, said.code, said.stdout]).toEqual([name, 0, completionScript(["--completions", name])])
      expect(completionScript([`--completions=${name}`])).toBe(said.stdout)
    }
    expect(completionScript(["--completions", "powershell"])).toBeUndefined()
    expect((await project.spawn(["--completions", "powershell"]).ended).stdout).toContain("Register-ArgumentCompleter")
  })

  it.skipIf(!has("bash"))("complete in bash, also behind characters that it breaks words at", () => {
    const reply = (line: string) =>
      shell(
        "bash",
        "-c",
        `source <(feagi-trainer completion bash); COMP_LINE="$1"; COMP_POINT=\${#COMP_LINE}; _feagi_trainer; printf '%s\\n' "\${COMPREPLY[@]}"`,
        "bash",
        line
      ).stdout.trim()
    expect(reply("ftr run sh")).toBe("show")
    expect(reply("feagi-trainer run show r-")).toBe(runs.join("\n"))
    expect(reply("ftr dataset show iris@")).toBe("1")
    expect(reply("ftr run start ")).toBe("")
  })

  it.skipIf(!has("fish"))("complete in fish", () => {
    const reply = (line: string) => shell("fish", "-c", "feagi-trainer completion fish | source; complete -C $argv", line).stdout
    expect(reply("ftr run sh")).toMatch(/^show\t/)
    expect(reply("ftr dataset show ")).toBe("iris@1\n")
  })

  it.skipIf(!has("zsh"))("complete in zsh", () => {
    const asked = `compdef() { }; _describe() { print -l -- "\${(@P)3}" }; source <(feagi-trainer completion zsh); words=("$@"); CURRENT=$#; _feagi_trainer`
    const reply = (...words: ReadonlyArray<string>) => shell("zsh", "-f", "-c", asked, "zsh", ...words).stdout
    expect(reply("ftr", "run", "sh")).toMatch(/^show:/)
    expect(reply("ftr", "dataset", "show", "")).toBe("iris@1\n")
  })
})
