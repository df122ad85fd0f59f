/**
 * A real FEAGI engine in a process of its own, for the live backend: installs, starts, stops and looks at one.
 *
 * Everything lives under .cache/feagi: a Python environment with the published package, the C library of a newer Debian where this
 * machine's is too old for the published binary (nothing is installed system-wide), and one folder for each engine that runs. Sharp
 * edges: the engine must find its configuration by FEAGI_CONFIG_PATH, or it fills its log; it must not create areas by itself, or it
 * grows the brain that it was given.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { randomInt } from "node:crypto"
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { arch, platform } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { root } from "./steps.ts"

/** The PyPI package `feagi-core`; it brings engine 0.0.67 with the crates 0.0.49. */
const VERSION = "2.6.10"
const home = join(root, ".cache", "feagi")
const python = join(home, "venv", "bin", "python")
const newerLibrary = join(home, "glibc")

/** A busy machine is not a broken engine. */
const READY_WITHIN_MS = 60_000
const ENDED_WITHIN_MS = 10_000

const say = (text: string): void => console.log(text)

const run = (command: string, args: ReadonlyArray<string>, more: { cwd?: string; env?: Record<string, string> } = {}): string => {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: more.cwd ?? root,
    env: { ...process.env, ...more.env },
    encoding: "utf8",
    maxBuffer: 1 << 26
  })
  if (status === 0) return stdout
  const why = error?.message ?? stderr.trim().split("\n").slice(-3).join(" | ")
  throw new Error(`${command} ${args.slice(0, 3).join(" ")} failed: ${why}`)
}

const found = (folder: string, wanted: (name: string) => boolean): string | undefined => {
  const name = existsSync(folder) ? readdirSync(folder).find(wanted) : undefined
  return name === undefined ? undefined : join(folder, name)
}

/** The engine that the package brought for this machine. */
const binary = (): string | undefined => {
  const system = { linux: "linux", darwin: "darwin", win32: "windows" }[platform() as string]
  const machine = { x64: "x86_64", arm64: "aarch64" }[arch() as string]
  const libraries = found(join(home, "venv", "lib"), (name) => name.startsWith("python3"))
  if (system === undefined || machine === undefined || libraries === undefined) return undefined
  const path = join(libraries, "site-packages", "feagi", "bin", `${system}-${machine}`, "feagi")
  return existsSync(path) ? path : undefined
}

const libraryFolder = (): string | undefined => found(join(newerLibrary, "usr", "lib"), (name) => name.endsWith("-linux-gnu"))

/** Command and first arguments that run the engine. Undefined when it is not installed. */
const engineCommand = (): readonly [string, ...Array<string>] | undefined => {
  const path = binary()
  if (path === undefined) return undefined
  const libraries = libraryFolder()
  const loader = libraries === undefined ? undefined : found(libraries, (name) => name.startsWith("ld-linux-"))
  return libraries === undefined || loader === undefined ? [path] : [loader, "--library-path", libraries, path]
}

/** What stands in the way of an engine here, as a reason to skip what needs one. Undefined when nothing does. */
export const missingEngine = (): string | undefined =>
  engineCommand() === undefined ? "no FEAGI engine; npm run feagi -- install brings it" : undefined

