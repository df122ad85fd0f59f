/** Builds a Rust program for a row outside of its sources, in `.cache/bench`, or says why this machine cannot. */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { root } from "../steps.ts"

export type Built = { readonly ok: true; readonly program: string } | { readonly ok: false; readonly reason: string }

/** @param name folder under `.cache/bench`; a second call finds everything built */
export const cargoBuild = (sources: string, program: string, name: string): Built => {
  if (spawnSync("cargo", ["--version"]).status !== 0) return { ok: false, reason: "there is no cargo on this machine" }
  const target = join(root, ".cache", "bench", name)
  const built = spawnSync("cargo", ["build", "-j1", "--quiet", "--locked", "--release", "--bin", program], {
    cwd: sources,
    env: { ...process.env, CARGO_TARGET_DIR: target },
    encoding: "utf8",
    maxBuffer: 1 << 28
  })
  if (built.status === 0) return { ok: true, program: join(target, "release", program) }
  const line = built.stderr.split("\n").findLast((each) => each.startsWith("error")) ?? "cargo build failed"
  return { ok: false, reason: line }
}
