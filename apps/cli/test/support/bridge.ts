/** Calls to a bridge in a process of its own. */
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { parseJson } from "@feagi-trainer/control-api"
import type { Answered, Asked } from "./bridgeProcess.ts"
import type { Project } from "./project.ts"

export interface Answer {
  readonly text: string
  readonly exitCode: number
  readonly envelope: { readonly kind: string; readonly data: Record<string, unknown> }
}

export interface BridgeHost {
  readonly call: (argv: ReadonlyArray<string>, stdin?: string) => Promise<Answer>
  readonly close: () => void
}

export const bridgeOf = (project: Project): BridgeHost => {
  const child = fork(fileURLToPath(new URL("./bridgeProcess.ts", import.meta.url)), [], {
    cwd: project.folder,
    execArgv: ["--disable-warning=ExperimentalWarning"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, CI: "true" }
  })
  // One listener for each call that waits.
  child.setMaxListeners(0)
  const waiting = new Map<number, (answered: Answered) => void>()
  child.on("message", (answered: Answered) => waiting.get(answered.id)?.(answered))
  let ids = 0
  return {
    call: (argv, stdin) =>
      new Promise((resolve, reject) => {
        ids += 1
        const asked: Asked = { id: ids, argv, ...(stdin === undefined ? {} : { stdin }) }
        const { id } = asked
        const gone = (code: number | null) => reject(new Error(`the host of the bridge ended with ${code}`))
        child.once("exit", gone)
        waiting.set(id, ({ text, exitCode }) => {
          waiting.delete(id)
          child.off("exit", gone)
          resolve({ text, exitCode, envelope: parseJson(text) as Answer["envelope"] })
        })
        child.send(asked, (error) => error !== null && reject(error))
      }),
    close: () => void child.kill("SIGKILL")
  }
}
