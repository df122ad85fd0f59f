/**
 * `archive`: finished runs as bundles in one folder with their checksums, read back before they count.
 *
 * Sharp edge: a run stays in its store, whose journal nothing takes anything from; what can be moved is a bundle that lies elsewhere.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { basename, join, relative, resolve } from "node:path"
import { type Diagnostic, type TrainerError, trainerError, trainerErrors } from "@feagi-trainer/contracts"
import { documentOf, isReplayable, type RunView, viewRun } from "@feagi-trainer/core"
import { sha256Hex } from "@feagi-trainer/determinism"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type OpenedBundle, openRunBundle, writeRunBundle } from "../bundle.ts"
import { findRuns } from "../findRun.ts"
import { json } from "../flags.ts"
import { emit, next, say } from "../Out.ts"
import { writeOut } from "../outFiles.ts"
import { Project } from "../Project.ts"
import { reading } from "../services.ts"
import { textTable } from "../textTable.ts"

export const archiveFolder = "experiments/results/archive"
const sums = "SHA256SUMS"

const what = Argument.String("run").pipe(
  Argument.withDescription("Id of a run or a run group, latest, or a bundle: a .zip file; several may be given"),
  Argument.atLeast(1)
)
const to = Flag.String("to").pipe(
  Flag.withMetavar("folder"),
  Flag.withDescription(`Folder of the archive; ${archiveFolder} of the project when left out`),
  Flag.optional
)
const move = Flag.Boolean("move").pipe(
  Flag.withDescription("Remove a bundle from where it lay, once it was read back from the archive"),
  Flag.withDefault(false)
)
const yes = Flag.Boolean("yes").pipe(
  Flag.withDescription("Do it; without this flag it is only said what would be done"),
  Flag.withDefault(false)
)

/** What can be archived, and where it will lie. */
type Planned = {
  readonly run_id: string
  readonly status: string
  readonly file: string
} & (
  | { readonly from: "store"; readonly view: RunView }
  | { readonly from: "bundle"; readonly path: string; readonly bundle_sha256: string }
)

const wayOut = ({ row, status }: RunView): string => {
  const { run_id } = row
  if (status === "running" || status === "validating") return `wait for its end, or end it:  feagi-trainer run stop ${run_id}`
  return status === "cancelled" ? "it ended without a result that could be replayed; leave it out" : `feagi-trainer run resume ${run_id}`
}

/** What was recorded has to say how the run ended: a bundle is there to be replayed. */
const refusal = (view: RunView): Diagnostic => ({
  code: "FT3410",
  severity: "error",
  message: `run ${view.row.run_id} is ${view.status}; only a run that came to its end is archived`,
  expected: "completed or skipped",
  actual: view.status,
  help: wayOut(view)
})

const isBundlePath = (text: string): boolean => /\.zip$/i.test(text) && existsSync(text)

const plannedOf = (reference: string) =>
  Effect.gen(function* () {
    if (isBundlePath(reference)) {
      const { manifest, recording } = yield* openRunBundle(reference)
      const { run_id } = recording
      const { bundle_sha256 } = manifest
      return [{ from: "bundle", run_id, status: "bundled", file: `${run_id}.zip`, path: reference, bundle_sha256 } satisfies Planned]
    }
    const views = yield* Effect.forEach(yield* findRuns(reference), viewRun)
    return views.map(
      (view): Planned => ({ from: "store", view, run_id: view.row.run_id, status: view.status, file: `${view.row.run_id}.zip` })
    )
  })

const refusals = (planned: ReadonlyArray<Planned>, moving: boolean): TrainerError | undefined => {
  const open = planned.flatMap((each) => (each.from === "store" && !isReplayable(each.view.state) ? [each.view] : []))
  const moved = planned.flatMap(
    ({ from, run_id }): ReadonlyArray<Diagnostic> =>
      moving && from === "store"
        ? [
            {
              code: "FT3413",
              severity: "error",
              field: "--move",
              message: `run ${run_id} lies in the store, which keeps what it has; only a bundle can be moved`,
              help: "leave out --move"
            }
          ]
        : []
  )
  const twice = planned.flatMap(
    ({ run_id }, at): ReadonlyArray<Diagnostic> =>
      planned.findIndex((each) => each.run_id === run_id) === at
        ? []
        : [{ code: "FT3412", severity: "error", message: `run ${run_id} is named twice`, help: "name it once" }]
  )
  if (open.length + moved.length + twice.length === 0) return undefined
  const held = open.some(({ status }) => status === "running" || status === "validating")
  return trainerErrors(held ? "locked" : open.length > 0 ? "invalid" : "usage", [...open.map(refusal), ...moved, ...twice])
}

