/**
 * A project folder of its own for a test: copies of the plugins as they stand here, a table of flowers, and the program, warm or cold.
 *
 * The plugins are copies so that a test can alter one, and so that a file that is saved while a test runs changes nothing under it.
 */
import { type ChildProcess, fork, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import type { Answered, Asked } from "./warm.ts"

const repository = fileURLToPath(new URL("../../../../", import.meta.url))
export const mainFile = join(repository, "apps/cli/src/main.ts")
/** What `main.ts` imports once it has made its process ready. */
const programFile = join(repository, "apps/cli/src/runProgram.ts")
export const iris = join(repository, "docs/examples/iris/iris.csv")
const usual = ["adapter-csv", "feagi-binding", "metric-pack-classification", "reward-supervised", "sampler-random", "sampler-sequential"]

/** Runs that take minutes instead of seconds. */
export const isFull = process.env.FEAGI_TRAINER_TEST_FULL === "1"

export interface Said {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Process {
  readonly child: ChildProcess
  readonly ended: Promise<Said & { readonly signal: NodeJS.Signals | null }>
}

export interface Project {
  readonly folder: string
  readonly path: (...parts: ReadonlyArray<string>) => string
  readonly write: (name: string, text: string) => string
  readonly read: (name: string) => string
  /** In the warm process. */
  readonly ftr: (...argv: ReadonlyArray<string>) => Promise<Said>
  /** In the warm process, with stdout on a terminal of this width. */
  readonly onTerminal: (columns: number, ...argv: ReadonlyArray<string>) => Promise<Said>
  /** In the warm process, with `--json`: the data of its one document. Fails when the command does. */
  readonly data: <A = Record<string, unknown>>(...argv: ReadonlyArray<string>) => Promise<A>
  /** In a process of its own. */
  readonly spawn: (argv: ReadonlyArray<string>, environment?: Readonly<Record<string, string>>) => Process
  readonly close: () => void
}

/** An environment without anything that would change what the program does. */
export const environmentOf = (more: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
  ...more
})

const collect = (child: ChildProcess): Process["ended"] =>
  new Promise((resolve, reject) => {
    const out: Array<Buffer> = []
    const err: Array<Buffer> = []
    child.stdout?.on("data", (chunk: Buffer) => out.push(chunk))
    child.stderr?.on("data", (chunk: Buffer) => err.push(chunk))
    child.on("error", reject)
    child.on("close", (code, signal) =>
      resolve({ code: code ?? -1, signal, stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8") })
    )
  })

const emptyFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), "feagi-trainer-cli-")))

/**
 * @param more plugins besides the usual ones
 * @param name of the folder, where somebody is going to read it
 */
export const makeProject = (more: ReadonlyArray<string> = [], name = ""): Project => {
  const outer = emptyFolder()
  const folder = join(outer, name)
  const plugins = [...usual, ...more]
  for (const name of plugins) {
    const from = join(repository, "plugins", name)
    mkdirSync(join(folder, "plugins", name), { recursive: true })
    for (const item of readdirSync(from)) {
      if (["node_modules", "test", "dist", ".turbo"].includes(item)) continue
      cpSync(join(from, item), join(folder, "plugins", name, item), { recursive: true })
    }
    symlinkSync(join(from, "node_modules"), join(folder, "plugins", name, "node_modules"))
  }
  writeFileSync(
    join(folder, "feagi-trainer.toml"),
    `schema_version = 1\nplugins = [${plugins.map((name) => `"./plugins/${name}"`).join(", ")}]\n`
  )
  cpSync(iris, join(folder, "iris.csv"))
  return openProject(folder, outer)
}

/** The same project in another folder, with a store of its own. */
export const cloneOf = (project: Project): Project => {
  const folder = emptyFolder()
  cpSync(project.folder, folder, { recursive: true, verbatimSymlinks: true })
  return openProject(folder)
}

