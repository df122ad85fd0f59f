/**
 * Row `chart`: a chart of 10 million points in the Studio, the loss of as many optimiser steps of one run, zoomed and panned by keys: from the
 * key to the frame that shows the points of the new window, 95 of 100. By uPlot with a tenth of the points in the page, moved to the same
 * windows.
 *
 * Sharp edge: the page never has all points. Each window is asked of the server, which gives the first, last, smallest and largest of every
 * column of pixels; ours is the way there and back, the peer draws what it holds.
 */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Page } from "playwright-core"
import { wholeRun } from "../../packages/store/test/runs.ts"
import { launchBrowser } from "../../test/support/browser.ts"
import { root } from "../steps.ts"
import { liveRun } from "./liveRun.ts"
import { comparePair, type Result, seconds } from "./measure.ts"
import { openProject } from "./project.ts"
import { bareServer, served } from "./served.ts"

const row = "chart"
/** Seconds that a window may take. */
const LIMIT = 0.15
/** Milliseconds that the first picture may take: the server reads and checks everything that the run wrote before. */
const FIRST = 600_000
/** Megabytes of heap for the server: it holds the events of all runs that it was asked for, these take more than Node gives by itself. */
const HEAP = 8000
/** Optimiser steps of a durable one. */
const STEPS = 10_000
const PEER_SHARE = 0.1

const uplot = join(root, "apps/studio/node_modules/uplot")

/** Half the width ten times, then aside and now and then out again: forty windows of many widths, none of them twice. */
const KEYS = Array.from({ length: 40 }, (_, at) => (at < 10 ? "+" : at % 4 === 0 ? "-" : "ArrowRight"))

const lossOf = (step: number): number => 1 / Math.log(step + 3) + 0.1 * Math.abs(Math.sin(step * 12.9898))

/** In the page: what is being asked, and when a canvas was drawn last. */
const watch = (): void => {
  const seen = { asked: 0, open: 0, answered: 0, drawn: 0 }
  Object.assign(window, { seen })
  const { fetch } = window
  window.fetch = async (...call) => {
    const series = String(call[0] instanceof Request ? call[0].url : call[0]).includes("/series")
    if (!series) return fetch(...call)
    seen.asked += 1
    seen.open += 1
    try {
      const response = await fetch(...call)
      await response.clone().arrayBuffer()
      return response
    } finally {
      seen.open -= 1
      seen.answered = performance.now()
    }
  }
  const { clearRect } = CanvasRenderingContext2D.prototype
  CanvasRenderingContext2D.prototype.clearRect = function (...area) {
    seen.drawn = performance.now()
    clearRect.apply(this, area)
  }
}

/** In the page: presses a key on the chart; seconds until the frame behind the one that draws the answer. */
const press = (key: string): Promise<number> => {
  const { seen } = window as unknown as { readonly seen: { asked: number; open: number; answered: number; drawn: number } }
  const drawing = document.querySelector(".plot-drawing")
  if (drawing === null) throw new Error("the page has no chart")
  const [began, asked] = [performance.now(), seen.asked]
  drawing.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey: key.startsWith("Arrow"), bubbles: true }))
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const now = performance.now()
      if (seen.asked > asked && seen.open === 0 && seen.drawn > seen.answered) resolve((now - began) / 1000)
      else if (now - began > 20_000) reject(new Error(`${key} was not answered within 20 s`))
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
}

const p95 = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN

const peerPage = (
  points: number
): string => `<!doctype html><meta charset="utf-8"><style>${readFileSync(join(uplot, "dist/uPlot.min.css"), "utf8")}</style><body><script>
${readFileSync(join(uplot, "dist/uPlot.iife.min.js"), "utf8")}
const x = Array.from({ length: ${points} }, (_, step) => step)
const y = x.map(${lossOf})
const plot = new uPlot({ width: 600, height: 220, scales: { x: { time: false } }, series: [{}, { stroke: "black" }] }, [x, y], document.body)
const move = (min, max) => new Promise((resolve) => {
  const began = performance.now()
  plot.setScale("x", { min: min * ${points}, max: max * ${points} })
  requestAnimationFrame(() => resolve((performance.now() - began) / 1000))
})
</script>`

export const chart = async (points = 10_000_000): Promise<ReadonlyArray<Result>> => {
  const { version } = JSON.parse(readFileSync(join(uplot, "package.json"), "utf8")) as { readonly version: string }
  const peerName = `uPlot ${version}, ${(points * PEER_SHARE) / 1e6} million points in the page`
  if (!existsSync(join(root, ".cache/optional/node_modules/@sparticuz/chromium")))
    return [{ kind: "skipped", row, peer: peerName, reason: "no Chromium, npm run ci:optional brings it" }]
  const project = await openProject()
  const closing: Array<() => Promise<unknown>> = [project.close]
  try {
    const { run_id, commit, close } = await liveRun(project.folder)
    closing.push(close)
    const [running, started, step] = wholeRun(0)
    if (running === undefined || started === undefined || step === undefined) throw new Error("a run begins with three events")
    await commit(running, { ...started, payload: { ...started.payload, phase: "train", index: 0 } })
    for (let from = 0; from < points; from += STEPS) {
      const measures = Array.from({ length: STEPS }, (_, at) => ({ step: from + at + 1, values: { loss: lossOf(from + at) } }))
      const cursor = { phase: 0, epoch: 0, next: 1 }
      await commit({ ...step, payload: { ...step.payload, phase: "train", cursor, samples: STEPS, measures } })
    }
    await commit({ type: "completed", payload: {} })

    const server = await served(project.folder, "ui", HEAP)
    closing.push(server.close)
    const browser = await launchBrowser()
    closing.push(() => browser.close())
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-US" })
    context.setDefaultTimeout(FIRST)
    await context.request.get(`${server.url}/?token=${server.token}`, { timeout: FIRST })
    const page = await context.newPage()
    await page.addInitScript(watch)
    const shows = async (on: Page, url: string) => {
      await on.goto(url)
      await on.waitForSelector(".uplot canvas")
    }
    const address = `${server.url}/runs/${run_id}?tab=metrics`
    const first = await seconds(() => shows(page, address))

    const bare = await bareServer((_, response) => response.setHeader("content-type", "text/html").end(peerPage(points * PEER_SHARE)))
    closing.push(bare.close)
    const other = await context.newPage()
    await shows(other, bare.url)

    let windows: Array<readonly [number, number]> = []
    const ours = async () => {
      // Anew, so that no window is known from the round before.
      await page.bringToFront()
      await shows(page, address)
      windows = []
      const took: Array<number> = []
      for (const key of KEYS) {
        took.push(await page.evaluate(press, key))
        const [from = 0, to = 1] = (new URL(page.url()).searchParams.get("window") ?? "").split("..").map((x) => Number(x) / points)
        windows.push([from, to])
      }
      return p95(took)
    }
    const peer = async () => {
      await other.bringToFront()
      const took: Array<number> = []
      for (const [from, to] of windows) took.push(await other.evaluate(`move(${from}, ${to})`))
      return p95(took)
    }
    return [
      await comparePair({
        row,
        ours: [`a window of ${points / 1e6} million points, drawn`, ours],
        peer: [peerName, peer],
        unit: "s",
        lower: true,
        limit: () => LIMIT,
        note: () => `${KEYS.length} windows a round, 95 of 100; ${first.toFixed(1)} s to the first picture, in a server that had just begun`
      })
    ]
  } finally {
    for (const close of closing.reverse()) await close()
  }
}
