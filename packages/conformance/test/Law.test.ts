/** The kit itself: reports, registration, messages that lead back to the failing case. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { checkLaws, describeLaws, kitVersion, type Law, LawBroken, samplerLaws } from "../src/index.ts"

const holds: Law = { name: "holds", check: () => undefined }
const fails: Law = {
  name: "fails",
  check: () => {
    throw new LawBroken("it fails")
  }
}
const rejects: Law = { name: "rejects", check: () => Promise.reject(new Error("later")) }

describe("checkLaws()", () => {
  it("reports what holds and what does not, and goes on after a broken law", async () => {
    expect(await checkLaws("three", [fails, rejects, holds])).toEqual({
      kit_version: kitVersion,
      subject: "three",
      passed: ["holds"],
      failed: [
        { law: "fails", message: "it fails" },
        { law: "rejects", message: "later" }
      ]
    })
  })

  it("says the version of this package", () => {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }
    expect(kitVersion).toBe(version)
  })
})

describe("describeLaws()", () => {
  const record = (laws: ReadonlyArray<Law>) => {
    const titles: Array<string> = []
    const tests: Array<readonly [string, () => unknown]> = []
    const runner = {
      describe: (title: string, body: () => void) => {
        titles.push(title)
        body()
      },
      it: (name: string, body: () => unknown) => tests.push([name, body])
    }
    describeLaws(runner, "suite", laws)
    return { titles, tests }
  }

  it("registers one test for each law", async () => {
    const { titles, tests } = record([holds, fails])
    expect(titles).toEqual(["suite"])
    expect(tests.map(([name]) => name)).toEqual(["holds", "fails"])
    await expect(tests[1]?.[1]()).rejects.toThrow("it fails")
  })

  it("refuses a suite without laws", () => {
    expect(() => record([])).toThrow('describeLaws("suite") got no law to check')
  })
})

describe("a broken law", () => {
  it("names what was expected, what came, and the draws that show it again", async () => {
    const laws = samplerLaws({
      sampler: {
        kind: "sampler",
        spec: 1,
        id: "none",
        decodeOptions: () => ({ ok: true, value: {} }),
        plan: () => ({ order: [], draws: "permutation" })
      },
      options: {},
      epochs: "same",
      seed: "mine"
    })
    const { failed } = await checkLaws("none", laws)
    const message = failed.find(({ law }) => law.startsWith("an order is a permutation"))?.message
    expect(message).toMatch(
      /^the positions of the order, sorted\n {2}expected: \$ = \d+ items\n {2}got: \$ = 0 items\n {2}to see it again: seed "mine", case 0$/
    )
  })
})
