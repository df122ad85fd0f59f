/** `encoding`: how much of the data a code keeps. */
import { Command } from "effect/cli"
import { report } from "./encodingReport.ts"

export const encoding = Command.make("encoding").pipe(
  Command.withDescription("How much of the data a code keeps"),
  Command.withSubcommands([report])
)
