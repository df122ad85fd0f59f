/**
 * Creates a run and commits three steps, and says after each what was acknowledged or which code it failed with. Argument: the folder of
 * the store. It is meant to run while its sync calls are made to fail.
 */
import { writeSync } from "node:fs"
import { TrainerError } from "@feagi-trainer/contracts"
import { Effect } from "effect"
import { openStore } from "../src/index.ts"
import { answers, newRun, step } from "./values.ts"

const [folder = ""] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const { journal } = yield* openStore({ folder })
  const { run_id } = yield* journal.create(newRun())
  writeSync(1, `run ${run_id}\n`)
  const lease = yield* journal.acquire(run_id)
  for (let number = 0; number < 3; number += 1) {
    yield* journal.commit(lease, [step(number)], answers(number, 1))
    writeSync(1, `step ${number}\n`)
  }
})

await Effect.runPromise(
  Effect.scoped(program).pipe(
    Effect.catch((error) => Effect.sync(() => writeSync(1, `failed ${error instanceof TrainerError ? error.diagnostics[0].code : "?"}\n`)))
  )
)
