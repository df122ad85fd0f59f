/**
 * The help of a word that leads to others, out of the table alone: the library that tells every other help takes several times as long to
 * load as all of this takes.
 *
 * Sharp edge: it is the library's text to the byte, colours included. Tests hold both against each other for every such word.
 */
import type { CommandNode } from "./CommandNode.ts"
import { commandTree } from "./commandTree.ts"

interface Row {
  readonly left: string
  /** What stands for the value of a flag. */
  readonly value?: string
  readonly right: string
}

const choices = (words: ReadonlyArray<string>) => ({ value: `<${words.join("|")}>`, listed: `(choices: ${words.join(", ")})` })
const shells = choices(["bash", "zsh", "fish", "powershell", "sh", "pwsh"])
const levels = choices(["all", "trace", "debug", "info", "warn", "warning", "error", "fatal", "none"])

const rootFlags: ReadonlyArray<Row> = [{ left: "--json", right: "One JSON document on stdout: {schema_version, kind, data, warnings}" }]

const globalFlags: ReadonlyArray<Row> = [
  { left: "--help, -h", right: "Show help information" },
  { left: "--version, -v", right: "Show version information" },
  { left: "--wizard", right: "Start wizard mode for a command" },
  { left: "--completions", value: shells.value, right: `Print shell completion script ${shells.listed}` },
  { left: "--log-level", value: levels.value, right: `Sets the minimum log level ${levels.listed}` }
]

/** Names of commands get no wider column than this. */
const widestName = 20

type Paint = (text: string) => string

const painters = (colors: boolean) => {
  const painter = (code: number): Paint => (colors ? (text) => `\u001b[${code}m${text}\u001b[0m` : (text) => text)
  return { bold: painter(1), dim: painter(2), green: painter(32), cyan: painter(36) }
}

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
export const nounHelp = (argv: ReadonlyArray<string>, colors: boolean): string | undefined => {
  const found = asked(argv)
  if (found === undefined) return undefined
  const { node, path } = found
  const { bold, dim, green, cyan } = painters(colors)
  const plain = ({ left, value }: Row): string => (value === undefined ? left : `${left} ${value}`)
  const table = (rows: ReadonlyArray<Row>, painted: (row: Row) => string, widest = Number.POSITIVE_INFINITY): ReadonlyArray<string> => {
    const column = Math.min(widest, Math.max(...rows.map((row) => plain(row).length)) + 4)
    return rows.map((row) => `  ${painted(row)}${" ".repeat(Math.max(column - plain(row).length, 1))}${row.right}`)
  }
  const flags = (rows: ReadonlyArray<Row>) =>
    table(rows, ({ left, value }) => `${left.split(", ").map(green).join(", ")}${value === undefined ? "" : ` ${dim(value)}`}`)
  const commands = node.commands.map(({ name, description }): Row => ({ left: name, right: description }))
  const examples = node.examples.map(({ command, description }) => `  ${dim(`# ${description}`)}\n  ${cyan(command)}`)
  const lines = [
    ...[bold("DESCRIPTION"), `  ${node.description}`, ""],
    ...[bold("USAGE"), `  ${cyan(`${path.join(" ")} <subcommand> [flags]`)}`, ""],
    ...(node === commandTree ? [bold("FLAGS"), ...flags(rootFlags), ""] : []),
    ...[bold("GLOBAL FLAGS"), ...flags(globalFlags), ""],
    ...[bold("SUBCOMMANDS"), ...table(commands, ({ left }) => cyan(left), widestName)],
    ...(examples.length === 0 ? [] : [bold("EXAMPLES"), examples.join("\n\n")])
  ]
  return `${lines.join("\n")}\n`
}

/** Whether text for a stream may have colours, as the environment asks for it. */
export const canColor = (environment: NodeJS.ProcessEnv, isTerminal: boolean): boolean => {
  const { TERM, NO_COLOR = "", FORCE_COLOR = "" } = environment
  if (TERM === "dumb" || NO_COLOR !== "") return false
  return isTerminal || !["", "0", "false"].includes(FORCE_COLOR.toLowerCase())
}
