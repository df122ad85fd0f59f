/** The page of one run in a real browser: charts that fit the learner, answers behind every number, spikes, and a run that is steered. */
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Browser, type Page, withBrowser } from "../../../../test/support/browser.ts"
import { launchBrowser, type Opened, openStudio, type Studio, serveStudio, studioProject } from "./studio.ts"

interface RunRow {
  readonly run_id: string
  readonly name: string
}

/** Text of everything that fits, in the order of the page. */
const texts = (page: Page, selector: string): Promise<ReadonlyArray<string>> =>
  page.$$eval(selector, (found) => found.map((each) => (each.textContent ?? "").trim()))
const search = (page: Page): URLSearchParams => new URL(page.url()).searchParams
const status = (page: Page) => page.textContent(".page-head .status")
/** Waits until the run is in this state. */
const becomes = (page: Page, wanted: string) =>
  page.waitForSelector(`.page-head .status[data-status="${wanted}"]`, { timeout: 60_000, state: "attached" })

withBrowser("the page of a run", () => {
  let studio: Studio
  let browser: Browser
  let opened: Opened
  let brain: string
  let gradient: string

  beforeAll(async () => {
    const project = await studioProject()
    const runs = await project.data<ReadonlyArray<RunRow>>("run", "ls")
    brain = runs.find(({ name }) => name === "iris-brain")?.run_id ?? ""
    gradient = runs.find(({ name }) => name === "iris-gradient")?.run_id ?? ""
    studio = await serveStudio(project)
    browser = await launchBrowser()
    opened = await openStudio(browser, studio)
  })
  afterAll(async () => {
    await browser?.close()
    await studio?.close()
  })

  it("has charts of affect and spikes for a brain, and of the optimiser for a gradient model", async () => {
    const { page, visit } = opened
    await visit(`/runs/${brain}?tab=metrics`)
    await page.waitForSelector(".plot canvas")
    expect(await texts(page, ".plot-section > h2")).toEqual(["Metrics", "Reward", "Affect", "Activity of the brain", "Cost"])
    await visit(`/runs/${gradient}?tab=metrics`)
    await page.waitForSelector(".plot canvas")
    const sections = await texts(page, ".plot-section > h2")
    expect(sections).toContain("Optimiser")
    expect(sections).not.toContain("Affect")
    expect(sections).not.toContain("Activity of the brain")
  })

  it("zooms, pans and reads a chart by keys, and keeps the window in the address", async () => {
    const { page, visit } = opened
    await visit(`/runs/${brain}?tab=metrics&find=raw`)
    const chart = page.locator(".plot-drawing").first()
    await chart.waitFor()
    await chart.focus()
    await page.keyboard.press("+")
    const window = search(page).get("window") ?? ""
    const [from, to] = window.split("..").map(Number)
    expect((to ?? 0) - (from ?? 0)).toBeGreaterThan(0)
    await page.keyboard.press("Shift+ArrowRight")
    expect(Number(search(page).get("window")?.split("..")[0])).toBeGreaterThan(from ?? 0)
    await page.keyboard.press("ArrowRight")
    await page.waitForFunction(() => /^sample \d+: raw/.test(document.querySelector("[role=status]")?.textContent ?? ""))
    await page.keyboard.press("0")
    expect(search(page).get("window")).toBe(null)
  })

  it("leads from a cell of the confusion matrix to its answers, and from there to the brain", async () => {
    const { page, visit } = opened
    await visit(`/runs/${brain}?tab=samples`)
    const cell = page.locator(".confusion td a").first()
    await cell.waitFor()
    const count = Number(await cell.textContent())
    await cell.click()
    expect([search(page).get("truth"), search(page).get("predicted")]).toEqual(["setosa", "setosa"])
    await page.waitForFunction((wanted) => document.body.textContent?.includes(`${wanted} of 30 answers`), count)
    await visit(`/runs/${brain}?tab=activity&bursts=4`)
    await page.waitForSelector("canvas.raster")
    expect(await page.getAttribute("[data-plot$=spikes] .plot-drawing", "aria-label")).toMatch(
      /features: \d+ firings.*classes: \d+ firings/
    )
    await page.locator("[data-plot$=spikes] .plot-drawing").focus()
    await page.keyboard.press("Home")
    expect(search(page).get("burst")).toBe("1")
    expect(await page.textContent(".voxels header .muted")).toMatch(/^input, 16 × 1 × \d+; 16 of \d+ fire$/)
    expect(await texts(page, ".voxels h4")).toEqual(["features", "classes"])
  })

  it("goes from error to error with n", async () => {
    const { page, visit } = opened
    await visit(`/runs/${brain}?tab=samples&phase=train`)
    await page.keyboard.press("n")
    await page.waitForFunction(() => new URL(location.href).searchParams.get("outcome") === "wrong")
    const first = search(page).get("sample")
    await page.keyboard.press("n")
    await page.waitForFunction((before) => new URL(location.href).searchParams.get("sample") !== before, first)
    expect(first).not.toBe(null)
  })

  it("steers a run, shows the same in two pages, and goes on when the server comes back", async () => {
    const { page, visit } = opened
    const created = await studio.project.data<{ readonly run_ids: ReadonlyArray<string> }>(
      ...["run", "create", "brain.run.toml", "--set", "training.epochs=2000", "--set", "seeds=[9]", "--set", "checkpoint_every=90"]
    )
    const run = created.run_ids[0] ?? ""
    await visit(`/runs/${run}`)
    const other = await page.context().newPage()
    await other.goto(`${studio.origin}/runs/${run}?tab=logs`)
    expect(await status(page)).toContain("created")
    await page.getByRole("button", { name: "Start" }).click()
    await becomes(page, "running")
    await becomes(other, "running")
    await page.waitForSelector(".step.running progress")
    await other.getByRole("button", { name: "Pause" }).click()
    await becomes(page, "paused")
    await becomes(other, "paused")
    expect(await page.textContent(".reason")).toBe("It goes on from the last committed step.")
    await page.waitForFunction((id) => document.querySelector("[role=status]")?.textContent === `Run ${id} is paused`, run)

    const port = new URL(studio.origin).port
    const ended = new Promise((resolve) => studio.child.once("close", resolve))
    studio.child.kill("SIGTERM")
    await ended
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".page-head .badge")].some((each) => each.textContent === "reconnecting")
    )
    const again = studio.project.spawn(["ui", "--no-open", "--port", port, "--json"], { FEAGI_TRAINER_TOKEN: studio.token })
    try {
      await page.waitForFunction(() => [...document.querySelectorAll(".page-head .badge")].some((each) => each.textContent === "live"))
      await page.getByRole("button", { name: "Resume" }).click()
      await becomes(page, "running")
      // Ending it for good is asked back, in place.
      await page.getByRole("button", { name: "Stop" }).click()
      await page.getByRole("button", { name: "Keep it" }).click()
      expect(await page.getByRole("button", { name: "Stop the run" }).count()).toBe(0)
      await page.getByRole("button", { name: "Stop" }).click()
      await page.getByRole("button", { name: "Stop the run" }).click()
      await becomes(page, "cancelled")
      expect(await texts(page, ".step .badge")).toEqual(["stopped here", "left out", "left out"])
      await becomes(other, "cancelled")
    } finally {
      again.child.kill("SIGTERM")
      await again.ended
    }
  })
})
