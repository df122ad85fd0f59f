import { describe, expect, it } from "vitest"
import { Cache, keyOf, meant } from "../src/cache.ts"

const settle = async () => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve()
}
/** A question whose answers are given by hand. */
const asked = () => {
  const waiting: Array<{ readonly answer: (value: string) => void; readonly refuse: (error: unknown) => void }> = []
  return { waiting, ask: () => new Promise<string>((answer, refuse) => waiting.push({ answer, refuse })) }
}

describe("cache", () => {
  it("knows a question again whatever the order of its input, and counts nothing that is undefined", () => {
    expect(keyOf("run.ls", { where: "a", limit: 1 })).toBe(keyOf("run.ls", { limit: 1, where: "a", sort: undefined }))
    expect(keyOf("run.ls", { limit: 1 })).not.toBe(keyOf("run.ls", { limit: "1" }))
    expect(keyOf("run.ls", { seed: 2n ** 63n })).not.toBe(keyOf("run.ls", { seed: 2n ** 63n + 1n }))
  })

  it("asks once for two readers", async () => {
    const cache = new Cache()
    const { waiting, ask } = asked()
    expect(cache.read("run.ls", "k", ask).state).toBe("loading")
    expect(cache.read("run.ls", "k", ask).state).toBe("loading")
    expect(waiting.length).toBe(1)
    waiting[0]?.answer("one")
    await settle()
    expect(cache.read("run.ls", "k", ask)).toEqual({ state: "done", value: "one", error: undefined })
    expect(waiting.length).toBe(1)
  })

  it("asks again at once for what is looked at, and later for what is not", async () => {
    const cache = new Cache()
    const [seen, unseen] = [asked(), asked()]
    cache.read("run.ls", "seen", seen.ask)
    cache.read("run.show", "unseen", unseen.ask)
    const stop = cache.watch("seen", () => undefined)
    for (const { waiting } of [seen, unseen]) waiting[0]?.answer("old")
    await settle()
    cache.invalidate("run.*")
    expect([seen.waiting.length, unseen.waiting.length]).toEqual([2, 1])
    expect(cache.read("run.show", "unseen", unseen.ask).value).toBe("old")
    expect(unseen.waiting.length).toBe(2)
    stop()
    seen.waiting[1]?.answer("new")
    await settle()
    cache.invalidate("run.ls")
    expect(seen.waiting.length).toBe(2)
  })

  it("keeps the older answer beside a refusal", async () => {
    const cache = new Cache()
    const { waiting, ask } = asked()
    cache.read("doctor", "k", ask)
    waiting[0]?.answer("whole")
    await settle()
    cache.again("k")
    waiting[1]?.refuse("gone")
    await settle()
    expect(cache.read("doctor", "k", ask)).toEqual({ state: "failed", value: "whole", error: "gone" })
  })

  it("lets no late answer replace a newer one", async () => {
    const cache = new Cache()
    const { waiting, ask } = asked()
    cache.read("run.ls", "k", ask)
    cache.again("k")
    waiting[1]?.answer("newer")
    await settle()
    waiting[0]?.answer("late")
    await settle()
    expect(cache.read("run.ls", "k", ask).value).toBe("newer")
  })

  it("asks once more behind an answer when changes come faster than answers, and shows every answer", async () => {
    const cache = new Cache()
    const { waiting, ask } = asked()
    cache.read("run.status", "k", ask)
    cache.watch("k", () => undefined)
    for (let change = 0; change < 5; change++) cache.invalidate("run.*")
    expect(waiting.length).toBe(1)
    waiting[0]?.answer("first")
    await settle()
    expect(waiting.length).toBe(2)
    cache.invalidate("run.*")
    expect(cache.read("run.status", "k", ask).value).toBe("first")
    waiting[1]?.answer("second")
    await settle()
    expect(cache.read("run.status", "k", ask).value).toBe("second")
    waiting[2]?.answer("third")
    await settle()
    expect(waiting.length).toBe(3)
    expect(cache.read("run.status", "k", ask).value).toBe("third")
  })

  it("asks by the clock only when nothing is under way", async () => {
    const cache = new Cache()
    const { waiting, ask } = asked()
    cache.read("session", "k", ask)
    cache.refresh("k")
    cache.refresh("k")
    expect(waiting.length).toBe(1)
    waiting[0]?.answer("a")
    await settle()
    cache.refresh("k")
    expect(waiting.length).toBe(2)
  })

  it("tells who watches, and no longer who stopped", async () => {
    const cache = new Cache()
    const { waiting, ask } = asked()
    let told = 0
    cache.read("run.ls", "k", ask)
    const stop = cache.watch("k", () => {
      told++
    })
    waiting[0]?.answer("a")
    await settle()
    stop()
    cache.again("k")
    waiting[1]?.answer("b")
    await settle()
    expect(told).toBe(1)
  })

  it("changes an answer in place for all of an operation, and nothing that was never answered", async () => {
    const cache = new Cache()
    const { waiting, ask } = asked()
    cache.read("run.ls", "a", ask)
    cache.read("run.ls", "b", ask)
    waiting[0]?.answer("x")
    await settle()
    cache.change<string>("run.ls", (value) => `${value}!`)
    expect(cache.read("run.ls", "a", ask).value).toBe("x!")
    expect(cache.read("run.ls", "b", ask).value).toBeUndefined()
  })

  it("forgets the oldest of what nobody looks at, and nothing that somebody does", async () => {
    const cache = new Cache(2)
    const questions = Array.from({ length: 6 }, asked)
    for (const [index, { ask, waiting }] of questions.entries()) {
      cache.read("run.show", `k${index}`, ask)
      if (index === 0) cache.watch("k0", () => undefined)
      waiting[0]?.answer("done")
      await settle()
    }
    for (const [index, { ask }] of questions.entries()) if (index !== 5) cache.read("run.show", `k${index}`, ask)
    expect(questions.map(({ waiting }) => waiting.length).slice(0, 3)).toEqual([1, 2, 2])
  })

  it("means an operation, a noun or all", () => {
    expect(meant("run.*", "run.ls")).toBe(true)
    expect(meant("run.*", "runs")).toBe(false)
    expect(meant("run.ls", "run.ls")).toBe(true)
    expect(meant("run.ls", "run.show")).toBe(false)
    expect(meant("*", "anything")).toBe(true)
  })
})
