/** A fresh project in a folder of .cache that uses every plugin of this workspace, as its sources stand. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { workspacePackages } from "./package-shape.ts"
import { root } from "./steps.ts"

/** Folders of the plugins, relative to the root and in the form that a project file takes. */
export const pluginFolders: ReadonlyArray<string> = workspacePackages()
  .filter((pkg) => pkg.folder.startsWith("plugins/"))
  .map((pkg) => `./${pkg.folder}`)

/** @param names folders below .cache; what stood there is removed */
export const freshProject = (...names: ReadonlyArray<string>): string => {
  const folder = join(root, ".cache", ...names)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const plugins = pluginFolders.map((plugin) => relative(folder, join(root, plugin)).replaceAll("\\", "/"))
  writeFileSync(join(folder, "feagi-trainer.toml"), `schema_version = 1\nplugins = ${JSON.stringify(plugins)}\n`)
  return folder
}
