/**
 * Who this process is, in terms that outlive it: pid, boot, pid namespace and start time together name one process for good.
 *
 * Sharp edge: outside of Linux there is no boot id; the time of the boot stands in (two boots within a minute look like one), the
 * start time of a process is unknown, and a reused pid then counts as the same process.
 */
import { randomUUID } from "node:crypto"
import { readFileSync, readlinkSync } from "node:fs"
import { hostname, uptime } from "node:os"
import * as Context from "effect/Context"

/** One process. Every text holds letters, digits, `.` and `-` only, so that it can stand in a file name. */
export interface ProcessIdentity {
  readonly pid: number
  readonly boot_id: string
  /** `none` where the system has no pid namespaces. */
  readonly pid_namespace: string
  /** Clock ticks after the boot; `unknown` where the system does not tell. */
  readonly started: string
}

/** `unknown`: the process may live in a pid namespace that cannot be seen from here, such as another container. */
export type Liveness = "alive" | "gone" | "unknown"

export interface ProcessFactsShape {
  readonly self: ProcessIdentity
  readonly host: string
  readonly judge: (other: ProcessIdentity) => Liveness
  /** A text that no other call, here or elsewhere, returns: it fences off a former owner. It enters no hash and no result. */
  readonly nonce: () => string
}

const readOr = (read: () => string, otherwise: string): string => {
  try {
    return read().trim()
  } catch {
    return otherwise
  }
}

/** State letter and start time of a process from `/proc/<pid>/stat`; undefined when there is no such process or no /proc. */
const statOf = (pid: number): { readonly state: string; readonly started: string } | undefined => {
  const text = readOr(() => readFileSync(`/proc/${pid}/stat`, "latin1"), "")
  // The second field is the command in parentheses and may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
  const state = fields[0]
  const started = fields[19]
  return text === "" || state === undefined || started === undefined ? undefined : { state, started }
}

const processExists = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return cause instanceof Error && Reflect.get(cause, "code") === "EPERM"
  }
}

const bootPrefix = "up-"

/** Equal boot ids, or boot times at most a minute apart: the wall clock is adjusted while a system runs. */
export const sameBoot = (left: string, right: string): boolean => {
  if (!left.startsWith(bootPrefix) || !right.startsWith(bootPrefix)) return left === right
  return Math.abs(Number(left.slice(bootPrefix.length)) - Number(right.slice(bootPrefix.length))) <= 60
}

const live = (): ProcessFactsShape => {
  const boot = readOr(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1"), "")
  const self: ProcessIdentity = {
    pid: process.pid,
    boot_id: boot === "" ? `${bootPrefix}${Math.round(Date.now() / 1000 - uptime())}` : boot,
    pid_namespace: readOr(() => readlinkSync("/proc/self/ns/pid"), "none").replace(/[^0-9a-z]/g, ""),
    started: statOf(process.pid)?.started ?? "unknown"
  }
  return {
    self,
    host: hostname(),
    nonce: () => randomUUID(),
    judge: (other) => {
      if (!sameBoot(other.boot_id, self.boot_id)) return "gone"
      if (other.pid_namespace !== self.pid_namespace) return "unknown"
      if (self.started === "unknown") return processExists(other.pid) ? "alive" : "gone"
      const stat = statOf(other.pid)
      // A killed process that nobody waited for is still listed, in state Z or X.
      return stat === undefined || stat.started !== other.started || /^[ZX]$/.test(stat.state) ? "gone" : "alive"
    }
  }
}

/** The facts of this process; a test gives its own with `Effect.provideService`. */
export const ProcessFacts: Context.Reference<ProcessFactsShape> = Context.Reference<ProcessFactsShape>(
  "@feagi-trainer/store/ProcessFacts",
  {
    defaultValue: live
  }
)

/** The identity as part of a file name; {@link parseIdentity} reads it back. */
export const identityText = (identity: ProcessIdentity): string =>
  [identity.pid, identity.boot_id, identity.pid_namespace, identity.started].join("_")

export const parseIdentity = (text: string): ProcessIdentity | undefined => {
  const match = /^(\d{1,15})_([0-9A-Za-z.-]+)_([0-9A-Za-z.-]+)_([0-9A-Za-z.-]+)$/.exec(text)
  const [, pid, boot_id, pid_namespace, started] = match ?? []
  if (pid === undefined || boot_id === undefined || pid_namespace === undefined || started === undefined) return undefined
  return { pid: Number(pid), boot_id, pid_namespace, started }
}
