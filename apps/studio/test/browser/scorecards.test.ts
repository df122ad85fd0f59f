/** What may be said of a scorecard, said by clicks: computed again, signed, the signature checked, forged and refused, superseded. */
import { readFileSync } from "node:fs"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Browser, withBrowser } from "../../../../test/support/browser.ts"
import { makeProject } from "../../../cli/test/support/project.ts"
import { launchBrowser, type Opened, openStudio, type Studio, serveStudio } from "./studio.ts"

withBrowser("scorecards", () => {
  let studio: Studio
  let browser: Browser
  let opened: Opened
  let ids: ReadonlyArray<string> = []

  beforeAll(async () => {
    const project = makeProject()
    await project.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
    project.write(
      "iris.run.toml",
      (await project.ftr("init", "--template", "tabular-classification", "--dataset", "iris@1", "--seed", "1")).stdout
    )
    await project.data("run", "start", "iris.run.toml", "--no-progress", "--set", "training.epochs=1")
    ids = (await project.data<ReadonlyArray<{ readonly scorecard_id: string }>>("scorecard", "ls")).map(({ scorecard_id }) => scorecard_id)
    await project.data("scorecard", "keygen", "--out", "lab.key")
    studio = await serveStudio(project)
    browser = await launchBrowser()
    opened = await openStudio(browser, studio)
  })
  afterAll(async () => {
    await browser?.close()
    await studio?.close()
  })

  it("have the usual metric first, with its interval", async () => {
    const { page, visit } = opened
    await visit(`/scorecards/${ids[1]}`)
    const { metrics } = await studio.project.data<{ readonly metrics: { readonly accuracy: number } }>("scorecard", "show", ids[1] ?? "")
    const headline = (await page.textContent(".card-page .stats > :first-child")) ?? ""
    expect(headline).toMatch(/^accuracy.*95 % interval/)
    expect(headline).toContain(metrics.accuracy.toFixed(4).replace(/\.?0+$/, ""))
    expect(await page.textContent(".card-page tbody tr:first-child th, .card-page tbody tr:first-child td")).toBe("accuracy")
  })

  it("are computed again from their predictions", async () => {
    const { page } = opened
    await page.getByRole("button", { name: "Recompute the metrics" }).click()
    await page.getByText("its 30 predictions give these values").waitFor()
  })

  it("are signed by a key of this machine, whose signature is checked and whose forgery is refused", async () => {
    const { page } = opened
    const { project } = studio
    await page.getByText("Sign it with a key of this machine").click()
    await page.getByLabel("Path of the private key").fill("lab.key")
    await page.getByLabel("Write the signature to").fill("card.dsse.json")
    await page.getByRole("button", { name: "Sign", exact: true }).click()
    await page.getByText("over", { exact: false }).locator("code", { hasText: "card.dsse.json" }).waitFor()
    const envelope = readFileSync(project.path("card.dsse.json"), "utf8")
    await page.getByLabel("Public key").setInputFiles(project.path("lab.key.pub"))
    const check = async (text: string): Promise<void> => {
      await page
        .getByLabel("Signature file")
        .setInputFiles({ name: "card.dsse.json", mimeType: "application/json", buffer: Buffer.from(text) })
      await page.getByRole("button", { name: "Check the signature" }).click()
    }
    await check(envelope)
    await page.getByText(/the key [0-9a-f]{16} vouches for every field/).waitFor()
    const forged = JSON.parse(envelope) as { payload: string }
    const statement = Buffer.from(forged.payload, "base64").toString("utf8")
    expect(statement).toContain("self_reported")
    forged.payload = Buffer.from(statement.replace("self_reported", "verified")).toString("base64")
    await check(JSON.stringify(forged))
    await page.locator(".card-job", { hasText: "refused" }).waitFor()
    expect(await page.getByText(/vouches for every field/).count()).toBe(0)
  })

  it("send whoever opens them to the one that supersedes them", async () => {
    const { page, visit } = opened
    const [validate = "", test = ""] = ids
    await visit(`/scorecards/${validate}`)
    await page.getByRole("button", { name: "Supersede" }).click()
    const dialog = page.locator("dialog[open]")
    const supersede = dialog.getByRole("button", { name: "Supersede" })
    await dialog.getByLabel("Reason").fill("The test phase says more")
    await dialog.getByLabel("Superseded by").fill(validate)
    await dialog.getByText("the id of another scorecard").waitFor()
    expect(await supersede.isDisabled()).toBe(true)
    await dialog.getByLabel("Superseded by").fill(test)
    await supersede.click()
    await page.locator(".card-banner", { hasText: "The test phase says more" }).getByRole("link", { name: test }).waitFor()
    const said = await studio.project.data<{ readonly links: { readonly superseded_by: ReadonlyArray<unknown> } }>(
      "scorecard",
      "show",
      validate
    )
    expect(said.links.superseded_by).toEqual([expect.objectContaining({ scorecard_id: test, reason: "The test phase says more" })])
    await visit("/scorecards")
    await page.locator("tr", { hasText: validate }).getByText("superseded").waitFor()
  })
})
