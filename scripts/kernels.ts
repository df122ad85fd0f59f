/**
 * Builds the kernel module of packages/gradient from its AssemblyScript sources, and says whether the committed bytes are what they build to.
 *
 *   node scripts/kernels.ts            builds, and writes packages/gradient/wasm/kernels.wasm and manifest.json
 *   node scripts/kernels.ts --check    builds in a temporary folder and compares module and manifest with what is committed
 *
 * The compiler is a devDependency of the package, of one exact version, and no path reaches the module: any machine gives the same bytes.
 */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { root } from "./steps.ts"

const packageFolder = join(root, "packages", "gradient")
const sources = join(packageFolder, "assembly")
const modulePath = join(packageFolder, "wasm", "kernels.wasm")
const manifestPath = join(packageFolder, "wasm", "manifest.json")
/** SIMD, no relaxed SIMD: each operation is rounded by itself, as IEEE 754 says, on every machine. */
const flags = ["-O3", "--runtime", "stub", "--enable", "simd", "--noAssert", "--use", "abort="]

const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex")
const fail = (message: string): never => {
  console.error(message)
  process.exit(1)
}

const compilerFolder = (): string => dirname(createRequire(join(packageFolder, "package.json")).resolve("assemblyscript/package.json"))
const compilerVersion = (): string => {
  const { version }: { version: string } = JSON.parse(readFileSync(join(compilerFolder(), "package.json"), "utf8"))
  return version
}

const build = (): Buffer => {
  const folder = mkdtempSync(join(tmpdir(), "gradient-kernels-"))
  try {
    const output = join(folder, "kernels.wasm")
    const args = [join(compilerFolder(), "bin", "asc.js"), "assembly/index.ts", "--outFile", output, ...flags]
    const result = spawnSync(process.execPath, args, { cwd: packageFolder, encoding: "utf8" })
    if (result.status !== 0 || result.stderr.includes("WARNING")) fail(`asc failed or warned:\n${result.stdout}${result.stderr}`)
    return readFileSync(output)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const manifestOf = (bytes: Buffer): string => {
  const names = readdirSync(sources).sort()
  const hashes = names.map((name) => [name, sha256(readFileSync(join(sources, name)))])
  const manifest = {
    sha256: sha256(bytes),
    size: bytes.length,
    compiler: `assemblyscript ${compilerVersion()}`,
    flags,
    sources: Object.fromEntries(hashes)
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

const flag = process.argv[2]
if (flag !== undefined && flag !== "--check") fail(`unknown flag ${flag}; there is --check`)
const bytes = build()
if (flag === undefined) {
  writeFileSync(modulePath, bytes)
  writeFileSync(manifestPath, manifestOf(bytes))
  console.log(`ok   kernels.wasm ${bytes.length} bytes, sha256 ${sha256(bytes)}`)
} else {
  const committed = readFileSync(modulePath)
  if (!bytes.equals(committed))
    fail(`FAIL the sources build to ${sha256(bytes)}, and ${sha256(committed)} is committed; run: node scripts/kernels.ts`)
  if (manifestOf(bytes) !== readFileSync(manifestPath, "utf8")) {
    fail("FAIL manifest.json is not that of the committed module; run: node scripts/kernels.ts")
  }
  console.log(`ok   the sources build to the committed kernels.wasm, sha256 ${sha256(bytes)}`)
}
