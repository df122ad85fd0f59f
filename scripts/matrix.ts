/**
 * The same runs of a brain and of a network, the same weights of trained architectures, and the same orders of every sampler, on every
 * supported Node: the hashes must be the same bytes.
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

/** What a Node made, by name. */
type Hashes = Readonly<Record<string, string>>

/** A hash that is missing on every Node would be the same on every Node. */
const hashed = (version: string, name: string, hash: string | undefined): readonly [string, string] => {
  if (/^[0-9a-f]{64}$/.test(hash ?? "")) return [name, hash ?? ""]
  throw new Error(`Node ${version}: ${name} is ${hash ?? "missing"}, and no SHA-256`)
}

/** What a program of this Node prints; `what` is its name for people. */
const outputOf = (version: string, node: string, what: string, args: ReadonlyArray<string>, cwd: string): string => {
  const result = spawnSync(node, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
  if (result.status === 0) return result.stdout
  process.stderr.write(result.stderr)
  throw new Error(`Node ${version}: ${what} ended with ${result.status}`)
}

/** What is run on every Node: an example of docs/examples, the template it is run with, and the name of the hash of what was learned. */
const examples = [
  { name: "iris", label: "species", template: "tabular-classification", learned: "connectome_hash" },
  { name: "digits", label: "class", template: "tabular-classification-gradient", learned: "weights_sha256" }
] as const

const runOn = (version: string, node: string): Hashes => {
  const folder = freshProject("matrix", version)
  const ftr = (...args: ReadonlyArray<string>): string =>
    outputOf(version, node, `ftr ${args.join(" ")}`, [join(root, "apps/cli/src/main.ts"), ...args], folder)
  const hashes = examples.flatMap(({ name, label, template, learned }) => {
    const file = join(root, "docs/examples", name, `${name}.csv`)
    ftr("dataset", "add", file, "--adapter", "csv", "--label-column", label, "--name", name)
    writeFileSync(join(folder, `${name}.run.toml`), ftr("init", "--template", template, "--dataset", `${name}@1`, "--seed", "1"))
    ftr("run", "start", `${name}.run.toml`)
    const { data } = JSON.parse(ftr("run", "show", "latest", "--json")) as { readonly data: Hashes }
    const names = ["spec_sha256", "predictions_sha256", learned, "scorecard_body_sha256"]
    return names.map((each) => hashed(version, `${name} ${each}`, data[each]))
  })
  return Object.fromEntries(hashes)
}

/** Of a script that prints lines of a name and a hash: the hashes by `what` and name. */
const printedOn = (version: string, node: string, what: string, script: string): Hashes => {
  const lines = outputOf(version, node, script, [script], root).trim().split("\n")
  return Object.fromEntries(lines.map((line) => hashed(version, `${what} of ${line.split(" ")[0]}`, line.split(" ")[1])))
}

const results: Array<readonly [string, Hashes]> = []
for (const version of versions) {
  const node = binaryOf(version)
  if (node === undefined) {
    console.log(`SKIPPED Node ${version}: the registry has no binary for ${process.platform} ${process.arch}`)
    continue
  }
  const hashes = {
    ...printedOn(version, node, "order", "scripts/sample-orders.ts"),
    ...printedOn(version, node, "weights", "packages/gradient/test/support/weights.ts"),
    ...runOn(version, node)
  }
  results.push([version, hashes])
  console.log(`Node ${version}`)
  for (const [name, hash] of Object.entries(hashes)) console.log(`  ${name.padEnd(32)} ${hash}`)
}
const first = results[0]?.[1] ?? {}
const names = [...new Set(results.flatMap(([, hashes]) => Object.keys(hashes)))]
const different = names.filter((name) => results.some(([, hashes]) => hashes[name] !== first[name]))
console.log(different.length === 0 ? `the same bytes on ${results.length} versions of Node` : `DIFFERENT bytes: ${different.join(", ")}`)
process.exit(different.length === 0 && results.length === versions.length ? 0 : 1)
