/**
 * Packs every package as it would be published, so that a folder of tarballs can be installed without a registry.
 *
 *     npm run pack -- DIR
 *     npm install --ignore-scripts DIR/feagi-trainer-{cli,core,…}-*.tgz effect
 *
 * `DIR/packages.json` says, for each package, which tarballs it needs.
 */
import { writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { workspacePackages } from "./package-shape.ts"
import { build, runStep } from "./steps.ts"
import { packAll } from "./tarballs.ts"

const [target] = process.argv.slice(2)
if (target === undefined) {
  console.error("usage: npm run pack -- DIR")
  process.exit(2)
}
const folder = resolve(process.env.INIT_CWD ?? process.cwd(), target)
const packages = workspacePackages().filter((pkg) => pkg.manifest.private !== true)
if (!runStep(build(packages.map((pkg) => pkg.folder)))) process.exit(1)
const packed = packAll(folder, packages)
const fileOf = new Map(packed.map(({ name, file }) => [name, file]))

/** Names of the packages of this workspace that one needs, itself included. */
const closure = (name: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(name)) return seen
  seen.add(name)
  const manifest = packages.find((pkg) => pkg.name === name)?.manifest
  for (const dependency of Object.keys({ ...manifest?.dependencies, ...manifest?.peerDependencies }))
    if (fileOf.has(dependency)) closure(dependency, seen)
  return seen
}

const index = Object.fromEntries(
  packed.map(({ name, file }) => [name, { file, needs: [...closure(name)].sort().flatMap((each) => fileOf.get(each) ?? []) }])
)
writeFileSync(join(folder, "packages.json"), `${JSON.stringify(index, null, 2)}\n`)
for (const { name, file } of packed) console.log(`${file}  ${name}`)
