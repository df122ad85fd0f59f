/** The contract of the control API, from TypeScript and from Python, over this server. The host answers as the commands do. */
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { type ContractCall, contract, differences } from "../../control-api/test/contract.ts"
import { hasPython, type Performed, withPython, withTypeScript } from "../../control-api/test/support/runContract.ts"
import type { VerbAnswer } from "../src/index.ts"
import { eventOf, type FakeHost, knownRun } from "./support/fakeHost.ts"
import { token, withServer } from "./support/withServer.ts"

const calls = contract("iris@1", knownRun)

/** What a command prints for a call of the contract. */
const answerOf = ({ expected }: ContractCall): VerbAnswer =>
  "kind" in expected
    ? { envelope: { schema_version: 1, kind: expected.kind, data: expected.data ?? {}, warnings: [] }, exitCode: 0 }
    : {
        envelope: {
          schema_version: 1,
          kind: "error",
          data: { reason: expected.reason, diagnostics: [{ code: expected.code, severity: "error", message: "no" }] },
          warnings: []
        },
        exitCode: 3
      }

const answering = (host: FakeHost): void => {
  const line = (words: ReadonlyArray<string>) => words.join(" ")
  const find = (words: ReadonlyArray<string>): VerbAnswer => {
    const exact = calls.find(({ expected }) => "command" in expected && line(expected.command ?? []) === line(words))
    const refused = calls.find(
      ({ expected, operation, input }) =>
        "status" in expected &&
        (Object.values(input).some((value) => words.includes(String(value))) ||
          (operation === "run.plan" && words[1] === "plan") ||
          (operation === "compatibility.manifest" && words[1] === "check-compat"))
    )
    const call = exact ?? refused
    if (call === undefined) throw new Error(`no call of the contract is ${words.join(" ")}`)
    return answerOf(call)
  }
  Object.assign(host, {
    call: (words: ReadonlyArray<string>) => Effect.sync(() => find(words)),
    spawn: (words: ReadonlyArray<string>) => Effect.succeed({ result: Effect.sync(() => find(words)), cancel: Effect.void })
  })
}

const perform = async (client: typeof withTypeScript): Promise<Performed> => {
  const performed: Array<Performed> = []
  await withServer(async ({ host, server, run }) => {
    answering(host)
    await run(host.say(eventOf(0), eventOf(1), eventOf(2)))
    await run(host.finish)
    performed.push(await client({ origin: server.origin, token, run: knownRun }, calls))
  })
  const [done] = performed
  if (done === undefined) throw new Error("nothing was performed")
  return done
}

const check = ({ outcomes, stranger, events, rest, openapi }: Performed): void => {
  for (const [at, call] of calls.entries()) expect(differences(call.expected, outcomes[at]), call.title).toEqual([])
  expect(outcomes).toHaveLength(calls.length)
  expect(stranger).toEqual({ status: 401, reason: "usage", code: "FT6001" })
  expect(events).toEqual([0, 1, 2].map((seq) => ["run-event", seq]))
  expect(rest).toEqual([1, 2].map((seq) => ["run-event", seq]))
  expect(openapi).toBe("3.1.0")
}

describe("the contract", () => {
  it("holds for the TypeScript client", async () => check(await perform(withTypeScript)))

  it("holds for the Python client", async (context) => {
    if (!(await hasPython())) return context.skip("there is no python3 of version 3.9 or newer")
    check(await perform(withPython))
  })
})
