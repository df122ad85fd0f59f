/**
 * The main job, end to end, with the commands that a user would type: Iris is registered, a FEAGI brain is trained, validated and tested
 * on five seeds beside two controls, one run is replayed to the same bytes, and everything ends in one report.
 *
 *     npm run demo
 *     npm run demo -- --seeds 201..220
 *
 * Ends with 5 when the result misses its bars: mean test accuracy at least 0.93, both controls at most 0.50.
 */
import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { freshProject } from "./project.ts"
import { root } from "./steps.ts"

const args = process.argv.slice(2)
const at = args.indexOf("--seeds")
const seeds = at >= 0 ? (args[at + 1] ?? "") : "1..5"
if (args.length > (at >= 0 ? 2 : 0)) {
  console.error("usage: npm run demo -- [--seeds 1..5]")
  process.exit(2)
}

const bars = { recipe: 0.93, controls: 0.5 }
const folder = freshProject("demo")

/** One command of the program, shown as typed. Ends the demo with the command's exit code when it fails. */
const ftr = (command: ReadonlyArray<string>, accept: ReadonlyArray<number> = [0]): { readonly stdout: string; readonly status: number } => {
  console.log(`\n$ ftr ${command.map((word) => (/^[\w./@:=-]+$/.test(word) ? word : `'${word}'`)).join(" ")}`)
  const result = spawnSync(process.execPath, [join(root, "apps/cli/src/main.ts"), ...command], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 1 << 28
  })
  const status = result.status ?? 1
  if (!accept.includes(status)) {
    process.stdout.write(result.stdout)
    process.exit(status)
  }
  return { stdout: result.stdout, status }
}
const data = <A>(stdout: string): A => (JSON.parse(stdout) as { readonly data: A }).data

interface Group {
  readonly group_id: string
  readonly runs: ReadonlyArray<{ readonly run_id: string }>
}

ftr(["dataset", "add", "../../docs/examples/iris/iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris"])
const runFile = ftr(["init", "--template", "tabular-classification", "--dataset", "iris@1", "--seed", seeds])
writeFileSync(join(folder, "iris.run.toml"), runFile.stdout)

const start = (...set: ReadonlyArray<string>): Group =>
  data<Group>(ftr(["run", "start", "iris.run.toml", "--json", ...set.flatMap((each) => ["--set", each])]).stdout)
const recipe = start()
const shuffled = start("controls.shuffled_labels=true")
const silent = start("controls.silent_reward=true")

const replayed = recipe.runs[0]?.run_id ?? "latest"
const verdict = data<{ readonly verdict: string }>(ftr(["run", "replay", replayed, "--json"], [0, 1, 6]).stdout).verdict

const report = ftr(
  [
    ...["report", recipe.group_id, "--control", shuffled.group_id, "--control", silent.group_id],
    ...["--replayed", `${replayed}=${verdict}`, "--fail-under", String(bars.recipe), "--fail-controls-over", String(bars.controls)],
    ...["--command", `npm run demo -- --seeds ${seeds}`, "--out", "report"]
  ],
  [0, 5]
)
console.log(`\n${report.stdout}`)
console.log(`replay: ${verdict}`)
console.log("report: .cache/demo/report/report.html  and  .cache/demo/report/report.md")
process.exit(verdict === "EQUAL" ? report.status : 1)
