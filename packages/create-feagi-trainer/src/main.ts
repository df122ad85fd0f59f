/**
 * `create-feagi-trainer` without a process: arguments in, files written, an exit code out.
 *
 * Exit codes are those of the trainer: 0 done, 2 the call cannot be understood, 3 it is understood and refused. Sharp edge: it asks
 * questions only when it is given a way to ask, which the program gives it on a terminal alone.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { parseArgs } from "node:util"
import { type Axis, axes, isAxis } from "./Axis.ts"
import { problemOfName } from "./Name.ts"
import { packageName, release, render } from "./render.ts"

export interface Surroundings {
  /** Absolute; `--dir` is relative to it. */
  readonly cwd: string
  readonly out: (text: string) => void
  readonly error: (text: string) => void
  /** Left out where nobody can answer. */
  readonly ask?: (question: string) => Promise<string>
}

const usage = `create-feagi-trainer ${release}: writes a plugin package that passes its tests at once.

  npm create feagi-trainer@latest -- metric-pack my-metric

Usage: create-feagi-trainer [AXIS] [NAME] [options]

  --axis AXIS   what the plugin is: ${axes.join(", ")}
  --name NAME   its id, in kebab-case
  --dir DIR     where to write it; NAME when left out
  --yes         ask nothing
  --version     print the version
  --help        print this
`

interface Request {
  readonly axis: string | undefined
  readonly name: string | undefined
  readonly dir: string | undefined
  readonly yes: boolean
}

type Parsed = { readonly print: string } | { readonly problem: string } | { readonly request: Request }

/** The same thing said twice has to be the same. */
const once = (
  flag: string,
  given: string | undefined,
  position: string | undefined
): { readonly problem: string } | { readonly value: string | undefined } =>
  given !== undefined && position !== undefined && given !== position
    ? { problem: `${flag} ${given} and the argument ${position} contradict each other` }
    : { value: given ?? position }

const parse = (args: ReadonlyArray<string>): Parsed => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        axis: { type: "string" },
        name: { type: "string" },
        dir: { type: "string" },
        yes: { type: "boolean", short: "y" },
        version: { type: "boolean" },
        help: { type: "boolean", short: "h" }
      }
    })
    if (values.help === true) return { print: usage }
    if (values.version === true) return { print: `${release}\n` }
    if (positionals.length > 2)
      return { problem: `expected at most AXIS and NAME, got ${positionals.length} arguments: ${positionals.join(" ")}` }
    const axis = once("--axis", values.axis, positionals[0])
    if ("problem" in axis) return axis
    const name = once("--name", values.name, positionals[1])
    if ("problem" in name) return name
    return { request: { axis: axis.value, name: name.value, dir: values.dir, yes: values.yes === true } }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

/** Asks for what is missing, or names it. */
const complete = async (
  { axis, name, yes }: Request,
  ask: Surroundings["ask"]
): Promise<{ readonly missing: ReadonlyArray<string> } | { readonly axis: string; readonly name: string }> => {
  if (ask === undefined || yes) {
    const missing = [...(axis === undefined ? ["--axis"] : []), ...(name === undefined ? ["--name"] : [])]
    return axis === undefined || name === undefined ? { missing } : { axis, name }
  }
  const asked = axis ?? (await ask(`What is it? One of ${axes.join(", ")}: `)).trim()
  return { axis: asked, name: name ?? (await ask("What is it called? In kebab-case, as in my-metric: ")).trim() }
}

const isEmptyOrAbsent = (folder: string): boolean => {
  if (!existsSync(folder)) return true
  try {
    return readdirSync(folder).length === 0
  } catch {
    // A file stands there.
    return false
  }
}

const write = (folder: string, axis: Axis, name: string): number => {
  const files = render(axis, name)
  for (const [path, text] of files) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    // "wx": whoever put a file there in the meantime keeps it.
    writeFileSync(file, text, { flag: "wx" })
  }
  return files.size
}

/** Returns the exit code. Says what to do next on `error`, and the folder on `out`. */
export const main = async (args: ReadonlyArray<string>, { cwd, out, error, ask }: Surroundings): Promise<number> => {
  const parsed = parse(args)
  if ("print" in parsed) {
    out(parsed.print)
    return 0
  }
  if ("problem" in parsed) {
    error(`create-feagi-trainer: ${parsed.problem}\n\n${usage}`)
    return 2
  }
  const { request } = parsed
  const completed = await complete(request, ask)
  if ("missing" in completed) {
    error(
      `create-feagi-trainer: missing ${completed.missing.join(" and ")}, and nobody to ask\n\n  create-feagi-trainer --axis metric-pack --name my-metric\n`
    )
    return 2
  }
  const { axis, name } = completed
  const problems = [
    ...(isAxis(axis) ? [] : [`there is no template for the axis ${JSON.stringify(axis)}; there is one for ${axes.join(", ")}`]),
    ...[problemOfName(name, isAxis(axis) ? axis : undefined) ?? []].flat()
  ]
  const folder = resolve(cwd, request.dir ?? name)
  const shown = relative(cwd, folder) || "."
  if (problems.length === 0 && !isEmptyOrAbsent(folder))
    problems.push(`${shown} exists and is not an empty folder; name another one with --dir`)
  if (problems.length > 0 || !isAxis(axis)) {
    error(problems.map((problem) => `create-feagi-trainer: ${problem}\n`).join(""))
    return 3
  }
  const count = write(folder, axis, name)
  out(`${shown}\n`)
  error(`${packageName(axis, name)}: ${count} files. Next:\n\n${shown === "." ? "" : `  cd ${shown}\n`}  npm install\n  npm test\n`)
  return 0
}
