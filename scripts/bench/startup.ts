/**
 * Row `startup`: `ftr --help` and `ftr run ls` in a project of some runs, by a Node that does nothing. Whole processes, from start to exit.
 *
 * Sharp edge: what Node compiled is kept from the first call on, as it is for whoever calls twice; the first of a new version takes longer.
 */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { root } from "../steps.ts"
import { comparePairs, median, type Pair, type Result, type Side, seconds } from "./measure.ts"
import { openProject } from "./project.ts"
import { projectOfRuns } from "./runs.ts"

const RUNS = 20

const main = join(root, "apps/cli/src/main.ts")

export const startup = async (): Promise<ReadonlyArray<Result>> => {
  const project = await openProject()
  try {
    await projectOfRuns(project.folder, RUNS)

    const taken = new Map<string, Array<number>>()
    const side = (name: string, ...args: ReadonlyArray<string>): readonly [string, Side] => [
      name,
      async () => {
        let status: number | null = null
        const took = await seconds(() => {
          const options = { cwd: project.folder, stdio: "ignore" } as const
          status = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], options).status
        })
        if (status !== 0) throw new Error(`${name} ended with ${String(status)}`)
        taken.set(name, [...(taken.get(name) ?? []), took])
        return took
      }
    ]
    const peer = side("node -e 0", "-e", "0")
    /** The first round does not count. */
    const milliseconds = (name: string): number => 1000 * median((taken.get(name) ?? []).slice(1))
    const pair = (ours: Pair["ours"], beyond: number, what: string): Pair => ({
      row: "startup",
      ours,
      peer,
      unit: "s",
      lower: true,
      limit: (bare) => bare + beyond,
      note: () =>
        `${(milliseconds(ours[0]) - milliseconds(peer[0])).toFixed(0)} ms beyond Node, ${what}, from the TypeScript sources of this repository`
    })
    return await comparePairs([
      pair(side("ftr --help", main, "--help"), 0.28, "told from the table of commands"),
      pair(side("ftr run ls", main, "run", "ls"), 0.58, `with ${RUNS} runs in the store`)
    ])
  } finally {
    await project.close()
  }
}
