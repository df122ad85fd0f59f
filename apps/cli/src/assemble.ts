/**
 * Makes the command line out of the table of commands, and of modules no more than a call needs: importing all of them takes longer than
 * most commands do.
 *
 * Sharp edge: which command a call means is known only when it was parsed, and it is parsed by what was loaded. So every command is loaded
 * that the words could mean; that some of them turn out to be values of flags costs time, and nothing else.
 */
import * as Command from "effect/cli/Command"
import type { CommandNode, ProgramServices } from "./CommandNode.ts"
import { commandTree } from "./commandTree.ts"

export type Program = Command.Command<string, unknown, unknown, unknown, ProgramServices>

/** What the help of the command above shows, and nothing that could be called. */
const named = ({ name, description }: CommandNode): Command.Command.Any => Command.make(name).pipe(Command.withDescription(description))

/** @param words in the order of the call; undefined stands for every word that there is */
const assemble = async (node: CommandNode, words: ReadonlyArray<string> | undefined): Promise<Program> => {
  const below = node.commands.map((child) => {
    const place = words === undefined ? 0 : words.indexOf(child.name)
    return place < 0 ? named(child) : assemble(child, words?.slice(place + 1))
  })
  // The compiler has compared what commands need with ProgramServices where the table names them; a list of them forgets it.
  const own = ((await node.load?.()) ?? Command.make(node.name)) as Program
  const described = Command.withDescription(own, node.description)
  const shown = node.examples.length === 0 ? described : Command.withExamples(described, node.examples)
  return below.length === 0 ? shown : (Command.withSubcommands(shown, await Promise.all(below)) as Program)
}

/** Whether a call is about every command at once. */
const needsAll = (argv: ReadonlyArray<string>): boolean => argv.some((word) => /^--completions(?:=|$)/.test(word))

/** The program with everything that `argv`, the words behind its name, could mean; of other commands it knows names and descriptions. */
export const programFor = (argv: ReadonlyArray<string>): Promise<Program> => assemble(commandTree, needsAll(argv) ? undefined : argv)

/** The program with all its commands. */
export const wholeProgram = (): Promise<Program> => assemble(commandTree, undefined)
