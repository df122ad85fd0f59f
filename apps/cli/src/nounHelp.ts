/**
 * The help of a word that leads to others, out of the table alone: the library that knows the flags of every other command takes several
 * times as long to load as all of this takes.
 *
 * Sharp edge: it is what the program with the library says, to the byte. Tests hold both against each other for every such word.
 */
import type { CommandNode } from "./CommandNode.ts"
import { commandTree } from "./commandTree.ts"
import { type Help, helpText, type Look } from "./helpText.ts"

const rootFlags: Help["flags"] = [{ left: "--json", right: "One JSON document on stdout: {schema_version, kind, data, warnings}" }]

/** The node that only leads to others, or the root, when `argv` asks for its help and for nothing else. */
const asked = (argv: ReadonlyArray<string>): { readonly node: CommandNode; readonly path: ReadonlyArray<string> } | undefined => {
  const last = argv.at(-1)
  if (last !== "--help" && last !== "-h") return undefined
  const words = argv.slice(0, -1)
  const node = words.reduce<CommandNode | undefined>((at, word) => at?.commands.find(({ name }) => name === word), commandTree)
  return node === undefined || (node.load !== undefined && node !== commandTree) ? undefined : { node, path: [commandTree.name, ...words] }
}

/**
 * The help that `argv`, the words behind the program's name, asks for; undefined when it takes more than the table to tell, or is no call
 * for help alone.
 */
export const nounHelp = (argv: ReadonlyArray<string>, look: Look): string | undefined => {
  const found = asked(argv)
  if (found === undefined) return undefined
  const { node, path } = found
  const help: Help = {
    description: node.description,
    usage: `${path.join(" ")} <subcommand> [flags]`,
    examples: node.examples,
    args: [],
    flags: node === commandTree ? rootFlags : [],
    commands: node.commands.map(({ name, description }) => ({ left: name, right: description }))
  }
  return `${helpText(help, look)}\n`
}
