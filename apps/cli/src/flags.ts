/** Flags and arguments that several commands share, so that one name means one thing everywhere. */
import { Argument, Flag } from "effect/cli"

export const json = Flag.Boolean("json").pipe(
  Flag.withDescription("One JSON document on stdout: {schema_version, kind, data, warnings}"),
  Flag.withDefault(false)
)
export const dryRun = Flag.Boolean("dry-run").pipe(
  Flag.withAlias("n"),
  Flag.withDescription("Do everything but write"),
  Flag.withDefault(false)
)
export const name = Flag.String("name").pipe(Flag.withDescription("Name to register it under: lower-case letters, digits, . _ -"))
export const option = Flag.String("option").pipe(
  Flag.withMetavar("key=value"),
  Flag.withDescription("An option of the plugin, written as in TOML; may be repeated"),
  Flag.atLeast(0)
)
export const runId = Argument.String("run").pipe(Argument.withDescription("Id of a run, a unique beginning of it, or latest"))
export const optionalRunId = runId.pipe(Argument.withDefault("latest"))
