/**
 * The same run on every supported Node: the hashes must be the same bytes.
 *
 * The Nodes are plain binaries from the npm registry, kept in .cache/toolchain. Where the registry has none for this platform the row
 * is skipped visibly.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { freshProject } from "./project.ts"
import { root } from "./steps.ts"

const versions = ["22.23.3", "24.21.0", "26.10.0"]

const binaryOf = (version: string): string | undefined => {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`
  const folder = join(root, ".cache", "toolchain", `node-${version}`)
  const binary = join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node")
  if (existsSync(binary)) return binary
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n')
  const args = ["install", "--prefix", folder, "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", `${name}@${version}`]
  spawnSync("npm", args, { stdio: ["ignore", "ignore", "inherit"] })
  return existsSync(binary) ? binary : undefined
}

interface Hashes {
  readonly spec_sha256: string
  readonly predictions_sha256: string
  readonly connectome_hash: string
  readonly scorecard_body_sha256: string
}

const runOn = (version: string, node: string): Hashes => {
  const folder = freshProject("matrix", version)
  const ftr = (...args: ReadonlyArray<string>): string => {
    const result = spawnSync(node, [join(root, "apps/cli/src/main.ts"), ...args], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"]
    })
    if (result.status === 0) return result.stdout
    process.stderr.write(result.stderr)
    throw new Error(`Node ${version}: ftr ${args.join(" ")} ended with ${result.status}`)
  }
  const iris = join(root, "docs/examples/iris/iris.csv")
  ftr("dataset", "add", iris, "--adapter", "csv", "--label-column", "species", "--name", "iris")
  writeFileSync(join(folder, "x.run.toml"), ftr("init", "--template", "tabular-classification", "--dataset", "iris@1", "--seed", "1"))
  ftr("run", "start", "x.run.toml")
  const { spec_sha256, predictions_sha256, connectome_hash, scorecard_body_sha256 } = (
    JSON.parse(ftr("run", "show", "latest", "--json")) as { readonly data: Hashes }
  ).data
  return { spec_sha256, predictions_sha256, connectome_hash, scorecard_body_sha256 }
}

const results: Array<readonly [string, Hashes]> = []
for (const version of versions) {
  const node = binaryOf(version)
  if (node === undefined) {
    console.log(`SKIPPED Node ${version}: the registry has no binary for ${process.platform} ${process.arch}`)
    continue
  }
  const hashes = runOn(version, node)
  results.push([version, hashes])
  console.log(`Node ${version}`)
  for (const [name, hash] of Object.entries(hashes)) console.log(`  ${name.padEnd(22)} ${hash}`)
}
const different = new Set(results.map(([, hashes]) => JSON.stringify(hashes))).size
console.log(different === 1 ? `the same bytes on ${results.length} versions of Node` : "DIFFERENT bytes")
process.exit(different === 1 && results.length === versions.length ? 0 : 1)
