/** A call loads what it needs and says what the whole program would say. Counts of modules, never time. */
import { spawnSync } from "node:child_process"
import { tmpdir } from "node:os"
import { fileURLToPath } from "node:url"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer } from "effect"
import { describe, expect, it } from "vitest"
import { type Program, programFor, wholeProgram } from "../src/assemble.ts"
import type { CommandNode } from "../src/CommandNode.ts"
import { commandTree } from "../src/commandTree.ts"
import { nounHelp } from "../src/nounHelp.ts"
import { Out } from "../src/Out.ts"
import { Project } from "../src/Project.ts"
import { runVerb } from "../src/runVerb.ts"
import { mainFile } from "./support/project.ts"

interface Place {
  readonly node: CommandNode
  readonly path: ReadonlyArray<string>
}

const places = (node: CommandNode, path: ReadonlyArray<string> = []): ReadonlyArray<Place> => [
  { node, path },
  ...node.commands.flatMap((each) => places(each, [...path, each.name]))
]

const all = places(commandTree)

/** What a program says to words that end in help or in a refusal, stdout before stderr. */
const said = async (program: Program, argv: ReadonlyArray<string>): Promise<readonly [number, string]> => {
  const parts: Array<string> = []
  const part = (stream: string) => (text: string) => Effect.sync(() => void parts.push(`${stream}: ${text}`))
  const out: typeof Out.Service = {
    interactive: false,
    stdout: part("out"),
    stderr: part("err"),
    status: () => Effect.void,
    settle: () => Effect.void,
    noStatus: Effect.void
  }
  const project = Layer.succeed(Project, Effect.die(new Error("nothing that is called here has a project")))
  const code = await Effect.runPromise(
    runVerb(program, argv).pipe(Effect.provide(Layer.mergeAll(NodeServices.layer, Layer.succeed(Out, out), project)))
  )
  return [code, parts.join("")]
}

const hook = fileURLToPath(new URL("support/imports.ts", import.meta.url))

interface Loaded {
  readonly urls: ReadonlyArray<string>
  /** Those of this workspace. */
  readonly own: ReadonlyArray<string>
  readonly count: number
}

/** Files that a call loads. */
const loadedBy = (...argv: ReadonlyArray<string>): Loaded => {
  const { stderr } = spawnSync(process.execPath, ["--import", hook, mainFile, ...argv], {
    encoding: "utf8",
    cwd: tmpdir()
  })
  const urls = (JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "[]") as ReadonlyArray<string>).filter((url) => url.startsWith("file:"))
  return { own: urls.filter((url) => !url.includes("/node_modules/")), urls, count: urls.length }
}

const commandsOf = (own: ReadonlyArray<string>): ReadonlyArray<string> =>
  own.flatMap((url) => /\/cli\/src\/commands\/(.*)$/.exec(url)?.[1] ?? []).sort()

describe("the program that a call makes", () => {
  it("gives the help of every command as the whole program gives it, byte for byte", async () => {
    const whole = await wholeProgram()
    expect(all.length).toBeGreaterThan(140)
    for (const { path } of all) {
      const words = [...path, "--help"]
      expect([path, await said(await programFor(words), words)]).toEqual([path, await said(whole, words)])
    }
  })

  const calls: ReadonlyArray<ReadonlyArray<string>> = [
    ["nope"],
    ["run", "lss"],
    ["run", "--help", "ls"],
    ["--log-level", "none", "run", "ls", "--help"],
    ["--log-level=none", "run", "show", "-h"],
    ["--log-level", "dataset", "run", "ls", "--where", "x"],
    ["--log-level", "run", "run", "ls", "--limit", "-1"],
    ["run", "ls", "--wher", "x"],
    ["run", "ls", "--limit", "many"],
    ["run", "start"],
    ["dataset", "add", "run", "--adapter"],
    ["env", "diff", "one"],
    ["env", "--no-such-flag"],
    ["--json", "run", "ls", "--no-such-flag"],
    ["run", "--", "ls"],
    ["--version"],
    ["--completions", "bash"],
    ["--completions=zsh"],
    ["run", "--completions", "fish"]
  ]
  for (const words of calls)
    it(`answers  ${words.join(" ")}  as the whole program does`, async () => {
      expect(await said(await programFor(words), words)).toEqual(await said(await wholeProgram(), words))
    })

  it("completes commands of every depth and flags of each", async () => {
    const words = ["--completions", "bash"]
    const [, text] = await said(await programFor(words), words)
    for (const { path } of all) for (const word of path) expect(text).toContain(word)
    expect(text).toContain("--where")
  })

  it("has what a command is for from the table alone", async () => {
    for (const { node, path } of all) {
      expect(node.description, path.join(" ")).not.toBe("")
      const command = await node.load?.()
      expect([path, command?.description, command?.subcommands ?? []]).toEqual([path, undefined, []])
    }
  })

  it("names no command twice", () => {
    for (const { node, path } of all) {
      const names = node.commands.map(({ name }) => name)
      expect([path, names]).toEqual([path, [...new Set(names)]])
    }
  })
})

