/** How the runs of the wizard stand together: what has ended, and with a result. */
import { describe, expect, it } from "vitest"
import { runsState, withRun } from "../src/pages/wizard/runsState.ts"

const state = (status: string, scored: boolean) => runsState(["r"], { r: { status, scored } })

describe("the runs of a group", () => {
  it("have a result when they completed, ended early, or were cancelled behind a scored phase", () => {
    for (const status of ["completed", "skipped"]) expect(state(status, true)).toEqual({ total: 1, finished: 1, failed: 0 })
    expect(state("cancelled", true).finished).toBe(1)
    expect(state("cancelled", false).finished).toBe(0)
  })

  it("have none while something of them is to come, or when they failed", () => {
    for (const status of ["created", "validating", "running", "paused", "interrupted"]) expect(state(status, true).finished).toBe(0)
    expect(state("failed", true)).toEqual({ total: 1, finished: 0, failed: 1 })
  })

  it("are counted whether or not anything is known of them", () => {
    expect(runsState(["a", "b"], { b: { status: "completed", scored: true } })).toEqual({ total: 2, finished: 1, failed: 0 })
  })

  it("stay the same object where nothing is new", () => {
    const runs = { a: { status: "running", scored: false } }
    expect(withRun(runs, "a", { status: "running", scored: false })).toBe(runs)
    expect(withRun(runs, "a", { status: "running", scored: true }).a?.scored).toBe(true)
    expect(withRun(runs, "a", { status: "cancelled", scored: false }).a?.status).toBe("cancelled")
  })
})
