/**
 * Verbs as processes of their own: what they say line by line, the document that they end with, and a way to end them.
 *
 * A child holds the other end of a pipe of ours and ends when we do, however we end: nothing that a server began outlives it, and a run that
 * it executed can be resumed at once. Sharp edge: the token of the server is not among what a child inherits.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { type Envelope, readEnvelope } from "../bridge.ts"
import { eachLine } from "./eachLine.ts"

/** The program as it runs here: from its sources, or compiled. */
export const mainFile: string = fileURLToPath(
  import.meta.url.endsWith(".ts") ? new URL("../main.ts", import.meta.url) : new URL("../main.js", import.meta.url)
)

/** Documents are small; what a verb prints beyond this is not read. */
const mostBytes = 256 * 1024 * 1024

/** How long a child may take to end by itself, in milliseconds. */
const patienceMillis = 10_000

export interface Ended {
  /** Null where it printed no document. */
  readonly envelope: Envelope | null
  /** As a shell tells it: 128 and the signal where one ended it. */
  readonly exitCode: number
}

export interface Child {
  readonly pid: number
  readonly ended: Promise<Ended>
  readonly isOver: () => boolean
  /** Asks it to end behind the current sample. Asked again within half a second, it is taken for the same wish. */
  readonly interrupt: () => void
  /** Asks it to end, and ends it when it did not within ten seconds. */
  readonly cancel: () => void
}

export interface ChildOptions {
  /** One line of stderr, without its end. */
  readonly line: (text: string) => void
  readonly stdin?: string | undefined
}

const signalNumbers: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }

/** The document: all of what was printed, or its last line. */
const documentOf = (stdout: string): Envelope | null =>
  readEnvelope(stdout) ?? readEnvelope(stdout.trimEnd().split("\n").at(-1) ?? "") ?? null

/** @param argv words behind the program's name, as they are */
export const startChild = (argv: ReadonlyArray<string>, { line, stdin }: ChildOptions): Child => {
  const { FEAGI_TRAINER_TOKEN: _, ...environment } = process.env
  const child: ChildProcess = spawn(process.execPath, [mainFile, ...argv], {
    env: { ...environment, FEAGI_TRAINER_LIFELINE: "3" },
    stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe", "pipe"],
    // A terminal's Ctrl-C goes to the whole group: what a child is asked is for us to say.
    detached: process.platform !== "win32",
    windowsHide: true
  })
  const out: Array<Buffer> = []
  let bytes = 0
  child.stdout?.on("data", (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= mostBytes) out.push(chunk)
  })
  if (child.stderr !== null) eachLine(child.stderr, line)
  // One that ends before it has read everything is not our failure.
  child.stdin?.on("error", () => {})
  if (stdin !== undefined) child.stdin?.end(stdin)
  let over = false
  let killer: NodeJS.Timeout | undefined
  const ended = new Promise<Ended>((resolve) => {
    const settle = (exitCode: number): void => {
      over = true
      clearTimeout(killer)
      resolve({ envelope: bytes <= mostBytes ? documentOf(Buffer.concat(out).toString("utf8")) : null, exitCode })
    }
    child.on("error", (error) => {
      line(`the process cannot be started: ${error.message}`)
      if (!over) settle(1)
    })
    child.on("close", (code, signal) => settle(code ?? 128 + (signalNumbers[signal ?? "SIGKILL"] ?? 0)))
  })
  const interrupt = (): void => void (over || child.kill("SIGINT"))
  return {
    pid: child.pid ?? -1,
    ended,
    isOver: () => over,
    interrupt,
    cancel: () => {
      interrupt()
      killer ??= setTimeout(() => void (over || child.kill("SIGKILL")), patienceMillis)
    }
  }
}
