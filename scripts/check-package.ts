/**
 * Checks the tarball of the package in the working folder as a user would get it: that everything is in it that `files` promises, publint
 * (fields, files, formats) and attw (do the types resolve for an ES module user). Run by `turbo run check:pkg`, once per package.
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
const inside = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).split("\n")
const absent = (pkg.manifest.files ?? []).filter((entry) => !inside.some((file) => file.startsWith(`package/${entry}`)))
for (const entry of absent) console.error(`the tarball has nothing of "${entry}", which package.json names among its files`)
if (absent.length > 0) process.exit(1)
const { messages, pkg: manifest } = await publint({ pkgDir: process.cwd(), pack: "pnpm", strict: true })
for (const message of messages) console.error(`publint: ${formatMessage(message, manifest)}`)
if (messages.length > 0) process.exit(1)
const entries = Object.keys(pkg.manifest.exports ?? {}).filter((entry) => entry !== "./package.json")
if (entries.length > 0)
  execFileSync(join(root, "node_modules", ".bin", "attw"), [tarball, "--profile", "esm-only", "--no-emoji", "--quiet"], {
    stdio: "inherit"
  })
