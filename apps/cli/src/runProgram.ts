/** The process: runs the command tree on its own streams and ends with the exit code of the call. */
import { Socket } from "node:net"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { programFor } from "./assemble.ts"
import { Out } from "./Out.ts"
import { Project } from "./Project.ts"
import { runVerb } from "./runVerb.ts"
import { wordsOf } from "./wordsOf.ts"

// Whoever started us may hold the other end of a pipe: when it dies, however it dies, so do we, and a run can be resumed at once.
const lifeline = process.env.FEAGI_TRAINER_LIFELINE
if (lifeline !== undefined) {
  delete process.env.FEAGI_TRAINER_LIFELINE
  const end = () => process.kill(process.pid, "SIGKILL")
  new Socket({ fd: Number(lifeline) }).on("end", end).on("error", end).resume().unref()
}

const debug = process.argv.includes("--debug")
const argv = wordsOf(process.argv.slice(2).filter((argument) => argument !== "--debug"))
const live = Layer.mergeAll(NodeServices.layer, Out.live, Project.live)

// Set, not called: what was written to a pipe has to drain first.
process.exitCode = await Effect.runPromise(runVerb(await programFor(argv), argv, debug).pipe(Effect.provide(live)))
