/** What the command library says of a call, in the words of this program: help, the version, and nothing of a mistake but its name. */
import type * as CliOutput from "effect/cli/CliOutput"
import type { HelpDoc } from "effect/cli/HelpDoc"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Help, HelpRow } from "./helpText.ts"

const described = (description: Option.Option<string>, note: string): string =>
  [Option.getOrElse(description, () => ""), note].filter((part) => part !== "").join(" ")

/** Help as the library knows it, without the flags that every command has. */
export const helpOf = (doc: HelpDoc): Help => ({
  description: doc.description,
  usage: doc.usage,
  examples: doc.examples ?? [],
  args: (doc.args ?? []).map(
    ({ name, variadic, type, description, required }): HelpRow => ({
      left: variadic ? `${name}...` : name,
      value: type,
      right: described(description, required ? "" : "(optional)")
    })
  ),
  flags: [...doc.flags, ...(doc.inheritedFlags ?? [])].map(
    ({ name, aliases, type, description }): HelpRow => ({
      left: [`--${name}`, ...aliases].join(", "),
      value: type === "boolean" ? undefined : type,
      right: described(description, "")
    })
  ),
  commands: (doc.subcommands ?? []).flatMap(({ commands }) => commands.map(({ name, description }) => ({ left: name, right: description })))
})

/** @param show gets whole texts without a line break at their end; a call that cannot be understood shows nothing */
export const presenter = (show: (text: string) => void, helpText: (help: Help) => string): CliOutput.Presenter => ({
  present: (event) =>
    Effect.sync(() => {
      if (event._tag === "Help") show(helpText(helpOf(event.helpDoc)))
      if (event._tag === "Version") show(`${event.name} ${event.version}`)
    })
})
