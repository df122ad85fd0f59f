/**
 * A call in the words of this program: what other programs have taught people,  help run ls,  completion bash,  version,  -V, and a question
 * for help about a command that there is not, which is a mistake and not a question.
 */
import type { CommandNode } from "./CommandNode.ts"
import { commandTree } from "./commandTree.ts"

/** Whether these words lead to a command, or to one and its arguments. */
const leads = ([first, ...rest]: ReadonlyArray<string>, node: CommandNode = commandTree): boolean => {
  if (first === undefined || (node.load !== undefined && node !== commandTree)) return true
  const child = node.commands.find(({ name }) => name === first)
  return child !== undefined && leads(rest, child)
}

const isHelp = (word: string): boolean => word === "--help" || word === "-h"

/** @param argv the words behind the program's name */
export const wordsOf = (argv: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [first = "", ...rest] = argv
  if (first === "help") return wordsOf([...rest.filter((word) => !isHelp(word)), "--help"])
  if (["completion", "completions"].includes(first) && rest.length === 1) return ["--completions", ...rest]
  if (["version", "-V"].includes(first) && rest.length === 0) return ["--version"]
  const words = argv.filter((word) => !isHelp(word))
  return words.length < argv.length && !words.some((word) => word.startsWith("-")) && !leads(words) ? words : argv
}
