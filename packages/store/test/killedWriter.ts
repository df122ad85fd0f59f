/**
 * Commits steps until it is killed, and says on standard output what was acknowledged, one line each, straight after the fact.
 * Arguments: the folder of the store and the run to go on with.
 */
import { writeSync } from "node:fs"
import { Effect } from "effect"
import { openStore } from "../src/index.ts"
import { answers } from "./values.ts"

const [folder = "", run_id = ""] = process.argv.slice(2)
const perStep = 3

const program = Effect.gen(function* () {
  const { journal, blobs } = yield* openStore({ folder })
  const lease = yield* journal.acquire(run_id)
  writeSync(1, "acquired\n")
  for (let number = (yield* journal.events(run_id)).length - 1; ; number += 1) {
    const checkpoint_sha256 = yield* blobs.put(new TextEncoder().encode(`checkpoint ${number} `.repeat(500)))
    writeSync(1, `blob ${checkpoint_sha256}\n`)
    yield* journal.commit(lease, [{ type: "step", payload: { step: number, checkpoint_sha256 } }], answers(number * perStep, perStep))
    writeSync(1, `step ${number}\n`)
  }
})

await Effect.runPromise(Effect.scoped(program))
