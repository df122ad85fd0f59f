/** Where a project begins: the nearest folder, from the working one upwards, with one of these files, as git looks for its own. */
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"

export const projectFiles = ["feagi-trainer.toml", "feagi-trainer.yaml", "feagi-trainer.json"] as const

export const findFolder = (from: string): string | undefined => {
  if (projectFiles.some((name) => existsSync(join(from, name)))) return from
  const parent = dirname(from)
  return parent === from ? undefined : findFolder(parent)
}
