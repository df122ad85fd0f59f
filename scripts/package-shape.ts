/** Every package of the workspace as its files say: name, folder, dependencies, and the modules that it imports. */
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./steps.ts"

export interface WorkspacePackage {
  readonly name: string
  /** Folder relative to the root, with forward slashes: `packages/core`. */
  readonly folder: string
  readonly manifest: PackageJson
  readonly sources: ReadonlyArray<string>
}

export interface PackageJson {
  readonly name: string
  readonly version: string
  readonly description?: string
  readonly license?: string
  readonly private?: boolean
  readonly type?: string
  readonly exports?: Record<string, unknown>
  readonly publishConfig?: { readonly access?: string; readonly exports?: Record<string, unknown> }
  readonly files?: ReadonlyArray<string>
  readonly scripts?: Record<string, string>
  readonly engines?: Record<string, string>
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
  readonly feagiTrainer?: string
}

export const workspacePackages = (from = root): ReadonlyArray<WorkspacePackage> =>
  ["packages", "plugins", "apps"]
    .flatMap((group) => (existsSync(join(from, group)) ? readdirSync(join(from, group)).map((name) => `${group}/${name}`) : []))
    .filter((folder) => existsSync(join(from, folder, "package.json")))
    .sort()
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(join(from, folder, "package.json"), "utf8")) as PackageJson
      const sources = globSync("src/**/*.{ts,tsx}", { cwd: join(from, folder) })
        .map((path) => path.replaceAll("\\", "/"))
        .sort()
      return { name: manifest.name, folder, manifest, sources }
    })

/** The specifiers that a TypeScript source imports, by a statement at the beginning of a line or by `import("…")`. Comments are left out. */
export const importsOf = (source: string): ReadonlyArray<string> => {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "")
  const found = code.matchAll(
    /(?:^|[;}]\s*)(?:import|export)\s[^"'`;]*?from\s*["']([^"']+)["']|(?:(?:^|;\s*)import\s*|\bimport\s*\(\s*)["']([^"']+)["']/gm
  )
  return [...found].map((match) => match[1] ?? match[2] ?? "")
}

/** `@scope/name/sub/path` → `@scope/name`; `node:fs` and relative paths stay as they are. */
export const packageOf = (specifier: string): string => {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return specifier
  const parts = specifier.split("/")
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? specifier)
}
