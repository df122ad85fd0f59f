/** Words that are no call, as findings like any other: what is wrong, what comes near, and where it is said how the call is made. */
import { type Diagnostic, type TrainerError, trainerErrors } from "@feagi-trainer/contracts"

/** What the command library knows of them. */
export interface Misuse {
  readonly commandPath: ReadonlyArray<string>
  readonly errors: ReadonlyArray<Mistake>
}

export interface Mistake {
  readonly _tag: string
  readonly message: string
  readonly suggestions?: ReadonlyArray<string>
  readonly option?: string
  readonly argument?: string
  readonly arguments?: ReadonlyArray<string>
  readonly subcommand?: string
  readonly value?: string
  readonly expected?: string
}

/** How the command library says that a flag which is taken once was given more often. */
const often = /^(\d+) occurrences$/

/** What comes near stands below an empty line. */
const lineOf = ({ message }: Mistake): string => message.split(/\n\s*/)[0] ?? message

const said = (mistake: Mistake, command: string): string => {
  const { _tag, option = "", argument = "", subcommand = "", value = "", expected = "" } = mistake
  switch (_tag) {
    case "UnknownSubcommand":
      return `${command} has no command "${subcommand}"`
    case "UnrecognizedOption":
      return `${command} has no flag "${option}"`
    case "MissingOption":
      return `${command} needs the flag --${option}`
    case "MissingArgument":
      return `${command} needs the argument <${argument}>`
    case "InvalidValue": {
      const times = expected.startsWith("at most 1") ? often.exec(value)?.[1] : undefined
      return times === undefined ? lineOf(mistake) : `${command} takes --${option} once, and it is given ${times} times`
    }
    case "UnexpectedArgument": {
      const words = (mistake.arguments ?? []).map((word) => JSON.stringify(word)).join(", ")
      return `${command} takes no argument ${words}`
    }
    default:
      return lineOf(mistake)
  }
}

export const usageError = ({ commandPath, errors }: Misuse): TrainerError => {
  const command = commandPath.join(" ")
  return trainerErrors(
    "usage",
    errors.map((mistake): Diagnostic => {
      const near = (mistake.suggestions ?? []).map((each) => `"${each}"`).join(" or ")
      return {
        code: "FT1350",
        severity: "error",
        message: said(mistake, command),
        help: `${near === "" ? "" : `did you mean ${near}? `}see  ${command} --help`
      }
    })
  )
}
