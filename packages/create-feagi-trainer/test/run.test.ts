/** Scaffolded plugins in runs of the program: one as npm installs it, by its name, the others from their folders. */
import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { create, link, packages, temporary } from "./scaffold.ts"

const repository = join(packages, "..")
const { folder, remove } = temporary()
afterAll(remove)

const said = (program: string, args: ReadonlyArray<string>) => {
  const ran = spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
  return { status: ran.status, stdout: ran.stdout, stderr: ran.stderr }
}
const ftr = (...args: ReadonlyArray<string>) => said(join(repository, "apps", "cli", "src", "main.ts"), args)

/** The text between the header of a table and that of another one, and its own end. */
const replaced = (text: string, from: string, to: string, by: string): string => {
  const start = text.indexOf(`[${from}]`)
  const end = text.indexOf(`[${to}]`, start)
  if (start === -1 || end === -1) throw new Error(`no table ${from} before a table ${to}`)
  return `${text.slice(0, start)}${by.trim()}\n\n${text.slice(end)}`
}

/** What the README of a scaffold says that a run file says. */
const fromReadme = (plugin: string): string => {
  const blocks = [...readFileSync(join(folder, plugin, "README.md"), "utf8").matchAll(/^```toml\n([\s\S]*?)^```$/gm)]
  return blocks.map(([, code = ""]) => code).find((code) => code.startsWith("[learner")) ?? ""
}

const readmes = new Map<string, string>()

beforeAll(() => {
  link(folder)
  const axes = ["encoder", "decoder", "reward", "brain-backend"]
  for (const axis of axes) {
    expect(create(folder, [axis, `my-${axis}`])).toMatchObject({ status: 0 })
    readmes.set(axis, fromReadme(`my-${axis}`))
  }
  mkdirSync(join(folder, "node_modules"), { recursive: true })
  renameSync(join(folder, "my-reward"), join(folder, "node_modules", "feagi-trainer-reward-my-reward"))
  const own = ["adapter-csv", "feagi-binding", "metric-pack-classification", "reward-supervised", "sampler-random"]
  const plugins = [
    ...own.map((name) => join(repository, "plugins", name)),
    "feagi-trainer-reward-my-reward",
    ...["./my-encoder", "./my-decoder", "./my-brain-backend"]
  ]
  writeFileSync(join(folder, "feagi-trainer.toml"), `schema_version = 1\nplugins = ${JSON.stringify(plugins)}\n`)
  cpSync(join(repository, "docs", "examples", "iris", "iris.csv"), join(folder, "iris.csv"))
  expect(ftr("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")).toMatchObject({ status: 0 })
  const size = ["--option", "bins=8", "--option", "tilings=1"]
  const written = ftr("init", "--template", "tabular-classification", "--dataset", "iris@1", "--seed", "1", ...size)
  expect(written).toMatchObject({ status: 0 })
  const encoded = replaced(written.stdout, "learner.binding.encoder", "learner.binding.decoder", readmes.get("encoder") ?? "")
  const decoded = replaced(encoded, "learner.binding.decoder", "learner.reward", readmes.get("decoder") ?? "")
  writeFileSync(join(folder, "reward.run.toml"), replaced(encoded, "learner.reward", "learner.schedule", readmes.get("reward") ?? ""))
  const own_brain = replaced(decoded, "learner.backend", "learner.binding.encoder", readmes.get("brain-backend") ?? "")
  writeFileSync(join(folder, "backend.run.toml"), own_brain)
})

it.each([
  ["a brain of FEAGI learns by a reward policy that was installed, from what a new encoder makes of flowers", "reward.run.toml"],
  ["a new backend learns from a new encoder and is read by a new decoder", "backend.run.toml"]
])("%s", (_, file) => {
  const ran = ftr("run", "start", file, "--set", "training.epochs=3")
  expect([ran.status, ran.stderr]).toEqual([0, expect.stringContaining("completed")])
  // A third is what one class for all would get.
  expect(Number(/test accuracy ([\d.]+)/.exec(ran.stderr)?.[1])).toBeGreaterThan(0.5)
})