/** @param whole what is removed with it */
const openProject = (folder: string, whole = folder): Project => {
  const path = (...parts: ReadonlyArray<string>) => join(folder, ...parts)
  let warm: ChildProcess | undefined
  let ids = 0
  const waiting = new Map<number, (answered: Answered) => void>()
  const ask = (argv: ReadonlyArray<string>, columns?: number): Promise<Said> =>
    new Promise((resolve, reject) => {
      if (warm === undefined) {
        warm = fork(fileURLToPath(new URL("./warm.ts", import.meta.url)), [], {
          execArgv: [],
          env: environmentOf({ CI: "true" }),
          stdio: ["ignore", "inherit", "inherit", "ipc"]
        })
        warm.on("message", (answered: Answered) => waiting.get(answered.id)?.(answered))
        warm.on("exit", (code) => {
          for (const [id, settle] of waiting) settle({ id, code: -1, stdout: "", stderr: `the warm process ended with ${code}` })
        })
      }
      ids += 1
      const asked: Asked = { id: ids, argv, cwd: folder, program: programFile, ...(columns === undefined ? {} : { columns }) }
      waiting.set(ids, ({ code, stdout, stderr, id }) => {
        waiting.delete(id)
        resolve({ code, stdout, stderr })
      })
      warm.send(asked, (error) => {
        if (error !== null) reject(error)
      })
    })

  const ftr = (...argv: ReadonlyArray<string>) => ask(argv)
  return {
    folder,
    path,
    write: (name, text) => {
      writeFileSync(path(name), text)
      return name
    },
    read: (name) => readFileSync(path(name), "utf8"),
    ftr,
    onTerminal: (columns, ...argv) => ask(argv, columns),
    data: async (...argv) => {
      const said = await ftr(...argv, "--json")
      if (said.code !== 0) throw new Error(`${argv.join(" ")} ended with ${said.code}: ${said.stderr}`)
      return (JSON.parse(said.stdout) as { data: never }).data
    },
    spawn: (argv, environment = {}) => {
      const child = spawn(process.execPath, [mainFile, ...argv], {
        cwd: folder,
        env: environmentOf(environment),
        stdio: ["ignore", "pipe", "pipe"]
      })
      return { child, ended: collect(child) }
    },
    close: () => {
      warm?.kill("SIGKILL")
      rmSync(whole, { recursive: true, force: true })
    }
  }
}

/** A project in which the flowers are registered as `iris@1` and `x.run.toml` is a run file for them. */
export const irisProject = async (seeds = "1", options: ReadonlyArray<string> = []): Promise<Project> => {
  const project = makeProject()
  await project.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
  const init = await project.ftr("init", "--template", "tabular-classification", "--dataset", "iris@1", "--seed", seeds, ...options)
  if (init.code !== 0) throw new Error(init.stderr)
  project.write("x.run.toml", init.stdout)
  return project
}

export interface RunShown {
  readonly run_id: string
  readonly seed: number
  readonly status: string
  readonly predictions_sha256: string
  readonly connectome_hash: string
  /** In place of the one above, where the learner is no brain. */
  readonly weights_sha256?: string
  readonly scorecard_id: string
  readonly scorecard_body_sha256: string
  readonly spec_sha256: string
  readonly phases: ReadonlyArray<{
    readonly phase: string
    readonly samples: number
    readonly predictions_sha256: string
    readonly connectome_hash: string
    readonly weights_sha256?: string
    readonly scorecard_body_sha256: string | null
    readonly metrics: Readonly<Record<string, unknown>>
  }>
}
export interface GroupShown {
  readonly group_id: string
  readonly runs: ReadonlyArray<RunShown>
}

/** What was learnt: a connectome, or the weights of a learner that is no brain. */
const learnt = ({ connectome_hash, weights_sha256 }: Pick<RunShown, "connectome_hash" | "weights_sha256">) =>
  weights_sha256 ?? connectome_hash

export const hashes = ({ predictions_sha256, scorecard_body_sha256, spec_sha256, phases, ...run }: RunShown) => ({
  predictions_sha256,
  learned_hash: learnt(run),
  scorecard_body_sha256,
  spec_sha256,
  phases: phases.map((each) => [each.phase, each.samples, each.predictions_sha256, learnt(each), each.scorecard_body_sha256])
})

/** The only run of a started file. */
export const started = async (project: Project, ...argv: ReadonlyArray<string>): Promise<RunShown> => {
  const { runs } = await project.data<GroupShown>("run", "start", ...argv)
  const [only] = runs
  if (only === undefined || runs.length !== 1) throw new Error(`${runs.length} runs`)
  return only
}

/** Path → SHA-256 of every file under a folder; what the database keeps beside itself while it is open is left out. */
export const filesOf = (folder: string): Readonly<Record<string, string>> => {
  if (!existsSync(folder)) return {}
  const found: Record<string, string> = {}
  for (const item of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!item.isFile() || /-(wal|shm)$/.test(item.name)) continue
    const file = join(item.parentPath, item.name)
    found[relative(folder, file)] = createHash("sha256").update(readFileSync(file)).digest("hex")
  }
  return found
}

export const store = (project: Project): string => project.path(".feagi-trainer")

/** Flips one bit of a file, at a byte from its start. */
export const flip = (file: string, at: number): void => {
  const bytes = readFileSync(file)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(file, bytes)
}

/** The file of a blob. */
export const blobFile = (project: Project, sha256: string): string => {
  const found = readdirSync(store(project), { recursive: true, withFileTypes: true }).find(
    (item) => item.isFile() && (item.name === sha256 || join(item.parentPath, item.name).replaceAll("/", "").endsWith(sha256))
  )
  if (found === undefined) throw new Error(`no blob ${sha256}`)
  return join(found.parentPath, found.name)
}
