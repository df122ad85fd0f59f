/** A host with a bridge, in a plain process: plugins are imported as a host imports them, and not as a test runner would. */
import { Effect } from "effect"
import { makeBridge } from "../../src/bridge.ts"
import { readProject } from "../../src/readProject.ts"

export interface Asked {
  readonly id: number
  readonly argv: ReadonlyArray<string>
  readonly stdin?: string
}
export interface Answered {
  readonly id: number
  readonly text: string
  readonly exitCode: number
}

const bridge = makeBridge(await Effect.runPromise(readProject(process.cwd(), {})))

process.on("message", async ({ id, argv, stdin }: Asked) => {
  const { text, exitCode } = await (await bridge).callVerb(argv, stdin)
  process.send?.({ id, text, exitCode } satisfies Answered)
})
