/** The main path without a mouse: choose, start, watch, mark, compare; and whatever Tab comes to shows that it is there. */
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Browser, type Page, withBrowser } from "../../../../test/support/browser.ts"
import { makeProject } from "../../../cli/test/support/project.ts"
import { launchBrowser, type Opened, openStudio, type Studio, serveStudio, settled } from "./studio.ts"

interface Focused {
  readonly name: string
  readonly visible: boolean
}

/** What has the focus, and whether one can see that: an outline of its own or of what stands around it, inside the window. */
const focused = (page: Page): Promise<Focused> =>
  page.evaluate(() => {
    const element = document.activeElement
    if (element === null || element === document.body) return { name: "", visible: true }
    const outlined = (each: Element | null): boolean => {
      if (each === null) return false
      const { outlineStyle, outlineWidth } = getComputedStyle(each)
      return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1
    }
    const { left, right, top, bottom } = element.getBoundingClientRect()
    const inside = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight
    const label = element.getAttribute("aria-label") ?? element.closest("label")?.textContent ?? element.textContent ?? ""
    const name = label.trim() === "" ? ((element as HTMLInputElement).labels?.[0]?.textContent ?? element.id) : label
    return {
      name: `${element.tagName.toLowerCase()} ${name.trim().replaceAll(/\s+/g, " ").slice(0, 90)}`,
      visible: inside && (outlined(element) || outlined(element.closest("label, .combobox, .run-file-box, tr")))
    }
  })

withBrowser("the Studio by keyboard", () => {
  let studio: Studio
  let browser: Browser
  let opened: Opened
  const unseen = new Set<string>()

  /** Tab until the element with the focus is called so. */
  const tabTo = async (page: Page, wanted: RegExp): Promise<void> => {
    const met: Array<string> = []
    for (let count = 0; count < 150; count += 1) {
      await page.keyboard.press("Tab")
      const { name, visible } = await focused(page)
      met.push(name)
      if (!visible) unseen.add(name)
      if (wanted.test(name)) return
    }
    throw new Error(`Tab never comes to ${wanted}; it met ${[...new Set(met)].join(" | ")}`)
  }
  const press = async (page: Page, ...keys: ReadonlyArray<string>): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key)
  }

  beforeAll(async () => {
    const project = makeProject(["learner-gradient", "transform-tabular"])
    await project.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
    studio = await serveStudio(project)
    browser = await launchBrowser()
    opened = await openStudio(browser, studio)
  })
  afterAll(async () => {
    await browser?.close()
    await studio?.close()
  })

  it("tells its keys behind ?, and gives the focus back", async () => {
    const { page } = opened
    await press(page, "?")
    const dialog = page.locator("dialog[open]")
    await dialog.waitFor()
    expect(await dialog.textContent()).toContain("Go to")
    await press(page, "Tab")
    // Behind its last control Tab leaves for the browser, never for the page under the dialog.
    expect(
      await page.evaluate(() => document.activeElement === document.body || document.activeElement?.closest("dialog[open]") !== null)
    ).toBe(true)
    await press(page, "Escape")
    await dialog.waitFor({ state: "detached" })
  })

  it("lets the first Tab skip the menu", async () => {
    const { page, visit } = opened
    await visit("/")
    await press(page, "Tab")
    expect(await focused(page)).toEqual({ name: "a Skip to the content", visible: true })
    await press(page, "Enter")
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main")
  })

  it("goes from a template to two runs that have ended", async () => {
    const { page } = opened
    await press(page, "g", "n")
    await page.locator('[data-field="template"] input').first().waitFor()
    await tabTo(page, /^input [a-z-]+-classification/)
    // The arrows walk through the templates that are shown and choose those that can be used.
    for (let count = 0; !(await focused(page)).name.includes("one plastic mapping"); count += 1) {
      if (count > 40) throw new Error("no arrow leads to the template of a brain")
      await press(page, "ArrowDown")
    }
    await press(page, "Space")
    await page.locator(".wizard-card.chosen", { hasText: "one plastic mapping" }).waitFor()
    await tabTo(page, /^input Seeds/)
    await press(page, "Control+a")
    await page.keyboard.type("1..2")
    await tabTo(page, /^button .*Source|^button .*Data/i)
    await press(page, "Enter")
    await page.waitForURL(/step=2/)
    await page.locator('[data-field="dataset"] input').first().waitFor()
    await tabTo(page, /^input iris@1/)
    await press(page, "Space")
    await page.waitForSelector('.run-file-box[data-judgement="fits"]')
    // One split for both seeds, without which two runs have different benchmarks.
    await tabTo(page, /^input Seed of the split/)
    await press(page, "Control+a")
    await page.keyboard.type("1")
    await press(page, "Enter")
    await page.waitForFunction(() => /^seed = 1$/m.test(document.querySelector<HTMLTextAreaElement>("#run-file-text")?.value ?? ""))
    await page.waitForSelector('.run-file-box[data-judgement="fits"]')
    await page.locator(".wizard-title").focus()
    for (const step of [3, 4, 5]) {
      await press(page, "]")
      await page.waitForURL(new RegExp(`step=${step}`))
    }
    await page.waitForSelector('.run-file-box[data-judgement="fits"]')
    await tabTo(page, /^button Create and start 2 runs/)
    await press(page, "Enter")
    await tabTo(page, /^a Live view/)
    await press(page, "Enter")
    await page.waitForURL(/\/runs\/r-/)
    await page.waitForSelector('.page-head .status[data-status="completed"]', { timeout: 100_000, state: "attached" })
    // Tabs of a run have numbers.
    await press(page, "4")
    await page.waitForURL(/tab=samples/)
    await press(page, "1")
    await page.waitForURL(/\/runs\/r-[^?]*(\?.*)?$/)
  })

  it("marks two runs with x and compares them with c", async () => {
    const { page } = opened
    const { project } = studio
    // The second run of the file follows the first.
    for (;;) {
      const runs = await project.data<ReadonlyArray<{ readonly status: string }>>("run", "ls")
      if (runs.every(({ status }) => status === "completed")) break
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    await press(page, "g", "r")
    await page.locator("tr[data-key]").nth(1).waitFor()
    await settled(page)
    await press(page, "j", "x", "j", "x")
    await page.waitForURL(/sel=/)
    expect((await focused(page)).visible).toBe(true)
    expect(await page.locator('tr[aria-selected="true"]').count()).toBe(2)
    await press(page, "c")
    await page.waitForURL(/\/compare\?runs=/)
    await page.locator("#verdict", { hasText: /^Comparable/ }).waitFor()
    expect((new URL(page.url()).searchParams.get("runs") ?? "").split(",").length).toBe(2)
    await tabTo(page, /^button Metrics/)
    await press(page, "ArrowRight")
    await page.waitForURL(/tab=samples/)
    expect((await focused(page)).name).toMatch(/^button Disagreements/)
  })

  it("shows the focus wherever Tab comes to, on every page of the menu", async () => {
    const { page, visit } = opened
    for (const path of [
      "/",
      "/runs",
      "/experiments",
      "/compare",
      "/datasets",
      "/datasets/iris@1",
      "/brains",
      "/scorecards",
      "/plugins",
      "/settings"
    ]) {
      await visit(path)
      let last = ""
      for (let count = 0; count < 60; count += 1) {
        await press(page, "Tab")
        const { name, visible } = await focused(page)
        if (!visible) unseen.add(`${path}: ${name}`)
        if (name === "" && last === "") break
        last = name
      }
    }
    expect([...unseen]).toEqual([])
  })
})
