/** Row `startup`: `ftr --help` by a Node that does nothing. Whole processes, from start to exit. */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { root } from "../steps.ts"
import { comparePair, type Result, seconds } from "./measure.ts"

const run = (args: ReadonlyArray<string>) => async (): Promise<number> => {
  let status: number | null = null
  const took = await seconds(() => {
    status = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], { cwd: root, stdio: "ignore" }).status
  })
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${String(status)}`)
  return took
}

export const startup = async (): Promise<ReadonlyArray<Result>> => [
  await comparePair({
    row: "startup",
    ours: ["ftr --help", run([join(root, "apps/cli/src/main.ts"), "--help"])],
    peer: ["node -e 0", run(["-e", "0"])],
    unit: "s",
    lower: true,
    note: "from the TypeScript sources of this repository, types stripped at every start"
  })
]
