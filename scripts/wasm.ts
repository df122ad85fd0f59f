/**
 * Builds the FEAGI engine module from its committed sources, and says whether the committed bytes are what they build to.
 *
 *   node scripts/wasm.ts            builds, and writes packages/feagi-runtime/wasm/feagi.wasm and manifest.json
 *   node scripts/wasm.ts --check    builds in a temporary folder and compares the bytes; a line SKIPPED if there is no Rust here
 *   node scripts/wasm.ts --native   builds the native twin (in CARGO_TARGET_DIR, if it is set) and prints where it is
 *
 * Three crates are patched. They are fetched by cargo, compared with pinned checksums and patched under rust/target (or the
 * temporary folder); nothing of them is in the repository. No path of the machine reaches the module, so any folder, cargo home
 * and installation of the same rustc give the same bytes.
 */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { homedir, tmpdir } from "node:os"
import { basename, delimiter, join } from "node:path"
import { root } from "./steps.ts"

const target = "wasm32-wasip1"
const rustc = "1.95.0"
const library = "feagi_engine.wasm"
const packageFolder = join(root, "packages", "feagi-runtime")
const sources = join(packageFolder, "rust")
const modulePath = join(packageFolder, "wasm", "feagi.wasm")
const manifestPath = join(packageFolder, "wasm", "manifest.json")

const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex")
const fail = (message: string): never => {
  console.error(message)
  process.exit(1)
}

/** Runs a program; what it says is shown only if it failed (patched crates are not spared their warnings). */
const run = (command: string, args: ReadonlyArray<string>, cwd: string, env: NodeJS.ProcessEnv = process.env): void => {
  const result = spawnSync(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8", maxBuffer: 1 << 28 })
  if (result.status === 0) return
  console.error(`${result.stdout ?? ""}${result.stderr ?? ""}`)
  fail(`${command} ${args.join(" ")} failed${result.error === undefined ? "" : `: ${result.error.message}`}`)
}
const ask = (command: string, args: ReadonlyArray<string>): string | undefined => {
  const result = spawnSync(command, args, { encoding: "utf8" })
  return result.status === 0 ? result.stdout.trim() : undefined
}

interface Toolchain {
  readonly version: string
  readonly commit: string
  readonly host: string
  readonly sysroot: string
  readonly cargoHome: string
}

/** The toolchain, or the reason why this machine cannot build the module. */
const findToolchain = (): Toolchain | string => {
  const details = ask("rustc", ["-vV"])
  if (details === undefined) return "there is no rustc on this machine; install Rust with rustup"
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(details)?.[1] ?? ""
  if (field("release") !== rustc) return `the module is built with rustc ${rustc}, and here is rustc ${field("release")}`
  if (ask("cargo", ["--version"]) === undefined) return "there is no cargo on this machine; install Rust with rustup"
  const sysroot = ask("rustc", ["--print", "sysroot"]) ?? ""
  if (!existsSync(join(sysroot, "lib", "rustlib", target))) {
    return `rustc ${rustc} is here without the target ${target}; run: rustup target add ${target}`
  }
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), ".cargo")
  mkdirSync(cargoHome, { recursive: true })
  return {
    version: details.split("\n")[0] ?? "",
    commit: field("commit-hash"),
    host: field("host"),
    sysroot,
    cargoHome: realpathSync(cargoHome)
  }
}

/** Applies a unified diff of changed files. Context must match to the letter, at the line that the diff names. */
const applyPatch = (patch: string, folder: string): void => {
  let path = ""
  let lines: Array<string> = []
  let shift = 0
  const save = () => path !== "" && writeFileSync(path, lines.join("\n"))
  const rows = patch.split("\n")
  for (let row = 0; row < rows.length; row++) {
    const text = rows[row] ?? ""
    if (text.startsWith("+++ b/")) {
      save()
      path = join(folder, text.slice("+++ b/".length))
      lines = readFileSync(path, "utf8").split("\n")
      shift = 0
    }
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text)
    if (hunk === null) continue
    const [start, oldCount, newCount] = [Number(hunk[1]), Number(hunk[2] ?? 1), Number(hunk[4] ?? 1)]
    const before: Array<string> = []
    const after: Array<string> = []
    while (before.length < oldCount || after.length < newCount) {
      const line = rows[++row] ?? fail(`the patch of ${path} ends within a hunk`)
      if (!line.startsWith("+")) before.push(line.slice(1))
      if (!line.startsWith("-")) after.push(line.slice(1))
    }
    const at = start - 1 + shift
    if (lines.slice(at, at + oldCount).join("\n") !== before.join("\n")) fail(`the patch does not fit ${path} at line ${start}`)
    lines.splice(at, oldCount, ...after)
    shift += newCount - oldCount
  }
  save()
}

