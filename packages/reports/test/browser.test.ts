/**
 * The report as a reader opens it, in a real browser from a file. Runs where `npm run ci:optional` could install one, and is skipped
 * visibly elsewhere.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Browser, heardOf, launchBrowser, withBrowser } from "../../../test/support/browser.ts"
import { reportHtml } from "../src/index.ts"
import { iris } from "./reports.ts"

withBrowser("a report in a browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "report-browser-"))
  const file = join(folder, "report.html")
  let browser: Browser

  beforeAll(async () => {
    writeFileSync(file, reportHtml(iris))
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  for (const width of [375, 1280])
    it(`fits ${width} pixels, asks the network for nothing and reports no error`, async () => {
      const page = await browser.newPage({ viewport: { width, height: 800 } })
      const { requests, errors } = heardOf(page)
      await page.goto(pathToFileURL(file).href)
      expect(requests).toEqual([pathToFileURL(file).href])
      expect(errors).toEqual([])
      expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width)
      expect(await page.evaluate<number>("document.querySelectorAll('figure svg').length")).toBeGreaterThanOrEqual(3)
    })
})
