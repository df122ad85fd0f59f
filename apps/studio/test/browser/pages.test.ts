/** Every page as a person finds it: nothing breaks a rule of accessibility, nothing is asked of another host, nothing is complained about. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest"
import { type Browser, withBrowser } from "../../../../test/support/browser.ts"
import { makeProject } from "../../../cli/test/support/project.ts"
import { pages } from "../../src/pages.ts"
import { violationsOf } from "./axe.ts"
import { launchBrowser, openStudio, type Studio, serveStudio, studioProject } from "./studio.ts"
import { everyPage, tooWide } from "./visits.ts"

/** The same finding on several pages is one line, which names where it was seen. */
const together = (found: ReadonlyArray<readonly [finding: string, path: string]>): ReadonlyArray<string> => {
  const places = new Map<string, Array<string>>()
  for (const [finding, path] of found) places.set(finding, [...(places.get(finding) ?? []), path])
  return [...places].map(
    ([finding, at]) => `${finding}  [${at.slice(0, 3).join(", ")}${at.length > 3 ? ` and ${at.length - 3} more` : ""}]`
  )
}

withBrowser("the pages of the Studio", () => {
  let studio: Studio
  let browser: Browser
  let paths: ReadonlyArray<string>

  beforeAll(async () => {
    const project = await studioProject()
    paths = await everyPage(project)
    studio = await serveStudio(project)
  })
  // One for each test: this Chromium is one process, and goes with the first context that is closed in it.
  beforeEach(async () => {
    browser = await launchBrowser()
  })
  afterEach(() => browser?.close())
  afterAll(() => studio?.close())

  for (const width of [1280, 390])
    it(`are free of violations at ${width} pixels, light and dark, and fit`, async () => {
      const { page, errors, requests, visit } = await openStudio(browser, studio, { width })
      const found: Array<readonly [string, string]> = []
      for (const path of paths) {
        await page.emulateMedia({ colorScheme: "light" })
        await visit(path)
        const findings = [...(await violationsOf(page)), ...(await tooWide(page, width))]
        // In the dark only colours are others.
        await page.emulateMedia({ colorScheme: "dark" })
        findings.push(...(await violationsOf(page, ["color-contrast", "link-in-text-block"])).map((each) => `dark: ${each}`))
        if ((await page.locator("main .state.failed").count()) > 0) findings.push("shows a failure")
        found.push(...findings.map((each) => [each, path] as const))
      }
      expect(together(found)).toEqual([])
      expect(errors).toEqual([])
      expect(requests.filter((url) => !url.startsWith(`${studio.origin}/`))).toEqual([])
      expect(paths.length).toBeGreaterThanOrEqual(48)
    }, 480_000)

  it("say how to begin where a project holds nothing yet", async () => {
    const empty = await serveStudio(makeProject())
    try {
      const { page, errors, visit } = await openStudio(browser, empty)
      const found: Array<string> = []
      const visits = [...pages.map(({ path }) => path).filter((path) => !path.includes(":")), "/new?step=2", "/new?step=5", "/new?step=6"]
      for (const path of visits) {
        await visit(path)
        for (const failure of await page.locator("main .state.failed").allTextContents()) found.push(`${path}: ${failure}`)
        found.push(...(await violationsOf(page)).map((each) => `${path}: ${each}`))
      }
      expect(found).toEqual([])
      // Nothing was asked that a project without a store cannot answer.
      expect(errors).toEqual([])
    } finally {
      await empty.close()
    }
  })
})
