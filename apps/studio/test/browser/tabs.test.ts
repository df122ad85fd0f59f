/** Many pages of one browser beside each other: six connections to a server are all that it keeps, and streams must not use them up. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest"
import { type Browser, type Page, withBrowser } from "../../../../test/support/browser.ts"
import { launchBrowser, type Opened, openStudio, type Studio, serveStudio, studioProject } from "./studio.ts"

interface Streams {
  /** Ids of the events that each stream of a run brought, in their order. */
  readonly __ids: ReadonlyArray<ReadonlyArray<number>>
  /** Streams that are open. */
  readonly __open: number
}

/** Runs in the page before anything else: it can be hidden by hand, and counts its streams and the events that they bring. */
const watchStreams = () => {
  const ids: Array<Array<number>> = []
  Object.assign(window, { __ids: ids, __open: 0, __hidden: false })
  const here = window as unknown as { __open: number; __hidden: boolean }
  Object.defineProperty(document, "hidden", { get: () => here.__hidden })
  const ask = window.fetch
  window.fetch = async (input, init) => {
    const response = await ask(input, init)
    if (response.headers.get("content-type")?.startsWith("text/event-stream") !== true || response.body === null) return response
    here.__open += 1
    init?.signal?.addEventListener("abort", () => {
      here.__open -= 1
    })
    const mine: Array<number> = []
    if (String(input).includes("/runs/")) ids.push(mine)
    const decoder = new TextDecoder()
    let rest = ""
    const seen = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        rest += decoder.decode(chunk, { stream: true })
        const lines = rest.split("\n")
        rest = lines.pop() ?? ""
        for (const line of lines) if (line.startsWith("id: ")) mine.push(Number(line.slice(4)))
        controller.enqueue(chunk)
      }
    })
    return new Response(response.body.pipeThrough(seen), { status: response.status, headers: response.headers })
  }
}

const setHidden = (page: Page, hidden: boolean) =>
  page.evaluate((now) => {
    ;(window as unknown as { __hidden: boolean }).__hidden = now
    document.dispatchEvent(new Event("visibilitychange"))
  }, hidden)
const streams = (page: Page): Promise<Streams> =>
  page.evaluate(() => {
    const { __ids, __open } = window as unknown as Streams
    return { __ids, __open }
  })

withBrowser("many pages of one browser", () => {
  let studio: Studio
  let browser: Browser
  let opened: Opened
  let run: string

  beforeAll(async () => {
    const project = await studioProject()
    const created = await project.data<{ readonly run_ids: ReadonlyArray<string> }>(
      ...["run", "create", "brain.run.toml", "--set", "training.epochs=5000", "--set", "seeds=[9]", "--set", "checkpoint_every=90"]
    )
    run = created.run_ids[0] ?? ""
    studio = await serveStudio(project)
  })
  beforeEach(async () => {
    browser = await launchBrowser()
    opened = await openStudio(browser, studio)
    await opened.page.context().addInitScript(watchStreams)
  })
  afterEach(() => browser?.close())
  afterAll(() => studio?.close())

  const open = async (path: string): Promise<Page> => {
    const page = await opened.page.context().newPage()
    await page.goto(`${studio.origin}${path}`)
    await page.waitForSelector("main h1", { timeout: 20_000 })
    return page
  }

  it("share one stream of changes among those that are seen, and take it over from each other", async () => {
    await opened.page.goto("about:blank")
    const first = await open("/runs")
    const rest: Array<Page> = []
    for (let count = 2; count <= 7; count += 1) rest.push(await open("/runs"))
    const open_ = async () => (await Promise.all([first, ...rest].map(streams))).map(({ __open }) => __open)
    await first.waitForFunction(() => (window as unknown as Streams).__open === 1)
    expect(await open_()).toEqual([1, 0, 0, 0, 0, 0, 0])
    await setHidden(first, true)
    await rest[0]?.waitForFunction(() => (window as unknown as Streams).__open === 1)
    expect(await open_()).toEqual([0, 1, 0, 0, 0, 0, 0])
    // What one hears, all learn.
    await studio.project.data("run", "create", "brain.run.toml", "--set", "seeds=[41]")
    await rest[5]?.waitForSelector("td:text-is('41')", { timeout: 20_000 })
  })

  it("let go of a run's events while they are hidden, and go on behind the last without gap or duplicate", async () => {
    await opened.page.goto("about:blank")
    const page = await open(`/runs/${run}?tab=logs`)
    await page.getByRole("button", { name: "Start" }).click()
    const hidden: Array<Page> = []
    try {
      const several = (streams_: number) =>
        page.waitForFunction(
          (count) => {
            const { __ids } = window as unknown as Streams
            return __ids.length >= count && (__ids.at(-1)?.length ?? 0) > 5
          },
          streams_,
          { timeout: 60_000 }
        )
      await several(1)
      for (let count = 2; count <= 7; count += 1) {
        const other = await open(`/runs/${run}`)
        await other.waitForFunction(() => (window as unknown as Streams).__open > 0)
        await setHidden(other, true)
        expect((await streams(other)).__open).toBe(0)
        hidden.push(other)
      }
      await setHidden(page, true)
      const before = (await streams(page)).__ids
      await new Promise((resolve) => setTimeout(resolve, 1500))
      expect((await streams(page)).__ids).toEqual(before)
      await setHidden(page, false)
      await several(before.length + 1)
    } finally {
      await setHidden(page, false)
      await page.getByRole("button", { name: "Stop" }).click()
      await page.getByRole("button", { name: "Stop the run" }).click()
      await page.waitForSelector('.page-head .status[data-status="cancelled"]', { timeout: 60_000, state: "attached" })
    }
    const ids = (await streams(page)).__ids.flat()
    const [first = 0] = ids
    expect(ids.length).toBeGreaterThan(20)
    expect(ids).toEqual(ids.map((_, index) => first + index))
    expect((await streams(page)).__ids.length).toBeGreaterThanOrEqual(2)
  })
})
