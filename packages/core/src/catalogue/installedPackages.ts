/**
 * The plugin packages that a project lists, as they are installed beside its `feagi-trainer.toml`. Manifests are read; no code of a
 * plugin runs here.
 */
import { existsSync, lstatSync, readFileSync, realpathSync } from "node:fs"
import { createRequire } from "node:module"
import { isAbsolute, join, resolve, sep } from "node:path"
import { pathToFileURL } from "node:url"
import {
  type Diagnostic,
  decodeStrict,
  mistakeDiagnostic,
  PluginManifest,
  type TrainerError,
  trainerError,
  trainerErrors
} from "@feagi-trainer/contracts"
import { Json } from "@feagi-trainer/determinism"
import * as Effect from "effect/Effect"
import type { PluginPackage } from "./Catalogue.ts"
import { sharePeersWith } from "./hostPeers.ts"
import { entryFile, filesSha256 } from "./pluginFiles.ts"

const problem = (code: string, message: string, help: string): Diagnostic => ({ code, severity: "error", message, help })

/**
 * @param names packages as the project lists them: `@feagi-trainer/adapter-csv`, or `./folder` of a working copy
 * @param folder absolute folder of the project file
 */
export const installedPackages = (
  names: ReadonlyArray<string>,
  folder: string
): Effect.Effect<ReadonlyArray<PluginPackage>, TrainerError> =>
  Effect.gen(function* () {
    const found = names.map((name) => readPackage(name, folder))
    const problems = found.flatMap((each) => ("problems" in each ? each.problems : []))
    if (problems.length > 0) return yield* trainerErrors(problems.every((each) => each.code === "FT1210") ? "missing" : "invalid", problems)
    return found.flatMap((each) => ("plugin" in each ? [each.plugin] : []))
  })

type Read = { readonly plugin: PluginPackage } | { readonly problems: ReadonlyArray<Diagnostic> }

/** Whether a package is listed by the folder that it lies in. */
const isPath = (name: string): boolean => name.startsWith(".") || isAbsolute(name)

/** The folder of a package, found as Node would find it from the project; its exports need not name package.json. */
const folderOf = (name: string, folder: string): string | undefined => {
  const candidates = isPath(name)
    ? [resolve(folder, name)]
    : (createRequire(join(folder, "feagi-trainer.toml")).resolve.paths(name) ?? []).map((modules) => join(modules, name))
  return candidates.find((candidate) => {
    try {
      return lstatSync(join(candidate, "package.json")).isFile()
    } catch {
      return false
    }
  })
}

const notInstalled = (name: string): Diagnostic =>
  problem(
    "FT1210",
    `the plugin package ${name} is not installed`,
    `npm install ${name}   (in the folder of feagi-trainer.toml), or take it off the list`
  )

/** A path is meant from the project file, and breaks when that is copied elsewhere. */
const noFolder = (name: string, folder: string): Diagnostic => {
  const at = resolve(folder, name)
  return problem(
    "FT1210",
    existsSync(at) ? `the folder ${name} of a plugin has no package.json: ${at}` : `the folder ${name} of a plugin is not there: ${at}`,
    "paths are meant from the folder of feagi-trainer.toml: correct it, list the plugin by the name of its package instead, or take it off the list"
  )
}

const readPackage = (name: string, folder: string): Read => {
  const at = folderOf(name, folder)
  if (at === undefined) return { problems: [isPath(name) ? noFolder(name, folder) : notInstalled(name)] }
  const json = (file: string) => Json.parse(readFileSync(join(at, file), "utf8"))
  const packageJson = json("package.json")
  if (!packageJson.ok) return { problems: [problem("FT1211", `package.json of ${name} is not JSON`, "install the package again")] }
  const fields = packageJson.value as { readonly [key: string]: unknown }
  const manifestPath = fields.feagiTrainer
  if (typeof manifestPath !== "string" || typeof fields.version !== "string" || typeof fields.name !== "string")
    return {
      problems: [problem("FT1212", `${name} is not a plugin: its package.json has no "feagiTrainer"`, "take it off the list of plugins")]
    }
  let parsed: ReturnType<typeof Json.parse>
  try {
    parsed = json(manifestPath)
  } catch {
    return { problems: [problem("FT1211", `the manifest ${manifestPath} of ${name} cannot be read`, "install the package again")] }
  }
  if (!parsed.ok)
    return {
      problems: parsed.problems.map((each) => ({
        ...problem("FT1211", each.message, "report it to the author of the plugin"),
        file: `${name}/${manifestPath.replace(/^\.\//, "")}`,
        line: each.line,
        column: each.column
      }))
    }
  const decoded = decodeStrict(PluginManifest, parsed.value)
  if (!decoded.ok)
    return {
      problems: decoded.mistakes.map((each) => ({
        help: "report it to the author of the plugin",
        ...mistakeDiagnostic("", each),
        code: "FT1211",
        file: `${name}/${manifestPath.replace(/^\.\//, "")}`
      }))
    }
  const real = realpathSync(at)
  const source = real.split(sep).includes("node_modules") ? "installed" : "link"
  return {
    plugin: {
      name: fields.name,
      version: fields.version,
      source,
      files_sha256: filesSha256(real, manifestPath, fields.exports),
      manifest: decoded.value,
      load: load(fields.name, real, source, fields.exports)
    }
  }
}

const load = (name: string, at: string, source: PluginPackage["source"], exported: unknown): PluginPackage["load"] =>
  Effect.tryPromise({
    try: () => {
      if (source === "link") sharePeersWith(at)
      return import(pathToFileURL(join(at, entryFile(exported))).href) as Promise<Readonly<Record<string, unknown>>>
    },
    catch: (error) =>
      trainerError("missing", {
        code: "FT1213",
        message: `the plugin package ${name} cannot be loaded: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`,
        help: `install it again together with its peers:  npm install ${name} effect @feagi-trainer/contracts`
      })
  })