const filesUnder = (folder: string): Array<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

const patchNames = (folder: string) =>
  readdirSync(join(folder, "patches"))
    .filter((name) => name.endsWith(".patch"))
    .sort()

/** Unpacks and patches the crates named in patches/SHA256SUMS, once for each state of the patches. */
const preparePatched = (folder: string, { cargoHome }: Toolchain): void => {
  const sums = readFileSync(join(folder, "patches", "SHA256SUMS"), "utf8")
  const patches = patchNames(folder).map((name) => readFileSync(join(folder, "patches", name), "utf8"))
  const stamp = sha256([sums, ...patches].join("\0"))
  const patched = join(folder, "target", "patched")
  const stampPath = join(patched, ".stamp")
  if (existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp) return
  const wanted = sums
    .trim()
    .split("\n")
    .map((line) => {
      const [sum = "", file = ""] = line.split(/\s+/)
      const [, name = "", version = ""] = /^(.*)-(\d+\.\d+\.\d+)\.crate$/.exec(file) ?? []
      return { sum, file, name, version }
    })
  const getter = join(folder, "target", "get")
  for (const old of [patched, getter]) rmSync(old, { recursive: true, force: true })
  mkdirSync(join(getter, "src"), { recursive: true })
  mkdirSync(patched, { recursive: true })
  writeFileSync(join(getter, "src", "lib.rs"), "")
  const dependencies = wanted.map(({ name, version }) => `${name} = { version = "=${version}", default-features = false }`)
  const manifest = [
    "[package]",
    'name = "get"',
    'version = "0.0.0"',
    'edition = "2021"',
    "[dependencies]",
    ...dependencies,
    "[workspace]",
    ""
  ]
  writeFileSync(join(getter, "Cargo.toml"), manifest.join("\n"))
  cpSync(join(folder, "Cargo.lock"), join(getter, "Cargo.lock"))
  run("cargo", ["fetch", "--quiet", "--target", target], getter)
  const cache = join(cargoHome, "registry", "cache")
  for (const { sum, file } of wanted) {
    const archive = readdirSync(cache)
      .map((registry) => join(cache, registry, file))
      .find((path) => existsSync(path) && sha256(readFileSync(path)) === sum)
    run("tar", ["-xzf", archive ?? fail(`cargo fetched no ${file} with sha256 ${sum}`), "-C", patched], folder)
    const unpacked = join(patched, basename(file, ".crate"))
    applyPatch(readFileSync(join(folder, "patches", `${basename(file, ".crate")}.patch`), "utf8"), unpacked)
    // Archives carry dates of 2006: cargo would take a changed patch for something that it has built already.
    const now = new Date()
    for (const path of filesUnder(unpacked)) utimesSync(path, now, now)
  }
  writeFileSync(stampPath, stamp)
}

