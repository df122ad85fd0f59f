/**
 * Where the built Studio lies: in a package beside the project, or beside this program; run from the sources of this repository, it is built
 * when it is out of date.
 */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type TrainerError, trainerError } from "@feagi-trainer/contracts"
import * as Effect from "effect/Effect"

const name = "@feagi-trainer/studio"

/** Folders with the package, the project's first. Its exports need not name what is looked for. */
const packages = (folder: string): ReadonlyArray<string> =>
  [join(folder, "feagi-trainer.toml"), import.meta.url].flatMap((from) =>
    (createRequire(from).resolve.paths(name) ?? [])
      .map((modules) => join(modules, name))
      .filter((each) => existsSync(join(each, "package.json")))
  )

/** The root of this repository, when this program runs from its sources. */
const repository = import.meta.url.endsWith(".ts") ? fileURLToPath(new URL("../../../../", import.meta.url)) : undefined

const appOf = (folder: string): string => join(folder, "dist", "app")
const isBuilt = (folder: string): boolean => existsSync(join(appOf(folder), "index.html"))

const buildScript = "scripts/studio.ts"

const notBuilt = (help: string): TrainerError => trainerError("missing", { code: "FT1403", message: "the Studio is not built", help })

/** FT1403 with the line that installs or builds it. */
export const studioAssets = (folder: string): Effect.Effect<string, TrainerError> =>
  Effect.suspend(() => {
    const found = packages(folder).find(isBuilt)
    if (found !== undefined) return Effect.succeed(appOf(found))
    const own = repository === undefined ? undefined : join(repository, "apps", "studio")
    if (repository === undefined || own === undefined || !existsSync(join(own, "package.json")))
      return Effect.fail(
        packages(folder).length > 0
          ? notBuilt(`npm install ${name}   brings a built one`)
          : trainerError("missing", {
              code: "FT1403",
              message: "the Studio is not installed",
              help: `npm install ${name}   in the folder of feagi-trainer.toml; without it  feagi-trainer serve  gives the API alone`
            })
      )
    // What it says goes to stderr: stdout is for the document of `--json`.
    const { status } = spawnSync(process.execPath, [join(repository, buildScript)], { stdio: ["ignore", 2, 2] })
    return status === 0 && isBuilt(own)
      ? Effect.succeed(appOf(own))
      : Effect.fail(notBuilt(`node ${buildScript}   says what is wrong with its sources`))
  })
