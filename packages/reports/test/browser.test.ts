/**
 * The report as a reader opens it, in a real browser from a file. Runs where `npm run ci:optional` could install one, and is skipped
 * visibly elsewhere.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { reportHtml } from "../src/index.ts"
import { iris } from "./reports.ts"

const optional = join(dirname(fileURLToPath(import.meta.url)), "../../../.cache/optional/node_modules")
const installed = existsSync(join(optional, "playwright-core")) && existsSync(join(optional, "@sparticuz/chromium"))

/** The few calls of the browser that the tests make. */
interface Page {
  readonly goto: (url: string) => Promise<unknown>
  readonly evaluate: <A>(run: string) => Promise<A>
  readonly on: (
    event: "request" | "console" | "pageerror",
    heard: (what: { readonly url?: () => string; readonly text?: () => string }) => void
  ) => void
}
interface Browser {
  readonly newPage: (options: object) => Promise<Page>
  readonly close: () => Promise<void>
}

const launch = async (): Promise<Browser> => {
  // The package brings the libraries that a bare machine lacks, when it believes to be where they lack.
  process.env.AWS_EXECUTION_ENV ??= "AWS_Lambda_nodejs22.x"
  const require = createRequire(join(optional, "x.js"))
  const { default: chromium } = (await import(pathToFileURL(require.resolve("@sparticuz/chromium")).href)) as {
    readonly default: { readonly args: ReadonlyArray<string>; readonly executablePath: () => Promise<string> }
  }
  const playwright = require("playwright-core") as { readonly chromium: { readonly launch: (options: object) => Promise<Browser> } }
  const executablePath = await chromium.executablePath()
  const libraries = join(tmpdir(), "al2023", "lib")
  return playwright.chromium.launch({
    executablePath,
    args: chromium.args,
    headless: true,
    env: { ...process.env, LD_LIBRARY_PATH: libraries }
  })
}

describe.skipIf(!installed)("a report in a browser (needs npm run ci:optional)", () => {
  const folder = mkdtempSync(join(tmpdir(), "report-browser-"))
  const file = join(folder, "report.html")
  let browser: Browser

  beforeAll(async () => {
    writeFileSync(file, reportHtml(iris))
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  for (const width of [375, 1280])
    it(`fits ${width} pixels, asks the network for nothing and reports no error`, async () => {
      const page = await browser.newPage({ viewport: { width, height: 800 } })
      const requests: Array<string> = []
      const errors: Array<string> = []
      page.on("request", (request) => requests.push(request.url?.() ?? ""))
      page.on("console", (message) => errors.push(message.text?.() ?? ""))
      page.on("pageerror", (error) => errors.push(String(error)))
      await page.goto(pathToFileURL(file).href)
      expect(requests).toEqual([pathToFileURL(file).href])
      expect(errors).toEqual([])
      expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width)
      expect(await page.evaluate<number>("document.querySelectorAll('figure svg').length")).toBeGreaterThanOrEqual(3)
    })
})
