/** The contract by each client. Python's is run by `python3` where there is one. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { ApiError, type Document, type Input, type JobOperation, makeClient, parseJson, printJson } from "../../src/index.ts"
import type { ContractCall, Outcome } from "../contract.ts"

export interface Performed {
  readonly outcomes: ReadonlyArray<Outcome>
  /** The first call with another token. */
  readonly stranger: Outcome
  /** Messages of a run that has ended with their numbers, all of them and those behind number 0. */
  readonly events: ReadonlyArray<readonly [event: string, id: number | null]>
  readonly rest: ReadonlyArray<readonly [event: string, id: number | null]>
  readonly openapi: string
}

export interface Place {
  readonly origin: string
  readonly token: string
  /** A run that has ended. */
  readonly run: string
}

const outcomeOf = async (call: ContractCall, place: Place): Promise<Outcome> => {
  const client = makeClient({ base: place.origin, token: place.token })
  const { operation, input, finish } = call
  try {
    if (finish === true) {
      const commands: Array<ReadonlyArray<string>> = []
      const options = { everyMillis: 20, onProgress: (job: { readonly command: ReadonlyArray<string> }) => void commands.push(job.command) }
      const result: Document = await client.finish(operation as JobOperation, input as Input<JobOperation>, options)
      return { kind: result.kind, data: result.data, command: commands.at(-1) ?? [] }
    }
    const { kind, data, command } = await client.call(operation as "run.show", input as Input<"run.show">)
    return { kind, data, command }
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, reason: error.reason, code: error.diagnostics[0]?.code ?? "" }
    throw error
  }
}

export const withTypeScript = async (place: Place, calls: ReadonlyArray<ContractCall>): Promise<Performed> => {
  const client = makeClient({ base: place.origin, token: place.token })
  const follow = async (after?: number) => {
    const events: Array<readonly [string, number]> = []
    await client.follow(place.run, { ...(after === undefined ? {} : { after }), onEvent: (_, seq) => void events.push(["run-event", seq]) })
    return events
  }
  const outcomes: Array<Outcome> = []
  for (const call of calls) outcomes.push(await outcomeOf(call, place))
  const [first] = calls
  if (first === undefined) throw new RangeError("the contract is empty")
  const { bytes } = await client.bytes("openapi", {})
  return {
    outcomes,
    stranger: await outcomeOf(first, { ...place, token: "not-the-token-of-this-server-at-all-0" }),
    events: await follow(),
    rest: await follow(0),
    openapi: (JSON.parse(new TextDecoder().decode(bytes)) as { readonly openapi: string }).openapi
  }
}

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const python = async (
  args: ReadonlyArray<string>,
  stdin: string
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> => {
  const child = spawn("python3", args, { stdio: "pipe" })
  const said = { stdout: "", stderr: "" }
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said.stdout += text
  })
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.stderr += text
  })
  child.stdin.on("error", () => {})
  child.stdin.end(stdin)
  try {
    const [code] = (await once(child, "close")) as [number | null]
    return { code, ...said }
  } catch {
    return { code: null, ...said }
  }
}

/** Whether there is a Python that the client is made for. */
export const hasPython = async (): Promise<boolean> =>
  (await python(["-c", "import sys; sys.exit(sys.version_info < (3, 9))"], "")).code === 0

export const withPython = async (place: Place, calls: ReadonlyArray<ContractCall>): Promise<Performed> => {
  const { code, stdout, stderr } = await python([folder("contract_runner.py"), folder("../../python")], printJson({ ...place, calls }))
  if (code !== 0) throw new Error(`python3 ended with ${code}: ${stderr}`)
  return parseJson(stdout) as Performed
}
