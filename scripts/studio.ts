/**
 * Builds the Studio into apps/studio/dist/app, unless what is there is newer than everything that it is made of.
 *
 *     node scripts/studio.ts
 *
 * Writes to stderr only: the command line runs it before it serves the Studio from these sources.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { root } from "./steps.ts"

const studio = join(root, "apps", "studio")
const made = join(studio, "dist", "app", "index.html")

/** What goes into the bundle: its own sources, and those packages of the workspace that a browser runs. */
const sources = [
  ...["src", "index.html", "package.json", "vite.config.ts"].map((name) => join(studio, name)),
  ...["charts/src", "control-api/src", "core/src/query"].map((name) => join(root, "packages", name)),
  join(root, "pnpm-lock.yaml")
]

const newest = (path: string): number => {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return readdirSync(path).reduce((most, name) => Math.max(most, newest(join(path, name))), stat.mtimeMs)
}

const current = existsSync(made) && sources.filter(existsSync).every((path) => newest(path) <= statSync(made).mtimeMs)
if (!current) {
  process.stderr.write("building the Studio\n")
  const vite = join(studio, "node_modules", "vite", "bin", "vite.js")
  const { status, stdout, stderr } = spawnSync(process.execPath, [vite, "build", "--logLevel", "warn"], {
    cwd: studio,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"]
  })
  process.stderr.write(`${stdout}${stderr}`)
  process.exitCode = status ?? 1
}
