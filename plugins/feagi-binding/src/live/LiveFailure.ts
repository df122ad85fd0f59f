/**
 * What can go wrong with an engine in another process, each with one code: a person must be able to tell an engine that is not there
 * from one that died, one that is slow, and one that holds another brain.
 */
import { type Diagnostic, type Reason, TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { Effect } from "effect"

const reasons = {
  "live/ENGINE-DOWN": "missing",
  "live/ENGINE-LOST": "failed",
  "live/TIMEOUT": "failed",
  "live/MOTOR-SLOW": "failed",
  "live/REFUSED": "failed",
  "live/GARBAGE": "failed",
  "live/HEADER": "invalid",
  "live/VERSION": "invalid",
  "live/AGENTS": "locked",
  "live/SLOTS": "locked",
  "live/REGISTRATION": "failed",
  "live/ZMQ-MISSING": "missing",
  "live/GENOME": "invalid",
  "live/BRAIN-WRONG": "integrity",
  "live/BRAIN-CHANGED": "integrity",
  "live/AREA-UNKNOWN": "invalid",
  "live/INPUT-LOST": "failed",
  "live/BURST-COUNT": "failed",
  "live/SNAPSHOT": "integrity",
  "live/CODER": "invalid",
  "live/PAYLOAD": "invalid",
  "live/SEED": "invalid",
  "live/SCHEDULE": "invalid",
  "live/AFFECT-GRADED": "invalid"
} as const satisfies Readonly<Record<string, Reason>>

type Bare<Code> = Code extends `live/${infer Name}` ? Name : never
export type LiveCode = Bare<keyof typeof reasons>

type More = Partial<Omit<Diagnostic, "code" | "severity" | "message">>

export const liveDiagnostic = (code: LiveCode, message: string, more: More = {}): Diagnostic => ({
  code: `live/${code}`,
  severity: "error",
  message,
  ...more
})

export const liveError = (code: LiveCode, message: string, more: More = {}): TrainerError =>
  trainerError(reasons[`live/${code}`], { code: `live/${code}`, message, ...more })

export const engineDown = (api: string, why: string): TrainerError =>
  liveError("ENGINE-DOWN", `no FEAGI engine answers at ${api}: ${why}`, {
    field: "learner.backend.options.api",
    expected: "a running engine",
    help: "start one, npm run feagi -- start in this repository or feagi start elsewhere, and write its address into api"
  })

export const engineLost = (api: string, why: string): TrainerError =>
  liveError("ENGINE-LOST", `the FEAGI engine at ${api} went away: ${why}`, {
    help: "start it again and resume the run, which goes on from its last checkpoint: run resume <run>"
  })

export const tooSlow = (what: string, option: keyof typeof slowOptions, limit: number): TrainerError =>
  liveError("TIMEOUT", `${what} gave no answer in time`, {
    field: `learner.backend.options.timeouts.${option}`,
    expected: `an answer within ${limit} ms`,
    actual: "silence",
    help: `look whether the engine is busy or hangs, or raise timeouts.${option}`
  })

const slowOptions = { connect_ms: true, request_ms: true, upload_ms: true } as const

/** A finding of the embedded parts that this backend shares, in its own name. */
const renamed = (diagnostic: Diagnostic): Diagnostic => ({ ...diagnostic, code: diagnostic.code.replace(/^embedded\//, "live/") })

export const asLive = (diagnostics: ReadonlyArray<Diagnostic>): ReadonlyArray<Diagnostic> => diagnostics.map(renamed)

/** Errors of the coders and of the reference brain, in the name of this backend. */
export const inLiveName = <A, R>(effect: Effect.Effect<A, TrainerError, R>): Effect.Effect<A, TrainerError, R> =>
  Effect.mapError(effect, (error) => trainerErrors(error.reason, asLive(error.diagnostics)))

/** Names of what a promise may reject with. */
export const whyOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  const code = "code" in cause ? String(cause.code) : ""
  if (cause.message === "") return code || cause.name
  return cause.message.includes(code) ? cause.message : `${cause.message} (${code})`
}

export const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === "TimeoutError"

export const passOn = (error: unknown, otherwise: (why: string) => TrainerError): TrainerError =>
  error instanceof TrainerError ? error : otherwise(whyOf(error))
