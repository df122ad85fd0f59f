/** Registers results in a folder, one after the other, and prints a line for each: a process that a test may kill at any moment. */
import { Effect } from "effect"
import { register } from "../../src/chronicle/Chronicle.ts"

const [, , root = "", script = "", count = "0"] = process.argv
for (let at = 0; at < Number(count); at++) {
  const { entry } = await Effect.runPromise(
    register(root, {
      script,
      body: { at },
      envelope: {},
      seeds: [{ name: "run", seed: at }],
      artifacts: [],
      changing: [],
      recordedAt: 1_700_000_000_000
    })
  )
  process.stdout.write(`${entry.seq} ${entry.path}\n`)
}
