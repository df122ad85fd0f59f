/** A new plugin in a temporary folder, with the packages of this workspace where npm would have installed them. */
import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const packages = fileURLToPath(new URL("../..", import.meta.url))
const bin = join(packages, "create-feagi-trainer", "src", "bin.ts")

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program in `cwd` without a terminal. */
export const create = (cwd: string, args: ReadonlyArray<string>): Ran =>
  spawnSync(process.execPath, [bin, ...args], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })

export const temporary = (): { readonly folder: string; readonly remove: () => void } => {
  const folder = mkdtempSync(join(tmpdir(), "create-feagi-trainer-"))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/**
 * Links the peers and the kit of this workspace into the `node_modules` of a folder: of a plugin, or of one that holds several, where
 * Node finds them as well.
 */
export const link = (folder: string): void => {
  const modules = join(folder, "node_modules")
  mkdirSync(join(modules, "@feagi-trainer"), { recursive: true })
  for (const name of ["contracts", "conformance"]) symlinkSync(join(packages, name), join(modules, "@feagi-trainer", name), "junction")
  // What the examples of a scaffolded protocol are measured by.
  const pack = "metric-pack-classification"
  symlinkSync(join(packages, "..", "plugins", pack), join(modules, "@feagi-trainer", pack), "junction")
  symlinkSync(join(packages, "conformance", "node_modules", "effect"), join(modules, "effect"), "junction")
}

export interface Tested extends Ran {
  readonly passed: number
  readonly failed: number
  /** Names of the tests that failed. */
  readonly red: ReadonlyArray<string>
}

const run = (folder: string, args: ReadonlyArray<string>): Tested => {
  const ran = spawnSync(process.execPath, ["--test", "--test-reporter=tap", ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"]
  })
  const count = (what: string) => Number(new RegExp(`^# ${what} (\\d+)$`, "m").exec(ran.stdout)?.[1])
  const red = [...ran.stdout.matchAll(/^ +not ok \d+ - (.*)$/gm)].map(([, name = ""]) => name)
  return { ...ran, passed: count("pass"), failed: count("fail"), red }
}

/** Runs the tests of a plugin as its `npm test` does. */
export const test = (plugin: string): Tested => run(plugin, ["test/*.test.js"])

/** Runs the tests of all plugins of a folder in one process: several times as fast, and nobody tells whose test is whose. */
export const testAll = (folder: string): Tested => run(folder, ["--test-isolation=none", "*/test/*.test.js"])

/** What an editor says of `// @ts-check`: every script of all plugins of a folder, under the strict options of this workspace. */
export const typeCheck = (folder: string): Ran => {
  const root = join(packages, "..", "node_modules")
  const options = {
    ...{ allowJs: true, checkJs: true, noEmit: true, strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
    ...{ module: "nodenext", target: "es2024", lib: ["es2024", "esnext.disposable"], skipLibCheck: true, allowImportingTsExtensions: true },
    ...{ types: ["node"], typeRoots: [join(root, "@types")] }
  }
  const include = ["src", "test"].map((path) => `*/${path}`)
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, include }))
  try {
    return spawnSync(process.execPath, [join(root, "typescript", "bin", "tsc"), "-p", folder], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"]
    })
  } finally {
    rmSync(join(folder, "tsconfig.json"))
  }
}

/** The files that npm would publish of each plugin, by its own account. */
export const listed = (folder: string, plugins: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => {
  const text = execFileSync("npm", ["pack", "--dry-run", "--json", "--offline", ...plugins.map((name) => `./${name}`)], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    // npm is a script there, which only a shell starts.
    shell: process.platform === "win32"
  })
  const packed = JSON.parse(text) as ReadonlyArray<{ readonly files: ReadonlyArray<{ readonly path: string }> }>
  return packed.map(({ files }) => files.map(({ path }) => path).sort())
}
