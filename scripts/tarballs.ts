/** Packs packages of the workspace exactly as they would be published: built, with `publishConfig` applied by pnpm. */
import { execFileSync } from "node:child_process"
import { mkdirSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { WorkspacePackage } from "./package-shape.ts"
import { root } from "./steps.ts"

/** Writes one tarball into `folder` (emptied first) and returns its path. The package must have been built. */
export const packInto = (folder: string, pkg: WorkspacePackage): string => {
  const own = join(folder, pkg.folder.replace("/", "-"))
  rmSync(own, { recursive: true, force: true })
  mkdirSync(own, { recursive: true })
  execFileSync("pnpm", ["pack", "--pack-destination", own], { cwd: join(root, pkg.folder), stdio: ["ignore", "ignore", "inherit"] })
  const [tarball] = readdirSync(own).filter((name) => name.endsWith(".tgz"))
  if (tarball === undefined) throw new Error(`pnpm pack wrote no tarball for ${pkg.name}`)
  return join(own, tarball)
}
