import { describe, expect, it } from "vitest"
import { whileSeen } from "../src/whileSeen.ts"

/** A page that is hidden and shown by hand. */
const makePage = (hidden: boolean) => {
  const events = new EventTarget()
  const page = {
    hidden,
    addEventListener: events.addEventListener.bind(events),
    removeEventListener: events.removeEventListener.bind(events)
  }
  const turn = (now: boolean) => {
    page.hidden = now
    events.dispatchEvent(new Event("visibilitychange"))
  }
  return { page: page as unknown as Document, turn }
}

describe("what is held while a page is seen", () => {
  it("is let go with the page and held anew with it, never twice", () => {
    const { page, turn } = makePage(false)
    const held: Array<AbortSignal> = []
    const stop = whileSeen((signal) => void held.push(signal), page)
    turn(false)
    expect(held.map(({ aborted }) => aborted)).toEqual([false])
    turn(true)
    expect(held.map(({ aborted }) => aborted)).toEqual([true])
    turn(false)
    expect(held.map(({ aborted }) => aborted)).toEqual([true, false])
    stop()
    expect(held.map(({ aborted }) => aborted)).toEqual([true, true])
    turn(true)
    turn(false)
    expect(held.length).toBe(2)
  })

  it("is not held by a page that is opened behind another one", () => {
    const { page, turn } = makePage(true)
    let count = 0
    whileSeen(() => {
      count += 1
    }, page)
    expect(count).toBe(0)
    turn(false)
    expect(count).toBe(1)
  })
})
