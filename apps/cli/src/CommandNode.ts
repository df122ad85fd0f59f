/**
 * A command as the program knows it before it loads it: name, what it is for, what stands below it, and where its module is.
 *
 * Sharp edge: what is said here is all that the help of the command above shows, so a module describes its flags and never itself.
 */
import type * as Command from "effect/cli/Command"
import type { Out } from "./Out.ts"
import type { Project } from "./Project.ts"

/** What a command may ask the program for. */
export type ProgramServices = Out | Project | Command.Environment

export interface CommandNode {
  readonly name: string
  readonly description: string
  readonly examples: ReadonlyArray<Command.Command.Example>
  /** Undefined for a word that only leads to others. */
  readonly load: (() => Promise<Command.Command.Any>) | undefined
  /** In the order of the help. */
  readonly commands: ReadonlyArray<CommandNode>
}

/** The compiler compares the name with that of the module's command, and what it needs with what the program has. */
type Load<Name extends string, Input, ContextInput, E, R extends ProgramServices> = () => Promise<
  Command.Command<Name, Input, ContextInput, E, R>
>

/** A command that does something; it may have others below it. */
export const verb = <const Name extends string, Input, ContextInput, E, R extends ProgramServices>(
  name: Name,
  description: string,
  load: Load<Name, Input, ContextInput, E, R>,
  commands: ReadonlyArray<CommandNode> = []
): CommandNode => ({ name, description, examples: [], load, commands })

/** A word that leads to others. */
export const noun = (name: string, description: string, commands: ReadonlyArray<CommandNode>): CommandNode => ({
  name,
  description,
  examples: [],
  load: undefined,
  commands
})
