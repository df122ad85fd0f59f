/** The runs table in a real browser: what it saves is what the program prints, and what it changes is told as a command. */
import { readFileSync } from "node:fs"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Browser, withBrowser } from "../../../../test/support/browser.ts"
import { launchBrowser, type Opened, openStudio, type Studio, serveStudio, studioProject } from "./studio.ts"

withBrowser("the runs table", () => {
  let studio: Studio
  let browser: Browser
  let opened: Opened
  let run: string
  /** Its other seed, and another learner with its seed. */
  let others: ReadonlyArray<string>

  beforeAll(async () => {
    const project = await studioProject()
    const runs = await project.data<ReadonlyArray<{ readonly run_id: string }>>("run", "ls")
    const [first = "", ...rest] = runs.map(({ run_id }) => run_id)
    run = first
    others = rest
    studio = await serveStudio(project)
    browser = await launchBrowser()
    opened = await openStudio(browser, studio)
  })
  afterAll(async () => {
    await browser?.close()
    await studio?.close()
  })

  it("is saved as the bytes that run ls prints", async () => {
    const { page, visit } = opened
    await studio.project.data("run", "mark", run, "--note", "=1+1", "--tag", "a", "--tag", "b")
    await visit("/runs?q=seed+%3E+0&sort=-seed&cols=created,tags,note,seed,score,group_id")
    const asked = ["run", "ls", "--where=seed > 0", "--sort=-seed", "--columns=created,tags,note,seed,score,group_id"]
    for (const [format, ...flags] of [
      ["CSV", "--format", "csv"],
      ["JSON", "--json"]
    ] as const) {
      await page.click(".page-actions summary:has-text('Save')")
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: `All matching rows as ${format}` }).click()
      ])
      const { stdout } = await studio.project.ftr(...asked, ...flags)
      expect(stdout.length).toBeGreaterThan(200)
      expect(readFileSync(await download.path(), "utf8")).toBe(stdout)
      await visit("/runs?q=seed+%3E+0&sort=-seed&cols=created,tags,note,seed,score,group_id")
    }
  })

  it("tells the command of a star, of the archive, and of what is being written", async () => {
    const { page, visit } = opened
    await visit("/runs")
    const row = page.locator(`[data-key="${run}"]`)
    await row.focus()
    await page.keyboard.press("s")
    await page.waitForSelector(`.toast code:text-is("ftr run mark ${run} --star")`)
    await row.focus()
    await page.keyboard.press("e")
    await page.fill("dialog[open] textarea:enabled", "two words")
    expect(await page.textContent("dialog[open] .marks-command code")).toBe(`ftr run mark ${run} '--note=two words'`)
    await page.keyboard.press("Escape")
    await row.focus()
    await page.keyboard.press("y")
    await page.waitForSelector(`.toast code:text-is("ftr run mark ${run} --archive")`)
    await page.locator(".toast", { hasText: "--archive" }).getByRole("button", { name: "Undo" }).click()
    await page.waitForSelector(`.toast code:text-is("ftr run mark ${run} --no-archive")`)
  })

  it("leads by d to what differs between the marked runs, and tells in full what a cell cuts off", async () => {
    const { page, visit } = opened
    await studio.project.data("run", "mark", run, "--note", "a note that is far longer than any column of the table is wide, and then some")
    await visit("/runs?cols=note")
    const cell = page.locator(`[data-key="${run}"] td`, { hasText: "far longer" })
    await cell.hover()
    expect(await cell.getAttribute("title")).toBe(await cell.textContent())
    const [second, third] = others
    for (const id of [run, second]) {
      await page.locator(`[data-key="${id}"]`).focus()
      await page.keyboard.press("x")
    }
    await page.keyboard.press("d")
    // Two seeds have two splits, so there is nothing but the differences to see.
    await page.waitForSelector("details.what-else[open]")
    await visit(`/compare?runs=${run},${third}&across=learner,transforms`)
    await page.waitForSelector('[role="tab"][aria-selected="true"]:has-text("Metrics")')
    await page.keyboard.press("d")
    await page.waitForSelector('[role="tab"][aria-selected="true"]:has-text("Configuration")')
  })

  it("keeps in the address whether confusion matrices show counts or shares, of a run and of a comparison", async () => {
    const { page, visit } = opened
    await visit(`/runs/${run}?tab=figures`)
    await page.locator("label", { hasText: "Cells" }).locator("select").first().selectOption("column")
    await page.waitForSelector('.figure-drawing text:has-text("100 % of the column")')
    expect(new URL(page.url()).searchParams.get("share")).toBe("column")
    await visit(`/runs/${run}?tab=samples&phase=test&share=column`)
    await page.waitForSelector('table.confusion td:has-text("%")')
    await visit(`/compare?runs=${run},${others[1]}&across=learner,transforms&tab=figures&share=row`)
    await page.waitForSelector('.confusion caption:has-text("share of the row first")')
    for (const text of await page.locator(".confusion button.cell").allTextContents()) expect(text).toMatch(/: \S+ % \d+$/)
  })

  it("draws on the page of experiments how a series went in all seeds", async () => {
    const { page, visit } = opened
    await visit("/experiments?series=metric/train/accuracy")
    const panel = page.locator(".panel", { hasText: "Over the seeds" })
    await panel.locator('text:has-text("2 seeds")').first().waitFor()
    await panel.locator("summary").click()
    const rows = await panel
      .locator("tbody tr")
      .evaluateAll((all) => all.map((row) => [...row.querySelectorAll("td")].map((cell) => Number(cell.textContent))))
    expect(rows.map(([epoch]) => epoch)).toEqual([1, 2])
    for (const [, mean = 0, low = 0, high = 0] of rows) expect((low + high) / 2).toBeCloseTo(mean, 4)
  })
})
