/** `doctor`: whether this machine can do the work, and the way out where it cannot. */
import { accessSync, constants, existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { trainerErrors } from "@feagi-trainer/contracts"
import { Catalogue } from "@feagi-trainer/core"
import { storeExists, verifyStore } from "@feagi-trainer/store"
import { Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { failAfterData } from "../afterData.ts"
import { verifyChronicle } from "../chronicle/Chronicle.ts"
import { manifestPath } from "../chronicle/Manifest.ts"
import { json } from "../flags.ts"
import { cpuFeatures, featuresOf } from "../machine/cpuFeatures.ts"
import { Probe } from "../machine/probe.ts"
import { emit } from "../Out.ts"
import { Project } from "../Project.ts"
import { reading, withPlugins } from "../services.ts"
import { textTable } from "../textTable.ts"

interface Check {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
  readonly help: string
}

const nodeCheck = (): Check => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
  const ok = major > 22 || (major === 22 && minor >= 19)
  return { check: "Node", ok, detail: process.versions.node, help: "install Node 22.19 or newer" }
}

/** Runs an effect as a check: its failure is the finding. */
const attempt = <R>(
  check: string,
  effect: Effect.Effect<string, { readonly message: string; readonly diagnostics?: ReadonlyArray<{ readonly help?: string }> }, R>
) =>
  effect.pipe(
    Effect.map((detail): Check => ({ check, ok: true, detail, help: "" })),
    Effect.catch((error) => Effect.succeed<Check>({ check, ok: false, detail: error.message, help: error.diagnostics?.[0]?.help ?? "" }))
  )

const projectCheck = Effect.gen(function* () {
  const project = yield* yield* Project
  return project.file
})

const pluginCheck = withPlugins(
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    for (const entry of catalogue.entries) yield* catalogue.load(entry)
    return `${catalogue.packages.length} packages, ${catalogue.entries.length} entries, all of them load`
  })
)

/** The engine comes with its plugin as WebAssembly: it is there when a backend loads and the module compiles. */
const engineCheck = withPlugins(
  Effect.gen(function* () {
    const catalogue = yield* Catalogue
    const backends = catalogue.entries.filter(({ manifest }) => manifest.kind === "brain-backend")
    for (const entry of backends) yield* catalogue.load(entry)
    if (backends.length === 0) return "no plugin brings a FEAGI engine; learners that are no brains need none"
    return backends.map(({ manifest, package: from }) => `${manifest.id} (${from.name} ${from.version})`).join(", ")
  })
)

const storeCheck = Effect.gen(function* () {
  const project = yield* yield* Project
  if (!(yield* storeExists(project.store))) return "none yet"
  return yield* reading(
    Effect.gen(function* () {
      const problems = yield* verifyStore()
      const errors = problems.filter((each) => each.severity === "error")
      if (errors.length > 0) return yield* trainerErrors("integrity", errors)
      return "whole"
    })
  )
})

const chronicleCheck = Effect.gen(function* () {
  const { folder } = yield* yield* Project
  if (!existsSync(join(folder, manifestPath))) return "none yet"
  const { entries } = yield* verifyChronicle(folder)
  return `${entries} entries, whole`
})

const wantedBytes = 256 * 1024 * 1024

/** The nearest folder above a path that exists. */
const standing = (path: string): string => (existsSync(path) || dirname(path) === path ? path : standing(dirname(path)))

const spaceCheck = Effect.map(
  Effect.flatMap(Project, (project) => Effect.result(project)),
  (project): Check => {
    const folder = standing(project._tag === "Success" ? project.success.store : process.cwd())
    const check = "disk"
    try {
      accessSync(folder, constants.W_OK)
      const { bavail, bsize } = statfsSync(folder)
      const free = bavail * bsize
      return {
        check,
        ok: free >= wantedBytes,
        detail: free >= wantedBytes ? "writable, with room" : `only ${Math.floor(free / 1024 / 1024)} MiB are free`,
        help: "free 256 MiB, or move the store with FEAGI_TRAINER_STORE"
      }
    } catch {
      return {
        check,
        ok: false,
        detail: "the folder of the store cannot be written to",
        help: "give yourself the right to write, or move the store"
      }
    }
  }
)

const temporaryCheck = (): Check => {
  try {
    rmSync(mkdtempSync(join(tmpdir(), "feagi-trainer-doctor-")), { recursive: true })
    return { check: "temporary files", ok: true, detail: "can be made", help: "" }
  } catch {
    return { check: "temporary files", ok: false, detail: "cannot be made", help: "point TMPDIR to a folder that can be written to" }
  }
}

/** What is of use where it is there; its absence fails nothing. */
const notes = Effect.gen(function* () {
  const probe = yield* Probe
  const features = yield* featuresOf(probe)
  const on = cpuFeatures.filter((feature) => features[feature] === true)
  const gpu = yield* probe.run("nvidia-smi", ["--query-gpu=name", "--format=csv,noheader"])
  const ffmpeg = yield* probe.run("ffmpeg", ["-version"])
  const note = (check: string, detail: string): Check => ({ check, ok: true, detail, help: "" })
  return [
    note("cpu", on.length === 0 ? "no instruction set is told" : on.join(" ")),
    note("gpu", gpu === undefined ? "no nvidia-smi; nothing here needs one" : (gpu.split(/\r?\n/)[0] ?? "")),
    note("ffmpeg", ffmpeg === undefined ? "not there; nothing here needs it" : (ffmpeg.split(/\r?\n/)[0] ?? ""))
  ]
})

export const doctor = Command.make("doctor", { json }, (flags) =>
  Effect.gen(function* () {
    const checks = [
      nodeCheck(),
      yield* attempt("project", projectCheck),
      yield* attempt("plugins", pluginCheck),
      yield* attempt("engine", engineCheck),
      yield* attempt("store", storeCheck),
      yield* attempt("chronicle", chronicleCheck),
      yield* spaceCheck,
      temporaryCheck(),
      ...(yield* notes)
    ]
    yield* emit(flags.json, {
      kind: "doctor",
      data: checks,
      human: textTable(
        [
          { title: "CHECK", cell: (each) => each.check },
          { title: "", cell: (each) => (each.ok ? "ok" : "FAILED") },
          { title: "DETAIL", cell: (each) => each.detail },
          { title: "HELP", cell: (each) => (each.ok ? "" : each.help) }
        ],
        checks,
        ""
      )
    })
    const failed = checks.filter((each) => !each.ok)
    if (failed.length > 0)
      return yield* failAfterData(
        trainerErrors(
          "missing",
          failed.map((each) => ({
            code: "FT1401",
            severity: "error" as const,
            message: `${each.check}: ${each.detail}`,
            ...(each.help === "" ? {} : { help: each.help })
          }))
        )
      )
  })
).pipe(Command.withExamples([{ command: "feagi-trainer doctor", description: "What is missing here, and the way out" }]))
