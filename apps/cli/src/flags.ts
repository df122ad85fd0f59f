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
/** What standard input holds, whose name does not tell it. */
export const formats = ["toml", "yaml", "json"] as const
export const stdinFormat = Flag.Literals("format", formats).pipe(
  Flag.withDescription("What standard input holds, where the file is -"),
  Flag.optional
)
/** The same for commands whose `--format` is that of their answer. */
export const inputFormat = Flag.Literals("input-format", formats).pipe(
  Flag.withDescription("What standard input holds, where the file is -"),
  Flag.optional
)
export const runFile = Argument.String("file").pipe(
  Argument.withDescription("Run file: *.run.toml, .yaml or .json, or - for standard input, which needs --format")
)
export const set = Flag.String("set").pipe(
  Flag.withMetavar("key=value"),
  Flag.withDescription("Overrides a field of the run file, written as in TOML; may be repeated"),
  Flag.atLeast(0)
)
export const runId = Argument.String("run").pipe(Argument.withDescription("Id of a run, a unique beginning of it, or latest"))
export const optionalRunId = runId.pipe(Argument.withDefault("latest"))
/** One unless it is asked for: a run fills one core and the memory of one brain, and how many there are is not ours to guess. */
export const workers = Flag.Int("workers").pipe(
  Flag.withDescription("Runs that are executed at the same time, each in a thread of its own; changes no result"),
  Flag.filter(
    (count) => count >= 1 && count <= 256,
    () => "a whole number from 1 to 256"
  ),
  Flag.withDefault(1)
)
/** Ten samples tell a share to about a third: less is an anecdote. */
export const minGroup = Flag.Int("min-group").pipe(
  Flag.withDescription("A group with fewer samples is named and not measured"),
  Flag.filter(
    (count) => count >= 1,
    () => "a whole number from 1"
  ),
  Flag.withDefault(10)
)

export const samples = Flag.String("sample").pipe(Flag.withDescription("This sample alone; may be repeated"), Flag.atLeast(0))