const sync = (path: string, mode: "r" | "r+" = "r+"): void => {
  const file = openSync(path, mode)
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Names in a folder last only when the folder is written; Windows has no such call. */
const syncNames = (folder: string): void => {
  if (process.platform !== "win32") sync(folder, "r")
}

/** The bundle at a path is whole and the one that was written; FT3411 otherwise. */
const readBack = (path: string, bundle_sha256: string): Effect.Effect<OpenedBundle, TrainerError> =>
  Effect.gen(function* () {
    const opened = yield* openRunBundle(path)
    if (opened.manifest.bundle_sha256 === bundle_sha256) return opened
    return yield* trainerError("integrity", {
      code: "FT3411",
      file: basename(path),
      message: "what was read back is not what was written",
      expected: bundle_sha256,
      actual: opened.manifest.bundle_sha256,
      help: "check the disk; the source is untouched"
    })
  })

/** Writes `SHA256SUMS` anew, as `sha256sum --check` reads it. */
const noteSum = (folder: string, name: string, sha256: string): void => {
  const path = join(folder, sums)
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : []
  const others = lines.filter((line) => line !== "" && line.slice(66) !== name)
  const text = [...others, `${sha256}  ${name}`].sort((left, right) => (left.slice(66) < right.slice(66) ? -1 : 1)).join("\n")
  writeFileSync(`${path}.pending`, `${text}\n`)
  sync(`${path}.pending`)
  renameSync(`${path}.pending`, path)
}

export interface Archived {
  readonly run_id: string
  readonly status: string
  readonly file: string
  readonly outcome: "archived" | "moved" | "there already"
  readonly bytes: number
  readonly sha256: string
  readonly bundle_sha256: string
}

/** One run: beside its name first, read back, then under its name. */
const archiveOne = (each: Planned, folder: string, shown: string, moving: boolean) =>
  Effect.gen(function* () {
    const target = join(folder, each.file)
    const beside = join(folder, `.pending-${each.file}`)
    yield* writeOut(shown, () => rmSync(beside, { force: true }))
    if (each.from === "store") yield* writeRunBundle(each.view, yield* documentOf(each.view.row), beside)
    else yield* writeOut(shown, () => copyFileSync(each.path, beside))
    const made = each.from === "store" ? (yield* openRunBundle(beside)).manifest.bundle_sha256 : each.bundle_sha256
    yield* readBack(beside, made)
    const there = existsSync(target)
    if (there) {
      const before = yield* openRunBundle(target)
      if (before.manifest.bundle_sha256 !== made) {
        rmSync(beside, { force: true })
        return yield* trainerError("invalid", {
          code: "FT3412",
          file: join(shown, each.file),
          message: `another bundle of run ${each.run_id} is in the archive`,
          expected: made,
          actual: before.manifest.bundle_sha256,
          help: "archive to another folder with --to, or remove the other bundle"
        })
      }
    }
    const sha256 = yield* writeOut(shown, () => {
      if (there) rmSync(beside)
      else {
        sync(beside)
        renameSync(beside, target)
      }
      const hash = sha256Hex(readFileSync(target))
      noteSum(folder, each.file, hash)
      // Before anything is removed elsewhere.
      syncNames(folder)
      return hash
    })
    if (moving && each.from === "bundle" && resolve(each.path) !== resolve(target)) yield* writeOut(each.path, () => rmSync(each.path))
    return {
      run_id: each.run_id,
      status: each.status,
      file: each.file,
      outcome: moving ? "moved" : there ? "there already" : "archived",
      bytes: statSync(target).size,
      sha256,
      bundle_sha256: made
    } satisfies Archived
  })

export const archive = Command.make("archive", { what, to, move, yes, json }, (flags) =>
  reading(
    Effect.scoped(
      Effect.gen(function* () {
        const project = yield* yield* Project
        const folder = Option.match(flags.to, { onNone: () => join(project.folder, archiveFolder), onSome: (path) => resolve(path) })
        const shown = Option.getOrElse(flags.to, () => relative(process.cwd(), folder) || ".")
        const planned = (yield* Effect.forEach(flags.what, plannedOf)).flat()
        const refused = refusals(planned, flags.move)
        if (refused !== undefined) return yield* refused
        if (flags.yes) yield* writeOut(shown, () => void mkdirSync(folder, { recursive: true }))
        const done: ReadonlyArray<Archived> = flags.yes
          ? yield* Effect.forEach(planned, (each) => archiveOne(each, folder, shown, flags.move))
          : []
        const rows = flags.yes
          ? done
          : planned.map(({ run_id, status, file }) => ({ run_id, status, file, outcome: flags.move ? "to be moved" : "to be archived" }))
        yield* emit(flags.json, {
          kind: "archive",
          data: { folder: shown, done: flags.yes, runs: rows },
          human: textTable(
            [
              { title: "RUN", cell: (row) => row.run_id },
              { title: "STATUS", cell: (row) => row.status },
              { title: "FILE", cell: (row) => join(shown, row.file) },
              { title: "", cell: (row) => row.outcome }
            ],
            rows as ReadonlyArray<{ readonly run_id: string; readonly status: string; readonly file: string; readonly outcome: string }>,
            "no run"
          )
        })
        if (!flags.yes) yield* say("nothing was written; do it with  --yes")
        const [first] = rows
        if (flags.yes && first !== undefined) yield* next(`feagi-trainer run import ${join(shown, first.file)}`)
      })
    )
  )
).pipe(
  Command.withExamples([
    { command: "feagi-trainer archive latest", description: "What would be done" },
    { command: "feagi-trainer archive g-0123456789ab --yes", description: "Every run of a group" }
  ])
)