const tooOld = (path: string): boolean => /version `GLIBC_[^']+' not found/.test(spawnSync(path, ["--help"], { encoding: "utf8" }).stderr)

/** The C library of Debian 13 in a folder, by this machine's own mirror and keyring. */
const fetchNewerLibrary = (): void => {
  const apt = join(home, "apt")
  const debs = join(home, "debs")
  for (const folder of ["etc", "lists/partial", "cache/archives/partial"]) mkdirSync(join(apt, folder), { recursive: true })
  mkdirSync(debs, { recursive: true })
  const mirror = run("apt-get", ["indextargets", "--format", "$(REPO_URI)"])
    .split("\n")
    .find((uri) => /\/debian\/?$/.test(uri))
  if (mirror === undefined) throw new Error("the engine needs GLIBC 2.38, and this machine names no Debian mirror to take it from")
  writeFileSync(
    join(apt, "etc", "trixie.sources"),
    `Types: deb\nURIs: ${mirror}\nSuites: trixie\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n`
  )
  writeFileSync(
    join(apt, "apt.conf"),
    [
      'Dir::Etc::SourceList "/dev/null";',
      `Dir::Etc::SourceParts "${apt}/etc";`,
      `Dir::State::Lists "${apt}/lists";`,
      `Dir::Cache "${apt}/cache";`
    ].join("\n")
  )
  const env = { APT_CONFIG: join(apt, "apt.conf") }
  run("apt-get", ["update", "-qq"], { env })
  run("apt-get", ["download", "-qq", "libc6", "libgcc-s1", "libstdc++6"], { env, cwd: debs })
  for (const deb of readdirSync(debs)) run("dpkg-deb", ["-x", join(debs, deb), newerLibrary])
}

/** Installs the engine unless it is there. Throws with the reason when it cannot. */
export const installEngine = (): void => {
  mkdirSync(home, { recursive: true })
  if (!existsSync(python)) run("python3", ["-m", "venv", join(home, "venv")])
  if (binary() === undefined) run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `feagi-core==${VERSION}`])
  const path = binary()
  if (path === undefined) throw new Error(`feagi-core ${VERSION} brought no engine for ${platform()} ${arch()}`)
  if (tooOld(path) && libraryFolder() === undefined) fetchNewerLibrary()
}

const ports = [
  "api",
  "registration",
  "sensory",
  "motor",
  "visualization",
  "wsRegistration",
  "wsSensory",
  "wsMotor",
  "wsVisualization"
] as const
type Ports = Readonly<Record<(typeof ports)[number], number>>

/**
 * Where ports are looked for: below those that systems lend to outgoing connections. The engine binds the ports of its streams only while an
 * agent is registered, and a port of that range could be lent to anybody in between; the engine would then say that it has no slot.
 */
const PORTS = { from: 10_000, to: 32_000 }
const PORT_ATTEMPTS = 100

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
  })

const freePort = async (): Promise<number> => {
  for (let attempt = 1; attempt <= PORT_ATTEMPTS; attempt++) {
    const port = randomInt(PORTS.from, PORTS.to)
    if (await isFree(port)) return port
  }
  throw new Error(`found no free port between ${PORTS.from} and ${PORTS.to}`)
}

const freePorts = async (api: number | undefined): Promise<Ports> => {
  const taken: Record<string, number> = {}
  for (const name of ports) taken[name] = name === "api" && api !== undefined ? api : await freePort()
  return taken as Ports
}

const configuration = (folder: string, port: Ports): string => {
  const local = 'bind_host = "127.0.0.1"\nadvertised_host = "127.0.0.1"\n'
  return `[system]
data_dir = ${JSON.stringify(join(folder, "data"))}

[api]
${local}port = ${port.api}

[agent]
${local}registration_port = ${port.registration}
sensory_port = ${port.sensory}
motor_port = ${port.motor}
auto_create_missing_cortical_areas = false

[ports]
zmq_sensory_port = ${port.sensory}
zmq_motor_port = ${port.motor}
zmq_visualization_port = ${port.visualization}

[websocket]
${local}enabled = true
registration_port = ${port.wsRegistration}
sensory_port = ${port.wsSensory}
motor_port = ${port.wsMotor}
visualization_port = ${port.wsVisualization}

[timeouts]
service_startup = 3.0

