/**
 * Checks the tarball of the package in the working folder as a user would get it: publint (fields, files, formats) and
 * attw (do the types resolve for an ES module user). Run by `turbo run check:pkg`, once per package.
 */
import { execFileSync } from "node:child_process"
import { join, relative } from "node:path"
import { publint } from "publint"
import { formatMessage } from "publint/utils"
import { workspacePackages } from "./package-shape.ts"
import { root } from "./steps.ts"
import { packInto } from "./tarballs.ts"

const folder = relative(root, process.cwd()).replaceAll("\\", "/")
const pkg = workspacePackages().find((candidate) => candidate.folder === folder)
if (pkg === undefined) throw new Error(`${folder} is not a package of this workspace`)

const tarball = packInto(join(root, ".cache", "check-package"), pkg)
const { messages, pkg: manifest } = await publint({ pkgDir: process.cwd(), pack: "pnpm", strict: true })
for (const message of messages) console.error(`publint: ${formatMessage(message, manifest)}`)
if (messages.length > 0) process.exit(1)
if (pkg.manifest.exports !== undefined)
  execFileSync(join(root, "node_modules", ".bin", "attw"), [tarball, "--profile", "esm-only", "--no-emoji", "--quiet"], {
    stdio: "inherit"
  })
