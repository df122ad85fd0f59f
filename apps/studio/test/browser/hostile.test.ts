/**
 * Names that try to be markup, scripts, formats and floods, in every place that takes a text of a stranger's, seen in every view: they stay
 * text, run nothing, and push nothing out of the window.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest"
import { type Browser, withBrowser } from "../../../../test/support/browser.ts"
import { makeProject, type Project } from "../../../cli/test/support/project.ts"
import { launchBrowser, openStudio, type Studio, serveStudio } from "./studio.ts"
import { everyPage, tooWide } from "./visits.ts"

const picture = `<img src=x onerror="window.__pwned='picture'">`
const script = `"><script>window.__pwned='script'</script>`
// An override of the direction of writing that is never ended: behind it everything would stand mirrored.
const mirrored = "\u202Egnp.exe"
const turning = /[\u202a-\u202e\u2066-\u2069]/
const long = "W".repeat(300)
const classes = [picture, script, mirrored, long]

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`
const table = [
  ["id", picture, `${script} b`, "W".repeat(300), "kind"],
  ...Array.from({ length: 80 }, (_, row) => [
    row === 0
      ? `${picture} ${row}`
      : row === 1
        ? `${script} ${row}`
        : row === 2
          ? `${mirrored} ${row}`
          : row === 3
            ? `${long} ${row}`
            : `s${row}`,
    String(row % 4),
    String((row * 7) % 13),
    String(row % 5),
    classes[row % 4] ?? ""
  ])
]

/** A project in which every free text is hostile. */
const hostileProject = async (): Promise<Project> => {
  const project = makeProject(["learner-gradient", "transform-tabular"])
  const name = `x"><img src=x onerror=window.__pwned=1>.csv`
  project.write(name, `${table.map((row) => row.map(quoted).join(",")).join("\n")}\n`)
  await project.data("dataset", "add", name, "--adapter", "csv", "--label-column", "kind", "--id-column", "id", "--name", "evil")
  for (const [learner, run, seed] of [
    ["brain", picture, "1..2"],
    ["gradient", `${script} ${mirrored} ${long}`, "1"]
  ] as const) {
    const { stdout } = await project.ftr(
      ...["init", "--template=tabular-classification", `--learner=${learner}`, "--dataset=evil@1", `--seed=${seed}`, `--name=${run}`]
    )
    project.write(`${learner}.run.toml`, stdout)
    await project.data("run", "start", `${learner}.run.toml`, "--no-progress", "--set", "training.epochs=1")
  }
  for (const { run_id } of await project.data<ReadonlyArray<{ readonly run_id: string }>>("run", "ls"))
    await project.data("run", "mark", run_id, `--note=${picture}${script}${mirrored}${long}`, "--star")
  return project
}

withBrowser("hostile names", () => {
  let studio: Studio
  let browser: Browser
  let paths: ReadonlyArray<string>

  beforeAll(async () => {
    const project = await hostileProject()
    const preview = await project.data<{ readonly samples: ReadonlyArray<{ readonly sample_id: string }> }>(
      "dataset",
      "preview",
      "evil@1",
      "--count",
      "4"
    )
    const pages = await everyPage(project)
    const runPages = pages.filter((path) => path.endsWith("?tab=samples") && path.startsWith("/runs/"))
    paths = [
      ...pages,
      ...preview.samples.flatMap(({ sample_id }) => runPages.map((path) => `${path}&sample=${encodeURIComponent(sample_id)}`)),
      `/runs?q=${encodeURIComponent(`name ~ "${picture}`)}`,
      `/runs?q=${encodeURIComponent(script)}&cols=${encodeURIComponent(picture)}`,
      `/compare?runs=${encodeURIComponent(`${picture},${script}`)}&because=${encodeURIComponent(picture + long)}`,
      `/runs/${encodeURIComponent(picture)}`,
      `/datasets/${encodeURIComponent(mirrored)}`,
      `/brains/${encodeURIComponent(picture)}`,
      `/scorecards/${encodeURIComponent(long)}`,
      `/${encodeURIComponent(picture)}`
    ]
    studio = await serveStudio(project)
  })
  // One for each test: this Chromium is one process, and goes with the first context that is closed in it.
  beforeEach(async () => {
    browser = await launchBrowser()
  })
  afterEach(() => browser?.close())
  afterAll(() => studio?.close())

  for (const width of [1280, 390])
    it(`stay text in every view at ${width} pixels, and push nothing out of the window`, async () => {
      const { page, errors, requests, visit } = await openStudio(browser, studio, { width })
      const dialogs: Array<string> = []
      page.on("dialog", (dialog) => {
        dialogs.push(dialog.message())
        void dialog.dismiss()
      })
      // A breach of the policy is told on the console as well; here it is counted where it happens.
      await page.addInitScript(() => {
        Object.assign(window, { __breaches: [] })
        document.addEventListener("securitypolicyviolation", (event) =>
          (window as unknown as { __breaches: Array<string> }).__breaches.push(`${event.violatedDirective} ${event.blockedURI}`)
        )
      })
      const found: Array<string> = []
      let met = 0
      let turned = 0
      for (const whole of paths) {
        const path = whole.length > 90 ? `${whole.slice(0, 90)}…` : whole
        await visit(whole).catch((cause: unknown) => {
          throw new Error(`${path} does not come up`, { cause })
        })
        const seen = await page.evaluate(() => ({
          pwned: String((window as unknown as { __pwned?: unknown }).__pwned),
          breaches: (window as unknown as { __breaches: Array<string> }).__breaches,
          planted: document.querySelectorAll('img[src="x"], main script').length,
          text: document.body.textContent ?? "",
          labels: [...document.querySelectorAll("[title], [aria-label]")]
            .map((each) => `${each.getAttribute("title")} ${each.getAttribute("aria-label")}`)
            .join(" ")
        }))
        if (seen.pwned !== "undefined") found.push(`${path}: ran ${seen.pwned}`)
        if (seen.planted > 0) found.push(`${path}: has ${seen.planted} planted elements`)
        found.push(...seen.breaches.map((breach) => `${path}: ${breach}`))
        if (turning.test(seen.text + seen.labels)) found.push(`${path}: turns the direction of writing`)
        if (seen.text.includes("\\u{202e}gnp.exe")) turned += 1
        found.push(...(await tooWide(page, width)).map((each) => `${path}: ${each}`))
        if (seen.text.includes("<img src=x onerror") || seen.text.includes("<script>window.__pwned")) met += 1
      }
      expect(found).toEqual([])
      expect(dialogs).toEqual([])
      // A path that nothing stands under is answered with 404, which the browser tells; nothing else is complained about.
      expect(errors.filter((text) => !/status of (400|404|422)/.test(text))).toEqual([])
      expect(requests.filter((url) => !url.startsWith(`${studio.origin}/`) || /\/x$/.test(url))).toEqual([])
      // Most pages show one of the names, or this test looks at the wrong ones.
      expect(met).toBeGreaterThan(20)
      expect(turned).toBeGreaterThan(10)
    }, 480_000)

  it("are no tags: each is refused with the rule that it breaks", async () => {
    for (const tag of [picture, script, mirrored, long]) {
      const { code, stderr } = await studio.project.ftr("run", "mark", "latest", `--tag=${tag}`)
      expect([code, stderr.slice(0, 14)]).toEqual([2, "error[FT1386] "])
    }
  })
})
