/**
 * Carries out the session with the program as it stands, in a project of its own, and gives it as a recording in the form of asciicast v2.
 *
 * Every time in it is ours and not the clock's: so much for a letter, so much for a redrawn line, a pause behind each output. Samples per
 * second and the time left are cut out, for they are of a machine. What is left is the same whenever and wherever it is recorded.
 */
import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pluginFolders } from "../project.ts"
import { root } from "../steps.ts"
import type { Cast, CastEvent } from "./cast.ts"
import { type Step, session, size } from "./session.ts"

/** Seconds. */
const pace = { letter: 0.028, comment: 0.014, enter: 0.25, redraw: 0.05, prompt: 0.4 } as const

const prompt = "\x1b[32m$\x1b[0m "
const lineOf = ({ into, head }: Step, words: ReadonlyArray<string>): string =>
  ["ftr", ...words, ...(into === undefined ? [] : [">", into]), ...(head === undefined ? [] : ["|", "head", `-${head}`])].join(" ")

/** `90/900  412/s  ETA 2s  accuracy 0.9` without what differs from machine to machine. */
const withoutSpeed = (text: string): string => text.replace(/(\d+\/\d+) {2}\d+\/s(?: {2}ETA [\dhms]+)?/g, "$1")

const withLineFeeds = (text: string): string => text.replaceAll("\n", "\r\n")

interface Written {
  readonly writes: ReadonlyArray<string>
  readonly stdout: string
}

const carryOut = (folder: string, step: Step, words: ReadonlyArray<string>): Written => {
  const file = join(folder, "writes.ndjson")
  writeFileSync(file, "")
  const streams = step.into === undefined && step.head === undefined ? "stdout,stderr" : "stderr"
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    ["--import", join(root, "scripts/tour/terminal.ts"), join(root, "apps/cli/src/main.ts"), ...words],
    {
      cwd: folder,
      encoding: "utf8",
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        TERM: "xterm-256color",
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        TOUR_WRITES: file,
        TOUR_STREAMS: streams,
        TOUR_COLUMNS: String(size.columns),
        TOUR_ROWS: String(size.rows)
      },
      stdio: ["ignore", "pipe", "pipe"]
    }
  )
  if (error !== undefined || status !== (step.exit ?? 0))
    throw new Error(`${lineOf(step, words)} ended with ${status}, wanted ${step.exit ?? 0}\n${stdout}${stderr}`, { cause: error })
  const writes = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as string)
  if (step.into !== undefined) writeFileSync(join(folder, step.into), stdout)
  if (step.head === undefined) return { writes, stdout }
  return { writes: [...writes, stdout.split("\n").slice(0, step.head).concat("").join("\n")], stdout }
}

/** Takes some 20 seconds: two runs are executed, and one of them twice. */
export const record = (): Cast => {
  const folder = mkdtempSync(join(tmpdir(), "ftr-tour-"))
  const events: Array<CastEvent> = []
  let at = 0
  const show = (data: string): void => {
    events.push([Number(at.toFixed(3)), "o", data])
  }
  const type = (text: string, style: string, seconds: number): void => {
    for (const letter of text) {
      show(`${style}${letter}\x1b[0m`)
      at += seconds
    }
    at += pace.enter
    show("\r\n")
  }
  /** A line stays empty behind what was said. */
  const ask = (apart: boolean): void => {
    show(`${apart && events.length > 0 ? "\r\n" : ""}${prompt}`)
    at += pace.prompt
  }
  try {
    cpSync(join(root, "docs/examples/iris/iris.csv"), join(folder, "iris.csv"))
    const plugins = pluginFolders.map((plugin) => join(root, plugin))
    writeFileSync(join(folder, "feagi-trainer.toml"), `schema_version = 1\nplugins = ${JSON.stringify(plugins)}\n`)
    const runs: Array<string> = []
    for (const step of session) {
      if (step.comment !== undefined) {
        ask(true)
        type(`# ${step.comment}`, "\x1b[90m", pace.comment)
      }
      const words = step.words(runs)
      ask(step.comment === undefined)
      type(lineOf(step, words), "\x1b[1m", pace.letter)
      const { writes, stdout } = carryOut(folder, step, words)
      for (const text of writes) {
        show(withLineFeeds(withoutSpeed(text)))
        at += text.startsWith("\x1b[?7l") || text.startsWith("\r") ? pace.redraw : 0
      }
      if (words[1] === "start") runs.push(...(stdout.match(/^r-\w{4}(?=\w{8}-1$)/gm) ?? []))
      at += step.pause
    }
    ask(true)
    return { header: { version: 2, width: size.columns, height: size.rows, title: "FEAGI Trainer" }, events }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
