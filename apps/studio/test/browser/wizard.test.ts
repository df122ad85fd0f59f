/**
 * A run from nothing to its scorecards in a real browser: by keyboard, through reloads, with a file that is the command's byte for byte, a
 * hand that edits it, a server that goes away at every step, and labels that try to be markup.
 */
import { readFileSync } from "node:fs"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Browser, type Page, withBrowser } from "../../../../test/support/browser.ts"
import { makeProject, type RunShown } from "../../../cli/test/support/project.ts"
import { launchBrowser, type Opened, openStudio, type Studio, serveStudio } from "./studio.ts"

const file = (page: Page): Promise<string> => page.inputValue("#run-file-text")
/** Waits until the server has said that the present text can run, or what has to be mended. */
const judged = (page: Page, state: "fits" | "blocked") => page.waitForSelector(`.run-file-box[data-judgement="${state}"]`)
const stepsOf = (page: Page): Promise<ReadonlyArray<string>> =>
  page.$$eval(".wizard-steps li", (items) => items.map((item) => (item.classList[0] ?? "").trim()))
const setField = async (page: Page, field: string, value: string): Promise<void> => {
  const control = page.locator(`[data-field="${field}"] input`).first()
  await control.fill(value)
  await control.press("Enter")
}
const hostile = '<img src=x onerror="document.title=1">'

