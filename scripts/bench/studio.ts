/**
 * Row `studio`: the runs page of the Studio, 10 000 runs of about 100 columns, opened in a browser that has nothing of it: its first paint, and
 * the moment in which the first row of the table is there. By the same page as static HTML, rows and styles in it, no script, from a bare
 * `node:http`.
 *
 * Sharp edge: both moments are counted from the navigation by the browser's own clock, in a server that answered before.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { launchBrowser } from "../../test/support/browser.ts"
import { root } from "../steps.ts"
import { comparePairs, type Pair, type Result } from "./measure.ts"
import { openProject } from "./project.ts"
import { projectOfRuns } from "./runs.ts"
import { bareServer, served } from "./served.ts"

const row = "studio"
const peerName = "the same page as static HTML, bare node:http"
/** What may pass until a person sees something. */
const LIMIT = 1

/** Runs in the page: remembers when the first row of a table came. */
const watch = (): void => {
  const look = (): void => {
    if (document.querySelector("tbody tr[data-key]") === null) return
    performance.mark("rows")
    observer.disconnect()
  }
  const observer = new MutationObserver(look)
  observer.observe(document, { childList: true, subtree: true })
}

/** Seconds of both moments. */
const moments = (): { readonly paint: number; readonly rows: number } | undefined => {
  const at = (name: string): number | undefined => performance.getEntriesByName(name)[0]?.startTime
  const [paint, rows] = [at("first-contentful-paint"), at("rows")]
  return paint === undefined || rows === undefined ? undefined : { paint: paint / 1000, rows: rows / 1000 }
}

export const studio = async (count = 10_000): Promise<ReadonlyArray<Result>> => {
  if (!existsSync(join(root, ".cache/optional/node_modules/@sparticuz/chromium")))
    return [{ kind: "skipped", row, peer: peerName, reason: "no Chromium, npm run ci:optional brings it" }]
  const project = await openProject()
  const closing: Array<() => Promise<unknown>> = [project.close]
  try {
    await projectOfRuns(project.folder, count)
    const server = await served(project.folder, "ui")
    closing.push(server.close)
    const browser = await launchBrowser()
    closing.push(() => browser.close())
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    // Lets the browser in, and loads nothing of the page.
    await context.request.get(`${server.url}/?token=${server.token}`)
    const page = await context.newPage()
    await page.addInitScript(watch)
    const devtools = await context.newCDPSession(page)
    await devtools.send("Network.setCacheDisabled", { cacheDisabled: true })
    const visit = async (url: string) => {
      await page.goto(url)
      return (await page.waitForFunction(moments)).jsonValue()
    }
    const first = await visit(`${server.url}/runs`)
    const styles = await page.evaluate(() =>
      [...document.styleSheets].map((sheet) => [...sheet.cssRules].map(({ cssText }) => cssText).join("\n")).join("\n")
    )
    const body = (await page.content())
      .replaceAll(/<script.*?<\/script>|<link.*?>/gs, "")
      .replace("</head>", `<style>${styles}</style></head>`)
    const still = await bareServer((_, response) => response.setHeader("content-type", "text/html; charset=utf-8").end(body))
    closing.push(still.close)

    let ours = { paint: Number.NaN, rows: Number.NaN }
    let peer = ours
    const paint: Pair = {
      row,
      ours: [
        "first paint of the runs page",
        async () => {
          ours = (await visit(`${server.url}/runs`)) ?? ours
          return ours.paint
        }
      ],
      peer: [
        peerName,
        async () => {
          peer = (await visit(still.url)) ?? peer
          return peer.paint
        }
      ],
      unit: "s",
      lower: true,
      limit: () => LIMIT
    }
    // Told by the visits that were just made.
    const rows: Pair = {
      ...paint,
      ours: ["first row of the table", () => ours.rows],
      peer: [`${peerName} (first row)`, () => peer.rows],
      note: `${count} runs, HTTP cache off; ${((first?.rows ?? Number.NaN) * 1000).toFixed(0)} ms to the first row in the first visit, in a server that had just begun`
    }
    return await comparePairs([paint, rows])
  } finally {
    for (const close of closing.reverse()) await close()
  }
}
