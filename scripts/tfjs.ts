/**
 * TensorFlow for the tests of the learner that uses it: the npm package @tensorflow/tfjs-node, and its addon built on this machine.
 *
 * The package's own install script fetches libtensorflow from Google, in a version of 2022 and without a hash; here the C library comes
 * out of the PyPI wheel of TensorFlow, whose hash pip compares, and the addon's two C++ files are compiled against it. Everything lives
 * under .cache/optional. Sharp edge: npm removes what it does not know, so that the library lies beside node_modules and the addon is
 * built again (seconds) when it is gone.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { arch, platform } from "node:os"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { root } from "./steps.ts"

const PACKAGE = "@tensorflow/tfjs-node@4.22.0"
const WHEEL = "tensorflow-cpu==2.15.1"

const folder = join(root, ".cache", "optional")
const home = join(folder, "node_modules", "@tensorflow", "tfjs-node")
/** Where the package looks for it: Node-API 8 is the newest that it knows. */
const addon = join(home, "lib", "napi-v8", "tfjs_binding.node")
const library = join(folder, `libtensorflow-${WHEEL.split("==")[1]}`)
const libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"]

const run = (command: string, args: ReadonlyArray<string>, env: Record<string, string> = {}): string => {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 1 << 26
  })
  if (status === 0) return stdout
  const why = error?.message ?? stderr.trim().split("\n").slice(-3).join(" | ")
  throw new Error(`${command} ${args.slice(0, 3).join(" ")} failed: ${why}`)
}

/** The library and the headers of its C interface; the wheel is removed when they are out of it. */
const EXTRACT = `
import sys, zipfile
wanted = ("tensorflow/libtensorflow", "tensorflow/include/tensorflow/c/", "tensorflow/include/tsl/",
          "tensorflow/include/tensorflow/core/platform/")
with zipfile.ZipFile(sys.argv[1]) as wheel:
    wheel.extractall(sys.argv[2], [name for name in wheel.namelist() if name.startswith(wanted)])
`

const hasLibrary = (): boolean => libraries.every((name) => existsSync(join(library, "tensorflow", name)))

const fetchLibrary = (): void => {
  // A folder that appears whole or not at all.
  const making = `${library}.making`
  rmSync(making, { recursive: true, force: true })
  rmSync(library, { recursive: true, force: true })
  mkdirSync(making, { recursive: true })
  try {
    const target = ["--platform", "manylinux2014_x86_64", "--python-version", "3.11", "--only-binary=:all:", "--no-deps"]
    run("python3", ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", ...target, "--dest", making, WHEEL])
    const wheel = readdirSync(making).find((name) => name.endsWith(".whl"))
    if (wheel === undefined) throw new Error(`pip downloaded no wheel of ${WHEEL}`)
    run("python3", ["-c", EXTRACT, join(making, wheel), making])
    rmSync(join(making, wheel))
    renameSync(making, library)
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
  if (!hasLibrary()) throw new Error(`the wheel of ${WHEEL} does not hold ${libraries.join(" and ")}`)
}

const buildAddon = (): void => {
  const headers = join(dirname(dirname(realpathSync(process.execPath))), "include", "node")
  if (!existsSync(join(headers, "node_api.h"))) throw new Error(`this Node brings no headers: ${join(headers, "node_api.h")} is not there`)
  const built = dirname(addon)
  mkdirSync(built, { recursive: true })
  const [from, making] = [join(library, "tensorflow"), `${addon}.making`]
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(home, "binding", name))
  const includes = [headers, join(home, ".."), home, join(from, "include")].flatMap((each) => ["-I", each])
  const links = ["-L", from, ...libraries.map((name) => `-l:${name}`), `-Wl,-rpath,$ORIGIN/${relative(built, from)}`]
  run("g++", ["-shared", "-fPIC", "-std=c++17", "-O2", "-w", "-DNAPI_VERSION=8", ...includes, "-o", making, ...sources, ...links])
  renameSync(making, addon)
}

/** Two numbers multiplied by the addon in a process of its own: a library that does not fit this machine ends there. */
const answers = (): void => {
  const program = [
    'const util = require("node:util"); util.isNullOrUndefined ??= (x) => x == null; util.isArray ??= Array.isArray',
    'const tf = require("@tensorflow/tfjs-node")',
    "process.stdout.write(String(tf.matMul(tf.tensor2d([[6]]), tf.tensor2d([[7]])).dataSync()[0]))"
  ]
  const said = run(process.execPath, ["-e", program.join(";")], { TF_CPP_MIN_LOG_LEVEL: "2" })
  // The package greets on the same stream.
  if (!said.endsWith("42")) throw new Error(`TensorFlow says that 6 · 7 is ${JSON.stringify(said)}`)
}

/** Installs the package and builds its addon unless both are there. Throws with the reason when it cannot. */
export const installTensorFlow = (): void => {
  if (platform() !== "linux" || arch() !== "x64")
    throw new Error(`only Linux on x64 is prepared, not ${platform()} on ${arch()}; npm install ${PACKAGE} may work there`)
  mkdirSync(folder, { recursive: true })
  const manifest = join(folder, "package.json")
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n')
  if (!existsSync(join(home, "package.json")))
    run("npm", ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", PACKAGE])
  if (!hasLibrary()) fetchLibrary()
  if (!existsSync(addon)) buildAddon()
  answers()
}

/** What stands in the way of TensorFlow here, as a reason to skip what needs it. Undefined when nothing does. */
export const missingTensorFlow = (): string | undefined =>
  existsSync(addon) && hasLibrary() ? undefined : "no @tensorflow/tfjs-node; npm run ci:optional brings it"

/** A file from which the package is found by `createRequire`. */
export const tensorFlowFrom = join(folder, "package.json")

if (process.argv[1] === fileURLToPath(import.meta.url))
  try {
    installTensorFlow()
    console.log(`installed ${PACKAGE} with the library of ${WHEEL} in .cache/optional`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
