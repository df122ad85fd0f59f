/** Notes of runs in two tabs at once, in a real browser: the second to save sees what the first one wrote. */
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Browser, type Page, withBrowser } from "../../../../test/support/browser.ts"
import { launchBrowser, type Opened, openStudio, type Studio, serveStudio, studioProject } from "./studio.ts"

withBrowser("tags and notes", () => {
  let studio: Studio
  let browser: Browser
  let first: Opened
  let second: Opened
  let run: string

  beforeAll(async () => {
    const project = await studioProject()
    run = (await project.data<ReadonlyArray<{ readonly run_id: string }>>("run", "ls"))[0]?.run_id ?? ""
    studio = await serveStudio(project)
    browser = await launchBrowser()
    first = await openStudio(browser, studio)
    second = await openStudio(browser, studio)
  })
  afterAll(async () => {
    await browser?.close()
    await studio?.close()
  })

  const edit = async ({ page, visit }: Opened): Promise<void> => {
    await visit("/runs")
    await page.locator(`[data-key="${run}"]`).focus()
    await page.keyboard.press("e")
    await page.waitForSelector("dialog[open] textarea:enabled")
  }
  const save = async (page: Page, note: string): Promise<void> => {
    await page.fill("dialog[open] textarea", note)
    await page.click("dialog[open] .button.primary")
  }
  const closed = (page: Page) => page.waitForSelector("dialog[open]", { state: "detached" })
  const stands = async (): Promise<{ readonly note: string | null; readonly tags: ReadonlyArray<string> }> => {
    const { note, tags } = await studio.project.data<{ note: string | null; tags: ReadonlyArray<string> }>("run", "marks", run)
    return { note, tags }
  }

  it("are not overwritten by a tab that did not see them", async () => {
    await edit(first)
    await edit(second)
    await save(first.page, "from the first tab")
    await closed(first.page)
    await save(second.page, "from the second tab")
    await second.page.waitForSelector("dialog[open] [role=alert]")
    expect(await second.page.textContent("dialog[open] blockquote")).toBe("from the first tab")
    expect(await second.page.inputValue("dialog[open] textarea")).toBe("from the second tab")
    expect(await stands()).toEqual({ note: "from the first tab", tags: [] })
    await second.page.getByRole("button", { name: "Save mine instead" }).click()
    await closed(second.page)
    expect(await stands()).toEqual({ note: "from the second tab", tags: [] })
  })

  it("are taken over from the other tab where that is wished", async () => {
    await edit(first)
    await edit(second)
    await save(first.page, "theirs")
    await closed(first.page)
    await save(second.page, "mine")
    await second.page.getByRole("button", { name: "Take theirs" }).click()
    await second.page.click("dialog[open] .button.primary")
    await closed(second.page)
    expect((await stands()).note).toBe("theirs")
  })

  it("are no conflict where the other tab said something else", async () => {
    await edit(first)
    await studio.project.data("run", "mark", run, "--tag", "elsewhere", "--star")
    await save(first.page, "the only note")
    await closed(first.page)
    expect(await stands()).toEqual({ note: "the only note", tags: ["elsewhere"] })
  })
})
