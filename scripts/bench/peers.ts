/**
 * Gets what a row is measured by from the npm registry or from PyPI, in one version, into `.cache/bench`, or says why this machine cannot.
 *
 * Sharp edge: nothing of it is a dependency of this workspace, so that its types are not known; whoever loads it says what it calls.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { root } from "../steps.ts"

export type Peer<A> = { readonly ok: true; readonly value: A } | { readonly ok: false; readonly reason: string }

const folderOf = (name: string, version: string): string =>
  join(root, ".cache", "bench", `${name.replace(/^@/, "").replace("/", "-")}-${version}`)

/** The line that says why: the last one of Python and pip, and the first of npm that is no code. */
const whyOf = (output: string | null, line: 0 | -1 = -1): string =>
  (output ?? "")
    .split("\n")
    .filter((each) => each.trim() !== "" && !each.startsWith("npm error code"))
    .at(line)
    ?.trim() ?? "it cannot be started"

/** A package, loaded. Install scripts are not run. */
export const npmPeer = <Module>(name: string, version: string): Peer<Module> => {
  const folder = folderOf(name, version)
  if (!existsSync(join(folder, "node_modules", name, "package.json"))) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n')
    const args = ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", `${name}@${version}`]
    const { status, stderr } = spawnSync("npm", args, { encoding: "utf8" })
    if (status !== 0) return { ok: false, reason: `npm cannot install ${name}@${version}: ${whyOf(stderr, 0)}` }
  }
  try {
    // What the module is stands in its own documentation, and a call that is not there fails the row.
    return { ok: true, value: createRequire(join(folder, "package.json"))(name) as Module }
  } catch (error) {
    return { ok: false, reason: `${name}@${version} cannot be loaded: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** The Python of a virtual environment that has the package. */
export const pythonPeer = (name: string, version: string): Peer<string> => {
  const folder = folderOf(name, version)
  const python = process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python")
  const installed = (): boolean =>
    existsSync(python) &&
    spawnSync(python, ["-c", `import importlib.metadata as m; assert m.version("${name}") == "${version}"`]).status === 0
  if (installed()) return { ok: true, value: python }
  const system = ["python3", "python"].find((each) => spawnSync(each, ["-c", "import sys; assert sys.version_info >= (3, 9)"]).status === 0)
  if (system === undefined) return { ok: false, reason: "there is no Python 3.9 or later on this machine" }
  const made = spawnSync(system, ["-m", "venv", folder], { encoding: "utf8" })
  if (made.status !== 0) return { ok: false, reason: `${system} -m venv failed: ${whyOf(made.stderr + made.stdout)}` }
  const pip = spawnSync(python, ["-m", "pip", "install", "--quiet", "--only-binary=:all:", `${name}==${version}`], { encoding: "utf8" })
  if (pip.status === 0 && installed()) return { ok: true, value: python }
  return { ok: false, reason: `pip cannot install ${name}==${version}: ${whyOf(pip.stderr)}` }
}
