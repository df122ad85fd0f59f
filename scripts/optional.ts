/**
 * Installs what some tests use when it is there and nobody needs otherwise, into .cache/optional. Each failure is one visible line and
 * no error: the tests that wanted it are skipped, and say so.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { installEngine } from "./feagi.ts"
import { root } from "./steps.ts"
import { installTensorFlow } from "./tfjs.ts"

const optional = [
  { what: "chromium, for tests that open reports and the Studio as a reader does", packages: ["@sparticuz/chromium@153.0.0"] },
  { what: "zeromq, for tests of the live backend over ZeroMQ", packages: ["zeromq@6.8.0"] }
]

/** Programs of other people that read what we write: an oracle for tables and signatures. */
const python = {
  what: "Python with pyarrow, DuckDB, safetensors, in-toto and securesystemslib, for tests that read our tables, weights and signatures",
  packages: [
    "cryptography==50.0.2",
    "duckdb==2.0.0",
    "in-toto==3.1.0",
    "numpy==2.4.6",
    "pyarrow==26.0.1",
    "safetensors==0.8.0",
    "securesystemslib==1.6.0"
  ]
}

const folder = join(root, ".cache", "optional")
mkdirSync(folder, { recursive: true })
// npm removes what the manifest of a folder does not name, so that one that is there stays.
if (!existsSync(join(folder, "package.json"))) writeFileSync(join(folder, "package.json"), '{ "private": true }\n')
for (const { what, packages } of optional) {
  const args = ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", ...packages]
  const { status } = spawnSync("npm", args, { stdio: ["ignore", "ignore", "inherit"] })
  console.log(`${status === 0 ? "installed" : "MISSING  "} ${what}`)
}

const venv = join(folder, "python")
const succeeds = (command: string, args: ReadonlyArray<string>): boolean =>
  spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] }).status === 0
const hasPython =
  succeeds("python3", ["-m", "venv", venv]) &&
  succeeds(join(venv, "bin", "python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...python.packages])
console.log(`${hasPython ? "installed" : "MISSING  "} ${python.what}`)

try {
  installEngine()
  console.log("installed a FEAGI engine, for tests of the live backend")
} catch (error) {
  console.log(`MISSING   a FEAGI engine, for tests of the live backend: ${error instanceof Error ? error.message : String(error)}`)
}

try {
  installTensorFlow()
  console.log("installed tfjs-node, for tests of the TensorFlow learner")
} catch (error) {
  console.log(`MISSING   tfjs-node, for tests of the TensorFlow learner: ${error instanceof Error ? error.message : String(error)}`)
}
