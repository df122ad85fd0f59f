/**
 * A script: verbs of this program under another name, whose outcome is registered in the chronicle. stdout has one document, stderr a log.
 *
 * Sharp edges: what fails before it has an outcome is told and not registered; a run that was paused has none either.
 */
import { lstatSync } from "node:fs"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Diagnostic, decodeStrict, Reason, type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { trainerVersion } from "@feagi-trainer/core"
import * as Clock from "effect/Clock"
import { Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { rootOf } from "../commands/chronicle.ts"
import { exitCodes, stoppedBy } from "../exitCode.ts"
import { jsonText, parseJsonText } from "../jsonText.ts"
import { Out } from "../Out.ts"
import { Project } from "../Project.ts"
import { readProject } from "../readProject.ts"
import { runVerb } from "../runVerb.ts"
import { Stopped } from "../Stopped.ts"
import { readEntries, register } from "./Chronicle.ts"
import { type InsidePath, insideRoot } from "./insideRoot.ts"
import type { NamedSeed } from "./Manifest.ts"
import { type LogFormat, type ScriptLog, scriptLog } from "./scriptLog.ts"

export { root } from "../commands/chronicle.ts"

export const logFormat = Flag.Literals("log-format", ["auto", "json", "pretty"]).pipe(
  Flag.withDescription("Lines on stderr: json, pretty, or auto, which is json unless a terminal shows them"),
  Flag.withDefault("auto")
)

/** What a verb printed with `--json`. */
export interface Said {
  readonly code: number
  readonly kind: string
  readonly data: unknown
  readonly warnings: ReadonlyArray<Diagnostic>
}

export interface ScriptServices {
  /** Absolute. */
  readonly root: string
  readonly log: ScriptLog
  /** A path that the script was given, below the root. */
  readonly inside: (path: string) => Effect.Effect<InsidePath, TrainerError>
  /** The same of a file that the script writes: what is there is replaced if a script wrote it, and refused as FT3409 if not. */
  readonly output: (path: string) => Effect.Effect<InsidePath, TrainerError>
  /** Runs a verb with `--json` in this process; its failure is the script's. A code beside a document is passed on. */
  readonly verb: (argv: ReadonlyArray<string>) => Effect.Effect<Said, TrainerError | Stopped>
}

export interface Outcome {
  /** What the script was told, in the order and the words that do not change between equal runs. */
  readonly told: Readonly<Record<string, unknown>>
  readonly kind: string
  /** Found or made; equal in equal runs. */
  readonly data: unknown
  /** What another time or machine changes. */
  readonly beside?: Readonly<Record<string, unknown>>
  readonly seeds?: ReadonlyArray<NamedSeed>
  readonly artifacts?: ReadonlyArray<InsidePath>
  /** Files with times or facts of the machine in them; they are registered, and no part of the body. */
  readonly changing?: ReadonlyArray<InsidePath>
  readonly warnings?: ReadonlyArray<Diagnostic>
  /** Of the verb; the script ends with it. */
  readonly code?: number
}

interface ScriptFlags {
  readonly root: Option.Option<string>
  readonly logFormat: LogFormat
}

const Failure = Schema.Struct({ reason: Reason, diagnostics: Schema.Array(Diagnostic) })

const notTold = (argv: ReadonlyArray<string>, code: number): TrainerError =>
  trainerError("failed", { code: "FT3400", message: `${argv.slice(0, 2).join(" ")} ended with ${code} and without a document` })

const saidOf = (argv: ReadonlyArray<string>, code: number, text: string): Effect.Effect<Said, TrainerError | Stopped> =>
  Effect.gen(function* () {
    // A verb that prints ids first has its document in its last line.
    const last = text.trimEnd().split("\n").at(-1) ?? ""
    const parsed = yield* Effect.try({
      try: () => parseJsonText(last.startsWith("{") ? last : text),
      catch: () => notTold(argv, code)
    })
    const { kind, data, warnings } = parsed as {
      readonly kind: string
      readonly data: unknown
      readonly warnings: ReadonlyArray<Diagnostic>
    }
    if (code === stoppedBy.SIGINT || code === stoppedBy.SIGTERM) return yield* Effect.fail(new Stopped(code))
    if (kind !== "error") return { code, kind, data, warnings }
    const failure = decodeStrict(Failure, data)
    if (!failure.ok || failure.value.diagnostics.length === 0) return yield* notTold(argv, code)
    return yield* trainerErrors(failure.value.reason, failure.value.diagnostics)
  })

/** A verb in this process, with streams of its own. */
const callVerb = (
  argv: ReadonlyArray<string>,
  log: ScriptLog,
  project: Project["Service"]
): Effect.Effect<Said, TrainerError | Stopped> => {
  const parts: Array<string> = []
  const out: Out["Service"] = {
    interactive: false,
    stdout: (text) => Effect.sync(() => void parts.push(text)),
    stderr: (text) => (isFinding(text) ? Effect.void : log.said(text)),
    status: () => Effect.void,
    settle: () => Effect.void,
    noStatus: Effect.void
  }
  const plain = argv.indexOf("--")
  const words = argv.toSpliced(plain < 0 ? argv.length : plain, 0, "--json")
  const services = Layer.mergeAll(NodeServices.layer, Layer.succeed(Out, out), Layer.succeed(Project, project))
  // Imported when it is needed: the table names this module.
  const called = Effect.promise(async () => (await import("../assemble.ts")).programFor(words)).pipe(
    Effect.flatMap((program) => runVerb(program, words)),
    Effect.provide(services)
  )
  return Effect.flatMap(called, (code) => saidOf(argv, code, parts.join("")))
}

const inside = (root: string, path: string): Effect.Effect<InsidePath, TrainerError> =>
  Effect.suspend(() => {
    const found = insideRoot(root, path)
    return "shown" in found ? Effect.succeed(found) : Effect.fail(found)
  })

/** FT3409 where something is in the place of a file to be written that no entry of the chronicle names: it is somebody's work. */
const refuseForeign = (root: string, { absolute, shown }: InsidePath): Effect.Effect<void, TrainerError> =>
  Effect.gen(function* () {
    const stat = lstatSync(absolute, { throwIfNoEntry: false })
    if (stat === undefined) return
    const refuse = (message: string) =>
      trainerError("invalid", { code: "FT3409", file: shown, message, help: "name another file, or move what is there" })
    if (!stat.isFile())
      return yield* refuse(stat.isDirectory() ? "is a folder, and a file is to be written" : "is there and no regular file")
    const entries = yield* readEntries(root)
    if (!entries.some(({ artifacts }) => artifacts.some(({ path }) => path === shown)))
      return yield* refuse("is there, and no script wrote it")
  })

/** What the document tells as well, or the help of a verb; a script tells a finding once, in its own form. */
const isFinding = (text: string): boolean => /^(?:error\[|warning\[|DESCRIPTION)/.test(text)

const stdout = (document: unknown) => Effect.flatMap(Out, (out) => out.stdout(`${jsonText(document)}\n`))

/** Runs a script to its end: its outcome registered and printed, its failure told in both streams. */
export const script = (
  name: string,
  flags: ScriptFlags,
  work: (services: ScriptServices) => Effect.Effect<Outcome, TrainerError | Stopped>
): Effect.Effect<void, Stopped, Out | Project> =>
  Effect.gen(function* () {
    const log = yield* scriptLog(name, flags.logFormat)
    const began = yield* Effect.sync(() => process.hrtime.bigint())
    const done = Effect.gen(function* () {
      const root = yield* rootOf(flags.root)
      const project = Option.isSome(flags.root) ? yield* Effect.cached(readProject(root, process.env)) : yield* Project
      yield* log.tell("info", "begins", {}, `${name} in ${root}`)
      const outcome = yield* work({
        root,
        log,
        inside: (path) => inside(root, path),
        output: (path) => Effect.tap(inside(root, path), (found) => refuseForeign(root, found)),
        verb: (argv) => callVerb(argv, log, project)
      })
      const { told, kind, data, beside = {}, seeds = [], artifacts = [], changing = [], warnings = [], code = 0 } = outcome
      for (const warning of warnings) yield* log.finding(warning)
      const recordedAt = yield* Clock.currentTimeMillis
      const duration_ns = (yield* Effect.sync(() => process.hrtime.bigint())) - began
      const registered = yield* register(root, {
        script: name,
        body: { arguments: told, exit_code: code, kind, data },
        envelope: { duration_ns, trainer_version: trainerVersion, ...beside },
        seeds,
        artifacts,
        changing,
        recordedAt
      })
      const { path, sha256, body_sha256, seq, entry_sha256 } = registered.entry
      yield* log.tell("info", "registered", { file: path, body_sha256, seq, seeds }, `${path}  body ${body_sha256}`)
      yield* stdout({
        schema_version: 1,
        kind: "script-result",
        data: { script: name, file: path, sha256, body_sha256, seq, entry_sha256, body: registered.body },
        warnings
      })
      if (code !== 0) return yield* Effect.fail(new Stopped(code))
    })
    return yield* done.pipe(
      Effect.catch((failure) =>
        Effect.gen(function* () {
          if (failure instanceof Stopped) {
            yield* log.tell("warn", "ended", { exit_code: failure.exitCode }, `${name} ended with ${failure.exitCode}`)
            return yield* Effect.fail(failure)
          }
          for (const diagnostic of failure.diagnostics) yield* log.finding(diagnostic)
          const { reason, diagnostics } = failure
          yield* stdout({ schema_version: 1, kind: "error", data: { reason, diagnostics }, warnings: [] })
          return yield* Effect.fail(new Stopped(exitCodes[reason]))
        })
      )
    )
  })
