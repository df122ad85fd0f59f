/** Packs packages of the workspace exactly as they would be published: built, with `publishConfig` applied by pnpm. */
import { execFileSync } from "node:child_process"
import { mkdirSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { WorkspacePackage } from "./package-shape.ts"
import { root } from "./steps.ts"

/** Writes one tarball into `folder`, emptied of those before, and returns its path. The package must have been built. */
export const packInto = (folder: string, pkg: WorkspacePackage): string => {
  const own = join(folder, pkg.folder.replace("/", "-"))
  return join(own, ...packAll(own, [pkg]).map(({ file }) => file))
}

/** Packs packages into `folder`, side by side, emptied of tarballs before; returns name and file of each. They must have been built. */
export const packAll = (
  folder: string,
  packages: ReadonlyArray<WorkspacePackage>
): ReadonlyArray<{ readonly name: string; readonly file: string }> => {
  mkdirSync(folder, { recursive: true })
  for (const stale of readdirSync(folder)) if (stale.endsWith(".tgz")) rmSync(join(folder, stale))
  return packages.map((pkg) => {
    const before = new Set(readdirSync(folder))
    execFileSync("pnpm", ["pack", "--pack-destination", folder], { cwd: join(root, pkg.folder), stdio: ["ignore", "ignore", "inherit"] })
    const file = readdirSync(folder).find((name) => !before.has(name))
    if (file === undefined) throw new Error(`pnpm pack wrote no tarball for ${pkg.name}`)
    return { name: pkg.name, file }
  })
}
