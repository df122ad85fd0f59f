/** The Studio of a project of its own, served by the program and opened in a real browser. */
import type { ChildProcess } from "node:child_process"
import { createInterface } from "node:readline"
import { type Browser, heardOf, launchBrowser, type Page } from "../../../../test/support/browser.ts"
import { makeProject, type Project } from "../../../cli/test/support/project.ts"

export interface Studio {
  readonly project: Project
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string
  readonly token: string
  readonly child: ChildProcess
  /** Ends the server and removes the project. */
  readonly close: () => Promise<void>
}

interface FirstLine {
  readonly data: { readonly url: string; readonly token: string }
}

/** Serves the project as it is; whoever calls it calls `close`. */
export const serveStudio = async (project: Project): Promise<Studio> => {
  const { child, ended } = project.spawn(["ui", "--no-open", "--port", "0", "--json"])
  const { stdout } = child
  if (stdout === null) throw new Error("the server has no stdout")
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: stdout }).once("line", resolve)
    void ended.then(({ stderr }) => reject(new Error(`the server ended: ${stderr}`)))
  })
  const { url, token } = (JSON.parse(line) as FirstLine).data
  const close = async (): Promise<void> => {
    child.kill("SIGTERM")
    await ended
    project.close()
  }
  return { project, origin: new URL(url).origin, token, child, close }
}

/** Iris, a brain and a gradient model that have run on it: enough for every page to have something to show. */
export const studioProject = async (): Promise<Project> => {
  const project = makeProject(["learner-gradient", "transform-tabular"])
  await project.data("dataset", "add", "iris.csv", "--adapter", "csv", "--label-column", "species", "--name", "iris")
  for (const [learner, epochs, seed] of [
    ["brain", 2, "1..2"],
    ["gradient", 3, "1"]
  ] as const) {
    const { stdout } = await project.ftr(
      ...[
        "init",
        "--template",
        "tabular-classification",
        "--learner",
        learner,
        "--dataset",
        "iris@1",
        "--seed",
        seed,
        "--name",
        `iris-${learner}`
      ]
    )
    project.write(`${learner}.run.toml`, stdout)
    await project.data("run", "start", `${learner}.run.toml`, "--no-progress", "--set", `training.epochs=${epochs}`)
  }
  return project
}

export interface Opened {
  readonly page: Page
  /** Whatever the page complained about. */
  readonly errors: ReadonlyArray<string>
  /** Whatever the page asked for. */
  readonly requests: ReadonlyArray<string>
  /** Goes to a path of the Studio and waits until nothing is being loaded any more. */
  readonly visit: (path: string) => Promise<void>
}

export interface Look {
  readonly width?: number
  readonly scheme?: "light" | "dark"
  readonly reducedMotion?: "reduce" | "no-preference"
}

/** A page that has let itself in. */
export const openStudio = async (
  browser: Browser,
  studio: Studio,
  { width = 1280, scheme = "light", reducedMotion = "reduce" }: Look = {}
): Promise<Opened> => {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, reducedMotion })
  const page = await context.newPage()
  const { requests, errors } = heardOf(page)
  await page.goto(`${studio.origin}/?token=${studio.token}`)
  await page.waitForSelector("main h1")
  const visit = async (path: string): Promise<void> => {
    await page.goto(`${studio.origin}${path}`)
    await page.waitForSelector("main h1")
    await settled(page)
  }
  return { page, errors, requests, visit }
}

/** Nothing says that it is still loading. */
export const settled = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => document.querySelector("main [aria-busy='true']") === null, undefined, { timeout: 30_000 })
}

export { launchBrowser }
