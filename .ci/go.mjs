// The one way into this repository: `npm run demo`, `npm test`, `npm run ftr -- …`.
//
// Plain JavaScript without dependencies, for any Node >= 18 with npm. It finds Node >= 22.19 and pnpm 12 (on PATH, or from
// the npm registry into .cache/toolchain), installs the locked dependencies once, and runs one script of this repository
// with that Node. It writes to stderr only: stdout, stdin, the exit code and signals belong to the script.
import { spawn, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { constants } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const NODE = "24.21.0"
const PNPM = "12.21.0"
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const windows = process.platform === "win32"

const say = (text) => process.stderr.write(`[go] ${text}\n`)
const fail = (text) => {
  say(text)
  process.exit(7)
}

/** npm exports its own settings to its scripts; a nested npm or pnpm would take them for its own. */
const environment = () => {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", npm_config_update_notifier: "false" }
  for (const key of ["npm_config_call", "npm_config_package", "npm_config_prefix", "npm_config_local_prefix"]) delete env[key]
  return env
}

const suits = (version) => {
  const [major, minor] = version.split(".").map(Number)
  return (major === 22 && minor >= 19) || (major >= 24 && major % 2 === 0)
}

/** Runs a program of the bootstrap; its output is shown on stderr. */
const run = (command, args, env) => spawnSync(command, args, { cwd: root, env, stdio: ["ignore", 2, 2], shell: windows }).status === 0

/** Installs packages from the npm registry under .cache, without running any install script. */
const fetchTools = (folder, packages, env) => {
  say(`getting ${packages.join(" and ")} from the npm registry`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n')
  const args = ["install", "--prefix", folder, "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", ...packages]
  if (!run("npm", args, env)) fail("npm could not install them; see its message above")
}

/** The Node to run with: this one if it suits, else a plain binary from the npm registry (no install script needed). */
const findNode = (env) => {
  if (suits(process.versions.node)) return process.execPath
  const name =
    process.platform === "linux"
      ? `node-linux-${process.arch}`
      : `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`
  const folder = join(root, ".cache", "toolchain", `node-${NODE}`)
  const binary = join(folder, "node_modules", name, "bin", windows ? "node.exe" : "node")
  if (!existsSync(binary)) fetchTools(folder, [`${name}@${NODE}`], env)
  return existsSync(binary)
    ? binary
    : fail(`Node ${process.version} is too old, and ${name}@${NODE} brought no binary. Install Node >= 22.19.`)
}

const findPnpm = (node, env) => {
  const found = spawnSync("pnpm", ["--version"], { cwd: root, env, encoding: "utf8", shell: windows })
  if (found.status === 0 && Number(found.stdout.trim().split(".")[0]) === 12) return ["pnpm"]
  const folder = join(root, ".cache", "toolchain", `pnpm-${PNPM}`)
  const script = join(folder, "node_modules", "pnpm", "bin", "pnpm.mjs")
  if (!existsSync(script)) fetchTools(folder, [`pnpm@${PNPM}`], env)
  return [node, script]
}

/** Installs the locked dependencies unless the stamp says that they are there. */
const install = (node, env) => {
  const stamp = join(root, ".cache", "installed")
  const wanted = createHash("sha256")
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml"]) wanted.update(readFileSync(join(root, file)))
  const digest = wanted.digest("hex")
  const current = existsSync(stamp) ? readFileSync(stamp, "utf8") : ""
  if (current === digest && existsSync(join(root, "node_modules"))) return
  const [command, ...first] = findPnpm(node, env)
  say("installing the locked dependencies")
  rmSync(stamp, { force: true })
  const args = [...first, "install", "--frozen-lockfile", "--prefer-offline", "--reporter=append-only", "--loglevel=warn"]
  if (!run(command, args, env)) fail("pnpm could not install the dependencies; see its message above")
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, digest)
}

const scripts = {
  ftr: "apps/cli/src/main.ts",
  demo: "scripts/demo.ts",
  test: "scripts/test.ts",
  check: "scripts/check.ts",
  format: "scripts/format.ts",
  schemas: "scripts/schemas.ts",
  wasm: "scripts/wasm.ts",
  kernels: "scripts/kernels.ts",
  pack: "scripts/pack.ts",
  matrix: "scripts/matrix.ts",
  bench: "scripts/bench.ts",
  feagi: "scripts/feagi.ts",
  optional: "scripts/optional.ts",
  studio: "scripts/studio.ts",
  tour: "scripts/tour.ts",
  pictures: "scripts/pictures.ts"
}

const [task, ...args] = process.argv.slice(2)
if (!(task in scripts)) fail(`unknown task "${task}"; there are ${Object.keys(scripts).join(", ")}`)
const env = environment()
const node = findNode(env)
const fetchedPnpm = join(root, ".cache", "toolchain", `pnpm-${PNPM}`, "node_modules", "@pnpm", `exe.${process.platform}-${process.arch}`)
env.PATH = [dirname(node), join(root, "node_modules", ".bin"), env.PATH ?? "", fetchedPnpm].join(delimiter)
install(node, env)

// The command line works in the folder that the person is in; the scripts of the repository work in its root.
const cwd = task === "ftr" ? (process.env.INIT_CWD ?? process.cwd()) : root
// Descriptor 3 is a line of life: when this process dies, however it dies, the command line reads its end and stops too.
if (task === "ftr") env.FEAGI_TRAINER_LIFELINE = "3"
const child = spawn(node, ["--disable-warning=ExperimentalWarning", join(root, scripts[task]), ...args], {
  cwd,
  env,
  stdio: ["inherit", "inherit", "inherit", "pipe"]
})
// A terminal sends its signals to the whole group; these are for a signal sent to this process alone.
let last = 0
const forward = (signal) => {
  last = constants.signals[signal]
  child.kill(signal)
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => forward(signal))
// npm may be killed without a signal reaching us: without those who started us there is nobody to work for. Between npm and us
// stands a shell that outlives it, so that on Linux the shell's own parent is watched as well.
const parentOf = (pid) => {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ")[1])
  } catch {
    return undefined
  }
}
const parent = process.ppid
const grandparent = process.env.npm_lifecycle_event === undefined ? undefined : parentOf(parent)
const watch = setInterval(() => {
  if (process.ppid !== parent || (grandparent !== undefined && parentOf(parent) !== grandparent)) child.kill("SIGKILL")
}, 100)
child.on("error", (error) => fail(error.message))
child.on("close", (code, signal) => {
  clearInterval(watch)
  process.exit(code ?? 128 + (signal === null ? last : constants.signals[signal]))
})