withBrowser("the wizard", () => {
  let studio: Studio
  let browser: Browser
  let opened: Opened

  beforeAll(async () => {
    const project = makeProject(["learner-gradient", "transform-tabular"])
    await project.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
    project.write(
      "hostile.csv",
      [
        "a,b,kind",
        ...Array.from({ length: 30 }, (_, row) => `${row},${row * 2},${row % 2 === 0 ? `"${hostile.replaceAll('"', '""')}"` : "plain"}`),
        ""
      ].join("\n")
    )
    project.write("numbers.csv", ["a,b,kind", ...Array.from({ length: 30 }, (_, row) => `${row}.5,${row}.25,${row % 3}`), ""].join("\n"))
    project.write("empty.csv", "")
    project.write("same.csv", ["a,b,kind", ...Array.from({ length: 30 }, (_, row) => `${row},${row},x`), ""].join("\n"))
    project.write(
      "wide.csv",
      [
        [...Array.from({ length: 200 }, (_, column) => `column_${column}`), "kind"].join(","),
        ...Array.from({ length: 20 }, (_, row) => [...Array.from({ length: 200 }, () => row), row % 2 === 0 ? "x" : "y"].join(",")),
        ""
      ].join("\n")
    )
    studio = await serveStudio(project)
    browser = await launchBrowser()
    opened = await openStudio(browser, studio)
  })
  afterAll(async () => {
    await browser?.close()
    await studio?.close()
  })

  it("says at every step what is missing, and where", async () => {
    const { page, visit } = opened
    await visit("/new")
    await page.waitForSelector('[data-field="template"]')
    expect(await stepsOf(page)).toEqual(["blocked", "blocked", "blocked", "open", "blocked", "blocked"])
    for (const [step, text] of [
      [1, "choose a task template"],
      [2, "choose a dataset"],
      [4, "There is no run file yet"],
      [5, "cannot start yet"],
      [6, "Nothing of this run file has run yet"]
    ] as const) {
      await visit(`/new?step=${step}`)
      await page.getByText(text).first().waitFor()
    }
  })

  it("is walked by keys alone, and survives a reload at each step", async () => {
    const { page, visit } = opened
    await visit("/new")
    const template = page.locator('[data-field="template"] input[type="radio"]').first()
    await template.waitFor()
    await page.locator("label", { hasText: "one plastic mapping" }).locator("input").focus()
    await page.keyboard.press("Space")
    await page.locator("h1").focus()
    await page.keyboard.press("]")
    await page.waitForURL(/step=2/)
    await page.locator('[data-field="dataset"] input[type="radio"]').first().focus()
    await page.keyboard.press("Space")
    await judged(page, "fits")
    const text = await file(page)
    for (const step of [1, 2, 3, 4, 5, 6]) {
      await visit(`/new?step=${step}`)
      await judged(page, "fits")
      expect(await file(page)).toBe(text)
    }
    expect(await stepsOf(page)).toEqual(["done", "done", "done", "done", "open", "blocked"])
  })

  it("writes the file that the command prints, byte for byte", async () => {
    const { page, visit } = opened
    await visit("/new?step=1")
    await judged(page, "fits")
    await setField(page, "seeds", "3..4")
    await setField(page, "training.epochs", "2")
    await visit("/new?step=4")
    await setField(page, "learner.reward.options.margin", "0.05")
    await setField(page, "brain.generate.bins", "7")
    await page.waitForFunction(() => {
      const text = document.querySelector("#run-file-text") as HTMLTextAreaElement | null
      return text !== null && /^bins = 7$/m.test(text.value) && text.value.includes("margin = 0.05")
    })
    await judged(page, "fits")
    const line = (await page.textContent(".wizard-command")) ?? ""
    const words = line
      .replace(/^ftr\s+/, "")
      .replace(/\s*>.*$/, "")
      .trim()
      .split(/\s+/)
    expect(words).toEqual([
      "init",
      "--template=tabular-classification",
      "--dataset=iris@1",
      "--seed=3..4",
      "--option=bins=7",
      "--set=training.epochs=2",
      "--set=learner.reward.options.margin=0.05"
    ])
    const printed = await studio.project.ftr(...words)
    expect(await file(page)).toBe(printed.stdout)
  })

  it("leads from what blocks to the field that mends it, in the server's words and on its line", async () => {
    const { page, visit } = opened
    await visit("/new?step=4")
    await judged(page, "fits")
    await setField(page, "learner.reward.options.reinforce.magnitude", "50")
    await judged(page, "blocked")
    expect(await page.locator(".run-file-gutter .bad").count()).toBe(1)
    await visit("/new?step=3")
    await page.getByRole("button", { name: /Mend it in step 4/ }).click()
    await page.waitForFunction(() => document.activeElement?.closest('[data-field^="learner.reward.options.reinforce"]') !== null)
    await page
      .getByRole("button", { name: /back to the template's/ })
      .last()
      .waitFor()
    await page.locator('[data-field="learner.reward.options.reinforce.magnitude"]').getByRole("button").click()
    await judged(page, "fits")
  })

  it("asks before a control touches a text that was typed, and then changes nothing else in it", async () => {
    const { page, visit } = opened
    await visit("/new?step=4")
    await judged(page, "fits")
    const typed = (await file(page)).replace("[controls]", "# mine\n[controls]")
    await page.fill("#run-file-text", typed)
    await setField(page, "learner.reward.options.margin", "0.25")
    await page.getByText("You have edited the run file").waitFor()
    await page.getByRole("button", { name: "Cancel", exact: true }).click()
    expect(await file(page)).toBe(typed)
    await setField(page, "learner.reward.options.margin", "0.25")
    await page.getByRole("button", { name: "Put it into my text" }).click()
    expect(await file(page)).toBe(typed.replace("margin = 0.05", "margin = 0.25"))
    await setField(page, "learner.reward.options.margin", "0.05")
    await page.getByRole("button", { name: "Write the file anew" }).click()
    await page.waitForFunction(() => !(document.querySelector("#run-file-text") as HTMLTextAreaElement | null)?.value.includes("# mine"))
    await judged(page, "fits")
  })

  it("keeps the draft when the server goes away at any step, and goes on when it is back", async () => {
    const { page, visit } = opened
    for (const step of [1, 2, 3, 4, 5, 6]) {
      await visit(`/new?step=${step}`)
      await judged(page, "fits")
      const text = `${await file(page)}# step ${step}\n`
      await page.route("**/api/v1/**", (route) => route.abort())
      await page.fill("#run-file-text", text)
      await page.locator(".wizard-banner").waitFor()
      if (step === 5) expect(await page.getByRole("button", { name: /Create and start/ }).isDisabled()).toBe(true)
      expect(await file(page)).toBe(text)
      expect(await page.evaluate(() => JSON.parse(localStorage.getItem("feagi-trainer.draft") ?? "{}").text)).toBe(text)
      await page.unroute("**/api/v1/**")
      await page.locator(".wizard-banner").waitFor({ state: "detached" })
      await judged(page, "fits")
    }
    await page.getByRole("button", { name: "Back to the template's text" }).click()
    await page.getByRole("button", { name: "Write it again" }).click()
    await judged(page, "fits")
  })

  it("runs what it shows, to scorecards that the command line has as well", async () => {
    const { page, visit } = opened
    await visit("/new?step=5")
    await judged(page, "fits")
    await page.getByRole("button", { name: "Create and start 2 runs" }).click()
    await page.locator('.wizard-runs .status[data-status="completed"]').nth(1).waitFor({ timeout: 90_000 })
    await visit("/new?step=6")
    await page.locator(".wizard-scorecard > table tr.primary td").nth(3).waitFor()
    const shown = await page.$$eval(".wizard-scorecard > table tr.primary td", (cells) => cells.map((cell) => Number(cell.textContent)))
    const runs = await page.$$eval("main .panel-head code", (found) => found.map((each) => each.textContent ?? ""))
    const said = await Promise.all(runs.map((run) => studio.project.data<RunShown>("run", "show", run)))
    const expected = said.flatMap(({ phases }) =>
      phases.filter(({ scorecard_body_sha256 }) => scorecard_body_sha256 !== null).map(({ metrics }) => Number(metrics.accuracy))
    )
    expect(expected.length).toBe(4)
    expected.forEach((value, index) => {
      expect(shown[index]).toBeCloseTo(value, 3)
    })
    expect(await stepsOf(page)).toContain("done")
    // Every number leads to the answers behind it, and the run file is saved as the text that it is.
    const numbers = page.locator(".wizard-scorecard > table td.right")
    const [count, links] = [await numbers.count(), await numbers.locator('a[href*="tab=samples"][href*="phase="]').count()]
    expect([count > 4, links]).toEqual([true, count])
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save its run file" }).first().click()
    ])
    expect(download.suggestedFilename()).toBe(`${runs[0]}.run.toml`)
    expect(readFileSync(await download.path(), "utf8")).toBe((await studio.project.ftr("run", "export-config", runs[0] ?? "")).stdout)
  })

  it("copies a file to the very path that was agreed to", async () => {
    const { page, visit } = opened
    await visit("/new?step=2&source=file")
    const input = page.locator("input[type=file]")
    if ((await input.count()) === 0) await page.getByRole("tab", { name: "File to import" }).click()
    await input.setInputFiles({ name: "my data (1).csv", mimeType: "text/csv", buffer: Buffer.from("a,b,kind\n1,2,x\n2,1,y\n") })
    const copy = page.getByRole("button", { name: "Copy it there" })
    await copy.and(page.locator(":enabled")).waitFor()
    const agreed = (await page.textContent(".wizard-consent code")) ?? ""
    expect(agreed).toMatch(/\/uploads\/[0-9a-f]{12}-my_data__1_\.csv$/)
    await copy.click()
    await page.getByText("Copied to").waitFor()
    expect(await page.locator("p", { hasText: "Copied to" }).locator("code").textContent()).toBe(agreed)
    expect(readFileSync(agreed, "utf8")).toBe("a,b,kind\n1,2,x\n2,1,y\n")
  })

  it("takes up the file of a run, and changes its shares where they stand", async () => {
    const { page, visit } = opened
    const [run] = await studio.project.data<ReadonlyArray<RunShown>>("run", "ls")
    const exported = (await studio.project.ftr("run", "export-config", run?.run_id ?? "")).stdout
    await visit(`/new?from=${run?.run_id}`)
    await page.getByText("of a run", { exact: true }).waitFor()
    await judged(page, "fits")
    expect(await file(page)).toBe(exported)
    await visit("/new?step=2")
    await judged(page, "fits")
    await page.getByLabel("Share of train").fill("0.7")
    await page.getByText(/they have to sum to 1/).waitFor()
    await page.getByLabel("Share of val").fill("0.1")
    await page.keyboard.press("Enter")
    await page.getByRole("button", { name: "Put it into my text" }).click()
    expect(await file(page)).toBe(exported.replace("train = 0.6", "train = 0.7").replace("val = 0.2", "val = 0.1"))
    await judged(page, "fits")
    await page.locator(".split-table td", { hasText: "105" }).first().waitFor()
    // The draft of the tests behind.
    await visit("/new?template=tabular-classification&dataset=iris@1&step=4")
    await judged(page, "fits")
  })

  it("shows a gradient model its layers and optimiser, and a brain neither", async () => {
    const { page, visit } = opened
    await visit("/new?step=4")
    await judged(page, "fits")
    const titles = () => page.$$eval(".wizard-main h2", (found) => found.map((each) => (each.textContent ?? "").trim()))
    expect(await titles()).toContain("Reward and affect")
    expect(await titles()).not.toContain("Optimiser")
    await visit("/new?template=tabular-classification-gradient&learner=gradient&dataset=iris@1&step=4")
    await judged(page, "fits")
    expect(await titles()).toContain("Optimiser")
    expect(await titles()).not.toContain("Reward and affect")
  })

  it("registers what the shown command registers, even where the label is a number among numbers", async () => {
    const { page, visit } = opened
    await visit("/new?step=2&source=path")
    await page.getByLabel(/File or folder on the machine/).fill("numbers.csv")
    await page.keyboard.press("Enter")
    await page.locator(".sample-table").waitFor()
    const command = (await page.textContent(".source-command code")) ?? ""
    expect(command).toContain("--label-column=kind")
    await page.getByRole("button", { name: "Register", exact: true }).click()
    await page.locator(".wizard-card.chosen", { hasText: "numbers@1" }).waitFor()
    // A word with blanks is quoted for the shell, and none has a quote in it.
    const words = [...command.replace(/^ftr /, "").matchAll(/'([^']*)'|(\S+)/g)].map((found) => found[1] ?? found[2] ?? "")
    expect(await studio.project.data(...words)).toMatchObject({ dataset_version_id: "numbers@1", existing: true })
  })

  it("says of each source why it cannot be read, or what is to be thought about", async () => {
    const { page, visit } = opened
    for (const [path, said] of [
      ["nowhere.csv", "there is no such file or folder"],
      ["empty.csv", "csv: the file is empty"],
      ["same.csv", "there is nothing to tell apart"],
      ["wide.csv", "The first 24 of 200 features."]
    ] as const) {
      await visit("/new?step=2&source=path")
      await page.getByLabel(/File or folder on the machine/).fill(path)
      await page.keyboard.press("Enter")
      await page.getByText(said).waitFor()
    }
    await page.getByLabel("Find a field").fill("column_199")
    expect(await page.locator(".schema-table tbody tr").count()).toBe(1)
    expect(await page.getByRole("button", { name: "Register", exact: true }).count()).toBe(1)
  })

  it("registers a file by its path, with labels that stay text", async () => {
    const { page, visit } = opened
    await visit("/new?step=2&source=path")
    await page.getByLabel(/File or folder on the machine/).fill(studio.project.path("hostile.csv"))
    await page.keyboard.press("Enter")
    await page.getByRole("button", { name: "Register", exact: true }).click()
    await page.locator(".wizard-card.chosen", { hasText: "hostile@1" }).waitFor()
    await page.locator(".split-table th", { hasText: hostile }).waitFor()
    await visit("/datasets/hostile@1")
    await page.locator("th[scope=row]", { hasText: hostile }).first().waitFor()
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    expect(await page.title()).toContain("hostile@1")
  })
})
