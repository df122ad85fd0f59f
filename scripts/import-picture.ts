/**
 * Who may import whom. The picture stands in docs/ARCHITECTURE.md; this is its machine form.
 *
 * Each package names the workspace packages that its sources may import; plugins follow one rule together. Tests are free:
 * they prove packages against each other.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { importsOf, packageOf, type WorkspacePackage } from "./package-shape.ts"

const scope = "@feagi-trainer/"
const base = ["determinism", "dataset-contracts", "charts", "contracts"]

/** Folder name → folder names of the packages it may import. */
const picture: Record<string, ReadonlyArray<string>> = {
  determinism: [],
  charts: [],
  "dataset-contracts": [],
  contracts: ["determinism", "dataset-contracts", "charts"],
  config: base,
  evaluation: base,
  brain: base,
  "feagi-runtime": base,
  conformance: base,
  transforms: base,
  reports: base,
  gradient: base,
  tokenizer: base,
  "training-stages": ["gradient", ...base],
  core: ["config", "evaluation", "transforms", ...base],
  "control-api": base,
  store: ["core", ...base],
  server: ["control-api", ...base],
  "create-feagi-trainer": []
}

/** What a plugin may import besides `contracts`: at most one of these. */
const engines = ["feagi-runtime", "brain", "gradient", "tokenizer", "training-stages"]

/** Packages that must run where neither Node nor Effect is. */
const browserSafe = ["charts", "feagi-runtime", "studio"]

/** The page in the browser: what is bundled into it is a devDependency, since users get it built. Of the API and the core it takes what needs no Effect. */
const page = {
  folder: "apps/studio",
  modules: [
    "@feagi-trainer/charts",
    "@feagi-trainer/control-api/routes",
    "@feagi-trainer/control-api/argv",
    "@feagi-trainer/control-api/client",
    "@feagi-trainer/control-api/comparison",
    "@feagi-trainer/control-api/run-table",
    "@feagi-trainer/control-api/upload-name",
    "@feagi-trainer/core/query"
  ]
}

export interface Violation {
  readonly file: string
  readonly imports: string
  readonly why: string
}

const isTypeOnly = (source: string, specifier: string): boolean => {
  const escaped = specifier.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")
  return new RegExp(`import\\s+type\\s[^"']*from\\s*["']${escaped}["']`).test(source)
}

/** Every import of the workspace that the picture does not allow, and every import that the package does not declare. */
export const violations = (packages: ReadonlyArray<WorkspacePackage>, root: string): ReadonlyArray<Violation> => {
  const plugins = new Set(packages.filter((p) => p.folder.startsWith("plugins/")).map((p) => p.name))
  const apps = new Set(packages.filter((p) => p.folder.startsWith("apps/")).map((p) => p.name))
  return packages.flatMap((pkg) => {
    const short = pkg.folder.split("/")[1] ?? ""
    const isPage = pkg.folder === page.folder
    const declared = new Set(
      Object.keys({
        ...pkg.manifest.dependencies,
        ...pkg.manifest.optionalDependencies,
        ...pkg.manifest.peerDependencies,
        ...(isPage ? pkg.manifest.devDependencies : {})
      })
    )
    const enginesUsed = new Set<string>()
    return pkg.sources.flatMap((path) => {
      const file = `${pkg.folder}/${path}`
      const source = readFileSync(join(root, file), "utf8")
      const found: Array<Violation> = []
      const refuse = (specifier: string, why: string) => found.push({ file, imports: specifier, why })
      for (const specifier of importsOf(source)) {
        const target = packageOf(specifier)
        if (target.startsWith(".")) {
          if (target.includes("../../") && !file.includes("/src/", 0)) refuse(specifier, "reaches out of its package")
          continue
        }
        if (browserSafe.includes(short) && !path.startsWith("src/node") && !isTypeOnly(source, specifier)) {
          if (target.startsWith("node:")) refuse(specifier, `${short} has to run in a browser; only src/node* may use Node`)
          if (target === "effect") refuse(specifier, `${short} has to run in a browser, where Effect weighs too much`)
        }
        if (specifier === "effect" && !plugins.has(pkg.name) && !isTypeOnly(source, specifier))
          refuse(specifier, 'the index loads all of Effect with every call; import its modules: import * as Effect from "effect/Effect"')
        if (target.startsWith("node:") || target === pkg.name) continue
        if (!declared.has(target)) refuse(specifier, "is not among the dependencies of the package")
        if (plugins.has(target)) refuse(specifier, "nobody imports a plugin: it is loaded by name")
        else if (apps.has(target)) refuse(specifier, "nobody imports an app")
        else if (isPage && target.startsWith(scope) && !page.modules.includes(specifier) && !isTypeOnly(source, specifier))
          refuse(specifier, `the page imports types, and of values only ${page.modules.join(", ")}`)
        else if (target.startsWith(scope)) {
          const name = target.slice(scope.length)
          if (plugins.has(pkg.name)) {
            if (engines.includes(name)) enginesUsed.add(name)
            if (name !== "contracts" && !engines.includes(name))
              refuse(specifier, "a plugin imports contracts and at most one engine package")
            if (enginesUsed.size > 1) refuse(specifier, `a plugin imports at most one of ${engines.join(", ")}`)
          } else if (!apps.has(pkg.name)) {
            const allowed = picture[short]
            if (allowed === undefined) refuse(specifier, `${short} is not in the picture; add it there and to docs/ARCHITECTURE.md`)
            else if (!allowed.includes(name))
              refuse(specifier, `${short} may import only ${allowed.join(", ") || "nothing of the workspace"}`)
          }
        }
      }
      return found
    })
  })
}
