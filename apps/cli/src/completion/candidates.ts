/** What a word that is begun could become: a command, a flag, the value of one, or something that the project has a name for. */
import type { CommandNode } from "../CommandNode.ts"
import { commandTree } from "../commandTree.ts"
import { globalFlags } from "../helpText.ts"
import { type Candidate, isStored, pluginNames, storedNames } from "./stored.ts"

/** Flags and arguments that take the name of something, by what they are called. */
const kindsOfEntry: Readonly<Record<string, string | undefined>> = {
  adapter: "adapter",
  template: "task-template",
  pack: "metric-pack",
  protocol: "protocol",
  id: undefined
}
const latest = new Set(["run", "group", "scorecard", "campaign"])

interface Place {
  readonly node: CommandNode
  /** Words behind the command that are no flags. */
  readonly args: ReadonlyArray<string>
}

const placeOf = (words: ReadonlyArray<string>): Place => {
  let node = commandTree
  const args: Array<string> = []
  for (const word of words) {
    if (word.startsWith("-")) continue
    const child = args.length === 0 ? node.commands.find(({ name }) => name === word) : undefined
    if (child === undefined) args.push(word)
    else node = child
  }
  return { node, args }
}

const descriptorOf = async (node: CommandNode) => {
  const { fromCommand } = await import("effect/cli/Completions")
  const command = await node.load?.()
  return command === undefined ? undefined : fromCommand(command)
}

/** Where it is asked. */
export interface Asker {
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

const named = async (name: string, { folder, environment }: Asker): Promise<ReadonlyArray<Candidate>> => {
  if (name in kindsOfEntry) return pluginNames(kindsOfEntry[name], folder)
  if (!isStored(name)) return []
  const found = await storedNames(name, folder, environment)
  return latest.has(name) && found.length > 0 ? [{ value: "latest", about: "the newest" }, ...found] : found
}

type Taken = { readonly _tag: string; readonly values?: ReadonlyArray<string> }

const valuesOf = (name: string, type: Taken, asker: Asker): Promise<ReadonlyArray<Candidate>> | ReadonlyArray<Candidate> =>
  type.values === undefined ? named(name, asker) : type.values.map((value) => ({ value, about: "" }))

/** @param words what stands behind the program's name, the one that is begun last */
const candidatesFor = async (words: ReadonlyArray<string>, asker: Asker): Promise<ReadonlyArray<Candidate>> => {
  const current = words.at(-1) ?? ""
  const before = words.slice(0, -1)
  const { node, args } = placeOf(before)
  const descriptor = node.load === undefined ? undefined : await descriptorOf(node)
  const flags = descriptor?.flags ?? []
  const taking = flags.filter(({ type }) => type._tag !== "Boolean")
  const isFlag = (word: string, name: string, aliases: ReadonlyArray<string>) =>
    word === `--${name}` || aliases.some((alias) => word === alias || word === `-${alias}`)

  const given = /^(--[^=]+)=/.exec(current)?.[1]
  const last = given ?? before.at(-1) ?? ""
  const wanted = taking.find(({ name, aliases }) => isFlag(last, name, aliases))
  if (wanted !== undefined) {
    const values = await valuesOf(wanted.name, wanted.type, asker)
    return given === undefined ? values : values.map(({ value, about }) => ({ value: `${given}=${value}`, about }))
  }
  if (current.startsWith("-"))
    return [
      ...flags.map(({ name, description }) => ({ value: `--${name}`, about: description ?? "" })),
      ...globalFlags.map(({ left, right }) => ({ value: left.split(", ")[0] ?? left, about: right }))
    ]
  const below = args.length === 0 ? node.commands.map(({ name, description }) => ({ value: name, about: description })) : []
  if (below.length > 0 || descriptor === undefined) return below
  // A value of a flag was counted as an argument.
  const values = before.filter((_, at) => at > 0 && taking.some(({ name, aliases }) => isFlag(before[at - 1] ?? "", name, aliases)))
  const place = args.length - values.filter((word) => args.includes(word)).length
  const argument = descriptor.arguments[place] ?? descriptor.arguments.findLast(({ variadic }) => variadic)
  return argument === undefined ? [] : valuesOf(argument.name, argument.type, asker)
}

/** Loaded for what somebody else may have named. */
const safe = async (text: string): Promise<string> =>
  /^[\x20-\x7e]*$/.test(text) ? text : (await import("@feagi-trainer/contracts")).escapeControl(text).replaceAll("\t", " ")

/** One candidate per line, with what it is behind a tab. */
export const completions = async (words: ReadonlyArray<string>, asker: Asker): Promise<string> => {
  const current = words.at(-1) ?? ""
  const found = (await candidatesFor(words, asker)).filter(({ value }) => value.startsWith(current))
  const lines = found.map(async ({ value, about }) => (about === "" ? value : `${value}\t${await safe(about)}`))
  return (await Promise.all(lines)).map((line) => `${line}\n`).join("")
}
