/** `doctor` and `env`: whether this machine can do the work, and what it is. */
import { arch, platform, release } from "node:os"
import { trainerErrors } from "@feagi-trainer/contracts"
import { Catalogue, trainerVersion } from "@feagi-trainer/core"
import { hashOf } from "@feagi-trainer/determinism"
import { storeExists, verifyStore } from "@feagi-trainer/store"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { json } from "../flags.ts"
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

export const doctor = Command.make("doctor", { json }, (flags) =>
  Effect.gen(function* () {
    const checks = [
      nodeCheck(),
      yield* attempt("project", projectCheck),
      yield* attempt("plugins", pluginCheck),
      yield* attempt("store", storeCheck)
    ]
    yield* emit(flags.json, {
      kind: "doctor",
      data: checks,
      human: textTable(
        [
          { title: "CHECK", cell: (each) => each.check },
          { title: "", cell: (each) => (each.ok ? "ok" : "FAILED") },
          { title: "DETAIL", cell: (each) => each.detail },
          { title: "HELP", cell: (each) => each.help }
        ],
        checks,
        ""
      )
    })
    const failed = checks.filter((each) => !each.ok)
    if (failed.length > 0)
      return yield* trainerErrors(
        "missing",
        failed.map((each) => ({
          code: "FT1401",
          severity: "error" as const,
          message: `${each.check}: ${each.detail}`,
          ...(each.help === "" ? {} : { help: each.help })
        }))
      )
  })
).pipe(Command.withDescription("Check Node, project, plugins and store; exit 7 with a way out when something is missing"))

export const environment = Command.make("env", { json }, (flags) =>
  Effect.gen(function* () {
    const project = yield* (yield* Project).pipe(Effect.result)
    const plugins =
      project._tag === "Failure"
        ? []
        : yield* withPlugins(
            Effect.map(Catalogue, ({ packages }) =>
              packages.map((each) => ({ name: each.name, version: each.version, source: each.source, files_sha256: each.files_sha256 }))
            )
          ).pipe(Effect.catch(() => Effect.succeed([])))
    const facts = {
      feagi_trainer: trainerVersion,
      node: process.versions.node,
      v8: process.versions.v8,
      sqlite: process.versions.sqlite ?? null,
      platform: platform(),
      release: release(),
      arch: arch(),
      plugins
    }
    const { release: _, ...stable } = facts
    yield* emit(flags.json, {
      kind: "environment",
      data: { ...facts, environment_sha256: hashOf(stable) },
      human: [
        `feagi-trainer  ${facts.feagi_trainer}`,
        `node           ${facts.node}  (v8 ${facts.v8}, sqlite ${facts.sqlite ?? "none"})`,
        `machine        ${facts.platform} ${facts.arch}, ${facts.release}`,
        `hash           ${hashOf(stable)}`,
        ...plugins.map((each) => `plugin         ${each.name} ${each.version}  ${each.files_sha256.slice(0, 16)}`)
      ].join("\n")
    })
  })
).pipe(Command.withDescription("Describe this machine and the plugins, with a hash for bug reports"))
