/**
 * The files of a new plugin, as text, before anything is written.
 *
 * Templates are real files that end in `.template`, so that no tool takes them for sources of this package; the ending falls off, and
 * `gitignore` gets its dot, which npm would not have published. Sharp edge: a placeholder is replaced wherever it stands, so a template
 * cannot speak of one.
 */
import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join, sep } from "node:path"
import { fileURLToPath } from "node:url"
import type { Axis } from "./Axis.ts"

/** The release that a new plugin is written against: packages of the trainer are released under one version. */
export const release: string = (createRequire(import.meta.url)("../package.json") as { readonly version: string }).version

/** The range of `effect` that this release of the contracts has as its peer. */
export const effectRange = "~4.1.0"

/** The name that the package gets on the registry; a scope can be put before it at any time. */
export const packageName = (axis: Axis, name: string): string => `feagi-trainer-${axis}-${name}`

const ending = ".template"

/** The texts of a folder of templates: relative path with forward slashes → text, as they stand there. */
const templatesOf = (name: string): ReadonlyArray<readonly [path: string, text: string]> => {
  const folder = fileURLToPath(new URL(`../templates/${name}`, import.meta.url))
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(ending))
    .map((path) => {
      const plain = path.slice(0, -ending.length).split(sep).join("/")
      return [plain === "gitignore" ? ".gitignore" : plain, readFileSync(join(folder, path), "utf8")]
    })
}

/** Relative path with forward slashes → text, in the order of the paths. A file of the axis goes before one that all share. */
export const render = (axis: Axis, name: string): ReadonlyMap<string, string> => {
  const values: ReadonlyArray<readonly [placeholder: string, value: string]> = [
    ["__NAME__", name],
    ["__AXIS__", axis],
    ["__PACKAGE__", packageName(axis, name)],
    ["__VERSION__", release],
    ["__EFFECT__", effectRange]
  ]
  const files = new Map([...templatesOf("common"), ...templatesOf(axis)])
  return new Map(
    [...files]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([path, text]) => [path, values.reduce((all, [placeholder, value]) => all.replaceAll(placeholder, value), text)])
  )
}
