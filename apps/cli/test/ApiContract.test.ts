/** The contract of the control API over the real server, by each of its clients. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type ContractCall, contract, differences } from "../../../packages/control-api/test/contract.ts"
import { hasPython, type Performed, withPython, withTypeScript } from "../../../packages/control-api/test/support/runContract.ts"
import { irisProject, type Project } from "./support/project.ts"
import { type Served, serve } from "./support/server.ts"

let project: Project
let server: Served
let run: string

beforeAll(async () => {
  project = await irisProject("7")
  const { runs } = await project.data<{ readonly runs: ReadonlyArray<{ readonly run_id: string }> }>(
    "run",
    "start",
    "x.run.toml",
    "--set",
    "training.epochs=1"
  )
  run = runs[0]?.run_id ?? ""
  server = await serve(project)
})
afterAll(() => {
  server.process.child.kill("SIGKILL")
  project.close()
})

const check = (calls: ReadonlyArray<ContractCall>, { outcomes, stranger, events, rest }: Performed): void => {
  for (const [at, call] of calls.entries()) expect(differences(call.expected, outcomes[at]), call.title).toEqual([])
  expect(stranger).toEqual({ status: 401, reason: "usage", code: "FT6001" })
  expect(events.length).toBeGreaterThan(5)
  expect(events).toEqual(events.map((_, seq) => ["run-event", seq]))
  expect(rest).toEqual(events.slice(1))
}

describe("the contract", () => {
  it("holds for the TypeScript client", async () => {
    const calls = contract("iris@1", run)
    check(calls, await withTypeScript({ origin: server.url, token: server.token, run }, calls))
  })

  it("holds for the Python client", async (context) => {
    if (!(await hasPython())) return context.skip("there is no python3 of version 3.9 or newer")
    const calls = contract("iris@1", run, 1)
    check(calls, await withPython({ origin: server.url, token: server.token, run }, calls))
  })
})