describe("nounHelp()", () => {
  const plain = { colors: false, columns: 80 }
  const nouns = all.filter(({ node }) => node.load === undefined || node === commandTree)

  it("is what the program says with the command library, for every word that leads to others", async () => {
    expect(nouns.length).toBeGreaterThan(18)
    for (const { path } of nouns) {
      const words = [...path, "--help"]
      expect([0, `out: ${nounHelp(words, plain)}`]).toEqual(await said(await programFor(words), words))
    }
  })

  it("has no line that a terminal would break, but for an example", () => {
    for (const columns of [40, 80, 200])
      for (const { path } of nouns) {
        const lines = (nounHelp([...path, "--help"], { colors: false, columns }) ?? "").split("\n")
        const wide = lines.filter(
          (line) => line.length > Math.min(columns, 100) && line.trim().includes(" ") && !line.startsWith("  feagi-trainer")
        )
        expect([columns, path, wide]).toEqual([columns, path, []])
      }
  })

  it("leaves every other call to the library", () => {
    const others = all.filter(({ node }) => !nouns.some((noun) => noun.node === node))
    for (const { path } of others) expect([path, nounHelp([...path, "--help"], plain)]).toEqual([path, undefined])
    for (const words of [
      [],
      ["run"],
      ["--help", "run"],
      ["-h", "-h"],
      ["nope", "-h"],
      ["--json", "-h"],
      ["run", "--help=false"],
      ["-h", "x"]
    ])
      expect([words, nounHelp(words, plain)]).toEqual([words, undefined])
  })

  it.each([{}, { FORCE_COLOR: "1" }, { FORCE_COLOR: "false" }, { FORCE_COLOR: "1", NO_COLOR: "1" }, { FORCE_COLOR: "1", TERM: "dumb" }])(
    "has the colours of every other help: %j",
    (more) => {
      const help = (...words: ReadonlyArray<string>) =>
        spawnSync(process.execPath, [mainFile, ...words], {
          encoding: "utf8",
          env: { PATH: process.env.PATH, ...more } as NodeJS.ProcessEnv
        }).stdout
      expect(help("log", "--help")).toBe(help("--log-level", "none", "log", "--help"))
    }
  )
})

describe("what a call loads", () => {
  it("is for the help of a word that leads to others the table and nothing else", () => {
    for (const words of [["--help"], ["run", "--help"], ["dataset", "-h"]]) {
      const { urls } = loadedBy(...words)
      expect(urls.map((url) => url.split("/").at(-1)).sort()).toEqual([
        "CommandNode.ts",
        "commandTree.ts",
        "compileCache.ts",
        "helpText.ts",
        "main.ts",
        "nounHelp.ts",
        "quiet.ts",
        "terminal.ts",
        "textWidth.ts",
        "wordsOf.ts"
      ])
    }
  })

  it("is where no command is named none but the root, and no package of this workspace", () => {
    for (const words of [["--version"], ["--log-level", "none", "--help"]]) {
      const { own, count } = loadedBy(...words)
      expect(commandsOf(own), words.join(" ")).toEqual(["root.ts"])
      expect(own.filter((url) => !url.includes("/apps/cli/"))).toEqual([])
      expect(count).toBeLessThan(260)
    }
  })

  it("is for a command its own module, and none of another", () => {
    expect(commandsOf(loadedBy("run", "ls").own)).toEqual(["root.ts", "runLs.ts"])
    expect(commandsOf(loadedBy("schema", "ls", "--help").own)).toEqual(["root.ts", "schema.ts"])
  })

  it("is no reader or writer of a format that the call does not meet", () => {
    const { urls, count } = loadedBy("run", "ls")
    expect(urls.filter((url) => /\/node_modules\/(?:yaml|yauzl|hyparquet|hyparquet-writer)\//.test(url))).toEqual([])
    expect(urls.filter((url) => url.endsWith("/effect/dist/index.js"))).toEqual([])
    expect(count).toBeLessThan(600)
  })
})
