/**
 * The whole way by mouse in a real browser: a file becomes a dataset, six steps become a run file, the run is watched to its end, run again
 * with shuffled labels, compared and taken away. Every number is held against the command line's, and what was clicked together against
 * what the shown command writes.
 *
 * It takes the pictures of the tutorial on its way, light and dark, wide and narrow: `npm run docs:pictures`.
 */
import { readFileSync } from "node:fs"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Browser, type Page, withBrowser } from "../../../../test/support/browser.ts"
import { iris, makeProject, type RunShown } from "../../../cli/test/support/project.ts"
import { number } from "../../src/format.ts"
import { monospaced, type Picture, pictures, takePicture } from "./pictures.ts"
import { launchBrowser, type Opened, openStudio, type Studio, serveStudio, settled } from "./studio.ts"

const taken: Array<Picture> = []
const picture = async (page: Page, name: Picture): Promise<void> => {
  taken.push(name)
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect([name, beyond]).toEqual([name, 0])
  await takePicture(page, name)
}

const text = (page: Page, selector: string): Promise<string> =>
  page
    .locator(selector)
    .first()
    .textContent()
    .then((found) => found ?? "")
const file = (page: Page): Promise<string> => page.inputValue("#run-file-text")
const canRun = (page: Page) => page.waitForSelector('.run-file-box[data-judgement="fits"]')
/** The step of the wizard, by its link above. */
const step = async (page: Page, index: number): Promise<void> => {
  await page
    .locator(".wizard-steps a")
    .nth(index - 1)
    .click()
  await page.waitForFunction((at) => document.querySelectorAll(".wizard-steps a")[at - 1]?.ariaCurrent === "step", index)
  await settled(page)
}
const setField = async (page: Page, field: string, value: string): Promise<void> => {
  const control = page.locator(`[data-field="${field}"] input`).first()
  await control.fill(value)
  await control.blur()
}
/** What a click saves, as text. */
const saved = async (page: Page, click: () => Promise<void>): Promise<{ readonly name: string; readonly text: string }> => {
  const [download] = await Promise.all([page.waitForEvent("download"), click()])
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") }
}
/** The words behind `ftr` of a command that the wizard shows; none of those here has a space in quotes. */
const wordsOf = (line: string): ReadonlyArray<string> =>
  line
    .replace(/^ftr\s+/, "")
    .replace(/\s*>.*$/, "")
    .trim()
    .split(/\s+/)
const shownMetrics = (page: Page, phase: string): Promise<ReadonlyArray<readonly [string, string]>> =>
  page
    .locator(`.wizard-scorecard[aria-label="Scorecard of ${phase}"] > table tr`)
    .evaluateAll((rows) => rows.map((row) => [row.querySelector("th")?.textContent ?? "", row.querySelector("td")?.textContent ?? ""]))

