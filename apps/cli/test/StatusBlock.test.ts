/** Progress of several runs on one terminal: what stands on the screen, not which bytes brought it there. */
import { RunObserver, type RunProgress } from "@feagi-trainer/core"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { Out } from "../src/Out.ts"
import { type Overall, progressLine } from "../src/ProgressLine.ts"
import { StatusBlock } from "../src/StatusBlock.ts"
import { makeScreen, type Screen } from "./support/screen.ts"

const blockOn = (screen: Screen): StatusBlock =>
  new StatusBlock({ write: screen.write, size: () => ({ columns: screen.columns, rows: screen.rows }) })

describe("StatusBlock", () => {
  it("rewrites its lines in place, in the order in which they first came, below everything else that is said", () => {
    const screen = makeScreen()
    const block = blockOn(screen)
    screen.write("r-1\nr-2\n")
    block.set("a", "seed 1  10/90")
    block.set("b", "seed 2  10/90")
    block.above(() => screen.write("said\n"))
    block.set("b", "seed 2  20/90")
    block.settle("a", "seed 1  90/90")
    block.set("b", "seed 2  30/90")
    block.set("a", "seed 1  0/30")
    expect(screen.lines()).toEqual(["r-1", "r-2", "said", "seed 1  90/90", "seed 1  0/30", "seed 2  30/90"])
    block.set("a", "")
    expect(screen.lines()).toEqual(["r-1", "r-2", "said", "seed 1  90/90", "seed 2  30/90"])
    block.clear()
    screen.write("$ ")
    expect(screen.lines()).toEqual(["r-1", "r-2", "said", "seed 1  90/90", "$"])
  })

  it("never shows a line that ended and its last state at the same time", () => {
    const written: Array<string> = []
    const block = new StatusBlock({ write: (text) => written.push(text), size: () => ({ columns: 80, rows: 24 }) })
    block.set("a", "80/90")
    const before = written.length
    block.settle("a", "90/90")
    expect(written.slice(before).join("")).not.toContain("80/90")
    expect(written.length).toBe(before + 1)
  })

  it("leaves nothing behind where lines are wider than the window, or more than it has rows", () => {
    const screen = makeScreen(20, 6)
    const block = blockOn(screen)
    for (const round of [1, 2, 3])
      for (let seed = 0; seed < 9; seed += 1) block.set(`${seed}`, `seed ${seed}  round ${round}  ${"x".repeat(40)}`)
    expect(screen.lines()).toEqual([
      "seed 0  round 3  x…",
      "seed 1  round 3  x…",
      "seed 2  round 3  x…",
      "seed 3  round 3  x…",
      "… and 5 more"
    ])
    block.clear()
    expect(screen.lines()).toEqual([""])
  })

  it("writes nothing of its own while it has no line", () => {
    const written: Array<string> = []
    const block = new StatusBlock({ write: (text) => written.push(text), size: () => ({ columns: 80, rows: 24 }) })
    block.above(() => written.push("data\n"))
    block.clear()
    block.set("a", "")
    expect(written).toEqual(["data\n"])
  })
})

/** Progress lines on a screen, or in a pipe. */
const shownOn = (screen: Screen, interactive: boolean, overall?: Overall) => {
  const block = blockOn(screen)
  const out = Layer.succeed(Out, {
    interactive,
    stdout: (text) => Effect.sync(() => block.above(() => screen.write(text))),
    stderr: (text) => Effect.sync(() => block.above(() => screen.write(text))),
    status: (key, line) => Effect.sync(() => block.set(key, line)),
    settle: (key, line) => Effect.sync(() => block.settle(key, line)),
    noStatus: Effect.sync(() => block.clear())
  })
  return progressLine(true, overall).pipe(Layer.provide(out))
}
const at = (seed: number, phase: string, done: number, total = 90): RunProgress => ({
  run_id: `r-${seed}`,
  seed: String(seed),
  phase,
  epoch: 0,
  epochs: 1,
  done,
  total,
  metric: () => ({ name: "accuracy", value: 0.5 })
})
/** Tells of one progress after the other, a second apart. */
const told = (layer: Layer.Layer<RunObserver>, progress: ReadonlyArray<RunProgress>) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const observer = yield* RunObserver
      for (const each of progress) {
        yield* observer.progress(each)
        yield* TestClock.adjust("1 second")
      }
    }).pipe(Effect.provide(Layer.merge(layer, TestClock.layer())))
  )

const two = [
  at(1, "train", 9),
  at(2, "train", 9),
  at(1, "train", 45),
  at(2, "train", 27),
  at(1, "train", 90),
  at(1, "test", 5, 30),
  at(1, "test", 10, 30)
]

describe("the progress of several seeds", () => {
  it("is one line each on a terminal, rewritten in its place, and the end of a phase stays above them", async () => {
    const screen = makeScreen()
    await told(shownOn(screen, true), two)
    expect(screen.lines()).toEqual([
      "seed 1  train  90/90  20/s  accuracy 0.500",
      "seed 1  test  10/30  5/s  ETA 4s  accuracy 0.500",
      "seed 2  train  27/90  9/s  ETA 7s  accuracy 0.500"
    ])
  })

  it("is a plain line every ten seconds elsewhere, and nothing in between", async () => {
    const screen = makeScreen()
    await told(
      shownOn(screen, false),
      Array.from({ length: 25 }, (_, second) => at(1 + (second % 2), "train", second))
    )
    expect(screen.lines()).toEqual([
      "seed 1  train  10/90  1/s  ETA 1m20s  accuracy 0.500",
      "seed 2  train  11/90  1/s  ETA 1m19s  accuracy 0.500",
      "seed 1  train  20/90  1/s  ETA 1m10s  accuracy 0.500",
      "seed 2  train  21/90  1/s  ETA 1m09s  accuracy 0.500",
      ""
    ])
  })

  it("says which run file a seed is of, below one line about all of them, where there is one", async () => {
    const screen = makeScreen()
    const overall: Overall = {
      see: () => undefined,
      text: () => "campaign  50 %",
      label: (run_id) => (run_id === "r-1" ? "mine" : undefined)
    }
    await told(shownOn(screen, true, overall), two)
    expect(screen.lines().map((line) => line.split("  ").slice(0, 3).join("  "))).toEqual([
      "mine  seed 1  train",
      "campaign  50 %",
      "mine  seed 1  test",
      "seed 2  train  27/90"
    ])
  })
})
