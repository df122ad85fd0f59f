/**
 * The files of a plugin package that can run, and one hash over them: what a run pins, whatever the version says.
 *
 * That is package.json, the manifest, and everything in the folder of the entry file. Tests, dependencies, type declarations, source
 * maps, prose and what builds leave behind run nothing and are not among them, so that building a plugin does not change a result.
 */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, posix } from "node:path"

/** The file of the export ".": a text, or its `default` or `import` condition. Relative to the package. */
export const entryFile = (exported: unknown): string => {
  if (typeof exported === "string") return exported
  if (typeof exported !== "object" || exported === null) return "./index.js"
  const fields = exported as { readonly [key: string]: unknown }
  if ("." in fields) return entryFile(fields["."])
  return entryFile(fields.default ?? fields.import ?? fields.node ?? "./index.js")
}

const runsNothing = /\.(?:map|md|tsbuildinfo|d\.ts|d\.mts|d\.cts)$|^LICEN[CS]E|\.tgz$/
/** Beside an entry that lies in the root of its package, these folders hold nothing that it loads. */
const besides: ReadonlySet<string> = new Set(["node_modules", "test", "tests", "coverage", "target"])

/** Paths with forward slashes below `folder` of the package, in the order of their code units. */
const filesBelow = (at: string, folder: string): ReadonlyArray<string> =>
  readdirSync(join(at, folder), { withFileTypes: true })
    .filter((item) => !item.name.startsWith(".") && !(item.isDirectory() ? besides.has(item.name) : runsNothing.test(item.name)))
    .flatMap((item) => {
      const path = posix.join(folder, item.name)
      return item.isDirectory() ? filesBelow(at, path) : item.isFile() ? [path] : []
    })

/** @param at absolute folder of the package */
export const filesSha256 = (at: string, manifest: string, exported: unknown): string => {
  const folder = posix.normalize(dirname(entryFile(exported)))
  const files = new Set(["package.json", posix.normalize(manifest), ...filesBelow(at, folder)])
  const hash = createHash("sha256")
  for (const file of [...files].sort())
    hash.update(
      `${file}\0${createHash("sha256")
        .update(readFileSync(join(at, file)))
        .digest("hex")}\n`
    )
  return hash.digest("hex")
}
