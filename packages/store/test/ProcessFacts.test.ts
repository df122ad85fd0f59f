import { spawnSync } from "node:child_process"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { ProcessFacts } from "../src/index.ts"
import { identityText, parseIdentity, sameBoot } from "../src/ProcessFacts.ts"

const live = await Effect.runPromise(Effect.map(ProcessFacts, (facts) => facts))

describe("ProcessFacts", () => {
  it("takes this process for alive", () => {
    expect(live.self.pid).toBe(process.pid)
    expect(live.judge(live.self)).toBe("alive")
  })

  it("takes a process that has ended for gone", () => {
    const { pid } = spawnSync(process.execPath, ["--version"])
    expect(live.judge({ ...live.self, pid })).toBe("gone")
  })

  it("takes any process of another boot for gone, also one with our pid", () => {
    expect(live.judge({ ...live.self, boot_id: "another" })).toBe("gone")
  })

  it.skipIf(live.self.started === "unknown")("takes a reused pid for gone: the start time differs", () => {
    expect(live.judge({ ...live.self, started: `${live.self.started}0` })).toBe("gone")
  })

  it("does not judge a process of another pid namespace", () => {
    expect(live.judge({ ...live.self, pid_namespace: "pid1" })).toBe("unknown")
  })

  it("gives a new nonce each time", () => {
    expect(new Set([live.nonce(), live.nonce(), live.nonce()]).size).toBe(3)
  })
})

describe("sameBoot()", () => {
  it("compares boot ids exactly and boot times within a minute", () => {
    const cases = [
      ["a", "a", true],
      ["a", "b", false],
      ["up-1000", "up-1060", true],
      ["up-1000", "up-1061", false],
      ["up-1000", "a", false]
    ] as const
    expect(cases.map(([left, right]) => sameBoot(left, right))).toEqual(cases.map(([, , same]) => same))
  })
})

describe("identityText()", () => {
  it("is read back by parseIdentity(), which takes nothing else", () => {
    expect(parseIdentity(identityText(live.self))).toEqual(live.self)
    for (const text of ["", "1_a_b", "x_a_b_c", "1_a_b_c_d", "1_a/_b_c", "../1_a_b_c"]) expect(parseIdentity(text)).toBeUndefined()
  })
})
