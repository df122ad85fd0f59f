/**
 * Row `workers`: two seeds in two worker threads by one seed alone, as whole processes from their start to their exit.
 *
 * Ours is `ftr run start --workers 2` with two seeds, the peer the same file with one of them in the main thread; what counts is samples
 * per second over all seeds, so that 2 would be two seeds in the time of one. Both pay for their start; ours pays for two threads, each
 * with plugins and an engine of its own. Sharp edge: on a machine with fewer than two idle cores it measures the machine.
 */
import { spawnSync } from "node:child_process"
import { copyFileSync, rmSync, writeFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { freshProject } from "../project.ts"
import { root } from "../steps.ts"
import { comparePair, type Result, type Side } from "./measure.ts"

/** Of the ten that the template trains: long enough that a start of a second is not what is measured. */
const EPOCHS = 6

interface Group {
  readonly runs: ReadonlyArray<{ readonly phases: ReadonlyArray<{ readonly samples: number; readonly predictions_sha256: string }> }>
}

/** Answers of each seed in every row, so that a fast side that computes something else is no result. */
const answersOf = ({ runs }: Group): ReadonlyArray<string> => runs.map(({ phases }) => phases.map((each) => each.predictions_sha256).join())

const ftr = (folder: string, ...argv: ReadonlyArray<string>): string => {
  const ran = spawnSync(process.execPath, [join(root, "apps/cli/src/main.ts"), ...argv], { cwd: folder, encoding: "utf8" })
  if (ran.status !== 0) throw new Error(`ftr ${argv.join(" ")} ended with ${String(ran.status)}: ${ran.stderr}`)
  return ran.stdout
}

export const workers = async (): Promise<ReadonlyArray<Result>> => {
  const row = "workers"
  const peer = "1 seed, --workers 1"
  const cores = availableParallelism()
  if (cores < 2) return [{ kind: "skipped", row, peer, reason: "this machine has one core" }]
  const folder = freshProject("bench-workers")
  try {
    copyFileSync(join(root, "docs/examples/digits/digits.csv"), join(folder, "digits.csv"))
    ftr(folder, "dataset", "add", "digits.csv", "--adapter", "csv", "--label-column", "class", "--name", "digits")
    const init = ["init", "--template", "tabular-classification", "--dataset", "digits@1", "--seed", "1..2"]
    const text = ftr(folder, ...init).replace(/^epochs = .*$/m, `epochs = ${EPOCHS}`)
    if (!text.includes(`epochs = ${EPOCHS}`)) throw new Error("the template's run file has no epochs")
    writeFileSync(join(folder, "bench.run.toml"), text)
    const answers = new Map<number, string>()
    const side =
      (seeds: ReadonlyArray<number>, threads: number): Side =>
      () => {
        const argv = ["run", "start", "bench.run.toml", "--set", `seeds=[${seeds.join()}]`, "--workers", String(threads)]
        const start = performance.now()
        const said = ftr(folder, ...argv, "--no-progress", "--json")
        const took = (performance.now() - start) / 1000
        const { data } = JSON.parse(said) as { readonly data: Group }
        answersOf(data).forEach((each, at) => {
          const seed = seeds[at] ?? 0
          if ((answers.get(seed) ?? each) !== each) throw new Error(`seed ${seed} answered differently with --workers ${threads}`)
          answers.set(seed, each)
        })
        return data.runs.flatMap(({ phases }) => phases).reduce((sum, { samples }) => sum + samples, 0) / took
      }
    return [
      await comparePair({
        row,
        ours: ["2 seeds, --workers 2", side([1, 2], 2)],
        peer: [peer, side([1], 1)],
        unit: "samples/s",
        target: 1.7,
        note: `digits, ${EPOCHS} epochs and two scored phases a seed, on ${cores} cores; the same answers on both sides`
      })
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