[connectome]
neuron_space = 1000000
synapse_space = 10000000
`
}

export interface RunningEngine {
  readonly pid: number
  readonly api: string
  readonly folder: string
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const healthy = async (api: string): Promise<boolean> => {
  try {
    const answer = await fetch(`${api}/v1/system/health_check`, { signal: AbortSignal.timeout(1000) })
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}

const lastLines = (file: string): string =>
  existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").slice(-5).join("\n") : "no log"

const launch = (folder: string, command: readonly [string, ...Array<string>], detached: boolean): ChildProcess => {
  const log = openSync(join(folder, "engine.log"), "w")
  const config = join(folder, "feagi_configuration.toml")
  try {
    const [program, ...first] = command
    return spawn(program, [...first, "--config", config], {
      cwd: folder,
      detached,
      stdio: ["ignore", log, log],
      env: { ...process.env, FEAGI_CONFIG_PATH: config, FEAGI_DATA_DIR: join(folder, "data"), RUST_LOG: "info" }
    })
  } finally {
    closeSync(log)
  }
}

interface StartOptions {
  readonly api?: number
  readonly detached?: boolean
}

/** Ports were free a moment ago and may be taken now: who let the system choose them tries others. */
const ATTEMPTS = 3

/**
 * Starts an engine without a brain in `folder` on free loopback ports and waits until it answers. `detached` outlives this process.
 * Throws with the end of its log when it does not come up.
 */
export const startEngine = async (folder: string, options: StartOptions = {}): Promise<RunningEngine> => {
  const command = engineCommand()
  if (command === undefined) throw new Error(missingEngine())
  mkdirSync(join(folder, "data"), { recursive: true })
  for (let attempt = 1; ; attempt++)
    try {
      return await startOnce(folder, command, options)
    } catch (error) {
      if (attempt === ATTEMPTS || options.api !== undefined) throw error
    }
}

const startOnce = async (folder: string, command: readonly [string, ...Array<string>], options: StartOptions): Promise<RunningEngine> => {
  const port = await freePorts(options.api)
  const api = `http://127.0.0.1:${port.api}`
  if (await healthy(api)) throw new Error(`something answers at ${api} already; choose another --api-port, or stop it`)
  writeFileSync(join(folder, "feagi_configuration.toml"), configuration(folder, port))
  const child = launch(folder, command, options.detached ?? false)
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message))
    child.once("exit", (code, signal) => resolve(`it ended with ${code ?? signal}`))
  })
  const { pid } = child
  const limit = Date.now() + READY_WITHIN_MS
  while (pid !== undefined && Date.now() < limit && child.exitCode === null && child.signalCode === null) {
    if (await healthy(api)) {
      if (options.detached === true) child.unref()
      return { pid, api, folder }
    }
    await sleep(50)
  }
  child.kill("SIGKILL")
  throw new Error(`the engine did not come up: ${await ended}\n${lastLines(join(folder, "engine.log"))}`)
}

/** Ends the process with this id: gently, then by force. */
export const stopEngine = async (pid: number): Promise<void> => {
  if (!alive(pid)) return
  process.kill(pid, "SIGTERM")
  const limit = Date.now() + ENDED_WITHIN_MS
  while (alive(pid) && Date.now() < limit) await sleep(20)
  if (alive(pid)) process.kill(pid, "SIGKILL")
}

const folder = join(home, "engine")
const record = join(folder, "engine.json")

const recorded = (): RunningEngine | undefined => {
  if (!existsSync(record)) return undefined
  const engine = JSON.parse(readFileSync(record, "utf8")) as RunningEngine
  return alive(engine.pid) ? engine : undefined
}

const install = (): void => {
  installEngine()
  say(`installed FEAGI ${VERSION} in .cache/feagi`)
}

const start = async (api: number | undefined): Promise<void> => {
  const running = recorded()
  if (running !== undefined) throw new Error(`an engine runs already: pid ${running.pid}, ${running.api}; npm run feagi -- stop ends it`)
  const engine = await startEngine(folder, { detached: true, ...(api === undefined ? {} : { api }) })
  writeFileSync(record, JSON.stringify(engine))
  say(`started pid ${engine.pid}, api = "${engine.api}"`)
}

/** Without a word: whatever of installing and starting is still to be done. */
const up = async (api: number | undefined): Promise<void> => {
  if (missingEngine() !== undefined) install()
  await (recorded() === undefined ? start(api) : commands.status?.(api))
}

const commands: Readonly<Record<string, (api: number | undefined) => Promise<void> | void>> = {
  up,
  install,
  start,
  stop: async () => {
    const running = recorded()
    if (running !== undefined) await stopEngine(running.pid)
    rmSync(record, { force: true })
    say(running === undefined ? "no engine runs" : `stopped pid ${running.pid}`)
  },
  status: async () => {
    const running = recorded()
    const reason = missingEngine()
    if (running === undefined) return say(reason === undefined ? "installed, not running" : reason)
    say(`pid ${running.pid}, api = "${running.api}", ${(await healthy(running.api)) ? "answers" : "does not answer"}`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { "api-port": { type: "string" } } })
  const [name = "up"] = positionals
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  const port = values["api-port"] === undefined ? undefined : Number(values["api-port"])
  if (command === undefined || (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536))) {
    console.error("npm run feagi -- [up | install | start | stop | status] [--api-port N]")
    process.exitCode = 2
  } else
    try {
      await command(port)
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error))
      process.exitCode = 1
    }
}