withBrowser("the journey", () => {
  let studio: Studio
  let browser: Browser
  let opened: Opened
  let runs: ReadonlyArray<string> = []
  let stored = false
  const refused: Array<string> = []

  beforeAll(async () => {
    studio = await serveStudio(makeProject(["learner-gradient", "transform-tabular"], "flowers"))
    browser = await launchBrowser(monospaced)
    opened = await openStudio(browser, studio)
    opened.page.on("response", (response) => {
      // Before the first dataset there is no store, and a list of it is refused in so many words.
      if (stored && response.status() >= 400) refused.push(`${response.status()} ${new URL(response.url()).pathname}`)
    })
  })
  afterAll(async () => {
    await browser?.close()
    await studio?.close()
  })

  it("begins in an empty project and takes a file that is uploaded", async () => {
    const { page } = opened
    await picture(page, "01-home")
    await page.locator(".side a", { hasText: "New run" }).click()
    await page.locator("label", { hasText: "one plastic mapping" }).locator("input").click()
    await setField(page, "seeds", "7")
    await picture(page, "02-template")
    await step(page, 2)
    await page.getByRole("tab", { name: "File to import" }).click()
    await page.setInputFiles("input[type=file]", iris)
    await page.locator(".wizard-consent").waitFor()
    await picture(page, "03-consent")
    await page.getByRole("button", { name: "Copy it there" }).click()
    await page.getByRole("button", { name: "Register", exact: true }).waitFor()
    expect(await page.inputValue('.field:has(label:text-is("Label column")) select')).toBe("species")
    await settled(page)
    await picture(page, "04-schema")
    await page.getByLabel("Name of the dataset").fill("flowers")
    await page.getByRole("button", { name: "Register", exact: true }).click()
    await page.locator(".wizard-card.chosen", { hasText: "flowers@1" }).waitFor()
    await page.locator(".split-table").waitFor()
    stored = true
    await picture(page, "05-dataset")
    const registered = await studio.project.data<{ readonly sample_count: number; readonly content_hash: string }>(
      "dataset",
      "show",
      "flowers@1"
    )
    await studio.project.data("dataset", "add", iris, "--adapter", "csv", "--label-column", "species", "--name", "directly")
    const directly = await studio.project.data<{ readonly content_hash: string }>("dataset", "show", "directly@1")
    expect([registered.sample_count, registered.content_hash]).toEqual([150, directly.content_hash])
  })

  it("writes the file that the shown command writes, and saves it byte for byte", async () => {
    const { page } = opened
    await step(page, 1)
    await canRun(page)
    await setField(page, "training.epochs", "20")
    await page.waitForFunction(() => /^epochs = 20$/m.test(document.querySelector<HTMLTextAreaElement>("#run-file-text")?.value ?? ""))
    await step(page, 3)
    await canRun(page)
    await picture(page, "06-compatibility")
    await step(page, 4)
    await canRun(page)
    await picture(page, "07-brain")
    const words = wordsOf(await text(page, ".wizard-command"))
    expect(words).toEqual(["init", "--template=tabular-classification", "--dataset=flowers@1", "--seed=7", "--set=training.epochs=20"])
    const printed = await studio.project.ftr(...words)
    expect(printed.code).toBe(0)
    const kept = await saved(page, () => page.getByRole("button", { name: /^Save as .*\.toml$/ }).click())
    expect(kept.text).toBe(printed.stdout)
    expect(await file(page)).toBe(printed.stdout)
    studio.project.write(kept.name, kept.text)
    expect((await text(page, ".wizard-command")).trim().endsWith(`> ${kept.name}`)).toBe(true)
  })

  it("starts the run that the command line plans from that file, and shows it live to its end", async () => {
    const { page } = opened
    await step(page, 5)
    await canRun(page)
    await picture(page, "08-launch")
    await page.getByRole("button", { name: "Create and start the run" }).click()
    await page.getByRole("link", { name: /^Live view/ }).click()
    await page.waitForSelector(".plot canvas")
    await picture(page, "09-live")
    // Nothing is loaded anew: the page learns of the end by itself.
    await page.waitForSelector('.page-head .status[data-status="completed"]', { timeout: 90_000, state: "attached" })
    const run = new URL(page.url()).pathname.split("/").at(-1) ?? ""
    runs = [run]
    const shown = await studio.project.data<RunShown & { readonly spec_sha256: string; readonly seed: number }>("run", "show", run)
    const [planned] = (
      await studio.project.data<{ readonly runs: ReadonlyArray<{ readonly spec_sha256: string }> }>("run", "plan", "flowers.run.toml")
    ).runs
    expect(shown.spec_sha256).toBe(planned?.spec_sha256)
    expect(shown.seed).toBe(7)
    await page.getByRole("tab", { name: "Overview" }).click()
    await settled(page)
    await picture(page, "10-overview")
    const accuracy = Object.fromEntries(shown.phases.map(({ phase, metrics }) => [phase, metrics.accuracy]))
    const told = await page
      .locator('table:has(caption:text-is("Metrics by phase; a value so far is marked")) tr:has(th:text-is("accuracy")) td')
      .allInnerTexts()
    expect(told.slice(-2)).toEqual([number(accuracy.validate), number(accuracy.test)])
  })

  it("has the scorecards of the command line, and answers behind each number", async () => {
    const { page } = opened
    await page.locator(".side a", { hasText: "New run" }).click()
    await step(page, 6)
    await page.locator(".wizard-scorecard").nth(1).waitFor()
    await picture(page, "11-results")
    const { phases } = await studio.project.data<RunShown>("run", "show", runs[0] ?? "")
    for (const { phase, metrics, scorecard_body_sha256 } of phases) {
      if (scorecard_body_sha256 === null) continue
      const shown = await shownMetrics(page, phase)
      expect(shown.length).toBe(6)
      expect(shown[0]?.[0]).toBe("accuracy")
      expect(shown).toEqual(shown.map(([name]) => [name, number(metrics[name])]))
    }
    await page.getByRole("link", { name: "30 predictions behind it" }).last().click()
    await page.waitForSelector(".confusion")
    await settled(page)
    await picture(page, "12-answers")
    const cells = await page.locator(".confusion td a").allInnerTexts()
    expect(cells.map(Number).reduce((sum, count) => sum + count, 0)).toBe(30)
  })

  it("runs the file again as its own control, and refuses to compare until that is declared", async () => {
    const { page } = opened
    await page.locator(".side a", { hasText: "New run" }).click()
    await step(page, 1)
    await canRun(page)
    await page.getByLabel("Control with shuffled labels").click()
    await page.waitForFunction(() =>
      document.querySelector<HTMLTextAreaElement>("#run-file-text")?.value.includes("shuffled_labels = true")
    )
    await canRun(page)
    expect(await text(page, ".wizard-command")).toContain("--set=controls.shuffled_labels=true")
    await step(page, 5)
    await page.getByRole("button", { name: "Create and start the run" }).click()
    await page.locator('.wizard-runs .status[data-status="completed"]').waitFor({ timeout: 90_000 })
    const second = (await text(page, ".wizard-runs code")).trim()
    runs = [...runs, second]
    await page.locator(".side a", { hasText: "Runs" }).click()
    for (const run of runs) await page.getByLabel(`Mark ${run}`).click()
    await picture(page, "13-runs")
    await page.locator(".runs-marked").getByRole("button", { name: "Compare" }).click()
    await page.locator("#verdict", { hasText: "Not comparable" }).waitFor()
    expect(await page.locator(".forest").count()).toBe(0)
    await picture(page, "14-refused")
    await page
      .getByRole("button", { name: /^Declare / })
      .first()
      .click()
    await page.getByLabel("Why is this what you study?").fill("Is it the reward that does the work?")
    await page.getByRole("button", { name: "Declare and compare" }).click()
    await page.locator("#verdict", { hasText: /^Comparable/ }).waitFor()
    await page.locator(".forest").first().waitFor()
    await picture(page, "15-compared")
  })

  it("shows the differences of the command line, and hands the same document on", async () => {
    const { page } = opened
    const search = new URL(page.url()).searchParams
    const [first, other] = (search.get("runs") ?? "").split(",")
    const across = search.get("across") ?? ""
    expect(new Set([first, other])).toEqual(new Set(runs))
    const command = ["run", "compare", first ?? "", other ?? "", "--across", across]
    const said = await studio.project.data<{
      readonly comparison_sha256: string
      readonly comparisons: ReadonlyArray<{ readonly metrics: Readonly<Record<string, Readonly<Record<"baseline" | "value", unknown>>>> }>
    }>(...command)
    const row = await page.locator(".forest tr.primary td").allInnerTexts()
    const metric = said.comparisons[0]?.metrics.accuracy
    expect(row.slice(0, 2).map((each) => each.trim())).toEqual([number(metric?.baseline), number(metric?.value)])
    const exported = async (name: RegExp) => {
      await page.locator(".menu", { hasText: "Export" }).locator("summary").click()
      return saved(page, () => page.getByRole("button", { name }).click())
    }
    expect((await exported(/^JSON/)).text).toBe((await studio.project.ftr(...command, "--json")).stdout)
    await page.keyboard.press("Escape")
    expect((await exported(/^CSV/)).text).toBe((await studio.project.ftr(...command, "--format", "csv")).stdout)
    await page.keyboard.press("Escape")
    expect((await exported(/^Markdown/)).text).toBe((await studio.project.ftr(...command, "--format", "md")).stdout)
    await page.keyboard.press("Escape")
    // The link is the whole view: whoever opens it sees the same comparison.
    await page.reload()
    await page.locator("#verdict", { hasText: /^Comparable/ }).waitFor()
    await page.getByText("Is it the reward that does the work?").waitFor()
    expect(await page.getByText(said.comparison_sha256.slice(0, 8)).count()).toBeGreaterThan(0)
  })

  it("saves the run as the document of the command line", async () => {
    const { page, errors, requests } = opened
    const run = runs[0] ?? ""
    await page.goto(`${studio.origin}/runs/${run}`)
    await page.locator(".menu", { hasText: "Share" }).locator("summary").click()
    const { name, text: document } = await saved(page, () => page.getByRole("button", { name: "Save as JSON" }).click())
    await picture(page, "16-share")
    expect(name).toBe(`${run}.json`)
    const kept = JSON.parse(document) as { readonly spec_sha256: string; readonly phases: unknown }
    const shown = await studio.project.data<RunShown & { readonly spec_sha256: string }>("run", "show", run, "--document", "--telemetry")
    expect([kept.spec_sha256, kept.phases]).toEqual([shown.spec_sha256, shown.phases])
    expect(refused).toEqual([])
    expect(errors.filter((each) => !each.includes("status of 422"))).toEqual([])
    expect(requests.filter((url) => !url.startsWith(`${studio.origin}/`) && !url.startsWith("blob:"))).toEqual([])
  })

  it("passes by every picture of the tutorial, once and in its order", () => {
    expect(taken).toEqual(pictures)
  })
})