/** Environment of a build that knows nothing of this machine but where its tools are. */
const cleanEnvironment = (folder: string, { cargoHome, sysroot, commit }: Toolchain): NodeJS.ProcessEnv => {
  const registries = join(cargoHome, "registry", "src")
  const remaps = [
    [folder, "/src"],
    [cargoHome, "/cargo"],
    ...readdirSync(registries).map((name) => [join(registries, name), "/crates"]),
    [sysroot, "/rust"],
    [join(sysroot, "lib", "rustlib", "src", "rust"), `/rustc/${commit}`]
  ]
  const flags = ["-C", "target-feature=+simd128,+bulk-memory", ...remaps.map(([from, to]) => `--remap-path-prefix=${from}=${to}`)]
  const kept = ["PATH", "HOME", "USERPROFILE", "SystemRoot", "TMPDIR", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"]
  const env: NodeJS.ProcessEnv = {}
  for (const name of kept) if (process.env[name] !== undefined) env[name] = process.env[name]
  return {
    ...env,
    CARGO_HOME: cargoHome,
    CARGO_TARGET_DIR: join(folder, "target"),
    CARGO_INCREMENTAL: "0",
    CARGO_ENCODED_RUSTFLAGS: flags.join("\x1f"),
    CONST_RANDOM_SEED: "feagi",
    SOURCE_DATE_EPOCH: "0",
    LC_ALL: "C",
    TZ: "UTC"
  }
}

const build = (folder: string, toolchain: Toolchain): Buffer => {
  preparePatched(folder, toolchain)
  run("cargo", ["fetch", "--quiet", "--locked", "--target", target, "--target", toolchain.host], folder)
  const args = ["build", "--quiet", "--offline", "--locked", "--release", "--target", target, "--lib"]
  run("cargo", args, folder, cleanEnvironment(folder, toolchain))
  const bytes = readFileSync(join(folder, "target", target, "release", library))
  for (const secret of [folder, toolchain.cargoHome, toolchain.sysroot, homedir()]) {
    if (secret.length > 1 && bytes.includes(secret)) fail(`the module contains the path ${secret} of this machine`)
  }
  return bytes
}

/** Sources whose bytes decide the module's: a stale module is found without Rust. */
const sourceHash = (): string => {
  const folders = ["src", "patches", ".cargo"].flatMap((name) => filesUnder(join(sources, name)))
  const files = [...folders, join(sources, "Cargo.toml"), join(sources, "Cargo.lock")]
  const lines = files.map(
    (path) =>
      `${sha256(readFileSync(path))}  ${path
        .slice(sources.length + 1)
        .split("\\")
        .join("/")}\n`
  )
  return sha256(lines.sort().join(""))
}

const crateVersions = (lock: string): Record<string, string> => {
  const found: Record<string, string> = {}
  for (const [, name = "", version = ""] of lock.matchAll(/^name = "([^"]+)"\nversion = "([^"]+)"/gm)) {
    if (name === "ahash" || name.startsWith("feagi-")) found[name] = version
  }
  return found
}

const manifestOf = (bytes: Buffer, { version }: Toolchain) => {
  const lock = readFileSync(join(sources, "Cargo.lock"), "utf8")
  const patches = patchNames(sources).map((name) => [name, sha256(readFileSync(join(sources, "patches", name)))])
  return {
    sha256: sha256(bytes),
    size: bytes.length,
    sourceSha256: sourceHash(),
    lockSha256: sha256(lock),
    toolchain: version,
    target,
    patches: Object.fromEntries(patches),
    crates: crateVersions(lock)
  }
}

const writeModule = (toolchain: Toolchain): void => {
  const bytes = build(sources, toolchain)
  const manifest = manifestOf(bytes, toolchain)
  writeFileSync(modulePath, bytes)
  writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`)
  console.log(`ok   feagi.wasm ${manifest.size} bytes, sha256 ${manifest.sha256}`)
}

const checkModule = (toolchain: Toolchain): void => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "feagi-wasm-")))
  // Also where the check fails, which ends the process.
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
  const skipped = join(sources, "target")
  cpSync(sources, folder, { recursive: true, filter: (path) => path !== skipped })
  const built = build(folder, toolchain)
  const committed = readFileSync(modulePath)
  if (!built.equals(committed)) {
    fail(
      `FAIL the sources build to ${sha256(built)} (${built.length} bytes), and ${sha256(committed)} (${committed.length} bytes) is committed`
    )
  }
  const manifest = `${JSON.stringify(manifestOf(built, toolchain), null, 2)}\n`
  if (manifest !== readFileSync(manifestPath, "utf8"))
    fail("FAIL manifest.json is not that of the committed module; run: node scripts/wasm.ts")
  console.log(`ok   the sources build to the committed feagi.wasm, sha256 ${sha256(built)}`)
}

const buildNative = (toolchain: Toolchain): void => {
  preparePatched(sources, toolchain)
  const output = process.env.CARGO_TARGET_DIR ?? join(sources, "target")
  run("cargo", ["build", "--quiet", "--locked", "--release", "--bin", "feagi-engine-native"], sources, {
    ...process.env,
    CARGO_TARGET_DIR: output,
    PATH: [process.env.PATH ?? "", join(toolchain.cargoHome, "bin")].join(delimiter)
  })
  console.log(join(output, "release", "feagi-engine-native"))
}

const flag = process.argv[2]
if (flag !== undefined && flag !== "--check" && flag !== "--native") fail(`unknown flag ${flag}; there are --check and --native`)
const toolchain = findToolchain()
if (typeof toolchain === "string") {
  if (flag !== "--check") fail(toolchain)
  console.log(`SKIPPED rebuilding feagi.wasm: ${toolchain}`)
} else if (flag === "--check") checkModule(toolchain)
else if (flag === "--native") buildNative(toolchain)
else writeModule(toolchain)
