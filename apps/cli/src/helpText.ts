/**
 * Help as it is printed: examples before flags, every line within the terminal, and at its end what the exit codes mean.
 *
 * It imports next to nothing, for the help of a word that leads to others is told without the command library.
 */
import { textWidth, wrapped } from "./textWidth.ts"

export interface HelpRow {
  readonly left: string
  /** What stands for the value of a flag or is said of an argument's kind. */
  readonly value?: string | undefined
  readonly right: string
}

export interface Help {
  readonly description: string
  readonly usage: string
  readonly examples: ReadonlyArray<{ readonly command: string; readonly description?: string | undefined }>
  readonly args: ReadonlyArray<HelpRow>
  readonly flags: ReadonlyArray<HelpRow>
  readonly commands: ReadonlyArray<HelpRow>
}

/** How it is shown. */
export interface Look {
  readonly colors: boolean
  readonly columns: number
}

/** Flags of every command. */
export const globalFlags: ReadonlyArray<HelpRow> = [
  { left: "--help, -h", right: "Show help; so does  feagi-trainer help COMMAND" },
  { left: "--version, -v", right: "Show the version" },
  { left: "--completions", value: "shell", right: "Print completions for bash, zsh, fish or powershell" },
  { left: "--log-level", value: "level", right: "The least that is logged: all, trace, debug, info, warn, error, fatal or none" },
  { left: "--debug", right: "Show the stack of an error that is a bug" }
]

export const exitCodesText =
  "0 done, 1 failed, 2 usage, 3 does not validate, 4 not comparable, 5 gate missed, 6 bytes are not what they were, 7 missing, 8 locked, " +
  "130 stopped by Ctrl-C, 143 terminated"

/** A name that is wider than this, or than a quarter of a narrow terminal, has a line of its own. */
const widestName = 30

/** Lines for people are no longer than this, however wide the terminal is. */
const widest = 100

const painters = (colors: boolean) => {
  const painter = (code: number) => (colors ? (text: string) => `\u001b[${code}m${text}\u001b[0m` : (text: string) => text)
  return { bold: painter(1), dim: painter(2), green: painter(32), cyan: painter(36) }
}

/**
 * The text of `help`, without a line break at its end.
 *
 * @param parts `own` leaves out what is the same for every command
 */
export const helpText = (help: Help, { colors, columns }: Look, parts: "own" | "all" = "all"): string => {
  const { bold, dim, green, cyan } = painters(colors)
  const width = Math.min(widest, Math.max(40, columns))
  const widestHere = width < 2 * widestName ? width / 4 : widestName
  const plain = ({ left, value }: HelpRow): string => (value === undefined ? left : `${left} ${value}`)
  const table = (rows: ReadonlyArray<HelpRow>, painted: (row: HelpRow) => string): ReadonlyArray<string> => {
    const column = Math.max(...rows.map((row) => textWidth(plain(row))).filter((each) => each <= widestHere), 0) + 4
    return rows.flatMap((row) => {
      const lines = wrapped(row.right, width - column).map((line) => " ".repeat(column) + line)
      const name = plain(row)
      if (name.length + 4 > column) return [`  ${painted(row)}`, ...(row.right === "" ? [] : lines)]
      const [first = ""] = lines
      return [`  ${painted(row)}${first.slice(name.length + 2)}`.trimEnd(), ...lines.slice(1)]
    })
  }
  const flagTable = (rows: ReadonlyArray<HelpRow>) =>
    table(rows, ({ left, value }) => `${left.split(", ").map(green).join(", ")}${value === undefined ? "" : ` ${dim(value)}`}`)
  const prose = (text: string) => wrapped(text, width - 2).map((line) => `  ${line}`)
  const examples = help.examples.map(({ command, description }) =>
    [...(description === undefined ? [] : prose(`# ${description}`).map(dim)), `  ${cyan(command)}`].join("\n")
  )
  const isLeaf = help.commands.length === 0
  const sections: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
    ["DESCRIPTION", prose(help.description)],
    ["USAGE", [`  ${cyan(help.usage)}`]],
    ["EXAMPLES", examples.length === 0 ? [] : [examples.join("\n\n")]],
    ["ARGUMENTS", table(help.args, ({ left, value = "" }) => `${green(left)} ${dim(value)}`)],
    ["SUBCOMMANDS", table(help.commands, ({ left }) => cyan(left))],
    ["FLAGS", flagTable(help.flags)],
    ["GLOBAL FLAGS", parts === "own" ? [] : flagTable(globalFlags)],
    ["EXIT CODES", parts === "own" || !isLeaf ? [] : prose(exitCodesText)]
  ]
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [bold(title), ...lines].join("\n"))
    .join("\n\n")
}
