/** Every example of the help is a call that the program understands. Nothing is carried out. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"
import { CliOutput, Command } from "effect/cli"
import { describe, expect, it } from "vitest"
import type { CommandNode } from "../src/CommandNode.ts"
import { commandTree } from "../src/commandTree.ts"

interface Verb {
  readonly path: ReadonlyArray<string>
  readonly examples: ReadonlyArray<string>
}

type Listening = Command.Command<string, unknown, unknown, unknown, Command.Environment>

/** The program with each command's own flags and arguments, but all that one does is to say that it was called. */
const deaf = async (node: CommandNode, above: ReadonlyArray<string>, called: (path: string) => void): Promise<Listening> => {
  const path = [...above, node.name]
  const own = ((await node.load?.()) ?? Command.make(node.name)) as Listening
  const heard = Command.withHandler(own, () => Effect.sync(() => called(path.join(" ")))) as Listening
  const below = await Promise.all(node.commands.map((child) => deaf(child, path, called)))
  return below.length === 0 ? heard : (Command.withSubcommands(heard, below as [Listening, ...Array<Listening>]) as unknown as Listening)
}

const verbsOf = async (node: CommandNode, above: ReadonlyArray<string> = []): Promise<ReadonlyArray<Verb>> => {
  const path = [...above, node.name]
  const below = (await Promise.all(node.commands.map((child) => verbsOf(child, path)))).flat()
  if (node.load === undefined) return below
  const examples: unknown = Reflect.get(await node.load(), "examples")
  const own = [...node.examples, ...(Array.isArray(examples) ? (examples as CommandNode["examples"]) : [])]
  return [{ path, examples: own.map(({ command }) => command) }, ...below]
}

/** The calls of the program in a line for a shell, as words: what is piped or written elsewhere is the shell's. */
const callsOf = (line: string): ReadonlyArray<ReadonlyArray<string>> => {
  const calls: Array<Array<string>> = [[]]
  for (const [, apart, single, double, plain] of line.matchAll(/(\|\|?|&&|;|[<>]+)|'([^']*)'|"([^"]*)"|((?:[^\s'"|<>;&]|&(?!&))+)/g)) {
    if (apart !== undefined) calls.push(/[<>]/.test(apart) ? ["file"] : [])
    else calls.at(-1)?.push(single ?? double ?? plain ?? "")
  }
  return calls.filter(([first]) => first === "feagi-trainer").map(([, ...words]) => words)
}

const silent: CliOutput.Presenter = { present: () => Effect.void }
const verbs = (await verbsOf(commandTree)).filter(({ path }) => path.length > 1)
const heard: Array<string> = []
const program = await deaf(commandTree, [], (path) => heard.push(path))

/** Which commands a line calls, or what is wrong with it. */
const calledBy = async (line: string): Promise<ReadonlyArray<string>> => {
  heard.length = 0
  for (const words of callsOf(line)) {
    const call = Command.runWith(program, { version: "0" })([...words]).pipe(
      Effect.provideService(CliOutput.Presenter, silent),
      Effect.provide(NodeServices.layer)
    )
    const exit = await Effect.runPromiseExit(call)
    if (exit._tag === "Failure") return [`${words.join(" ")}: ${String(exit.cause)}`]
  }
  return [...heard]
}

describe("examples", () => {
  it("stand at every command", () => {
    expect(verbs.length).toBeGreaterThan(100)
    expect(verbs.filter(({ examples }) => examples.length === 0).map(({ path }) => path.join(" "))).toEqual([])
  })

  it("are calls of the command that they stand at", async () => {
    const wrong: Array<string> = []
    for (const { path, examples } of verbs)
      for (const line of examples) {
        const called = await calledBy(line)
        // A command that has others below it shows calls of those as well; one that has two names is shown by the shorter.
        const [name, short] = [path.join(" "), `${path[0]} ${path.at(-1)}`]
        if (!called.some((each) => each === name || each === short || each.startsWith(`${name} `)))
          wrong.push(`${path.join(" ")}: ${line}: ${called.join()}`)
      }
    expect(wrong).toEqual([])
  })

  it("would be found out", async () => {
    expect(await calledBy("feagi-trainer run ls")).toEqual(["feagi-trainer run ls"])
    expect(await calledBy("cat x | feagi-trainer run plan - --format toml > y && feagi-trainer run ls")).toEqual([
      "feagi-trainer run plan",
      "feagi-trainer run ls"
    ])
    for (const line of ["feagi-trainer run ls --nothing", "feagi-trainer run plan", "feagi-trainer plugin ls --kind nothing"])
      expect((await calledBy(line))[0]).toContain(line.replace("feagi-trainer ", ""))
  })
})
